"""The check of an enclosed eigenvalue or singular value, in whole numbers.

With N the matrix times its denominator (for singular values, its Gram matrix) and 4^s N = C C' + R, no eigenvalue of
4^s N is below the least one of R, which the discs of Gershgorin bound; and x'Nx / x'x is not below the smallest.
"""

from fractions import Fraction
from operator import mul

from .values import Failed


def matrix(data, low, high):
    """Failed unless factor and vector show that the named number of the matrix lies between the Fractions given."""
    of, rows = data["of"], [[int(entry) for entry in row.split()] for row in data["matrix"]]
    if of not in ("smallest eigenvalue", "largest eigenvalue", "smallest singular value", "spectral norm"):
        raise Failed(f"unknown number of a matrix: {of}")
    definite = _gram(rows, of.endswith("eigenvalue"), -1 if of in ("largest eigenvalue", "spectral norm") else 1)
    unit = 4 ** data["scale"]
    factor, vector = [list(map(int, row.split())) for row in data["factor"]], list(map(int, data["vector"].split()))
    n = len(definite)
    if len(factor) != n or len(vector) != n or any(len(row) != i + 1 for i, row in enumerate(factor)):
        raise Failed("factor or vector do not have the size of the matrix")
    rest = [[unit * definite[i][j] - sum(map(mul, factor[i], factor[j])) for j in range(n)] for i in range(n)]
    least = Fraction(min(row[i] + abs(row[i]) - sum(map(abs, row)) for i, row in enumerate(rest)), unit)
    most = Fraction(sum(x * sum(map(mul, row, vector)) for x, row in zip(vector, definite, strict=True)),
                    sum(map(mul, vector, vector)))  # fmt: skip
    if of in ("largest eigenvalue", "spectral norm"):
        least, most = -most, -least
    q, spread = int(data["denominator"]), Fraction(data["spread"])
    low, high = (low + spread) * q, (high - spread) * q
    if of.endswith("eigenvalue"):
        shown = low <= least and most <= high
    else:  # of the squares; no singular value is below 0
        shown = (low <= spread * q or low <= 0 or low**2 <= least) and high >= 0 and most <= high**2
    if not shown or q < 1 or spread < 0:
        raise Failed(f"factor and vector do not show the interval given for the {of}")


def _gram(rows, symmetric, sign):
    if symmetric:
        n = len(rows)
        return [[sign * rows[max(i, j)][min(i, j)] for j in range(n)] for i in range(n)]
    side = rows if len(rows) <= len(rows[0]) else list(zip(*rows, strict=True))
    return [[sign * sum(map(mul, a, b)) for b in side] for a in side]
