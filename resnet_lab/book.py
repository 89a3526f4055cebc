"""From the chapters' sources to the book: the runner, the paired notebooks and the site."""

import fcntl
import hashlib
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import tomllib
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path

import jupytext
import nbformat
import yaml
from nbclient import NotebookClient

from . import atlas, claims, ledger

RUNNING = []  # the clients whose kernels an interrupted run has to end
AT_ONCE = 2  # starting a kernel takes longer than most chapters, so two share the machine
INSTALL = """from importlib.util import find_spec

from IPython import get_ipython

if find_spec("resnet_lab") is None:
    address = "git+{address}"
    get_ipython().run_line_magic("pip", f"install -q 'resnet-lab @ {{address}}'")
"""


def public_address(root):
    """The one public address of the repository, from pyproject.toml."""
    return tomllib.loads((root / "pyproject.toml").read_text())["project"]["urls"]["Repository"].removesuffix("/")


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


def execute(root, chapter, seed=0, setting="", go_on=True):
    """Run one chapter in a fresh kernel: {chapter, seconds, records, errors, notebook}.

    When a cell raises, the later ones still run, so that `errors` names every claim that went wrong; unless `go_on` is
    False: after a refused setting they would judge another one.
    """
    notebook, began = source(root, chapter), time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        switches = {"RESNET_LAB_SEED": str(seed), "RESNET_LAB_SETTING": setting, "RESNET_LAB_LEDGER": folder}
        environment = {**os.environ, **switches, "OPENBLAS_NUM_THREADS": "1"}
        environment.pop("PYTHONOPTIMIZE", None)
        client = NotebookClient(notebook, timeout=600, kernel_name="python3", allow_errors=go_on, record_timing=False,
                                coalesce_streams=True, resources={"metadata": {"path": str(root)}})  # fmt: skip
        failure = []
        RUNNING.append(client)
        try:
            client.execute(env=environment, stderr=subprocess.DEVNULL)  # it warns of its own sockets
        except Exception as error:  # a killed kernel or a cell that never ends: the other chapters still run
            failure = [f"{type(error).__name__}: {str(error).strip().splitlines()[0]}"]
        finally:
            RUNNING.remove(client)
        files = [json.loads(path.read_text()) for path in Path(folder).glob("*.json")]
    notebook.metadata["language_info"] = {"name": "python"}
    for cell in notebook.cells:
        cell.metadata.pop("execution", None)
    records = [record for file in files for record in file["records"]]
    wrong = [f"it declares itself as {file['chapter']}" for file in files if file["chapter"] != chapter]
    return {"chapter": chapter, "seconds": round(time.monotonic() - began, 1), "records": records,
            "errors": [*wrong, *_errors(notebook), *failure], "notebook": nbformat.writes(notebook)}  # fmt: skip


def _errors(notebook):
    """One sentence per cell that raised, with the ids of the claims that the cell or its message speaks of."""
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            if output.output_type == "error":
                text = f"{output.ename}: {output.evalue}"
                ids = sorted(set(re.findall(r"\w+(?:\.\w+)+", cell.source + text)) & set(claims.load()))
                first = text.splitlines()[0]
                yield f"{first} [{', '.join(ids)}]" if any(name not in first for name in ids) else first


def run(root, seed=0, setting="", store="_build/run", say=print):
    """Every chapter's results, executed only where no result with the present stamp is stored.

    Chapters that fail are reported in their `errors` and not stored. One run at a time writes to a folder.
    """
    if sys.flags.optimize or os.environ.get("PYTHONOPTIMIZE"):
        raise ValueError("unset PYTHONOPTIMIZE: Python would skip every assert in the chapters and tests")
    names = chapters(root)

    def one(chapter):
        path, mark = root / store / (chapter.replace("/", "--") + ".json"), stamp(root, chapter, seed, setting)
        if path.is_file() and (stored := json.loads(path.read_text()))["stamp"] == mark:
            return stored
        result = {**execute(root, chapter, seed, setting), "stamp": mark}
        outcome = "FAILED" if result["errors"] else f"{len(result['records'])} verdicts"
        say(f"[{names.index(chapter) + 1:2}/{len(names)}] {chapter}  {result['seconds']} s, {outcome}", flush=True)
        if not result["errors"]:
            write(path, json.dumps(result))
        return result

    with alone(root / store), ThreadPoolExecutor(AT_ONCE) as pool:
        futures = [pool.submit(one, name) for name in names]
        try:
            return [future.result() for future in futures]
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            for provisioner in [getattr(client.km, "provisioner", None) for client in RUNNING]:
                if getattr(provisioner, "pid", None):
                    os.kill(provisioner.pid, signal.SIGKILL)
            raise


def failures(results):
    """One sentence per error of a run: chapter, what was raised, claims concerned."""
    return [f"{result['chapter']}: {error}" for result in results for error in result["errors"]]


