"""What no chapter may do, read off its syntax tree; each guard is first seen to fail on a small bad chapter.

A finding is a sentence with the line. The guards read names and defaults through assignments; what they cannot see, a
number hidden behind arithmetic that changes nothing, is left to the verdicts of the mutants.
"""

import ast

import pytest
from chapter_source import (
    FUNCTIONS,
    MAKERS,
    ROOT,
    Source,
    assigned,
    body,
    called,
    keywords,
    names,
    parameters,
    scope_of,
)

from resnet_lab import runner

CHAPTERS = runner.chapters(ROOT)
SIDES = {"identity": 2, "at_most": 2, "compare": 2, "number": 2}  # how many positional arguments are the two sides
LIMITS = ("bound", "at_most", "at_least", "within")
PLANS = {"sampled": "draws_needed", "sampled_mean": "draws_for_mean", "sampled_law": "draws_for_band"}
HEAD = """
# %% [markdown]
# The rate stays at most 5 %, that is $\\frac1{20}$, and the drift below 0.25.

# %%
from resnet_lab import page
from resnet_lab.evidence import certified, draws_needed, exact, sampled
chapter = page.Chapter("norms/example")
"""


def unread_arguments(source):
    """A parameter that a function never reads: a mutant that changes it changes nothing."""
    checks = [source.function(check) for _, _, check, _ in source.judged()]
    for node in ast.walk(source.tree):
        if isinstance(node, ast.FunctionDef) or node in checks:  # another lambda answers to what calls it
            read = set().union(*map(names, body(node)))
            for name in parameters(node):
                if name not in read and not name.startswith("_"):
                    yield f"line {node.lineno}: the argument {name} is never read"


def checks_of_another_kind(source):
    """A check that is no function of the page, reads no argument of its mutants, or gives back what is not made in it.

    Evidence must be made inside the check, by a call that no argument chooses: not stored beforehand, not returned
    under a condition on an argument (on the verdict of another part it may be), not made by a function that comes in as
    an argument.
    """
    own = {name for name, function in source.functions if any(source.calls(MAKERS, function))}
    for value in source.variables.values():
        if not isinstance(value, ast.Lambda):
            for call in source.calls(MAKERS | own, value):
                yield f"line {call.lineno}: evidence made outside of a check"
    for call, name, check, mutants in source.judged():
        function = source.function(check)
        if function is None:
            yield f"line {call.lineno}: the check of {name} is no function of this page"
            continue
        for key, value in changes(mutants):
            if source.function(value) and any(source.calls(MAKERS, source.function(value))):
                yield f"line {call.lineno}: the mutant of {name} brings its own check in {key}"
        yield from returned(source, function, name)


def changes(mutants):
    """(argument, new value) for each change that the mutants of a claim make; a text names its argument first."""
    for mutant in mutants.values if isinstance(mutants, ast.Dict) else mutants.elts:
        if isinstance(mutant, ast.Dict):
            yield from ((key.value, value) for key, value in zip(mutant.keys, mutant.values, strict=True))
        elif isinstance(mutant, ast.Call):
            yield from keywords(mutant).items()


def idle_mutants(source):
    """No mutant at all, one without a change, or one whose only change gives an argument the value that it has."""
    for call, name, check, mutants in source.judged():
        forms = mutants.values if isinstance(mutants, ast.Dict) else getattr(mutants, "elts", [])
        if not forms:
            yield f"line {call.lineno}: {name} has no mutant"
        scope = scope_of(source.function(check))
        if isinstance(check, ast.Call):  # a partial
            scope |= keywords(check)
        for mutant in forms:
            if isinstance(mutant, ast.Constant) and isinstance(mutant.value, str):
                continue  # a text: page.judge refuses one that changes nothing
            made = list(changes(ast.List(elts=[mutant])))
            old = [(source.number(scope.get(key), scope), source.number(value, {})) for key, value in made]
            if all(here == there is not None for here, there in old):
                yield f"line {mutant.lineno}: a mutant of {name} must change an argument of the check"


