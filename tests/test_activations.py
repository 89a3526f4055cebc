"""activations: constants proved on the whole line, attained, and seen by JAX's derivative; families; dtypes; errors."""

import math
from fractions import Fraction

import jax
import jax.numpy as jnp
import numpy as np
import pytest
import sympy as sp
from flint import arb

from resnet_lab import activations
from resnet_lab.evidence import certified, exact, judge

z = sp.Symbol("z", real=True)
ROOT_3 = sp.sqrt(3)

# Our own formulas, and where |sigma'| and |sigma''| are largest; infinity for a supremum that is only approached.
FORMULAS = {
    "softplus": (sp.log(1 + sp.exp(z)), sp.oo, 0),
    "tanh": (sp.tanh(z), 0, sp.atanh(1 / ROOT_3)),
    "erf": (sp.erf(z), 0, 1 / sp.sqrt(2)),
    "arcsinh": (sp.asinh(z), 0, 1 / sp.sqrt(2)),
    "smooth relu": ((z + sp.sqrt(z**2 + 1)) / 2, sp.oo, 0),
    "linear": (z, 0, 0),
    "dead": (sp.Integer(0) * z, 0, 0),
}
SMOOTH = {a.name: a for a in vars(activations).values() if isinstance(a, activations.Activation)}
KINKED = {name: SMOOTH.pop(name) for name in ("relu", "absolute", "dead zone")}
FAMILIES = {
    "scaled": (activations.scaled(activations.SOFTPLUS, "-3/2"), "3/2", "3/8", -3 * sp.log(2) / 2),
    "shifted": (activations.shifted(activations.TANH, "-1/4"), 1, 4 * ROOT_3 / 9, "-1/4"),
    "smooth relu": (activations.smooth_relu("1/10"), 1, 5, "1/20"),
    "arcsinh": (activations.arcsinh("1/100"), 1, 200 * ROOT_3 / 9, 0),
    "constant plus tanh": (activations.constant_plus_tanh(3, "1/10", "1/2"), "1/5", 8 * ROOT_3 / 45, 3),
    "dilated erf": (activations.affine(activations.ERF, factor=2, epsilon=4, offset=1), 4 / sp.sqrt(sp.pi),
                    sp.sqrt(2 / sp.pi / sp.E), 1),
    "dead zone": (activations.dead_zone(2), 1, sp.oo, 0),
    "scaled relu": (activations.scaled(activations.RELU, -2), 2, sp.oo, 0),
    "relu times 0": (activations.scaled(activations.RELU, 0), 0, 0, 0),
    "shifted dead": (activations.shifted(activations.DEAD, 5), 0, 0, 5),
}  # fmt: skip
EVERY = {**SMOOTH, **KINKED, **{f"family: {name}": row[0] for name, row in FAMILIES.items()}}


def test_the_formulas_speak_of_every_smooth_activation():
    assert set(FORMULAS) == set(SMOOTH)


# --- the constants, on the whole line ---

v, t = sp.symbols("v t", nonnegative=True)
PEAK = 2 * ROOT_3 / 9  # of t (1 - t^2) on [0, infinity), at t = 1/sqrt 3
PEAK_SQUARES = ((t + 2 / ROOT_3, t - 1 / ROOT_3),)
# Each bound as an inequality between terms in v or t >= 0. Softplus: v = exp(-z). tanh: t = |tanh z|. arcsinh: t =
# |z| / sqrt(1 + z^2), and the slope squared. Smooth relu: v = exp(-2 arcsinh z) for the slope, and v = z^2 for the
# curvature squared. The right sides are written with the activation's own constants.
WHOLE_LINE = {
    "softplus": lambda L, beta: [
        (1 / (1 + v), L, ()),
        (v / (1 + v) ** 2, beta, ((sp.Rational(1, 4), (1 - v) / (1 + v)),)),
    ],
    "tanh": lambda L, beta: [
        (1 - t**2, L, ()),
        (2 * t * (1 - t**2), beta, tuple((2 * weight, root) for weight, root in PEAK_SQUARES)),
    ],
    "arcsinh": lambda L, beta: [(1 - t**2, L**2, ()), (t * (1 - t**2), beta, PEAK_SQUARES)],
    "smooth relu": lambda L, beta: [(1 / (1 + v), L, ()), ((1 + v) ** -3 / 4, beta**2, ())],
}  # fmt: skip


