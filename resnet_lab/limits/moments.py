"""Moments of one Gaussian variable under an activation, in closed form or by certified integration."""

from fractions import Fraction
from math import prod

from flint import acb, arb, fmpz

from .balls import ball, certainly, precise, whole
from .tails import normal_upper_tail


@precise
def gaussian_absolute_moment(order: int) -> arb:
    """E|X|^k for X ~ N(0, 1), k = order: 2^(k/2) Gamma((k+1)/2) / sqrt(pi) (du18 Lemma A.1)."""
    if whole("order", order, 0) % 2 == 0:
        return arb(prod(range(1, int(order), 2)))  # exact: (k - 1)!!
    half = ball(Fraction(int(order), 2))
    return arb(2) ** half * (half + ball(Fraction(1, 2))).gamma() / arb.pi().sqrt()


# sigma(w) and sigma(-w) for Re w >= 0, as functions that acb.integral can follow off the real line. All have
# |sigma(w)| <= 1 + |w| on it.
def _softplus(w, analytic):
    rest = (1 + (-w).exp()).log(analytic=analytic)
    return w + rest, rest


def _arcsinh(w, analytic):
    value = (w + (1 + w * w).sqrt(analytic=analytic)).log(analytic=analytic)
    return value, -value


def _smooth_relu(w, analytic):
    root = (1 + w * w).sqrt(analytic=analytic)
    return (root + w) / 2, (root - w) / 2


_SIDES = {
    "softplus": _softplus,
    "tanh": lambda w, analytic: (w.tanh(), -w.tanh()),
    "erf": lambda w, analytic: (w.erf(), -w.erf()),
    "arcsinh": _arcsinh,
    "smooth relu": _smooth_relu,
}
_HOMOGENEOUS = {"relu": (1, 0), "linear": (1, -1), "absolute": (1, 1), "dead": (0, 0)}  # sigma(1) and sigma(-1)
# sigma'(w)^2 + sigma'(-w)^2, all at most 2 on the real line but that of erf, which has a closed form.
_SLOPES = {
    "softplus": lambda w: (1 + (-2 * w).exp()) / (1 + (-w).exp()) ** 2,
    "tanh": lambda w: 2 * (1 - w.tanh() ** 2) ** 2,
    "arcsinh": lambda w: 2 / (1 + w * w),
    "smooth relu": lambda w: (1 + w * w / (1 + w * w)) / 2,
}
_EDGE = 16  # P(|X| > 16) is about 1e-57, below the precision


@precise
def gaussian_moment(activation: str, order: int, scale=1, *, offset=0, factor=1, epsilon=1) -> arb:
    """E phi(scale X)^k for X ~ N(0, 1), k = order, phi(z) = offset + factor epsilon sigma(z / epsilon).

    sigma is relu, linear, absolute, dead (zero), dead zone (max(|z| - 1, 0)), softplus, tanh, erf, arcsinh or smooth
    relu ((z + sqrt(z^2 + 1)) / 2). Closed form for the first five, and for erf and smooth relu at k = 2; otherwise
    certified integration over [-16, 16], and |sigma(t)| <= 1 + |t| for the tails. Raises ValueError for another
    activation, or unless epsilon > 0 and 0 <= scale / epsilon <= 10^6 certainly.
    """
    order, a, epsilon = whole("order", order, 0), ball(offset), ball(epsilon)
    b, scale = ball(factor) * epsilon, _dilated_scale(scale, epsilon)
    moments = [_moment(activation, j, scale) for j in range(order + 1)]
    return sum((fmpz.bin_uiui(order, j) * a ** (order - j) * b**j * m for j, m in enumerate(moments)), arb(0))


def _dilated_scale(scale, epsilon):
    certainly("epsilon", epsilon > 0, epsilon, "> 0")
    scale = ball(scale) / epsilon
    certainly("scale / epsilon", scale >= 0 and scale <= 10**6, scale, "in [0, 10^6]")
    return scale


def _check_known(activation):
    known = [*_HOMOGENEOUS, "dead zone", *_SIDES]
    if activation not in known:
        raise ValueError(f"activation must be one of {', '.join(known)}, got {activation!r}")


