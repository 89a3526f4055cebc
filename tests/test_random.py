"""Sampled checks reach each verdict, spend what was planned, and say what would settle an open one."""

import jax.random as jr
import pytest
from scipy import stats

from resnet_lab.evidence import (
    DECISION_ERROR,
    draws_for_band,
    draws_for_mean,
    draws_needed,
    judge,
    sampled,
    sampled_law,
    sampled_mean,
    sampled_until,
)

KEY = jr.key(3)


def square(key):  # mean 1/3
    return jr.uniform(key) ** 2


@pytest.mark.parametrize(("rate", "truth", "verdict"), [(0.02, 0.05, "SUPPORTED"), (0.3, 0.25, "REFUTED")])
def test_a_probability_is_judged_against_its_claim(rate, truth, verdict):
    evidence = sampled(lambda key: jr.uniform(key) < rate, KEY, at_most=0.1, truth=truth)
    assert judge(evidence) == verdict
    assert evidence.draws == draws_needed(at_most=0.1, truth=truth)
    assert (evidence.decisions, evidence.error) == (1, DECISION_ERROR)


def test_a_probability_at_the_edge_of_its_claim_is_not_decided():
    evidence = sampled(lambda key: jr.uniform(key) < 0.1, KEY, at_most=0.1, truth=0.05)
    assert judge(evidence) == "UNDECIDED" and "would settle it" in evidence.says


@pytest.mark.parametrize(
    ("claim", "verdict"),
    [(dict(at_most=0.4), "SUPPORTED"), (dict(at_least=0.4), "REFUTED"),
     (dict(at_least=0.25), "SUPPORTED"), (dict(at_most=0.25), "REFUTED")],
)  # fmt: skip
def test_an_expectation_is_judged_by_fixed_and_by_sequential_draws(claim, verdict):
    (bound,) = claim.values()
    fixed = sampled_mean(square, KEY, support=(0, 1), truth=1 / 3, **claim)
    assert judge(fixed) == verdict and fixed.draws == draws_for_mean(bound=bound, truth=1 / 3)
    early = sampled_until(square, KEY, most=20_000, **claim)
    assert judge(early) == verdict and early.draws < fixed.draws and early.decisions == 1


def test_a_support_other_than_the_unit_interval_is_scaled():
    value = lambda key: 10 * square(key) - 5  # noqa: E731
    plain = sampled_mean(square, KEY, support=(0, 1), truth=1 / 3, at_most=0.4)
    wide = sampled_mean(value, KEY, support=(-5, 5), truth=10 / 3 - 5, at_most=-1)
    assert wide.draws == plain.draws and wide.high == pytest.approx(10 * plain.high - 5)


def test_sequential_draws_stop_at_their_limit_undecided():
    evidence = sampled_until(square, KEY, at_most=0.334, most=500)
    assert judge(evidence) == "UNDECIDED" and evidence.draws == 500 and "would settle it" in evidence.says


@pytest.mark.parametrize("check", [lambda v: sampled_mean(v, KEY, support=(0, 1), at_most=0.5, truth=0.25),
                                   lambda v: sampled_until(v, KEY, at_most=0.5, most=200)])  # fmt: skip
def test_a_value_outside_its_support_is_refused(check):
    with pytest.raises(ValueError, match="outside"):
        check(lambda key: 2 * jr.uniform(key))
    with pytest.raises(ValueError, match="not finite"):
        check(lambda key: jr.uniform(key) / 0.0)


def test_an_expectation_has_one_bound_and_a_bounded_support():
    with pytest.raises(ValueError, match="exactly one"):
        sampled_mean(square, KEY, support=(0, 1), truth=0.3)
    with pytest.raises(ValueError, match="bounded interval"):
        sampled_mean(square, KEY, support=(0, float("inf")), truth=0.3, at_most=1)


def test_a_law_is_told_from_its_neighbour():
    true = sampled_law(jr.normal, KEY, stats.norm.cdf, within=0.05)
    assert judge(true) == "SUPPORTED" and true.draws == draws_for_band(0.025)
    wider = sampled_law(lambda key: 1.3 * jr.normal(key), KEY, stats.norm.cdf, within=0.01, truth=0.06)
    assert judge(wider) == "REFUTED"
    near = sampled_law(lambda key: 1.1 * jr.normal(key), KEY, stats.norm.cdf, within=0.025)
    assert judge(near) == "UNDECIDED" and "would settle it" in near.says


def test_a_law_with_nothing_to_tell_apart_is_refused():
    with pytest.raises(ValueError, match="another distance"):
        sampled_law(jr.normal, KEY, stats.norm.cdf, within=0.05, truth=0.05)
