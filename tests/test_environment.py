"""pyproject.toml, requirements.lock and environment.yml describe one environment."""

import re
import tomllib
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name
from packaging.version import Version

ROOT = Path(__file__).parent.parent
PYPROJECT = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
PROJECT = tomllib.loads(PYPROJECT)["project"]
LOCK = (ROOT / "requirements.lock").read_text(encoding="utf-8")
ENVIRONMENT = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))

# What a hosted notebook (Colab, 2026-08) brings; the package must install beside it without replacing it.
HOSTED = {"jax": "0.7.2", "jaxlib": "0.7.2", "numpy": "2.1.3", "scipy": "1.16.3", "matplotlib": "3.10.0"}
NEWEST_JAX = "0.10.2"


def requirements(*extras):
    """The requirements of the package and of these extras."""
    lines = list(PROJECT["dependencies"])
    for extra in extras:
        lines += PROJECT["optional-dependencies"][extra]
    return [Requirement(line) for line in lines]


def locked():
    """Version by canonical name, from the lock."""
    pairs = (line.split("==") for line in LOCK.splitlines())
    return {canonicalize_name(name): version for name, version in pairs}


def test_lock_has_one_plain_line_per_package_in_order():
    lines = LOCK.splitlines()
    assert [line for line in lines if not re.fullmatch(r"[A-Za-z0-9._-]+==[A-Za-z0-9.+!]+", line)] == []
    assert lines == sorted(lines, key=str.lower)
    assert len(locked()) == len(lines)


@pytest.mark.parametrize("requirement", requirements("book", "test"), ids=lambda r: r.name)
def test_each_dependency_admits_its_locked_version(requirement):
    version = locked().get(canonicalize_name(requirement.name))
    assert version is not None, f"{requirement.name} is missing from requirements.lock"
    assert requirement.specifier.contains(version, prereleases=True)


@pytest.mark.parametrize("requirement", requirements("book", "test", "cuda"), ids=lambda r: r.name)
def test_each_dependency_has_both_bounds(requirement):
    operators = {specifier.operator for specifier in requirement.specifier}
    assert operators == {">=", "<"}


def test_each_dependency_says_why_it_is_there():
    stated = [line for line in PYPROJECT.splitlines() if re.match(r'  "[a-z]', line)]
    assert len(stated) == len(requirements("book", "test", "cuda"))
    assert [line for line in stated if not re.search(r'",  # \w.+', line)] == []


@pytest.mark.parametrize("name", HOSTED)
def test_the_package_installs_beside_a_hosted_notebook(name):
    by_name = {requirement.name: requirement for requirement in requirements()}
    assert HOSTED[name] in by_name[name].specifier


def test_the_same_jax_is_allowed_with_and_without_cuda():
    plain = {requirement.name: requirement for requirement in requirements()}["jax"]
    (cuda,) = (Requirement(line) for line in PROJECT["optional-dependencies"]["cuda"])
    assert cuda.specifier == plain.specifier and cuda.extras == {"cuda12"}
    assert NEWEST_JAX in cuda.specifier


def test_python_range_holds_the_hosted_one_and_nothing_older_than_3_11():
    allowed = SpecifierSet(PROJECT["requires-python"])
    assert "3.13.0" in allowed and "3.11.0" in allowed and "3.10.14" not in allowed


def test_conda_environment_installs_the_lock_and_the_package():
    *system, pip = ENVIRONMENT["dependencies"]
    assert pip == {"pip": ["-r requirements.lock", "-e .[book,test]"]}
    assert [Requirement(line).name for line in system] == ["python", "make", "pip"]
    assert Requirement(system[0]).specifier == SpecifierSet(PROJECT["requires-python"])
    assert ENVIRONMENT["name"] == PROJECT["name"]


def test_the_public_address_is_the_only_host_in_these_files():
    assert "://" not in LOCK and "://" not in (ROOT / "environment.yml").read_text(encoding="utf-8")
    assert re.findall(r"\w+://[^\s\"]+", PYPROJECT) == [PROJECT["urls"]["Repository"]]


def test_citation_names_the_package_version():
    source = (ROOT / "resnet_lab" / "__init__.py").read_text(encoding="utf-8")
    (version,) = re.findall(r'^__version__ = "(.+)"$', source, flags=re.MULTILINE)
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    assert str(citation["version"]) == version == str(Version(version))
    assert f"## {version}" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
