"""Intervals that hold for every distribution, the draws that they need, and figures rounded outward.

Every interval misses the truth with probability at most `error`; the book's decisions use DECISION_ERROR.
"""

from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from functools import cache
from math import ceil, inf, isfinite, log, sqrt

import numpy as np
from scipy import optimize, stats

DECISION_ERROR = 1e-9  # chance that one random decision is wrong: 1,000 of them raise a false alarm with 1e-6 at most
MOST_DRAWS = 5_000_000


def binomial_interval(events: int, draws: int, error: float = DECISION_ERROR) -> tuple[float, float]:
    """Clopper-Pearson interval of a probability after `events` in `draws` independent experiments."""
    low = stats.beta.ppf(error / 2, events, draws - events + 1) if events else 0.0
    high = stats.beta.isf(error / 2, events + 1, draws - events) if events < draws else 1.0
    return float(low), float(high)


def mean_interval(mean: float, draws: int, error: float = DECISION_ERROR) -> tuple[float, float]:
    """Interval of the expectation of independent variables in [0, 1] from their mean (Hoeffding 1963, Theorem 1).

    The mean exceeds x with probability at most exp(-draws kl(x, mu)), kl the relative entropy of two coins.
    """
    if not 0 <= mean <= 1:
        raise ValueError(f"the mean of variables in [0, 1] cannot be {mean}: give the support of the variable")
    reach = log(2 / error) / draws
    low = 0.0 if kl(mean, 0.0) <= reach else optimize.brentq(lambda mu: kl(mean, mu) - reach, 0.0, mean)
    high = 1.0 if kl(mean, 1.0) <= reach else optimize.brentq(lambda mu: kl(mean, mu) - reach, mean, 1.0)
    return max(0.0, low - 1e-9), min(1.0, high + 1e-9)  # the root finder is exact to 1e-12


def quantile_interval(values, level: float, error: float = DECISION_ERROR) -> tuple[float, float]:
    """Interval of the `level`-quantile of any distribution from independent draws: two order statistics.

    Raises ValueError when there are too few draws for both ends to be finite.
    """
    ordered, draws = np.sort(np.asarray(values, float)), len(values)
    # Of the draws, Binomial(draws, level) lie at or below the quantile.
    first, last = stats.binom.ppf(error / 2, draws, level) - 1, stats.binom.isf(error / 2, draws, level)
    if first < 0 or last >= draws:
        raise ValueError(f"an interval of the {level}-quantile at error {error:.3g} needs at least "
                         f"{draws_for_quantile(level, error)} draws, got {draws}")  # fmt: skip
    return float(ordered[int(first)]), float(ordered[int(last)])


def band(draws: int, error: float = DECISION_ERROR) -> float:
    """Largest distance of the empirical from the true distribution function (Dvoretzky-Kiefer-Wolfowitz, Massart)."""
    return sqrt(log(2 / error) / (2 * draws))


def betting_interval(values, error: float = DECISION_ERROR) -> tuple[float, float]:
    """Interval of the mean of draws in [0, 1], valid at every stopping time (Waudby-Smith and Ramdas 2024, Theorem 3).

    For each candidate mean two gamblers bet against it, one on larger values and one on smaller ones; what they own
    is a fair game if the candidate is right, so it exceeds 2 / error with probability error / 2 at most, ever.
    """
    x, stakes = np.asarray(values, float), betting_stakes(values, error)

    def rich(mu, above):
        return betting_capital(x, stakes, mu, above)[-1] >= log(2 / error)

    def edge(above):  # the capital of the gambler on larger values falls as the candidate grows
        inside, outside = float(x.mean()), 0.0 if above else 1.0
        if not rich(outside, above):
            return outside
        for _ in range(40):
            middle = (inside + outside) / 2
            inside, outside = (inside, middle) if rich(middle, above) else (middle, outside)
        return outside

    return edge(True), edge(False)


def betting_stakes(values, error: float = DECISION_ERROR) -> np.ndarray:
    """The stake on each draw, from the draws before it: large when they varied little, smaller as time goes on."""
    x, t = np.asarray(values, float), np.arange(1, len(values) + 1)
    mean = (0.5 + np.cumsum(x)) / (t + 1)
    variance = (0.25 + np.cumsum((x - mean) ** 2)) / (t + 1)
    before = np.concatenate([[0.25], variance[:-1]])
    return np.sqrt(2 * log(2 / error) / (before * t * np.log1p(t)))


