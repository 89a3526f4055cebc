"""Kills, full disks, two runs at once, damaged files, numbers that are none: nothing judged is lost or half-written."""

import errno
import json
import math
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import jax
import jax.numpy as jnp
import pytest
import sympy as sp
from flint import arb
from records import record
from small import repository_in, write_chapter

from resnet_lab import __main__ as command_line
from resnet_lab import evidence, ledger, page, runner, store
from resnet_lab.evidence import certified, exact

ROOT = Path(__file__).resolve().parents[1]
FOUND = {"chapter": "part/one", "seconds": 0.1, "errors": [], "records": [record()], "notebook": "{}"}
KEY = jax.random.key(0)
WITHOUT_JAX = f"""import os, sys, types
from pathlib import Path
sys.path.insert(0, {str(ROOT)!r})
package = types.ModuleType("resnet_lab")  # the runner needs no JAX: it starts in a fraction of the time
package.__path__ = [{str(ROOT / "resnet_lab")!r}]
sys.modules["resnet_lab"] = package
"""
WRITERS = """from resnet_lab import store
folder = Path(sys.argv[1])
for line in sys.stdin:  # one writer a line; its number is printed, for the test to kill it
    if writer := os.fork():
        print(writer, flush=True)
        os.waitpid(writer, 0)
        print("dead", flush=True)
    else:
        for number in range(10**9):
            store.keep(folder / "part--one.json", {"chapter": "part/one", "records": [number] * 50_000}, "mark")
            store.write(folder / "verdicts.json", str(number % 10) * 200_000)
"""
SMALL_DISK = """import resource, signal
from resnet_lab import store
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
store.write(Path(sys.argv[1]), "x" * 10**6)
"""
COMMAND = """from resnet_lab.__main__ import main
sys.exit(main(sys.argv[1:]))
"""


@pytest.fixture
def repository(tmp_path, monkeypatch):
    root = repository_in(tmp_path)
    (root / "book" / "verdicts.json").write_text(ledger.text([record()]))
    monkeypatch.setattr(command_line, "ROOT", root)
    return root


def python(code, *arguments, **options):
    """A process of its own that runs this code over the package."""
    return subprocess.Popen([sys.executable, "-B", "-c", WITHOUT_JAX + code, *map(str, arguments)], text=True,
                            stdout=subprocess.PIPE, stderr=subprocess.PIPE, **options)  # fmt: skip


def children(process):
    """The living processes that this one has started."""
    return [int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit() and _parent(entry) == process]


