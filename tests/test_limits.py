"""limits: enclosures that contain mpmath's and SciPy's values, exact special cases, complements, errors."""

from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import jax
import mpmath
import numpy as np
import pytest
from flint import arb, ctx
from scipy import stats
from scipy.integrate import quad

from resnet_lab import activations, limits

mpmath.mp.dps = 60


def agrees(enclosure, value, relative=1e-25):
    """The enclosure is narrow and meets the ball of radius 1e-40 |value| around an independent value."""
    with ctx.workprec(256):
        independent = arb(mpmath.nstr(value, 50))
        independent = independent * arb(1, "1e-40")
        return enclosure.overlaps(independent) and enclosure.rad() <= abs(independent) * relative


def chi_square_upper(dof, t):
    return mpmath.gammainc(mpmath.mpf(dof) / 2, mpmath.mpf(t) / 2, mpmath.inf, regularized=True)


def relu_norm_upper(m, t):
    terms = (mpmath.binomial(m, j) * chi_square_upper(j, m * t / 2) for j in range(1, m + 1))
    return mpmath.fsum(terms) / mpmath.mpf(2) ** m


@pytest.mark.parametrize("order", [0, 1, 2, 3, 4, 5, 8])
def test_gaussian_moments_agree_with_quadrature(order):
    value = 2 * mpmath.quad(lambda x: x**order * mpmath.npdf(x), [0, 1, 4, 10, 30])
    assert agrees(limits.gaussian_absolute_moment(order), value)


# sigma and sigma' of every activation in mpmath, and where sigma has a kink.
SIGMAS = {
    "relu": (lambda t: max(t, 0), lambda t: mpmath.mpf(t > 0), 0),
    "linear": (lambda t: t, lambda t: mpmath.mpf(1), 0),
    "absolute": (abs, mpmath.sign, 0),
    "dead": (lambda t: 0 * t, lambda t: 0 * t, 0),
    "dead zone": (lambda t: max(abs(t) - 1, 0), lambda t: mpmath.mpf(abs(t) > 1), 1),
    "softplus": (lambda t: mpmath.log1p(mpmath.exp(t)), lambda t: 1 / (1 + mpmath.exp(-t)), 0),
    "tanh": (mpmath.tanh, lambda t: mpmath.sech(t) ** 2, 0),
    "erf": (mpmath.erf, lambda t: 2 * mpmath.exp(-(t**2)) / mpmath.sqrt(mpmath.pi), 0),
    "arcsinh": (mpmath.asinh, lambda t: 1 / mpmath.sqrt(1 + t**2), 0),
    "smooth relu": (lambda t: (t + mpmath.sqrt(t**2 + 1)) / 2, lambda t: (1 + t / mpmath.sqrt(t**2 + 1)) / 2, 0),
}
BASES = {a.name: a for a in vars(activations).values() if isinstance(a, activations.Activation)}
AFFINE = dict(offset=Fraction(-1, 3), factor=-2, epsilon=Fraction(1, 2))


def mean_by_quadrature(function, kink=0):
    """E function(X), in pieces that end at the kinks +-kink."""
    pieces = sorted({-30, -16, -10, -6, -3, -1, 0, 1, 3, 6, 10, 16, 30, kink, -kink})
    return mpmath.quad(lambda x: function(x) * mpmath.npdf(x), pieces)


def agrees_or_is_zero(enclosure, value):
    return enclosure.contains(0) and abs(enclosure) < 1e-30 if abs(value) < 1e-45 else agrees(enclosure, value)


@pytest.mark.parametrize("order, scale", [(1, "0.5"), (1, "4"), (2, "0.5"), (2, "1"), (2, "4"), (3, "1"), (4, "2")])
@pytest.mark.parametrize("name", SIGMAS)
def test_moments_of_activations_agree_with_quadrature(name, order, scale):
    sigma, _, kink = SIGMAS[name]
    value = mean_by_quadrature(lambda x: sigma(mpmath.mpf(scale) * x) ** order, kink / mpmath.mpf(scale))
    assert agrees_or_is_zero(limits.gaussian_moment(name, order, scale), value)


@pytest.mark.parametrize("name", SIGMAS)
def test_moments_of_affine_dilations_agree_with_quadrature(name):
    sigma, slope, kink = SIGMAS[name]
    value = mean_by_quadrature(lambda x: (-sigma(3 * x / 0.5) - mpmath.mpf(1) / 3) ** 3, kink / mpmath.mpf(6))
    assert agrees_or_is_zero(limits.gaussian_moment(name, 3, 3, **AFFINE), value)
    value = mean_by_quadrature(lambda x: 4 * slope(3 * x / 0.5) ** 2, kink / mpmath.mpf(6))
    assert agrees_or_is_zero(limits.mean_square_slope(name, 3, factor=-2, epsilon=Fraction(1, 2)), value)


