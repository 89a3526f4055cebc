"""Activations chosen to break hypotheses, each with its exact Lipschitz and smoothness constants and value at 0.

Every one of them is a base activation or an affine dilation of one, offset + factor * epsilon * sigma(z / epsilon),
so its constants and its Gaussian moments (`limits.gaussian_moment`) follow from those of the base. Parameters may be
int, Fraction, a rational or decimal string such as "0.1", or a SymPy number; a float stands for the exact binary number
that it is. The constants are exact in the parameter, the function uses its nearest float.
"""

import math
import numbers
from collections.abc import Callable
from functools import cache
from itertools import pairwise
from typing import NamedTuple

import jax
import jax.numpy as jnp
import sympy as sp
from scipy.integrate import quad


class Activation(NamedTuple):
    """phi, sigma: a function of arrays of any float dtype, and what is known exactly about it (None: nobody said)."""

    name: str
    function: Callable
    normaliser: float  # c_sigma = 1 / E sigma(X)^2, X ~ N(0, 1); infinite for the dead one
    lipschitz: sp.Expr | None = None  # L, B: sup |sigma'|
    smoothness: sp.Expr | None = None  # beta, M: the smallest Lipschitz constant of sigma', sympy.oo at a kink
    at_zero: sp.Expr | None = None  # sigma(0)


_ONE, _ZERO = sp.Integer(1), sp.Integer(0)
RELU = Activation("relu", jax.nn.relu, 2.0, _ONE, sp.oo, _ZERO)
SOFTPLUS = Activation("softplus", jax.nn.softplus, 1.0854865029883434, _ONE, sp.Rational(1, 4), sp.log(2))
LINEAR = Activation("linear", lambda z: z, 1.0, _ONE, _ZERO, _ZERO)
ABSOLUTE = Activation("absolute", jnp.abs, 1.0, _ONE, sp.oo, _ZERO)
TANH = Activation("tanh", jnp.tanh, 2.5361754332174535, _ONE, 4 * sp.sqrt(3) / 9, _ZERO)
ERF = Activation(
    "erf", jax.scipy.special.erf, 2.1525788606075986, 2 / sp.sqrt(sp.pi), sp.sqrt(8 / (sp.pi * sp.E)), _ZERO
)
# Odd and unbounded, and its slope falls from 1 to 0: no lower bound on the growth of E sigma(sX)^2 in s^2 survives it.
ARCSINH = Activation("arcsinh", jnp.arcsinh, 1.57938236356178, _ONE, 2 * sp.sqrt(3) / 9, _ZERO)
# (z + sqrt(z^2 + 1)) / 2, within 1/2 of relu. The exponential loses no digits at large -z, and has no overflow in z^2.
SMOOTH_RELU = Activation(
    "smooth relu", lambda z: 0.5 * jnp.exp(jnp.arcsinh(z)), 4 / 3, _ONE, sp.Rational(1, 2), sp.Rational(1, 2)
)
DEAD = Activation("dead", jnp.zeros_like, math.inf, _ZERO, _ZERO, _ZERO)
# max(|z| - 1, 0): silent on an interval, with c_sigma as large as one likes once dilated.
DEAD_ZONE = Activation("dead zone", lambda z: jax.nn.relu(jnp.abs(z) - 1), 6.636599918512256, _ONE, sp.oo, _ZERO)


def scaled(activation: Activation, factor) -> Activation:
    """factor * sigma(z): every constant times |factor|, c_sigma over its square. Raises ValueError as `affine`."""
    return affine(activation, factor=factor)


def shifted(activation: Activation, offset) -> Activation:
    """sigma(z) + offset: the same derivative, another value at 0. Raises ValueError as `affine`."""
    return affine(activation, offset=offset)


def smooth_relu(epsilon) -> Activation:
    """(z + sqrt(z^2 + epsilon^2)) / 2, within epsilon/2 of relu: 1-Lipschitz, with smoothness 1/(2 epsilon).

    What holds for every smooth activation with constants that do not know the smoothness holds for relu in the limit.
    """
    return affine(SMOOTH_RELU, epsilon=epsilon)


