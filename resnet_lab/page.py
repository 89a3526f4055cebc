"""What a chapter says to its reader: its setting and keys, and each claim judged beside the mutants it must refute."""

import json
import os
import zlib
from dataclasses import dataclass
from html import escape
from math import isfinite
from pathlib import Path
from types import SimpleNamespace

import jax.random as jr

from . import claims
from .evidence import DECISION_ERROR, VERDICTS, Evidence, certificate, judge, round_outward
from .mutants import named

SEVERITIES = ("typo", "constant", "exponent", "hypothesis", "step", "conclusion")


class VerdictChanged(Exception):
    """A check reached another verdict than its chapter expects at the registered setting."""


@dataclass(frozen=True)
class Verdict:
    """A judged claim as the reader sees it; prints as plain lines and shows as a block in a notebook."""

    record: dict
    evidence: Evidence
    expected: str  # the verdict at the registered setting

    def __str__(self):
        r = self.record
        lines = [f"{r['id']}: {r['verdict']} ({r['kind']}). {self.evidence.says}"]
        if r["verdict"] != self.expected:
            lines.append(f"  the verdict at the registered setting is {self.expected}")
        if r["counterexample"] and r["counterexample"] not in self.evidence.says:
            lines.append(f"  counterexample: {r['counterexample']}")
        lines += [f"  mutant, {m['name']}: {m['verdict']}{_margin(m)}" for m in r["mutants"]]
        return "\n".join(lines)

    __repr__ = __str__

    def _repr_html_(self):
        head, *rest = str(self).splitlines()
        word = self.record["verdict"]
        head = escape(head).replace(word, f"<strong>{word}</strong>", 1)
        items = "".join(f"<li>{escape(line.strip())}</li>" for line in rest)
        return f'<div class="verdict verdict-{word.lower()}"><p>{head}</p><ul>{items}</ul></div>'


class Chapter:
    """One chapter: it declares itself once, holds its one parameters cell, and judges its claims.

    The environment may change three things and nothing else: RESNET_LAB_SEED (an integer), RESNET_LAB_SETTING
    ("name=value name=value" for the parameters cell) and RESNET_LAB_LEDGER (the folder that records go to).
    """

    def __init__(self, name: str):
        self.name = name
        self.seed = _integer("RESNET_LAB_SEED", os.environ.get("RESNET_LAB_SEED") or "0")
        self.ledger = os.environ.get("RESNET_LAB_LEDGER")
        self.enforced = bool(self.ledger)  # a run for the ledger: the expected verdicts must come out, or it stops
        self.parameters: dict = {}
        self.verdicts: list[Verdict] = []

    def setting(self, **defaults) -> SimpleNamespace:
        """The chapter's parameters, each an int >= 1 or a finite float >= 0, with overrides from RESNET_LAB_SETTING.

        Raises ValueError naming the parameter, its value and what is allowed.
        """
        given = dict(pair.partition("=")[::2] for pair in os.environ.get("RESNET_LAB_SETTING", "").split())
        self.parameters = overridden(self.name, defaults, given)
        self.enforced = self.enforced and not given
        return SimpleNamespace(**self.parameters)

    def key(self, name: str):
        """The JAX key of one experiment, from the seed and the experiment's name."""
        return jr.fold_in(jr.key(self.seed), zlib.crc32(name.encode()))

    def judge(self, claim_id, check, *, expect, mutants, reading=None, severity=None, repair=None, no_repair=None,
              survives=None, vacuous=None) -> None:  # fmt: skip
        """Run one check on a claim and, with changed arguments, on its mutants; show and record the verdict.

        check: (**changes) -> Evidence, called without changes for the claim and with `mutants[name]` for each mutant,
        which must come out REFUTED; a list of texts such as "factor * 1/2" says mutants too (see resnet_lab.mutants).
        expect: the verdict at the registered setting; in a run for the ledger another one raises VerdictChanged after
        it was recorded, in a reader's own run nothing raises. `reading` is the finite reading in a sentence. A refuted
        claim says its `severity`, its `repair` (an id) or `no_repair` (why not) and, for each claim that directly
        rests on it, "yes: ...", "no: ..." or "open: ..." in `survives`. `vacuous` is the number that makes a claim
        vacuous.
        """
        claim = claims.get(claim_id)
        survives = dict(survives or {})
        _check_form(claim_id, expect, mutants, reading, severity, repair, no_repair, survives)
        evidence = self._run(claim_id, check, {})
        verdict = judge(evidence)
        mutated = {name: self._run(claim_id, check, changes) for name, changes in named(check, mutants).items()}
        tried = [_tried(name, other) for name, other in mutated.items()]
        error = _within_budget(claim_id, [evidence, *mutated.values()])
        refuted = verdict == "REFUTED"
        record = {
            "id": claim_id, "role": claim.role, "verdict": verdict, "kind": evidence.kind,
            "measured": _outward(evidence.measured, +1 if (evidence.sense == "<=") != refuted else -1),
            "bound": _outward(evidence.bound, 0), "slack": _outward(evidence.slack, -1 if refuted else +1),
            "draws": evidence.draws, "error_rate": error,
            "setting": {**self.parameters, "seed": self.seed}, "reading": reading,
            "counterexample": evidence.counterexample if refuted else None,
            "severity": severity if refuted else None, "repair": repair, "no_repair": no_repair, "survives": survives,
            "vacuous": vacuous, "mutants": tried, "chapter": self.name,
            "certificate": certificate.of(evidence) if self.ledger else None,
        }  # fmt: skip
        self._keep(Verdict(record, evidence, expect))
        if self.enforced:
            wrong = [f"{claim_id} came out {verdict}, expected {expect}: {evidence.says}"] if verdict != expect else []
            wrong += [f"{claim_id}: its mutant {m['name']!r} came out {m['verdict']}, not REFUTED"
                      for m in tried if m["verdict"] != "REFUTED"]  # fmt: skip
            if wrong:
                raise VerdictChanged("; ".join(wrong))

    def _run(self, claim_id, check, changes) -> Evidence:
        try:
            return check(**changes)
        except ValueError as error:
            if self.enforced:
                raise ValueError(f"{claim_id}: {error}") from error
            says = f"this setting leaves the check undecided: {error}"
            return Evidence("exact", float("-inf"), float("inf"), 0.0, says=says)

    def _keep(self, verdict):
        if any(other.record["id"] == verdict.record["id"] for other in self.verdicts):
            raise ValueError(f"{verdict.record['id']} is judged twice in {self.name}")
        self.verdicts.append(verdict)
        _show(verdict)
        if self.ledger:
            path = Path(self.ledger) / (self.name.replace("/", "--") + ".json")
            path.parent.mkdir(parents=True, exist_ok=True)
            partial = path.with_suffix(f".{os.getpid()}.partial")
            partial.write_text(
                json.dumps({"chapter": self.name, "records": [v.record for v in self.verdicts]}, ensure_ascii=False)
            )
            partial.replace(path)  # a reader sees the old records or the new ones, never half of them