@pytest.mark.parametrize("name", WHOLE_LINE)
def test_slope_and_curvature_are_at_most_the_constants_on_the_whole_line(name):
    lipschitz, smoothness = SMOOTH[name].lipschitz, SMOOTH[name].smoothness
    for lhs, rhs, squares in WHOLE_LINE[name](lipschitz, smoothness):
        assert judge(exact.at_most(lhs, rhs, squares=squares)) == "PROVED"
    for lhs, rhs, _ in WHOLE_LINE[name](lipschitz * sp.Rational(9, 10), smoothness * sp.Rational(9, 10)):
        assert judge(exact.at_most(lhs, rhs)) == "REFUTED"


# sigma' and sigma'' in ball arithmetic, by hand.
BALLS = {
    "softplus": (lambda z: 1 / (1 + (-z).exp()), lambda z: 1 / (2 * (z / 2).cosh()) ** 2),
    "tanh": (lambda z: z.sech() ** 2, lambda z: -2 * z.tanh() * z.sech() ** 2),
    "erf": (lambda z: 2 * (-z * z).exp() / arb.pi().sqrt(), lambda z: -4 * z * (-z * z).exp() / arb.pi().sqrt()),
    "arcsinh": (lambda z: 1 / (1 + z * z).sqrt(), lambda z: -z / (1 + z * z).sqrt() ** 3),
    "smooth relu": (lambda z: (1 + z / (1 + z * z).sqrt()) / 2, lambda z: 1 / (1 + z * z).sqrt() ** 3 / 2),
}
BOX = [("-16", "16")]


@pytest.mark.parametrize("which, constant", [(0, "lipschitz"), (1, "smoothness")])
@pytest.mark.parametrize("name", BALLS)
def test_branch_and_bound_pins_the_constant_from_above_and_from_below(name, which, constant):
    value = getattr(SMOOTH[name], constant)

    def verdict(share):  # equality inside the box cannot be certified, so the bound leaves a thousandth
        return judge(certified.at_most(lambda z: abs(BALLS[name][which](z)), BOX, bound=value * sp.Rational(share)))

    assert verdict("1001/1000") == "PROVED" and verdict("998/1000") == "REFUTED"


def test_beyond_the_box_slope_and_curvature_of_erf_fall():
    beyond = 16 + t  # slope and curvature are even and odd: one side is enough; both are a polynomial times exp(-z^2)
    slope, curvature = sp.diff(sp.exp(-(z**2)), z), sp.diff(z * sp.exp(-(z**2)), z)
    for derivative in (slope, curvature):
        polynomial = sp.expand(sp.simplify(derivative * sp.exp(z**2))).subs(z, beyond)
        assert judge(exact.at_most(polynomial, 0)) == "PROVED"
    for ball, constant in zip(BALLS["erf"], (activations.ERF.lipschitz, activations.ERF.smoothness), strict=True):
        assert judge(certified.number(abs(ball(arb(16))), constant)) == "PROVED"


@pytest.mark.parametrize("name", FORMULAS)
def test_the_constants_are_attained_or_approached_so_that_none_is_too_large(name):
    formula, steepest, most_bent = FORMULAS[name]
    slope, curvature = sp.diff(formula, z), sp.diff(formula, z, 2)
    at_steepest = sp.limit(slope, z, sp.oo) if steepest is sp.oo else slope.subs(z, steepest)
    assert sp.simplify(at_steepest - SMOOTH[name].lipschitz) == 0
    assert sp.simplify(abs(sp.simplify(curvature.subs(z, most_bent))) - SMOOTH[name].smoothness) == 0
    assert sp.simplify(formula.subs(z, 0) - SMOOTH[name].at_zero) == 0


