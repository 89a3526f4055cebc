"""The runner executes what changed and nothing else, and every failure names chapter and claims."""

import json
import shutil
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from records import record

from resnet_lab import __main__ as command_line
from resnet_lab import book, ledger

ROOT = Path(__file__).resolve().parents[1]
CHAPTER = '''# %% [markdown]
# # A chapter
#
# ```{{prf:lemma}} A lemma
# :label: {claim}
# $1 \\le 2$.
# ```
#
# {more}

# %%
import json
import os
from pathlib import Path

import resnet_lab

record = json.loads("""{record}""")
record["measured"] = resnet_lab.VALUE
file = Path(os.environ["RESNET_LAB_LEDGER"], "{file}")
_ = file.write_text(json.dumps({{"chapter": "{chapter}", "records": [record]}}))

# %%
print("verdict", record["id"], resnet_lab.VALUE)
{code}
'''


def write_chapter(root, chapter, claim, more="", code=""):
    text = CHAPTER.format(claim=claim, chapter=chapter, file=chapter.replace("/", "--") + ".json", more=more, code=code,
                          record=json.dumps(record(id=claim, chapter=chapter)))  # fmt: skip
    (root / "book" / f"{chapter}.py").write_text(text)


@pytest.fixture
def repository(tmp_path):
    """A small repository of two chapters over a package that holds one number."""
    for folder in ("book/part", "resnet_lab"):
        (tmp_path / folder).mkdir(parents=True)
    for name in ("_config.yml", "pyproject.toml", "requirements.lock"):
        shutil.copy(ROOT / name, tmp_path)
    for name in ("_ext", "_static"):
        shutil.copytree(ROOT / "book" / name, tmp_path / "book" / name)
    (tmp_path / "book" / "references.bib").write_text("")
    (tmp_path / "resnet_lab" / "__init__.py").write_text("VALUE = 1.0\n")
    (tmp_path / "book" / "index.md").write_text("# Start\n")
    listed = "".join(f"- file: book/{name}\n" for name in ("part/one", "part/two", "atlas"))
    (tmp_path / "_toc.yml").write_text(f"format: jb-book\nroot: book/index\nchapters:\n{listed}")
    write_chapter(tmp_path, "part/one", "zhang22.lem2")
    write_chapter(tmp_path, "part/two", "du18.lemA.1")
    return tmp_path


@pytest.fixture
def executed(monkeypatch):
    """Chapters are not executed but counted."""
    names = []

    def execute(root, chapter, seed=0, setting=""):
        names.append(chapter)
        return {
            "chapter": chapter,
            "seconds": 0.1,
            "errors": [],
            "records": [record(chapter=chapter)],
            "notebook": "{}",
        }

    monkeypatch.setattr(book, "execute", execute)
    return names


def test_an_unchanged_chapter_is_not_executed_again(repository, executed):
    book.run(repository)
    assert sorted(executed) == ["part/one", "part/two"]
    assert book.run(repository) == book.run(repository)
    assert len(executed) == 2


@pytest.mark.parametrize(
    "file", ["resnet_lab/__init__.py", "resnet_lab/new.toml", "requirements.lock", "book/part/one.py"]
)
def test_the_stamp_changes_with_chapter_package_and_lock(repository, file):
    before = book.stamp(repository, "part/one", 0, "")
    path = repository / file
    path.write_text((path.read_text() if path.exists() else "") + "\n# changed\n")
    assert book.stamp(repository, "part/one", 0, "") != before


def test_the_stamp_changes_with_seed_and_setting(repository):
    marks = {book.stamp(repository, "part/one", seed, setting) for seed in (0, 1) for setting in ("", "depth=3")}
    assert len(marks) == 4


