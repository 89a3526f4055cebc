"""Tails and exact laws: normal, chi-square, binomial, and the norm of a ReLU layer."""

from fractions import Fraction

import flint
from flint import arb, fmpz

from .balls import PRECISION, ball, certainly, precise, whole


@precise
def normal_upper_tail(t) -> arb:
    """P(X > t) for X ~ N(0, 1): erfc(t / sqrt 2) / 2."""
    return (ball(t) / arb(2).sqrt()).erfc() / 2


@precise
def chi_square_upper_tail(dof: int, t) -> arb:
    """P(C > t) for C chi-square with `dof` degrees of freedom: Gamma(dof/2, t/2) / Gamma(dof/2).

    C = 0 if dof = 0. Raises ValueError if dof < 0, or if the sign of t is not certain.
    """
    return _chi_square(dof, t, _above, at_zero=0)


@precise
def chi_square_lower_tail(dof: int, t) -> arb:
    """P(C <= t), the complement of `chi_square_upper_tail`, without cancellation. Errors as there."""
    return _chi_square(dof, t, _below, at_zero=1)


def _chi_square(dof, t, tail, at_zero):
    dof, t = whole("dof", dof, 0), ball(t)
    if t < 0:
        return arb(1 - at_zero)
    certainly("t", t >= 0, t, ">= 0 or < 0")
    if dof == 0:
        return arb(at_zero)
    # Arb loses everything for a wide argument and a large dof; a tail is monotone, so its ends enclose it.
    ends = [tail(dof, end) for end in (t.lower(), t.upper())]
    return ends[0].union(ends[1])


def _above(dof, t):
    return (t / 2).gamma_upper(ball(Fraction(dof, 2)), 1)


def _below(dof, t):  # Arb's lower function hangs for a large dof; four times the precision survives the cancellation
    with flint.ctx.workprec(4 * PRECISION):
        return 1 - _above(dof, t)


@precise
def relu_norm_upper_tail(width: int, t) -> arb:
    """P((2/m) sum_k max(Z_k, 0)^2 > t) for m = width independent normals: the law of ||h_0||^2.

    This is ||phi(A x)||^2 for a unit input and variance 2/m (zhang22, frei19), and (c/m) ||relu(W x)||^2 with
    c = 2. The number of positive Z_k is Binomial(m, 1/2); given it, the sum is chi-square of that degree.
    Raises ValueError if width < 1 or the sign of t is not certain.
    """
    return _relu_norm(width, t, chi_square_upper_tail)


@precise
def relu_norm_lower_tail(width: int, t) -> arb:
    """P((2/m) sum_k max(Z_k, 0)^2 <= t), the complement of `relu_norm_upper_tail`, without cancellation."""
    return _relu_norm(width, t, chi_square_lower_tail)


def _relu_norm(width, t, tail):
    m = whole("width", width, 1)
    threshold = ball(t) * m / 2
    total = sum((fmpz.bin_uiui(m, j) * tail(j, threshold) for j in range(m + 1)), arb(0))
    return total / arb(2) ** m


@precise
def binomial_log_probability(trials, successes: int, chance) -> arb:
    """log P(Bin(n, p) = k), n = trials, k = successes, 0 < p = chance < 1; for sizes too large to multiply out."""
    n, k, p = ball(trials), ball(successes), ball(chance)
    choices = (n + 1).lgamma() - (k + 1).lgamma() - (n - k + 1).lgamma()
    return choices + k * p.log() + (n - k) * (-p).log1p()
