"""The evidence engine: each kind reaches each verdict it should, and none that it should not."""

from fractions import Fraction

import jax
import jax.numpy as jnp
import numpy as np
import pytest
import sympy as sp
from flint import arb

from resnet_lab.evidence import Evidence, all_of, any_of, certified, exact, judge
from resnet_lab.evidence.balls import against, to_ball

x, y = sp.symbols("x y", real=True)
p, q = sp.symbols("p q", nonnegative=True)


def interval(low, high, bound, sense="<=", covers=False):
    return Evidence("exact", low, high, bound, sense, covers, proof="stated")


# --- judge ---


@pytest.mark.parametrize(
    ("evidence", "verdict"),
    [
        (interval(0, 1, 1), "SUPPORTED"),
        (interval(0, 1, 1, covers=True), "PROVED"),
        (interval(1.5, 2, 1), "REFUTED"),
        (interval(0.5, 2, 1), "UNDECIDED"),
        (interval(1, 2, 1, ">="), "SUPPORTED"),
        (interval(1, 2, 1, ">=", covers=True), "PROVED"),
        (interval(0, 0.5, 1, ">="), "REFUTED"),
        (interval(0.5, 2, 1, ">="), "UNDECIDED"),
        (interval(-np.inf, np.inf, 0, covers=True), "UNDECIDED"),
    ],
)
def test_judge_reaches_every_verdict(evidence, verdict):
    assert judge(evidence) == verdict


@pytest.mark.parametrize("bad", [dict(low=np.nan), dict(low=2.0), dict(kind="guess"), dict(sense="<")])
def test_a_malformed_record_is_refused(bad):
    with pytest.raises(ValueError):
        Evidence(**{"kind": "exact", "low": 0.0, "high": 1.0, "bound": 1.0, **bad})


def test_a_proof_without_a_proof_object_is_refused():
    with pytest.raises(ValueError, match="proof object"):
        Evidence("exact", 0.0, 0.0, 0.0, covers=True)


def test_a_conjunction_is_as_strong_as_its_weakest_part():
    proved, supported = interval(0, 1, 1, covers=True), interval(0, 1, 1)
    refuted, open_ = interval(2, 3, 1), interval(0, 3, 1)
    assert judge(all_of(proved, proved)) == "PROVED"
    assert judge(all_of(proved, supported)) == "SUPPORTED"
    assert judge(all_of(supported, open_)) == "UNDECIDED"
    assert judge(all_of(open_, refuted, proved)) == "REFUTED"


def test_the_tightest_part_or_the_mildest_violation_gives_the_figures():
    loose, tight, milder, worse = interval(0, 0.1, 1), interval(0, 0.9, 1), interval(2, 2, 1), interval(9, 9, 1)
    lemma, instance = interval(0, 0.5, 1, covers=True), interval(0, 0.7, 1, covers=True)
    assert all_of(lemma, instance).slack is None and all_of(lemma, instance, figures=instance).slack == 0.7
    assert all_of(loose, tight).slack == 0.9
    assert any_of(worse, milder).slack == 2


def test_a_disjunction_is_refuted_only_if_every_part_is():
    refuted, open_, supported = interval(2, 3, 1), interval(0, 3, 1), interval(0, 1, 1)
    assert judge(any_of(refuted, refuted)) == "REFUTED"
    assert judge(any_of(refuted, open_)) == "UNDECIDED"
    assert judge(any_of(refuted, open_, supported)) == "SUPPORTED"


def test_slack_is_measured_over_bound_in_both_senses():
    assert interval(0.2, 0.5, 1).slack == 0.5
    assert interval(4, 5, 1, ">=").slack == 0.25
    assert interval(3, 4, 1).slack == 3  # refuted: the end nearest to the claim


def test_a_conjunction_spends_what_its_parts_spend():
    part = Evidence("sampled", 0.0, 0.1, 1.0, draws=10, decisions=1, error=1e-9)
    whole = all_of(part, part, interval(0, 1, 2))
    assert (whole.draws, whole.decisions, whole.error) == (20, 2, 2e-9)


def test_a_random_decision_without_its_error_is_refused():
    with pytest.raises(ValueError, match="what its error is"):
        Evidence("sampled", 0.0, 0.1, 1.0, decisions=1)


# --- what an open check says ---


@pytest.mark.parametrize(
    "evidence",
    [
        exact.identity(sp.Function("f")(x), sp.Function("g")(x)),
        exact.at_most(sp.sin(x), 1),
        exact.compare(to_ball(2).sqrt() ** 2, 2),
        certified.at_most(lambda t: t * (1 - t), [(0, 1)], bound="1/4", budget=50),
    ],
    ids=["identity", "sign", "comparison", "box"],
)
def test_an_open_check_says_what_would_settle_it(evidence):
    assert judge(evidence) == "UNDECIDED" and "would settle it" in evidence.says


