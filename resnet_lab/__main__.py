"""The command line: look claims up, run chapters, re-derive the ledger, refresh the notebooks, build the book."""

import argparse
import sys
from collections import Counter
from pathlib import Path

from . import claims

try:
    from . import book, ledger
except ModuleNotFoundError as missing:
    sys.exit(f"resnet-lab: {missing.name} is not installed; the command line needs pip install 'resnet-lab[book]'")

ROOT = Path.cwd()


def main(arguments=None):
    """Run one command; returns the exit code. Every foreseeable error is one line on stderr."""
    parser = argparse.ArgumentParser(prog="resnet-lab", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="command")
    for name, command in COMMANDS.items():
        sub = commands.add_parser(name, help=command.__doc__, description=command.__doc__)
        sub.set_defaults(command=command)
        if name in ("list", "show", "rerun"):
            sub.add_argument(
                "id", nargs="?" if name == "list" else None, default="", help="a claim id; list: how ids begin"
            )
        if name == "rerun":
            sub.add_argument("setting", nargs="*", help="name=value for the chapter's parameters cell, or seed=N")
    given = parser.parse_args(arguments)
    try:
        sentences = given.command(given)  # what went wrong, if anything
    except (ValueError, OSError) as error:
        sentences = [f"resnet-lab: {error}"]
    except KeyboardInterrupt:
        sentences = ["resnet-lab: interrupted; the last good outputs are unchanged"]
    for sentence in sentences or []:
        print(sentence, file=sys.stderr)
    return 1 if sentences else 0


def list_claims(given):
    """list the claims whose ids begin with ID, with their verdicts"""
    found = [claim for claim in claims.load().values() if claim.id.startswith(given.id)]
    verdicts = ledger.words(ledger.committed(ROOT))
    for claim in found or [claims.get(given.id)]:  # get refuses an unknown id with the closest ones
        print(f"{claim.id:24} {verdicts.get(claim.id, 'not judged'):11} {claim.label}")


def show(given):
    """show one claim: what it says, what it rests on, its record"""
    claim = claims.get(given.id)
    print(f"{claim.id}  {claim.label}, {claim.place} ({claim.role}, {claim.nature}, part {claim.part or 'none yet'})")
    print(
        f"{'Note: ' if claim.note else ''}{claim.statement.strip()}\nHypotheses: {claim.hypotheses.strip() or 'none'}"
    )
    print(f"Rests on: {', '.join(claim.rests_on) or 'nothing'}")
    print(f"Rests on it: {', '.join(claims.dependents(claim.id)) or 'nothing'}")
    record = {r["id"]: r for r in ledger.committed(ROOT)}.get(claim.id, {"verdict": "not judged"})
    for field, value in record.items():
        if field not in ("id", "role") and value not in (None, {}, []):
            print(f"{field}: {value}")


def status(given):
    """count the verdicts of the committed ledger by paper"""
    verdicts = ledger.words(ledger.committed(ROOT))
    for paper in sorted({claim.paper for claim in claims.load().values()}):
        mine = Counter(verdicts.get(c.id, "not judged") for c in claims.load().values() if c.paper == paper)
        print(f"{paper:8}", ", ".join(f"{count} {word}" for word, count in sorted(mine.items())))


def verdicts(given):
    """re-derive book/verdicts.json"""
    results = book.run(ROOT)
    records = ledger.collect(results)
    if wrong := book.failures(results) + ledger.problems(records):
        return [*wrong, "book/verdicts.json is unchanged"]
    print(*ledger.compare(records, ledger.committed(ROOT)), sep="\n")
    book.write(ROOT / "book" / "verdicts.json", ledger.text(records))
    print(f"book/verdicts.json: {len(records)} claims judged")


def notebooks(given):
    """refresh the notebook beside every chapter's source: executed, text outputs kept, images stripped"""
    for chapter in book.chapters(ROOT):
        book.refresh_install_cell(ROOT, chapter)
    results = book.run(ROOT)
    for result in results:
        if not result["errors"]:
            book.write(ROOT / "book" / f"{result['chapter']}.ipynb", book.paired(result))
    return book.failures(results)


def render(given):
    """execute the chapters that have changed and render the site into _build/html"""
    results = book.run(ROOT)
    if failed := book.failures(results):
        return failed
    print(f"The book: {book.build_site(ROOT, results).as_uri()}")


def seeds(given):
    """execute every chapter under the seeds 1, 2, 3 and report each verdict that changes"""
    changed, expected = [], ledger.words(ledger.committed(ROOT))
    for seed in (1, 2, 3):
        results = book.run(ROOT, seed=seed, store=f"_build/seeds/{seed}")
        found = ledger.words(ledger.collect(results))
        changed += [f"seed {seed}: {sentence}" for sentence in book.failures(results)]
        changed += [f"seed {seed}: {name} is {found.get(name)}, {expected.get(name)} in the ledger"
                    for name in sorted({*found, *expected}) if found.get(name) != expected.get(name)]  # fmt: skip
    print(f"{len(expected)} verdicts, seeds 1, 2 and 3: {len(changed)} differences")
    return changed


def rerun(given):
    """execute one claim's chapter in another setting and print the verdicts that come out"""
    chapter = book.chapter_of(ROOT, claims.get(given.id).id)
    setting = dict(pair.partition("=")[::2] for pair in given.setting)
    if bad := [
        pair for pair in given.setting if not pair.partition("=")[0].isidentifier() or not pair.partition("=")[2]
    ]:
        raise ValueError(f"a setting has the form name=value, got {bad[0]!r}")
    seed = setting.pop("seed", "0")
    result = book.execute(ROOT, chapter, seed, " ".join(map("=".join, setting.items())), go_on=False)
    for r in result["records"]:
        print(f"{r['id']:24} {r['verdict']:11} {r['kind']}, measured {r['measured']}, bound {r['bound']}")
    return [f"{chapter}: {error}" for error in result["errors"][:1]]


COMMANDS = {"list": list_claims, "show": show, "status": status, "verdicts": verdicts,
            "notebooks": notebooks, "book": render, "seeds": seeds, "rerun": rerun}  # fmt: skip

if __name__ == "__main__":
    sys.exit(main())
