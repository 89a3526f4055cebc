"""One case with a known answer: the inequality, its truth from the textbook, our check, and the same as a property."""

from collections.abc import Callable
from dataclasses import dataclass

from resnet_lab.evidence import Evidence

TOLERANCE = 1e-9  # relative, what `math.isclose` allows: below it a float64 property calls two sides equal


@dataclass(frozen=True)
class Case:
    """A textbook inequality or a slip of it. A false case goes through the check of its true sibling."""

    name: str  # "pair: true" or "pair: the slip"
    statement: str  # one line of plain mathematics
    truth: bool
    why: str  # the theorem, or what makes it false
    kind: str  # the kind of evidence
    check: Callable[[], Evidence]
    points: object  # a Hypothesis strategy for what the claim quantifies over
    excess: Callable[[object], float]  # how far the left side exceeds the right at one point, in float64

    @property
    def expected(self) -> str:
        """The verdict that truth and kind leave no choice about; a true claim is proved where the kind can prove."""
        if not self.truth:
            return "REFUTED"
        return "PROVED" if self.kind in ("exact", "certified") else "SUPPORTED"


def over(left, right) -> float:
    """Relative excess of left over right, the quantity that a property bounds by TOLERANCE."""
    return float((left - right) / max(abs(left), abs(right), 1e-300))


def over_frequency(events: int, draws: int, bound: float) -> float:
    """Excess of an observed frequency over its claimed bound, beyond five standard errors."""
    return events / draws - bound - 5 * (max(bound * (1 - bound), 0.25 / draws) / draws) ** 0.5
