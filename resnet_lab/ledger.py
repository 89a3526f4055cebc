"""The ledger: one record per judged claim, what it may not hold, and where two ledgers disagree."""

import json
import re
from collections import Counter
from math import isclose

from . import claims

FIELDS = ("id", "role", "verdict", "kind", "measured", "bound", "slack", "draws", "error_rate", "setting", "reading",
          "counterexample", "severity", "repair", "no_repair", "survives", "vacuous", "mutants", "chapter")  # fmt: skip
FIGURES = ("measured", "bound", "slack", "error_rate", "vacuous")
TOLERANCE = {"exact": 0.02, "certified": 0.02}  # relative: one unit in the third digit, either way
RANDOM_TOLERANCE = 0.1  # a sum of floats differs between machines in its last digit, which moves searches and draws
CONTRARY = {"REFUTED": "yes", "PROVED": "no", "SUPPORTED": "no"}  # what survival may not say of a judged claim
BUDGET, DECISION_ERROR = 1000, 1e-9  # random decisions that the book may make, and the error rate of each


def collect(results):
    """The records of a run, sorted by id, with the ledger's fields and no others."""
    records = [{field: record[field] for field in FIELDS} for result in results for record in result["records"]]
    return sorted(records, key=lambda record: record["id"])


def text(records):
    """The ledger as the text of book/verdicts.json."""
    return json.dumps(records, indent=1, ensure_ascii=False, allow_nan=False) + "\n"


def words(records):
    """Verdicts by claim id."""
    return {record["id"]: record["verdict"] for record in records}


def committed(root):
    """The committed ledger; empty before the first `make verdicts`; ValueError for a file that holds no records."""
    path = root / "book" / "verdicts.json"
    try:
        records = json.loads(path.read_text(encoding="utf-8")) if path.exists() else []
        for record in records:
            _ = record["id"], record["verdict"], record["chapter"]
    except (ValueError, TypeError, KeyError) as error:
        reason = f"{type(error).__name__}: {error}"
        advice = "restore it with git, or delete it and run make verdicts"
        raise ValueError(f"book/verdicts.json is damaged ({reason}): {advice}") from None
    return records


def decisions(records):
    """The number of random decisions behind these records."""
    return round(sum(record["error_rate"] for record in records) / DECISION_ERROR)


def problems(records):
    """What no ledger may hold, as sentences that name the claims."""
    found, counts, judged = [], Counter(record["id"] for record in records), words(records)
    for name in sorted(name for name, count in counts.items() if count > 1):
        found.append(f"{name}: judged twice, in {' and '.join(r['chapter'] for r in records if r['id'] == name)}")
    for record in records:
        name = record["id"]
        if name not in claims.load():
            found.append(f"{name}: unknown claim id, judged in {record['chapter']}")
        if record["repair"] and record["repair"] not in counts:
            found.append(f"{name}: its repair {record['repair']} is named but not judged")
        if not record["mutants"] or any(mutant["verdict"] != "REFUTED" for mutant in record["mutants"]):
            found.append(f"{name}: needs at least one mutant, and every mutant refuted")
        for other in record["survives"]:
            if (verdict := judged.get(other)) and CONTRARY.get(verdict) == record["survives"][other].partition(":")[0]:
                found.append(f"{name}: says that {other} survives or not against that claim's own verdict, {verdict}")
    if decisions(records) > BUDGET:
        found.append(f"{decisions(records)} random decisions in the book, more than {BUDGET}")
    return found


def compare(run, committed):
    """One sentence per disagreement of two ledgers, each naming its claim: words exactly, figures within TOLERANCE."""
    ours, theirs = {r["id"]: r for r in run}, {r["id"]: r for r in committed}
    sentences = []
    for name in sorted({*ours, *theirs}):
        if name not in theirs:
            sentences.append(f"{name}: {ours[name]['verdict']} in this run, missing in the committed ledger")
        elif name not in ours:
            sentences.append(f"{name}: {theirs[name]['verdict']} in the committed ledger, not judged in this run")
        else:
            for field in FIELDS:
                here, there = ours[name].get(field), theirs[name].get(field)
                if not _agree(field, here, there, TOLERANCE.get(ours[name]["kind"], RANDOM_TOLERANCE)):
                    sentences.append(f"{name}: {field} is {here!r} in this run, {there!r} in the committed ledger")
    return sentences


def _agree(field, here, there, tolerance):
    if field == "mutants":
        pairs = [(a.get(part), b.get(part)) for a, b in zip(here, there, strict=False) for part in {*a, *b}]
        return len(here) == len(there) and all(_agree("measured", *pair, RANDOM_TOLERANCE) for pair in pairs)
    if field in FIGURES and isinstance(here, int | float) and isinstance(there, int | float):
        return isclose(here, there, rel_tol=tolerance, abs_tol=1e-12)
    if field == "counterexample" and here and there:  # its figures are those of a point that a search may miss by a bit
        return re.sub(r"[-+]?[\d.]+(e[-+]?\d+)?", "#", here) == re.sub(r"[-+]?[\d.]+(e[-+]?\d+)?", "#", there)
    return here == there