def arcsinh(epsilon) -> Activation:
    """epsilon arcsinh(z / epsilon): analytic, odd, of slope 1 at 0, and small everywhere as epsilon falls.

    So c_sigma L^2 has no upper bound even among analytic functions that are not polynomials (du18 section 2.1).
    """
    return affine(ARCSINH, epsilon=epsilon)


def dead_zone(threshold) -> Activation:
    """max(|z| - threshold, 0): silent on most inputs as the threshold grows (du18 Lemmas A.1, B.1 and C.1)."""
    return affine(DEAD_ZONE, epsilon=threshold)


def constant_plus_tanh(constant, height, epsilon) -> Activation:
    """constant + height tanh(z / epsilon): bounded, with slope height/epsilon at 0.

    Every neuron says nearly the same, so little of E sigma(X)^2 is variance and the states drift (nfres Lemma 5).
    """
    epsilon = _positive("epsilon", epsilon)
    return affine(TANH, offset=constant, factor=_exact("height", height) / epsilon, epsilon=epsilon)


def affine(activation: Activation, *, offset=0, factor=1, epsilon=1) -> Activation:
    """offset + factor * epsilon * sigma(z / epsilon), its constants derived exactly from those of sigma.

    Equal arguments give the same object, so that nothing is compiled twice. Raises ValueError for a parameter that is
    not a finite real number, an epsilon that is not positive, or an activation whose constants are not given.
    """
    offset, factor, epsilon = _exact("offset", offset), _exact("factor", factor), _positive("epsilon", epsilon)
    if None in (activation.lipschitz, activation.smoothness, activation.at_zero):
        raise ValueError(f"{activation.name} must give its lipschitz, smoothness and at_zero, to derive others from")
    return _affine(activation, offset, factor, epsilon)


@cache
def _affine(activation, offset, factor, epsilon):
    if (offset, factor, epsilon) == (0, 1, 1):
        return activation
    a, b, e, sigma = float(offset), float(factor * epsilon), float(epsilon), activation.function

    def function(z):
        return a + b * sigma(z / e)

    inner = activation.name if epsilon == 1 else f"{activation.name}(z / ({epsilon}))"
    term = inner if factor * epsilon == 1 else f"{factor * epsilon} {inner}"
    return Activation(
        f"{term} + {offset}" if offset else term,
        function,
        normaliser_of(function),
        abs(factor) * activation.lipschitz,
        abs(factor) / epsilon * activation.smoothness if factor else _ZERO,  # 0 times infinity is 0 here
        offset + factor * epsilon * activation.at_zero,
    )


def _exact(name, value):
    number = sp.nan
    if isinstance(value, sp.Expr):
        number = value
    elif isinstance(value, (str, numbers.Rational)):
        try:
            number = sp.Rational(str(value))
        except (TypeError, ValueError, ZeroDivisionError):
            pass  # no number, "1/0", True: refused below
    elif isinstance(value, numbers.Real) and math.isfinite(value):
        number = sp.Rational(float(value))
    if not (number.is_number and number.is_finite and number.is_real):
        raise ValueError(f"{name} must be a finite real number, got {value!r}")
    return number


def _positive(name, value):
    number = _exact(name, value)
    if not number.is_positive:
        raise ValueError(f"{name} must be > 0, got {value}")
    return number


def normaliser_of(function: Callable) -> float:
    """1 / E function(X)^2 for X ~ N(0, 1), by adaptive quadrature to about 1e-13 of itself; infinite if that is 0."""

    def integrand(x):
        return float(function(x)) ** 2 * math.exp(-x * x / 2) / math.sqrt(2 * math.pi)

    # Outside [-38, 38] the density is below every normal float; decades near 0 show a narrow dilation, and bisection
    # finds the kinks.
    cuts = (0, *(10.0**k for k in range(-9, 1)), 38)
    with jax.ensure_compile_time_eval():  # a number, even where the caller is being compiled
        pieces = [quad(integrand, *sorted((sign * a, sign * b)), epsabs=0, epsrel=1e-13, limit=200)[0]
                  for a, b in pairwise(cuts) for sign in (-1, 1)]  # fmt: skip
    square = math.fsum(pieces)
    return 1 / square if square > 0 else math.inf
