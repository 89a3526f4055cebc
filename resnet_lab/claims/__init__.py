"""The registry: every claim of the five papers as data, one TOML file per paper."""

import re
import tomllib
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from graphlib import CycleError, TopologicalSorter
from importlib import resources
from pathlib import Path
from types import MappingProxyType

NATURES = ("identity", "deterministic inequality", "exact distribution", "expectation", "high probability")
NATURES += ("asymptotic (hidden constants)", "algorithmic (training)", "empirical (figure/table)")
NATURES += ("arithmetic",)
ROLES = ("statement", "step", "repair")
PARTS = ("", "0", "I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI")
TEXTS = ("id", "label", "place", "part", "role", "nature", "statement", "hypotheses")
FIELDS = (*TEXTS, "rests_on")
MAY_BE_EMPTY = ("part", "hypotheses")
REPAIR = re.compile(r"(.+)\.fix\d*")


@dataclass(frozen=True)
class Claim:
    """One checkable statement of a paper, as the registry holds it."""

    id: str
    paper: str
    part: str  # theme of the book, "" while none is assigned
    label: str  # the claim's name in its paper
    place: str  # where in the paper
    role: str
    nature: str
    statement: str  # Markdown with $mathematics$
    hypotheses: str
    rests_on: tuple[str, ...]
    note: bool  # True: the statement is a finding aid, not yet written from the paper


def load(folder=None):
    """Read-only mapping from id to Claim, of the package's registry or of the TOML files in `folder`.

    Raises ValueError, naming file and entry, for a malformed entry, a duplicate id, an unknown reference or
    a claim that would rest on itself.
    """
    return _package_registry() if folder is None else _read(Path(folder))


def get(claim_id):
    """The Claim with this id; raises ValueError, with the closest known ids, when there is none."""
    registry = load()
    if claim_id not in registry:
        raise ValueError(f"unknown claim id {claim_id!r}{_advice(claim_id, registry)}")
    return registry[claim_id]


def dependents(claim_id):
    """Ids of the claims that directly rest on this one, in registry order."""
    get(claim_id)
    return tuple(claim.id for claim in load().values() if claim_id in claim.rests_on)


@cache
def _package_registry():
    return _read(resources.files(__name__))


def _read(folder):
    registry, files = {}, {}
    for file in sorted(folder.iterdir(), key=lambda file: file.name):
        for claim in _entries(file):
            if claim.id in registry:
                raise ValueError(f"{file.name}, {claim.id}: this id occurs twice")
            registry[claim.id], files[claim.id] = claim, file.name
    if not registry:
        raise ValueError(f"no claims in {folder}: it must hold TOML files with [[claim]] entries")
    _check_references(registry, files)
    return MappingProxyType(registry)


def _entries(file):
    if not file.name.endswith(".toml"):
        return
    try:
        document = tomllib.loads(file.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ValueError(f"{file.name}: not valid TOML ({error})") from error
    entries = document.get("claim")
    if set(document) != {"claim"} or not isinstance(entries, list):
        raise ValueError(f"{file.name}: must hold [[claim]] entries and nothing else")
    for number, entry in enumerate(entries, start=1):
        try:
            yield _claim(entry, file.name.removesuffix(".toml"))
        except ValueError as error:
            name = entry.get("id", f"entry {number}") if isinstance(entry, dict) else f"entry {number}"
            raise ValueError(f"{file.name}, {name}: {error}") from None


def _claim(entry, paper):
    """One entry as a Claim; ValueError with the reason, without the place, when it is malformed."""
    if not isinstance(entry, dict):
        raise ValueError("an entry must be a [[claim]] table")
    for field in sorted(set(FIELDS) - set(entry)):
        raise ValueError(f"the field {field} is missing")
    for field in sorted(set(entry) - {*FIELDS, "note"}):
        raise ValueError(f"unknown field {field}{_advice(field, FIELDS)}")
    for field in TEXTS:
        if not isinstance(entry[field], str):
            raise ValueError(f"{field} must be text, got {entry[field]!r}")
        if not entry[field].strip() and field not in MAY_BE_EMPTY:
            raise ValueError(f"{field} must not be empty")
    rests_on = entry["rests_on"]
    if not isinstance(rests_on, list) or not all(isinstance(other, str) for other in rests_on):
        raise ValueError(f"rests_on must be a list of claim ids, got {rests_on!r}")
    if len(set(rests_on)) < len(rests_on):
        raise ValueError("rests_on names a claim twice")
    if entry.get("note", True) is not True:
        raise ValueError("note must be true or absent")
    for field, allowed in (("part", PARTS), ("role", ROLES), ("nature", NATURES)):
        if entry[field] not in allowed:
            raise ValueError(f"unknown {field} {entry[field]!r}; allowed: {', '.join(map(repr, allowed))}")
    if not re.fullmatch(re.escape(paper) + r"(\.[A-Za-z0-9]+)+", entry["id"]):
        raise ValueError(f"an id in this file must be {paper}. followed by letters, digits and dots")
    if (entry["role"] == "repair") != bool(REPAIR.fullmatch(entry["id"])):
        raise ValueError("the id of a repair, and of nothing else, ends in .fix or .fix2, .fix3, ...")
    texts = {field: entry[field] for field in TEXTS}
    return Claim(**texts, paper=paper, rests_on=tuple(rests_on), note="note" in entry)


def _check_references(registry, files):
    for claim in registry.values():
        repaired = REPAIR.fullmatch(claim.id)
        for other in (*claim.rests_on, *(repaired.groups() if repaired else ())):
            if other not in registry:
                why = "unknown claim" if other in claim.rests_on else "a repair of the unknown claim"
                raise ValueError(f"{files[claim.id]}, {claim.id}: {why} {other!r}{_advice(other, registry)}")
    try:
        TopologicalSorter({claim.id: claim.rests_on for claim in registry.values()}).prepare()
    except CycleError as error:
        cycle = error.args[1][::-1]
        raise ValueError(f"{files[cycle[0]]}, {cycle[0]}: it rests on itself: {' -> '.join(cycle)}") from None


def _advice(word, known):
    close = get_close_matches(str(word), known, n=3)
    return f"; did you mean {' or '.join(close)}?" if close else ""
