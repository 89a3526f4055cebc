"""The checks of the parts of a proof, one function for each kind of part; what each shows stands in resnet_lab.replay.

Each raises Failed when the part is contradicted or cannot be read, and Beyond when this checker cannot decide it.
"""

import ast
import random
from fractions import Fraction

from .matrices import matrix
from .values import IV, MP, UNDEFINED, Exact, Failed, Interval, NotRational, closest, enclosed, parse, value

POINTS, REACH, MOST_DEGREE, MOST_PIECES = 12, 10**6, 1000, 5000
TIGHT = MP.mpf(10) ** -30
ANY = {-1, 0, 1}
SIGNS = {"positive": {1}, "negative": {-1}, "nonnegative": {0, 1}, "nonpositive": {-1, 0}, "nonzero": {-1, 1},
         "real": ANY}  # fmt: skip


class Beyond(Exception):
    """The checker cannot decide this part; the message says why."""


# --- algebra: a difference and the signs of its terms ---


def algebra(part):
    """lhs = rhs or lhs <= rhs for all values of the symbols, by terms that add up, or its failure at one point."""
    lhs, sense, rhs, symbols = part["lhs"], part["sense"], part["rhs"], part["symbols"]
    if sense not in ("=", "<="):
        raise Failed(f"the sense of an algebraic part is = or <=, not {sense}")
    if part["shows"] == "fails":
        return _fails_at(f"({lhs}) - ({rhs})", sense, symbols, part["point"])
    terms = part["terms"]
    if sense == "=" and terms:
        raise Failed("an identity has no terms")
    vanishes(" - ".join(f"({text})" for text in (rhs, lhs, *terms)), symbols)
    unsure = [term for term in terms if not (found := signs(parse(term), symbols)) or -1 in found]
    for term in unsure:
        _seek_negative(term, symbols)
    if unsure:
        raise Beyond(f"the sign of the term {unsure[0]} is beyond this checker's rules")


def vanishes(text, symbols):
    """Failed unless the expression is 0 at POINTS pseudo-random points; Beyond if too few of them decide."""
    degree = _degree(parse(text))
    if degree and max(degree) > MOST_DEGREE:
        raise Beyond(f"a rational function of degree {max(degree)}: too high for {POINTS} points")
    draw, decided = random.Random(text), 0
    for _ in range(10 * POINTS):
        point = _point(symbols, draw, REACH if degree else 20)
        try:
            found = closest(text, point)
        except UNDEFINED:
            continue
        if isinstance(found, Fraction):
            zero = found == 0
        else:
            zero, tight = 0 in found, found.delta < TIGHT
            if zero and not tight:
                continue
        if not zero:
            raise Failed(f"the terms do not add up to the difference: it is off by {_short(found)} at {_words(point)}")
        decided += 1
        if decided == POINTS:
            return
    raise Beyond(f"only {decided} of {10 * POINTS} points decide whether the terms add up to the difference")


def _point(symbols, draw, reach):
    """Pseudo-random rational values that the symbols may take: p/q with p <= reach, q = 1 for whole numbers."""
    point = {}
    for name, facts in symbols.items():
        if facts.startswith("integer"):
            size = Fraction(draw.randint(1, reach if reach == REACH else 12))  # small where it may be an exponent
        else:
            size = Fraction(draw.randint(1, reach), draw.randint(1, 12))
        allowed = sorted(SIGNS.get(facts.removeprefix("integer").strip() or "real", ANY) - {0})
        point[name] = size * draw.choice(allowed)
    return point


def _degree(node):
    """The degrees of numerator and denominator of a rational function; None for another function."""
    match node:
        case ast.Constant() | ast.Name():
            return (int(isinstance(node, ast.Name)), 0) if getattr(node, "id", "") not in ("pi", "E") else None
        case ast.UnaryOp(operand=operand):
            return _degree(operand)
        case ast.BinOp(left=left, op=ast.Pow(), right=right):
            base = _degree(left)
            try:
                power = value(right, {}, Exact)
            except (NotRational, Failed, ZeroDivisionError):
                return None
            if not base or power.denominator != 1:
                return None
            return tuple(abs(int(power)) * side for side in (base if power >= 0 else base[::-1]))
        case ast.BinOp(left=left, op=op, right=right):
            a, b = _degree(left), _degree(right)
            if not a or not b:
                return None
            if isinstance(op, ast.Add | ast.Sub):
                return max(a[0] + b[1], b[0] + a[1]), a[1] + b[1]
            return (a[0] + b[0], a[1] + b[1]) if isinstance(op, ast.Mult) else (a[0] + b[1], a[1] + b[0])
    return None