def returned(source, function, name):
    local = assigned(body(function))
    touched = tainted(function)
    for node in own_nodes(function):
        if (
            isinstance(node, ast.If | ast.IfExp)
            and names(node.test) & touched
            and not any(source.calls({"judge"}, node.test))
        ):
            branches = [*node.body, *node.orelse] if isinstance(node, ast.If) else [node.body, node.orelse]
            inside = [each for part in branches for each in ast.walk(part)]
            made = [each for each in inside if isinstance(each, ast.Call) and called(each) in MAKERS]
            if made or any(isinstance(each, ast.Return) for each in inside):
                yield f"line {node.lineno}: an argument of the check of {name} chooses which evidence is made"
    for value in returns(function):
        value = local.get(value.id, value) if isinstance(value, ast.Name) else value
        if not isinstance(value, ast.Call | ast.IfExp):
            yield f"line {value.lineno}: the check of {name} returns what it does not make"
        elif isinstance(value, ast.Call) and (not called(value) or called(value) in parameters(function)):
            yield f"line {value.lineno}: an argument of the check of {name} chooses which function makes its evidence"


def own_nodes(function):
    """The nodes of a function without those of the functions inside it."""
    waiting = list(body(function))
    while waiting:
        node = waiting.pop()
        yield node
        if not isinstance(node, FUNCTIONS):
            waiting += ast.iter_child_nodes(node)


def returns(function):
    if isinstance(function, ast.Lambda):
        return [function.body]
    return [node.value or node for node in own_nodes(function) if isinstance(node, ast.Return)]


def tainted(function):
    """The parameters and the names that are computed from them."""
    found, local = set(parameters(function)), assigned(body(function))
    for _ in local:
        found |= {name for name, value in local.items() if names(value) & found}
    return found


def typed_evidence(source):
    """A comparison of two typed values, or a typed measurement, proof or interval: nothing was computed."""
    for function in (source.tree, *(node for node in ast.walk(source.tree) if isinstance(node, FUNCTIONS))):
        scope = scope_of(function) if isinstance(function, FUNCTIONS) else {}
        for call in direct_calls(function, source):
            given, name = keywords(call), called(call)
            if name == "Evidence":
                typed = [key for key in ("low", "high", "proof") if key in given and source.typed(given[key], scope)]
                typed += ["low"] * (len(call.args) > 1 and source.typed(call.args[1], scope))
                if typed:
                    yield f"line {call.lineno}: {', '.join(typed)} of evidence must be computed"
            elif name in SIDES and len(call.args) >= 2:
                sides = call.args[:2]
                if all(source.typed(side, scope) for side in sides):
                    yield f"line {call.lineno}: both sides of {name} are typed"


def direct_calls(function, source):
    nodes = own_nodes(function) if isinstance(function, FUNCTIONS) else own_nodes_of_page(source)
    return [node for node in nodes if isinstance(node, ast.Call) and called(node) in MAKERS]


def own_nodes_of_page(source):
    waiting = list(source.tree.body)
    while waiting:
        node = waiting.pop()
        yield node
        if not isinstance(node, FUNCTIONS):
            waiting += ast.iter_child_nodes(node)


def thresholds_from_nowhere(source):
    """A typed threshold that the prose does not name.

    The rule: a threshold (bound=, at_most=, at_least=, within=) or the typed side of a comparison is 0, 1, or computed,
    or the prose of the chapter holds its value: as a decimal, a/b, a fraction, a percentage or a power of ten. The
    statement of every claim stands in the prose (another test).
    """
    told = source.told() | {0, 1, -1}
    for function in (source.tree, *(node for node in ast.walk(source.tree) if isinstance(node, FUNCTIONS))):
        scope = scope_of(function) if isinstance(function, FUNCTIONS) else {}
        for call in direct_calls(function, source):
            limits = [value for key, value in keywords(call).items() if key in LIMITS]
            limits += call.args[:2] if called(call) in SIDES else []
            for limit in limits:
                value = source.number(limit, scope)
                if value is not None and value not in told:
                    yield f"line {call.lineno}: the threshold {value} stands nowhere in the prose"


