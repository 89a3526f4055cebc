"""Known answers: textbook inequalities and slips of them, judged by the evidence package and searched by Hypothesis.

    python benchmarks/known_answers.py                 each property gets the time that our check took, 0.2 to 2 s
    python benchmarks/known_answers.py --seconds 10    each property gets 10 s

Truth is the textbook's. A verdict is right if it is the one that truth and kind leave no choice about: PROVED for true
exact and certified cases, SUPPORTED for other true ones, REFUTED for false ones.

Hypothesis runs the same inequality in float64 at a relative tolerance of 1e-9 (probabilities: five standard errors),
guided toward a violation by `target`, until the first violation, which it need not shrink. Of a true inequality it can
only say that it found nothing. It needs no proof idea, no derivative and no plan of draws, and looks first where slips
often are: at zeros, at equal values, at the ends of a range, at the smallest sizes.
"""

import argparse
import os
import warnings
from collections import Counter
from dataclasses import dataclass
from math import isfinite
from time import perf_counter

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # NumPy's threads would fight with JAX's over small matrices

import jax.numpy as jnp
from hypothesis import HealthCheck, Phase, assume, given, settings, target
from known_cases import CASES, TOLERANCE, Case

from resnet_lab.evidence import Evidence, judge

LEAST, MOST = 0.2, 2.0  # seconds for a property
SETTINGS = settings(
    max_examples=10**6, derandomize=True, deadline=None, database=None,
    suppress_health_check=list(HealthCheck), phases=[Phase.generate, Phase.target],
)  # fmt: skip


class Stop(KeyboardInterrupt):
    """Ends a property at once; Hypothesis would go on to shrink after any other exception."""


@dataclass(frozen=True)
class Search:
    """What a property-based test of one case came to."""

    found: bool
    examples: int
    seconds: float


def search(case: Case, seconds: float) -> Search:
    """Hypothesis on the case's property for `seconds` at most, until the first violation."""
    found, examples, start = False, 0, perf_counter()

    @SETTINGS
    @given(case.points)
    def holds(point):
        nonlocal found, examples
        if perf_counter() - start > seconds:
            raise Stop
        examples += 1
        excess = case.excess(point)
        assume(isfinite(excess))
        if excess > TOLERANCE:
            found = True
            raise Stop
        target(excess)

    try:
        holds()
    except Stop:
        pass
    return Search(found, examples, perf_counter() - start)


def run(case: Case) -> tuple[Evidence, float]:
    """The case's evidence and the seconds it took, compilation included."""
    start = perf_counter()
    evidence = case.check()
    return evidence, perf_counter() - start


def word(case: Case, result: Search) -> str:
    if result.found:
        return "false alarm" if case.truth else "violation"
    return "none" if case.truth else "missed"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, help="time for each property, whatever our check took")
    fixed = parser.parse_args().seconds
    warnings.simplefilter("ignore")  # divisions by zero inside a property, and targets that do not vary
    jnp.zeros(1).block_until_ready()  # the starts of JAX and of Hypothesis belong to no case
    search(CASES[0], LEAST)
    ours, theirs = Counter(), Counter()
    width = max(len(case.statement) for case in CASES)
    print(f"{'statement':{width}}  truth  kind       verdict      time   Hypothesis")
    for case in CASES:
        evidence, seconds = run(case)
        verdict = judge(evidence)
        result = search(case, fixed or min(max(seconds, LEAST), MOST))
        said = word(case, result)
        ours["right" if verdict == case.expected else "undecided" if verdict == "UNDECIDED" else "wrong"] += 1
        theirs[said] += 1
        mark = " " if verdict == case.expected else "!"
        print(f"{case.statement:{width}}  {case.truth!s:5}  {case.kind:9}  {verdict:9} {mark} {seconds:5.2f} s"
              f"   {said:11}  {result.examples} examples, {result.seconds:.2f} s", flush=True)  # fmt: skip
    print(f"\nevidence: {ours['right']} right, {ours['wrong']} wrong, {ours['undecided']} undecided of {len(CASES)}")
    print(f"Hypothesis: violations of {theirs['violation']} false inequalities found, of {theirs['missed']} missed; "
          f"{theirs['false alarm']} false alarms among the true ones, none of which it can prove")  # fmt: skip


if __name__ == "__main__":
    main()
