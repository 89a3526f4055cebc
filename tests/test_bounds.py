"""The shared bounds: their proofs replay, their mutants fall, and their formulas agree with numbers found elsewhere."""

import math

import numpy as np
import pytest
import sympy as sp

from resnet_lab import bounds
from resnet_lab.evidence import judge


@pytest.mark.parametrize(
    ("bound", "mutant"),
    [
        (bounds.lower_product, "8/5"),
        (bounds.upper_product, sp.S.Half),
        (bounds.affine_steps, 0),
        (bounds.lipschitz_entries, sp.S.Half),
    ],
)
def test_each_bound_is_proved_and_its_false_variant_refuted(bound, mutant):
    assert judge(bound()) == "PROVED"
    assert judge(bound(mutant)) == "REFUTED"


@pytest.mark.parametrize(("x", "holds"), [(1.59, True), (1.6, False)])
def test_the_lower_product_ends_where_the_numbers_say(x, holds):
    assert all((1 - x / H) ** (H - 1) >= math.exp(-x) for H in range(2, 200)) == holds


@pytest.mark.parametrize(("s", "slope", "pixels"), [(0, 0.25, 1), (-1.5, 2, 1), (0.5, 1, 3)])
def test_the_moments_agree_with_gauss_quadrature(s, slope, pixels):
    nodes, weights = np.polynomial.hermite_e.hermegauss(20)
    weights = weights / weights.sum()
    square = pixels * (s + slope * nodes / math.sqrt(pixels)) ** 2 / (weights @ (s + slope * nodes) ** 2)
    variance = weights @ square**2 - (weights @ square) ** 2
    assert float(bounds.affine_variance(s, slope, pixels)) == pytest.approx(variance)


def test_the_fourth_moment_is_the_integral():
    x = sp.Symbol("x", positive=True)
    density = sp.sqrt(2 / sp.pi) * sp.exp(-(x**2) / 2)
    integral = sp.integrate(sp.expand((3 + 2 * x) ** 4) * density, (x, 0, sp.oo))
    assert sp.simplify(integral - bounds.fourth_moment(3, 2)) == 0