# --- exact ---


def test_an_identity_is_proved_and_its_proof_replays():
    evidence = exact.identity((x + y) ** 2, x**2 + 2 * x * y + y**2)
    assert judge(evidence) == "PROVED" and evidence.proof.replay()


def test_a_false_identity_is_refuted_at_a_point():
    evidence = exact.identity((x + y) ** 2, x**2 + x * y + y**2)
    assert judge(evidence) == "REFUTED" and "x = 1, y = 1" in evidence.counterexample


def test_an_inequality_needs_its_squares_or_non_negative_terms():
    assert judge(exact.at_most(2 * x * y, x**2 + y**2, squares=[(1, x - y)])) == "PROVED"
    assert judge(exact.at_most(p * q, p * q + p**2)) == "PROVED"
    assert judge(exact.at_most(3 * x * y, x**2 + y**2)) == "REFUTED"


def test_a_wrong_certificate_proves_nothing():
    evidence = exact.at_most(x**4 + 1, 1 + x**4 + x**2 - x / 1000, squares=[(1, x)])
    assert judge(evidence) != "PROVED"


def test_negative_weights_are_no_certificate():
    assert judge(exact.at_most(0, -(x**2), squares=[(-1, x)])) == "REFUTED"


def test_an_inequality_that_is_true_but_not_found_stays_open():
    assert judge(exact.at_most(sp.sin(x), 1)) == "UNDECIDED"


def test_symbols_keep_their_assumptions_in_the_search():
    assert judge(exact.at_most(0, p)) == "PROVED"
    n = sp.Symbol("n", integer=True, positive=True)
    assert judge(exact.at_most(1, n**2 * sp.Rational(10, 9))) != "REFUTED"


def test_equal_rationals_compare_as_equal():
    assert judge(exact.compare("1/3", Fraction(1, 3), covers=True)) == "PROVED"
    assert judge(exact.compare(Fraction(1, 3), sp.Rational(1, 3), sense=">=", covers=True)) == "PROVED"


def test_a_comparison_is_never_decided_by_rounding():
    tiny = Fraction(1, 10**40)
    assert judge(exact.compare(1 + tiny, 1)) in ("REFUTED", "UNDECIDED")
    assert judge(exact.compare(1, 1 + tiny)) in ("SUPPORTED", "UNDECIDED")


def test_balls_compare_three_valued():
    third = to_ball("1/3")
    low, high, bound = against(third, third)
    assert low < bound < high
    assert to_ball("0.1").contains(arb(1) / 10) and not to_ball(0.1).contains(arb(1) / 10)


# --- certified ---


def test_a_box_is_certified_and_its_cover_replays():
    def function(t):
        return t * t - t

    evidence = certified.at_most(function, [(0, 1)], bound="1/100")
    assert judge(evidence) == "PROVED" and evidence.proof.replay(function)
    assert not evidence.proof.replay(lambda t: t + 1)


def test_a_violation_inside_a_box_is_found():
    evidence = certified.at_most(lambda t: t * (1 - t), [(0, 1)], bound="0.2499")
    assert judge(evidence) == "REFUTED" and evidence.counterexample


def test_equality_inside_a_box_stays_undecided():
    assert judge(certified.at_most(lambda t: t * (1 - t), [(0, 1)], bound="1/4", budget=200)) == "UNDECIDED"


def test_a_function_undefined_in_the_box_stays_undecided():
    assert judge(certified.at_most(lambda t: t.log(), [(-1, 1)], bound=1, budget=100)) == "UNDECIDED"


def test_a_reversed_box_is_refused():
    with pytest.raises(ValueError, match="low <= high"):
        certified.at_most(lambda t: t, [(1, 0)])


def test_the_package_computes_in_float64():
    assert jax.config.jax_enable_x64 and jnp.zeros(1).dtype == jnp.float64


def test_a_violation_between_small_rational_points_is_climbed_to():
    motzkin = x**4 * y**2 + x**2 * y**4 + 8  # at least 6 x^2 y^2, with equality at |x| = |y| = sqrt(2)
    slightly = exact.at_most(sp.Rational("6.05") * x**2 * y**2, motzkin)
    assert judge(slightly) == "REFUTED" and slightly.proof.point
    assert judge(exact.at_most(6 * x**2 * y**2, motzkin)) == "UNDECIDED"
    assert judge(exact.at_most(sp.Rational("6.05") * p**2 * q**2, motzkin.subs({x: p, y: q}))) == "REFUTED"
