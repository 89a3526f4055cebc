"""Inequalities over all vectors, matrices or sign patterns: an adversary climbs, or tries every pattern."""

from itertools import product
from math import comb, nan, sqrt

import jax.numpy as jnp
import numpy as np
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from resnet_lab.evidence import enumerated, searched

from .case import Case, over

ENTRIES = st.floats(-10, 10)


def adversary(ratio, shapes, bound=1.0, steps=200, count=32):
    rng = np.random.default_rng(1)
    starts = {name: rng.normal(size=(count, *shape)) for name, shape in shapes.items()}
    return searched(ratio, starts, bound=bound, steps=steps)


def tsirelson(bound):
    """|u1.v1 + u1.v2 + u2.v1 - u2.v2| for unit vectors of the plane: the Grothendieck norm of the CHSH matrix."""
    return adversary(lambda p: chsh(p["u"], p["v"]), {"u": (2, 2), "v": (2, 2)}, bound)


def chsh(u, v):
    u, v = (w / jnp.sqrt(jnp.sum(w**2, axis=1, keepdims=True)) for w in (u, v))
    return abs((u[0] * (v[0] + v[1])).sum() + (u[1] * (v[0] - v[1])).sum())


SIGNS = np.array([(1, *rest) for rest in product((-1, 1), repeat=5)])  # up to the common sign


def khintchine(constant):
    """c |a|_2 <= E |sum a_i e_i| for six coefficients."""
    return adversary(
        lambda p: jnp.sqrt(jnp.sum(p["a"] ** 2)) / jnp.mean(jnp.abs(SIGNS @ p["a"])), {"a": (6,)}, 1 / constant
    )


def norm(a):
    """Operator norm of a 2 x 2 matrix: half the sum of the lengths of its two conformal parts."""
    kept = jnp.sqrt((a[0, 0] + a[1, 1]) ** 2 + (a[0, 1] - a[1, 0]) ** 2)
    flipped = jnp.sqrt((a[0, 0] - a[1, 1]) ** 2 + (a[0, 1] + a[1, 0]) ** 2)
    return (kept + flipped) / 2


def triangle(w):
    return 1 + norm(w)


def two_ends(w):
    """max(1, |I + W|): the norms of I + D W for D = 0 and D = I, but not for the patterns between them."""
    return jnp.maximum(1.0, norm(w + np.eye(2)))


def residual_block(lipschitz):
    """|f(x) - f(y)| <= K |x - y| for the residual block f(x) = x + relu(W x)."""

    def ratio(p):
        block = [z + jnp.maximum(p["w"] @ z, 0) for z in (p["x"], p["y"])]
        moved, gap = (jnp.sqrt(jnp.sum((a - b) ** 2)) for a, b in (block, (p["x"], p["y"])))
        return moved / (lipschitz(p["w"]) * gap)

    return adversary(ratio, {"w": (2, 2), "x": (2,), "y": (2,)})


def hadamard_ratio(g, b, positive):
    """|A o B| / (max |a_ij| |B|), where A = G G' or G."""
    a = g @ g.T if positive else g
    return norm(a * b) / (jnp.max(jnp.abs(a)) * norm(b))


def schur_norm(positive):
    return adversary(lambda p: hadamard_ratio(p["g"], p["b"], positive), {"g": (2, 2), "b": (2, 2)})


def product_norm(constant):
    """|A B|_F <= c |A| |B| for 2 x 2 matrices."""

    def ratio(p):
        return jnp.sqrt(jnp.sum((p["a"] @ p["b"]) ** 2)) / (norm(p["a"]) * norm(p["b"]))

    return adversary(ratio, {"a": (2, 2), "b": (2, 2)}, constant)


def determinant(constant):
    """(|det A|^(1/3) / |A|_F)^2 <= 1/c for a 3 x 3 matrix."""

    def ratio(p):
        (a, b, c), (d, e, f), (g, h, i) = p["a"]
        det = a * (e * i - f * h) + b * (f * g - d * i) + c * (d * h - e * g)
        return jnp.abs(det) ** (2 / 3) / jnp.sum(p["a"] ** 2)

    return adversary(ratio, {"a": (3, 3)}, 1 / constant)


def shapiro(size):
    """n/2 <= sum of x_i / (x_{i+1} + x_{i+2}) around a circle of non-negative x_i = y_i^2."""

    def ratio(p):
        x = p["y"] ** 2
        return size / 2 / jnp.sum(x / (jnp.roll(x, -1) + jnp.roll(x, -2)))

    return adversary(ratio, {"y": (size,)}, steps=1000, count=512)  # one start in twenty finds the narrow valley


