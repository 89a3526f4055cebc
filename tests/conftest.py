"""What several test files share: the repository's root, one run of the chapters, one build of the site."""

import os
import sys
from pathlib import Path

import pytest

from resnet_lab import book, runner

ROOT = Path(__file__).resolve().parents[1]


def pytest_addoption(parser):
    parser.addoption("--require-browser", action="store_true", help="fail, instead of skipping, without a Chromium")


def pytest_configure(config):
    if sys.flags.optimize or os.environ.get("PYTHONOPTIMIZE"):
        raise pytest.UsageError("unset PYTHONOPTIMIZE: Python would skip every assert")


@pytest.fixture(scope="session")
def results():
    """Every chapter's results; chapters that have not changed since the last run are not executed again."""
    return runner.run(ROOT)


@pytest.fixture(scope="session")
def site(results):
    """The folder of the rendered site, the one that `make book` prints."""
    assert runner.failures(results) == []
    return book.build_site(ROOT, results).parent
