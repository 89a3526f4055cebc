"""The runner executes what changed and nothing else, and every failure names chapter and claims."""

import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from records import record
from small import repository_in, write_chapter

from resnet_lab import __main__ as command_line
from resnet_lab import book, ledger, runner, store

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture
def repository(tmp_path):
    """A small repository of two chapters over a package that holds one number."""
    return repository_in(tmp_path)


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

    monkeypatch.setattr(runner, "execute", execute)
    return names


def test_an_unchanged_chapter_is_not_executed_again(repository, executed):
    runner.run(repository)
    assert sorted(executed) == ["part/one", "part/two"]
    assert runner.run(repository) == runner.run(repository)
    assert len(executed) == 2


@pytest.mark.parametrize(("terminal", "lines"), [(True, 0), (False, 2)])
def test_each_chapter_has_a_line_where_no_bar_can_be_drawn(repository, executed, monkeypatch, terminal, lines):
    for stream in (sys.stdout, sys.stderr):
        monkeypatch.setattr(stream, "isatty", lambda: terminal, raising=False)
    said = []
    runner.run(repository, say=lambda text, **_: said.append(text))
    assert len(said) == lines


@pytest.mark.parametrize(
    "file", ["resnet_lab/__init__.py", "resnet_lab/new.toml", "requirements.lock", "book/part/one.py"]
)
def test_the_stamp_changes_with_chapter_package_and_lock(repository, file):
    before = runner.stamp(repository, "part/one", 0, "")
    path = repository / file
    path.write_text((path.read_text() if path.exists() else "") + "\n# changed\n")
    assert runner.stamp(repository, "part/one", 0, "") != before


def test_the_stamp_changes_with_seed_and_setting(repository):
    marks = {runner.stamp(repository, "part/one", seed, setting) for seed in (0, 1) for setting in ("", "depth=3")}
    assert len(marks) == 4


def test_an_interrupted_run_leaves_outputs_and_ledger_as_they_were(repository, executed, monkeypatch, capsys):
    monkeypatch.setattr(command_line, "ROOT", repository)
    runner.run(repository)
    (repository / "book" / "verdicts.json").write_text("[]\n")
    (repository / "resnet_lab" / "__init__.py").write_text("VALUE = 2.0\n")
    stored = {path.name: path.read_bytes() for path in (repository / "_build" / "run").glob("*.json")}

    def interrupted(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(runner, "execute", interrupted)
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
        store.write(path, "new")
    assert [(p.name, p.read_text()) for p in tmp_path.iterdir()] == [("verdicts.json", "old")]


def test_a_changed_package_changes_the_stored_outputs(repository):
    first = runner.execute(repository, "part/one")
    assert first["errors"] == [] and first["records"][0]["measured"] == 1.0
    assert first["notebook"] == runner.execute(repository, "part/one")["notebook"]
    (repository / "resnet_lab" / "__init__.py").write_text("VALUE = 3.0\n")
    assert "verdict zhang22.lem2 3.0" in runner.execute(repository, "part/one")["notebook"]


def test_an_exception_names_chapter_and_claims_and_the_others_still_run(repository):
    write_chapter(repository, "part/one", "zhang22.lem2", code='raise ValueError("zhang22.eq23 came out REFUTED")')
    results = runner.run(repository)
    (sentence,) = runner.failures(results)
    assert sentence.startswith("part/one: ValueError: zhang22.eq23 came out REFUTED")
    assert [r["chapter"] for r in results if not r["errors"]] == ["part/two"]
    assert not (repository / "_build" / "run" / "part--one.json").exists()


def test_an_error_names_the_claims_of_its_cell(repository):
    write_chapter(repository, "part/one", "zhang22.lem2", code='print("zhang22.eq24", 1 / 0)')
    assert runner.execute(repository, "part/one")["errors"] == ["ZeroDivisionError: division by zero [zhang22.eq24]"]


def test_an_output_folder_that_cannot_be_written_is_one_sentence(repository, monkeypatch, capsys):
    monkeypatch.setattr(command_line, "ROOT", repository)
    (repository / "_build").write_text("a file")
    assert command_line.main(["book"]) == 1
    message = capsys.readouterr().err
    assert message.startswith("resnet-lab: cannot write to") and message.count("\n") == 1


def test_a_second_run_says_that_it_waits_for_the_first(tmp_path, capsys):
    def second():
        with store.alone(tmp_path):
            return "ran"

    with ThreadPoolExecutor() as pool:
        with store.alone(tmp_path):
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
        runner.run(repository)


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
    assert out == "" and error == "resnet-lab: unknown setting 'depht' for part/one: it has none\n"


def test_the_book_builds_and_is_not_rendered_again_without_a_change(repository):
    results = runner.run(repository)
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
        book.build_site(repository, runner.run(repository))
    assert "nothing.of.this.name" in str(caught.value) and "book/absent" in str(caught.value)
    assert not (repository / "_build" / "html").exists()
