"""Exact checks: symbolic differences that simplify, signs that can be read off, points that certainly violate.

A proof is a `Proof` object that can be printed and replayed; a refutation is a rational point at which ball arithmetic
(or rational arithmetic) leaves no doubt.
"""

from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import chain, islice, product
from math import inf

import numpy as np
import sympy as sp
from scipy import optimize

from .balls import against, lower, to_ball, upper
from .record import Evidence

TRIALS = tuple(sp.Rational(p, q) for p, q in [(1, 1), (2, 1), (1, 2), (3, 1), (1, 3), (5, 1), (1, 10), (10, 1), (0, 1)])
TRIALS += tuple(-value for value in TRIALS if value)
MOST_TRIALS = 20_000
STARTS = 8
NO_SIGN = (
    "no proof of sign was found for right minus left, and no violation at small rational points; squares to subtract, "
    "or stronger assumptions on the symbols, would settle it"
)


@dataclass(frozen=True)
class Proof:
    """`difference` is the sum of `terms`: each non-negative for an inequality, none at all for an identity.

    `sides` are the claim's two sides and its relation; a refutation has a `point`, {symbol: rational}, and no terms.
    """

    claim: str
    difference: sp.Expr
    terms: tuple = ()
    sides: tuple = ()  # (lhs, "=" or "<=", rhs)
    point: dict | None = None

    def replay(self) -> bool:
        """True if the difference still is the sum of the terms and every term still is certainly non-negative."""
        rest = sp.simplify(sp.expand(self.difference - sum(self.terms)))
        return rest == 0 and all(term.is_nonnegative for term in self.terms)

    def __str__(self):
        if self.point is not None:
            return f"{self.claim} fails at {', '.join(f'{s} = {v}' for s, v in self.point.items()) or 'any point'}"
        return f"{self.claim}, since the difference is " + (" + ".join(f"({t})" for t in self.terms) or "0")


def identity(lhs, rhs, *, covers: bool = True) -> Evidence:
    """Evidence for lhs = rhs as SymPy expressions: the difference simplifies to 0, or a point where it is not.

    `covers=False` when the identity was written out only for some sizes of what the claim quantifies over.
    """
    lhs, rhs = sp.sympify(lhs), sp.sympify(rhs)
    proof = Proof(f"{lhs} = {rhs}", lhs - rhs, sides=(lhs, "=", rhs))
    if proof.replay():
        return Evidence("exact", 0.0, 0.0, 0.0, covers=covers, proof=proof, says="both sides agree identically")
    found = _violation(sp.Abs(lhs - rhs))
    if found is None:
        return Evidence(
            "exact",
            0.0,
            inf,
            0.0,
            says="the difference neither simplifies to 0 nor was seen to differ from 0 at small rational points; "
            "plainer expressions or stronger assumptions on the symbols would settle it",
        )
    values, point, gap = found
    proof, says = replace(proof, point=values), f"the sides differ by {float(gap):.3g} at {point}"
    return Evidence("exact", lower(gap), upper(gap), 0.0, counterexample=point, proof=proof, says=says)


def at_most(lhs, rhs, *, squares=(), covers: bool = True) -> Evidence:
    """Evidence for lhs <= rhs under the assumptions of their SymPy symbols (real, nonnegative, positive, integer).

    rhs - lhs, less the sum of weight * expression**2 over `squares`, must have only certainly non-negative terms; if
    not, a violation is looked for at small rational points; if there is none, the evidence stays open.
    """
    lhs, rhs = sp.sympify(lhs), sp.sympify(rhs)
    claim, difference = f"{lhs} <= {rhs}", rhs - lhs
    given = tuple(weight * expression**2 for weight, expression in squares)
    rest = sp.expand(difference - sum(given))
    candidates = [given + sp.Add.make_args(rest), (*given, sp.factor(rest))]
    for terms in candidates:
        proof = Proof(claim, difference, tuple(term for term in terms if term != 0), (lhs, "<=", rhs))
        if proof.replay():
            says = "the difference is a sum of non-negative terms" if proof.terms else "both sides are equal"
            return Evidence("exact", 0.0, 0.0, 0.0, covers=covers, proof=proof, says=says)
    found = _violation(lhs - rhs)
    if found is None:
        return Evidence("exact", -inf, inf, 0.0, says=NO_SIGN)
    values, point, excess = found
    says = f"the left side exceeds the right by {float(excess):.3g} at {point}"
    return Evidence(
        "exact",
        lower(excess),
        upper(excess),
        0.0,
        counterexample=point,
        proof=Proof(claim, difference, sides=(lhs, "<=", rhs), point=values),
        says=says,
    )