def _parent(entry):
    try:
        fields = (entry / "stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None
    return int(fields[1]) if fields[0] != "Z" else None


def alive(process):
    return _parent(Path(f"/proc/{process}")) is not None


def quiet(*_, **__):
    """Says nothing."""


def test_fifty_kills_leave_every_file_whole(tmp_path):
    moments, seen = random.Random(0), set()
    nursery = python(WRITERS, tmp_path, stdin=subprocess.PIPE)
    for _ in range(50):
        print("next", file=nursery.stdin, flush=True)
        writer = int(nursery.stdout.readline())
        time.sleep(moments.uniform(0, 0.05))
        os.kill(writer, signal.SIGKILL)
        assert nursery.stdout.readline() == "dead\n"
        stored = store.kept(tmp_path / "part--one.json", "mark", pytest.fail)
        assert stored is None or len(set(stored["records"])) == 1
        text = (tmp_path / "verdicts.json").read_text() if (tmp_path / "verdicts.json").exists() else ""
        assert len(text) in (0, 200_000) and len(set(text)) <= 1
        seen.add(len(list(tmp_path.glob("*.partial"))))
    nursery.communicate()
    assert 1 in seen  # some kills did fall into a write
    store.keep(tmp_path / "part--one.json", {}, "mark")
    store.write(tmp_path / "verdicts.json", "new")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["part--one.json", "verdicts.json"]


def test_a_killed_runner_leaves_ledger_and_results_whole_and_its_kernels_end(repository):
    write_chapter(repository, "part/one", "zhang22.lem2", code="import time\ntime.sleep(60)")
    before = (repository / "book" / "verdicts.json").read_bytes()
    run, end = python(COMMAND, "verdicts", cwd=repository), time.monotonic() + 60
    while not (repository / "_build" / "run" / "part--two.json").exists() and time.monotonic() < end:
        time.sleep(0.02)
    kernels = children(run.pid)
    run.kill()
    run.communicate()
    assert kernels and (repository / "book" / "verdicts.json").read_bytes() == before
    assert [path.name for path in (repository / "_build" / "run").glob("*.json")] == ["part--two.json"]
    end = time.monotonic() + 10
    while any(map(alive, kernels)) and time.monotonic() < end:
        time.sleep(0.05)
    assert not any(map(alive, kernels))
    write_chapter(repository, "part/one", "zhang22.lem2")
    lines = []
    assert runner.failures(runner.run(repository, say=lambda text, **_: lines.append(text))) == []
    assert len(lines) == 1 and "part/one" in lines[0]  # the lock is free, and what was judged is not judged again


def test_a_killed_kernel_fails_its_chapter_and_no_other(repository):
    write_chapter(repository, "part/one", "zhang22.lem2", code="import os\nos.kill(os.getpid(), 9)")
    results = runner.run(repository, say=quiet)
    assert [result["errors"] != [] for result in results] == [True, False]
    assert results[0]["records"][0]["id"] == "zhang22.lem2"  # judged before the kernel died
    assert runner.failures(results)[0].startswith("part/one: DeadKernelError")


def test_two_runs_at_once_judge_every_chapter_once(repository):
    (repository / "book" / "verdicts.json").write_text("[]\n")
    runs = [python(COMMAND, "verdicts", cwd=repository), python(COMMAND, "verdicts", cwd=repository)]
    outputs = [run.communicate(timeout=60) for run in runs]
    assert [run.returncode for run in runs] == [0, 0], outputs
    assert sum(out.count(" verdicts\n") for out, _ in outputs) == 2
    assert sum("another run is writing to" in error for _, error in outputs) == 1
    assert [r["id"] for r in ledger.committed(repository)] == ["du18.lemA.1", "zhang22.lem2"]


def test_a_disk_that_fills_up_loses_no_chapter_and_says_what_to_do(repository, monkeypatch):
    real = Path.replace

    def replace(path, target):
        if "part--one" in path.name:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return real(path, target)

    monkeypatch.setattr(Path, "replace", replace)
    monkeypatch.setattr(runner, "execute", lambda _, chapter, *rest: {**FOUND, "chapter": chapter})
    results = runner.run(repository, say=quiet)
    (failure,) = runner.failures(results)
    assert "part/one: ValueError: cannot write" in failure and "No space left on device): free some space" in failure
    assert [len(result["records"]) for result in results] == [1, 1]
    assert [path.name for path in (repository / "_build" / "run").glob("*.json*")] == ["part--two.json"]


def test_a_write_cut_short_by_the_system_leaves_the_old_ledger(tmp_path):
    path = tmp_path / "verdicts.json"
    path.write_text("old")

    error = python(SMALL_DISK, path).communicate()[1]
    assert "ValueError: cannot write" in error and "(File too large): free some space" in error
    assert [(p.name, p.read_text()) for p in tmp_path.iterdir()] == [("verdicts.json", "old")]


def damaged(text):
    changed = json.loads(text)
    changed["result"] = changed["result"].replace("2.0", "3.0")
    return {"truncated": text[: len(text) // 2], "empty": "", "a list": "[]", "no text": '{"stamp": "x"}',
            "a changed figure": json.dumps(changed)}  # fmt: skip


@pytest.mark.parametrize("kind", ["truncated", "empty", "a list", "a changed figure", "not utf-8"])
def test_a_damaged_result_is_executed_again_with_one_line(repository, monkeypatch, kind):
    monkeypatch.setattr(runner, "execute", lambda *_: FOUND)
    runner.run(repository, say=quiet)
    path = repository / "_build" / "run" / "part--one.json"
    if kind == "not utf-8":
        path.write_bytes(b"\xff\xfe" + path.read_bytes())
    else:
        path.write_text(damaged(path.read_text())[kind])
    lines = []
    results = runner.run(repository, say=lambda text, **_: lines.append(text))
    assert lines[0] == "the stored result part--one.json is damaged; executing its chapter again"
    assert len(lines) == 2 and results[0] == FOUND
    assert runner.run(repository, say=lines.append) == results


@pytest.mark.parametrize("text", ['[{"id": "zhang22.le', "", '{"id": 1}', '[{"verdict": "PROVED"}]', "[1]"])
@pytest.mark.parametrize("command", [["status"], ["list", "zhang22.lem2"], ["show", "zhang22.lem2"], ["verdicts"]])
def test_a_damaged_ledger_is_one_sentence_that_names_the_file(repository, monkeypatch, capsys, command, text):
    monkeypatch.setattr(runner, "execute", lambda *_: {**FOUND, "records": []})
    (repository / "book" / "verdicts.json").write_text(text)
    assert command_line.main(command) == 1
    error = capsys.readouterr().err
    assert "book/verdicts.json is damaged" in error and error.count("\n") == 1
    assert (repository / "book" / "verdicts.json").read_text() == text


def test_a_source_that_cannot_be_read_stops_no_other_chapter(repository, monkeypatch):
    monkeypatch.setattr(runner.NotebookClient, "execute", quiet)
    (repository / "book" / "part" / "one.py").write_bytes(b"# %%\nprint('\xff')\n")
    results = runner.run(repository, say=quiet)
    assert [result["errors"] != [] for result in results] == [True, False]
    assert "part/one: UnicodeDecodeError" in runner.failures(results)[0]


def test_after_an_exception_the_cells_below_still_judge(repository):
    path = repository / "book" / "part" / "one.py"
    path.write_text(
        path.read_text().replace("# %%\nimport json", '# %%\nprint("zhang22.eq23", 1 / 0)\n\n# %%\nimport json')
    )
    one = runner.execute(repository, "part/one")
    assert one["errors"] == ["ZeroDivisionError: division by zero [zhang22.eq23]"]
    assert [each["id"] for each in one["records"]] == ["zhang22.lem2"]


def points(bad):
    return {"x": jnp.full((4, 2), bad)}


CHECKS = {
    "compare": lambda bad: exact.compare(bad, 1),
    "compare, SymPy": lambda bad: exact.compare(sp.sympify(bad), 1),
    "identity": lambda bad: exact.identity(sp.sympify(bad), sp.sympify(bad)),
    "at most": lambda bad: exact.at_most(sp.sympify(bad), sp.Symbol("x", positive=True)),
    "at most, the bound": lambda bad: exact.at_most(1, sp.sympify(bad)),
    "number": lambda bad: certified.number(arb(bad), 1),
    "number, the bound": lambda bad: certified.number(1, arb(bad)),
    "box": lambda bad: certified.at_most(lambda x: x + arb(bad), [(0, 1)], bound=1, budget=20),
    "box, the bound": lambda bad: certified.at_most(lambda x: x, [(0, 1)], bound=arb(bad)),
    "event": lambda bad: evidence.sampled(lambda key: jnp.asarray(bad), KEY, at_most=0.5, truth=0.1),
    "mean": lambda bad: evidence.sampled_mean(lambda key: bad, KEY, support=(0, 1), at_most=0.5, truth=0.1),
    "until": lambda bad: evidence.sampled_until(lambda key: jnp.asarray(bad), KEY, at_most=0.5, most=100),
    "law": lambda bad: evidence.sampled_law(lambda key: jnp.asarray(bad), KEY, lambda x: 0 * x, within=0.3),
    "law, the other": lambda bad: evidence.sampled_law(jax.random.normal, KEY, lambda x: x * bad, within=0.3),
    "scaled": lambda bad: evidence.scaled(lambda m: bad, {"m": (8, 16, 32, 64)}, rate=lambda m: m),
    "no constant": lambda bad: evidence.no_constant(lambda size: bad, (1, 10, 100)),
    "searched": lambda bad: evidence.searched(lambda p: jnp.sum(p["x"]), points(bad), steps=3),
    "trained": lambda bad: evidence.trained(lambda w: bad * jnp.sum(w), jnp.ones(2), step_size=1, steps=1, guarantee=9),
    "enumerated": lambda bad: evidence.enumerated(lambda p: jnp.sum(p) * bad, (2,)),
}


DRAWN = ("event", "mean", "until", "law", "law, the other", "searched", "enumerated", "trained")  # compiled each time


@pytest.mark.filterwarnings("ignore:invalid value:RuntimeWarning")
@pytest.mark.parametrize(
    ("kind", "bad"),
    [
        (kind, bad)
        for kind in CHECKS
        for bad in (math.nan, math.inf, -math.inf)
        if kind not in DRAWN or bad != -math.inf
    ],
)
def test_no_number_is_no_verdict_and_the_message_names_the_claim(monkeypatch, tmp_path, kind, bad):
    monkeypatch.setenv("RESNET_LAB_LEDGER", str(tmp_path))
    monkeypatch.delenv("RESNET_LAB_SETTING", raising=False)
    chapter = page.Chapter("norms/example")
    with pytest.raises((ValueError, page.VerdictChanged), match="zhang22.eq24"):
        chapter.judge(
            "zhang22.eq24", lambda bad=bad: CHECKS[kind](bad), expect="PROVED", mutants={"three": dict(bad=3)}
        )
    assert [v.record["verdict"] for v in chapter.verdicts] in ([], ["UNDECIDED"])


@pytest.mark.parametrize("kind", evidence.record.KINDS)
@pytest.mark.parametrize(("low", "high", "bound"), [(math.nan, 1, 1), (0, math.nan, 1), (0, 1, math.nan),
                                                    (0, 1, math.inf), (math.inf, math.inf, 1),
                                                    (-math.inf, -math.inf, 1)])  # fmt: skip
def test_no_evidence_holds_a_number_that_is_none(kind, low, high, bound):
    with pytest.raises(ValueError, match="not a number|infinite"):
        evidence.Evidence(kind, low, high, bound)


def test_a_start_without_a_ratio_is_not_counted_as_tried():
    begin = {"x": jnp.array([[1.0], [jnp.nan], [2.0]])}
    found = evidence.searched(lambda p: jnp.tanh(jnp.sum(p["x"])) / 2, begin, steps=3)
    assert found.draws == 2 and "2 starts" in found.says


def test_a_pattern_without_a_ratio_is_not_passed_over():
    with pytest.raises(ValueError, match="not a number at 1 of 4 patterns"):
        evidence.enumerated(lambda p: jnp.where(p.sum() > 1, jnp.nan, 0.5), (2,))
