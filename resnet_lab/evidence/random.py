"""Sampled checks: how many draws is worked out before any is made; intervals hold for every distribution."""

from functools import partial
from math import inf

import jax
import jax.numpy as jnp
import jax.random as jr
import numpy as np
from jax import lax

from .intervals import (
    DECISION_ERROR,
    band,
    betting_capital,
    betting_interval,
    betting_stakes,
    binomial_interval,
    draws_for_band,
    draws_for_mean,
    draws_needed,
    mean_interval,
    round_outward,
    shown,
)
from .record import Evidence


def sampled(event, key, *, at_most: float, truth: float, batch: int = 1000, error: float = DECISION_ERROR) -> Evidence:
    """Evidence for P(event) <= at_most from a number of draws worked out beforehand.

    event: key -> bool, one independent experiment. `truth` is the probability that one expects at most (for a claim
    expected to fail: at least); it fixes the draws through `draws_needed` and is not used afterwards.
    """
    draws = draws_needed(at_most=at_most, truth=truth, error=error)
    events = int(np.sum(_inside(_draw(event, key, draws, batch), (0, 1))))
    low, high = binomial_interval(events, draws, error)
    says = f"{events} bad events in {draws} draws: the probability lies in {shown(low, high)}, claimed <= {at_most:.3g}"
    settle = _enough(lambda: draws_needed(at_most=at_most, truth=events / draws, error=error))
    return _evidence(low, high, at_most, "<=", draws, error, says, settle)


def sampled_mean(value, key, *, support, truth: float, at_most: float | None = None, at_least: float | None = None,
                 batch: int = 1000, error: float = DECISION_ERROR) -> Evidence:  # fmt: skip
    """Evidence for E value <= at_most (or >= at_least) of a variable in the interval `support`.

    value: key -> scalar in `support`, one independent experiment. `truth` is the expectation that one counts on; it
    fixes the draws through `draws_for_mean` and is not used afterwards. Raises ValueError for a value outside.
    """
    bound, sense = _claim(at_most, at_least)
    to_unit, from_unit = _unit(support)
    draws = draws_for_mean(bound=to_unit(bound), truth=to_unit(truth), error=error)
    mean = float(to_unit(_inside(_draw(value, key, draws, batch), support)).mean())
    low, high = (from_unit(end) for end in mean_interval(mean, draws, error))
    says = f"mean of {draws} draws: the expectation lies in {shown(low, high)}, claimed {sense} {bound:.3g}"
    settle = _enough(lambda: draws_for_mean(bound=to_unit(bound), truth=mean, error=error))
    return _evidence(low, high, bound, sense, draws, error, says, settle)


def sampled_until(value, key, *, most: int, support=(0, 1), at_most: float | None = None,
                  at_least: float | None = None, batch: int = 100,
                  error: float = DECISION_ERROR) -> Evidence:  # fmt: skip
    """Evidence for E value <= at_most (or >= at_least) from draws that stop as soon as they decide, for costly draws.

    value: key -> scalar in `support`. The confidence sequence (`betting_interval`) is valid at every stopping time,
    so that looking after every `batch` costs nothing; after `most` draws the claim stays open.
    """
    bound, sense = _claim(at_most, at_least)
    to_unit, from_unit = _unit(support)
    x, keys = np.empty(0), jr.split(key, most)
    decided = False
    while len(x) < most and not decided:
        new = _run(value, keys[len(x) : len(x) + batch], batch)
        x = np.concatenate([x, to_unit(_inside(np.asarray(new, float), support))])
        stakes = betting_stakes(x, error)
        richest = max(betting_capital(x, stakes, to_unit(bound), above)[-1] for above in (True, False))
        decided = richest > np.log(2 / error)
    low, high = (from_unit(end) for end in betting_interval(x, error))
    says = f"{len(x)} of at most {most} draws: the expectation lies in {shown(low, high)}, claimed {sense} {bound:.3g}"
    settle = _enough(lambda: 2 * draws_for_mean(bound=to_unit(bound), truth=float(x.mean()), error=error))
    return _evidence(low, high, bound, sense, len(x), error, says, settle)


def sampled_law(value, key, cdf, *, within: float, truth: float = 0.0, batch: int = 1000,
                error: float = DECISION_ERROR) -> Evidence:  # fmt: skip
    """Evidence that a distribution function is `cdf` up to `within` everywhere (Kolmogorov distance).

    value: key -> scalar. cdf: continuous, array -> array in float64. `truth` is the distance that one counts on; the
    draws are those that tell it from `within`.
    """
    if within <= 0 or truth == within:
        raise ValueError(f"need within > 0 and another distance to tell from it, got {within} and {truth}")
    draws = draws_for_band(abs(within - truth) / 2, error)
    x = np.sort(_inside(_draw(value, key, draws, batch), (-inf, inf)))
    claimed, rank = _inside(np.asarray(cdf(x)), (-1e-9, 1 + 1e-9)), np.arange(1, draws + 1) / draws
    distance = float(max(np.max(rank - claimed), np.max(claimed - rank + 1 / draws)))
    reach = band(draws, error) + 1e-9  # the round-off of `cdf`
    low, high = max(0.0, distance - reach), distance + reach
    says = f"{draws} draws: the two laws differ by an amount in {shown(low, high)}, claimed <= {within:.3g}"
    settle = _enough(lambda: draws_for_band(abs(within - distance) / 2, error))
    return _evidence(low, high, within, "<=", draws, error, says, settle)


def _draw(experiment, key, draws, batch):
    keys, batch = jr.split(key, draws), min(batch, draws)
    whole = jnp.concatenate([keys, keys[: -draws % batch]])  # whole batches only: a rest would be compiled once more
    return np.asarray(_run(experiment, whole, batch))[:draws]


@partial(jax.jit, static_argnums=(0, 2))
def _run(experiment, keys, batch):  # compiled once for each experiment
    return lax.map(experiment, keys, batch_size=batch)


def _claim(at_most, at_least):
    if (at_most is None) == (at_least is None):
        raise ValueError("give exactly one of at_most and at_least")
    return (at_most, "<=") if at_least is None else (at_least, ">=")


def _unit(support):
    low, high = map(float, support)
    if not -inf < low < high < inf:
        raise ValueError(f"support must be a bounded interval (low, high), got {support}")
    return lambda x: (x - low) / (high - low), lambda u: low + u * (high - low)


def _inside(values, support):
    """The values, none of them NaN and none outside the support: an interval would not hold for them."""
    if wrong := np.sum(~np.isfinite(values)):
        raise ValueError(f"{wrong} of {values.size} measured values are not finite: mend the measurement")
    low, high = support
    if values.min() < low or values.max() > high:
        raise ValueError(f"a measured value of {values.min():.6g} or {values.max():.6g} lies outside {support}")
    return values


def _enough(plan):
    try:
        return f"about {round_outward(plan(), +1, digits=2):.0f} draws would settle it if the truth is as seen"
    except ValueError:
        return "no affordable number of draws would settle it: the truth is too near the claimed bound"


def _evidence(low, high, bound, sense, draws, error, says, settle):
    violated = low > bound if sense == "<=" else high < bound
    inside = high <= bound if sense == "<=" else low >= bound
    where = f"the value lies in {shown(low, high)} instead of {sense} {bound:.3g}" if violated else None
    return Evidence("sampled", low, high, bound, sense, draws=draws, decisions=1, error=error, counterexample=where,
                    says=says if violated or inside else f"{says}; {settle}")  # fmt: skip
