"""Gradient descent: the textbook guarantee at every step, on the functions for which it is tight."""

from math import hypot

import jax.numpy as jnp
from hypothesis import strategies as st

from resnet_lab.evidence.train import distance_from, trained

from .case import Case, over

STEPS = 20


def huber(x, width):
    """x^2 / 2 near 0, a line beyond `width`: smooth with constant 1, the worst case of Drori and Teboulle."""
    size = jnp.abs(x)
    return jnp.where(size <= width, x**2 / 2, width * size - width**2 / 2)


def convex_descent(offset):
    """f(x_k) - min f <= L |x_0 - x*|^2 / (4k + c) for step 1/L, on the worst function for 20 steps."""
    return trained(lambda x: huber(x, 1 / (2 * STEPS + 1)), jnp.array(1.0), step_size=1.0, steps=STEPS,
                   guarantee=lambda k: 1 / (4 * k + offset))  # fmt: skip


def convex_excess(offset, point):
    width, steps = point
    x = 1.0
    for _ in range(steps):
        x -= max(-width, min(width, x))
    value = x**2 / 2 if abs(x) <= width else width * abs(x) - width**2 / 2
    return over(value, 1 / (4 * steps + offset))


def strongly_convex_descent(step):
    """|x_k - x*| <= ((kappa - 1)/(kappa + 1))^k |x_0 - x*| on a quadratic with eigenvalues 1 and kappa = 10."""
    return trained(lambda x: (x[0] ** 2 + 10 * x[1] ** 2) / 2, jnp.ones(2), step_size=step, steps=STEPS,
                   measure=distance_from(jnp.zeros(2)), guarantee=lambda k: (9 / 11) ** k * 2**0.5)  # fmt: skip


def strongly_convex_excess(step, point):
    x, y, steps = point
    end = hypot((1 - step) ** steps * x, (1 - 10 * step) ** steps * y)
    return over(end, (9 / 11) ** steps * hypot(x, y))


CONVEX = "f(x_k) − min f ≤ L‖x₀ − x*‖²/({}), step 1/L, f convex and L-smooth"
STRONG = "‖x_k − x*‖ ≤ ((κ−1)/(κ+1))ᵏ ‖x₀ − x*‖, step {}, κ = L/μ = 10"
HUBERS = st.tuples(st.floats(0.001, 1), st.integers(0, 50))
QUADRATICS = st.tuples(st.floats(-10, 10), st.floats(-10, 10), st.integers(0, 50))

CASES = [
    Case("Descent, convex: tight rate", CONVEX.format("4k + 2"), True, "Drori and Teboulle", "trained",
         lambda: convex_descent(2), HUBERS, lambda p: convex_excess(2, p)),
    Case("Descent, convex: denominator", CONVEX.format("4k + 4"), False, "a Huber function attains 4k + 2", "trained",
         lambda: convex_descent(4), HUBERS, lambda p: convex_excess(4, p)),
    Case("Descent, strongly convex: best step", STRONG.format("2/(L + μ)"), True, "Polyak; Nesterov", "trained",
         lambda: strongly_convex_descent(2 / 11), QUADRATICS, lambda p: strongly_convex_excess(2 / 11, p)),
    Case("Descent, strongly convex: step exchanged", STRONG.format("1/L"), False, "the rate of 1/L is 1 − 1/κ",
         "trained", lambda: strongly_convex_descent(0.1), QUADRATICS, lambda p: strongly_convex_excess(0.1, p)),
]  # fmt: skip