@pytest.mark.parametrize("name", SIGMAS)
def test_moments_at_scale_zero_are_powers_of_the_value_at_zero(name):
    for order in (0, 1, 2, 3):
        moment, value = limits.gaussian_moment(name, order, 0), mpmath.mpf(SIGMAS[name][0](mpmath.mpf(0))) ** order
        assert agrees_or_is_zero(moment, value)


def test_moments_of_homogeneous_activations_are_exact():
    assert limits.mean_square("relu", 3) == arb(4.5) and limits.normaliser("linear") == 1
    assert limits.gaussian_moment("absolute", 4) == 3 and limits.gaussian_moment("relu", 0) == 1


@pytest.mark.parametrize("name", ["softplus", "tanh", "erf", "arcsinh", "smooth relu"])
def test_moments_are_narrow_at_both_ends_of_the_allowed_scales(name):
    for scale in ("1/1000000", 10**6):
        square, slope = limits.mean_square(name, scale), limits.mean_square_slope(name, scale)
        assert 0 < square and square.rad() < 1e-25 * square and 0 < slope and slope.rad() < 1e-25 * slope


def test_limits_and_activations_speak_of_the_same_functions():
    assert set(BASES) == set(SIGMAS)


@pytest.mark.parametrize("name", sorted(set(BASES) - {"dead"}))
def test_the_networks_normaliser_is_the_exact_one(name):
    with ctx.workprec(128):
        exact = limits.normaliser(name)
        assert abs(exact - arb(BASES[name].normaliser)) <= 2.0**-52 * exact


@pytest.mark.parametrize("name", BASES)
def test_the_normaliser_of_an_affine_dilation_is_the_exact_one(name):
    for parameters in (
        AFFINE,
        dict(offset=3, factor=Fraction(1, 10)),
        dict(epsilon=Fraction(1, 5000), offset="1/10000"),
    ):
        activation = activations.affine(BASES[name], **parameters)
        with ctx.workprec(128):
            exact = limits.normaliser(name, **parameters)
            assert abs(exact - arb(activation.normaliser)) < 1e-13 * exact


@pytest.mark.parametrize("name", BASES)
def test_the_moments_are_those_of_the_jax_function_and_of_its_slope(name):
    activation = activations.affine(BASES[name], **AFFINE)
    slope = jax.grad(activation.function)

    def mean(function):  # kinks at 0 and +-1/4
        cuts = [-30, -0.25, 0, 0.25, 30]
        density = stats.norm.pdf
        return sum(quad(lambda x: float(function(2 * x)) * density(x), *ends)[0] for ends in pairwise(cuts))

    for order in (1, 2):
        expected = float(limits.gaussian_moment(name, order, 2, **AFFINE))
        assert mean(lambda z, order=order: activation.function(z) ** order) == pytest.approx(expected, rel=1e-7)
    expected = float(limits.mean_square_slope(name, 2, factor=AFFINE["factor"], epsilon=AFFINE["epsilon"]))
    assert mean(lambda z: slope(z) ** 2) == pytest.approx(expected, rel=1e-7, abs=1e-12)


@pytest.mark.parametrize("shift, scale", [("0", "1"), ("0.3", "0.1"), ("2", "0.5"), ("-1", "1")])
def test_shifted_relu_agrees_with_quadrature(shift, scale):
    a, s = mpmath.mpf(shift), mpmath.mpf(scale)
    kink = -a / s
    value = mpmath.quad(lambda x: (a + s * x) ** 2 * mpmath.npdf(x), [kink, kink + 2, 5, 10, 20, 40])
    assert agrees(limits.shifted_relu_mean_square(shift, scale), value)


@pytest.mark.parametrize("t", ["-3", "0", "1.5", "6", "30"])
def test_normal_tail_agrees_with_mpmath(t):
    assert agrees(limits.normal_upper_tail(t), mpmath.erfc(mpmath.mpf(t) / mpmath.sqrt(2)) / 2)


@pytest.mark.parametrize("dof, t", [(1, "0.1"), (2, "3"), (64, "20"), (64, "128"), (1000, "2000")])
def test_chi_square_tails_agree_with_mpmath_and_add_up(dof, t):
    upper, lower = limits.chi_square_upper_tail(dof, t), limits.chi_square_lower_tail(dof, t)
    assert agrees(upper, chi_square_upper(dof, t))
    assert float(lower) == pytest.approx(stats.chi2.cdf(float(t), dof), rel=1e-11)
    assert (upper + lower).overlaps(arb(1))


