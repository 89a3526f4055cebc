"""The record that every check returns, and the one rule that derives a verdict from it."""

from dataclasses import dataclass, replace
from math import inf, isfinite, isnan

VERDICTS = ("REFUTED", "UNDECIDED", "SUPPORTED", "PROVED")  # from weakest to strongest
KINDS = ("exact", "certified", "searched", "sampled", "scaled", "trained")


@dataclass(frozen=True)
class Evidence:
    """What one check established: a measured quantity lies in [low, high]; the claim compares it with `bound`.

    `sense` is "<=" when the claim says measured <= bound and ">=" when it says measured >= bound. `covers` says that
    the evidence covers the claim as it is quantified (a proof), not only the settings that were tried.
    """

    kind: str
    low: float
    high: float
    bound: float
    sense: str = "<="
    covers: bool = False
    draws: int = 0  # independent random draws
    decisions: int = 0  # random decisions
    error: float = 0.0  # chance that any of them is wrong
    counterexample: str | None = None
    proof: object = None  # what can be inspected and replayed: a simplified difference, a list of boxes, a point
    says: str = ""  # one sentence: what was established

    def __post_init__(self):
        if self.kind not in KINDS:
            raise ValueError(f"kind must be one of {', '.join(KINDS)}, got {self.kind!r}")
        if self.sense not in ("<=", ">="):
            raise ValueError(f"sense must be '<=' or '>=', got {self.sense!r}")
        if isnan(self.low) or isnan(self.high) or isnan(self.bound):
            raise ValueError(f"a measurement is not a number: [{self.low}, {self.high}] against {self.bound}")
        if not isfinite(self.bound) or self.low == inf or self.high == -inf:
            raise ValueError(f"a measurement or a bound is infinite: [{self.low}, {self.high}] against {self.bound}")
        if self.decisions and not self.error:
            raise ValueError("evidence with random decisions must say what its error is")
        if self.low > self.high:
            raise ValueError(f"low must not exceed high, got [{self.low}, {self.high}]")
        if self.covers and self.kind in ("exact", "certified") and self.proof is None:
            raise ValueError("evidence that covers a claim must carry its proof object")

    @property
    def measured(self) -> float:
        """The end of [low, high] that decides: nearest to a violation, or nearest to the claim when refuted."""
        toward_violation, away = (self.high, self.low) if self.sense == "<=" else (self.low, self.high)
        return away if judge(self) == "REFUTED" else toward_violation

    @property
    def slack(self) -> float | None:
        """Measured over bound (bound over measured for ">="): 1 is tight, 0.01 loose by a hundred."""
        top, bottom = (self.measured, self.bound) if self.sense == "<=" else (self.bound, self.measured)
        return top / bottom if bottom not in (0, inf, -inf) and top not in (inf, -inf) else None


class AllOf(tuple):
    """The proofs of the parts of a conjunction."""


class AnyOf(tuple):
    """The proofs of the alternatives of a disjunction."""


def judge(evidence: Evidence) -> str:
    """PROVED (inside, and the whole claim is covered), SUPPORTED (inside), REFUTED (disjoint) or UNDECIDED."""
    e = evidence
    inside = e.high <= e.bound if e.sense == "<=" else e.low >= e.bound
    disjoint = e.low > e.bound if e.sense == "<=" else e.high < e.bound
    if inside:
        return "PROVED" if e.covers else "SUPPORTED"
    return "REFUTED" if disjoint else "UNDECIDED"


def all_of(*parts: Evidence, says: str = "", figures: Evidence | None = None) -> Evidence:
    """Evidence for a conjunction: it is as strong as its weakest part, and one refuted part refutes it.

    `says` is what holds when every part does, in one sentence. A proof in several parts has no measured value and no
    slack, unless one part, named by `figures`, is an instance of the claim itself.
    """
    whole = _combine(parts, min, says or f"all {len(parts)} parts hold", ("PROVED", "SUPPORTED"))
    if judge(whole) != "PROVED" or len(parts) == 1:
        return whole
    shown = figures or Evidence("exact", 0.0, 0.0, 0.0)
    kind = "certified" if any(part.kind == "certified" for part in parts) else whole.kind  # the weaker of the two
    return replace(whole, kind=kind, low=shown.low, high=shown.high, bound=shown.bound, sense=shown.sense)


def any_of(*parts: Evidence) -> Evidence:
    """Evidence for a disjunction ("for some constant"): it is as strong as its strongest part, refuted if all are.

    The mildest violation gives the figures.
    """
    return _combine(parts, max, f"none of {len(parts)} alternatives holds", ("REFUTED", "UNDECIDED"))


def _combine(parts, pick, common, where_common):
    if not parts:
        raise ValueError("a conjunction or disjunction needs at least one piece of evidence")
    decisive = pick(parts, key=lambda e: (VERDICTS.index(judge(e)), -(e.slack or 0.0)))
    says, verdict = decisive.says, judge(decisive)
    if verdict in where_common:
        says = common if verdict == "PROVED" else f"{common}; {says}"
    return replace(
        decisive,
        draws=sum(e.draws for e in parts),
        decisions=sum(e.decisions for e in parts),
        error=sum(e.error for e in parts),
        proof=parts[0].proof if len(parts) == 1 else (AllOf if pick is min else AnyOf)(e.proof for e in parts),
        says=says,
    )