def betting_capital(values, stakes, mu: float, above: bool) -> np.ndarray:
    """Logarithm of what the gambler who bets that the mean is above (or below) `mu` owns after each draw."""
    x, mu = (np.asarray(values), mu) if above else (1 - np.asarray(values), 1 - mu)
    stakes = np.minimum(stakes, 0.75 / mu if mu > 0 else inf)  # never stakes more than three quarters
    return np.cumsum(np.log1p(np.minimum(stakes, 1e12) * (x - mu)))


@cache
def draws_needed(*, at_most: float, truth: float, error: float = DECISION_ERROR) -> int:
    """Draws after which an exact binomial interval decides "P(event) <= at_most" when the true probability is `truth`.

    Both the interval and the planned power err with probability `error`. Raises ValueError if `truth` equals the
    bound or if the gap needs more than MOST_DRAWS draws.
    """

    def decides(n):
        if truth < at_most:  # failures allowed by an interval that lies below the bound
            allowed = stats.binom.ppf(error / 2, n, at_most) - 1
            return allowed >= 0 and stats.binom.sf(allowed, n, truth) <= error
        needed = stats.binom.isf(error / 2, n, at_most) + 1
        return needed <= n and stats.binom.cdf(needed - 1, n, truth) <= error

    return _fewest(decides, at_most, truth)


@cache
def draws_for_mean(*, bound: float, truth: float, error: float = DECISION_ERROR) -> int:
    """Draws after which `mean_interval` decides on which side of `bound` an expectation `truth` in [0, 1] lies."""

    def decides(n):  # the farthest mean toward the bound that the draws show but with probability `error`
        near = _toward(truth, bound, log(1 / error) / n)
        return kl(near, bound) >= log(2 / error) / n and (near - bound) * (truth - bound) > 0

    return _fewest(decides, bound, truth)


def draws_for_band(width: float, error: float = DECISION_ERROR) -> int:
    """Draws after which `band` is at most `width`."""
    return _affordable(ceil(log(2 / error) / (2 * width**2)), "a narrower band")


def draws_for_quantile(level: float, error: float = DECISION_ERROR) -> int:
    """The fewest draws from which `quantile_interval` has two finite ends."""
    return ceil(log(error / 2) / log(max(level, 1 - level)))


def kl(p: float, q: float) -> float:
    """Relative entropy of a coin with probability p against one with probability q."""
    if (q == 0 and p > 0) or (q == 1 and p < 1):
        return inf
    return sum(a * log(a / b) for a, b in ((p, q), (1 - p, 1 - q)) if a > 0)


def _toward(truth, bound, reach):
    if kl(bound, truth) <= reach:
        return bound
    low, high = sorted((truth, bound))
    return optimize.brentq(lambda x: kl(x, truth) - reach, low, high)


def _fewest(decides, bound, truth):
    if not 0 < bound < 1 or not 0 <= truth <= 1 or truth == bound:
        raise ValueError(f"need 0 < bound < 1 and a truth in [0, 1] other than it, got {bound} and {truth}")
    n = 16
    while not decides(n):
        n = 2 * _affordable(n, f"telling {truth:.6g} from {bound:.6g}")
    low, high = n // 2, n
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if decides(middle) else (middle, high)
    return high


def _affordable(draws, what):
    if draws > MOST_DRAWS:
        raise ValueError(f"{what} needs more than {MOST_DRAWS:,} draws: widen the gap")
    return draws


def round_outward(value: float, direction: int, digits: int = 3) -> float:
    """`value` to `digits` significant digits, rounded up (direction +1) or down (-1), round-off of 1e-12 aside."""
    if value == 0 or not isfinite(value):
        return float(value)
    exact = Decimal(value) - direction * abs(Decimal(value)) * Decimal("1e-12")
    unit = Decimal(1).scaleb(exact.adjusted() - digits + 1)
    return float(exact.quantize(unit, ROUND_CEILING if direction > 0 else ROUND_FLOOR))


def apart(a: float, b: float) -> tuple[str, str]:
    """Two numbers with as few digits, three at least, as tell them apart."""
    digits = next((d for d in (3, 4, 5, 6, 9, 12) if f"{a:.{d}g}" != f"{b:.{d}g}"), 3)
    return f"{a:.{digits}g}", f"{b:.{digits}g}"


def shown(low: float, high: float) -> str:
    """An interval to three digits, rounded outward."""
    return f"[{round_outward(low, -1):.3g}, {round_outward(high, +1):.3g}]"
