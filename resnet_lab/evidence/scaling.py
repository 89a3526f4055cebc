"""Scaled checks: what a rate hides (a constant, a slower growth), along grids in every parameter that it names."""

from dataclasses import dataclass, replace
from functools import partial
from itertools import product
from math import inf, log

import jax
import jax.random as jr
import numpy as np

from .balls import against, to_ball
from .intervals import DECISION_ERROR, quantile_interval, shown
from .record import Evidence, all_of

ROUND_OFF = 1e-9  # relative, of the measured quantity


@dataclass(frozen=True)
class Fit:
    """What was measured at each point of the grid, and the two things that a rate leaves open."""

    points: tuple  # dicts name -> size
    ratios: tuple  # (low, high) of quantity / rate at each point
    slopes: dict  # name -> (low, high) of the steepest log-log slope of the ratio along that parameter
    constant: tuple  # (low, high) of the largest ratio (claim "O") or of the smallest one (claim "Omega")

    def __str__(self):
        lines = [f"{point}: quantity / rate in {shown(*ratio)}"
                 for point, ratio in zip(self.points, self.ratios, strict=True)]  # fmt: skip
        lines += [f"slope in {name}: {shown(*slope)}" for name, slope in self.slopes.items()]
        return "\n".join([*lines, f"hidden constant: {shown(*self.constant)}"])


def scaled(measure, grid: dict, key=None, *, rate, draws: int = 1, claim: str = "O", tolerance: float | None = None,
           level: float = 0.5, error: float = DECISION_ERROR) -> Evidence:  # fmt: skip
    """Evidence that a positive quantity is O(rate), Omega(rate) or Theta(rate), from its growth along a grid.

    measure: (key, **sizes) -> positive scalar, drawn `draws` times at each point; with key=None (**sizes) -> scalar,
    computed once. rate: (**sizes) -> positive. grid: name -> sizes, geometric and listed in the direction of the
    limit (decreasing for tau -> 0); every combination is a point. Compared with `tolerance` is the steepest log-log
    slope of quantity / rate along any line of the grid; with draws it is the slope of the `level`-quantile, which
    exists for every distribution. The intervals of all points hold together. The default tolerance is 0.05, without
    draws 0.005. A logarithm hides below every tolerance on a wide enough grid: what is supported is "no power beyond
    this", and a claim about logarithms names them in its rate. Raises ValueError when the draws are too
    few for them or when a quantity is not positive and finite.
    """
    if claim not in ("O", "Omega", "Theta"):
        raise ValueError(f'claim must be "O", "Omega" or "Theta", got {claim!r}')
    tolerance = (0.05 if key is not None else 0.005) if tolerance is None else tolerance
    if short := [name for name, sizes in grid.items() if len(set(sizes)) < 3]:
        raise ValueError(f"a slope needs three sizes at least, {short[0]} has {len(set(grid[short[0]]))}")
    points = tuple(dict(zip(grid, sizes, strict=True)) for sizes in product(*grid.values()))
    ratios = list(_ratios(measure, points, key, rate, draws, level, error))
    spent = dict(draws=draws * len(points), decisions=1, error=error) if key is not None else {}
    first, *second = [_growth(ratios, points, grid, one, tolerance, spent) for one in ("O", "Omega")
                      if claim in (one, "Theta")]  # fmt: skip
    # Both halves of a Theta read the same intervals: they are one decision.
    return replace(all_of(first, *second), **spent) if second else first