def support_without_reading(source):
    """An expectation that is not a word, or SUPPORTED without a reading of at least four words."""
    for call, name, *_ in source.judged():
        given = keywords(call)
        expect = given.get("expect")
        if not isinstance(expect, ast.Constant):
            yield f"line {call.lineno}: the expected verdict of {name} must be a word"
        elif expect.value == "SUPPORTED":
            reading = source.value(given.get("reading"))
            parts = [n.value for n in ast.walk(reading) if isinstance(n, ast.Constant)] if reading else []
            if len(" ".join(str(part) for part in parts).split()) < 4:
                yield f"line {call.lineno}: {name} is SUPPORTED without its finite reading"


def draws_without_plan(source):
    """A random check whose planned truth stands in no plan of the page.

    A plan is a call of draws_needed (draws_for_mean, draws_for_band) outside of every function, where the reader sees
    its outcome, with the same threshold and truth; `scaled` and `sampled_until` have no such plan, their draws stand in
    the prose or in the parameters cell.
    """
    plans = {name: [keywords(call) for call in own_nodes_of_page(source) if isinstance(call, ast.Call)
                    and called(call) == name] for name in PLANS.values()}  # fmt: skip
    for function in (node for node in ast.walk(source.tree) if isinstance(node, FUNCTIONS)):
        scope = scope_of(function)
        for call in direct_calls(function, source):
            given, name = keywords(call), called(call)
            if name in PLANS:
                if "truth" not in given:
                    yield f"line {call.lineno}: {name} without its planned truth"
                elif not any(agree(source, scope, given, plan) for plan in plans[PLANS[name]]):
                    yield f"line {call.lineno}: {name} without a plan of its draws on the page"
            elif name in ("scaled", "sampled_until"):
                count = given.get("draws" if name == "scaled" else "most")
                random = name == "sampled_until" or len(call.args) > 2 or "key" in given
                value = source.number(count, scope) if count else None
                if random and (count is None or (value is not None and value not in source.told())):
                    yield f"line {call.lineno}: {name} with draws that the page does not plan"


def agree(source, scope, given, plan):
    """Whether a plan is for the threshold and the truth of a check, by value or else by the same words."""
    for here, there in (("at_most", "at_most"), ("truth", "truth")):
        if here in given and there in plan:
            values = source.number(given[here], scope), source.number(plan[there], {})
            default = scope.get(getattr(given[here], "id", ""))
            words = {ast.dump(given[here]), ast.dump(default) if default else ""}
            if values[0] != values[1] or (values[0] is None and ast.dump(plan[there]) not in words):
                return False
    return True


GUARDS = [unread_arguments, idle_mutants, checks_of_another_kind, typed_evidence, thresholds_from_nowhere,
          support_without_reading, draws_without_plan]  # fmt: skip

