"""Certificates: each kind of proof becomes plain data that the independent checker replays, or says why it cannot."""

import json
from fractions import Fraction

import flint
import pytest
import sympy as sp

from resnet_lab import bounds, limits, replay
from resnet_lab.evidence import Evidence, all_of, any_of, certificate, certified, exact, judge
from resnet_lab.evidence.balls import to_ball
from resnet_lab.evidence.matrices import largest_eigenvalue, smallest_singular_value, spectral_norm
from resnet_lab.replay.values import Interval, _ends, enclosed, parse, value

x, y, free = sp.Symbol("x", real=True), sp.Symbol("y", real=True), sp.Symbol("free")
p, q, n = sp.symbols("p q n", positive=True)
odd, inverse = sp.Symbol("lambda", nonnegative=True), sp.Symbol("1/H", positive=True)
h = sp.Symbol("h", integer=True, positive=True)
MATRIX = [[2, 1, 0], [1, 3, "1/2"], [0, "1/2", 1]]

PROVED = {
    "an identity": exact.identity((x + y) ** 2, x**2 + 2 * x * y + y**2),
    "a rational identity": exact.identity(1 / p - 1 / (p + q), q / (p * (p + q))),
    "an identity of a symbol without assumptions": exact.identity((free + 1) ** 2, free**2 + 2 * free + 1),
    "an identity with an absolute value": exact.identity(x * (1 + sp.sign(x)) / 2, (x + sp.Abs(x)) / 2),
    "an identity with a symbol in the exponent": exact.identity(q**h * q, q ** (h + 1)),
    "a square": exact.at_most(2 * x * y, x**2 + y**2, squares=[(1, x - y)]),
    "terms": exact.at_most(p * q, p * q + p**2),
    "terms with roots": exact.at_most(p * sp.sqrt(q), 2 * p * sp.sqrt(q) + sp.sqrt(2 / sp.pi) * p),
    "an exponential": exact.at_most(p * sp.exp(-x), (p + q) * sp.exp(-x)),
    "a closed factor with a sign": exact.at_most(p * sp.log(2), p),
    "names that Python cannot read": exact.at_most(odd * inverse, odd * inverse + odd),
    "a number": exact.at_most(sp.sqrt(2), sp.Rational(3, 2)),
    "a box": bounds.lower_product(),
    "a box at one point": certified.at_most(lambda t: t - 1, [("1/3", "1/3")]),
    "a box with a law": certified.at_most(lambda t: limits.normal_upper_tail(t), [(0, 4)], bound="2/3"),
    "rationals": exact.compare("1/3", Fraction(1, 3), covers=True),
    "a decimal": exact.compare("1.01", sp.Rational(3, 2), covers=True),
    "closed numbers": exact.compare(sp.exp(-2) + sp.erfc(1), sp.sqrt(2), covers=True),
    "at least": exact.compare(sp.pi, 3, sense=">=", covers=True),
    "a ball": certified.number(limits.chi_square_upper_tail(2, 3), sp.exp(-1)),
    "a ball too small for a float": certified.number(to_ball("1/2") ** 10**30, Fraction(1, 2)),
    "an eigenvalue": certified.number(largest_eigenvalue(MATRIX), 4),
    "a norm": certified.number(spectral_norm([[1, 2, 3], [0, "1/3", 1]]), 4),
    "a singular value": certified.number(smallest_singular_value([[3, 1], [1, 3]]), "19/10", sense=">="),
    "a conjunction": all_of(exact.at_most(0, p), all_of(bounds.lower_product(), exact.compare(1, 2, covers=True))),
    "a disjunction": any_of(exact.compare(2, 1), exact.compare(1, 2, covers=True)),
}
REFUTED = {
    "a false identity": exact.identity((x + y) ** 2, x**2 + x * y + y**2),
    "a false inequality": exact.at_most(3 * x * y, x**2 + y**2),
    "a false inequality whose symbol cancels": exact.at_most(x + p, x),
    "numbers that differ": exact.identity(sp.Rational(15, 16), 1),
    "a point of a box": certified.at_most(lambda t: t * t, [(0, 1)], bound="1/5"),
    "a number": exact.compare(sp.exp(1), "2.7"),
    "one false part": all_of(exact.at_most(0, p), exact.compare(2, 1)),
    "no alternative": any_of(exact.compare(2, 1), exact.compare(3, 1)),
}
CASES = [("PROVED", name) for name in PROVED] + [("REFUTED", name) for name in REFUTED]


