"""Trained checks: gradient descent exactly as a theorem states it, its guarantee compared at every step.

    L, mu = upper(matrices.largest_eigenvalue(hessian)), lower(matrices.smallest_eigenvalue(hessian))
    trained(loss, start, step_size=1 / L, steps=200, guarantee=lambda k: (1 - mu / L) ** k * loss(start))

Several guarantees at once (the loss decays and the weights stay near) are `all_of` several calls.
"""

from collections.abc import Callable
from dataclasses import dataclass

import jax
import jax.numpy as jnp
import jax.random as jr
import numpy as np
from jax import lax
from jaxtyping import Array, Float

from .intervals import round_outward
from .record import Evidence

ROUND_OFF = 1e-9  # relative to the guarantee
LARGEST = float(np.finfo(float).max)
FLOOR = 1e-12  # relative to the largest value so far: below it, float64 tells nothing


@dataclass(frozen=True)
class Run:
    """What was measured and what was guaranteed after 0, 1, ..., steps steps; what a figure shows."""

    measured: np.ndarray  # (steps + 1,)
    guaranteed: np.ndarray  # (steps + 1,)

    def floor(self) -> np.ndarray:
        """What float64 cannot tell from 0 after each step."""
        return FLOOR * np.maximum.accumulate(np.where(np.isfinite(self.measured), np.abs(self.measured), 0.0))

    def ratios(self) -> np.ndarray:
        """Measured over guaranteed, round-off allowed for: above 1 is a violation; what overflowed is LARGEST."""
        allowed = self.guaranteed * (1 + ROUND_OFF) + self.floor()
        safe = np.where(allowed > 0, allowed, 1.0)  # nothing is allowed only where nothing was measured yet but 0
        measured = np.where(np.isfinite(self.measured), self.measured, LARGEST)
        with np.errstate(over="ignore"):
            ratios = np.minimum(measured / safe, LARGEST)
        return np.where(np.isinf(self.guaranteed), 0.0, ratios)


def trained(loss, start, *, step_size, steps: int, guarantee, measure=None, key=None) -> Evidence:
    """Evidence that along gradient descent from `start` a quantity never exceeds its guarantee, after 0..steps steps.

    loss: tree of arrays -> scalar. measure: the same tree -> the quantity (>= 0), by default the loss; it should keep
    its relative accuracy as it decreases (a distance to the minimum, not a difference of large numbers).
    guarantee: k -> bound >= 0, or an array (steps + 1,), or a number; infinite where nothing is claimed. step_size: a
    number, or one per step. With a `key`, stochastic descent: see `descent`, with one run as the one draw; a guarantee
    that only holds with some probability belongs into `sampled`. Allowed for round-off are ROUND_OFF of the guarantee
    and FLOOR of the largest value so far. A quantity that is infinite or not a number violates every finite guarantee.
    Raises ValueError for a start, step size or guarantee that makes no sense.
    """
    guaranteed = _guaranteed(guarantee, _whole(steps))
    path = jax.jit(lambda start: descent(loss, start, step_size=step_size, steps=steps, measure=measure, key=key))
    run = Run(np.asarray(path(_checked(start))), guaranteed)
    if not np.isfinite(run.measured[0]):
        raise ValueError(f"measure must be finite at the start, got {run.measured[0]} (is it defined there?)")
    if np.isinf(guaranteed).all():
        says = f"after 0 to {steps} steps nothing is guaranteed; a finite guarantee would settle it"
        return Evidence("trained", 0.0, np.inf, 1.0, proof=run, says=says)
    ratios = run.ratios()
    broken = np.flatnonzero(ratios > 1)
    if len(ratios) > 1 and ratios[0] <= 1:
        ratios[0] = 0.0  # a theorem starts from equality, which says nothing about how near it comes later
    worst = float(np.max(ratios))
    says = _sentence(run, ratios, broken, "loss" if measure is None else _name(measure))
    where = says if len(broken) else None
    draws = 0 if key is None else 1
    return Evidence("trained", worst, worst, 1.0, draws=draws, counterexample=where, proof=run, says=says)


