"""The registry holds every claim of the inventory and refuses a broken entry with a sentence."""

from collections import Counter
from pathlib import Path

import pytest

from resnet_lab import claims

# The inventory with which the book began; repairs and own findings come on top, nothing may disappear.
INVENTORY_IDS = (Path(__file__).parent / "inventory.txt").read_text().split()
INVENTORY = {"du18": 148, "frei19": 139, "gulcu19": 140, "nfres": 101, "zhang22": 147, "cross": 50}

ENTRY = dict(
    id="demo.lem1",
    label="Lemma 1",
    place="Section 1",
    part="II",
    role="statement",
    nature="identity",
    statement="$1 = 1$.",
    hypotheses="",
    rests_on=[],
)


def write(folder, *entries, file="demo.toml"):
    """A registry file with these entries; values are written as TOML literals."""
    lines = []
    for entry in entries:
        lines.append("[[claim]]")
        for field, value in entry.items():
            text = str(value).lower() if isinstance(value, bool) else repr(value)
            lines.append(f"{field} = {text}")
    (folder / file).write_text("\n".join(lines) + "\n", encoding="utf-8")
    return folder


def refusal(folder):
    """The sentence with which loading this folder is refused."""
    with pytest.raises(ValueError) as caught:
        claims.load(folder)
    sentence = str(caught.value)
    assert "\n" not in sentence
    return sentence


def test_the_inventory_counts_725_claims():
    assert Counter(name.split(".")[0] for name in set(INVENTORY_IDS)) == INVENTORY
    assert len(INVENTORY_IDS) == sum(INVENTORY.values()) == 725


def test_the_registry_holds_every_claim_of_the_inventory():
    assert sorted(set(INVENTORY_IDS) - set(claims.load())) == []


def test_every_statement_has_balanced_dollar_signs():
    assert [claim.id for claim in claims.load().values() if claim.statement.count("$") % 2] == []


def test_an_entry_is_loaded_field_by_field(tmp_path):
    second = ENTRY | dict(id="demo.eq2", rests_on=["demo.lem1"], note=True)
    loaded = claims.load(write(tmp_path, ENTRY, second))
    assert list(loaded) == ["demo.lem1", "demo.eq2"]
    assert loaded["demo.lem1"] == claims.Claim(**ENTRY | dict(rests_on=()), paper="demo", note=False)
    assert loaded["demo.eq2"].note and loaded["demo.eq2"].rests_on == ("demo.lem1",)


def test_the_registry_cannot_be_changed_by_a_reader():
    with pytest.raises(TypeError):
        claims.load()["demo.lem1"] = None


def test_get_returns_the_claim_of_that_id():
    assert claims.get("zhang22.lem2").paper == "zhang22"


def test_an_unknown_id_is_refused_with_the_closest_known_one():
    with pytest.raises(ValueError, match=r"'zhang22.lemma2'; did you mean .*zhang22\.lem2"):
        claims.get("zhang22.lemma2")
    with pytest.raises(ValueError, match=r"^unknown claim id 'Q'$"):
        claims.get("Q")


def test_dependents_invert_rests_on():
    edges = {(claim.id, other) for claim in claims.load().values() for other in claim.rests_on}
    assert {(above, below) for _, below in edges for above in claims.dependents(below)} == edges


def test_dependents_of_an_unknown_id_are_refused():
    with pytest.raises(ValueError, match="unknown claim id 'zhang22.none'"):
        claims.dependents("zhang22.none")


@pytest.mark.parametrize("field", [field for field in ENTRY if field != "id"])
def test_a_missing_field_is_refused(tmp_path, field):
    entry = {name: value for name, value in ENTRY.items() if name != field}
    assert refusal(write(tmp_path, entry)) == f"demo.toml, demo.lem1: the field {field} is missing"