def test_erf_bends_most_where_its_curvature_is_stationary():
    curvature = sp.diff(sp.erf(z), z, 2)
    stationary = sp.solve(sp.diff(curvature, z), z)
    assert {abs(point) for point in stationary} == {1 / sp.sqrt(2)}


# --- the JAX functions ---

GRID = np.concatenate([np.logspace(-6, 3, 400), [0.5**0.5, math.atanh(3**-0.5)], np.linspace(0, 12, 1201)[1:]])
GRID = np.concatenate([-GRID[::-1], GRID])  # no 0: the kinks have no slope there
ROUND_OFF = 64 * np.finfo(float).eps


@pytest.mark.parametrize("name", BALLS)
def test_jax_differentiates_to_the_slope_and_curvature_that_were_bounded(name):
    slope = jax.grad(SMOOTH[name].function)
    for derivative, ball in zip((slope, jax.grad(slope)), BALLS[name], strict=True):
        points = GRID[::7]
        ours = np.array([float(ball(arb(float(point))).mid()) for point in points])
        np.testing.assert_allclose(jax.vmap(derivative)(points), ours, rtol=1e-12, atol=ROUND_OFF)


@pytest.mark.parametrize("name", EVERY)
def test_jax_slopes_reach_the_lipschitz_constant_and_never_pass_it(name):
    steepest, constant = np.abs(jax.vmap(jax.grad(EVERY[name].function))(GRID)).max(), float(EVERY[name].lipschitz)
    assert 0.999 * constant <= steepest <= constant * (1 + ROUND_OFF)


@pytest.mark.parametrize("name", [name for name, a in EVERY.items() if a.smoothness is not sp.oo])
def test_jax_curvatures_reach_the_smoothness_constant_and_never_pass_it(name):
    activation = EVERY[name]
    scale = float(max(1, activation.smoothness))  # a narrow family bends most at points scaled down by as much
    curvatures = np.abs(jax.vmap(jax.grad(jax.grad(activation.function)))(np.concatenate([GRID, GRID / scale])))
    constant = float(activation.smoothness)
    assert 0.99 * constant <= curvatures.max() <= constant * (1 + ROUND_OFF)


@pytest.mark.parametrize(
    "name, kink", [("relu", 0), ("absolute", 0), ("dead zone", 1), ("family: dead zone", 2), ("family: scaled relu", 0)]
)
def test_a_kink_refutes_every_smoothness_constant(name, kink):
    slope = jax.grad(EVERY[name].function)
    assert EVERY[name].smoothness is sp.oo
    for constant in (1, 10**3, 10**6):
        step = 1 / (4 * constant)
        assert abs(slope(kink + step) - slope(kink - step)) > constant * 2 * step


@pytest.mark.parametrize("name", EVERY)
def test_the_value_at_zero_is_the_exact_one(name):
    assert float(EVERY[name].function(0.0)) == pytest.approx(float(EVERY[name].at_zero), abs=1e-15)


@pytest.mark.parametrize("dtype", ["float16", "bfloat16", "float32", "float64"])
@pytest.mark.parametrize("name", EVERY)
def test_every_float_dtype_is_kept_though_squares_overflow(name, dtype):
    points = jnp.asarray([[-600.0, -1.5, 0.0], [0.25, 2.0, 600.0]], dtype)  # 600^2 is infinite in float16
    values, reference = EVERY[name].function(points), np.asarray(EVERY[name].function(np.asarray(points, float)))
    assert values.dtype == jnp.dtype(dtype) and values.shape == (2, 3)
    # A few roundings, each of a number that is no larger than the input, the constants or the value.
    size = np.abs(reference) + np.abs(float(EVERY[name].lipschitz) * np.asarray(points, float)) + 5
    assert np.all(np.abs(np.asarray(values, float) - reference) <= 16 * float(jnp.finfo(dtype).eps) * size)


