"""Certificates: the proof objects of exact and certified verdicts as plain data, for a checker that shares no code.

A certificate is {"verdict", "proof"}; a proof is {"all": [proofs]}, {"any": [proofs]} or one part: a dict with a
"kind", what it "shows" ("holds" or "fails") and texts of expressions in Python's notation. In them dyadic(m, e) is
m 2^e and interval(low, high) a number known to lie between these two.
"""

import ast
import keyword
import re
from fractions import Fraction

import flint
import sympy as sp
from sympy.printing.str import StrPrinter

from .balls import FUNCTIONS
from .certified import Cover, Violation
from .exact import Proof, settle
from .record import AllOf, AnyOf, Evidence, judge

MOST_TEXT = 20_000  # characters of one expression: a loop that uses its variable twice doubles them at each step
PRECISION = 256  # bits for the ends of a ball, which are rounded outward
SIGNS = ("positive", "negative", "nonnegative", "nonpositive", "nonzero", "real")
KNOWN = {function.__name__ for function in FUNCTIONS} | {"Abs", "sign", "Max", "Min"}
TAKEN = {"pi", "E", "sqrt", "hyp2f1", "dyadic", "interval"} | KNOWN


class Unstorable(Exception):
    """Something in a proof has no text; the message says what."""


def of(evidence: Evidence) -> dict | None:
    """The certificate of PROVED or REFUTED exact or certified evidence; None for any other evidence.

    A part without a text becomes {"kind": "not stored", "reason": ...}: a certificate never fails to be written.
    """
    verdict = judge(evidence)
    if verdict not in ("PROVED", "REFUTED") or evidence.kind not in ("exact", "certified"):
        return None
    return {"verdict": verdict, "proof": _stored(evidence.proof)}


def _stored(proof):
    for word, group in (("all", AllOf), ("any", AnyOf)):
        if isinstance(proof, group):
            return {word: [_stored(part) for part in proof]}
    try:
        if isinstance(proof, Proof):
            return _algebra(proof)
        if isinstance(proof, Cover):
            boxes = [[[str(a), str(b)] for a, b in box] for box in (proof.box, *proof.boxes)]
            said = {"kind": "boxes", "shows": "holds", **_bounded(proof, len(proof.box))}
            return {**said, "box": boxes[0], "boxes": boxes[1:]}
        if isinstance(proof, Violation):
            point = [str(value) for value in proof.point]
            return {"kind": "point", "shows": "fails", **_bounded(proof, len(point)), "point": point}
        if isinstance(proof, tuple) and len(proof) == 3 and proof[1] in ("<=", ">="):
            return _comparison(*proof)
    except Exception as reason:  # whatever a function does with a variable that is no ball, its verdict stands
        return {"kind": "not stored", "reason": f"{type(proof).__name__}: {reason}"}
    what = "a part without a proof (undecided, or random)" if proof is None else f"no text for a {type(proof).__name__}"
    return {"kind": "not stored", "reason": what}


def _comparison(lhs, sense, rhs):
    verdict = judge(settle("exact", lhs, rhs, sense=sense, at="", covers=True))
    word = {"PROVED": "holds", "REFUTED": "fails"}.get(verdict)
    if word is None:
        raise Unstorable("the comparison is not decided")
    part = {"kind": "comparison", "shows": word, "lhs": text(lhs), "sense": sense, "rhs": text(rhs)}
    shown = {name: side.certificate.as_data() for name, side in (("lhs", lhs), ("rhs", rhs))
             if hasattr(side, "certificate")}  # fmt: skip
    return {**part, "matrices": shown} if shown else part


def _algebra(proof):
    lhs, sense, rhs = proof.sides
    symbols = sorted(set().union(*(e.free_symbols for e in (lhs, rhs, *proof.terms))), key=sp.default_sort_key)
    names = _names(symbols)
    part = {"kind": "algebra", "shows": "holds" if proof.point is None else "fails",
            "lhs": text(lhs, names), "sense": sense, "rhs": text(rhs, names),
            "symbols": {names[symbol]: _facts(symbol) for symbol in symbols}}  # fmt: skip
    if proof.point is None:
        return {**part, "terms": [text(term, names) for term in proof.terms]}
    return {**part, "point": {names[symbol]: str(value) for symbol, value in proof.point.items()}}


def _names(symbols):
    """A name for each symbol that Python can read, its own where possible: "lambda" and "1/H" are not."""
    names = {}
    for symbol in symbols:
        name = re.sub(r"\W", "_", symbol.name)
        if keyword.iskeyword(name) or name in TAKEN or not name.isidentifier():
            name = f"v_{name}"
        while name in names.values():
            name += "_"
        names[symbol] = name
    return names


