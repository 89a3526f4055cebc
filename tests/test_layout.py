"""Who may import whom, so that one bug cannot sit on both sides of an inequality; how large things may grow."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "resnet_lab"
MAY_IMPORT = {
    "activations": set(),
    "datasets": set(),
    "network": {"activations"},
    "limits": set(),
    "evidence": set(),
    "bounds": {"evidence"},
    "claims": set(),
    "measure": {"network"},
    "mutants": set(),
    "replay": set(),
    "page": {"evidence", "claims", "mutants"},
    "ledger": {"claims"},
    "atlas": {"claims", "ledger"},
    "store": set(),
    "progress": set(),
    "runner": {"claims", "ledger", "progress", "store"},
    "book": {"atlas", "ledger", "runner", "store"},
    "notebook": {"claims", "ledger", "page", "progress", "runner"},
    "__main__": {"book", "claims", "ledger", "notebook", "replay", "runner", "store"},
    "__init__": {"notebook"},
}
CHAPTERS = sorted(path for path in (ROOT / "book").glob("[!_]*/*.py"))


def modules(folder):
    return sorted(path for path in folder.rglob("*.py") if "__pycache__" not in path.parts)


def unit(path):
    """The name of the module or subpackage of resnet_lab that a file belongs to."""
    return path.relative_to(PACKAGE).with_suffix("").parts[0]


def imported(path, inside_package):
    """The units of resnet_lab that a file imports."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            for alias in node.names:
                if alias.name.startswith("resnet_lab."):
                    yield alias.name.split(".")[1]
        elif isinstance(node, ast.ImportFrom):
            depth = len(path.relative_to(PACKAGE).parts) if inside_package else 0
            if node.level and node.level == depth or node.module == "resnet_lab":
                yield from [node.module.split(".")[0]] if node.level and node.module else [a.name for a in node.names]
            elif node.module and node.module.startswith("resnet_lab."):
                yield node.module.split(".")[1]


@pytest.mark.parametrize("path", modules(PACKAGE), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_a_module_imports_only_what_stands_below_it(path):
    own = unit(path)
    assert set(imported(path, inside_package=True)) - {own, "__version__"} <= MAY_IMPORT[own]


@pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.stem)
def test_a_chapter_imports_no_other_chapter_and_no_runner(path):
    units = set(imported(path, inside_package=False))
    above = {"network", "measure", "limits", "activations", "datasets", "evidence", "bounds", "claims", "page"}
    assert units and units <= above
    assert "sys.path" not in path.read_text(encoding="utf-8")


@pytest.mark.parametrize("path", modules(PACKAGE), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_a_module_fits_on_a_few_screens(path):
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 300