@pytest.mark.parametrize(("verdict", "name"), CASES, ids=[f"{verdict}, {name}" for verdict, name in CASES])
def test_a_certificate_survives_json_and_replays(verdict, name):
    evidence = (PROVED if verdict == "PROVED" else REFUTED)[name]
    stored = json.loads(json.dumps(certificate.of(evidence)))
    outcome = replay.replay(stored)
    assert judge(evidence) == stored["verdict"] == verdict
    assert (outcome.word, outcome.reason) == ("replayed", "")


def test_a_certificate_knows_alternatives_from_parts():
    assert "any" in certificate.of(PROVED["a disjunction"])["proof"]
    assert "all" in certificate.of(PROVED["a conjunction"])["proof"]


@pytest.mark.parametrize(
    "evidence",
    [
        Evidence("sampled", 0.0, 0.1, 1.0),
        Evidence("searched", 2.0, 2.0, 1.0),
        exact.compare(1, 2),
        exact.at_most(sp.sin(x), 1),
    ],
    ids=["sampled", "searched", "supported", "undecided"],
)
def test_only_exact_and_certified_proofs_and_refutations_have_a_certificate(evidence):
    assert certificate.of(evidence) is None


def branching(t):
    return t if t > 3 else t


def doubling(t):
    for _ in range(20):
        t = t * (2 - t)
    return t


def nested(t):
    for _ in range(300):
        t = t + 1
    return t


def unrecorded(t):
    return t.digamma()


@pytest.mark.parametrize(
    ("evidence", "reason"),
    [
        (certified.at_most(branching, [(4, 5)], bound=6), "compares or rounds"),
        (certified.at_most(doubling, [("1/2", "1/2")], bound=2), "characters"),
        (certified.at_most(nested, [(4, 5)], bound=400), "nested too deeply"),
        (certified.at_most(unrecorded, [(4, 5)], bound=5), "not recorded"),
        (exact.at_most(0, sp.loggamma(p) ** 2), "no text for loggamma"),
        (Evidence("certified", 0.0, 0.0, 1.0, covers=True, proof=object()), "no text for a object"),
    ],
    ids=["a branch", "a long text", "a deep text", "a function of Arb", "a function of SymPy", "another object"],
)
def test_what_cannot_be_stored_is_said_and_counted_and_fails_nothing(evidence, reason):
    stored = certificate.of(evidence)
    assert stored["proof"]["kind"] == "not stored" and reason in stored["proof"]["reason"]
    assert replay.replay(stored).word == "not replayable"


FUNCTIONS = {
    "operators": lambda s, t: (1 + s - t) * (2 - s) / (t + 3) - abs(-s) ** 3 + (+t) / 2 + s / 7 + 5 * t,
    "powers": lambda s, t: s**2 + 2**t + t ** to_ball("1/3") + t**-2,
    "functions": lambda s, t: s.exp() * t.log() + t.sqrt() - s.erf() + s.erfc() + t.log1p() - s.expm1() + t.rsqrt(),
    "others": lambda s, t: s.sin() + s.cos() + s.tanh() + t.atan() + (s / 9).asin() + (s / 9).acos() * t.gamma(),
    "extremes": lambda s, t: s.max(t) - s.min(flint.arb(1)),
    "constants": lambda s, t: s * flint.fmpq(1, 3) + flint.fmpq(2, 3) * t + 0.1 + to_ball("1/7") + flint.arb.pi() * s,
    "hypergeometric": lambda s, t: (s / 9).hypgeom_2f1(1, 2, 3),
}  # fmt: skip


@pytest.mark.parametrize("name", FUNCTIONS)
def test_the_traced_text_has_the_values_of_the_function(name):
    function = FUNCTIONS[name]
    text = certificate.text(function(certificate.Trace("s"), certificate.Trace("t")))
    for s, t in [("1/3", "5/2"), (2, 3), ("7/4", "9/5")]:
        with flint.ctx.workprec(200):
            ball = function(to_ball(s), to_ball(t))
        at = {name: enclosed(Fraction(v), Fraction(v)) for name, v in (("s", s), ("t", t))}
        low, high = _ends(value(parse(text), at, Interval))
        assert float(low) <= float(ball) + 1e-13 and float(ball) - 1e-13 <= float(high) <= float(low) + 1e-13


def test_a_ball_is_stored_with_ends_that_hold_it():
    with flint.ctx.workprec(64):
        ball = to_ball("1/3").exp()
    low, high = _ends(value(parse(certificate.text(ball)), {}, Interval))
    assert low < high
    with flint.ctx.workprec(300):
        ends = [flint.arb(str(int(end.man) << 0)) * flint.arb(2) ** int(end.exp) for end in (low, high)]
        assert ends[0] <= ball.lower() and ball.upper() <= ends[1]
