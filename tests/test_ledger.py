"""The ledger: what it holds, what it refuses, and how two of them are compared."""

import pytest
from records import record

from resnet_lab import evidence, ledger


def test_the_ledger_counts_decisions_at_the_rate_that_evidence_makes_them():
    assert (
        ledger.DECISION_ERROR == evidence.DECISION_ERROR
    )  # written twice: importing evidence would slow the command line


def test_equal_ledgers_have_no_differences():
    assert ledger.compare([record()], [record()]) == []


def test_compare_names_every_claim_that_disagrees():
    ours = [record(), record(id="a.lem1", verdict="REFUTED"), record(id="b.lem1"), record(id="e.lem1", slack=0.6)]
    theirs = [record(), record(id="a.lem1"), record(id="c.lem1"), record(id="e.lem1")]
    assert ledger.compare(ours, theirs) == [
        "a.lem1: verdict is 'REFUTED' in this run, 'SUPPORTED' in the committed ledger",
        "b.lem1: SUPPORTED in this run, missing in the committed ledger",
        "c.lem1: SUPPORTED in the committed ledger, not judged in this run",
        "e.lem1: slack is 0.6 in this run, 0.5 in the committed ledger",
    ]


@pytest.mark.parametrize("field", ledger.FIELDS[1:])
def test_compare_sees_every_field(field):
    special = {"counterexample": "x", "mutants": [{"name": "another", "verdict": "REFUTED"}]}
    value = special.get(field, 7.0 if field in ledger.FIGURES else "other")
    assert [s.split(":")[0] for s in ledger.compare([record(**{field: value})], [record()])] == ["zhang22.lem2"]


def test_figures_may_differ_by_their_stated_tolerance_and_no_more():
    exact = record(kind="exact")
    assert ledger.compare([{**exact, "slack": 0.505}], [exact]) == []
    assert ledger.compare([{**exact, "slack": 0.52}], [exact]) != []
    assert ledger.compare([record(slack=0.52)], [record()]) == []
    assert ledger.compare([record(slack=0.57)], [record()]) != []


def test_a_mutant_may_not_change_its_verdict_nor_its_margin():
    def mutant(**changes):
        return record(mutants=[{"name": "m", "verdict": "REFUTED", "measured": 2.0, "bound": 1.0, **changes}])

    assert ledger.compare([mutant(measured=2.1)], [mutant()]) == []
    assert len(ledger.compare([mutant(verdict="PROVED")], [mutant()])) == 1
    assert len(ledger.compare([mutant(measured=3.0)], [mutant()])) == 1
    assert len(ledger.compare([record(mutants=[])], [mutant()])) == 1


def test_a_claim_judged_twice_is_refused():
    found = ledger.problems([record(), record(chapter="part/two")])
    assert found == ["zhang22.lem2: judged twice, in part/one and part/two"]


def test_a_ledger_with_a_gap_is_refused():
    assert "unknown claim id" in ledger.problems([record(id="zhang22.none")])[0]
    assert "named but not judged" in ledger.problems([record(repair="zhang22.lem2.fix")])[0]
    assert "at least one mutant" in ledger.problems([record(mutants=[])])[0]
    assert "every mutant refuted" in ledger.problems([record(mutants=[{"name": "m", "verdict": "UNDECIDED"}])])[0]
    fallen = record(id="zhang22.eq30", verdict="REFUTED")
    (found,) = ledger.problems([record(survives={"zhang22.eq30": "yes: it stands"}), fallen])
    assert "zhang22.lem2: says that zhang22.eq30 survives" in found
    assert "1001 random decisions" in ledger.problems([record(error_rate=1001e-9)])[0]


def test_the_ledger_is_sorted_and_holds_its_fields_only():
    results = [{"records": [record(id="b.lem1", seconds=3), record(id="a.lem1")]}]
    assert [r["id"] for r in ledger.collect(results)] == ["a.lem1", "b.lem1"]
    assert all(tuple(r) == ledger.FIELDS for r in ledger.collect(results))
