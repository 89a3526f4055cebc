"""Probabilities, expectations and laws: the number of draws follows from the gap between claim and truth."""

from math import exp, sqrt

import jax.numpy as jnp
import jax.random as jr
import numpy as np
from hypothesis import strategies as st
from scipy import stats

from resnet_lab.evidence import sampled, sampled_law, sampled_mean, sampled_until

from .case import Case, over, over_frequency

SEEDS = st.integers(0, 2**32 - 1)
ALL = 10**6  # draws in one batch: a rest that does not fill a batch would be compiled as a program of its own


def matrix_norm(margin, at_most, truth):
    """P(|G| > sqrt(m) + sqrt(n) + t) <= p for an 8 x 2 Gaussian matrix, from the 2 x 2 matrix G'G."""

    def event(key):
        a, b = jr.normal(key, (2, 8))
        mean, half = (a @ a + b @ b) / 2, (a @ a - b @ b) / 2
        return jnp.sqrt(mean + jnp.sqrt(half**2 + (a @ b) ** 2)) > sqrt(8) + sqrt(2) + margin

    return sampled(event, jr.key(2), at_most=at_most, truth=truth, batch=ALL)


def matrix_norm_excess(margin, at_most, seed):
    g = np.random.default_rng(seed).normal(size=(2000, 8, 2))
    events = np.sum(np.linalg.norm(g, 2, axis=(1, 2)) > sqrt(8) + sqrt(2) + margin)
    return over_frequency(events, 2000, at_most)


def bernstein(linear):
    """exp(-t^2 / (2 (v + c t))) for v = n p (1 - p), n = 100, p = 0.02 and t = 5."""
    return exp(-25 / (2 * (1.96 + linear * 5)))


def sparse_sum(linear, truth):
    """P(S >= n p + t) for S binomial, against `bernstein`."""

    def event(key):
        return jnp.sum(jr.uniform(key, (100,)) < 0.02) >= 7

    return sampled(event, jr.key(3), at_most=bernstein(linear), truth=truth, batch=ALL)


def sparse_sum_excess(linear, seed):
    events = np.sum(np.random.default_rng(seed).binomial(100, 0.02, size=20_000) >= 7)
    return over_frequency(events, 20_000, bernstein(linear))


POINTS = np.eye(3)[np.arange(63) % 3]  # unit vectors x_i, each axis 21 times


def rademacher_ball(constant):
    """E sup over |w| <= 1 of (1/n) sum e_i w.x_i, which is E |sum e_i x_i| / n, at most c / sqrt(n)."""

    def value(key):
        return jnp.linalg.norm(jr.rademacher(key, (63,), float) @ POINTS) / 63

    truth = sqrt(8 / (3 * np.pi)) / sqrt(63)  # as if the sums were normal
    return sampled_mean(value, jr.key(5), support=(0, 1), at_most=constant / sqrt(63), truth=truth, batch=ALL)


def rademacher_ball_excess(constant, seed):
    signs = np.random.default_rng(seed).choice([-1.0, 1.0], size=(2000, 63))
    values = np.linalg.norm(signs @ POINTS, axis=1) / 63
    return over(values.mean() - 5 * values.std() / sqrt(2000), constant / sqrt(63))


def berry_esseen(constant):
    """sup |F - Phi| <= c / sqrt(n) for the standardised sum of n = 16 signs; the true distance is 0.0982."""

    def value(key):
        return jnp.sum(jr.rademacher(key, (16,), float)) / 4

    return sampled_law(value, jr.key(6), stats.norm.cdf, within=constant / 4, truth=0.0982, batch=ALL)


def berry_esseen_excess(constant, seed):
    sums = np.random.default_rng(seed).choice([-1, 1], size=(5000, 16)).sum(1) / 4
    distance = stats.kstest(sums, "norm").statistic
    return over(distance - 1.95 / sqrt(5000), constant / 4)  # the 0.1 % quantile of Kolmogorov's statistic


