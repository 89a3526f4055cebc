"""Searched checks: an adversary climbs the ratio of the two sides of an inequality from many starts."""

import jax
import jax.numpy as jnp
from jax import lax

from .record import Evidence

ROUND_OFF = 1e-9  # relative; the float64 round-off of the small ratios searched here is below 1e-12


def searched(ratio, starts, *, bound: float = 1.0, steps: int = 300, rate: float = 0.05, describe=None) -> Evidence:
    """Evidence for ratio(point) <= bound for every point, from gradient ascent on log ratio.

    ratio: tree of arrays -> positive scalar, in the precision of its arguments. starts: the same tree with a leading
    axis of starts; hypotheses are built into `ratio` (projections, reparametrisations). The climb is in float32; the
    best point is evaluated again in float64 and only that value counts. `describe` puts the point in words.
    """

    def log_ratio(point):
        return jnp.log(ratio(point))

    def climb(start):
        def step(carry, i):
            point, best, best_value = carry
            value, slope = jax.value_and_grad(log_ratio)(point)
            better = value > best_value
            best = jax.tree.map(lambda b, p: jnp.where(better, p, b), best, point)
            size, length = _norm(point), _norm(slope)
            stride = rate * (1 - i / steps) * (size + 1e-3) / jnp.where(length > 0, length, 1.0)
            moved = jax.tree.map(lambda p, g: p + stride.astype(p.dtype) * jnp.nan_to_num(g), point, slope)
            return (moved, best, jnp.where(better, value, best_value)), None

        start_value = jnp.asarray(-jnp.inf, jnp.float32)
        (_, best, best_value), _ = lax.scan(step, (start, start, start_value), jnp.arange(steps, dtype=jnp.float32))
        return best, best_value

    single = jax.tree.map(lambda a: jnp.asarray(a, jnp.float32), starts)
    points, values = jax.jit(jax.vmap(climb))(single)
    winner = int(jnp.argmax(jnp.nan_to_num(values, nan=-jnp.inf)))
    point = jax.tree.map(lambda a: jnp.asarray(a[winner], jnp.float64), points)
    best = float(ratio(point))
    tried = len(values)
    limit = bound * (1 + ROUND_OFF)
    where = None if best <= limit else (describe(point) if describe else f"a point found by ascent: {point}")
    says = f"the largest ratio over {tried} starts of {steps} ascent steps is {best:.3g}, against {bound:.3g}"
    return Evidence("searched", best, best, limit, draws=tried, counterexample=where, proof=point, says=says)


def _norm(tree):
    return jnp.sqrt(sum(jnp.sum(jnp.square(jnp.nan_to_num(leaf))) for leaf in jax.tree.leaves(tree)))
