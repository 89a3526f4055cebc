"""Evidence: what was established about a claim, by which kind of check, and the one rule that makes it a verdict."""

from . import certified, exact, matrices
from .intervals import (
    DECISION_ERROR,
    binomial_interval,
    draws_for_band,
    draws_for_mean,
    draws_for_quantile,
    draws_needed,
    quantile_interval,
    round_outward,
)
from .random import sampled, sampled_law, sampled_mean, sampled_until
from .record import VERDICTS, Evidence, all_of, any_of, judge
from .scaling import geometric, no_constant, scaled
from .search import enumerated, searched, starts
from .train import descent, distance_from, trained

__all__ = [
    "DECISION_ERROR", "VERDICTS", "Evidence", "all_of", "any_of", "binomial_interval", "certified", "descent",
    "distance_from", "draws_for_band", "draws_for_mean", "draws_for_quantile", "draws_needed", "enumerated",
    "exact", "geometric", "judge", "matrices", "no_constant", "quantile_interval", "round_outward", "sampled",
    "sampled_law", "sampled_mean", "sampled_until", "scaled", "searched", "starts", "trained",
]  # fmt: skip
