"""A chapter again in another setting: from a notebook or the command line, honest, and never a traceback."""

import json
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient
from records import record
from small import repository_in, write_chapter

from resnet_lab import ledger, notebook, progress, rerun, runner

SETTING = """
if False:
    chapter.setting(depth=4, scale=0.5)
given = dict(pair.split("=") for pair in os.environ["RESNET_LAB_SETTING"].split())
{more}
"""
OTHERS = [record(id="zhang22.lem2", chapter="part/one"), record(id="zhang22.eq22", chapter="part/one")]


@pytest.fixture
def checkout(tmp_path, monkeypatch):
    """The working folder lies inside a small checkout whose first chapter has two parameters."""
    root = repository_in(tmp_path)
    write_chapter(root, "part/one", "zhang22.lem2", code=SETTING.format(more=""))
    (root / "book" / "verdicts.json").write_text(ledger.text(OTHERS))
    monkeypatch.chdir(root / "book" / "part")
    return root


@pytest.fixture
def nothing_runs(monkeypatch):
    def execute(*_):
        raise AssertionError("a refused input was executed")

    monkeypatch.setattr(runner, "execute", execute)


def result(*found, errors=(), texts=()):
    outputs = [{"data": {"text/plain": text}} for text in texts]
    return {"records": [record(id=name, verdict=word) for name, word in found], "errors": list(errors),
            "notebook": json.dumps({"cells": [{"outputs": outputs}]})}  # fmt: skip


def test_a_call_from_a_folder_inside_the_checkout_prints_the_verdict(checkout, capsys):
    code = SETTING.format(
        more='display({"text/plain": "zhang22.lem2: SUPPORTED at depth " + given["depth"]}, raw=True)'
    )
    write_chapter(checkout, "part/one", "zhang22.lem2", code=code)
    assert rerun("zhang22.lem2", depth=7, seed=3) is None
    out, error = capsys.readouterr()
    assert out.splitlines()[0] == "zhang22.lem2: SUPPORTED at depth 7" and "Traceback" not in error
    assert "zhang22.eq22: UNDECIDED. This setting stops the check: its cell was not reached" in out


@pytest.mark.parametrize(
    ("name", "arguments", "words"),
    [
        ("zhang22.lemm2", {}, "unknown claim id 'zhang22.lemm2'; did you mean zhang22.lem2"),
        ("zhang22.thm1", {}, "zhang22.thm1 is not judged in any chapter yet"),
        ("zhang22.lem2", {"wdith": 3}, "unknown setting 'wdith' for part/one: it has depth, scale"),
        ("zhang22.lem2", {"depth": 0}, "depth must be an integer >= 1, got 0"),
        ("zhang22.lem2", {"depth": "abc"}, "depth must be an integer, got 'abc'"),
        ("zhang22.lem2", {"depth": 2.5}, "depth must be an integer, got '2.5'"),
        ("zhang22.lem2", {"depth": "3 scale=2"}, "depth must be an integer, got '3 scale=2'"),
        ("zhang22.lem2", {"scale": float("nan")}, "scale must be finite and >= 0, got nan"),
        ("zhang22.lem2", {"seed": -1}, "seed must be an integer from 0 to"),
        ("zhang22.lem2", {"seed": "lucky"}, "seed must be an integer from 0 to"),
        (7, {}, "unknown claim id 7"),
    ],
)
def test_a_bad_input_is_one_sentence_before_anything_runs(checkout, nothing_runs, capsys, name, arguments, words):
    assert rerun(name, **arguments) is None
    out, error = capsys.readouterr()
    assert out == "" and error.startswith(f"rerun: {words}") and error.count("\n") == 1


