"""Textbook inequalities, each beside a slip of it that is false by a little: see known_answers.py."""

from . import certified_cases, exact_cases, sampled_cases, scaled_cases, searched_cases, trained_cases
from .case import TOLERANCE, Case

CASES = [
    *exact_cases.CASES, *certified_cases.CASES, *searched_cases.CASES,
    *sampled_cases.CASES, *scaled_cases.CASES, *trained_cases.CASES,
]  # fmt: skip

__all__ = ["CASES", "TOLERANCE", "Case"]
