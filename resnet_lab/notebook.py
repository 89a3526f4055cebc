"""What a reader calls from a notebook of their own: one claim's chapter again, in another setting."""

import ast
import json
import sys
from concurrent.futures import ThreadPoolExecutor
from importlib.metadata import PackageNotFoundError, metadata
from pathlib import Path

from . import claims

SEEDS = 2**32


def rerun(claim_id, seed=0, **setting):
    """Execute the chapter that judges a claim in another setting and print the verdict that comes out there.

    `setting` overrides the chapter's parameters by name. Whatever the outcome, nothing raises: a check that the
    setting leaves without power prints UNDECIDED, and what cannot be run is one sentence on stderr.
    """
    try:
        print(*again(Path.cwd(), claim_id, seed, setting), sep="\n")
    except (ValueError, OSError) as error:
        print(f"rerun: {error}", file=sys.stderr)
    except ModuleNotFoundError as missing:
        print(f"rerun: {missing.name} is not installed; it comes with pip install 'resnet-lab[book]'", file=sys.stderr)


def again(folder, claim_id, seed, setting):
    """The lines that `rerun` prints; ValueError, before anything is executed, for an input that cannot be used."""
    claim = claims.get(claim_id)
    from . import ledger, page, progress, runner  # the runner needs the extra `book`, the rest of the package does not

    root = runner.checkout(folder)
    if root is None:
        raise ValueError(f"no checkout of the book in {folder} or above it; get one with git clone {_address()}")
    chapter = runner.chapter_of(root, claim.id)
    texts = {name: str(value) for name, value in setting.items()}
    page.overridden(chapter, parameters(root, chapter), texts)
    if not (str(seed).isdecimal() and int(seed) < SEEDS):
        raise ValueError(f"seed must be an integer from 0 to {SEEDS - 1}, got {str(seed)!r}")
    cells = [c for c in runner.source(root, chapter).cells if c.cell_type == "code" and c.source.strip()]
    done = []
    with ThreadPoolExecutor(1) as pool:
        pairs = " ".join(map("=".join, texts.items()))
        future = pool.submit(runner.execute, root, chapter, int(seed), pairs, lambda: done.append(1))
        try:
            progress.follow([future], chapter, "cells", len(cells), lambda: len(done))
        except BaseException:
            runner.stop()
            raise
    return list(report(claim.id, chapter, future.result(), ledger.committed(root)))


def parameters(root, chapter):
    """The defaults in the parameters cell of a chapter, read from its source; empty without such a cell."""
    for node in ast.walk(ast.parse((root / "book" / f"{chapter}.py").read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "setting":
            return {keyword.arg: ast.literal_eval(keyword.value) for keyword in node.keywords}
    return {}


def report(claim_id, chapter, result, committed):
    """The claim's verdict as the page shows it, then the chapter's other verdicts that this setting changes."""
    found = {record["id"]: record["verdict"] for record in result["records"]}
    registered = {record["id"]: record["verdict"] for record in committed if record["chapter"] == chapter}
    errors = [error for error in result["errors"] if not error.startswith("VerdictChanged")]  # a verdict like another
    if claim_id in found:
        yield shown(result["notebook"], claim_id) or f"{claim_id}: {found[claim_id]}"
    else:
        yield _stopped(claim_id, errors, registered)
    others = {name: word for name, word in registered.items() if name != claim_id}
    changed = [name for name in others if name in found and found[name] != others[name]]
    for name in changed:
        yield f"{name}: {found[name]}; the verdict at the registered setting is {others[name]}"
    for name in (name for name in others if name not in found):
        yield _stopped(name, errors, registered)
    if kept := len(others) - len(changed) - sum(name not in found for name in others):
        yield f"{kept} other {'verdict' if kept == 1 else 'verdicts'} of {chapter} as at the registered setting"


def shown(notebook, claim_id):
    """The verdict's lines in the outputs of an executed notebook; None if it shows none."""
    outputs = (output for cell in json.loads(notebook)["cells"] for output in cell.get("outputs", []))
    texts = ("".join(output.get("data", {}).get("text/plain", "")) for output in outputs)
    return next((text for text in texts if text.startswith(f"{claim_id}: ")), None)


def _stopped(name, errors, registered):
    own = [error for error in errors if name in error and not error.startswith("NameError")]  # which only follows
    reason = (own or errors or ["its cell was not reached"])[0]
    line = f"{name}: UNDECIDED. This setting stops the check: {reason}"
    return f"{line}\n  the verdict at the registered setting is {registered[name]}" if name in registered else line


def _address():
    try:
        pairs = [pair.split(", ") for pair in metadata("resnet-lab").get_all("Project-URL", [])]
    except PackageNotFoundError:
        pairs = []
    return dict(pairs).get("Repository", "and the address in its README")