def test_chi_square_tails_at_the_edges_are_exact():
    assert limits.chi_square_upper_tail(3, 0) == 1 and limits.chi_square_lower_tail(3, 0) == 0
    assert limits.chi_square_upper_tail(3, -1) == 1 and limits.chi_square_lower_tail(3, -1) == 0
    assert limits.chi_square_upper_tail(0, 0) == 0 and limits.chi_square_lower_tail(0, 0) == 1
    assert limits.chi_square_upper_tail(0, -1) == 1


@pytest.mark.parametrize("m, t", [(1, "0.5"), (2, "1"), (8, "1.5"), (64, "0.5"), (64, "2")])
def test_relu_norm_tails_agree_with_mpmath_and_add_up(m, t):
    upper, lower = limits.relu_norm_upper_tail(m, t), limits.relu_norm_lower_tail(m, t)
    assert agrees(upper, relu_norm_upper(m, mpmath.mpf(t)))
    assert (upper + lower).overlaps(arb(1))


def test_relu_norm_is_zero_only_if_no_entry_is_positive():
    assert limits.relu_norm_lower_tail(5, 0).overlaps(limits.ball(Fraction(1, 32)))
    assert limits.relu_norm_upper_tail(1, "0.5").overlaps(limits.normal_upper_tail("0.5"))  # 2 relu(Z)^2 > 1/2


def test_geometric_sum_is_that_of_the_paper_in_exact_arithmetic():
    assert [limits.geometric_sum(3, h) for h in range(4)] == [0, 1, 4, 13]
    assert limits.geometric_sum(Fraction(1, 2), 3) == Fraction(7, 4)
    assert limits.geometric_sum(1, 9) == 9


def test_decimal_strings_are_exact_and_floats_are_the_binary_number():
    tenth = limits.ball("0.1")
    assert tenth.overlaps(limits.ball(Fraction(1, 10))) and not tenth.overlaps(limits.ball(0.1))


def test_enclosures_do_not_depend_on_the_callers_precision():
    fine = limits.relu_norm_upper_tail(64, "1.5")
    with ctx.workprec(20):
        coarse = limits.relu_norm_upper_tail(64, "1.5")
    assert coarse.rad() == fine.rad()


def test_limits_never_import_the_simulator():
    for path in Path(limits.__file__).parent.glob("*.py"):
        source = path.read_text(encoding="utf8")
        assert "import" in source and "resnet_lab" not in source and not np.isin("jax", source.split())


BINOMIAL = [(1, 0, "1/3"), (7, 7, "0.9"), (40, 3, "1/8"), (10**9, 10**8, "0.1")]


@pytest.mark.parametrize(("trials", "successes", "chance"), BINOMIAL)
def test_the_binomial_law_is_scipys(trials, successes, chance):
    found = limits.binomial_log_probability(trials, successes, chance)
    assert float(found) == pytest.approx(stats.binom.logpmf(successes, trials, float(Fraction(chance))), rel=1e-6)
    assert float(found.rad()) < 1e-20


@pytest.mark.parametrize(
    "call, words",
    [
        (lambda: limits.gaussian_absolute_moment(-1), "order must be a whole number >= 0, got -1"),
        (lambda: limits.mean_square("sine"), "activation must be one of relu, linear.*, got 'sine'"),
        (lambda: limits.mean_square_slope("sine"), "activation must be one of relu, linear.*, got 'sine'"),
        (lambda: limits.gaussian_moment("relu", -1), "order must be a whole number >= 0, got -1"),
        (lambda: limits.mean_square("relu", -1), "scale / epsilon must certainly be in"),
        (lambda: limits.mean_square("softplus", 10**7), "scale / epsilon must certainly be in"),
        (lambda: limits.mean_square("tanh", epsilon=0), "epsilon must certainly be > 0, got 0"),
        (lambda: limits.mean_square_slope("tanh", 0), "scale must certainly be > 0, got 0"),
        (lambda: limits.normaliser("dead"), r"E phi\(X\)\^2 must certainly be > 0, got 0"),
        (lambda: limits.shifted_relu_mean_square(1, 0), "scale must certainly be > 0"),
        (lambda: limits.chi_square_upper_tail(-1, 1), "dof must be a whole number >= 0, got -1"),
        (lambda: limits.chi_square_upper_tail(2.5, 1), "dof must be a whole number"),
        (lambda: limits.chi_square_lower_tail(2, arb(0, 1)), "t must certainly be"),
        (lambda: limits.relu_norm_upper_tail(0, 1), "width must be a whole number >= 1, got 0"),
        (lambda: limits.geometric_sum(2, -1), "terms must be a whole number >= 0, got -1"),
    ],
)
def test_impossible_arguments_raise(call, words):
    with pytest.raises(ValueError, match=words):
        call()
