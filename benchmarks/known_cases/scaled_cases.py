"""Rates: what grows with the size although the O hides it, deterministic and random."""

from math import exp, lgamma, log, sqrt

import flint
import jax.numpy as jnp
import jax.random as jr
import numpy as np
from flint import arb
from hypothesis import strategies as st
from scipy import special, stats

from resnet_lab.evidence import geometric, no_constant, scaled

from .case import Case, over

LARGE = tuple(10**k for k in range(3, 31, 3))


def harmonic(n):
    """1 + 1/2 + ... + 1/n."""
    return float(special.digamma(n + 1.0) + np.euler_gamma)


def harmonic_rate(rate, claim):
    return scaled(lambda n: harmonic(n), {"n": LARGE}, rate=rate, claim=claim)


def block_product(exponent):
    """(1 + L^-a)^L, the product of L residual blocks of norm 1 + L^-a, is O(1)."""
    return scaled(lambda L: exp(L * np.log1p(L**-exponent)), {"L": geometric(16, 16384, 6)}, rate=lambda L: 1)


def gaussian_maximum(n):
    """The median of the maximum of n standard normal variables: each lies below it with probability 2^(-1/n)."""
    return float(stats.norm.isf(-np.expm1(-log(2) / n)))


def gaussian_maximum_rate(rate):
    """No draws, no noise: a tolerance small enough to see an iterated logarithm."""
    return scaled(lambda n: gaussian_maximum(n), {"n": LARGE}, rate=rate, tolerance=0.005)


def walk_maximum(exponent):
    """The median of max over k <= n of |S_k| is O(n^a)."""

    def largest(key, n):
        return jnp.max(jnp.abs(jnp.cumsum(jr.rademacher(key, (n,), float))))

    return scaled(largest, {"n": (16, 256, 4096)}, jr.key(9), rate=lambda n: n**exponent, draws=2000)


def factorial(power):
    """n! <= C n^power (n/e)^n for one C and every n, in ball arithmetic, for constants from 3 on."""

    def ratio(n):
        with flint.ctx.workprec(200):  # lgamma and n log n cancel
            n = arb(n)
            return ((n + 1).lgamma() - n * n.log() + n - power * n.log()).exp()

    return no_constant(ratio, [10**k for k in range(0, 15)], constants=(3, 100, 10**4, 10**6))


# A property has finite sizes only. What an experienced user writes for "O(rate)" fits the constant at the smallest size
# and allows a quarter more (and five standard errors where there are draws) at every other one.


def growth(quantity, rate, n, smallest=1000):
    return over(quantity(n) / rate(n), 1.25 * quantity(smallest) / rate(smallest))


def walk_growth(exponent, point):
    seed, n = point
    ratios = []
    for size in (16, n):
        walks = np.cumsum(np.random.default_rng(seed + size).choice([-1.0, 1.0], size=(500, size)), axis=1)
        ratios.append(np.abs(walks).max(1) / size**exponent)
    noise = 5 * sum((values.std() / values.mean()) ** 2 / 500 for values in ratios) ** 0.5
    return over(ratios[1].mean() / (1 + noise), 1.25 * ratios[0].mean())


def _factorial_excess(power, n):
    """In logarithms, since n! overflows; the constant is the largest one that the check rules out."""
    return lgamma(n + 1.0) - n * log(n) + n - power * log(n) - log(1e6)


SEEDS = st.integers(0, 2**32 - 1)
SIZES = st.tuples(SEEDS, st.integers(16, 2048))
HARMONIC = "1 + 1/2 + … + 1/n = {}"
MAXIMUM = "max of n standard normals = O({}), in the median"
WALK = "max over k ≤ n of |S_k| = O({}) for signs, in the median"
FACTORIAL = "n! ≤ C{} (n/e)ⁿ with one constant C for every n"
BLOCKS = "(1 + 1/{})^L = O(1)"

CASES = [
    Case("Harmonic sums: logarithm", HARMONIC.format("Θ(log n)"), True, "log n + γ + O(1/n)", "scaled",
         lambda: harmonic_rate(lambda n: log(n), "Theta"), st.integers(1000, 10**30),
         lambda n: max(growth(harmonic, log, n), growth(lambda n: 1 / harmonic(n), lambda n: 1 / log(n), n))),
    Case("Harmonic sums: a power", HARMONIC.format("Ω(n^0.1)"), False, "slower than every power; seen for huge n only",
         "scaled", lambda: harmonic_rate(lambda n: n**0.1, "Omega"), st.integers(1000, 10**30),
         lambda n: growth(lambda n: 1 / harmonic(n), lambda n: n**-0.1, n)),
    Case("Residual product: 1/L", BLOCKS.format("L"), True, "at most e", "scaled", lambda: block_product(1),
         st.integers(16, 16384), lambda L: growth(lambda L: (1 + 1 / L) ** L, lambda L: 1, L, 16)),
    Case("Residual product: 1/√L", BLOCKS.format("√L"), False, "about exp(√L)", "scaled", lambda: block_product(0.5),
         st.integers(16, 16384), lambda L: growth(lambda L: (1 + 1 / sqrt(L)) ** L, lambda L: 1, L, 16)),
    Case("Gaussian maximum: root of the logarithm", MAXIMUM.format("√log n"), True, "at most √(2 log n) in the mean",
         "scaled", lambda: gaussian_maximum_rate(lambda n: sqrt(log(n))), st.integers(1000, 10**30),
         lambda n: growth(gaussian_maximum, lambda n: sqrt(log(n)), n)),
    Case("Gaussian maximum: iterated logarithm", MAXIMUM.format("log log n"), False, "about √(2 log n)", "scaled",
         lambda: gaussian_maximum_rate(lambda n: log(log(n))), st.integers(1000, 10**30),
         lambda n: growth(gaussian_maximum, lambda n: log(log(n)), n)),
    Case("Random walk maximum: square root", WALK.format("√n"), True, "Doob's inequality", "scaled",
         lambda: walk_maximum(0.5), SIZES, lambda p: walk_growth(0.5, p)),
    Case("Random walk maximum: exponent", WALK.format("n^0.4"), False, "of order √n", "scaled",
         lambda: walk_maximum(0.4), SIZES, lambda p: walk_growth(0.4, p)),
    Case("Factorial: Stirling", FACTORIAL.format(" √n"), True, "C = e", "scaled", lambda: factorial(arb(0.5)),
         st.integers(1, 10**14), lambda n: _factorial_excess(0.5, n)),
    Case("Factorial: the root forgotten", FACTORIAL.format(""), False, "the ratio is √(2πn): no constant for every n",
         "scaled", lambda: factorial(0), st.integers(1, 10**14), lambda n: _factorial_excess(0, n)),
]  # fmt: skip
