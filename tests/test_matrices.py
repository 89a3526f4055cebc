"""Certified eigenvalues and singular values against known spectra, two other methods, and a checker of 20 lines."""

import json
from dataclasses import replace
from fractions import Fraction

import flint
import jax.numpy as jnp
import numpy as np
import pytest
import sympy as sp

from resnet_lab.evidence import all_of, certified, judge
from resnet_lab.evidence.balls import to_ball
from resnet_lab.evidence.matrices import (
    largest_eigenvalue,
    smallest_eigenvalue,
    smallest_singular_value,
    spectral_norm,
)

ROTATION = sp.Matrix([[1, 2, 2], [2, 1, -2], [2, -2, 1]]) / 3  # orthogonal


def checks(data) -> bool:
    """Whether the certificate's integers show low <= number <= high: shares no code with the package."""
    matrix, factor = ([[int(v) for v in row.split()] for row in data[name]] for name in ("matrix", "factor"))
    x, of, scale = [int(v) for v in data["vector"].split()], data["of"], data["scale"]
    q, spread, low, high = (Fraction(data[name]) for name in ("denominator", "spread", "low", "high"))
    sign, n = (1 if of.startswith("smallest") else -1), len(factor)
    if of.endswith("eigenvalue"):
        N = [[sign * matrix[max(i, j)][min(i, j)] for j in range(n)] for i in range(n)]
    else:
        side = matrix if len(matrix) <= len(matrix[0]) else list(zip(*matrix, strict=True))
        N = [[sign * sum(a * b for a, b in zip(r, s, strict=True)) for s in side] for r in side]
    C = [row + [0] * (n - len(row)) for row in factor]
    R = [[4**scale * N[i][j] - sum(a * b for a, b in zip(C[i], C[j], strict=True)) for j in range(n)] for i in range(n)]
    bottom = Fraction(min(R[i][i] - sum(abs(R[i][j]) for j in range(n) if j != i) for i in range(n)), 4**scale)
    top = Fraction(sum(x[i] * N[i][j] * x[j] for i in range(n) for j in range(n)), sum(v * v for v in x))
    bottom, top = (bottom, top) if sign == 1 else (-top, -bottom)
    if of.endswith("eigenvalue"):
        return low <= bottom / q - spread and top / q + spread <= high
    return (low <= 0 or (q * (low + spread)) ** 2 <= bottom) and high >= spread and top <= (q * (high - spread)) ** 2


def certainly(ball, truth, width=1e-11):
    """The ball holds the truth and is narrow, and its certificate passes its own replay and the separate checker."""
    with flint.ctx.workprec(500):
        assert ball.overlaps(to_ball(truth))
    data = json.loads(json.dumps(ball.certificate.as_data()))
    low, high = Fraction(data["low"]), Fraction(data["high"])
    assert high - low <= (width * abs(float(truth)) or 1e-40) and ball.overlaps(to_ball(low))
    return ball.certificate.replay() and checks(data)


def hilbert(n):
    return [[Fraction(1, i + j + 1) for j in range(n)] for i in range(n)]


def with_spectrum(*values):
    """A rational matrix, not diagonal, with these three eigenvalues."""
    return ROTATION * sp.diag(*values) * ROTATION.T


# --- known spectra ---


@pytest.mark.parametrize("values", [(1, 2, 3), (-5, 0, 7), (2, 2, 9), (4, 4, 4), (sp.Rational(1, 10**30), 1, 10**30)])
def test_matrices_with_a_chosen_rational_spectrum(values):
    matrix = with_spectrum(*values)
    assert certainly(smallest_eigenvalue(matrix), min(values)) and certainly(largest_eigenvalue(matrix), max(values))
    assert certainly(spectral_norm(matrix), max(abs(v) for v in values))
    assert certainly(smallest_singular_value(matrix), min(abs(v) for v in values))


@pytest.mark.parametrize("n", [1, 2, 7, 20])
def test_tridiagonal_toeplitz_has_cosine_eigenvalues(n):
    off = sp.sqrt(2) / 3
    matrix = [[2 if i == j else off if abs(i - j) == 1 else 0 for j in range(n)] for i in range(n)]
    edge = 2 * off * sp.cos(sp.pi / (n + 1))
    assert certainly(smallest_eigenvalue(matrix), 2 - edge) and certainly(largest_eigenvalue(matrix), 2 + edge)


def test_the_hilbert_matrix_of_size_two():
    assert certainly(smallest_eigenvalue(hilbert(2)), (4 - sp.sqrt(13)) / 6)
    assert certainly(largest_eigenvalue(hilbert(2)), (4 + sp.sqrt(13)) / 6)


def test_an_ill_conditioned_hilbert_matrix_agrees_with_rump_where_float64_sees_noise():
    with flint.ctx.workprec(400):
        values = flint.acb_mat(flint.arb_mat.hilbert(20, 20)).eig(algorithm="rump")
        truth = min((value.real for value in values), key=float)
    assert float(truth) < 1e-28 and certainly(smallest_eigenvalue(hilbert(20)), truth)


