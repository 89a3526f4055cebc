"""The values of stored expressions: exact where they are rational, else enclosed at 50 digits.

The interval arithmetic is that of mpmath. It lacks erf, erfc, tanh, atan, asin, acos and hyp2f1: these are monotone, so
their values at the two ends are taken at 60 digits and moved outward by a relative 10^-45.
"""

import ast
from fractions import Fraction
from functools import lru_cache

from mpmath.ctx_iv import MPIntervalContext
from mpmath.ctx_mp import MPContext
from mpmath.libmp import ComplexResult, from_man_exp

IV, MP = MPIntervalContext(), MPContext()
IV.dps, MP.dps = 50, 60
PAD = MP.mpf(10) ** -45
MOST_POWER = 5000  # of a rational number: beyond, it is enclosed
DIRECTION = {"erf": 1, "erfc": -1, "tanh": 1, "atan": 1, "asin": 1, "acos": -1}
UNDEFINED = (ArithmeticError, ComplexResult)  # what evaluation raises where an expression has no value


class Failed(Exception):
    """The check contradicts the certificate, or the certificate cannot be read."""


class NotRational(Exception):
    """The value is not a rational number that is worth computing exactly."""


@lru_cache(4096)
def parse(text):
    """The syntax tree of one expression; Failed if it has none."""
    try:
        return ast.parse(text, mode="eval").body
    except (SyntaxError, ValueError) as error:
        raise Failed(f"cannot read {text[:60]!r}: {error}") from None


def value(node, at, field):
    """The value of an expression in `field` (Exact or Interval) with the names' values in `at`."""
    match node:
        case ast.Constant(value=int(number)):
            return field.number(number)
        case ast.Name(id=name):
            return at[name] if name in at else field.constant(name)
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return -value(operand, at, field)
        case ast.Call(func=ast.Name(id="dyadic"), args=[mantissa, exponent]):
            return field.dyadic(ast.literal_eval(mantissa), ast.literal_eval(exponent))
        case ast.Call(func=ast.Name(id=name), args=arguments, keywords=[]):
            return field.call(name, *(value(argument, at, field) for argument in arguments))
        case ast.BinOp(left=left, op=op, right=right):
            a, b = value(left, at, field), value(right, at, field)
            match op:
                case ast.Add():
                    return a + b
                case ast.Sub():
                    return a - b
                case ast.Mult():
                    return a * b
                case ast.Div():
                    return a / b
                case ast.Pow():
                    return field.power(a, b)
    raise Failed(f"cannot read {ast.unparse(node)[:60]!r}")


class Exact:
    """Rational arithmetic; NotRational where it does not suffice."""

    number = Fraction

    def constant(name):
        if name in ("pi", "E"):
            raise NotRational
        raise Failed(f"unknown name {name}")

    def dyadic(mantissa, exponent):
        if abs(exponent) > MOST_POWER:
            raise NotRational
        return mantissa * Fraction(2) ** exponent

    def power(base, exponent):
        if exponent.denominator != 1 or abs(exponent) > MOST_POWER:
            raise NotRational
        return base ** int(exponent)

    def call(name, *x):
        if name in ("Max", "Min", "Abs"):
            return {"Max": max, "Min": min, "Abs": lambda y: abs(y)}[name](*x)
        if name == "sign":
            return Fraction((x[0] > 0) - (x[0] < 0))
        raise NotRational


class Interval:
    """mpmath's interval arithmetic, with monotone functions added; an ArithmeticError where a value is undefined."""

    number = IV.mpf

    def constant(name):
        if name in ("pi", "E"):
            return +IV.pi if name == "pi" else +IV.e
        raise Failed(f"unknown name {name}")

    def dyadic(mantissa, exponent):
        return _between(*[from_man_exp(mantissa, exponent)] * 2)

    def power(base, exponent):
        low, high = _ends(exponent)
        if low == high and MP.isint(low):
            return base ** int(low)
        if base.a > 0:
            return IV.exp(exponent * IV.log(base))
        if base.a == 0 and exponent.a > 0:
            return IV.mpf(0) if base.b == 0 else _hull(IV.mpf(0), Interval.power(IV.mpf(base.b), exponent))
        raise ArithmeticError("a power of a number that may be negative")

    def call(name, *x):
        if name == "interval":
            if (x[0] > x[1]) is True:
                raise Failed("an interval whose low end is above its high end")
            return _hull(*x)
        if name in ("exp", "log", "sqrt", "sin", "cos", "gamma"):
            if not (name in ("exp", "sin", "cos") or x[0].a > 0 or name == "sqrt" and x[0].a >= 0):
                raise ArithmeticError(f"{name} of a number that may be too small")
            return getattr(IV, name)(x[0])
        if name == "Abs":
            return abs(x[0])
        if name == "sign":
            return _hull(*(IV.mpf(int(end > 0) - int(end < 0)) for end in (x[0].a, x[0].b)))
        if name in ("Max", "Min"):
            pick = max if name == "Max" else min
            return _between(*(pick(end)._mpf_ for end in zip(*map(_ends, x), strict=True)))
        if name in DIRECTION:
            return _monotone(getattr(MP, name), x[0], DIRECTION[name])
        if name == "hyp2f1":  # increasing in z < 1 for a > 0 and c > b > 0, by Euler's integral
            a, b, c, z = x
            if not (a > 0 and b > 0 and c > b and z.b < 1 and all(low == high for low, high in map(_ends, x[:3]))):
                raise ArithmeticError("hyp2f1 outside the range where it certainly is monotone")
            a, b, c = (_ends(y)[0] for y in (a, b, c))
            return _monotone(lambda end: MP.hyp2f1(a, b, c, end), z, 1)
        raise Failed(f"unknown function {name}")


def _between(low, high):
    return IV.make_mpf((low, high))


def _ends(x):
    """The two ends of an interval as floating-point numbers, exactly."""
    return tuple(map(MP.make_mpf, x._mpi_))


def _hull(*intervals):
    lows, highs = zip(*map(_ends, intervals), strict=True)
    return _between(min(lows)._mpf_, max(highs)._mpf_)


def _monotone(function, x, direction):
    low, high = map(function, _ends(x)[::direction])
    if not (MP.isfinite(low) and MP.isfinite(high) and MP.im(low) == MP.im(high) == 0):
        raise ArithmeticError("a function outside its domain")
    return _between((low - abs(low) * PAD)._mpf_, (high + abs(high) * PAD)._mpf_)


def enclosed(low, high):
    """The interval from one Fraction to another, rounded outward."""
    return _hull(*(IV.mpf(end.numerator) / end.denominator for end in (low, high)))


def closest(text, at):
    """The exact value of an expression at rational values of its names, or its enclosure at 50 digits."""
    try:
        return value(parse(text), at, Exact)
    except NotRational:
        return value(parse(text), {name: enclosed(x, x) for name, x in at.items()}, Interval)