def autocorrelation(x):
    """The largest |sum_i x_i x_{i+k}| over shifts k >= 1."""
    shifts = np.array([np.eye(len(x), k=k) for k in range(1, len(x))])
    return jnp.max(jnp.abs(shifts @ x @ x))


def barker(length):
    return enumerated(lambda x: 2 / autocorrelation(x), (length,))


def barker_excess(x):
    return over(2, max(abs(sum(a * b for a, b in zip(x, x[k:], strict=False))) for k in range(1, len(x))))


LONG_SIGNS = np.array(list(product((-1, 1), repeat=7)))


def small_sums(a, closed):
    """P(|sum a_i e_i| < 1), or <= 1, for seven coefficients, over C(7, 3) / 2^7."""
    sums = jnp.abs(LONG_SIGNS @ a)
    return jnp.sum(jnp.where(sums <= 1 if closed else sums < 1, 1.0, 0.0)) / comb(7, 3)


def littlewood_offord(closed):
    """Every choice of coefficients 1, 2, 3."""
    return enumerated(lambda a: small_sums(a, closed), (7,), choices=(1, 2, 3))


def offord_excess(a, closed):
    sums = np.abs(LONG_SIGNS @ a)
    return over(np.mean(sums <= 1 if closed else sums < 1), comb(7, 3) / 2**7)


def pair(first, second):
    return st.tuples(arrays(float, first, elements=ENTRIES), arrays(float, second, elements=ENTRIES))


CHSH = "|u₁·v₁ + u₁·v₂ + u₂·v₁ − u₂·v₂| ≤ {} for unit vectors of the plane"
KHINTCHINE = "E|Σ aᵢεᵢ| ≥ {} ‖a‖₂, six coefficients"
BLOCK = "x + relu(Wx) is Lipschitz with constant {}, W 2×2"
FROBENIUS = "‖AB‖_F ≤ {} ‖A‖ ‖B‖, 2×2"
PRODUCT = "‖A∘B‖ ≤ max|aᵢⱼ| ‖B‖ for {}, 2×2"
DETERMINANT = "|det A| ≤ (‖A‖_F² / {})^(3/2), A 3×3"
SHAPIRO = "Σ xᵢ/(xᵢ₊₁ + xᵢ₊₂) ≥ n/2 around a circle of n = {} numbers ≥ 0"
BARKER = "every sign sequence of length {} has an autocorrelation |Σ xᵢxᵢ₊ₖ| ≥ 2, k ≥ 1"
OFFORD = "P(|Σ aᵢεᵢ| {} 1) ≤ C(7,3)/2⁷ for seven aᵢ ≥ 1"
BLOCKS = st.tuples(*(arrays(float, shape, elements=ENTRIES) for shape in ((2, 2), 2, 2)))


def numpy_norm(a):
    return np.linalg.norm(a, 2)


def _block_excess(lipschitz, point):
    w, x, y = point
    if np.linalg.norm(x - y) < 1e-3:
        return nan  # cancellation, no violation
    gap = np.linalg.norm(x + np.maximum(w @ x, 0) - y - np.maximum(w @ y, 0))
    return over(gap, lipschitz(w) * np.linalg.norm(x - y))


def _schur_excess(positive, point):
    g, b = point
    a = g @ g.T if positive else g
    return over(numpy_norm(a * b), abs(a).max() * numpy_norm(b))


def _product_excess(constant, point):
    a, b = point
    return over(np.linalg.norm(a @ b), constant * numpy_norm(a) * numpy_norm(b))


def _khintchine_excess(constant, a):
    return over(constant * np.linalg.norm(a), np.mean(np.abs(SIGNS @ a)))


def _determinant_excess(constant, a):
    return over(abs(np.linalg.det(a)), (np.sum(a**2) / constant) ** 1.5)


def _chsh_excess(bound, point):
    """The natural parametrisation of unit vectors of the plane is by angles."""
    a, b, c, d = point
    return over(abs(np.cos(a - c) + np.cos(a - d) + np.cos(b - c) - np.cos(b - d)), bound)


def _shapiro(name, size, truth, why):
    def excess(x):
        return over(size / 2, np.sum(x / (np.roll(x, -1) + np.roll(x, -2))))

    return Case(f"Shapiro's cyclic sum: {name}", SHAPIRO.format(size), truth, why, "searched", lambda: shapiro(size),
                arrays(float, size, elements=st.floats(0, 10)), excess)  # fmt: skip


