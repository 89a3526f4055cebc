"""Certified eigenvalues and singular values of small matrices, each with a certificate in whole numbers.

With N the integer matrix q A, an identity 4^s N = C C' + R of integer matrices shows that no eigenvalue of 4^s N is
below the smallest of R (as C C' is semi-definite), hence none is below min_i (R_ii - sum_{j != i} |R_ij|) (Gershgorin);
an integer vector x shows that one eigenvalue of N is at most x'Nx / x'x. How C and x were found (a float64
eigenvector, inverse iteration, a Cholesky factor of 4^s N - M I) does not matter: only these two facts count.
"""

from dataclasses import dataclass, replace
from fractions import Fraction
from math import isqrt, lcm
from operator import mul

import flint
import numpy as np
import sympy as sp

from .balls import hull, to_ball
from .intervals import round_outward

PRECISIONS = (64, 192, 576)  # bits below the largest entry; the next is tried while the enclosure is too wide
WIDTH = Fraction(1, 2**40)  # of an enclosure, relative to the number enclosed: where it is narrow enough
MOST_BITS = 4096  # of the common denominator of the entries
MOST_ROUNDS = 40  # of inverse iteration: what is found by then is what the enclosure says
STEPS = tuple(Fraction(1, 2**k) for k in (60, 24, 8, 2, 1))  # how far below the quotient the next shift may lie


class Enclosure(flint.arb):
    """An Arb ball that certainly holds the number, with the `certificate` that shows it; calculates as a ball."""

    certificate: "Certificate"


@dataclass(frozen=True)
class Certificate:
    """Why low <= the named number of the matrix <= high: R = 4^scale N - factor factor', and the vector.

    matrix / denominator is the matrix, its symmetric part lower triangular for an eigenvalue. N is the matrix itself
    ("smallest eigenvalue"), the Gram matrix of its shorter side ("smallest singular value"), or minus those ("largest
    eigenvalue", "spectral norm"). `spread` bounds what the balls among the entries may add or take away.
    """

    of: str
    matrix: tuple  # rows of integers; row i ends at the diagonal for an eigenvalue
    denominator: int  # q
    spread: Fraction
    scale: int  # s
    factor: tuple  # C, rows of integers that end at the diagonal
    vector: tuple  # x
    low: Fraction
    high: Fraction

    def replay(self) -> bool:
        """True if the integers, multiplied out again, still show that the number lies in [low, high]."""
        low, high = _interval(self, _definite(self.of, self.matrix))
        return self.low <= low and high <= self.high

    def as_data(self) -> dict:
        """The certificate in words and decimal strings, as JSON can hold it: a row of integers is one string."""

        def rows(integers):
            return [" ".join(map(str, row)) for row in integers]

        return {
            "of": self.of, "matrix": rows(self.matrix), "denominator": str(self.denominator),
            "spread": str(self.spread), "scale": self.scale, "factor": rows(self.factor),
            "vector": " ".join(map(str, self.vector)), "low": str(self.low), "high": str(self.high),
        }  # fmt: skip

    def __str__(self):
        n, low, high = len(self.factor), round_outward(float(self.low), -1, 6), round_outward(float(self.high), +1, 6)
        return f"{self.of} in [{low:.6g}, {high:.6g}], shown by a {n} x {n} factor and a vector"


def smallest_eigenvalue(matrix) -> Enclosure:
    """The smallest eigenvalue of a symmetric (n, n) matrix, enclosed to 40 bits, or to 576 below the largest entry.

    matrix: array (float64 entries stand for their exact binary values), SymPy matrix, Arb matrix or nested list of
    ints, Fractions, rational strings, closed SymPy numbers or balls. Indefinite, singular and repeated are welcome: of
    a singular matrix the ball holds 0. Raises ValueError if it is not symmetric, not finite or not square.
    """
    return _enclose("smallest eigenvalue", matrix)


def largest_eigenvalue(matrix) -> Enclosure:
    """The largest eigenvalue of a symmetric (n, n) matrix; see `smallest_eigenvalue`."""
    return _enclose("largest eigenvalue", matrix)


def spectral_norm(matrix) -> Enclosure:
    """The largest singular value of an (m, n) matrix, symmetric or not; see `smallest_eigenvalue` for its entries."""
    return _enclose("spectral norm", matrix)


def smallest_singular_value(matrix) -> Enclosure:
    """The smallest of the min(m, n) singular values of an (m, n) matrix; see `smallest_eigenvalue` for its entries."""
    return _enclose("smallest singular value", matrix)


