"""The independent checker: it replays every committed certificate, believes no false one and shares no code."""

import ast
import copy
import json
import random
import shutil
import subprocess
import sys
import time
from fractions import Fraction
from pathlib import Path

import pytest
from records import record

from resnet_lab import __main__ as command
from resnet_lab import ledger, replay
from resnet_lab.replay.parts import _point, signs
from resnet_lab.replay.values import IV, MP, Failed, Interval, _ends, closest, parse, value

ROOT = Path(__file__).resolve().parents[1]
COMMITTED = ROOT / "book" / "certificates"
SOURCES = sorted((ROOT / "resnet_lab" / "replay").glob("*.py"))
FACTS = {"p": "positive", "q": "nonnegative", "x": "real", "k": "integer positive", "z": "negative", "c": ""}

SQUARE = {"kind": "algebra", "shows": "holds", "lhs": "2*x*p", "sense": "<=", "rhs": "x**2 + p**2 + p",
          "symbols": {"x": "real", "p": "positive"}, "terms": ["(x - p)**2", "p"]}  # fmt: skip
IDENTITY = {"kind": "algebra", "shows": "holds", "lhs": "(p + 1)**2", "sense": "=", "rhs": "p**2 + 2*p + 1",
            "symbols": {"p": "positive"}, "terms": []}  # fmt: skip
ROOTS = {"kind": "algebra", "shows": "holds", "lhs": "sqrt(p)*sqrt(2)", "sense": "=", "rhs": "sqrt(2*p)",
         "symbols": {"p": "positive"}, "terms": []}  # fmt: skip
FALSE = {"kind": "algebra", "shows": "fails", "lhs": "3*x", "sense": "<=", "rhs": "x**2 + 1",
         "symbols": {"x": "positive"}, "point": {"x": "1"}}  # fmt: skip
BOXES = {"kind": "boxes", "shows": "holds", "function": "exp(x0) * erfc(x1)", "variables": ["x0", "x1"], "bound": "3",
         "box": [["0", "1"], ["0", "2"]],
         "boxes": [[["0", "1/2"], ["0", "2"]], [["1/2", "1"], ["0", "1"]], [["1/2", "1"], ["1", "2"]]]}  # fmt: skip
POINT = {"kind": "point", "shows": "fails", "function": "x0 - x0**2", "variables": ["x0"], "bound": "1/5",
         "point": ["1/2"]}  # fmt: skip
NUMBERS = {"kind": "comparison", "shows": "holds", "lhs": "exp(1)", "sense": "<=", "rhs": "interval(dyadic(11, -2), 3)"}
MATRIX = {"kind": "comparison", "shows": "holds", "lhs": "interval(dyadic(255, -8), dyadic(257, -8))", "sense": "<=",
          "rhs": "2", "matrices": {"lhs": {"of": "smallest eigenvalue", "matrix": ["2", "1 2"], "denominator": "1",
                                           "spread": "0", "scale": 10, "factor": ["1023", "1023 0"],
                                           "vector": "1 -1"}}}  # fmt: skip
TRUE = {"square": SQUARE, "identity": IDENTITY, "roots": ROOTS, "false": FALSE, "boxes": BOXES, "point": POINT,
        "numbers": NUMBERS, "matrix": MATRIX}  # fmt: skip


def outcome(part, verdict=None):
    verdict = verdict or {"holds": "PROVED", "fails": "REFUTED"}[part["shows"]]
    return replay.replay({"verdict": verdict, "proof": part})


