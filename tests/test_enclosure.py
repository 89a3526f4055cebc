"""A JAX function in ball arithmetic: agrees with float64, encloses exact values, refuses what it cannot decide."""

import jax
import jax.numpy as jnp
import jax.random as jr
import numpy as np
import pytest

from resnet_lab.evidence.balls import to_ball
from resnet_lab.evidence.enclosure import enclose

W, X = jr.normal(jr.key(0), (3, 5, 5)), jr.normal(jr.key(1), (5,))
FUNCTIONS = {
    "relu layer": lambda w, x: jnp.linalg.norm(jax.nn.relu(w[0] @ x)),
    "softplus": lambda w, x: jax.nn.softplus(x).sum() / jnp.max(jnp.abs(w)),
    "batch": lambda w, x: jnp.mean(jnp.tanh(w @ x) ** 2) + jnp.prod(x),
    "cases": lambda w, x: jnp.where(x > 0, x, 0.1 * x).sum() + jnp.clip(x, -1, 1).sum(),
    "trace": lambda w, x: jnp.trace(w[1] @ w[1].T),
    "einsum": lambda w, x: jnp.sum(jnp.square(jnp.einsum("abc,c->ab", w, x))) ** 0.5,
    "norms": lambda w, x: jnp.linalg.norm(x, ord=1) + jnp.linalg.norm(x, ord=jnp.inf) + jnp.min(x),
    "smooth": lambda w, x: jax.nn.gelu(x, approximate=False).sum() + jnp.arcsinh(x).sum() + jnp.logaddexp(x, 1.0).sum(),
    "places": lambda w, x: (
        jnp.stack([x[0] + x[1], x[2]]).max() + x[jnp.array([1, 0])] @ w[0, :2, 3] + jnp.diag(w[1])[2]
    ),
    "counts": lambda w, x: jnp.sum(x > 0) / 5 + jnp.sum(w > 0) / 7 + jnp.sum(jnp.where(x > 0, 1, -1)) * x[0],
    "kept": lambda w, x: jnp.triu(w[0]).sum() + jnp.eye(5)[2] @ x + jnp.arange(5.0) @ x + jnp.tile(x, 2)[7],
    "shapes": lambda w, x: jnp.concatenate([w[0, ::2], w[1, :2]]).reshape(-1)[::-1].sum() + jnp.cumsum(x)[3],
}

SPECTRA = [np.eye(3), np.zeros((2, 3)), np.diag([1.0, 1.0, 3.0]), np.array([[1e-8, 1.0], [0, 1]]), W[0]]


@pytest.mark.parametrize("matrix", SPECTRA)
def test_spectral_norms_and_eigenvalues_are_enclosed(matrix):
    ball = enclose(lambda a: jnp.linalg.norm(a, 2) + jnp.linalg.norm(a, -2), jnp.asarray(matrix))
    exact = np.linalg.svd(matrix, compute_uv=False)
    assert float(ball) == pytest.approx(exact.max() + exact.min(), abs=1e-14) and float(ball.rad()) < 1e-15
    gram = jnp.asarray(matrix.T @ matrix)
    assert float(enclose(lambda g: jnp.linalg.eigvalsh(g)[-1], gram)) == pytest.approx(exact.max() ** 2, rel=1e-12)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_the_ball_holds_what_float64_computes(name):
    ball = enclose(FUNCTIONS[name], W, X)
    assert float(ball) == pytest.approx(float(FUNCTIONS[name](W, X)), rel=1e-12) and float(ball.rad()) < 1e-40


def test_a_value_is_exact_where_float64_is_not():
    def tiny(x):
        return (x + 1e-30) - x

    assert float(tiny(jnp.float64(1.0))) == 0
    assert enclose(tiny, jnp.float64(1.0)) > to_ball("9/10") * to_ball("1/1000000000000000000000000000000")


def test_an_unknown_operation_is_named():
    with pytest.raises(ValueError, match="operation 'sort'"):
        enclose(lambda x: jnp.sort(x)[0], X)


def test_an_edge_that_is_not_certain_is_refused():
    with pytest.raises(ValueError, match="edge"):
        enclose(lambda x: jnp.where(jnp.exp(jnp.log(x[0])) > x[0], 1.0, 2.0), np.array([3.0]))


def test_a_float_that_becomes_whole_is_refused():
    with pytest.raises(ValueError, match="whole number"):
        enclose(lambda x: x[0].astype(int) * 1.0, X)