def descent(loss, start, *, step_size, steps: int, measure=None, key=None) -> Float[Array, " steps+1"]:
    """The measured quantity after 0, 1, ..., steps steps of gradient descent, in one compiled loop in float64.

    With a `key`, loss: (tree, key) -> scalar is a fresh random loss at each step (of a batch drawn from the key) and
    `measure` must be given. May be mapped over keys, so that the event of a violation can be `sampled`. Raises
    ValueError for an impossible number of steps or step size.
    """
    steps, sizes = _whole(steps), np.asarray(step_size, float)
    if sizes.shape not in ((), (steps,)) or not np.all(np.isfinite(sizes) & (sizes >= 0)):
        raise ValueError(f"step_size must be finite and >= 0, one number or one for each of {steps} steps")
    if key is not None and measure is None:
        raise ValueError("a random loss measures nothing by itself: give measure, such as the loss on all data")
    slope, measure = jax.grad(loss), measure or loss

    def step(point, now):
        size, *keys = now
        downhill = slope(point, *keys)
        return jax.tree.map(lambda a, g: a - size * g, point, downhill), measure(point)

    keys = () if key is None else (jr.split(key, steps),)
    start = jax.tree.map(lambda leaf: jnp.asarray(leaf, jnp.float64), start)
    shape = jnp.shape(jax.eval_shape(measure, start))
    if shape != ():
        raise ValueError(f"measure must return one number, got shape {shape}")
    end, values = lax.scan(step, start, (jnp.broadcast_to(sizes, steps), *keys))
    return jnp.append(values, measure(end))


def distance_from(point) -> Callable:
    """A measure: the Euclidean distance of the parameters, all arrays together, from `point` (a tree like them)."""

    def distance(parameters):
        squares = jax.tree.map(lambda a, b: jnp.sum(jnp.square(a - b)), parameters, point)
        return jnp.sqrt(sum(jax.tree.leaves(squares)))

    return distance


def _whole(steps):
    if steps != int(steps) or steps < 0:
        raise ValueError(f"steps must be a whole number >= 0, got {steps}")
    return int(steps)


def _guaranteed(guarantee, steps):
    values = [guarantee(k) for k in range(steps + 1)] if callable(guarantee) else guarantee
    values = np.asarray(values, float)
    if values.shape not in ((), (steps + 1,)):
        raise ValueError(f"guarantee must hold {steps + 1} numbers, for 0..{steps} steps, got shape {values.shape}")
    values = np.broadcast_to(values, (steps + 1,))
    bad = np.flatnonzero(~(values >= 0))
    if len(bad):
        raise ValueError(
            f"guarantee must be >= 0, got {values[bad[0]]} after {bad[0]} steps (measure the loss above its infimum)"
        )
    return values


def _checked(start):
    leaves = jax.tree.leaves(start)
    if not leaves or not all(np.all(np.isfinite(np.asarray(leaf, float))) for leaf in leaves):
        raise ValueError("start must hold at least one parameter, and finite ones only")
    return start


def _name(measure):
    name = getattr(measure, "__name__", "<")
    return "measured quantity" if name.startswith("<") else name.replace("_", " ")


def _sentence(run, ratios, broken, name):
    step = int(broken[0]) if len(broken) else int(np.argmax(ratios))
    measured, bound = run.measured[step], run.guaranteed[step]
    when = f"after {step} step{'s' * (step != 1)}"
    if not len(broken):
        seen = f"{round_outward(measured, +1):.3g}, guaranteed at most {bound:.3g}"
        blind = np.flatnonzero(run.guaranteed < run.floor())
        from_there = f"; from step {blind[0]} on it guarantees less than float64 resolves" if len(blind) else ""
        held = f"the {name} keeps to its guarantee after 0 to {len(ratios) - 1} steps"
        return f"{held}; nearest {when}: {seen}{from_there}"
    if not np.isfinite(measured):
        what = "is not a number" if np.isnan(measured) else "is infinite"
        return f"{when} the {name} {what}, guaranteed at most {bound:.3g}"
    digits = next((d for d in (3, 6, 9) if round_outward(measured, -1, d) > round_outward(bound, +1, d)), 12)
    low, high = round_outward(measured, -1, digits), round_outward(bound, +1, digits)
    return f"{when} the {name} is at least {low:.{digits}g}, guaranteed at most {high:.{digits}g}"