@contextmanager
def alone(folder):
    """Hold `folder` for this process; a second one says that it waits. The system lets go when a process dies."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock = open(folder / ".lock", "w")
    except OSError as error:
        raise ValueError(f"cannot write to {folder} ({error.strerror}): free this path or make it writable") from None
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            print(f"another run is writing to {folder}; waiting for it to end", file=sys.stderr, flush=True)
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def write(path, text):
    """Replace a file's text in one step: an interrupted run leaves the old text, never half of the new."""
    partial = path.with_name(f"{path.name}.{os.getpid()}.partial")
    try:
        partial.write_text(text, encoding="utf-8")
        partial.replace(path)
    except OSError as error:
        raise ValueError(f"cannot write {path} ({error.strerror}): make its folder writable") from None
    finally:
        partial.unlink(missing_ok=True)


def refresh_install_cell(root, chapter):
    """Write the install cell, the first cell tagged remove-cell, of a chapter's source: it holds the public address."""
    path = root / "book" / f"{chapter}.py"
    text = path.read_text(encoding="utf-8")
    cell = INSTALL.format(address=public_address(root))
    new = re.sub(
        r'(# %% tags=\["remove-cell"\]\n).*?(?=\n# %%)', lambda found: found[1] + cell, text, count=1, flags=re.DOTALL
    )
    if new != text:
        write(path, new)


def paired(result):
    """The .ipynb text to commit: executed, with its text outputs, without images."""
    notebook = nbformat.reads(result["notebook"], as_version=4)
    for output in (output for cell in notebook.cells for output in cell.get("outputs", [])):
        for kind in [kind for kind in output.get("data", {}) if kind.startswith("image/")]:
            del output["data"][kind]
    return nbformat.writes(notebook) + "\n"


def assemble(root, results, folder):
    """Write the sources of the site into an empty `folder`: pages, executed notebooks, atlas, configuration."""
    config = yaml.safe_load((root / "_config.yml").read_text())
    config.setdefault("repository", {})["url"] = public_address(root)
    folder.mkdir(parents=True)
    (folder / "_config.yml").write_text(yaml.safe_dump(config, allow_unicode=True, sort_keys=False), encoding="utf-8")
    shutil.copy(root / "_toc.yml", folder)
    not_pages = shutil.ignore_patterns("*.ipynb", "verdicts.json", "__pycache__", ".*")
    shutil.copytree(root / "book", folder / "book", ignore=not_pages)
    texts = {result["chapter"]: (root / "book" / f"{result['chapter']}.py").read_text("utf-8") for result in results}
    for result in results:
        path = folder / "book" / f"{result['chapter']}.ipynb"
        path.with_suffix(".py").unlink()
        notebook = nbformat.reads(result["notebook"], as_version=4)
        if result["records"]:  # a reader of the page sees the verdicts first, derived and not typed
            box = nbformat.v4.new_markdown_cell(
                atlas.summary(result["records"], texts[result["chapter"]]), id="verdicts"
            )
            notebook.cells.insert(1, box)
        path.write_text(nbformat.writes(notebook), encoding="utf-8")
    (folder / "book" / "atlas.md").write_text(atlas.page(ledger.collect(results), texts), encoding="utf-8")


def build_site(root, results):
    """Render the site into _build/html unless its sources are those of the last build; returns the start page.

    A build always starts from nothing and takes the old site's place only when every page of _toc.yml is there.
    """
    build, site = root / "_build", root / "_build" / "html"
    sources, made = build / "source", build / "out" / "_build" / "html"
    with alone(build):
        for folder in (sources, build / "out"):
            shutil.rmtree(folder, ignore_errors=True)
        assemble(root, results, sources)
        digest = hashlib.sha256((root / "requirements.lock").read_bytes())
        for path in sorted(path for path in sources.rglob("*") if path.is_file()):
            digest.update(f"\n{path.relative_to(sources)}\n".encode() + path.read_bytes())
        mark = build / "html.stamp"
        if not (mark.exists() and mark.read_text() == digest.hexdigest() and not missing_pages(root, site)):
            command = ["-c", "from jupyter_book.cli.main import main; main()", "build", "."]
            strict = ["-n", "-W", "--keep-going", "--path-output", "../out"]
            done = subprocess.run([sys.executable, *command, *strict], cwd=sources, capture_output=True, text=True)
            if done.returncode:
                log = re.sub(r"\x1b\[[\d;]*m", "", done.stdout + done.stderr).replace(f"{sources}/", "")
                lines = [line for line in log.splitlines() if re.search("WARNING|ERROR|rror:", line)]
                raise ValueError("the book does not build:\n" + "\n".join(lines or log.splitlines()[-15:]))
            if missing := missing_pages(root, made):
                raise ValueError(f"the build left out {', '.join(missing)}, listed in _toc.yml")
            mark.unlink(missing_ok=True)
            shutil.rmtree(site, ignore_errors=True)
            made.rename(site)
            write(mark, digest.hexdigest())
    return site / "index.html"


def missing_pages(root, site):
    """The pages of _toc.yml that have no HTML in the folder `site`."""
    return [name for name in pages(root) if not (site / f"{name}.html").is_file()]
