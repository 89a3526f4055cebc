"""Short forms of mutants: each means one changed argument of the claim's own check, of the same kind as the default."""

from fractions import Fraction

import pytest
import sympy as sp

from resnet_lab import mutants

QUARTER = sp.Rational(1, 4)


def check(factor=4, power=0.5, share=QUARTER, edge="1/20", norm="spectral", independent=True):
    """Stands for a claim's check; only its defaults matter here."""


@pytest.mark.parametrize(
    ("text", "change"),
    [
        ("factor * 1/2", {"factor": 2}),
        ("factor / 3", {"factor": Fraction(4, 3)}),
        ("power + 1/2", {"power": 1.0}),
        ("share - 1/8", {"share": sp.Rational(1, 8)}),
        ("edge * 2", {"edge": Fraction(1, 10)}),
        ("-factor", {"factor": -4}),
        ("-power", {"power": -0.5}),
        ("no independent", {"independent": False}),
        ("norm = frobenius", {"norm": "frobenius"}),
        ("power = 2", {"power": 2.0}),
        ("edge = 1/10", {"edge": Fraction(1, 10)}),
    ],
)
def test_a_short_form_changes_one_argument(text, change):
    assert mutants.changes(check, text) == change
    (new,) = mutants.changes(check, text).values()
    (wanted,) = change.values()
    assert isinstance(new, sp.Rational) == isinstance(wanted, sp.Rational)
    assert isinstance(new, float) == isinstance(wanted, float)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("factor", "a mutant reads"),
        ("no factor * 2", "a mutant reads"),
        ("halve the factor", "a mutant reads"),
        ("missing * 2", "no argument 'missing'"),
        ("factor * 1", "changes nothing"),
        ("norm = spectral", "changes nothing"),
    ],
)
def test_a_text_that_is_no_mutant_is_refused(text, words):
    with pytest.raises(ValueError, match=words):
        mutants.changes(check, text)


def test_texts_and_dicts_may_be_mixed():
    mixed = mutants.named(check, {"half": "factor * 1/2", "by hand": {"factor": 1}})
    assert mixed == {"half": {"factor": 2}, "by hand": {"factor": 1}}
    assert mutants.named(check, ["factor * 1/2"]) == {"factor * 1/2": {"factor": 2}}