def mean_walk(steps):
    """E |S_n| <= sqrt(2 n / pi) for a simple random walk."""

    def value(key):
        return jnp.abs(jnp.sum(jr.rademacher(key, (steps,), float))) / steps

    return sampled_until(value, jr.key(7), most=20_000, at_most=sqrt(2 / (np.pi * steps)))


def mean_walk_excess(steps, seed):
    walks = np.abs(np.random.default_rng(seed).choice([-1, 1], size=(2000, steps)).sum(1))
    return over(walks.mean() - 5 * walks.std() / sqrt(2000), sqrt(2 * steps / np.pi))


MATRIX = "P(‖G‖ > √m + √n{}) ≤ 0.01, G Gaussian 8×2"
BERNSTEIN = "P(S ≥ np + t) ≤ exp(−t²/(2{})), S binomial, n = 100, p = 0.02, t = 5"
BALL = "Rademacher average of the unit ball at n = 63 unit vectors ≤ {}/√n"
ESSEEN = "sup |F − Φ| ≤ {}/√n for the standardised sum of n = 16 signs"
WALK = "E|Sₙ| ≤ √(2n/π) for the simple random walk, n = {}"

CASES = [
    Case("Gaussian matrix norm: with t", MATRIX.format(" + √(2 log 100)"), True, "Gordon", "sampled",
         lambda: matrix_norm(sqrt(2 * np.log(100)), 0.01, 0.0), SEEDS,
         lambda s: matrix_norm_excess(sqrt(2 * np.log(100)), 0.01, s)),
    Case("Gaussian matrix norm: without t", MATRIX.format(""), False, "probability 0.080", "sampled",
         lambda: matrix_norm(0.0, 0.01, 0.08), SEEDS, lambda s: matrix_norm_excess(0.0, 0.01, s)),
    Case("Bernstein: variance and range", BERNSTEIN.format("(v + t/3)"), True, "Bernstein's inequality", "sampled",
         lambda: sparse_sum(1 / 3, 0.0041), SEEDS, lambda s: sparse_sum_excess(1 / 3, s)),
    Case("Bernstein: the linear term dropped", BERNSTEIN.format("v"), False, "0.0041 against 0.0017: sub-Gaussian form",
         "sampled", lambda: sparse_sum(0, 0.004), SEEDS, lambda s: sparse_sum_excess(0, s)),
    Case("Rademacher average of a ball: Jensen", BALL.format("1"), True, "Jensen's inequality", "sampled",
         lambda: rademacher_ball(1.0), SEEDS, lambda s: rademacher_ball_excess(1.0, s)),
    Case("Rademacher average of a ball: constant", BALL.format("0.85"), False, "0.92 in dimension 3", "sampled",
         lambda: rademacher_ball(0.85), SEEDS, lambda s: rademacher_ball_excess(0.85, s)),
    Case("Berry–Esseen: signs", ESSEEN.format("0.4748"), True, "Shevtsova's constant is 0.4748", "sampled",
         lambda: berry_esseen(0.4748), SEEDS, lambda s: berry_esseen_excess(0.4748, s)),
    Case("Berry–Esseen: constant", ESSEEN.format("0.3"), False, "half the largest jump is 0.393/√n", "sampled",
         lambda: berry_esseen(0.3), SEEDS, lambda s: berry_esseen_excess(0.3, s)),
    Case("Mean of a random walk: even time", WALK.format("2"), True, "E|S₂| = 1 < 1.13", "sampled",
         lambda: mean_walk(2), SEEDS, lambda s: mean_walk_excess(2, s)),
    Case("Mean of a random walk: odd time", WALK.format("3"), False, "E|S₃| = 3/2 > 1.38; valid for even n only",
         "sampled", lambda: mean_walk(3), SEEDS, lambda s: mean_walk_excess(3, s)),
]  # fmt: skip