def test_smooth_relu_keeps_its_digits_far_below_zero():
    assert float(activations.SMOOTH_RELU.function(-1e8)) == pytest.approx(1 / 4e8, rel=1e-13)


# --- families ---


@pytest.mark.parametrize("name", FAMILIES)
def test_the_constants_of_a_family_are_exact_in_its_parameters(name):
    activation, *expected = FAMILIES[name]
    constants = (activation.lipschitz, activation.smoothness, activation.at_zero)
    assert [
        sp.simplify(a - sp.sympify(b)) if b is not sp.oo else a for a, b in zip(constants, expected, strict=True)
    ] == [sp.oo if b is sp.oo else 0 for b in expected]


def test_smooth_relu_is_within_half_epsilon_of_relu():
    gap = activations.smooth_relu("1/10").function(GRID) - activations.RELU.function(GRID)
    assert 0 <= gap.min() and 0.0499 < gap.max() <= 0.05


@pytest.mark.parametrize("family", [activations.dead_zone, lambda T: activations.arcsinh(1 / Fraction(T) ** 6)])
def test_no_constant_bounds_the_normaliser_times_the_squared_lipschitz_constant(family):
    sizes = [a.normaliser * float(a.lipschitz) ** 2 for a in map(family, (1, 3, 5, 9))]
    assert sizes == sorted(sizes) and sizes[-1] > 1e6


def test_a_family_is_named_by_its_formula():
    assert activations.scaled(activations.RELU, -2).name == "-2 relu"
    assert activations.shifted(activations.TANH, "1/2").name == "tanh + 1/2"
    assert activations.constant_plus_tanh(3, "1/10", "1/2").name == "1/10 tanh(z / (1/2)) + 3"


def test_equal_parameters_give_the_same_object_and_none_changes_nothing():
    assert activations.scaled(activations.TANH, "1/2") is activations.affine(activations.TANH, factor=Fraction(1, 2))
    assert activations.arcsinh("0.1") is not activations.arcsinh(0.1)  # a float is the binary number that it is
    assert activations.scaled(activations.RELU, np.float32(0.5)) is activations.scaled(activations.RELU, sp.S.Half)
    assert activations.affine(activations.RELU) is activations.RELU


def test_a_family_can_be_made_while_its_caller_is_compiled():
    def slope(x):
        activation = activations.smooth_relu("1/7")
        return jax.grad(activation.function)(x) * activation.normaliser

    assert jax.jit(slope)(0.0) == pytest.approx(activations.smooth_relu("1/7").normaliser / 2)


@pytest.mark.parametrize(
    "call, words",
    [
        (lambda: activations.arcsinh(0), "epsilon must be > 0, got 0"),
        (lambda: activations.dead_zone(-1), "epsilon must be > 0, got -1"),
        (lambda: activations.constant_plus_tanh(1, 1, 0), "epsilon must be > 0, got 0"),
        (lambda: activations.scaled(activations.RELU, float("nan")), "factor must be a finite real number, got nan"),
        (lambda: activations.shifted(activations.RELU, float("inf")), "offset must be a finite real number, got inf"),
        (lambda: activations.shifted(activations.RELU, "two"), "offset must be a finite real number, got 'two'"),
        (lambda: activations.shifted(activations.RELU, None), "offset must be a finite real number, got None"),
        (lambda: activations.scaled(activations.RELU, True), "factor must be a finite real number, got True"),
        (lambda: activations.scaled(activations.RELU, "1/0"), "factor must be a finite real number, got '1/0'"),
        (lambda: activations.scaled(activations.RELU, sp.oo), "factor must be a finite real number, got oo"),
        (lambda: activations.scaled(activations.RELU, sp.Symbol("x")), "factor must be a finite real number, got x"),
        (
            lambda: activations.scaled(activations.Activation("own", jnp.sin, 1.0), 2),
            "own must give its lipschitz, smoothness and at_zero",
        ),
    ],
)
def test_an_impossible_family_raises(call, words):
    with pytest.raises(ValueError, match=words):
        call()