def _facts(symbol):
    sign = next((word for word in SIGNS if getattr(symbol, f"is_{word}")), "")
    return f"integer {sign}".strip() if symbol.is_integer else sign


class _Text(StrPrinter):
    def __init__(self, names):
        super().__init__()
        self.names = names

    def _print_Symbol(self, symbol):
        return self.names[symbol]

    def _print_Float(self, value):
        raise Unstorable(f"{value} is a float and no exact number")


def text(value, names=None) -> str:
    """The text of an exact number, a ball or a SymPy expression, whose symbols `names` maps to their texts.

    Raises Unstorable for anything else.
    """
    if isinstance(value, Trace):
        return value.text
    if isinstance(value, flint.arb):
        if not value.is_finite():
            raise Unstorable("a ball that says nothing, or an Arb function that is not recorded")
        if value.is_exact():
            return _dyadic(value)
        with flint.ctx.workprec(PRECISION):
            return f"interval({_dyadic(value.lower())}, {_dyadic(value.upper())})"
    if isinstance(value, (flint.fmpz, flint.fmpq)):
        value = Fraction(int(value.p), int(value.q)) if isinstance(value, flint.fmpq) else int(value)
    if isinstance(value, (int, float, str, Fraction)):
        number = Fraction(value)
        return str(number) if number.denominator == 1 and number >= 0 else f"({number})"
    expression = sp.sympify(value)
    strange = {f.func.__name__ for f in expression.atoms(sp.Function)} - KNOWN
    if strange or expression.has(sp.zoo, sp.nan, sp.oo, -sp.oo, sp.I):
        raise Unstorable(f"no text for {', '.join(sorted(strange)) or 'a number that is not real'} in {expression}")
    return _Text(names or {}).doprint(expression)


def _dyadic(ball):
    mantissa, exponent = (int(part) for part in ball.mid().man_exp())
    return str(mantissa << exponent) if 0 <= exponent < 64 and mantissa >= 0 else f"dyadic({mantissa}, {exponent})"


def _bounded(proof, variables):
    names = [f"x{i}" for i in range(variables)]
    function = text(proof.function(*(Trace(name) for name in names)))
    try:
        ast.parse(function)
    except (SyntaxError, MemoryError, RecursionError):
        raise Unstorable("the function's text is nested too deeply for Python's parser") from None
    return {"function": function, "variables": names, "bound": text(proof.bound)}


class Trace(flint.arb):
    """A variable that is called as a ball is and records what is done with it; its value as a ball is no number."""

    def __new__(cls, recorded):
        return flint.arb.__new__(cls)

    def __init__(self, recorded):
        super().__init__("nan")  # what slips past the recording is seen
        self.text = recorded
        if len(recorded) > MOST_TEXT:
            raise Unstorable(f"the function's text has more than {MOST_TEXT} characters")


OPERATORS = {"add": "+", "sub": "-", "mul": "*", "truediv": "/", "pow": "**"}
METHODS = {"__neg__": "(-{0})", "__pos__": "{0}", "__abs__": "Abs({0})", "max": "Max({0}, {1})", "min": "Min({0}, {1})",
           "log1p": "log(1 + {0})", "expm1": "(exp({0}) - 1)", "rsqrt": "(1 / sqrt({0}))",
           "hypgeom_2f1": "hyp2f1({1}, {2}, {3}, {0})"}  # fmt: skip
METHODS |= {f"__{name}__": f"({{0}} {sign} {{1}})" for name, sign in OPERATORS.items()}
METHODS |= {f"__r{name}__": f"({{1}} {sign} {{0}})" for name, sign in OPERATORS.items()}
METHODS |= {name: f"{name}({{0}})" for name in (*FUNCTIONS.values(), "sqrt")}
QUESTIONS = ("__lt__", "__le__", "__gt__", "__ge__", "__eq__", "__ne__", "__bool__", "__float__", "__int__", "contains",
             "overlaps", "is_exact", "is_finite", "is_nan", "is_zero")  # fmt: skip


def _recorded(pattern):
    return lambda self, *others: Trace(pattern.format(text(self), *(text(x) for x in others if x is not None)))


def _refused(self, *_):
    raise Unstorable("the function compares or rounds its variable")


for _name, _pattern in METHODS.items():
    setattr(Trace, _name, _recorded(_pattern))
for _name in QUESTIONS:
    setattr(Trace, _name, _refused)
