"""The quick form of the calibration: every kind of random check keeps its promise, and what is wrong must fail."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "benchmarks"))
import calibration  # noqa: E402

ONE_OF_EACH = r"^sampled:|\(coin\)|coin against|cauchy|sampled_law|band|that promises|looked at|planned for"


@pytest.mark.parametrize("table", calibration.TABLES)
def test_every_kind_of_check_errs_no_more_often_than_it_promises(table):
    found = list(calibration.lines(table, 150, only=ONE_OF_EACH))
    assert [str(line) for line in found if not line.right] == []
    assert any(line.mutant for line in found) and len(found) >= 6


def test_a_broken_promise_is_noticed():
    assert calibration.Line("", 0.05, 8, 150).right and not calibration.Line("", 0.05, 40, 150).right
    assert calibration.Line("", 0.05, 40, 150, mutant=True).right
    assert not calibration.Line("", 0.05, 8, 150, mutant=True).right


def test_ten_thousand_draws_in_law_take_less_than_a_second():
    assert calibration.speed() < 1  # the bar is 0.3 s on an idle machine; tests share theirs