def test_outside_a_checkout_one_line_says_what_is_missing(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    rerun("zhang22.lem2")
    error = capsys.readouterr().err
    assert error.startswith(f"rerun: no checkout of the book in {tmp_path}") and error.count("\n") == 1


def test_without_the_extra_one_line_says_what_is_missing(checkout):
    code = "import sys; sys.modules['jupytext'] = None; from resnet_lab import rerun; rerun('zhang22.lem2')"
    package = Path(notebook.__file__).parents[1]
    run = subprocess.run([sys.executable, "-c", f"import sys; sys.path.insert(0, {str(package)!r}); {code}"],
                         capture_output=True, text=True)  # fmt: skip
    assert run.stderr == "rerun: jupytext is not installed; it comes with pip install 'resnet-lab[book]'\n"


def test_the_report_shows_the_claim_and_what_the_setting_changes():
    run = result(("zhang22.lem2", "UNDECIDED"), ("zhang22.eq22", "REFUTED"), texts=["zhang22.lem2: UNDECIDED (exact)."])
    assert list(notebook.report("zhang22.lem2", "part/one", run, OTHERS)) == [
        "zhang22.lem2: UNDECIDED (exact).",
        "zhang22.eq22: REFUTED; the verdict at the registered setting is SUPPORTED",
    ]
    kept = result(("zhang22.lem2", "SUPPORTED"), ("zhang22.eq22", "SUPPORTED"))
    assert list(notebook.report("zhang22.lem2", "part/one", kept, OTHERS))[1:] == [
        "1 other verdict of part/one as at the registered setting"
    ]


def test_a_cell_that_the_setting_stops_leaves_its_claim_undecided_and_keeps_the_others():
    errors = ["XlaRuntimeError: out of memory", "NameError: name 'x' is not defined [zhang22.lem2]"]
    run = result(("zhang22.eq22", "SUPPORTED"), errors=errors)
    first, last = notebook.report("zhang22.lem2", "part/one", run, OTHERS)
    assert first.splitlines() == [
        "zhang22.lem2: UNDECIDED. This setting stops the check: XlaRuntimeError: out of memory",
        "  the verdict at the registered setting is SUPPORTED",
    ]
    assert last == "1 other verdict of part/one as at the registered setting"


def test_under_another_seed_a_changed_verdict_is_printed_and_no_error():
    run = result(("zhang22.lem2", "REFUTED"), errors=["VerdictChanged: zhang22.lem2 came out REFUTED"])
    assert list(notebook.report("zhang22.lem2", "part/one", run, OTHERS[:1])) == ["zhang22.lem2: REFUTED"]


def follow_one(seconds):
    with ThreadPoolExecutor(1) as pool:
        progress.follow([pool.submit(time.sleep, seconds)], "part/one", "cells", 4, lambda: 3)


@pytest.fixture
def impatient(monkeypatch):
    monkeypatch.setattr(progress, "PATIENCE", 0.3)
    monkeypatch.setattr(progress, "EVERY", 0.1)


def test_a_terminal_sees_a_bar_that_redraws_in_one_line(impatient, monkeypatch, capsys):
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
    follow_one(1.7)
    out, error = capsys.readouterr()
    first, *_, last = error.split("\r")[1:]
    assert out == "" and first.startswith("part/one [###############.....] 3/4 cells, 0 s") and "\n" not in first
    assert error.count("\r") > 2 and last.endswith("\n")


def test_elsewhere_a_long_run_leaves_one_line_and_a_short_one_none(impatient, capsys):
    follow_one(0.7)
    assert capsys.readouterr().err == "part/one: 3 of 4 cells in 1 s\n"
    follow_one(0.1)
    assert capsys.readouterr().err == ""


def test_a_notebook_sees_one_line_that_updates():
    code = """import time
from concurrent.futures import ThreadPoolExecutor
from resnet_lab import progress
progress.PATIENCE = 0.3
with ThreadPoolExecutor(1) as pool:
    progress.follow([pool.submit(time.sleep, 0.8)], "part/one", "cells", 4, lambda: 4)"""
    page = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(code)])
    NotebookClient(page, kernel_name="python3").execute(stderr=subprocess.DEVNULL)
    (output,) = page.cells[0].outputs
    assert output.output_type == "display_data"
    assert output.data["text/plain"] == "part/one [####################] 4/4 cells, 1 s"