def _enclose(of, matrix):
    centre, radii = _entries(matrix)
    if of.endswith("eigenvalue"):
        _check_symmetry(centre, radii)
        n = len(centre)
        spread = max(sum(radii[max(i, j)][min(i, j)] for j in range(n)) for i in range(n))
        centre = [row[: i + 1] for i, row in enumerate(centre)]
    else:  # the norm of the deviation is at most the larger of its largest row sum and its largest column sum
        spread = max(*map(sum, radii), *map(sum, zip(*radii, strict=True)))
    denominator = lcm(*(entry.denominator for row in centre for entry in row))
    if denominator.bit_length() > MOST_BITS:
        raise ValueError(f"the entries' common denominator has more than {MOST_BITS} bits: give floats or balls")
    integers = tuple(tuple(int(entry * denominator) for entry in row) for row in centre)
    definite, found = _definite(of, integers), None
    for bits in PRECISIONS:
        parts = _bracket(definite, bits, found)
        found = Certificate(of, integers, denominator, spread, *parts, Fraction(0), Fraction(0))
        low, high = _interval(found, definite)
        found = replace(found, low=low, high=high)
        if high - low <= 4 * spread or high - low <= WIDTH * min(abs(low), abs(high)):
            break
    with flint.ctx.workprec(PRECISIONS[-1]):
        ball = Enclosure(hull(low, high))
    ball.certificate = found
    return ball


def _entries(matrix):
    """The centres and the radii of the entries, as rows of Fractions."""
    rows = matrix.tolist() if hasattr(matrix, "tolist") else matrix
    rows = [row if isinstance(row, (list, tuple)) else [] for row in rows] if isinstance(rows, (list, tuple)) else []
    if len({len(row) for row in rows}) != 1 or not rows[0]:
        raise ValueError("matrix must have two axes and rows of one length >= 1: an array or a list of lists")
    pairs = [[_entry(value, (i, j)) for j, value in enumerate(row)] for i, row in enumerate(rows)]
    return [[pair[0] for pair in row] for row in pairs], [[pair[1] for pair in row] for row in pairs]


def _entry(value, place):
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, (int, float, str, Fraction, sp.Rational)):
        try:
            return Fraction(str(value) if isinstance(value, sp.Rational) else value), Fraction(0)
        except (OverflowError, ValueError):
            raise ValueError(f"entry {place} must be a finite number, got {value!r}") from None
    with flint.ctx.workprec(PRECISIONS[-1]):
        try:
            ball = to_ball(value)
        except (TypeError, ValueError, AttributeError):
            raise ValueError(f"entry {place} must be a real number or a ball, got {value!r}") from None
    if not ball.is_finite():
        raise ValueError(f"entry {place} must be finite, got {value!r}")
    return tuple(Fraction(int(part.p), int(part.q)) for part in (ball.mid().fmpq(), ball.rad().fmpq()))


def _check_symmetry(centre, radii):
    n = len(centre)
    if len(centre[0]) != n:
        raise ValueError(f"matrix must be square to have eigenvalues, got {n} x {len(centre[0])} (use spectral_norm)")
    for i in range(n):
        for j in range(i):
            if abs(centre[i][j] - centre[j][i]) > radii[i][j] + radii[j][i]:
                pair = f"{float(centre[i][j])!r} and {float(centre[j][i])!r}"
                raise ValueError(
                    f"matrix must be symmetric, entries {(i, j)} and {(j, i)} are {pair} (give (A + A.T) / 2, or balls)"
                )


def _definite(of, matrix):
    """The symmetric integer matrix N, as full rows, whose smallest eigenvalue is in question."""
    if of.endswith("eigenvalue"):
        n = len(matrix)
        rows = [[matrix[max(i, j)][min(i, j)] for j in range(n)] for i in range(n)]
    else:
        side = matrix if len(matrix) <= len(matrix[0]) else tuple(zip(*matrix, strict=True))
        rows = [[sum(map(mul, a, b)) for b in side] for a in side]
    return [[-entry for entry in row] for row in rows] if of in ("largest eigenvalue", "spectral norm") else rows


def _interval(certificate, definite):
    """What the factor and the vector show about the named number, in exact rational arithmetic."""
    c = certificate
    low = Fraction(_floor(definite, c.scale, c.factor), 4**c.scale)
    high = _rayleigh(definite, c.vector)
    if c.of in ("largest eigenvalue", "spectral norm"):
        low, high = -high, -low
    if c.of.endswith("eigenvalue"):
        return low / c.denominator - c.spread, high / c.denominator + c.spread
    return max(_root(low, c.denominator, 0) - c.spread, Fraction(0)), _root(high, c.denominator, 1) + c.spread


