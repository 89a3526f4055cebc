"""Searched checks: an adversary looks for a point at which the ratio of an inequality's two sides is too large.

Continuous points are climbed to, from many random and structured starts; patterns (signs, sparsity) are enumerated, or
climbed to by single changes when they are too many. What is found is made as simple as it can be while it still
violates, and counts only when ball arithmetic confirms it.
"""

from itertools import product
from math import inf, prod

import jax
import jax.numpy as jnp
import jax.random as jr
import numpy as np
from jax import lax

from .balls import against, to_ball
from .enclosure import enclose
from .intervals import apart
from .record import Evidence

ROUND_OFF = 1e-9  # relative; the float64 round-off of the small ratios searched here is below 1e-12


def starts(shapes: dict, key, count: int = 64) -> dict:
    """Starting points for `searched`: name -> array of shape (starts, *shape).

    The first of them are structured: all ones, signs, aligned (every row the same), rank one, one entry, near zero,
    very small and very large, and mixed scales; `count` random normal ones follow.
    """
    random = np.random.default_rng(np.asarray(jr.key_data(key)).tolist())  # NumPy: nothing to compile
    return {name: jnp.asarray(np.stack(_structured(shape, random, count))) for name, shape in shapes.items()}


def _structured(shape, random, count):
    normal, ones, first = random.standard_normal((count, *shape)), np.ones(shape), np.zeros(shape)
    first[(0,) * len(shape)] = 1.0
    signs, scales = random.choice([-1.0, 1.0], shape), random.lognormal(0, 3, shape)
    row = random.standard_normal(shape[-1:]) * ones
    left = random.standard_normal((*shape[:-1], 1) if shape else ())
    return [ones, -ones, signs * ones, row, left * row, first + 1e-3 * ones, 1e-3 * normal[0], 1e-6 * ones,
            1e3 * normal[0], scales * signs, *normal]  # fmt: skip


def searched(ratio, starts, *, project=None, bound: float = 1.0, steps: int = 300, rate: float = 0.05,
             describe=None) -> Evidence:  # fmt: skip
    """Evidence for ratio(point) <= bound for every point, from gradient ascent on log ratio.

    ratio: tree of arrays -> positive scalar, in the precision of its arguments. starts: the same tree with a leading
    axis of starts, or a list of such trees from the smallest size up (the first size that violates is the one
    reported). Hypotheses are built into `ratio` or given as `project`: point -> a point that meets them. The climb is
    in float32; its best point is evaluated in float64. A violation is simplified and confirmed by `enclose`; one that
    ball arithmetic cannot confirm leaves the claim open. `describe` puts the point in words.
    """
    meets = project or (lambda point: point)
    trees = starts if isinstance(starts, list) else [starts]
    best, where, tried, sizes = -inf, None, 0, 0
    for tree in trees:
        points, values = _climb(lambda p: jnp.log(ratio(meets(p))), tree, steps, rate)
        tried += int(jnp.sum(values > -jnp.inf))  # the starts at which the ratio ever was a positive number
        sizes += 1
        winner = int(jnp.argmax(jnp.nan_to_num(values, nan=-jnp.inf)))
        point = jax.tree.map(lambda a, at=winner: jnp.asarray(a[at], jnp.float64), points)
        value = float(ratio(meets(point)))
        if where is None or value > best or np.isnan(best):
            best, where = value, point
        if value > bound * (1 + ROUND_OFF):
            break
    if not tried:
        raise ValueError("the ratio is not a number, or is 0, at every start: mend the ratio or the starts")
    effort = f"{tried} starts of {steps} ascent steps" + (f" over {sizes} sizes" if sizes > 1 else "")
    return _found(lambda p: ratio(meets(p)), where, best, bound, effort, tried, meets, describe)


def enumerated(ratio, shape, *, choices=(-1.0, 1.0), bound: float = 1.0, most: int = 2**16, key=None,
               describe=None) -> Evidence:  # fmt: skip
    """Evidence for ratio(pattern) <= bound over every array of `shape` with entries in `choices`.

    All patterns are tried when there are at most `most`; else single changes of an entry climb from 64 random patterns
    (needs `key`) until none helps. Confirmed like `searched`.
    """
    size, values = prod(shape), np.array(choices, float)
    run = jax.jit(lambda flat: lax.map(lambda p: ratio(p.reshape(shape)), flat, batch_size=4096))
    if len(choices) ** size <= most:
        patterns = jnp.asarray(list(product(values, repeat=size))).reshape(-1, size)
        effort = f"all {len(patterns)} patterns"
        heights = np.asarray(run(patterns))
    elif key is None:
        raise ValueError(f"{len(choices)}^{size} patterns are too many to enumerate: give a key, or a smaller shape")
    else:
        patterns, heights, tried = _single_changes(run, values, size, key)
        effort = f"{tried} patterns, by single changes from 64 random ones"
    if lost := np.sum(np.isnan(heights)):
        raise ValueError(f"the ratio is not a number at {lost} of {len(heights)} patterns: it must be positive at each")
    winner = int(np.flatnonzero(heights >= np.nanmax(heights) * (1 - 1e-12))[-1])  # the last one
    pattern = jnp.asarray(patterns[winner]).reshape(shape)
    return _found(ratio, pattern, float(heights[winner]), bound, effort, len(heights), lambda p: p, describe, False)


