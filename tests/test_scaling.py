"""Growth along grids: slopes, several parameters, hidden constants, and limits that no constant can rescue."""

import math

import jax.numpy as jnp
import jax.random as jr
import pytest

from resnet_lab.evidence import geometric, judge, no_constant, scaled

GRID = {"m": geometric(4, 256, 4), "tau": geometric(0.1, 0.001, 3)}
KEY = jr.key(5)


def noisy(extra):
    return lambda key, m, tau: 3 * m ** (0.5 + extra) / tau * jnp.exp(0.05 * jr.normal(key))


def root(m, tau):
    return m**0.5 / tau


@pytest.mark.parametrize(("extra", "claim", "verdict"), [
    (0.0, "O", "SUPPORTED"), (0.2, "O", "REFUTED"), (-0.2, "O", "SUPPORTED"),
    (0.0, "Omega", "SUPPORTED"), (-0.2, "Omega", "REFUTED"), (0.05, "O", "UNDECIDED"),
    (0.0, "Theta", "SUPPORTED"), (0.2, "Theta", "REFUTED"), (-0.2, "Theta", "REFUTED"),
])  # fmt: skip
def test_a_rate_is_judged_by_its_steepest_slope(extra, claim, verdict):
    evidence = scaled(noisy(extra), GRID, KEY, rate=root, draws=200, claim=claim)
    assert judge(evidence) == verdict
    assert ("would settle it" in evidence.says) == (verdict == "UNDECIDED")


def test_growth_that_shows_only_in_one_corner_is_seen():
    corner = scaled(lambda m, tau: m**0.2 if tau < 0.005 else 1.0, GRID, rate=lambda m, tau: 1.0)
    assert judge(corner) == "REFUTED" and corner.proof.slopes["m"][0] == pytest.approx(0.2, abs=0.01)


def test_a_limit_toward_zero_counts_as_growth():
    assert judge(scaled(lambda tau: tau**-0.5, {"tau": geometric(1.0, 1e-4, 5)}, rate=lambda tau: 1.0)) == "REFUTED"
    assert judge(scaled(lambda tau: tau**0.5, {"tau": geometric(1.0, 1e-4, 5)}, rate=lambda tau: 1.0)) == "SUPPORTED"


def test_the_hidden_constant_is_measured():
    fit = scaled(noisy(0.0), GRID, KEY, rate=root, draws=200).proof
    assert fit.constant[0] < 3.1 and 3.0 < fit.constant[1] < 3.2 and "hidden constant" in str(fit)
    assert len(fit.points) == 12 and set(fit.slopes) == {"m", "tau"}


def test_a_computed_quantity_spends_no_error():
    evidence = scaled(lambda m: m, {"m": (1, 10, 100)}, rate=lambda m: m)
    assert (evidence.draws, evidence.decisions, evidence.error) == (0, 0, 0.0) and judge(evidence) == "SUPPORTED"


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (dict(draws=10), "at least 35 draws"),
        (dict(claim="o"), "claim must be"),
        (dict(grid={"m": (1, 2), "tau": (1, 2, 3)}), "three sizes"),
        (dict(measure=lambda key, m, tau: jr.normal(key)), "positive and finite"),
        (dict(measure=lambda key, m, tau: jnp.log(jr.normal(key))), "positive and finite"),
    ],
)
def test_a_scaling_check_that_cannot_be_judged_is_refused(change, words):
    arguments = {"measure": noisy(0.0), "grid": GRID, "key": KEY, "rate": root, "draws": 60, **change}
    with pytest.raises(ValueError, match=words):
        scaled(**arguments)


@pytest.mark.parametrize(
    ("ratio", "verdict"),
    [(lambda n: n, "REFUTED"), (lambda n: 1 - 1 / (n + 1), "SUPPORTED"), (lambda n: 5, "UNDECIDED")],
)
def test_a_limit_is_refuted_only_when_every_constant_breaks(ratio, verdict):
    evidence = no_constant(ratio, [10**k for k in range(8)])
    assert judge(evidence) == verdict
    assert ("would settle it" in evidence.says) == (verdict == "UNDECIDED")


def test_a_geometric_grid_keeps_whole_sizes_whole():
    assert geometric(4, 256, 4) == (4, 16, 64, 256)
    assert geometric(1.0, 0.01, 3) == pytest.approx((1.0, 0.1, 0.01))


def test_a_computed_logarithm_is_no_constant_by_default():
    def harmonic(n):
        return math.log(n) + 0.5772

    grid = {"n": geometric(10**3, 10**30, 10)}
    assert judge(scaled(harmonic, grid, rate=lambda n: 1.0)) == "REFUTED"
    assert judge(scaled(harmonic, grid, rate=lambda n: math.log(n), claim="Theta")) == "SUPPORTED"
