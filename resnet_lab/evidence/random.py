"""Random checks: a number of draws fixed before the experiment, exact intervals, one error rate for every decision."""

from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

import jax
import jax.numpy as jnp
import jax.random as jr
import numpy as np
from jax import lax
from scipy import stats

from .record import Evidence

DECISION_ERROR = 1e-9  # chance that one random decision is wrong: 1,000 of them raise a false alarm with 1e-6 at most
MOST_DRAWS = 5_000_000


def draws_needed(*, at_most: float, truth: float) -> int:
    """Draws after which an exact binomial interval decides "P(event) <= at_most" when the true probability is `truth`.

    Both the interval and the planned power err with probability DECISION_ERROR. Raises ValueError if `truth` equals
    the bound or if the gap needs more than MOST_DRAWS draws.
    """
    if not 0 < at_most < 1 or not 0 <= truth <= 1 or truth == at_most:
        raise ValueError(f"need 0 < at_most < 1 and a truth in [0, 1] other than it, got {at_most} and {truth}")

    def decides(n):
        if truth < at_most:  # failures allowed by an interval that lies below the bound
            allowed = stats.binom.ppf(DECISION_ERROR / 2, n, at_most) - 1
            return allowed >= 0 and stats.binom.sf(allowed, n, truth) <= DECISION_ERROR
        needed = stats.binom.isf(DECISION_ERROR / 2, n, at_most) + 1
        return needed <= n and stats.binom.cdf(needed - 1, n, truth) <= DECISION_ERROR

    n = 16
    while not decides(n):
        n *= 2
        if n > MOST_DRAWS:
            raise ValueError(f"telling {truth} from {at_most} needs more than {MOST_DRAWS} draws: widen the gap")
    low, high = n // 2, n
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if decides(middle) else (middle, high)
    return high


def binomial_interval(events: int, draws: int) -> tuple[float, float]:
    """Clopper-Pearson interval of a probability: it misses the truth with probability DECISION_ERROR at most."""
    half = DECISION_ERROR / 2
    low = stats.beta.ppf(half, events, draws - events + 1) if events else 0.0
    high = stats.beta.isf(half, events + 1, draws - events) if events < draws else 1.0
    return float(low), float(high)


def sampled(event, key, *, at_most: float, truth: float, batch: int = 1000) -> Evidence:
    """Evidence for P(event) <= at_most from a number of draws worked out beforehand.

    event: key -> bool, one independent experiment. `truth` is the probability that one expects at most (for a claim
    expected to fail: at least); it fixes the draws through `draws_needed` and is not used afterwards.
    """
    draws = draws_needed(at_most=at_most, truth=truth)
    run = jax.jit(lambda keys: lax.map(event, keys, batch_size=min(batch, draws)))
    events = int(np.sum(np.asarray(run(jr.split(key, draws)))))
    low, high = binomial_interval(events, draws)
    seen = f"[{_down(low)}, {_up(high)}]"
    says = f"{events} bad events in {draws} draws: the probability lies in {seen}, claimed <= {at_most:.3g}"
    where = f"probability at least {_down(low)} instead of at most {at_most:.3g}" if low > at_most else None
    return Evidence("sampled", low, high, at_most, draws=draws, decisions=1, counterexample=where, says=says)


def scaled(
    measure, grid, key, *, draws: int, slope_at_most: float | None = None, slope_at_least: float | None = None
) -> Evidence:
    """Evidence about the log-log slope of a positive quantity along a geometric grid of sizes.

    measure: (size, key) -> positive scalar; `draws` independent draws at each size. The interval on the least-squares
    slope takes the mean logs as normal with Student's quantile at the fewest degrees of freedom. Give one of
    slope_at_most and slope_at_least.
    """
    if (slope_at_most is None) == (slope_at_least is None):
        raise ValueError("give exactly one of slope_at_most and slope_at_least")
    if draws < 8:
        raise ValueError(f"draws must be at least 8 for an interval, got {draws}")
    keys = jr.split(key, len(grid))
    logs = np.array(
        [
            jnp.log(jax.vmap(lambda k, s=size: measure(s, k))(jr.split(k, draws)))
            for size, k in zip(grid, keys, strict=True)
        ]
    )
    x = np.log(np.asarray(grid, float))
    weights = (x - x.mean()) / np.sum((x - x.mean()) ** 2)
    slope = float(weights @ logs.mean(axis=1))
    spread = float(np.sqrt(np.sum(weights**2 * logs.var(axis=1, ddof=1) / draws)))
    reach = float(stats.t.isf(DECISION_ERROR / 2, draws - 1)) * spread
    bound, sense = (slope_at_most, "<=") if slope_at_least is None else (slope_at_least, ">=")
    low, high = slope - reach, slope + reach
    violated = low > bound if sense == "<=" else high < bound
    says = (
        f"log-log slope in [{_down(low)}, {_up(high)}] over sizes {grid[0]} to {grid[-1]}, claimed {sense} {bound:.3g}"
    )
    where = f"slope in [{_down(low)}, {_up(high)}]" if violated else None
    total = draws * len(grid)
    return Evidence("scaled", low, high, bound, sense, draws=total, decisions=1, counterexample=where, says=says)


def round_outward(value: float, direction: int, digits: int = 3) -> float:
    """`value` to `digits` significant digits, rounded up (direction +1) or down (-1), round-off of 1e-12 aside."""
    if value == 0 or not np.isfinite(value):
        return float(value)
    exact = Decimal(value) - direction * abs(Decimal(value)) * Decimal("1e-12")
    unit = Decimal(1).scaleb(exact.adjusted() - digits + 1)
    return float(exact.quantize(unit, ROUND_CEILING if direction > 0 else ROUND_FLOOR))


def _down(value):
    return f"{round_outward(value, -1):.3g}"


def _up(value):
    return f"{round_outward(value, +1):.3g}"
