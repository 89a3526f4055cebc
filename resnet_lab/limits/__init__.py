"""Closed forms and exact laws for networks at initialisation, as rigorous enclosures (python-flint balls).

Functions that return a number return an `arb`: a ball that certainly contains the exact value. Comparing
balls has three answers: `a < b` is True only if it is certain, so `not (a < b)` does not say `a >= b`; ask
for both. Arguments may be int, Fraction, a decimal string such as "0.1", fmpq or arb; a float stands for the
exact binary number that it is, so 0.1 is not 1/10. This module knows nothing of the simulator, and the
simulator nothing of it.
"""

from .balls import PRECISION, ball, whole
from .moments import (
    gaussian_absolute_moment,
    gaussian_moment,
    mean_square,
    mean_square_slope,
    normaliser,
    shifted_relu_mean_square,
)
from .tails import (
    binomial_log_probability,
    chi_square_lower_tail,
    chi_square_upper_tail,
    normal_upper_tail,
    relu_norm_lower_tail,
    relu_norm_upper_tail,
)

__all__ = [
    "PRECISION", "ball", "binomial_log_probability", "chi_square_lower_tail", "chi_square_upper_tail",
    "gaussian_absolute_moment", "gaussian_moment", "geometric_sum", "mean_square", "mean_square_slope",
    "normal_upper_tail", "normaliser", "relu_norm_lower_tail", "relu_norm_upper_tail", "shifted_relu_mean_square",
]  # fmt: skip


def geometric_sum(ratio, terms: int):
    """g_C(h) = sum_{i < h} C^i for C = ratio, h = terms (du18, appendix), in the arithmetic of `ratio`."""
    total = 0
    for _ in range(whole("terms", terms, 0)):
        total = 1 + ratio * total
    return total