# --- other methods ---


@pytest.mark.parametrize("n", [3, 16, 48])
def test_random_gram_matrices_agree_with_float64(n):
    rows = np.random.default_rng(n).standard_normal((n, 2 * n))
    gram = rows @ rows.T
    low, *_, high = np.linalg.eigvalsh(gram)
    room = n * 2.3e-16 * high  # of eigvalsh: float64's precision, n times, relative to the norm
    assert abs(float(smallest_eigenvalue(gram)) - low) < room and abs(float(largest_eigenvalue(gram)) - high) < room
    singular = np.linalg.svd(rows, compute_uv=False)
    room = n * 2.3e-16 * singular[0]
    assert abs(float(smallest_singular_value(rows)) - singular[-1]) < room
    assert abs(float(spectral_norm(rows)) - singular[0]) < room


def test_a_random_indefinite_matrix_agrees_with_rump():
    matrix = np.random.default_rng(1).standard_normal((16, 16))
    matrix = matrix + matrix.T
    with flint.ctx.workprec(200):
        exact = flint.acb_mat([[flint.acb(entry) for entry in row] for row in matrix.tolist()])
        values = sorted((value.real for value in exact.eig(algorithm="rump")), key=float)
    assert certainly(smallest_eigenvalue(matrix), values[0]) and certainly(largest_eigenvalue(matrix), values[-1])


def test_a_matrix_and_its_transpose_have_the_same_singular_values():
    rows = np.random.default_rng(2).standard_normal((3, 7))
    for number in (spectral_norm, smallest_singular_value):
        assert number(rows).overlaps(number(rows.T))


# --- hard cases ---


def test_rank_deficient_matrices_enclose_zero_narrowly():
    rows = np.random.default_rng(3).integers(-3, 4, (24, 3))
    for ball in (smallest_eigenvalue(rows @ rows.T), smallest_eigenvalue(np.zeros((3, 3))),
                 smallest_singular_value(np.ones((4, 2))), spectral_norm(np.zeros((2, 3)))):  # fmt: skip
        assert certainly(ball, 0)


def test_nearly_equal_eigenvalues_are_told_apart():
    tiny = sp.Rational(1, 2**40)
    smallest = smallest_eigenvalue(with_spectrum(1, 1 + tiny, 3))
    assert judge(certified.number(smallest, 1 + tiny, sense=">=")) == "REFUTED"
    assert judge(certified.number(smallest, 1 - tiny, sense=">=")) == "PROVED"


def test_badly_scaled_matrices_are_enclosed_narrowly_or_honestly():
    assert certainly(smallest_eigenvalue(np.diag([1e-60, 1.0, 1e20])), 1e-60)
    ball = smallest_eigenvalue([[1e300, 1.0], [1.0, 1e-300]])  # 1e600 apart or more: beyond the precision allowed
    assert ball.contains(to_ball(Fraction(1e-300) - 1 / Fraction(1e300))) and ball.certificate.replay()
    assert judge(certified.number(ball, 0, sense=">=")) == "UNDECIDED"
    assert certainly(largest_eigenvalue([[1e-300]]), 1e-300) and certainly(spectral_norm([[1e300, 0.0]]), 1e300)


def test_one_by_one_matrices():
    assert certainly(smallest_eigenvalue([[-3]]), -3) and certainly(largest_eigenvalue([["1/3"]]), Fraction(1, 3))
    assert certainly(spectral_norm([[-3]]), 3) and certainly(smallest_singular_value([[-3]]), 3)


def test_every_kind_of_entry_gives_the_same_matrix():
    half = Fraction(1, 2)
    for entry in (0.5, "1/2", "0.5", half, sp.Rational(1, 2), flint.arb(0.5), flint.fmpq(1, 2), np.float32(0.5)):
        ball = smallest_eigenvalue([[1, entry], [entry, np.int64(1)]])
        assert ball.certificate.spread == 0 and certainly(ball, half)
    for matrix in (np.array([[1, 0.5], [0.5, 1]]), jnp.array([[1, 0.5], [0.5, 1]]), sp.Matrix([[1, half], [half, 1]]),
                   flint.arb_mat([[1, 0.5], [0.5, 1]]), ((1, half), (half, 1))):  # fmt: skip
        assert certainly(smallest_eigenvalue(matrix), half)


def test_a_float_stands_for_its_binary_value():
    assert certainly(smallest_eigenvalue([["0.1"]]), Fraction(1, 10))
    assert smallest_eigenvalue([[0.1]]) > smallest_eigenvalue([["0.1"]])


