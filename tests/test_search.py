"""The adversary reaches suprema, refutes what is too small, and shows a simple point that ball arithmetic confirms."""

import jax
import jax.numpy as jnp
import jax.random as jr
import numpy as np
import pytest

from resnet_lab.evidence import enumerated, judge, searched, starts

KEY = jr.key(0)


def cosine(point):
    return jnp.abs(point["a"] @ point["b"]) / (jnp.linalg.norm(point["a"]) * jnp.linalg.norm(point["b"]))


def test_the_adversary_reaches_the_supremum_of_cauchy_schwarz():
    evidence = searched(cosine, starts({"a": (3,), "b": (3,)}, KEY, count=16))
    assert judge(evidence) == "SUPPORTED" and evidence.slack > 0.999


def test_a_violation_is_simplified_and_confirmed():
    evidence = searched(cosine, starts({"a": (3,), "b": (3,)}, KEY, count=16), bound=0.95)
    assert judge(evidence) == "REFUTED" and (evidence.proof["a"] % 1 == 0).all()
    assert "a = [" in evidence.counterexample and "ball arithmetic confirms" in evidence.says


def largest_entry(point):  # not sub-multiplicative for sizes above 1
    product = jnp.max(jnp.abs(point["A"] @ point["B"]))
    return product / (jnp.max(jnp.abs(point["A"])) * jnp.max(jnp.abs(point["B"])))


def test_the_smallest_size_that_violates_is_reported():
    sizes = [starts({"A": (m, m), "B": (m, m)}, KEY, count=8) for m in (1, 2, 3)]
    evidence = searched(largest_entry, sizes)
    assert judge(evidence) == "REFUTED" and evidence.proof["A"].shape == (2, 2) and "over 2 sizes" in evidence.says
    assert judge(searched(largest_entry, sizes[:1])) == "SUPPORTED"


def test_a_hypothesis_given_as_a_projection_is_kept():
    def unit(point):
        return point / jnp.linalg.norm(point)

    def first_entry(point):
        return jnp.abs(point[0])

    inside = searched(first_entry, starts({"x": (2,)}, KEY, count=8)["x"], project=unit)
    assert judge(inside) == "SUPPORTED"
    broken = searched(first_entry, starts({"x": (2,)}, KEY, count=8)["x"], project=unit, bound=0.9)
    assert judge(broken) == "REFUTED" and float(jnp.linalg.norm(broken.proof)) == pytest.approx(1)


def test_what_ball_arithmetic_cannot_follow_stays_open():
    evidence = searched(lambda x: jnp.sort(x)[0] + 2.0, jnp.ones((2, 3)), bound=1.0, steps=3)
    assert judge(evidence) == "UNDECIDED" and "would settle it" in evidence.says


def test_a_ratio_that_is_no_number_is_refused():
    with pytest.raises(ValueError, match="not a number"):
        searched(lambda x: jnp.sum(x) * jnp.nan, jnp.ones((2, 3)), steps=3)


def test_structured_starts_come_before_random_ones():
    points = starts({"W": (3, 2), "s": ()}, KEY, count=5)
    assert points["W"].shape == (15, 3, 2) and points["s"].shape == (15,)
    assert (points["W"][0] == 1).all() and set(np.unique(points["W"][2])) <= {-1.0, 1.0}
    assert np.linalg.matrix_rank(points["W"][4]) == 1


def determinant(matrix):
    return jnp.abs(jnp.sum(matrix[0] * jnp.cross(matrix[1], matrix[2]))) + 1e-9


@pytest.mark.parametrize(("bound", "verdict"), [(4.1, "SUPPORTED"), (3.9, "REFUTED")])
def test_every_pattern_is_tried_when_they_are_few(bound, verdict):
    evidence = enumerated(determinant, (3, 3), bound=bound)
    assert judge(evidence) == verdict and evidence.draws == 512


def test_many_patterns_are_climbed_by_single_changes():
    def balance(pattern):
        return jnp.abs(jnp.sum(pattern))

    assert judge(enumerated(balance, (5, 5), bound=24.5, key=KEY)) == "REFUTED"
    assert judge(enumerated(balance, (5, 5), bound=25, key=KEY)) == "SUPPORTED"
    with pytest.raises(ValueError, match="too many to enumerate"):
        enumerated(balance, (5, 5))


def test_sparsity_patterns_with_three_values_are_tried():
    evidence = enumerated(lambda p: jnp.sum(p**2) + 1.0, (4,), choices=(-1.0, 0.0, 1.0), bound=4.9)
    assert judge(evidence) == "REFUTED" and evidence.draws == 81


def test_a_relu_edge_is_not_mistaken_for_a_violation():
    evidence = searched(lambda x: jax.nn.relu(x[0]) / jnp.abs(x[0]), jnp.array([[1.0], [-1.0]]), bound=1.0, steps=20)
    assert judge(evidence) == "SUPPORTED"