# --- what it may use ---


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.name)
def test_the_checker_imports_only_the_standard_library_mpmath_and_itself(path):
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            assert all(alias.name.split(".")[0] in sys.stdlib_module_names for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level:
            assert node.level == 1 and (path.parent / f"{node.module}.py").is_file()
        elif isinstance(node, ast.ImportFrom):
            assert node.module.split(".")[0] in {*sys.stdlib_module_names, "mpmath"}


def test_the_checker_runs_where_nothing_else_of_ours_is(tmp_path):
    shutil.copytree(ROOT / "resnet_lab" / "replay", tmp_path / "checker")
    lines = [
        "import sys, checker, pathlib",
        f"lines, failures = checker.report(pathlib.Path({str(COMMITTED)!r}))",
        "print(failures, {'sympy', 'flint', 'jax', 'numpy', 'resnet_lab'} & set(sys.modules))",
    ]
    done = subprocess.run([sys.executable, "-c", "; ".join(lines)], cwd=tmp_path, capture_output=True, text=True)
    assert done.stdout == "[] set()\n", done.stderr


# --- what it believes ---


@pytest.mark.parametrize("name", TRUE)
def test_a_true_part_written_by_hand_replays(name):
    assert outcome(TRUE[name]).word == "replayed"


@pytest.mark.parametrize(
    ("name", "field", "changed"),
    [
        ("square", "terms", ["(x - p)**2"]),
        ("square", "terms", ["(x - p)**2", "2*p"]),
        ("square", "terms", ["x**2 + p**2 + p - 2*x*p - 1/1000000", "1/1000000", "-p", "p"]),
        ("square", "lhs", "2*x*p + 1/10**20"),
        ("square", "rhs", "x**2 + p**2"),
        ("square", "symbols", {"x": "real", "p": "real"}),
        ("square", "shows", "fails"),
        ("square", "sense", ">="),
        ("identity", "rhs", "p**2 + 2*p + 1 + 1/10**60"),
        ("identity", "terms", ["0"]),
        ("roots", "rhs", "sqrt(2*p + 1/10**20)"),
        ("roots", "rhs", "sqrt(2*p"),
        ("roots", "rhs", "__import__('os')"),
        ("roots", "rhs", "sqrt(2*unknown)"),
        ("false", "point", {"x": "3"}),
        ("false", "point", {"x": "-1"}),
        ("false", "point", {"u": "1"}),
        ("false", "symbols", {"x": "negative"}),
        ("false", "rhs", "x**2 + 2"),
        ("boxes", "boxes", BOXES["boxes"][:2]),
        ("boxes", "boxes", BOXES["boxes"][1:]),
        ("boxes", "boxes", [*BOXES["boxes"][:2], [["1/2", "1"], ["1001/1000", "2"]]]),
        ("boxes", "box", [["0", "1"], ["0", "3"]]),
        ("boxes", "bound", "5/2"),
        ("boxes", "function", "exp(x0) * erfc(x1) + 1"),
        ("boxes", "function", "exp(x0) * erfc(x2)"),
        ("boxes", "variables", ["x0"]),
        ("boxes", "shows", "fails"),
        ("point", "point", ["1/10"]),
        ("point", "bound", "1/4"),
        ("point", "function", "x0 - 2*x0**2"),
        ("point", "shows", "holds"),
        ("numbers", "lhs", "exp(11/10) + 1"),
        ("numbers", "rhs", "interval(2, dyadic(5, -1))"),
        ("numbers", "rhs", "interval(3, dyadic(11, -2))"),
        ("numbers", "sense", ">="),
        ("numbers", "shows", "fails"),
        ("matrix", "lhs", "interval(dyadic(1025, -10), dyadic(257, -8))"),
        ("matrix", "lhs", "1"),
        ("matrix", "kind", "another kind"),
    ],
)
def test_a_tampered_part_fails(name, field, changed):
    assert outcome({**TRUE[name], field: changed}, "PROVED" if field == "shows" else None).word == "failed"


@pytest.mark.parametrize(
    ("field", "changed"),
    [
        ("matrix", ["2", "5/4 2"]),
        ("matrix", ["2", "2 2"]),
        ("factor", ["1023", "1000 0"]),
        ("factor", ["1023"]),
        ("vector", "1 1"),
        ("vector", "0 0"),
        ("denominator", "2"),
        ("spread", "1/2"),
        ("scale", 9),
        ("of", "largest eigenvalue"),
        ("of", "trace"),
    ],
)
def test_a_tampered_matrix_fails(field, changed):
    part = copy.deepcopy(MATRIX)
    part["matrices"]["lhs"][field] = changed
    assert outcome(part).word == "failed"


def test_a_wrong_verdict_fails_and_so_does_a_lost_part():
    for part, verdict in ((SQUARE, "REFUTED"), (FALSE, "PROVED"), (SQUARE, "SUPPORTED")):
        assert outcome(part, verdict).word == "failed"
    assert replay.replay({"verdict": "PROVED", "proof": {"all": []}}).word == "failed"
    assert replay.replay({"verdict": "PROVED", "proof": {"all": [SQUARE, FALSE]}}).word == "failed"
    assert replay.replay({"verdict": "REFUTED", "proof": {"all": [SQUARE, FALSE]}}).word == "replayed"
    assert replay.replay({"verdict": "REFUTED", "proof": {"any": [SQUARE, FALSE]}}).word == "failed"
    assert replay.replay({"proof": SQUARE}).word == "failed"


@pytest.mark.parametrize(
    ("part", "reason"),
    [
        ({**NUMBERS, "lhs": "sqrt(2)**2", "rhs": "2"}, "50 digits do not decide"),
        ({**BOXES, "function": "x0 - x0", "bound": "0", "variables": ["x0", "x1"]}, "too wide"),
        ({**SQUARE, "lhs": "0", "rhs": "x**4 - x**3 + x**2", "terms": ["x**4 - x**3 + x**2"]}, "beyond"),
        ({**IDENTITY, "lhs": "p**600 * p**500", "rhs": "p**1100"}, "degree 1100"),
    ],
    ids=["equal numbers", "equality in a box", "a sign that is not structural", "a high degree"],
)
def test_what_the_checker_cannot_decide_is_neither_replayed_nor_failed(part, reason):
    found = outcome(part)
    assert found.word == "not replayable" and reason in found.parts[0].reason


# --- its arithmetic ---


@pytest.mark.parametrize(
    "text",
    ["p*q - z", "-z*p/k", "x**2 - z**3", "(x - p)**2*exp(x)", "Abs(x) + erfc(x)", "p*(3 - 2*sqrt(2)/sqrt(pi))",
     "x*p", "x - p", "p - q", "1/z", "z**-3 * q", "sqrt(p) - 1", "k**x - 1", "sign(x)*x", "x**3", "c**2", "-(x**2)*p",
     "log(2) - 1", "q**(3/2)", "tanh(z)*p", "x*0", "p + sin(x)"],
)  # fmt: skip
def test_the_sign_rules_miss_no_sign_that_an_expression_takes(text):
    possible, draw = signs(parse(text), FACTS), random.Random(text)
    if possible is None:
        return
    for _ in range(200):
        number = closest(text, _point(FACTS, draw, 20))
        low, high = (number, number) if isinstance(number, Fraction) else _ends(number)
        assert (
            (low <= 0 or 1 in possible) and (high >= 0 or -1 in possible) and (low != 0 or high != 0 or 0 in possible)
        )


def test_the_sign_rules_find_the_signs_they_are_meant_for():
    assert signs(parse("p*(3 - 2*sqrt(2)/sqrt(pi)) / k"), FACTS) == {1}
    assert signs(parse("(x - p)**2 * q / (1 + q)"), FACTS) == {0, 1}
    assert signs(parse("c**2"), FACTS) is None  # a symbol without assumptions may be complex


def test_enclosures_hold_their_numbers():
    with MP.workdps(80):
        for text, number in {"erfc(8)": MP.erfc(8), "tanh(1/3)": MP.tanh(MP.mpf(1) / 3), "2**(1/3)": MP.cbrt(2),
                             "hyp2f1(1, 2, 3, 9/10)": MP.hyp2f1(1, 2, 3, MP.mpf(9) / 10), "gamma(7/2)": MP.gamma(3.5),
                             "acos(1/7)": MP.acos(MP.mpf(1) / 7), "exp(-10**9)": MP.exp(-(10**9))}.items():  # fmt: skip
            low, high = _ends(value(parse(text), {}, Interval))
            assert low < number < high and (high - low) / number < MP.mpf(10) ** -40


def test_an_undefined_value_is_no_number():
    for text in ("log(-1)", "sqrt(-1)", "(-1)**(1/2)", "asin(2)", "hyp2f1(1, 2, 3, 2)"):
        with pytest.raises(ArithmeticError):
            value(parse(text), {}, Interval)
    with pytest.raises(Failed):
        value(parse("foo(1)"), {}, Interval)
    assert IV.dps == 50


# --- the committed certificates ---


def stored():
    return {name: claim for path in COMMITTED.glob("*.json") for name, claim in json.loads(path.read_text()).items()}


def test_every_committed_certificate_replays_within_seconds():
    began = time.monotonic()
    outcomes = {name: replay.replay(claim) for name, claim in stored().items()}
    assert time.monotonic() - began < 20
    with_draws = {record["id"] for record in ledger.committed(ROOT) if record["error_rate"]}  # those parts have no text
    assert {name for name, o in outcomes.items() if (o.word, o.reason) != ("replayed", "")} <= with_draws
    assert {p.word for name, o in outcomes.items() if name not in with_draws for p in o.parts} == {"replayed"}


def test_the_certificates_are_those_of_the_ledger_and_small():
    lines, failures = replay.report(COMMITTED, "", ledger.committed(ROOT))
    assert failures == [] and lines[-1].startswith(f"{len(stored())} certificates")
    assert sum(path.stat().st_size for path in COMMITTED.glob("*.json")) < 2_000_000


def test_the_certificates_are_those_of_this_run(results):
    assert replay.texts(results) == {path.name: path.read_text(encoding="utf-8") for path in COMMITTED.glob("*.json")}


def test_a_certificate_missing_or_left_over_is_named(tmp_path):
    (tmp_path / "part--one.json").write_text(json.dumps({"a.b": {"verdict": "PROVED", "proof": SQUARE}}))
    record = {"id": "a.b", "verdict": "PROVED", "kind": "exact"}
    assert replay.report(tmp_path, "", [record])[1] == []
    other, random_draws = {**record, "id": "a.c"}, {**record, "kind": "sampled"}
    for records in (
        [{**record, "verdict": "REFUTED"}],
        [record, other],
        [random_draws],
        [{**random_draws, "id": "a.c"}],
    ):
        assert len(replay.report(tmp_path, "", records)[1]) == 1


def test_the_command_replays_counts_and_fails_on_a_tampered_file(tmp_path, monkeypatch, capsys):
    folder = tmp_path / "book" / "certificates"
    folder.mkdir(parents=True)
    monkeypatch.setattr(command, "ROOT", tmp_path)
    assert command.main(["replay"]) == 1 and "resnet-lab verdicts writes them" in capsys.readouterr().err
    claims = {"a.b": {"verdict": "PROVED", "proof": SQUARE}, "a.c": {"verdict": "REFUTED", "proof": FALSE}}
    (folder / "part--one.json").write_text(json.dumps(claims))
    assert command.main(["replay"]) == 0
    assert "of 2 verdicts 2 replayed, 0 failed, 0 not replayable" in capsys.readouterr().out
    claims["a.c"]["proof"] = {**FALSE, "point": {"x": "5"}}
    (folder / "part--one.json").write_text(json.dumps(claims))
    assert command.main(["replay", "a.b"]) == 0
    assert command.main(["replay"]) == 1 and "a.c: the point x = 5 does not violate" in capsys.readouterr().err


def test_a_damaged_file_is_named(tmp_path):
    (tmp_path / "part--one.json").write_text('{"a.b": {"verdict": ')
    with pytest.raises(ValueError, match="part--one.json is damaged .* writes it again"):
        replay.report(tmp_path)


def test_the_verdicts_command_writes_the_certificates_and_removes_those_of_lost_chapters(tmp_path, monkeypatch):
    judged = record(certificate={"verdict": "PROVED", "proof": SQUARE}, verdict="PROVED", kind="exact", draws=0)
    results = [{"chapter": "part/one", "records": [judged], "errors": []},
               {"chapter": "part/two", "records": [], "errors": []}]  # fmt: skip
    folder = tmp_path / "book" / "certificates"
    folder.mkdir(parents=True)
    (folder / "part--gone.json").write_text("{}")
    monkeypatch.setattr(command, "ROOT", tmp_path)
    monkeypatch.setattr(command.runner, "run", lambda root: results)
    assert command.main(["verdicts"]) == 0
    assert [path.name for path in folder.iterdir()] == ["part--one.json"]
    assert command.main(["replay", judged["id"]]) == 0
    assert "certificate" not in (tmp_path / "book" / "verdicts.json").read_text()
