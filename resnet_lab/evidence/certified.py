"""Certified checks: an inequality over a whole box by ball arithmetic with branch and bound, three-valued.

Each leaf of the box is certainly inside the claim, or a point certainly violates it, or the budget ran out: PROVED over
the box, REFUTED with the point, or UNDECIDED.
"""

import heapq
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from itertools import count
from math import inf

import flint

from .balls import against, hull, to_ball, upper
from .exact import settle
from .record import Evidence


@dataclass(frozen=True)
class Cover:
    """Boxes that together cover the claim's box; on each the function certainly stays at or below the bound."""

    boxes: tuple
    bound: object
    box: tuple
    function: Callable

    def replay(self, function=None) -> bool:
        """True if ball arithmetic still certifies every box, for `function` if another one is given."""
        function = function or self.function
        return all(function(*(hull(a, b) for a, b in box)) <= to_ball(self.bound) for box in self.boxes)

    def __str__(self):
        return f"{len(self.boxes)} boxes, each certified <= {self.bound}"


@dataclass(frozen=True)
class Violation:
    """A point at which the function certainly exceeds the bound."""

    point: tuple
    bound: object
    function: Callable

    def __str__(self):
        return f"the function exceeds {self.bound} at ({', '.join(map(str, self.point))})"


def at_most(function, box, *, bound=0, covers: bool = True, budget: int = 20_000) -> Evidence:
    """Evidence for function(*x) <= bound for every x in the box.

    function: balls -> ball, built from Arb operations. box: one (low, high) per variable, exact numbers (ints,
    Fractions, rational strings). Equality inside the box cannot be certified: divide it out first.
    """
    box = tuple((Fraction(a), Fraction(b)) for a, b in box)
    if any(a > b for a, b in box):
        raise ValueError(f"each side of the box must have low <= high, got {box}")
    limit = to_ball(bound)
    widths = [b - a or Fraction(1) for a, b in box]
    tie, done, highest = count(), [], -inf
    heap = [(-inf, next(tie), box)]
    for _ in range(budget):
        if not heap:
            break
        _, _, leaf = heapq.heappop(heap)
        value = function(*(hull(a, b) for a, b in leaf))
        if value.is_finite() and value <= limit:
            done.append(leaf)
            highest = max(highest, upper(value))
            continue
        point = tuple((a + b) / 2 for a, b in leaf)
        at_point = function(*(to_ball(x) for x in point))
        if at_point > limit:
            low, high, edge = against(at_point, limit)
            where = ", ".join(str(x) for x in point) or "the only point"
            says = f"the value {float(at_point):.3g} exceeds {float(limit):.3g} at ({where})"
            proof = Violation(point, bound, function)
            return Evidence("certified", low, high, edge, counterexample=f"({where})", proof=proof, says=says)
        if all(a == b for a, b in leaf):
            heapq.heappush(heap, (-inf, next(tie), leaf))
            break
        i = max(range(len(leaf)), key=lambda j: (leaf[j][1] - leaf[j][0]) / widths[j])
        a, b = leaf[i]
        for half in ((a, (a + b) / 2), ((a + b) / 2, b)):
            heapq.heappush(heap, (-upper(value), next(tie), leaf[:i] + (half,) + leaf[i + 1 :]))
    if heap:
        return Evidence("certified", -inf, inf, float(limit.mid()), says=_open(heap, limit, budget))
    edge = float(limit.mid())
    low = high = min(highest, edge)
    says = f"certified on {len(done)} boxes that cover the whole range"
    proof = Cover(tuple(done), bound, box, function)
    return Evidence("certified", low, high, edge, covers=covers, proof=proof, says=says)


def _open(heap, limit, budget):
    """What an exhausted budget leaves: where, and what would help."""
    where = ", ".join(f"[{float(a):.3g}, {float(b):.3g}]" for a, b in heap[0][2])
    return (f"{budget} boxes did not decide whether the value is at most {float(limit):.3g}, the worst near {where}; "
            "more boxes would settle it, or, where both sides are equal, dividing that out")  # fmt: skip


def number(value: flint.arb, bound, *, sense: str = "<=", covers: bool = True, at: str = "") -> Evidence:
    """Evidence that one enclosed number (a tail probability, an eigenvalue) is at most / at least `bound`."""
    return settle("certified", value, bound, sense=sense, at=at, covers=covers)
