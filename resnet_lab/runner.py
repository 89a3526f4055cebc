"""The runner: every chapter in a fresh kernel, and only where no result with the present stamp is stored."""

import hashlib
import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from importlib.metadata import version
from pathlib import Path

import jupytext
import nbformat
import yaml
from nbclient import NotebookClient

from . import claims, ledger, progress, store

RUNNING = []  # the clients whose kernels an interrupted run has to end
AT_ONCE = 2  # starting a kernel takes longer than most chapters, so two share the machine


def checkout(folder):
    """The root of the checkout that `folder` lies in, None outside of one."""
    return next((root for root in (folder, *folder.parents) if (root / "_toc.yml").is_file()), None)


def pages(root):
    """Every page of _toc.yml in reading order, as it is named there; ValueError outside the repository's root."""
    if not (root / "_toc.yml").is_file():
        raise ValueError(f"no _toc.yml in {root}: run this command in the root folder of the repository")
    toc = yaml.safe_load((root / "_toc.yml").read_text())
    parts = [chapter for part in toc.get("parts", []) for chapter in part["chapters"]]
    entries, names = [*parts, *toc.get("chapters", [])], [toc["root"]]
    while entries:
        entry = entries.pop(0)
        names.append(entry["file"])
        entries = [*entry.get("sections", []), *entries]
    return names


def chapters(root):
    """The executable chapters by the names that they declare: pages with a .py source, without the folder book/."""
    return [name.removeprefix("book/") for name in pages(root) if (root / f"{name}.py").is_file()]


def chapter_of(root, claim_id):
    """The chapter that judges this claim, by the ledger or by its source; ValueError when none does."""
    for record in ledger.committed(root):
        if record["id"] == claim_id:
            return record["chapter"]
    for chapter in chapters(root):
        if re.search(
            rf'judge\(\s*"{re.escape(claim_id)}"', (root / "book" / f"{chapter}.py").read_text(encoding="utf-8")
        ):
            return chapter
    raise ValueError(f"{claim_id} is not judged in any chapter yet")


def source(root, chapter):
    """The chapter's .py file as a notebook without outputs, its ids and metadata a function of its text."""
    notebook = jupytext.read(root / "book" / f"{chapter}.py")
    notebook.metadata = nbformat.from_dict({
        "jupytext": {"formats": "ipynb,py:percent"},
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
    })  # fmt: skip
    notebook.nbformat, notebook.nbformat_minor = 4, 5
    for index, cell in enumerate(notebook.cells):
        cell.id = hashlib.sha256(f"{index}\n{cell.source}".encode()).hexdigest()[:12]
        cell.metadata = {key: cell.metadata[key] for key in ("mystnb", "tags") if key in cell.metadata}
    return notebook


def stamp(root, chapter, seed, setting):
    """Hash of all that a chapter's results depend on: its source, the package, the lock, the versions, the switches."""
    package = [p for p in (root / "resnet_lab").rglob("*") if p.is_file() and "__pycache__" not in p.parts]
    digest = hashlib.sha256(repr((seed, setting, sys.version_info[:2], version("jax"), version("numpy"))).encode())
    for path in (root / "book" / f"{chapter}.py", root / "requirements.lock", *sorted(package)):
        digest.update(f"\n{path.relative_to(root)}\n".encode() + (path.read_bytes() if path.exists() else b""))
    return digest.hexdigest()


