"""datasets: Gram matrices, norms, angles and margins, in exact arithmetic on the stored entries; errors."""

import math
from fractions import Fraction

import jax.numpy as jnp
import jax.random as jr
import numpy as np
import pytest
from scipy import stats

from resnet_lab import datasets

ULP = Fraction(1, 2**52)


def exactly(inputs):
    return [[Fraction(float(entry)) for entry in row] for row in inputs]


def gram(inputs):
    """Inner products of the stored rows, without rounding."""
    rows = exactly(inputs)
    return [[sum(a * b for a, b in zip(x, y, strict=True)) for y in rows] for x in rows]


def test_orthonormal_inputs_have_the_identity_as_gram_matrix():
    assert gram(datasets.orthonormal(3, 5)) == np.eye(3).tolist()


@pytest.mark.parametrize("norms", [[1.0], [1e-6, 1.0, 1e6], [0.0, 0.1]])
def test_unequal_norms_are_those_that_were_asked_for(norms):
    assert gram(datasets.unequal_norms(norms, 4)) == np.diag([Fraction(norm) ** 2 for norm in norms]).tolist()


def test_antipodal_inputs_have_inner_product_minus_one_within_a_pair_and_0_across():
    inputs = datasets.antipodal(2, 3)
    assert gram(inputs) == [[1, 0, -1, 0], [0, 1, 0, -1], [-1, 0, 1, 0], [0, -1, 0, 1]]
    assert not np.signbit(np.asarray(inputs)[np.asarray(inputs) == 0]).any()
    assert len(np.unique(inputs, axis=0)) == 4


def test_copies_of_one_point_have_a_gram_matrix_of_ones():
    assert gram(datasets.one_point(3)) == [[1]]
    assert gram(datasets.one_point(3, copies=4)) == np.ones((4, 4)).tolist()


@pytest.mark.parametrize("angle", [math.pi / 2, 1.0, 1e-3, 1e-7, 1e-12])
def test_nearly_parallel_inputs_are_at_the_angle_to_relative_precision(angle):
    rows, square = (
        exactly(datasets.nearly_parallel(3, 4, angle=angle)),
        gram(datasets.nearly_parallel(3, 4, angle=angle)),
    )
    chord = 4 * Fraction(math.sin(angle / 2)) ** 2  # |x_i - x_j|^2
    for i in range(3):
        assert abs(square[i][i] - 1) <= 4 * ULP
        for j in range(i):
            distance = sum((a - b) ** 2 for a, b in zip(rows[i], rows[j], strict=True))
            # three roundings (sine, root, product) in each entry, squared
            assert abs(distance / chord - 1) <= 8 * ULP
            assert abs(square[i][j] - Fraction(math.cos(angle))) <= 8 * ULP
    eigenvalue = float(jnp.linalg.eigvalsh(jnp.array([[float(x) for x in row] for row in square]))[0])
    assert eigenvalue == pytest.approx(2 * math.sin(angle / 2) ** 2, abs=1e-14)


def test_zhang22_separation_falls_with_the_angle():
    near, far = (datasets.nearly_parallel(2, 3, angle=angle) for angle in (1e-9, 0.5))
    assert jnp.linalg.norm(near[0] - near[1]) < 2e-9 < jnp.linalg.norm(far[0] - far[1])


@pytest.mark.parametrize("margin", [1e-9, 0.1, 0.5, 1.0])
@pytest.mark.parametrize("count, dim", [(2, 2), (7, 3), (50, 20)])
def test_separable_inputs_attain_their_margin_and_no_direction_does_better(margin, count, dim):
    data = datasets.separable(count, dim, margin=margin, key=jr.key(0))
    rows, direction = exactly(data.inputs), exactly([data.direction])[0]
    signs = [int(label) for label in data.labels]
    margins = [y * sum(a * b for a, b in zip(x, direction, strict=True)) for x, y in zip(rows, signs, strict=True)]
    assert min(margins) == margins[0] == margins[1] == Fraction(margin) == Fraction(data.margin)
    assert max(margins) <= 1 and sum(entry**2 for entry in direction) == 1
    # The mean of y_1 x_1 and y_2 x_2 is margin times w: no unit vector has a larger product with both.
    assert [(signs[0] * a + signs[1] * b) / 2 for a, b in zip(*rows[:2], strict=True)] == [
        Fraction(margin) * entry for entry in direction
    ]
    for x in rows:  # dim roundings in the norm that the direction across is divided by, and a few more
        assert abs(sum(entry**2 for entry in x) - 1) <= (dim + 8) * ULP


