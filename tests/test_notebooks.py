"""nbval executes every committed notebook; a census then counts the verdicts that this very run reached."""

import ast
import json
import os
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path
from types import SimpleNamespace

import jupytext
import nbformat
import pytest
from chapter_source import Source

from resnet_lab import book, claims, ledger, runner

ROOT = Path(__file__).resolve().parents[1]
CHAPTERS = runner.chapters(ROOT)
COMMITTED = ledger.committed(ROOT)


@pytest.fixture(scope="session")
def nbval(tmp_path_factory):
    """One strict run of nbval over the committed notebooks: its exit code, its report, the records it left."""
    folder = tmp_path_factory.mktemp("ledger")
    switches = {"RESNET_LAB_LEDGER": str(folder), "RESNET_LAB_SEED": "", "RESNET_LAB_SETTING": "",
                "OPENBLAS_NUM_THREADS": "1", "PYTHONPATH": str(ROOT)}  # fmt: skip
    paths = [str(ROOT / "book" / f"{chapter}.ipynb") for chapter in CHAPTERS]
    command = "-m pytest -q -rfE -n 2 --dist loadfile --nbval --nbval-current-env --nbval-cell-timeout 600".split()
    done = subprocess.run([sys.executable, *command, "-p", "no:cacheprovider", *paths], cwd=ROOT, capture_output=True,
                          text=True, env={**os.environ, **switches})  # fmt: skip
    records = [record for path in folder.glob("*.json") for record in json.loads(path.read_text())["records"]]
    return SimpleNamespace(code=done.returncode, report=(done.stdout + done.stderr)[-8000:], records=records)


def notebook(chapter):
    return nbformat.read(ROOT / "book" / f"{chapter}.ipynb", as_version=4)


def code_cells(chapter):
    return [cell for cell in notebook(chapter).cells if cell.cell_type == "code"]


def text(chapter):
    return (ROOT / "book" / f"{chapter}.py").read_text(encoding="utf-8")


def test_every_notebook_runs_to_its_stored_outputs(nbval):
    assert nbval.code == 0, nbval.report


def test_this_run_reached_every_verdict_of_the_ledger(nbval):
    assert ledger.compare(ledger.collect([{"records": nbval.records}]), COMMITTED) == []


def test_the_runner_reaches_every_verdict_of_the_ledger(results):
    assert runner.failures(results) + ledger.compare(ledger.collect(results), COMMITTED) == []


def test_the_ledger_has_no_gaps_and_stays_within_the_error_budget():
    assert COMMITTED and ledger.problems(COMMITTED) == []
    assert (ROOT / "book" / "verdicts.json").read_text(encoding="utf-8") == ledger.text(COMMITTED)


@pytest.mark.parametrize("part", ["I", "II", "III", "IV"])
def test_every_claim_of_a_written_part_is_judged(part):
    registered = {claim.id for claim in claims.load().values() if claim.part == part}
    assert registered and sorted(registered - {record["id"] for record in COMMITTED}) == []


def test_no_judged_claim_is_still_a_note():
    assert [record["id"] for record in COMMITTED if claims.get(record["id"]).note] == []


def test_every_source_in_the_book_is_a_page_of_it():
    sources = {str(path.relative_to(ROOT).with_suffix("")) for path in (ROOT / "book").glob("[!_]*/**/*.py")}
    assert sources == {f"book/{chapter}" for chapter in CHAPTERS}
    written = {str(path.relative_to(ROOT).with_suffix("")) for path in (ROOT / "book").rglob("*.md")} - {"book/atlas"}
    assert written <= set(runner.pages(ROOT))


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_a_statement_stands_in_its_chapter_as_in_the_registry(chapter):
    prose = "".join("\n".join(c.source for c in notebook(chapter).cells if c.cell_type == "markdown").split())
    mine = [record["id"] for record in COMMITTED if record["chapter"] == chapter]
    assert [name for name in mine if "".join(claims.get(name).statement.split()) not in prose] == []


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_notebook_and_source_are_the_same_chapter(chapter):
    ours, theirs = runner.source(ROOT, chapter), notebook(chapter)
    cells = [[(c.cell_type, c.source, c.metadata, c.id) for c in pair.cells] for pair in (ours, theirs)]
    assert [number for number, (a, b) in enumerate(zip(*cells, strict=False)) if a != b] == [], "run make notebooks"
    assert len(ours.cells) == len(theirs.cells) and theirs.metadata == ours.metadata, "run make notebooks"


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_the_committed_notebook_is_the_one_that_the_runner_makes(chapter, results):
    (result,) = [result for result in results if result["chapter"] == chapter]
    texts = [nbformat.reads(text, as_version=4) for text in (book.paired(result), nbformat.writes(notebook(chapter)))]
    assert [c.get("execution_count") for c in texts[0].cells] == [c.get("execution_count") for c in texts[1].cells]
    images = [kind for cell in texts[1].cells for out in cell.get("outputs", []) for kind in out.get("data", {})]
    assert not [kind for kind in images if kind.startswith("image/")]


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_no_cell_escapes_the_comparison(chapter):
    cells = [cell for cell in code_cells(chapter) if cell.source.strip()]
    assert cells and [cell.source for cell in cells if cell.execution_count is None] == [], "a cell was never run"
    assert [cell.source for cell in cells if re.match(r"\s*[%!]", cell.source)] == [], "a magic can fail unseen"
    marks = {tag for cell in cells for tag in cell.metadata.get("tags", [])}
    assert not marks & {"raises-exception", "skip-execution", "nbval-skip", "nbval-ignore-output"}
    assert not [cell.source for cell in cells if re.search(r"#\s*NBVAL_|# PYTEST_VALIDATE_", cell.source)]


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_no_chapter_takes_an_assert_for_a_verdict(chapter):
    assert [node.lineno for node in ast.walk(ast.parse(text(chapter))) if isinstance(node, ast.Assert)] == []


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_every_figure_has_a_description(chapter):
    for cell in code_cells(chapter):
        if any("<Figure" in str(out.get("data", {}).get("text/plain", "")) for out in cell.outputs):
            alt = cell.metadata.get("mystnb", {}).get("image", {}).get("alt", "")
            assert len(alt) > 20, f"{cell.source.splitlines()[0]}: alt text {alt!r}"


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_the_install_cell_holds_the_public_address(chapter):
    cell = book.INSTALL.format(address=book.public_address(ROOT)).strip()
    assert cell in [each.source for each in code_cells(chapter) if "remove-cell" in each.metadata.get("tags", [])]


def test_no_two_chapters_judge_the_same_claim():
    names = Counter(name for chapter in CHAPTERS for _, name, *_ in Source(text(chapter)).judged())
    assert [name for name, count in names.items() if name and count > 1] == []


def test_jupytext_reads_every_source_as_percent():
    for chapter in CHAPTERS:
        header = jupytext.read(ROOT / "book" / f"{chapter}.py").metadata["jupytext"]
        assert header["formats"] == "ipynb,py:percent", chapter
