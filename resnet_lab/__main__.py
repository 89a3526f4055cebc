"""The command line: look claims up, run chapters, re-derive the ledger, refresh the notebooks, build the book."""

import argparse
import sys
from collections import Counter
from pathlib import Path

from . import claims, notebook

try:
    from . import book, ledger, replay, runner, store
except ModuleNotFoundError as missing:
    sys.exit(f"resnet-lab: {missing.name} is not installed; the command line needs pip install 'resnet-lab[book]'")

ROOT = runner.checkout(Path.cwd()) or Path.cwd()


def main(arguments=None):
    """Run one command; returns the exit code. Every foreseeable error is one line on stderr."""
    parser = argparse.ArgumentParser(prog="resnet-lab", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="command")
    for name, command in COMMANDS.items():
        sub = commands.add_parser(name, help=command.__doc__, description=command.__doc__)
        sub.set_defaults(command=command)
        if name in ("list", "show", "rerun", "replay"):
            optional = "?" if name in ("list", "replay") else None
            sub.add_argument("id", nargs=optional, default="", help="a claim id; list: how ids begin")
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
    """re-derive book/verdicts.json and the certificates beside it"""
    results = runner.run(ROOT)
    records = ledger.collect(results)
    if wrong := runner.failures(results) + ledger.problems(records):
        return [*wrong, "book/verdicts.json is unchanged"]
    print(*ledger.compare(records, ledger.committed(ROOT)), sep="\n")
    store.write(ROOT / "book" / "verdicts.json", ledger.text(records))
    certificates = replay.texts(results)
    (folder := ROOT / "book" / "certificates").mkdir(exist_ok=True)
    for old in {path.name for path in folder.glob("*.json")} - set(certificates):
        (folder / old).unlink()
    for name, text in certificates.items():
        store.write(folder / name, text)
    print(f"book/verdicts.json: {len(records)} claims judged")


def check_again(given):
    """replay the stored certificates, or that of one claim, by a checker that shares no code with the search"""
    committed = [record for record in ledger.committed(ROOT) if given.id in ("", record["id"])]
    lines, failures = replay.report(ROOT / "book" / "certificates", given.id, committed)
    print(*lines, sep="\n")
    return failures


def notebooks(given):
    """refresh the notebook beside every chapter's source: executed, text outputs kept, images stripped"""
    for chapter in runner.chapters(ROOT):
        book.refresh_install_cell(ROOT, chapter)
    results = runner.run(ROOT)
    for result in results:
        if not result["errors"]:
            store.write(ROOT / "book" / f"{result['chapter']}.ipynb", book.paired(result))
    return runner.failures(results)


def render(given):
    """execute the chapters that have changed and render the site into _build/html"""
    results = runner.run(ROOT)
    if failed := runner.failures(results):
        return failed
    print(f"The book: {book.build_site(ROOT, results).as_uri()}")


def seeds(given):
    """execute every chapter under the seeds 1, 2, 3 and report each verdict that changes"""
    changed, expected = [], ledger.words(ledger.committed(ROOT))
    for seed in (1, 2, 3):
        results = runner.run(ROOT, seed=seed, folder=f"_build/seeds/{seed}")
        found = ledger.words(ledger.collect(results))
        changed += [f"seed {seed}: {sentence}" for sentence in runner.failures(results)]
        changed += [f"seed {seed}: {name} is {found.get(name)}, {expected.get(name)} in the ledger"
                    for name in sorted({*found, *expected}) if found.get(name) != expected.get(name)]  # fmt: skip
    print(f"{len(expected)} verdicts, seeds 1, 2 and 3: {len(changed)} differences")
    return changed


def rerun(given):
    """execute one claim's chapter in another setting and print the verdict that comes out"""
    pairs = [pair.partition("=") for pair in given.setting]
    if bad := ["".join(pair) for pair in pairs if not pair[0].isidentifier() or not pair[2]]:
        raise ValueError(f"a setting has the form name=value, got {bad[0]!r}")
    setting = {name: value for name, _, value in pairs}
    print(*notebook.again(ROOT, given.id, setting.pop("seed", 0), setting), sep="\n")


COMMANDS = {"list": list_claims, "show": show, "status": status, "verdicts": verdicts, "replay": check_again,
            "notebooks": notebooks, "book": render, "seeds": seeds, "rerun": rerun}  # fmt: skip

if __name__ == "__main__":
    sys.exit(main())
