"""Textbook inequalities and slips of them: each is judged as the textbook knows it (benchmarks/known_answers.py)."""

import sys
from collections import Counter
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "benchmarks"))

from known_answers import Search, search, word
from known_cases import CASES

from resnet_lab.evidence import judge
from resnet_lab.evidence.record import KINDS

BY_NAME = {case.name: case for case in CASES}


def test_there_are_forty_cases_of_every_kind_half_of_them_false():
    assert len(CASES) >= 40 and len(BY_NAME) == len(CASES)
    assert {case.kind for case in CASES} == set(KINDS)
    pairs = Counter((case.name.split(": ")[0], case.truth) for case in CASES)
    assert len(pairs) == len(CASES) == 2 * sum(case.truth for case in CASES)


@pytest.mark.parametrize("name", BY_NAME)
def test_a_known_answer_is_judged_right(name):
    case = BY_NAME[name]
    evidence = case.check()
    assert evidence.kind == case.kind
    assert judge(evidence) == case.expected, evidence.says
    assert (evidence.counterexample is None) == case.truth


def test_a_property_finds_a_violation_and_passes_a_true_inequality():
    assert search(BY_NAME["Schur: hypothesis"], 5.0).found
    assert not search(BY_NAME["Schur: degree one"], 0.2).found


def test_what_a_property_found_is_read_against_the_truth():
    true, false = BY_NAME["Schur: degree one"], BY_NAME["Schur: hypothesis"]
    words = [word(case, Search(found, 1, 0.1)) for case in (true, false) for found in (True, False)]
    assert words == ["false alarm", "none", "violation", "missed"]
