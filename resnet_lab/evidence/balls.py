"""Ball arithmetic (Arb) for closed numbers: enclosures, outward rounding, honest comparison."""

from fractions import Fraction
from math import inf, nextafter

import flint
import sympy as sp

FUNCTIONS = {sp.exp: "exp", sp.log: "log", sp.erf: "erf", sp.erfc: "erfc", sp.gamma: "gamma", sp.sin: "sin",
             sp.cos: "cos", sp.tanh: "tanh", sp.atan: "atan", sp.asin: "asin", sp.acos: "acos"}  # fmt: skip


def to_ball(value) -> flint.arb:
    """Enclose an int, Fraction, rational or decimal string ("1/3", "0.1"), closed SymPy number or ball.

    A float stands for its exact binary value: write "0.1" for one tenth. Raises ValueError for anything else.
    """
    if isinstance(value, (flint.arb, flint.fmpq, int, float)):
        return flint.arb(value)
    if isinstance(value, str):
        value = Fraction(value)
    if isinstance(value, Fraction):
        return flint.arb(flint.fmpq(value.numerator, value.denominator))
    return _enclose(sp.sympify(value))


def _enclose(expression: sp.Expr) -> flint.arb:
    if expression.is_Rational:
        return flint.arb(flint.fmpq(int(expression.p), int(expression.q)))
    if expression is sp.pi:
        return flint.arb.pi()
    if expression is sp.E:
        return flint.arb(1).exp()
    balls = [_enclose(argument) for argument in expression.args]
    if expression.is_Add:
        return sum(balls[1:], balls[0])
    if expression.is_Mul:
        product = balls[0]
        for ball in balls[1:]:
            product = product * ball
        return product
    if expression.is_Pow:
        if expression.exp.is_Integer:
            return balls[0] ** int(expression.exp)
        return balls[0].sqrt() if expression.exp == sp.S.Half else balls[0] ** balls[1]
    if isinstance(expression, sp.Abs):
        return abs(balls[0])
    if isinstance(expression, (sp.Max, sp.Min)):
        extreme = balls[0]
        for ball in balls[1:]:
            extreme = extreme.max(ball) if isinstance(expression, sp.Max) else extreme.min(ball)
        return extreme
    if expression.func in FUNCTIONS:
        return getattr(balls[0], FUNCTIONS[expression.func])()
    raise ValueError(f"no ball arithmetic for {expression.func.__name__} in {expression}")


def hull(low, high) -> flint.arb:
    """The smallest ball that certainly holds the interval [low, high]."""
    return to_ball(low).union(to_ball(high))


def lower(ball: flint.arb) -> float:
    """A float certainly not above the ball; -inf if the ball says nothing."""
    return nextafter(nextafter(float(ball.lower()), -inf), -inf) if ball.is_finite() else -inf


def upper(ball: flint.arb) -> float:
    """A float certainly not below the ball; inf if the ball says nothing."""
    return nextafter(nextafter(float(ball.upper()), inf), inf) if ball.is_finite() else inf


def against(measured: flint.arb, bound: flint.arb) -> tuple[float, float, float]:
    """(low, high, bound) as floats that compare as the balls do: certainly below, certainly above, or overlapping.

    The bound's own uncertainty goes into [low, high], so that a comparison of floats is never more certain than the
    comparison of the balls.
    """
    gap, edge = measured - bound, float(bound.mid())
    if not gap.is_finite():
        return -inf, inf, edge
    low, high = lower(measured), upper(measured)
    if gap <= 0 and gap >= 0:  # both exact and equal
        return edge, edge, edge
    if gap <= 0:
        high = min(high, nextafter(edge, -inf) if gap < 0 else edge)
        return min(low, high), high, edge
    if gap >= 0:
        low = max(low, nextafter(edge, inf) if gap > 0 else edge)
        return low, max(high, low), edge
    return min(low, nextafter(edge, -inf)), max(high, nextafter(edge, inf)), edge
