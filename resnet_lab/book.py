"""From the chapters' results to the book: the paired notebooks and the site."""

import hashlib
import re
import shutil
import subprocess
import sys
import tomllib

import nbformat
import yaml

from . import atlas, ledger
from .runner import pages
from .store import alone, write

INSTALL = """from importlib.util import find_spec

from IPython import get_ipython

if find_spec("resnet_lab") is None:
    address = "git+{address}"
    get_ipython().run_line_magic("pip", f"install -q 'resnet-lab @ {{address}}'")
"""


def public_address(root):
    """The one public address of the repository, from pyproject.toml."""
    return tomllib.loads((root / "pyproject.toml").read_text())["project"]["urls"]["Repository"].removesuffix("/")


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
    not_pages = shutil.ignore_patterns("*.ipynb", "verdicts.json", "certificates", "__pycache__", ".*")
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
