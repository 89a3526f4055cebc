"""A chapter's page: settings and keys from outside, verdicts recorded first, mutants that must die."""

import json
from functools import partial

import jax.random as jr
import pytest

from resnet_lab import claims, page
from resnet_lab.evidence import exact, sampled

CLAIM = "zhang22.eq24"  # a proved step
REFUTED = "zhang22.eq23"  # a refuted step with a repair, on which zhang22.eq30 rests


def bound_by(limit=2):
    return exact.compare(1, limit, covers=True, at=f"limit {limit}")


@pytest.fixture
def chapter(monkeypatch, tmp_path):
    for name in ("RESNET_LAB_SEED", "RESNET_LAB_SETTING"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("RESNET_LAB_LEDGER", str(tmp_path))
    return page.Chapter("norms/example")


def recorded(tmp_path):
    return json.loads((tmp_path / "norms--example.json").read_text())["records"]


def test_a_verdict_is_shown_with_its_mutants_and_recorded(chapter, tmp_path):
    chapter.judge(CLAIM, bound_by, expect="PROVED", mutants={"limit halved twice": dict(limit="1/2")})
    verdict = chapter.verdicts[-1]
    assert str(verdict).startswith(f"{CLAIM}: PROVED (exact)") and "limit halved twice: REFUTED" in str(verdict)
    (record,) = recorded(tmp_path)
    (mutant,) = record["mutants"]
    assert record["verdict"] == "PROVED" and (mutant["name"], mutant["verdict"]) == ("limit halved twice", "REFUTED")
    assert (mutant["measured"], mutant["sense"], mutant["bound"]) == (1, "<=", 0.5)
    assert "REFUTED (1 against <= 0.5)" in str(verdict)
    assert record["chapter"] == "norms/example" and record["role"] == claims.get(CLAIM).role


def test_a_mutant_in_few_words_means_one_changed_argument(chapter, tmp_path):
    chapter.judge(CLAIM, bound_by, expect="PROVED", mutants=["limit * 1/4"])
    assert recorded(tmp_path)[0]["mutants"][0]["bound"] == 0.5


def test_a_margin_has_the_digits_that_show_on_which_side_it_lies(chapter, tmp_path):
    chapter.judge(CLAIM, lambda top="0.9": exact.compare(top, "0.99951", covers=True), expect="PROVED",
                  mutants=["top = 0.99953"])  # fmt: skip
    (mutant,) = recorded(tmp_path)[0]["mutants"]
    assert 0.99951 < mutant["measured"] <= 0.99953


def test_a_check_that_asks_for_a_larger_share_of_the_error_budget_is_refused(chapter):
    def greedy(at_most=0.9):
        return sampled(lambda key: jr.uniform(key) < 0.1, jr.key(0), at_most=at_most, truth=0.1, error=0.05)

    with pytest.raises(ValueError, match="may spend 1e-09 each, this check asks for 0.05"):
        chapter.judge(CLAIM, greedy, expect="SUPPORTED", reading="one coin", mutants=["at_most * 1/20"])


def test_an_unexpected_verdict_raises_after_it_was_recorded(chapter, tmp_path):
    with pytest.raises(page.VerdictChanged, match=f"{CLAIM} came out REFUTED, expected PROVED"):
        chapter.judge(CLAIM, partial(bound_by, limit="1/2"), expect="PROVED", mutants={"limit 1/3": dict(limit="1/3")})
    assert recorded(tmp_path)[0]["verdict"] == "REFUTED"


def test_in_a_readers_own_run_nothing_raises(monkeypatch):
    monkeypatch.delenv("RESNET_LAB_LEDGER", raising=False)
    chapter = page.Chapter("norms/example")
    chapter.judge(CLAIM, partial(bound_by, limit="1/2"), expect="PROVED", mutants={"limit 3": dict(limit=3)})
    assert "REFUTED" in str(chapter.verdicts[0])
    assert "the verdict at the registered setting is PROVED" in str(chapter.verdicts[0])


def test_a_mutant_that_lives_raises(chapter):
    with pytest.raises(page.VerdictChanged, match="mutant 'limit 3' came out PROVED"):
        chapter.judge(CLAIM, bound_by, expect="PROVED", mutants={"limit 3": dict(limit=3)})


def test_a_check_without_a_mutant_is_refused(chapter):
    with pytest.raises(ValueError, match="no mutant"):
        chapter.judge(CLAIM, bound_by, expect="PROVED", mutants={})


def refute(chapter, **changes):
    arguments = dict(
        expect="REFUTED", mutants={"limit 1/3": dict(limit="1/3")}, severity="hypothesis",
        repair="zhang22.eq23.fix", survives={"zhang22.eq30": "no: it uses this step"},
    )  # fmt: skip
    return chapter.judge(REFUTED, partial(bound_by, limit="1/2"), **{**arguments, **changes})


def test_a_refutation_records_its_counterexample_repair_and_survival(chapter, tmp_path):
    refute(chapter)
    (record,) = recorded(tmp_path)
    assert record["counterexample"] == "limit 1/2" and record["repair"] == "zhang22.eq23.fix"
    assert record["severity"] == "hypothesis" and record["survives"] == {"zhang22.eq30": "no: it uses this step"}


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        (dict(severity="bad luck"), "severity must be one of"),
        (dict(repair=None), "either the repair's id or no_repair"),
        (dict(repair="zhang22.nowhere"), "unknown claim id"),
        (dict(survives={}), "survives must speak of"),
        (dict(survives={"zhang22.eq30": "perhaps"}), "must be 'yes: why'"),
    ],
)
def test_a_refutation_that_leaves_something_out_is_refused(chapter, changes, words):
    with pytest.raises(ValueError, match=words):
        refute(chapter, **changes)