def compare(lhs, rhs, *, sense: str = "<=", at: str = "", covers: bool = False) -> Evidence:
    """Evidence that one closed number is at most (`sense` ">=": at least) another; `at` describes the point compared.

    Numbers are ints, Fractions, rational strings, closed SymPy numbers or balls. With `covers` the two numbers are
    all that the claim speaks about.
    """
    return settle("exact", lhs, rhs, sense=sense, at=at, covers=covers)


def settle(kind: str, lhs, rhs, *, sense: str, at: str, covers: bool) -> Evidence:
    """The evidence of one certain comparison of two closed numbers, in rational arithmetic where both are rational."""
    left, right = to_ball(lhs), to_ball(rhs)
    low, high, bound = against(left, right)
    if _rational(lhs) is not None and _rational(lhs) == _rational(rhs):  # balls cannot decide equality
        low = high = bound
    inside, disjoint = (high <= bound, low > bound) if sense == "<=" else (low >= bound, high < bound)
    word = "is" if inside else "is not" if disjoint else "is not decided to be"
    says = f"{float(left):.3g} {word} {sense} {float(right):.3g}" + (f" at {at}" if at else "")
    if not inside and not disjoint:
        says += "; tighter enclosures of the two numbers would settle it"
    where = (at or says) if disjoint else None
    return Evidence(kind, low, high, bound, sense, covers, counterexample=where, proof=(lhs, sense, rhs), says=says)


def _rational(value):
    if isinstance(value, (int, Fraction, str)):
        return Fraction(value)
    return Fraction(int(value.p), int(value.q)) if isinstance(value, sp.Rational) else None


def _violation(excess: sp.Expr):
    """A rational point at which `excess` is certainly positive, the same in words, the value's ball; None if none.

    Small rational points come first, then points that a search in float64 climbs to.
    """
    symbols = sorted(excess.free_symbols, key=lambda s: s.name)
    choices = [[value for value in TRIALS if _allowed(symbol, value)] for symbol in symbols]
    for values in chain(islice(product(*choices), MOST_TRIALS), _climbed(excess, symbols)):
        point = dict(zip(symbols, values, strict=True))
        value = excess.subs(point)
        try:
            ball = to_ball(value)
        except (ValueError, TypeError):
            continue  # undefined there (a pole, a complex value)
        if ball > 0:
            return point, ", ".join(f"{s} = {v}" for s, v in point.items()) or "any point", ball
    return None


def _climbed(excess, symbols):
    """Rational points, the simplest first, near the best of a search for a positive value from a few starts."""
    if not symbols or any(symbol.is_integer for symbol in symbols):
        return
    height = sp.lambdify(symbols, excess, modules=["scipy", "numpy"])

    def depth(x):
        with np.errstate(all="ignore"):
            value = height(*(np.abs(x) * signs))
        return -float(value) if np.isrealobj(value) and np.isfinite(value) else 1e300

    random, fixed = (
        np.random.default_rng(0),
        [-1 if s.is_nonpositive else 1 if s.is_nonnegative else 0 for s in symbols],
    )
    for _ in range(STARTS):
        start, turned = random.lognormal(0, 1, len(symbols)), random.choice([-1, 1], len(symbols))
        signs = np.where(fixed, fixed, turned)
        try:
            best = optimize.minimize(depth, start, method="Nelder-Mead", options={"maxiter": 400 * len(symbols)})
        except (TypeError, ValueError, NameError, KeyError, AttributeError):
            return  # SciPy has no such function
        if best.fun < 0:
            yield from ([sp.Rational(Fraction(float(v)).limit_denominator(d)) for v in np.abs(best.x) * signs]
                        for d in (1, 2, 10, 100, 10**4, 10**8))  # fmt: skip


def _allowed(symbol: sp.Symbol, value: sp.Rational) -> bool:
    facts = ("integer", "positive", "nonnegative", "negative", "nonpositive", "nonzero")
    return all(getattr(value, f"is_{fact}") for fact in facts if getattr(symbol, f"is_{fact}"))