def _barker(name, length, truth, why):
    return Case(f"Barker sequences: {name}", BARKER.format(length), truth, why, "searched", lambda: barker(length),
                st.lists(st.sampled_from([-1, 1]), min_size=length, max_size=length), barker_excess)  # fmt: skip


ANGLES = st.tuples(*[st.floats(0, 2 * np.pi)] * 4)
COEFFICIENTS = arrays(float, 7, elements=st.floats(1, 10))

CASES = [
    Case("Tsirelson: Grothendieck norm", CHSH.format("2√2"), True, "Tsirelson's bound", "searched",
         lambda: tsirelson(2 * sqrt(2)), ANGLES, lambda p: _chsh_excess(2 * sqrt(2), p)),
    Case("Tsirelson: constant", CHSH.format("2.82"), False, "2√2 = 2.828… is attained", "searched",
         lambda: tsirelson(2.82), ANGLES, lambda p: _chsh_excess(2.82, p)),
    Case("Khintchine, first moment: Szarek's constant", KHINTCHINE.format("(1/√2)"), True, "Szarek", "searched",
         lambda: khintchine(sqrt(0.5)), arrays(float, 6, elements=ENTRIES), lambda a: _khintchine_excess(sqrt(0.5), a)),
    Case("Khintchine, first moment: rounded up", KHINTCHINE.format("0.708"), False, "1/√2 = 0.7071… at (1, 1, 0, …)",
         "searched", lambda: khintchine(0.708), arrays(float, 6, elements=ENTRIES),
         lambda a: _khintchine_excess(0.708, a)),
    Case("Residual block: triangle inequality", BLOCK.format("1 + ‖W‖"), True, "ReLU is 1-Lipschitz", "searched",
         lambda: residual_block(triangle), BLOCKS, lambda p: _block_excess(lambda w: 1 + numpy_norm(w), p)),
    Case("Residual block: mixed patterns forgotten", BLOCK.format("max(1, ‖I + W‖)"), False,
         "‖I + DW‖ is not largest at D = 0 or D = I", "searched", lambda: residual_block(two_ends), BLOCKS,
         lambda p: _block_excess(lambda w: max(1.0, numpy_norm(np.eye(2) + w)), p)),
    Case("Schur product: positive semidefinite A", PRODUCT.format("A = GGᵀ"), True, "Schur", "searched",
         lambda: schur_norm(True), pair((2, 2), (2, 2)), lambda p: _schur_excess(True, p)),
    Case("Schur product: hypothesis", PRODUCT.format("any A"), False, "needs A positive semidefinite", "searched",
         lambda: schur_norm(False), pair((2, 2), (2, 2)), lambda p: _schur_excess(False, p)),
    Case("Norm of a product: two norms", FROBENIUS.format("√2"), True, "‖AB‖_F ≤ ‖A‖ ‖B‖_F", "searched",
         lambda: product_norm(sqrt(2)), pair((2, 2), (2, 2)), lambda p: _product_excess(sqrt(2), p)),
    Case("Norm of a product: rounded down", FROBENIUS.format("1.41"), False, "√2 = 1.4142… at A = B = I", "searched",
         lambda: product_norm(1.41), pair((2, 2), (2, 2)), lambda p: _product_excess(1.41, p)),
    Case("Determinant: Hadamard and the means", DETERMINANT.format("3"), True, "Hadamard, AM–GM", "searched",
         lambda: determinant(3), arrays(float, (3, 3), elements=ENTRIES), lambda a: _determinant_excess(3, a)),
    Case("Determinant: constant", DETERMINANT.format("3.03"), False, "equality at A = I for 3", "searched",
         lambda: determinant(3.03), arrays(float, (3, 3), elements=ENTRIES), lambda a: _determinant_excess(3.03, a)),
    _shapiro("twelve numbers", 12, True, "Godunova and Levin"),
    _shapiro("fourteen numbers", 14, False, "Zulauf"),
    _barker("length 12", 12, True, "no Barker sequence of length 12"),
    _barker("length 13", 13, False, "the Barker sequence of length 13, 4 patterns of 8192"),
    Case("Littlewood–Offord: open interval", OFFORD.format("<"), True, "Erdős", "searched",
         lambda: littlewood_offord(False), COEFFICIENTS, lambda a: offord_excess(a, False)),
    Case("Littlewood–Offord: closed interval", OFFORD.format("≤"), False, "twice as much at a = (1, …, 1)", "searched",
         lambda: littlewood_offord(True), COEFFICIENTS, lambda a: offord_excess(a, True)),
]  # fmt: skip
