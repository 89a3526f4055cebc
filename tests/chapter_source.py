"""A chapter's source as the guards read it: its functions, its calls of evidence makers, the numbers in its prose."""

import ast
import re
from fractions import Fraction
from functools import cached_property
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
MAKERS = {"Evidence", "all_of", "any_of", "identity", "at_most", "compare", "number", "sampled", "sampled_mean",
          "sampled_law", "sampled_until", "scaled", "no_constant", "searched", "enumerated", "trained"}  # fmt: skip
NUMBERS = {"int", "float", "str", "bool", "Fraction", "Rational", "Integer", "Float", "S", "sympify", "arb", "ball",
           "to_ball", "array", "asarray", "tuple", "list", "partial", "abs", "round"}  # fmt: skip
FUNCTIONS = (ast.FunctionDef, ast.Lambda)


def called(node):
    """The last part of the name that a call calls; "" when it calls no name."""
    return getattr(node.func, "attr", getattr(node.func, "id", ""))


def keywords(call):
    return {keyword.arg: keyword.value for keyword in call.keywords}


def names(node):
    """The names that an expression or a body reads."""
    return {n.id for n in ast.walk(node) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Load)}


def parameters(function):
    """name -> default, None for a parameter without one."""
    a = function.args
    plain, extra = [*a.posonlyargs, *a.args], [arg for arg in (a.vararg, a.kwarg) if arg]
    defaults = [None] * (len(plain) - len(a.defaults)) + a.defaults
    found = dict(zip([arg.arg for arg in plain], defaults, strict=True))
    found.update(zip([arg.arg for arg in a.kwonlyargs], a.kw_defaults, strict=True))
    return found | {arg.arg: None for arg in extra}


def body(function):
    """What a function executes, without its defaults: they are evaluated outside of it."""
    return function.body if isinstance(function, ast.FunctionDef) else [function.body]


def assigned(nodes):
    """name -> value of the plain assignments among these nodes and below them, functions of their own left out."""
    found = {}
    for node in nodes:
        if isinstance(node, ast.Assign):
            for target in node.targets:
                pairs = [(target, node.value)]
                if isinstance(target, ast.Tuple) and isinstance(node.value, ast.Tuple):
                    pairs = zip(target.elts, node.value.elts, strict=False)
                found |= {t.id: value for t, value in pairs if isinstance(t, ast.Name)}
        elif not isinstance(node, FUNCTIONS):
            found |= assigned(ast.iter_child_nodes(node))
    return found


class Source:
    """The syntax tree of one chapter and its prose."""

    def __init__(self, text):
        self.tree = ast.parse(text)
        marked = re.findall(r"^# %% \[markdown\]\n((?:#.*\n?|\n)*)", text, re.MULTILINE)
        self.prose = re.sub(r"^# ?", "", "\n".join(marked), flags=re.MULTILINE)

    @cached_property
    def functions(self):
        """(name, function) in the order of the page, after those of the package that checks share."""
        shared = ast.parse((ROOT / "resnet_lab" / "bounds.py").read_text(encoding="utf-8"))
        for node in ast.walk(shared):
            node.lineno = 0
        found = [node for tree in (shared, self.tree) for node in ast.walk(tree)]
        pairs = [(node.name, node) for node in found if isinstance(node, ast.FunctionDef)]
        pairs += [(name, node) for name, node in self.variables.items() if isinstance(node, ast.Lambda)]
        return sorted(pairs, key=lambda pair: pair[1].lineno)

    @cached_property
    def variables(self):
        return assigned(self.tree.body)

    def calls(self, wanted, node=None):
        for each in ast.walk(node or self.tree):
            if isinstance(each, ast.Call) and called(each) in wanted:
                yield each

    def judged(self):
        """(call, claim id, check, mutants) of each claim."""
        for call in self.calls({"judge"}):
            if isinstance(call.func, ast.Attribute):
                given = keywords(call)
                check = call.args[1] if len(call.args) > 1 else given["check"]
                yield call, getattr(call.args[0], "value", ""), check, self.value(given["mutants"])

    def value(self, node):
        """What a name stands for, when one assignment says so."""
        return self.variables.get(node.id, node) if isinstance(node, ast.Name) else node

    def function(self, check):
        """The function behind a check, through names and `partial`; None when it is none of the page's."""
        if isinstance(check, ast.Call) and called(check) == "partial":
            return self.function(check.args[0])
        if isinstance(check, ast.Lambda):
            return check
        wanted = getattr(check, "attr", getattr(check, "id", ""))
        before = [node for name, node in self.functions if name == wanted and node.lineno <= check.lineno]
        return before[-1] if before else None

    def stands_for(self, node, scope):
        """An expression with its names followed through assignments and defaults, and the names that are left."""
        while isinstance(node, ast.Name):
            node, scope = {**self.variables, **scope}.get(node.id), {**scope, node.id: None}
        return node, scope

    def number(self, node, scope):
        """The value of a typed number: a constant, its negative, a constructor of constants.

        None for what is computed; arithmetic on typed numbers is a computation, unless it adds 0 or multiplies by 1.
        """
        node, scope = self.stands_for(node, scope)
        if isinstance(node, ast.Constant):
            try:
                return None if isinstance(node.value, bool) else Fraction(str(node.value))
            except (ValueError, ZeroDivisionError):
                return None
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
            inner = self.number(node.operand, scope)
            return None if inner is None else -inner
        if isinstance(node, ast.Call) and called(node) in NUMBERS and 1 <= len(node.args) <= 2:
            parts = [self.number(part, scope) if isinstance(part, ast.Constant) or len(node.args) == 1 else None
                     for part in node.args]  # fmt: skip
            return None if None in parts or 0 in parts[1:] else parts[0] / (parts[1] if parts[1:] else 1)
        if isinstance(node, ast.BinOp):
            left, right = self.number(node.left, scope), self.number(node.right, scope)
            unit = 0 if isinstance(node.op, ast.Add | ast.Sub) else 1
            if None not in (left, right) and right == unit:
                return left
            if None not in (left, right) and left == unit and isinstance(node.op, ast.Add | ast.Mult):
                return right
        return None

    def typed(self, node, scope):
        """Whether an expression is a typed number, a truth value, a word, or a collection of these."""
        node, scope = self.stands_for(node, scope)
        if isinstance(node, ast.Tuple | ast.List):
            return all(self.typed(part, scope) for part in node.elts)
        return isinstance(node, ast.Constant) or (node is not None and self.number(node, scope) is not None)

    def told(self):
        """The numbers that the prose holds: decimals, a/b, fractions, percentages and powers of ten."""
        text = self.prose.replace(r"\,", "").replace("−", "-")
        found = {Fraction(n) for n in re.findall(r"\d+(?:\.\d+)?", text)}
        found |= {Fraction(n) / 100 for n in re.findall(r"(\d+(?:\.\d+)?)\s*\\?%", text)}
        pairs = re.findall(r"(\d+)\s*/\s*(\d+)", text)
        pairs += re.findall(r"\\[dt]?frac\s*\{?(\d+?)\}?\s*\{?(\d+)\}?", text)
        found |= {Fraction(int(a), int(b)) for a, b in pairs if int(b)}
        found |= {Fraction(10) ** int(power) for power in re.findall(r"10\^\{?(-?\d+)", text)}
        return found | {-n for n in found}


def scope_of(function):
    """What the names in a function may stand for: its assignments, and before these the defaults of its parameters."""
    return {**assigned(body(function)), **parameters(function)} if function else {}