def signs(node, symbols):
    """The signs that an expression may have where it is defined, a subset of {-1, 0, 1}; None if it need not be real.

    Sums of one sign keep it, products multiply signs, even powers have none, exp and erfc are positive; a part without
    symbols is computed. Every rule errs on the side of more signs.
    """
    if not any(isinstance(part, ast.Name) and part.id in symbols for part in ast.walk(node)):
        return _sign_of_number(node)
    match node:
        case ast.Name(id=name):
            return SIGNS.get(symbols[name].removeprefix("integer").strip())
        case ast.UnaryOp(operand=operand):
            found = signs(operand, symbols)
            return found and {-s for s in found}
        case ast.Call(func=ast.Name(id=name), args=[argument]):
            found = signs(argument, symbols)
            if name == "Abs":
                return {abs(s) for s in found or ANY}
            if found and name in ("sqrt", "sign", "tanh", "erf", "atan"):
                return found if name != "sqrt" or -1 not in found else None
            return found and ({1} if name in ("exp", "erfc") else ANY if name in ("sin", "cos") else None)
        case ast.BinOp(left=left, op=ast.Pow(), right=right):
            return _power_signs(signs(left, symbols), right, symbols)
        case ast.BinOp(left=left, op=op, right=right):
            a, b = signs(left, symbols), signs(right, symbols)
            if not a or not b:
                return None
            if isinstance(op, ast.Mult | ast.Div):
                return {s * t for s in a for t in (b if isinstance(op, ast.Mult) else b - {0} or ANY)}
            b = {-t for t in b} if isinstance(op, ast.Sub) else b
            return set().union(*(ANY if s * t < 0 else {s or t} for s in a for t in b))
    return None


def _power_signs(base, exponent, symbols):
    try:
        power = value(exponent, {}, Exact)
    except (NotRational, Failed, ZeroDivisionError):
        return base if base and -1 not in base and signs(exponent, symbols) else None
    if power.denominator != 1:
        return base if base and -1 not in base else None
    if power % 2 == 0:
        return base and {abs(s) for s in base}
    return base


def _sign_of_number(node):
    try:
        found = closest(ast.unparse(node), {})
    except UNDEFINED:
        return None
    if isinstance(found, Fraction):
        return {(found > 0) - (found < 0)}
    return {1} if found.a > 0 else {-1} if found.b < 0 else ANY


def _seek_negative(term, symbols):
    draw = random.Random(term)
    for _ in range(100):
        point = _point(symbols, draw, 20)
        try:
            if (closest(term, point) < 0) is True:
                raise Failed(f"the term {term} is negative at {_words(point)}")
        except UNDEFINED:
            continue


def _fails_at(text, sense, symbols, point):
    given = {name: Fraction(number) for name, number in point.items()}
    for name, number in given.items():
        facts = symbols.get(name)
        sign = (number > 0) - (number < 0)
        if facts is None or facts.startswith("integer") and number.denominator != 1:
            raise Failed(f"the point gives {name} = {number}, which is not allowed")
        if sign not in SIGNS.get(facts.removeprefix("integer").strip(), ANY):
            raise Failed(f"the point gives {name} = {number}, which is not {facts}")
    at = {**_point(symbols, random.Random(text), 20), **given}  # symbols that cancel may take any value
    if not _exceeds(closest(text, at), 0, either=sense == "="):
        raise Failed(f"the point {_words(at)} does not violate the claim")


# --- numbers ---


def _exceeds(a, b, either=False):
    """True if a > b is certain, or with `either` that they differ."""
    return (a > b) is True or either and (a < b) is True


