"""Numbers as balls: how they are read, the precision, and what a certain condition is."""

from fractions import Fraction
from functools import wraps

import flint
from flint import arb, fmpq

PRECISION = 128  # bits


def precise(function):
    """Runs the function at PRECISION bits, whatever the caller's precision is."""

    @wraps(function)
    def wrapped(*args, **kwargs):
        with flint.ctx.workprec(PRECISION):
            return function(*args, **kwargs)

    return wrapped


@precise
def ball(number) -> arb:
    """Enclosure of a number, read as the module says: "0.1" and Fraction(1, 10) are one tenth, 0.1 is not."""
    if isinstance(number, str):
        number = Fraction(number)
    if isinstance(number, Fraction):
        return arb(fmpq(number.numerator, number.denominator))
    return number if isinstance(number, arb) else arb(number)


def whole(name, value, least):
    if isinstance(value, bool) or value != int(value) or value < least:
        raise ValueError(f"{name} must be a whole number >= {least}, got {value}")
    return int(value)


def certainly(name, holds, value, allowed):
    if not holds:
        raise ValueError(f"{name} must certainly be {allowed}, got {value}")
