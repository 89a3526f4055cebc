"""Intervals for probabilities, means, quantiles and laws: known values, edges, and agreement with each other."""

from math import log

import numpy as np
import pytest

from resnet_lab.evidence import intervals
from resnet_lab.evidence.intervals import (
    band,
    betting_interval,
    binomial_interval,
    draws_for_band,
    draws_for_mean,
    draws_for_quantile,
    draws_needed,
    kl,
    mean_interval,
    quantile_interval,
    round_outward,
)


@pytest.mark.parametrize(
    ("truth", "bound", "draws"), [(0, 0.1, 204), (0.01, 0.1, 725), (0.05, 0.1, 3970), (0, 0.01, 2131)]
)
def test_draws_are_planned_from_the_gap(truth, bound, draws):
    assert draws_needed(at_most=bound, truth=truth) == draws


def test_a_gap_that_no_experiment_resolves_is_refused():
    for plan in (lambda: draws_needed(at_most=0.1, truth=0.0999999), lambda: draws_for_band(1e-6),
                 lambda: draws_for_mean(bound=0.1, truth=0.0999999)):  # fmt: skip
        with pytest.raises(ValueError, match="widen the gap"):
            plan()


@pytest.mark.parametrize("plan", [lambda **k: draws_needed(at_most=k["b"], truth=k["t"]),
                                  lambda **k: draws_for_mean(bound=k["b"], truth=k["t"])])  # fmt: skip
@pytest.mark.parametrize(("b", "t"), [(0.1, 0.1), (0, 0.1), (1, 0.5), (0.5, 1.5)])
def test_a_plan_without_a_gap_is_refused(plan, b, t):
    with pytest.raises(ValueError, match="need 0 < bound < 1"):
        plan(b=b, t=t)


def test_the_binomial_interval_is_clopper_pearson():
    low, high = binomial_interval(0, 204)
    assert low == 0 and high == pytest.approx(1 - (0.5e-9) ** (1 / 204), rel=1e-9)
    low, high = binomial_interval(7, 7)
    assert high == 1 and low == pytest.approx((0.5e-9) ** (1 / 7), rel=1e-9)


def test_a_mean_interval_holds_the_means_that_the_relative_entropy_allows():
    low, high = mean_interval(0.3, 1000)
    for end in (low, high):
        assert 1000 * kl(0.3, end) == pytest.approx(log(2e9), rel=1e-5)
    assert mean_interval(0.0, 100) == (0.0, pytest.approx(1 - (0.5e-9) ** (1 / 100), rel=1e-6))
    assert mean_interval(1.0, 100)[1] == 1.0


def test_a_mean_interval_of_coins_holds_the_exact_one():
    for events in (0, 3, 50, 100):
        exact, general = binomial_interval(events, 100), mean_interval(events / 100, 100)
        assert general[0] <= exact[0] and exact[1] <= general[1]


def test_a_mean_outside_the_support_is_refused():
    with pytest.raises(ValueError, match="support"):
        mean_interval(1.2, 10)


def test_planned_draws_for_a_mean_suffice_at_the_worst_mean_that_they_allow():
    draws = draws_for_mean(bound=0.4, truth=1 / 3)
    worst = intervals._toward(1 / 3, 0.4, log(1e9) / draws)
    assert mean_interval(worst, draws)[1] <= 0.4 + 1e-8
    worst = intervals._toward(1 / 3, 0.4, log(1e9) / (draws - 1))
    assert mean_interval(worst, draws - 1)[1] > 0.4 - 1e-8


def test_a_quantile_interval_is_two_order_statistics():
    fewest = draws_for_quantile(0.5)
    assert fewest == 31  # 2 * 2^-31 <= 1e-9 < 2 * 2^-30
    assert quantile_interval(np.arange(fewest), 0.5) == (0, 30)
    assert quantile_interval(np.arange(1000), 0.5) == pytest.approx((500 - 97, 500 + 97), abs=2)
    with pytest.raises(ValueError, match="at least 31 draws, got 30"):
        quantile_interval(np.arange(30), 0.5)


def test_a_band_is_massarts():
    assert band(1000, 0.05) == pytest.approx((log(40) / 2000) ** 0.5)
    assert band(draws_for_band(0.05)) <= 0.05 < band(draws_for_band(0.05) - 1)


def test_betting_narrows_like_a_fixed_interval():
    coins = np.random.default_rng(0).random(4000) < 0.1
    low, high = betting_interval(coins)
    fixed = mean_interval(float(coins.mean()), 4000)
    assert low < 0.1 < high and high - low < 1.6 * (fixed[1] - fixed[0])


def test_betting_profits_from_a_small_variance():
    steady = 0.5 + 0.01 * np.random.default_rng(1).standard_normal(2000).clip(-5, 5)
    low, high = betting_interval(steady)
    fixed = mean_interval(float(steady.mean()), 2000)
    assert low < 0.5 < high and high - low < 0.2 * (fixed[1] - fixed[0])


@pytest.mark.parametrize("constant", [0.0, 0.5, 1.0])
def test_betting_on_a_constant_holds_it(constant):
    low, high = betting_interval(np.full(500, constant))
    assert low <= constant <= high and high - low < 0.2


@pytest.mark.parametrize(
    ("value", "direction", "rounded"),
    [
        (0.12345, 1, 0.124),
        (0.12345, -1, 0.123),
        (-0.12345, 1, -0.123),
        (0, 1, 0),
        (1234.5, 1, 1240),
        (0.5, 1, 0.5),
        (48.00000000000001, 1, 48.0),
    ],
)
def test_figures_are_rounded_outward(value, direction, rounded):
    assert round_outward(value, direction) == rounded