def _single_changes(run, values, size, key):
    start = jr.randint(key, (64, size), 0, len(values))
    now, tried = np.asarray(start), 64
    heights = np.asarray(run(jnp.asarray(values[now])))
    while True:
        change = (now[:, None, None, :] + np.arange(1, len(values))[None, None, :, None] * np.eye(size, dtype=int)[
            None, :, None, :]) % len(values)  # fmt: skip
        change = change.reshape(len(now), -1, size)
        found = np.asarray(run(jnp.asarray(values[change.reshape(-1, size)]))).reshape(len(now), -1)
        tried += found.size
        step = found.argmax(axis=1)
        better = found.max(axis=1) > heights * (1 + ROUND_OFF)
        if not better.any():
            return values[now], heights, tried
        now = np.where(better[:, None], change[np.arange(len(now)), step], now)
        heights = np.where(better, found.max(axis=1), heights)


def _climb(height, tree, steps, rate):
    """Every start's best point and its height after gradient ascent with a shrinking stride relative to its size."""

    def climb(start):
        def step(carry, i):
            point, best, best_value = carry
            value, slope = jax.value_and_grad(lambda p: height(p).astype(jnp.float32))(point)
            better = value > best_value
            best = jax.tree.map(lambda b, p: jnp.where(better, p, b), best, point)
            size, length = _norm(point), _norm(slope)
            stride = rate * (1 - i / steps) * (size + 1e-3) / jnp.where(length > 0, length, 1.0)
            moved = jax.tree.map(lambda p, g: p + stride.astype(p.dtype) * jnp.nan_to_num(g), point, slope)
            return (moved, best, jnp.where(better, value, best_value)), None

        start_value = jnp.asarray(-jnp.inf, jnp.float32)
        (_, best, best_value), _ = lax.scan(step, (start, start, start_value), jnp.arange(steps, dtype=jnp.float32))
        return best, best_value

    return jax.jit(jax.vmap(climb))(jax.tree.map(lambda a: jnp.asarray(a, jnp.float32), tree))


def _norm(tree):
    return jnp.sqrt(sum(jnp.sum(jnp.square(jnp.nan_to_num(leaf))) for leaf in jax.tree.leaves(tree)))


def _found(ratio, point, value, bound, effort, tried, meets, describe, simplify=True):
    if np.isnan(value):
        raise ValueError(f"the ratio is not a number at {point}: it must be positive at every point that it is given")
    limit = bound * (1 + ROUND_OFF)
    says = "the largest ratio found by {} is {}, against {}".format(effort, *apart(value, bound))
    if value <= limit:
        return Evidence("searched", value, value, limit, draws=tried, proof=meets(point), says=says)
    if simplify:  # a pattern is simple as it is
        point = simplest(ratio, point, bound + (value - bound) / 2)
    try:
        low, high, edge = against(enclose(ratio, point), to_ball(bound))
    except ValueError as error:
        says += f"; ball arithmetic does not confirm it ({error}), which would settle it"
        return Evidence("searched", -inf, inf, limit, draws=tried, proof=meets(point), says=says)
    ratio_there = apart(low, edge)[0]
    where = describe(meets(point)) if describe else f"ratio {ratio_there} at {_words(meets(point))}"
    return Evidence("searched", low, high, edge, draws=tried, counterexample=where if low > edge else None,
                    proof=meets(point), says=f"{says}; ball arithmetic confirms a ratio of {ratio_there}")  # fmt: skip


def simplest(ratio, point, least: float):
    """A point with fewer and rounder numbers at which the ratio still exceeds `least`.

    Tried are, in this order and as long as one is accepted: whole arrays of zeros, ones or signs, single zeros, one
    magnitude for all entries, and entries rounded to integers, halves, tenths, hundredths and so on.
    """
    height = jax.jit(ratio)
    leaves, form = jax.tree.flatten(point)
    leaves = [np.array(leaf, float) for leaf in leaves]

    def keeps(candidate):
        return float(height(jax.tree.unflatten(form, candidate))) > least

    def attempt(index, new):
        candidate = [*leaves[:index], new, *leaves[index + 1 :]]
        if not np.array_equal(new, leaves[index]) and keeps(candidate):
            leaves[index] = new
            return True
        return False

    for index, leaf in enumerate(leaves):
        if any(attempt(index, new) for new in (np.zeros_like(leaf), np.ones_like(leaf), np.sign(leaf))):
            continue
        for entry in np.argsort(np.abs(leaf), axis=None)[:256]:  # the smallest first
            new = leaves[index].copy()
            new.flat[entry] = 0.0
            attempt(index, new)
    for unit in (1, 2, 4, 10, 100, 10**4, 10**6):
        rounded = [np.round(leaf * unit) / unit for leaf in leaves]
        if keeps(rounded):
            leaves = rounded
            break
    return jax.tree.unflatten(form, [jnp.asarray(leaf) for leaf in leaves])


def _words(point):
    leaves = point.items() if isinstance(point, dict) else [("", leaf) for leaf in jax.tree.leaves(point)]
    parts = [f"{name} = {np.array2string(np.asarray(leaf), separator=', ', precision=6)}".removeprefix(" = ")
             for name, leaf in leaves]  # fmt: skip
    return " ".join(", ".join(parts).split())