def comparison(part):
    """One closed number against another: exact where both are rational, else at 50 digits."""
    lhs, rhs = (closest(part[side], {}) for side in ("lhs", "rhs"))
    if not (isinstance(lhs, Fraction) and isinstance(rhs, Fraction)):
        lhs, rhs = (enclosed(x, x) if isinstance(x, Fraction) else x for x in (lhs, rhs))
    for side, data in part.get("matrices", {}).items():
        matrix(data, *_interval_ends(part[side]))
    small, large = (lhs, rhs) if part["sense"] == "<=" else (rhs, lhs)
    holds, fails = (small <= large) is True, (small > large) is True
    if not holds and not fails:
        raise Beyond("50 digits do not decide the comparison")
    if holds != (part["shows"] == "holds") or part["sense"] not in ("<=", ">="):
        raise Failed(f"{_short(lhs)} {part['sense']} {_short(rhs)} {'holds' if holds else 'fails'}")


def _interval_ends(text):
    match parse(text):
        case ast.Call(func=ast.Name(id="interval"), args=[low, high]):
            return value(low, {}, Exact), value(high, {}, Exact)
    raise Failed("a matrix is given for a number that is no interval")


# --- boxes ---


def boxes(part):
    """function <= bound on the whole box, from boxes that cover it."""
    box, *pieces = ([(Fraction(a), Fraction(b)) for a, b in box] for box in (part["box"], *part["boxes"]))
    if part["shows"] != "holds" or any(a > b for one in (box, *pieces) for a, b in one):
        raise Failed("boxes show that a bound holds, and each side needs low <= high")
    if not _covered(box, pieces):
        raise Failed("the boxes leave a part of the claimed box uncovered")
    function, names, bound = parse(part["function"]), part["variables"], _enclosure(part["bound"])
    heap, left = pieces, MOST_PIECES
    while heap:
        piece = heap.pop()
        found = _on(function, names, piece)
        if found is not None and (found <= bound) is True:
            continue
        middle = [((a + b) / 2,) * 2 for a, b in piece]
        if (at_middle := _on(function, names, middle)) is not None and (at_middle > bound) is True:
            raise Failed(f"the bound does not hold at ({', '.join(str(a) for a, _ in middle)})")
        i = max(range(len(piece)), key=lambda j: piece[j][1] - piece[j][0])
        left -= 2
        if left < 0 or piece[i][0] == piece[i][1]:
            raise Beyond(f"plain interval arithmetic is too wide within {MOST_PIECES} pieces")
        heap += [piece[:i] + [half] + piece[i + 1 :] for half in _halves(*piece[i])]


def _halves(a, b):
    return (a, (a + b) / 2), ((a + b) / 2, b)


def _covered(region, pieces):
    """True if the pieces cover the region: one of them does, or they cover both halves of a cut along a side of one."""
    pieces = [p for p in pieces if all(a <= d and c <= b for (a, b), (c, d) in zip(p, region, strict=True))]
    if any(all(a <= c and d <= b for (a, b), (c, d) in zip(p, region, strict=True)) for p in pieces):
        return True
    cuts = [(i, end) for p in pieces for i, side in enumerate(p) for end in side if region[i][0] < end < region[i][1]]
    if not cuts:
        return False
    i, end = cuts[len(cuts) // 2]
    low, high = region[i]
    return all(_covered(region[:i] + [half] + region[i + 1 :], pieces) for half in ((low, end), (end, high)))


def _on(function, names, piece):
    try:
        return value(function, {name: enclosed(a, b) for name, (a, b) in zip(names, piece, strict=True)}, Interval)
    except UNDEFINED:
        return None


def _enclosure(text):
    return value(parse(text), {}, Interval)


def point(part):
    """A point at which the function certainly exceeds the bound."""
    at = [(Fraction(x), Fraction(x)) for x in part["point"]]
    found = _on(parse(part["function"]), part["variables"], at)
    if part["shows"] != "fails" or found is None or (found > _enclosure(part["bound"])) is not True:
        raise Failed(f"the function does not certainly exceed the bound at ({', '.join(part['point'])})")


def _words(point):
    return ", ".join(f"{name} = {number}" for name, number in point.items()) or "any point"


def _short(number):
    return f"{float(number):.6g}" if isinstance(number, Fraction) else str(IV.mpf(number).mid)[:24]


KINDS = {"algebra": algebra, "comparison": comparison, "boxes": boxes, "point": point}