def test_the_radii_of_balls_widen_the_enclosure_by_their_row_sums():
    off, one = flint.arb(0.5, 2.0**-10), flint.arb(1, 2.0**-10)
    ball = smallest_eigenvalue([[one, off], [off, one]])
    assert abs(ball.certificate.spread - Fraction(2, 2**10)) < 1e-9 and checks(ball.certificate.as_data())
    assert ball.contains(flint.arb(0.5 - 2**-9)) and ball.contains(flint.arb(0.5 + 2**-9))
    norm = spectral_norm([[one, off]])
    assert norm.contains(flint.arb((1 + 2**-10) ** 2 + (0.5 + 2**-10) ** 2).sqrt())
    assert checks(norm.certificate.as_data())


@pytest.mark.parametrize(
    ("matrix", "advice"),
    [
        ([[1, 2], [1, 1]], r"symmetric.*\(A \+ A.T\) / 2"),
        ([[1, flint.arb(2, 0.1)], [flint.arb(1, 0.1), 1]], "symmetric"),
        ([[1, 2, 3]], "square.*spectral_norm"),
        ([[np.nan]], "finite"),
        ([[np.inf]], "finite"),
        ([[flint.arb("nan")]], "finite"),
        ([[1j]], "real number or a ball"),
        ([[sp.Symbol("x")]], "real number or a ball"),
        ([["one"]], "finite number"),
        ([[1, 2], [3]], "one length"),
        ([], "two axes"),
        ([[]], "two axes"),
        (np.ones(3), "two axes"),
        (np.ones((2, 2, 2)), "real number"),
        (3.0, "two axes"),
        ([[Fraction(1, 3**9000)]], "floats or balls"),
    ],
)
def test_a_matrix_that_is_none_is_refused_with_advice(matrix, advice):
    with pytest.raises(ValueError, match=advice):
        smallest_eigenvalue(matrix)


# --- verdicts and certificates ---


def test_a_bound_on_an_eigenvalue_is_proved_or_refuted():
    gram = with_spectrum(sp.Rational(1, 10), 1, 2)
    assert judge(certified.number(smallest_eigenvalue(gram), "0.0999999999", sense=">=")) == "PROVED"
    assert judge(certified.number(smallest_eigenvalue(gram), "0.1000000001", sense=">=")) == "REFUTED"
    assert judge(certified.number(smallest_eigenvalue(gram), "1/10", sense=">=")) == "UNDECIDED"


def test_a_certificate_prints_its_interval_rounded_outward():
    text = str(smallest_eigenvalue([["1/3", 1], [1, 5]]).certificate)  # (16 - sqrt(232)) / 6 = 0.1280756...
    assert text == "smallest eigenvalue in [0.128075, 0.128076], shown by a 2 x 2 factor and a vector"


def test_an_enclosure_calculates_as_a_ball():
    condition = spectral_norm([[3, 0], [0, 1]]) / smallest_singular_value([[3, 0], [0, 1]])
    parts = certified.number(condition, "3.001"), certified.number(condition, "2.999", sense=">=")
    assert judge(all_of(*parts)) == "PROVED"


TAMPERED = {
    "low": lambda d: str(Fraction(d["low"]) + Fraction(1, 10**9)),
    "high": lambda d: str(Fraction(d["high"]) - Fraction(1, 10**9)),
    "spread": lambda d: "1/1000",
    "scale": lambda d: d["scale"] + 1,
    "denominator": lambda d: str(int(d["denominator"]) * 2),
    "factor": lambda d: ["1"] + d["factor"][1:],
    "vector": lambda d: " ".join(["1"] * len(d["vector"].split())),
    "matrix": lambda d: [str(int(d["matrix"][0]) - 1)] + d["matrix"][1:],
    "of": lambda d: {"small": "largest eigenvalue", "large": "smallest eigenvalue"}[d["of"][:5]],
}


@pytest.mark.parametrize("number", [smallest_eigenvalue, largest_eigenvalue])
@pytest.mark.parametrize("part", TAMPERED)
def test_a_tampered_certificate_fails(part, number):
    data = number(with_spectrum(1, 2, 3)).certificate.as_data()
    assert checks(data) and set(data) == set(TAMPERED)
    assert not checks({**data, part: TAMPERED[part](data)})


@pytest.mark.parametrize("number", [smallest_singular_value, spectral_norm])
def test_a_tampered_singular_value_fails(number):
    data = number(np.random.default_rng(4).standard_normal((3, 5))).certificate.as_data()
    assert checks(data)
    for part in ("low", "high", "spread", "factor", "vector", "denominator", "scale"):
        assert not checks({**data, part: TAMPERED[part](data)}), part


def test_replay_multiplies_out_again():
    certificate = smallest_eigenvalue(with_spectrum(1, 2, 3)).certificate
    assert certificate.replay()
    for change in (dict(low=Fraction(2)), dict(high=Fraction(1, 2)), dict(denominator=4),
                   dict(vector=(1, 1, 1)), dict(of="largest eigenvalue")):  # fmt: skip
        assert not replace(certificate, **change).replay()