def _floor(definite, scale, factor):
    """min_i (R_ii - sum_{j != i} |R_ij|) for R = 4^scale N - factor factor'."""
    floors = [0] * len(factor)
    for i, row in enumerate(factor):
        for j in range(i):
            rest = abs((definite[i][j] << 2 * scale) - sum(map(mul, row, factor[j])))  # the shorter row ends the sum
            floors[i] -= rest
            floors[j] -= rest
        floors[i] += (definite[i][i] << 2 * scale) - sum(map(mul, row, row))
    return min(floors)


def _rayleigh(definite, vector):
    image = (sum(map(mul, row, vector)) for row in definite)
    return Fraction(sum(map(mul, image, vector)), sum(map(mul, vector, vector)))


def _root(square, denominator, up):
    """sqrt(square) / denominator, 0 if the square is negative, rounded down or (up = 1) up beyond 576 bits."""
    square = max(square, Fraction(0))
    digits = 4 ** (PRECISIONS[-1] + max(0, square.denominator.bit_length() - square.numerator.bit_length()))
    return Fraction(isqrt(int(square * digits)) + up, isqrt(digits) * denominator)


def _bracket(definite, bits, known):
    """scale, factor and vector that bracket the smallest eigenvalue, to about 2^-bits of the largest entry.

    Inverse iteration from below finds the vector and its Rayleigh quotient; the next shift is as near to the quotient
    as a Cholesky factor still exists. `known` is a coarser certificate to start from, or None.
    """
    n, largest = len(definite), max(abs(entry) for row in definite for entry in row) or 1
    reach = bits + n.bit_length()
    scale = max(0, reach - largest.bit_length() // 2)
    unit, goal = 4**scale, Fraction(largest * n, 2**bits)
    low, vector = _guess(definite, largest)
    back = Fraction(largest * n, 2**44)
    if known:
        low, vector = Fraction(_floor(definite, known.scale, known.factor), 4**known.scale), known.vector
        back = _rayleigh(definite, vector) - low
    best, high = vector, _rayleigh(definite, vector)
    shift, back = int(low * unit), int(back * unit) + 1
    while (factor := _cholesky(definite, scale, shift)) is None:  # there is one once the shift is low enough
        shift, back = shift - back, 16 * back
    for _ in range(MOST_ROUNDS):
        vector = _solve(factor, _solve(factor, vector, reach), reach)
        quotient = _rayleigh(definite, vector)
        best, high = (vector, quotient) if quotient <= high else (best, high)
        gap = high - Fraction(shift, unit)
        if gap <= goal:
            break
        for part in STEPS:
            trial = int((high - part * gap) * unit)
            if trial > shift and (better := _cholesky(definite, scale, trial)):
                shift, factor = trial, better
                break
    return scale, factor, best


def _guess(definite, largest):
    """The smallest eigenvalue and its vector in float64: a guess that only decides how soon the search ends."""
    values, vectors = np.linalg.eigh(np.array([[entry / largest for entry in row] for row in definite]))
    noise = [1 + (7919 * i) % 1009 for i in range(len(definite))]  # no eigenvector is orthogonal to all of this
    vector = tuple(int(entry * 2**60) + small for entry, small in zip(vectors[:, 0], noise, strict=True))
    return Fraction(float(values[0])) * largest, vector


def _cholesky(definite, scale, shift):
    """C with C C' = 4^scale N - shift I up to whole-number division, as tuples; None if a pivot is not positive."""
    rows = []
    for i, entries in enumerate(definite):
        row = []
        for j, above in enumerate(rows):
            row.append(((entries[j] << 2 * scale) - sum(map(mul, row, above))) // above[j])
        pivot = (entries[i] << 2 * scale) - shift - sum(map(mul, row, row))
        if pivot <= 0:
            return None
        rows.append((*row, isqrt(pivot)))
    return tuple(rows)


def _solve(factor, vector, reach):
    """x with factor factor' x along the vector, scaled to entries of about `reach` bits."""
    forward, backward, lift = [], [], max(row[-1] for row in factor).bit_length()
    for row, entry in zip(factor, vector, strict=True):
        forward.append(((entry << lift + reach) - sum(map(mul, row, forward))) // row[-1])
    for i in reversed(range(len(factor))):  # backward holds the entries below i, the last one first
        column = (factor[k][i] for k in range(len(factor) - 1, i, -1))
        backward.append(((forward[i] << lift) - sum(map(mul, column, backward))) // factor[i][i])
    excess = max(0, max(entry.bit_length() for entry in backward) - reach)
    return tuple(entry >> excess for entry in reversed(backward))