def test_support_needs_its_finite_reading(chapter):
    with pytest.raises(ValueError, match="finite reading"):
        chapter.judge(CLAIM, bound_by, expect="SUPPORTED", mutants={"limit 1/2": dict(limit="1/2")})


def test_a_claim_is_judged_once_in_a_chapter(chapter):
    chapter.judge(CLAIM, bound_by, expect="PROVED", mutants={"limit 1/2": dict(limit="1/2")})
    with pytest.raises(ValueError, match="judged twice"):
        chapter.judge(CLAIM, bound_by, expect="PROVED", mutants={"limit 1/2": dict(limit="1/2")})


def test_an_unknown_claim_is_refused(chapter):
    with pytest.raises(ValueError, match="unknown claim id 'zhang22.eq2400'"):
        chapter.judge("zhang22.eq2400", bound_by, expect="PROVED", mutants={"limit 1/2": dict(limit="1/2")})


def test_a_reader_may_change_the_setting_and_nothing_raises(chapter, monkeypatch):
    monkeypatch.setenv("RESNET_LAB_SETTING", "width=8 scale=0.5")
    setting = chapter.setting(width=64, scale=0.1)
    assert (setting.width, setting.scale) == (8, 0.5)

    def too_little_power():
        raise ValueError("the gap needs more draws")

    chapter.judge(CLAIM, bound_by, expect="UNDECIDED", mutants={"limit 3": dict(limit=3)})
    chapter.judge("zhang22.eq22", lambda **_: too_little_power(), expect="PROVED", mutants={"any": {}})
    first, second = chapter.verdicts
    assert first.record["verdict"] == "PROVED"
    assert second.record["verdict"] == "UNDECIDED" and "gap needs more draws" in str(second)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("width=0", "width must be an integer >= 1, got 0"),
        ("width=two", "width must be an integer, got 'two'"),
        ("scale=-1", "scale must be finite and >= 0, got -1.0"),
        ("scale=inf", "scale must be finite"),
        ("depth=3", "unknown setting 'depth'"),
    ],
)
def test_a_bad_setting_names_the_parameter_and_what_is_allowed(chapter, monkeypatch, text, words):
    monkeypatch.setenv("RESNET_LAB_SETTING", text)
    with pytest.raises(ValueError, match=words):
        chapter.setting(width=64, scale=0.1)


def test_keys_depend_on_the_seed_and_on_the_name(monkeypatch, chapter):
    monkeypatch.setenv("RESNET_LAB_SEED", "1")
    other = page.Chapter("norms/example")
    assert (chapter.key("a") == chapter.key("a")) and not (chapter.key("a") == chapter.key("b"))
    assert not (chapter.key("a") == other.key("a"))


def test_a_seed_that_is_no_integer_is_refused(monkeypatch):
    monkeypatch.setenv("RESNET_LAB_SEED", "lucky")
    with pytest.raises(ValueError, match="RESNET_LAB_SEED must be an integer, got 'lucky'"):
        page.Chapter("norms/example")