def test_an_interrupted_run_leaves_outputs_and_ledger_as_they_were(repository, executed, monkeypatch, capsys):
    monkeypatch.setattr(command_line, "ROOT", repository)
    book.run(repository)
    (repository / "book" / "verdicts.json").write_text("[]\n")
    (repository / "resnet_lab" / "__init__.py").write_text("VALUE = 2.0\n")
    stored = {path.name: path.read_bytes() for path in (repository / "_build" / "run").glob("*.json")}

    def interrupted(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(book, "execute", interrupted)
    assert command_line.main(["verdicts"]) == 1
    assert "interrupted" in capsys.readouterr().err
    assert (repository / "book" / "verdicts.json").read_text() == "[]\n"
    assert {path.name: path.read_bytes() for path in (repository / "_build" / "run").glob("*.json")} == stored


def test_a_write_that_fails_leaves_the_old_text_and_no_rest(tmp_path, monkeypatch):
    path = tmp_path / "verdicts.json"
    path.write_text("old")

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(ValueError, match="cannot write .*verdicts.json .No space"):
        book.write(path, "new")
    assert [(p.name, p.read_text()) for p in tmp_path.iterdir()] == [("verdicts.json", "old")]


def test_a_changed_package_changes_the_stored_outputs(repository):
    first = book.execute(repository, "part/one")
    assert first["errors"] == [] and first["records"][0]["measured"] == 1.0
    assert first["notebook"] == book.execute(repository, "part/one")["notebook"]
    (repository / "resnet_lab" / "__init__.py").write_text("VALUE = 3.0\n")
    assert "verdict zhang22.lem2 3.0" in book.execute(repository, "part/one")["notebook"]


def test_an_exception_names_chapter_and_claims_and_the_others_still_run(repository):
    write_chapter(repository, "part/one", "zhang22.lem2", code='raise ValueError("zhang22.eq23 came out REFUTED")')
    results = book.run(repository)
    (sentence,) = book.failures(results)
    assert sentence.startswith("part/one: ValueError: zhang22.eq23 came out REFUTED")
    assert [r["chapter"] for r in results if not r["errors"]] == ["part/two"]
    assert not (repository / "_build" / "run" / "part--one.json").exists()


def test_an_error_names_the_claims_of_its_cell(repository):
    write_chapter(repository, "part/one", "zhang22.lem2", code='print("zhang22.eq24", 1 / 0)')
    assert book.execute(repository, "part/one")["errors"] == ["ZeroDivisionError: division by zero [zhang22.eq24]"]


def test_an_output_folder_that_cannot_be_written_is_one_sentence(repository, monkeypatch, capsys):
    monkeypatch.setattr(command_line, "ROOT", repository)
    (repository / "_build").write_text("a file")
    assert command_line.main(["book"]) == 1
    message = capsys.readouterr().err
    assert message.startswith("resnet-lab: cannot write to") and message.count("\n") == 1


def test_a_second_run_says_that_it_waits_for_the_first(tmp_path, capsys):
    def second():
        with book.alone(tmp_path):
            return "ran"

    with ThreadPoolExecutor() as pool:
        with book.alone(tmp_path):
            waiting = pool.submit(second)
            with pytest.raises(TimeoutError):
                waiting.result(timeout=0.2)
        assert waiting.result(timeout=10) == "ran"
    assert "another run is writing to" in capsys.readouterr().err


def test_an_interrupt_ends_the_kernels_at_once(repository):
    write_chapter(repository, "part/one", "zhang22.lem2", code="import time\ntime.sleep(100)")
    began = time.monotonic()
    start = (
        f"import sys; sys.path.insert(0, {str(ROOT)!r}); from resnet_lab.__main__ import main; sys.exit(main(['book']))"
    )
    run = subprocess.Popen([sys.executable, "-c", start], cwd=repository, stderr=subprocess.PIPE, text=True)
    while not (repository / "_build" / "run" / "part--two.json").exists() and time.monotonic() < began + 60:
        time.sleep(0.1)
    run.send_signal(signal.SIGINT)
    assert "interrupted" in run.communicate(timeout=30)[1] and run.returncode == 1
    assert not (repository / "_build" / "run" / "part--one.json").exists()


def test_optimised_python_is_refused(repository, monkeypatch):
    monkeypatch.setenv("PYTHONOPTIMIZE", "1")
    with pytest.raises(ValueError, match="unset PYTHONOPTIMIZE"):
        book.run(repository)


def test_a_command_outside_the_repository_says_where_to_run_it(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(command_line, "ROOT", tmp_path)
    assert command_line.main(["book"]) == 1
    assert "root folder of the repository" in capsys.readouterr().err


@pytest.mark.parametrize("command", ["show", "rerun", "list"])
def test_an_unknown_claim_is_named_with_close_ones(command, capsys):
    assert command_line.main([command, "zhang22.lemm2"]) == 1
    message = capsys.readouterr().err
    assert "zhang22.lemm2" in message and "zhang22.lem2" in message and message.count("\n") == 1


@pytest.mark.parametrize("pair", ["depth", "=3", "depth="])
def test_a_malformed_setting_is_refused(repository, pair, monkeypatch, capsys):
    monkeypatch.setattr(command_line, "ROOT", repository)
    (repository / "book" / "verdicts.json").write_text(ledger.text([record()]))
    assert command_line.main(["rerun", "zhang22.lem2", pair]) == 1
    assert f"form name=value, got {pair!r}" in capsys.readouterr().err


def test_a_refused_setting_prints_no_verdict_of_another_setting(repository, monkeypatch, capsys):
    monkeypatch.setattr(command_line, "ROOT", repository)
    text = (repository / "book" / "part" / "one.py").read_text()
    refusal = "# %%\nraise ValueError('unknown setting')\n\n# %%\nimport json"
    (repository / "book" / "part" / "one.py").write_text(text.replace("# %%\nimport json", refusal))
    (repository / "book" / "verdicts.json").write_text(ledger.text([record()]))
    assert command_line.main(["rerun", "zhang22.lem2", "depht=4"]) == 1
    out, error = capsys.readouterr()
    assert out == "" and error == "part/one: ValueError: unknown setting\n"


def test_the_book_builds_and_is_not_rendered_again_without_a_change(repository):
    results = book.run(repository)
    start = book.build_site(repository, results)
    assert book.missing_pages(repository, start.parent) == []
    made = start.stat().st_mtime_ns
    assert book.build_site(repository, results).stat().st_mtime_ns == made
    (start.parent / "book" / "atlas.html").unlink()
    assert book.missing_pages(repository, start.parent) == ["book/atlas"]


def test_a_dangling_reference_and_a_missing_page_fail_the_build_by_name(repository):
    write_chapter(repository, "part/one", "zhang22.lem2", more="{prf:ref}`nothing.of.this.name`")
    toc = repository / "_toc.yml"
    toc.write_text(toc.read_text() + "- file: book/absent\n")
    with pytest.raises(ValueError, match="does not build") as caught:
        book.build_site(repository, book.run(repository))
    assert "nothing.of.this.name" in str(caught.value) and "book/absent" in str(caught.value)
    assert not (repository / "_build" / "html").exists()
