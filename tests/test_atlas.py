"""The atlas and the summary on each page say what the ledger holds, and link to where it stands."""

import pytest
from records import record

from resnet_lab import atlas, claims


def test_the_atlas_lists_every_claim_once_judged_or_not():
    page = atlas.page([record()], {"part/one": "# :label: zhang22.lem2\n"})
    assert '| <a href="part/one.html#zhang22.lem2">zhang22.lem2</a> | SUPPORTED | sampled | 0.5 |' in page
    for name in set(claims.load()) - {"zhang22.lem2"}:
        assert page.count(f"- `{name}` ") == 1


def test_the_atlas_shows_what_a_refutation_means():
    refuted = record(verdict="REFUTED", counterexample="x = 2*y", severity="constant", repair="zhang22.eq23",
                     survives={"zhang22.lem5": "yes: a_b"})  # fmt: skip
    page = atlas.page([refuted, record(id="zhang22.eq23")], {"part/one": "# :label: zhang22.lem2\n# (zhang22.eq23)=\n"})
    assert "Counterexample: x = 2\\*y" in page and "Severity: constant" in page
    assert 'Repair: <a href="part/one.html#zhang22-eq23">zhang22.eq23</a>, SUPPORTED' in page
    assert "Survives, `zhang22.lem5`: yes: a\\_b" in page


def test_the_atlas_refuses_a_claim_without_a_place():
    with pytest.raises(ValueError, match="zhang22.lem2 is judged in part/one, without"):
        atlas.page([record()], {"part/one": "no target"})


def test_a_page_begins_with_the_verdicts_of_its_main_statements():
    source = "# :label: zhang22.lem2\n# (zhang22.eq23)=\n# (zhang22.eq24)=\n"
    steps = [record(id="zhang22.eq23", verdict="REFUTED"), record(id="zhang22.eq24", verdict="PROVED")]
    box = atlas.summary([record(reading="c = 1/2"), *steps], source)
    assert '- <a href="#zhang22.lem2">zhang22.lem2</a>: **SUPPORTED** (sampled). c = 1/2.' in box
    assert "1 PROVED, 1 REFUTED" in box


def test_the_atlas_shows_the_mutants_that_came_nearest_to_passing():
    near = {"name": "constant 1.9", "verdict": "REFUTED", "measured": 2.0, "sense": "<=", "bound": 1.9}
    far = {"name": "sign", "verdict": "REFUTED", "measured": 0.5, "sense": "<=", "bound": 0.0}
    page = atlas.page([record(mutants=[far, near])], {"part/one": "# :label: zhang22.lem2\n"})
    assert "2 of 2 false variants are refuted" in page and "| constant 1.9 | 1.05 |" in page
    assert "| sign |" not in page  # no factor against a bound of 0
