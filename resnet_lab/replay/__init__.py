"""The checker of stored certificates: a second opinion that shares no code with the search, and needs only mpmath.

It checks each part of a proof on its own, from the text alone:

- algebra: rhs - lhs = the sum of the terms, at 12 pseudo-random points. A rational function is evaluated exactly there;
  with numerators among 10^6 values and degree d, a false identity passes with probability (d / 10^6)^12 at most
  (Schwartz, Zippel), below 10^-36 for d <= 1000, the most that is allowed. With roots, exponentials, absolute values or
  symbolic exponents, it is enclosed at 50 digits and must hold 0 within 10^-30: strong evidence, but no proof. The
  sign of each term is read off its structure.
- boxes: that they cover the claimed box, in rational arithmetic by recursive cuts, and that interval arithmetic at 50
  digits keeps the function at or below the bound on each, cutting further within a budget of 5,000 pieces.
- point, comparison: exact where all is rational, at 50 digits with outward rounding otherwise.
- matrices: the enclosure of an eigenvalue or a singular value, from its factor and its vector, in whole numbers.

What is not checked again: that an interval(low, high) that Arb computed holds its number (such parts are counted), and
that the parts say what the claim says.
"""

import json
import time
from collections import Counter
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from .parts import KINDS, Beyond
from .values import UNDEFINED, Failed

WORDS = {"PROVED": "holds", "REFUTED": "fails"}


@dataclass(frozen=True)
class Outcome:
    """What became of a part or of a whole certificate: "replayed", "failed" or "not replayable", and why."""

    word: str
    reason: str = ""
    shows: str | None = None  # "holds" or "fails", of what was replayed
    parts: tuple = ()  # the outcomes of the parts
    taken: bool = False  # an enclosure that Arb computed was taken as given


def replay(certificate: dict) -> Outcome:
    """The outcome of one certificate: failed if any part is, replayed if the replayed parts give its verdict."""
    try:
        shows, parts = _combine(certificate["proof"])
        expected = WORDS[certificate["verdict"]]
    except (KeyError, TypeError) as error:
        return Outcome("failed", f"the certificate cannot be read: {error!r}")
    if failed := [part for part in parts if part.word == "failed"]:
        return Outcome("failed", failed[0].reason, None, parts)
    if shows == expected:
        return Outcome("replayed", "", shows, parts)
    if shows or not any(part.word == "not replayable" for part in parts):
        return Outcome("failed", f"its parts do not make the claim {certificate['verdict']}", shows, parts)
    return Outcome("not replayable", "it rests on a part that is not", None, parts)


def _combine(proof):
    """What a proof shows, by its replayed parts, and the outcomes of the parts."""
    for word, decisive in (("all", "fails"), ("any", "holds")):
        if word in proof:
            found = [_combine(part) for part in proof[word]]
            shown = [shows for shows, _ in found]
            other = {"fails": "holds", "holds": "fails"}[decisive]
            shows = decisive if decisive in shown else other if shown and set(shown) == {other} else None
            return shows, tuple(outcome for _, outcomes in found for outcome in outcomes)
    outcome = _part(json.dumps(proof, sort_keys=True))
    return outcome.shows, (outcome,)


@lru_cache(10_000)  # claims share parts
def _part(text):
    part = json.loads(text)
    if part.get("kind") == "not stored":
        return Outcome("not replayable", f"not stored: {part['reason']}")
    if part.get("kind") not in KINDS:
        return Outcome("failed", f"no checker for a part of kind {part.get('kind')!r}")
    try:
        KINDS[part["kind"]](part)
    except Beyond as reason:
        return Outcome("not replayable", str(reason))
    except RecursionError:
        return Outcome("not replayable", "an expression is nested too deeply")
    except Failed as reason:
        return Outcome("failed", str(reason))
    except (*UNDEFINED, KeyError, TypeError, ValueError, AttributeError) as error:
        return Outcome("failed", f"the part cannot be read: {error!r}")
    return Outcome("replayed", "", part["shows"], taken="interval(" in text and "matrices" not in part)


def texts(results) -> dict[str, str]:
    """The files of certificates of a run, by name: one for each chapter with any, an object of certificates by id."""
    files = {}
    for result in results:
        found = {record["id"]: record["certificate"] for record in result["records"] if record.get("certificate")}
        if found:
            text = json.dumps(found, indent=1, sort_keys=True, ensure_ascii=False) + "\n"
            files[result["chapter"].replace("/", "--") + ".json"] = text
    return files


def report(folder: Path, only: str = "", records=()) -> tuple[list[str], list[str]]:
    """Replay the certificates of a folder, or that of one claim: lines to print, and one sentence per failure.

    records: of the ledger, which the certificates must match one to one. Raises ValueError if there is no certificate
    or a file is damaged.
    """
    lines, failures, verdicts, began = [], [], {}, time.perf_counter()
    for path in sorted(folder.glob("*.json")):
        try:
            claims = json.loads(path.read_text(encoding="utf-8"))
        except ValueError as error:
            raise ValueError(f"{path} is damaged ({error}): resnet-lab verdicts writes it again") from None
        outcomes = {name: replay(claims[name]) for name in sorted(claims) if only in ("", name)}
        if outcomes:
            lines += _lines(path.stem, outcomes)
            failures += [f"{name}: {o.reason}" for name, o in outcomes.items() if o.word == "failed"]
            verdicts.update({name: claims[name].get("verdict") for name in outcomes})
    if not verdicts:
        raise ValueError(f"no certificate {f'of {only} ' if only else ''}in {folder}: resnet-lab verdicts writes them")
    failures += [f"{name}: {sentence}" for name, sentence in _mismatches(verdicts, records)]
    return [*lines, f"{len(verdicts)} certificates in {time.perf_counter() - began:.1f} s"], failures


def _mismatches(verdicts, records):
    verdicts = dict(verdicts)
    for record in records:
        stored = verdicts.pop(record["id"], None)
        due = record["kind"] in ("exact", "certified") and record["verdict"] in WORDS
        if due and stored != record["verdict"]:
            yield record["id"], f"{record['verdict']} in the ledger, {stored or 'nothing'} in the certificates"
        elif stored and not due:
            yield record["id"], f"has a certificate of {stored}, and {record['verdict']} by {record['kind']} evidence"
    if records:
        yield from ((name, "has a certificate and is not in the ledger") for name in verdicts)


def _lines(chapter, outcomes):
    parts = [part for outcome in outcomes.values() for part in outcome.parts]
    yield (
        f"{chapter}: of {len(outcomes)} verdicts {_counts(outcomes.values())}; of {len(parts)} parts {_counts(parts)} "
        f"({sum(part.taken for part in parts)} take an enclosure of Arb as given)"
    )
    reasons = Counter(part.reason for part in parts if part.word == "not replayable")
    yield from (f"  not replayable, {count} x: {reason}" for reason, count in reasons.items())


def _counts(outcomes):
    found = Counter(outcome.word for outcome in outcomes)
    return ", ".join(f"{found[word]} {word}" for word in ("replayed", "failed", "not replayable"))