@pytest.mark.parametrize(
    "change, reason",
    [
        (dict(natur="identity"), "unknown field natur; did you mean nature?"),
        (dict(nature="inequality"), "unknown nature 'inequality'; allowed: 'identity'"),
        (dict(role="lemma"), "unknown role 'lemma'; allowed: 'statement', 'step', 'repair'"),
        (dict(part="XII"), "unknown part 'XII'; allowed: ''"),
        (dict(statement=" "), "statement must not be empty"),
        (dict(label=7), "label must be text, got 7"),
        (dict(rests_on="demo.eq2"), "rests_on must be a list of claim ids, got 'demo.eq2'"),
        (dict(rests_on=[1]), "rests_on must be a list of claim ids, got [1]"),
        (dict(rests_on=["demo.eq2", "demo.eq2"]), "rests_on names a claim twice"),
        (dict(note=False), "note must be true or absent"),
        (dict(rests_on=["demo.lem2"]), "unknown claim 'demo.lem2'; did you mean demo.lem1?"),
        (dict(rests_on=["demo.lem1"]), "it rests on itself: demo.lem1 -> demo.lem1"),
        (dict(role="repair"), "the id of a repair, and of nothing else, ends in .fix"),
    ],
)
def test_a_malformed_entry_is_refused_with_file_entry_and_reason(tmp_path, change, reason):
    assert refusal(write(tmp_path, ENTRY | change)).startswith(f"demo.toml, demo.lem1: {reason}")


def test_an_entry_without_id_is_named_by_its_number(tmp_path):
    entry = {name: value for name, value in ENTRY.items() if name != "id"}
    assert refusal(write(tmp_path, ENTRY, entry)) == "demo.toml, entry 2: the field id is missing"


@pytest.mark.parametrize("name", ["other.lem1", "demo", "demo.", "demo.lem 1", "demolem1"])
def test_an_id_must_begin_with_the_paper_of_its_file(tmp_path, name):
    sentence = refusal(write(tmp_path, ENTRY | dict(id=name)))
    assert sentence.startswith(f"demo.toml, {name}: an id in this file must be demo.")


def test_a_duplicate_id_is_refused(tmp_path):
    assert refusal(write(tmp_path, ENTRY, ENTRY)) == "demo.toml, demo.lem1: this id occurs twice"


def test_a_repair_needs_the_claim_that_it_repairs(tmp_path):
    repair = ENTRY | dict(id="demo.eq9.fix2", role="repair")
    sentence = refusal(write(tmp_path, repair))
    assert sentence.startswith("demo.toml, demo.eq9.fix2: a repair of the unknown claim 'demo.eq9'")
    assert "demo.eq9.fix2" in claims.load(write(tmp_path, ENTRY | dict(id="demo.eq9"), repair))


def test_an_id_that_ends_in_fix_is_a_repair(tmp_path):
    sentence = refusal(write(tmp_path, ENTRY, ENTRY | dict(id="demo.lem1.fix")))
    assert sentence.startswith("demo.toml, demo.lem1.fix: the id of a repair")


def test_a_cycle_across_files_is_refused_with_its_path(tmp_path):
    write(tmp_path, ENTRY | dict(rests_on=["more.eq1"]))
    first = ENTRY | dict(id="more.eq1", rests_on=["more.eq2"])
    write(tmp_path, first, ENTRY | dict(id="more.eq2", rests_on=["demo.lem1"]), file="more.toml")
    sentence = refusal(tmp_path)
    assert "it rests on itself" in sentence and sentence.count(" -> ") == 3
    for edge in ("demo.lem1 -> more.eq1", "more.eq1 -> more.eq2", "more.eq2 -> demo.lem1"):
        assert edge in sentence


@pytest.mark.parametrize("text", ["[[claim]\n", "title = 'x'\n", "claim = 3\n", "claim = [1]\n", ""])
def test_a_file_that_is_no_list_of_claims_is_refused(tmp_path, text):
    (tmp_path / "demo.toml").write_text(text)
    assert refusal(tmp_path).startswith("demo.toml")


def test_an_empty_folder_is_refused(tmp_path):
    assert refusal(tmp_path).startswith("no claims in ")