def execute(root, chapter, seed=0, setting="", step=None):
    """Run one chapter in a fresh kernel: {chapter, seconds, records, errors, notebook}.

    When a cell raises, the later ones still run, so that `errors` names every claim that went wrong. `step` is called
    after each code cell.
    """
    notebook, began = source(root, chapter), time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        switches = {"RESNET_LAB_SEED": str(seed), "RESNET_LAB_SETTING": setting, "RESNET_LAB_LEDGER": folder}
        environment = {**os.environ, **switches, "OPENBLAS_NUM_THREADS": "1"}
        environment.pop("PYTHONOPTIMIZE", None)
        options = {"resources": {"metadata": {"path": str(root)}}}
        if step:
            options["on_cell_executed"] = lambda **_: step()
        client = NotebookClient(notebook, timeout=600, kernel_name="python3", allow_errors=True, record_timing=False,
                                coalesce_streams=True, **options)  # fmt: skip
        failure = []
        RUNNING.append(client)
        try:
            client.execute(env=environment, stderr=subprocess.DEVNULL)  # it warns of its own sockets
        except Exception as error:  # a killed kernel or a cell that never ends: the other chapters still run
            failure = [sentence(error)]
        finally:
            RUNNING.remove(client)
        files = [json.loads(path.read_text(encoding="utf-8")) for path in Path(folder).glob("*.json")]
    notebook.metadata["language_info"] = {"name": "python"}
    for cell in notebook.cells:
        cell.metadata.pop("execution", None)
    records = [record for file in files for record in file["records"]]
    wrong = [f"it declares itself as {file['chapter']}" for file in files if file["chapter"] != chapter]
    return {"chapter": chapter, "seconds": round(time.monotonic() - began, 1), "records": records,
            "errors": [*wrong, *_errors(notebook), *failure], "notebook": nbformat.writes(notebook)}  # fmt: skip


def sentence(error):
    """An exception as one line."""
    return f"{type(error).__name__}: {(str(error).strip() or 'no message').splitlines()[0]}"


def stop():
    """End every kernel that this process runs."""
    for provisioner in [getattr(client.km, "provisioner", None) for client in RUNNING]:
        if getattr(provisioner, "pid", None):
            os.kill(provisioner.pid, signal.SIGKILL)


def _errors(notebook):
    """One sentence per cell that raised, with the ids of the claims that the cell or its message speaks of."""
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            if output.output_type == "error":
                text = f"{output.ename}: {output.evalue}"
                ids = sorted(set(re.findall(r"\w+(?:\.\w+)+", cell.source + text)) & set(claims.load()))
                first = text.splitlines()[0]
                yield f"{first} [{', '.join(ids)}]" if any(name not in first for name in ids) else first


def run(root, seed=0, setting="", folder="_build/run", say=print):
    """Every chapter's results, executed only where no result with the present stamp is stored.

    Chapters that fail, or whose result cannot be stored, are reported in their `errors`; the others still run. One run
    at a time writes to a folder. On a terminal a bar counts the chapters, elsewhere each has a line.
    """
    if sys.flags.optimize or os.environ.get("PYTHONOPTIMIZE"):
        raise ValueError("unset PYTHONOPTIMIZE: Python would skip every assert in the chapters and tests")
    names = chapters(root)
    seen = (lambda *_, **__: None) if progress.terminal() and sys.stdout.isatty() else say

    def one(chapter):
        result = {"chapter": chapter, "seconds": 0.0, "records": [], "errors": [], "notebook": ""}
        try:
            path, mark = root / folder / (chapter.replace("/", "--") + ".json"), stamp(root, chapter, seed, setting)
            if (stored := store.kept(path, mark, say)) is not None:
                return stored
            result = execute(root, chapter, seed, setting)
            if not result["errors"]:
                store.keep(path, result, mark)
        except Exception as error:  # a source that cannot be read, a full disk: the other chapters still run
            result = {**result, "errors": [*result["errors"], sentence(error)]}
        outcome = "FAILED" if result["errors"] else f"{len(result['records'])} verdicts"
        seen(f"[{names.index(chapter) + 1:2}/{len(names)}] {chapter}  {result['seconds']} s, {outcome}", flush=True)
        return result

    with store.alone(root / folder), ThreadPoolExecutor(AT_ONCE) as pool:
        futures = [pool.submit(one, name) for name in names]
        try:
            progress.follow(futures, "running", "chapters", len(names), lambda: sum(f.done() for f in futures), False)
            return [future.result() for future in futures]
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            stop()
            raise


def failures(results):
    """One sentence per error of a run: chapter, what was raised, claims concerned."""
    return [f"{result['chapter']}: {error}" for result in results for error in result["errors"]]