def overridden(chapter, defaults, given) -> dict:
    """The parameters of a chapter with the texts in `given` in place of its defaults.

    Raises ValueError naming the parameter, its value and what is allowed.
    """
    for name in given:
        if name not in defaults:
            raise ValueError(f"unknown setting {name!r} for {chapter}: it has {', '.join(defaults) or 'none'}")
    return {**defaults, **{name: _parse(name, text, type(defaults[name])) for name, text in given.items()}}


def _tried(name, evidence):
    """What the ledger keeps of a mutant: its verdict and the margin, as measured against bound."""
    up = +1 if (evidence.sense == "<=") != (judge(evidence) == "REFUTED") else -1
    bound, measured = _outward(evidence.bound, 0), None
    for digits in (2, 3, 4, 6, 9):  # as few as show on which side of the bound it lies
        measured = _outward(evidence.measured, up, digits)
        if measured is None or bound is None or (measured - bound) * up < 0:
            break
    return {"name": name, "verdict": judge(evidence), "measured": measured, "sense": evidence.sense, "bound": bound}


def _margin(mutant):
    if mutant["measured"] is None or mutant["bound"] is None:
        return ""
    return f" ({mutant['measured']:g} against {mutant['sense']} {mutant['bound']:g})"


def _within_budget(claim_id, evidence):
    """The error that a claim and its mutants spend; ValueError if a decision asks for more than its share."""
    for one in evidence:
        if one.error > one.decisions * DECISION_ERROR * (1 + 1e-9):
            raise ValueError(f"{claim_id}: {one.decisions} random decisions may spend {DECISION_ERROR:.0e} each, this "
                             f"check asks for {one.error:.3g} in all")  # fmt: skip
    return round(sum(one.error for one in evidence), 12)


def _check_form(claim_id, expect, mutants, reading, severity, repair, no_repair, survives):
    if expect not in VERDICTS:
        raise ValueError(f"{claim_id}: expect must be one of {', '.join(VERDICTS)}, got {expect!r}")
    if not mutants:
        raise ValueError(f"{claim_id}: a check that no mutant can fail shows nothing; give at least one mutant")
    if expect == "SUPPORTED" and not reading:
        raise ValueError(f"{claim_id}: SUPPORTED needs its finite reading")
    if expect != "REFUTED":
        if severity or repair or no_repair or survives:
            raise ValueError(f"{claim_id}: severity, repair and survives belong to a refuted claim")
        return
    if severity not in SEVERITIES:
        raise ValueError(f"{claim_id}: severity must be one of {', '.join(SEVERITIES)}, got {severity!r}")
    if bool(repair) == bool(no_repair):
        raise ValueError(f"{claim_id}: give either the repair's id or no_repair, the reason why there is none")
    if repair:
        claims.get(repair)
    above = set(claims.dependents(claim_id)) - {repair}
    if set(survives) != above:
        raise ValueError(f"{claim_id}: survives must speak of {sorted(above)}, it speaks of {sorted(survives)}")
    for other, words in survives.items():
        if words.partition(": ")[0] not in ("yes", "no", "open") or not words.partition(": ")[2]:
            raise ValueError(
                f"{claim_id}: survives[{other!r}] must be 'yes: why', 'no: why' or 'open: why', got {words!r}"
            )


def _show(verdict):
    try:
        from IPython.display import display
    except ModuleNotFoundError:
        print(verdict)
    else:
        display(verdict)


def _outward(value, direction, digits=3):
    if value is None or not isfinite(value):
        return None
    return round_outward(value, direction, digits) if direction else float(f"{value:.6g}")


def _integer(name, text):
    try:
        return int(text)
    except ValueError:
        raise ValueError(f"{name} must be an integer, got {text!r}") from None


def _parse(name, text, kind):
    if kind is int:
        value = _integer(name, text)
        if value < 1:
            raise ValueError(f"{name} must be an integer >= 1, got {value}")
        return value
    try:
        value = float(text)
    except ValueError:
        raise ValueError(f"{name} must be a number, got {text!r}") from None
    if not isfinite(value) or value < 0:
        raise ValueError(f"{name} must be finite and >= 0, got {value}")
    return value
