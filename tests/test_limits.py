"""limits: enclosures that contain mpmath's and SciPy's values, exact special cases, complements, errors."""

from fractions import Fraction

import mpmath
import numpy as np
import pytest
from flint import arb, ctx
from scipy import stats

from resnet_lab import limits, network

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


@pytest.mark.parametrize("scale", ["0.5", "1", "2", "4"])
@pytest.mark.parametrize("name", ["relu", "linear", "absolute", "softplus"])
def test_mean_squares_agree_with_quadrature(name, scale):
    sigma = {
        "relu": lambda t: max(t, 0),
        "linear": lambda t: t,
        "absolute": abs,
        "softplus": lambda t: mpmath.log1p(mpmath.exp(t)),
    }[name]
    c = mpmath.mpf(scale)
    pieces = [-30, -16, -10, -6, -3, -1, 0, 1, 3, 6, 10, 16, 30]
    value = mpmath.quad(lambda x: sigma(c * x) ** 2 * mpmath.npdf(x), pieces)
    assert agrees(limits.mean_square(name, scale), value)


@pytest.mark.parametrize("activation", [network.RELU, network.LINEAR, network.ABSOLUTE, network.SOFTPLUS])
def test_the_networks_normaliser_is_the_exact_one(activation):
    with ctx.workprec(128):
        assert abs(limits.normaliser(activation.name) - arb(activation.normaliser)) < 2.0**-53 * 2


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
    source = open(limits.__file__, encoding="utf8").read()
    assert "import" in source and "resnet_lab" not in source and not np.isin("jax", source.split())


@pytest.mark.parametrize(
    "call, words",
    [
        (lambda: limits.gaussian_absolute_moment(-1), "order must be a whole number >= 0, got -1"),
        (lambda: limits.mean_square("tanh"), "activation must be relu"),
        (lambda: limits.mean_square("relu", -1), "scale must certainly be in"),
        (lambda: limits.mean_square("softplus", 5), "scale must certainly be in"),
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