def _growth(ratios, points, grid, claim, tolerance, spent):
    """The evidence that quantity / rate (claim "O") or its inverse ("Omega") does not grow."""
    sign, pick, what = (1, max, "quantity / rate") if claim == "O" else (-1, min, "rate / quantity")
    logs = np.sort(sign * np.log(np.array(ratios)), axis=1).reshape(*(len(sizes) for sizes in grid.values()), 2)
    slopes = {name: _steepest(np.moveaxis(logs, axis, 0), grid[name]) for axis, name in enumerate(grid)}
    steepest = max(slopes, key=lambda name: slopes[name][1])
    low, high = max(slope[0] for slope in slopes.values()), slopes[steepest][1]
    constant = tuple(pick(ratio[end] for ratio in ratios) for end in (0, 1))
    says = (f"{what} grows with a log-log slope in {shown(low, high)} at the steepest (in {steepest}), tolerated "
            f"{tolerance:.3g}; the hidden constant is in {shown(*constant)} on this grid")  # fmt: skip
    if low <= tolerance < high:
        says += "; more draws or a wider grid would settle it"
    where = f"slope in {shown(low, high)} instead of at most {tolerance:.3g}" if low > tolerance else None
    fit = Fit(points, tuple(ratios), slopes, constant)
    return Evidence("scaled", low, high, tolerance, counterexample=where, proof=fit, says=says, **spent)


def no_constant(ratio, path, constants=(1, 100, 10**4, 10**6)) -> Evidence:
    """Evidence that ratio(size) <= constants[0] along the path; refuted only when every constant is broken somewhere.

    ratio: size -> number or ball (as exact.compare takes them), for a limit that no constant can rescue: tau -> 0,
    d/m -> infinity, L -> infinity. A refutation shows, for every constant, a size that certainly breaks it; that the
    growth goes on is for the page to say. Between the two the claim stays open.
    """
    values = [(size, to_ball(ratio(size))) for size in path]
    broken = {C: next((size for size, value in values if value > C), None) for C in constants}
    size, largest = max(values, key=lambda pair: float(pair[1].mid()))
    refuted = None not in broken.values()
    low, high, bound = against(largest, to_ball(max(constants) if refuted else constants[0]))
    says = f"the largest ratio on the path is {float(largest):.3g}, at {size}, against the constant {bound:.3g}"
    if refuted:
        says = "; ".join(f"above {C} at {where}" for C, where in broken.items())
    elif not all(value <= constants[0] for _, value in values):
        low, high = min(low, bound), inf
        says += "; a larger first constant, or a longer path that breaks every constant, would settle it"
    return Evidence("scaled", low, high, bound, counterexample=says if refuted else None, says=says)


def geometric(first: float, last: float, count: int) -> tuple:
    """`count` sizes from `first` to `last`, equally spaced in the logarithm; whole numbers where both ends are."""
    sizes = np.geomspace(float(first), float(last), count)
    return tuple(dict.fromkeys(round(s) for s in sizes)) if isinstance(first, int) else tuple(map(float, sizes))


def _ratios(measure, points, key, rate, draws, level, error):
    for index, sizes in enumerate(points):
        if key is None:
            low = high = float(measure(**sizes))
        else:
            keys = jr.split(jr.fold_in(key, index), draws)
            whole = tuple((name, size) for name, size in sizes.items() if isinstance(size, int))
            real = {name: size for name, size in sizes.items() if not isinstance(size, int)}
            values = np.asarray(_run(measure, whole, keys, real), float)
            low, high = (-inf, inf) if np.isnan(values).any() else quantile_interval(values, level, error / len(points))
        if not 0 < low <= high < inf:
            raise ValueError(f"the quantity must be positive and finite, at {sizes} it lies in [{low:.6g}, {high:.6g}]")
        yield low * (1 - ROUND_OFF) / rate(**sizes), high * (1 + ROUND_OFF) / rate(**sizes)


@partial(jax.jit, static_argnums=(0, 1))
def _run(measure, whole, keys, real):  # whole numbers are shapes: compiled once for each combination of them
    return jax.vmap(lambda key: measure(key, **dict(whole), **real))(keys)


def _steepest(logs, sizes):
    """(low, high) of the steepest least-squares slope along the first axis, over all lines of the grid."""
    x = np.abs(np.array([log(size / sizes[0]) for size in sizes]))  # in the direction of the limit
    weights = (x - x.mean()) / np.sum((x - x.mean()) ** 2)
    up, down = np.maximum(weights, 0), np.minimum(weights, 0)
    low = np.tensordot(up, logs[..., 0], 1) + np.tensordot(down, logs[..., 1], 1)
    high = np.tensordot(up, logs[..., 1], 1) + np.tensordot(down, logs[..., 0], 1)
    return float(low.max()), float(high.max())
