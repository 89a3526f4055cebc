"""Evidence: what was established about a claim, by which kind of check, and the one rule that makes it a verdict."""

from . import certified, exact
from .random import DECISION_ERROR, binomial_interval, draws_needed, round_outward, sampled, scaled
from .record import VERDICTS, Evidence, all_of, any_of, judge
from .search import searched

__all__ = [
    "DECISION_ERROR", "VERDICTS", "Evidence", "all_of", "any_of", "binomial_interval", "certified", "draws_needed",
    "exact", "judge", "round_outward", "sampled", "scaled", "searched",
]  # fmt: skip