def test_separable_has_both_classes_in_balance_and_follows_its_key():
    data = datasets.separable(9, 4, margin=0.2, key=jr.key(1))
    np.testing.assert_array_equal(data.labels, [1, -1, 1, -1, 1, -1, 1, -1, 1])
    again, other = (datasets.separable(9, 4, margin=0.2, key=jr.key(k)) for k in (1, 2))
    np.testing.assert_array_equal(data.inputs, again.inputs)
    assert not np.any(np.asarray(data.inputs)[:, 1:] == np.asarray(other.inputs)[:, 1:])


def test_separable_spreads_the_inputs_between_the_margin_and_the_direction():
    data = datasets.separable(4002, 3, margin=0.25, key=jr.key(3))
    along = np.asarray(data.labels * data.inputs[:, 0])[2:]
    assert stats.kstest(along, stats.uniform(0.25, 0.75).cdf).pvalue > 1e-9  # the chance of a false alarm
    angles = np.arctan2(*np.asarray(data.inputs)[2:, 1:].T)
    assert stats.kstest(angles, stats.uniform(-np.pi, 2 * np.pi).cdf).pvalue > 1e-9


@pytest.mark.parametrize(
    "call, words",
    [
        (lambda: datasets.orthonormal(4, 3), "count must be at most dim, got 4 and 3"),
        (lambda: datasets.orthonormal(0, 3), "count must be a whole number >= 1, got 0"),
        (lambda: datasets.orthonormal(1, 1.5), "dim must be a whole number >= 1, got 1.5"),
        (lambda: datasets.one_point(0), "dim must be a whole number >= 1, got 0"),
        (lambda: datasets.one_point(2, copies=0), "copies must be a whole number >= 1, got 0"),
        (lambda: datasets.antipodal(4, 3), "pairs must be at most dim, got 4 and 3"),
        (lambda: datasets.unequal_norms([1, 2], 1), "norms must be at most dim, got 2 and 1"),
        (lambda: datasets.unequal_norms([1, -2], 3), "norms must be a list of finite numbers >= 0"),
        (lambda: datasets.unequal_norms([float("inf")], 3), "norms must be a list of finite numbers >= 0"),
        (lambda: datasets.unequal_norms(1.0, 3), "norms must be a list of finite numbers >= 0"),
        (lambda: datasets.unequal_norms([], 3), "norms must be a whole number >= 1, got 0"),
        (lambda: datasets.nearly_parallel(3, 3, angle=0.1), r"count \+ 1 must be at most dim, got 4 and 3"),
        (lambda: datasets.nearly_parallel(2, 3, angle=0.0), r"angle must be in \(0, pi/2\], in radians, got 0.0"),
        (lambda: datasets.nearly_parallel(2, 3, angle=2.0), "angle must be in"),
        (lambda: datasets.nearly_parallel(2, 3, angle=float("nan")), "angle must be in"),
        (lambda: datasets.separable(1, 3, margin=0.1, key=jr.key(0)), "count must be a whole number >= 2, got 1"),
        (lambda: datasets.separable(2, 1, margin=0.1, key=jr.key(0)), "dim must be a whole number >= 2, got 1"),
        (lambda: datasets.separable(2, 2, margin=0.0, key=jr.key(0)), r"margin must be in \(0, 1\], got 0.0"),
        (lambda: datasets.separable(2, 2, margin=1.1, key=jr.key(0)), "margin must be in"),
    ],
)
def test_impossible_data_raise(call, words):
    with pytest.raises(ValueError, match=words):
        call()
