"""Closed forms and exact laws for networks at initialisation, as rigorous enclosures (python-flint balls).

Functions that return a number return an `arb`: a ball that certainly contains the exact value. Comparing
balls has three answers: `a < b` is True only if it is certain, so `not (a < b)` does not say `a >= b`; ask
for both. Arguments may be int, Fraction, a decimal string such as "0.1", fmpq or arb; a float stands for the
exact binary number that it is, so 0.1 is not 1/10. This module knows nothing of the simulator, and the
simulator nothing of it.
"""

from fractions import Fraction
from functools import wraps

import flint
from flint import acb, arb, fmpq, fmpz

PRECISION = 128  # bits


def _precise(function):
    """Runs the function at PRECISION bits, whatever the caller's precision is."""

    @wraps(function)
    def wrapped(*args, **kwargs):
        with flint.ctx.workprec(PRECISION):
            return function(*args, **kwargs)

    return wrapped


@_precise
def ball(number) -> arb:
    """Enclosure of a number, read as the module says: "0.1" and Fraction(1, 10) are one tenth, 0.1 is not."""
    if isinstance(number, str):
        number = Fraction(number)
    if isinstance(number, Fraction):
        return arb(fmpq(number.numerator, number.denominator))
    return number if isinstance(number, arb) else arb(number)


def _whole(name, value, least):
    if isinstance(value, bool) or value != int(value) or value < least:
        raise ValueError(f"{name} must be a whole number >= {least}, got {value}")
    return int(value)


def _certainly(name, holds, value, allowed):
    if not holds:
        raise ValueError(f"{name} must certainly be {allowed}, got {value}")


# --- moments of one Gaussian variable ---


@_precise
def gaussian_absolute_moment(order: int) -> arb:
    """E|X|^k for X ~ N(0, 1), k = order: 2^(k/2) Gamma((k+1)/2) / sqrt(pi) (du18 Lemma A.1)."""
    half = ball(Fraction(_whole("order", order, 0), 2))
    return arb(2) ** half * (half + ball(Fraction(1, 2))).gamma() / arb.pi().sqrt()


@_precise
def mean_square(activation: str, scale=1) -> arb:
    """E sigma(scale X)^2 for X ~ N(0, 1) and scale >= 0; activation is relu, linear, absolute or softplus.

    Closed form for the homogeneous ones. Softplus: certified integration over [-16, 16], and for the tails
    sigma(t) <= 1 + |t|, so that they add at most 2 E[(1 + scale |X|)^2; X > 16]. Raises ValueError for
    another activation or a scale that is not certainly in [0, 4]. Source: du18, proof of Lemma A.1.
    """
    scale = ball(scale)
    _certainly("scale", scale >= 0 and scale <= 4, scale, "in [0, 4]")
    if activation == "relu":
        return scale**2 / 2
    if activation in ("linear", "absolute"):
        return scale**2
    if activation != "softplus":
        raise ValueError(f"activation must be relu, linear, absolute or softplus, got {activation!r}")

    def integrand(z, analytic):
        softplus = (1 + (scale * z).exp()).log(analytic=analytic)
        return softplus**2 * (-z * z / 2).exp() / (2 * arb.pi()).sqrt()

    edge = arb(16)
    middle = acb.integral(integrand, -edge, edge).real
    density = (-(edge**2) / 2).exp() / (2 * arb.pi()).sqrt()
    above = normal_upper_tail(edge)
    # E[1; X > t], E[X; X > t] and E[X^2; X > t] are Q(t), the density, and t density + Q(t).
    tail = 2 * (above + 2 * scale * density + scale**2 * (edge * density + above))
    return middle + tail * arb(0.5, 0.5)  # the tails are in [0, tail]


@_precise
def normaliser(activation: str) -> arb:
    """c_sigma = 1 / E sigma(X)^2 (du18 section 2.2); gulcu19 means the same by c_phi (below its (2.2))."""
    return 1 / mean_square(activation)


@_precise
def shifted_relu_mean_square(shift, scale) -> arb:
    """E max(shift + scale X, 0)^2 for X ~ N(0, 1) and scale > 0: (a^2 + s^2) Phi(a/s) + a s density(a/s).

    With a an entry of h_{l-1} and s^2 = 2 tau^2 ||h_{l-1}||^2 / m it is the conditional mean of the square
    of an entry of h_l in zhang22, section 2 (used for its Theorem 2).
    """
    a, s = ball(shift), ball(scale)
    _certainly("scale", s > 0, s, "> 0")
    density = (-((a / s) ** 2) / 2).exp() / (2 * arb.pi()).sqrt()
    return (a**2 + s**2) * normal_upper_tail(-a / s) + a * s * density


# --- tails ---


@_precise
def normal_upper_tail(t) -> arb:
    """P(X > t) for X ~ N(0, 1): erfc(t / sqrt 2) / 2."""
    return (ball(t) / arb(2).sqrt()).erfc() / 2


@_precise
def chi_square_upper_tail(dof: int, t) -> arb:
    """P(C > t) for C chi-square with `dof` degrees of freedom: Gamma(dof/2, t/2) / Gamma(dof/2).

    C = 0 if dof = 0. Raises ValueError if dof < 0, or if the sign of t is not certain.
    """
    return _chi_square(dof, t, _above, at_zero=0)


@_precise
def chi_square_lower_tail(dof: int, t) -> arb:
    """P(C <= t), the complement of `chi_square_upper_tail`, without cancellation. Errors as there."""
    return _chi_square(dof, t, _below, at_zero=1)


def _chi_square(dof, t, tail, at_zero):
    dof, t = _whole("dof", dof, 0), ball(t)
    if t < 0:
        return arb(1 - at_zero)
    _certainly("t", t >= 0, t, ">= 0 or < 0")
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


@_precise
def relu_norm_upper_tail(width: int, t) -> arb:
    """P((2/m) sum_k max(Z_k, 0)^2 > t) for m = width independent normals: the law of ||h_0||^2.

    This is ||phi(A x)||^2 for a unit input and variance 2/m (zhang22, frei19), and (c/m) ||relu(W x)||^2 with
    c = 2. The number of positive Z_k is Binomial(m, 1/2); given it, the sum is chi-square of that degree.
    Raises ValueError if width < 1 or the sign of t is not certain.
    """
    return _relu_norm(width, t, chi_square_upper_tail)


@_precise
def relu_norm_lower_tail(width: int, t) -> arb:
    """P((2/m) sum_k max(Z_k, 0)^2 <= t), the complement of `relu_norm_upper_tail`, without cancellation."""
    return _relu_norm(width, t, chi_square_lower_tail)


def _relu_norm(width, t, tail):
    m = _whole("width", width, 1)
    threshold = ball(t) * m / 2
    total = sum((fmpz.bin_uiui(m, j) * tail(j, threshold) for j in range(m + 1)), arb(0))
    return total / arb(2) ** m


# --- recursions ---


def geometric_sum(ratio, terms: int):
    """g_C(h) = sum_{i < h} C^i for C = ratio, h = terms (du18, appendix), in the arithmetic of `ratio`."""
    total = 0
    for _ in range(_whole("terms", terms, 0)):
        total = 1 + ratio * total
    return total