GOOD = """
draws_needed(at_most=0.05, truth=0.005)

def leaves(key, scale):
    return norm(key) > scale

def seldom(scale=2, truth=0.005):
    return sampled(lambda k: leaves(k, scale), chapter.key("a"), at_most=0.05, truth=truth)

def drift(gain=1):
    pair = lhs(), gain * rhs()
    return exact.at_most(*pair)

chapter.judge("a.1", seldom, expect="SUPPORTED", reading="one width and one depth", mutants={"m": dict(scale=1)})
chapter.judge("a.2", drift, expect="PROVED", mutants=["gain * 1/2"])
"""
JUDGED = '\nchapter.judge("a.1", check, expect="PROVED", mutants={"m": dict(gain=2)})\n'
BAD = [
    (unread_arguments, "def check(gain=1):\n    return exact.at_most(lhs(), rhs())" + JUDGED, "gain is never read"),
    (unread_arguments, "check = lambda gain=1: exact.at_most(lhs(), rhs())" + JUDGED, "gain is never read"),
    (idle_mutants, JUDGED.replace('{"m": dict(gain=2)}', "{}"), "has no mutant"),
    (idle_mutants, JUDGED.replace("dict(gain=2)", "{}"), "must change an argument"),
    (idle_mutants, "def check(gain=2):\n    return f(gain)" + JUDGED, "must change an argument"),
    (idle_mutants, "two = Fraction(2)\ndef check(gain=two):\n    return f(gain)" + JUDGED, "must change an argument"),
    (checks_of_another_kind, "def check(gain=1):\n    return exact.compare(2, 1) if gain else g()" + JUDGED, "chooses"),
    (checks_of_another_kind, "stored = exact.compare(lhs(), 1)\ndef check(gain=1):\n    return stored" + JUDGED,
     "evidence made outside"),
    (checks_of_another_kind, "def made():\n    return exact.compare(f(), 1)\nstored = made()\n"
     "def check(gain=1):\n    return all_of(stored)" + JUDGED, "evidence made outside"),
    (checks_of_another_kind, "def check(gain=1):\n    return stored" + JUDGED, "returns what it does not make"),
    (checks_of_another_kind, "def check(gain=1):\n    if gain > 1:\n        return exact.compare(2, 1)\n"
     "    return exact.compare(f(), 1)" + JUDGED, "chooses which evidence"),
    (checks_of_another_kind, "def check(gain=1):\n    large = gain > 1\n"
     "    return exact.compare(2, 1) if large else exact.compare(f(), 1)" + JUDGED, "chooses which evidence"),
    (checks_of_another_kind, "def check(gain=f):\n    return gain()" + JUDGED, "chooses which function"),
    (checks_of_another_kind, "def check(gain=1):\n    return {1: f, 2: g}[gain]()" + JUDGED, "chooses which function"),
    (checks_of_another_kind, "def other():\n    return exact.compare(f(), 1)\ndef check(gain=1):\n"
     "    return all_of(gain())\n" + JUDGED.replace("gain=2", "gain=other"), "brings its own check"),
    (checks_of_another_kind, JUDGED, "no function of this page"),
    (typed_evidence, "def check(gain=1):\n    return exact.compare(gain, 2)", "both sides of compare"),
    (typed_evidence, "top = Fraction(3, 2)\ndef check():\n    return certified.number(arb(top) + 0, 2)", "both sides"),
    (typed_evidence, "def check():\n    low = float('1')\n    return Evidence('exact', low=low, high=f(), bound=2)",
     "low of evidence"),
    (typed_evidence, "def check():\n    return Evidence('exact', low=f(), high=f(), bound=2, proof=True)", "proof"),
    (thresholds_from_nowhere, "def check(top=0.3):\n    return exact.compare(f(), top)", "threshold 3/10"),
    (thresholds_from_nowhere, "def check():\n    return certified.at_most(f, box, bound=18)", "threshold 18"),
    (thresholds_from_nowhere, "def check():\n    return sampled(f, key, at_most=0.5, truth=0.1)", "threshold 1/2"),
    (support_without_reading, 'chapter.judge("a.1", f, expect="SUPPORTED", mutants={})', "without its finite reading"),
    (support_without_reading, 'chapter.judge("a.1", f, expect="SUPPORTED", reading="yes", mutants={})', "without its"),
    (support_without_reading, 'chapter.judge("a.1", f, expect=word, mutants={})', "must be a word"),
    (draws_without_plan, "def check():\n    return sampled(f, key, at_most=0.05, truth=0.005)", "without a plan"),
    (draws_without_plan, "draws_needed(at_most=0.05, truth=0.01)\ndef check():\n"
     "    return sampled(f, key, at_most=0.05, truth=0.005)", "without a plan"),
    (draws_without_plan, "def check():\n    return sampled_mean(f, key, at_most=0.05)", "without its planned truth"),
    (draws_without_plan, "def check():\n    return scaled(f, grid, key, rate=r, draws=77)", "draws that the page"),
    (draws_without_plan, "def check():\n    return sampled_until(f, key, at_most=0.05)", "draws that the page"),
]  # fmt: skip


@pytest.mark.parametrize("guard", GUARDS, ids=lambda guard: guard.__name__)
def test_a_guard_passes_a_sound_chapter(guard):
    assert list(guard(Source(HEAD + GOOD))) == []


@pytest.mark.parametrize(("guard", "code", "words"), BAD, ids=lambda part: getattr(part, "__name__", None))
def test_a_guard_finds_the_fault(guard, code, words):
    assert [finding for finding in guard(Source(HEAD + code)) if words in finding] != []


@pytest.mark.parametrize("guard", GUARDS, ids=lambda guard: guard.__name__)
@pytest.mark.parametrize("chapter", CHAPTERS)
def test_a_chapter_passes_the_guard(chapter, guard):
    assert list(guard(Source((ROOT / "book" / f"{chapter}.py").read_text(encoding="utf-8")))) == []