def _moment(activation, order, scale):
    _check_known(activation)
    if order == 0:
        return arb(1)
    if activation in _HOMOGENEOUS:
        above, below = _HOMOGENEOUS[activation]
        return scale**order * gaussian_absolute_moment(order) * (fmpz(above) ** order + fmpz(below) ** order) / 2
    if activation == "dead zone":
        return 2 * _excess(order, scale)
    if activation in ("tanh", "erf", "arcsinh") and order % 2:
        return arb(0)
    if activation == "erf" and order == 2:
        return 2 / arb.pi() * (2 * scale**2 / (1 + 2 * scale**2)).asin()
    if activation == "smooth relu" and order == 2:
        return scale**2 / 2 + arb(1) / 4

    def both(z, analytic):
        above, below = _SIDES[activation](scale * z, analytic)
        return above**order + below**order

    tails = sum((fmpz.bin_uiui(order, j) * scale**j * _tail_moment(j) for j in range(order + 1)), arb(0))
    return _integral(both) + tails * arb(0, 1)  # tails is E[(1 + scale |X|)^k; |X| > edge]


def _integral(function):
    def integrand(z, analytic):
        return function(z, analytic) * (-z * z / 2).exp() / (2 * arb.pi()).sqrt()

    return acb.integral(integrand, arb(0), arb(_EDGE)).real


def _tail_moment(order):  # E[|X|^k; |X| > edge]
    half = ball(Fraction(order + 1, 2))
    return (arb(_EDGE**2) / 2).gamma_upper(half) * arb(2) ** ball(Fraction(order, 2)) / arb.pi().sqrt()


def _excess(order, scale):  # E[(scale X - 1)^k; scale X > 1] for k >= 1, by Stein's identity
    if scale == 0:
        return arb(0)
    certainly("scale", scale > 0, scale, "0 or > 0")
    last = normal_upper_tail(1 / scale)
    value = scale * (-((1 / scale) ** 2) / 2).exp() / (2 * arb.pi()).sqrt() - last
    for k in range(2, order + 1):
        last, value = value, (k - 1) * scale**2 * last - value
    return value


@precise
def mean_square_slope(activation: str, scale=1, *, factor=1, epsilon=1) -> arb:
    """E phi'(scale X)^2 for X ~ N(0, 1), scale > 0 and phi as in `gaussian_moment`; the same errors.

    Closed form for relu, linear, absolute, dead, dead zone and erf, certified integration for the others.
    """
    _check_known(activation)
    scale = _dilated_scale(scale, ball(epsilon))
    certainly("scale", scale > 0, scale, "> 0")
    if activation in _HOMOGENEOUS:
        square = arb(sum(value**2 for value in _HOMOGENEOUS[activation])) / 2
    elif activation == "dead zone":
        square = 2 * normal_upper_tail(1 / scale)
    elif activation == "erf":
        square = 4 / (arb.pi() * (1 + 4 * scale**2).sqrt())
    else:
        square = _integral(lambda z, analytic: _SLOPES[activation](scale * z)) + _tail_moment(0) * arb(0, 1)
    return ball(factor) ** 2 * square


def mean_square(activation: str, scale=1, **affine) -> arb:
    """E phi(scale X)^2, the `gaussian_moment` of order 2 (du18, proof of Lemma A.1)."""
    return gaussian_moment(activation, 2, scale, **affine)


@precise
def normaliser(activation: str, **affine) -> arb:
    """c_phi = 1 / E phi(X)^2 (du18 section 2.2, gulcu19 below its (2.2)); raises ValueError if that mean may be 0."""
    square = mean_square(activation, **affine)
    certainly("E phi(X)^2", square > 0, square, "> 0")
    return 1 / square


@precise
def shifted_relu_mean_square(shift, scale) -> arb:
    """E max(shift + scale X, 0)^2 for X ~ N(0, 1) and scale > 0: (a^2 + s^2) Phi(a/s) + a s density(a/s).

    With a an entry of h_{l-1} and s^2 = 2 tau^2 ||h_{l-1}||^2 / m it is the conditional mean of the square
    of an entry of h_l in zhang22, section 2 (used for its Theorem 2).
    """
    a, s = ball(shift), ball(scale)
    certainly("scale", s > 0, s, "> 0")
    density = (-((a / s) ** 2) / 2).exp() / (2 * arb.pi()).sqrt()
    return (a**2 + s**2) * normal_upper_tail(-a / s) + a * s * density
