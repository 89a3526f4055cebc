"""Mutants in few words: a false variant of a claim is a change of one argument of the claim's own check.

"factor * 1/2"      a constant halved (also / + -)
"power + 1/2"       an exponent changed
"-sign"             a sign flipped
"no independence"   a hypothesis dropped: the argument becomes False
"norm = frobenius"  one word or number exchanged for another
"""

import inspect
import operator
import re
from fractions import Fraction

import sympy

FORMS = {"*": operator.mul, "/": operator.truediv, "+": operator.add, "-": operator.sub}
HELP = 'a mutant reads "name * 1/2", "name + 1/2", "-name", "no name" or "name = value"'


def named(check, mutants) -> dict:
    """name -> changed arguments of `check`, from such a dict, from texts of the forms above, or from both in a dict.

    Raises ValueError for another form, for an argument that the check does not have, or for no change at all.
    """
    pairs = mutants.items() if isinstance(mutants, dict) else ((text, text) for text in mutants)
    return {name: changes(check, given) if isinstance(given, str) else given for name, given in pairs}


def changes(check, text: str) -> dict:
    """The changed argument that `text` means, from the default that the check has for it."""
    found = re.fullmatch(r"(no |-)?\s*([A-Za-z_]\w*)\s*(?:([*/+=-])\s*(\S+))?", text.strip())
    if not found or bool(found[1]) == bool(found[3]):
        raise ValueError(f"{HELP}, got {text!r}")
    before, name, sign, value = found.groups()
    parameters = inspect.signature(check).parameters
    if name not in parameters or parameters[name].default is inspect.Parameter.empty:
        raise ValueError(f"{text!r}: the check has no argument {name!r} with a default")
    old = parameters[name].default
    if before == "no ":
        new = False
    elif before == "-":
        new = -_number(old)
    elif sign == "=":
        new = _like(old, value)
    else:
        new = FORMS[sign](_number(old), _like(_number(old), value))
    if new is old or new == old:
        raise ValueError(f"{text!r} changes nothing: {name} is {old} already")
    return {name: new}


def _number(old):
    """The default as a number that keeps what is exact exact."""
    return Fraction(old) if isinstance(old, (int, str)) and not isinstance(old, bool) else old


def _like(old, value):
    """`value` as a number if it is one, of the kind of the default: a float stays a float, a SymPy number one."""
    try:
        number = Fraction(value)
    except ValueError:
        return value
    if isinstance(old, (float, int)) and not isinstance(old, bool) and number == int(number):
        return type(old)(int(number))
    if isinstance(old, float):
        return float(number)
    if isinstance(old, sympy.Basic):
        return sympy.Rational(number.numerator, number.denominator)
    return number
