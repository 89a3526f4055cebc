"""Tails, kernels and logarithms over a box of real numbers or a finite list of sizes, in ball arithmetic."""

from functools import partial
from math import acos, cos, erfc, exp, log, log1p, pi, sqrt

from flint import arb
from hypothesis import strategies as st
from scipy import stats

from resnet_lab.evidence import all_of, certified
from resnet_lab.evidence.balls import to_ball
from resnet_lab.limits import chi_square_lower_tail, chi_square_upper_tail

from .case import Case, over


def komatsu(constant):
    """Q(t) (t + sqrt(t^2 + c)) <= 2 density(t), by certified upper ends: Q decreases, so its left end bounds it."""

    def ratio(t):
        tail = (t / arb(2).sqrt()).erfc() / 2
        return tail * (t + (t**2 + constant).sqrt()) / 2 * (t**2 / 2).exp() * (2 * arb.pi()).sqrt()

    return certified.at_most(ratio, [("0.01", 5)], bound=1)


def komatsu_excess(constant, t):
    return over(erfc(t / sqrt(2)) / 2, 2 * exp(-t * t / 2) / sqrt(2 * pi) / (t + sqrt(t * t + constant)))


def quadratic_logarithm(constant):
    """y - y^2/c <= log(1 + y) for y = x/n, that is (y - log(1 + y)) / y^2 = 2F1(1, 2; 3; -y) / 2 <= 1/c."""
    return certified.at_most(lambda y: (-y).hypgeom_2f1(1, 2, 3) / 2, [("0.001", 10)], bound=1 / constant)


def bennett(constant):
    """u^2 / (2 + cu) <= (1 + u) log(1 + u) - u = u^2 2F1(1, 1; 3; -u) / 2."""
    return certified.at_most(lambda u: 2 / (2 + constant * u) - (-u).hypgeom_2f1(1, 1, 3), [("0.02", 10)])


def laurent_massart(linear, sizes=(1, 2, 4, 8, 16, 32, 64)):
    """P(X >= m + 2 sqrt(m x) + c x) e^x <= 1 for X chi-square with m degrees of freedom."""

    def tail(m, x):
        return chi_square_upper_tail(m, m + 2 * (m * x).sqrt() + linear * x) * x.exp()

    return all_of(*(certified.at_most(partial(tail, m), [("0.01", 16)], bound=1) for m in sizes))


def laurent_massart_excess(linear, point):
    m, x = point
    return over(stats.chi2.sf(m + 2 * sqrt(m * x) + linear * x, m), exp(-x))


def arc_cosine(coefficient):
    """kappa(r) <= 1/pi + r/2 + q r^2 for the ReLU kernel kappa(r) = (sqrt(1 - r^2) + r (pi - arccos r)) / pi."""

    def difference(r):
        kernel = ((1 - r**2).sqrt() + r * (arb.pi() - r.acos())) / arb.pi()
        return kernel - 1 / arb.pi() - r / 2 - coefficient * r**2

    return certified.at_most(difference, [("0.05", "0.999")])


def arc_cosine_excess(coefficient, r):
    return over((sqrt(1 - r * r) + r * (pi - acos(r))) / pi, 1 / pi + r / 2 + coefficient * r * r)


def rounding(constant):
    """c (1 - cos t)/2 <= t/pi: a random hyperplane separates two unit vectors often enough."""
    return certified.at_most(lambda t: constant * (1 - t.cos()) / 2 - t / arb.pi(), [("0.01", "3.14159")])


def below_the_mean(smallest):
    """P(chi-square_m <= m) <= 0.6 for every m from `smallest` to 60."""
    return all_of(*(certified.number(chi_square_lower_tail(m, m), "0.6", at=f"m = {m}") for m in range(smallest, 61)))


KOMATSU = "Q(t) ≤ 2φ(t) / (t + √(t² + {})), 0.01 ≤ t ≤ 5"
LOGARITHM = "(1 + x/n)ⁿ ≥ exp(x − x²/({} n)), 0.001 ≤ x/n ≤ 10"
BENNETT = "(1+u) log(1+u) − u ≥ u²/(2 + {} u), 0.02 ≤ u ≤ 10"
CHI_SQUARE = "P(χ²ₘ ≥ m + 2√(mx){}) ≤ e⁻ˣ, m = 1, 2, 4, …, 64, 0.01 ≤ x ≤ 16"
KERNEL = "κ₁(ρ) ≤ 1/π + ρ/2 + {} ρ², 0.05 ≤ ρ ≤ 0.999"
ROUNDING = "θ/π ≥ {} (1 − cos θ)/2, 0.01 ≤ θ ≤ 3.14159"
MEAN = "P(χ²ₘ ≤ m) ≤ 0.6 for {} ≤ m ≤ 60"


def _logarithm_excess(constant, point):
    y, n = point
    return over(n * (y - y * y / constant), n * log1p(y))


FREEDOM = st.tuples(st.sampled_from([1, 2, 4, 8, 16, 32, 64]), st.floats(0.01, 16))

CASES = [
    Case("Mills ratio: Komatsu's upper bound", KOMATSU.format("8/π"), True, "Komatsu", "certified",
         lambda: komatsu(8 / arb.pi()), st.floats(0.01, 5), lambda t: komatsu_excess(8 / pi, t)),
    Case("Mills ratio: constant", KOMATSU.format("2.56"), False, "8/π = 2.546… is needed at 0: fails for t < 0.015",
         "certified", lambda: komatsu(to_ball("2.56")), st.floats(0.01, 5), lambda t: komatsu_excess(2.56, t)),
    Case("Exponential limit: from below", LOGARITHM.format("2"), True, "log(1+y) ≥ y − y²/2 for y ≥ 0", "certified",
         lambda: quadratic_logarithm(to_ball(2)), st.tuples(st.floats(0.001, 10), st.integers(1, 1000)),
         lambda p: _logarithm_excess(2, p)),
    Case("Exponential limit: constant", LOGARITHM.format("2.1"), False, "second derivative at 0: fails for x < 0.07 n",
         "certified", lambda: quadratic_logarithm(to_ball("2.1")),
         st.tuples(st.floats(0.001, 10), st.integers(1, 1000)), lambda p: _logarithm_excess(2.1, p)),
    Case("Bennett to Bernstein: the exponent", BENNETT.format("2/3"), True, "Bernstein's inequality from Bennett's",
         "certified", lambda: bennett(to_ball("2/3")), st.floats(0.02, 10),
         lambda u: over(u * u / (2 + 2 / 3 * u), (1 + u) * log(1 + u) - u)),
    Case("Bennett to Bernstein: constant", BENNETT.format("0.66"), False, "third derivative at 0: fails for u < 0.06",
         "certified", lambda: bennett(to_ball("0.66")), st.floats(0.02, 10),
         lambda u: over(u * u / (2 + 0.66 * u), (1 + u) * log(1 + u) - u)),
    Case("Chi-square tail: Laurent–Massart", CHI_SQUARE.format(" + 2x"), True, "Laurent and Massart, Lemma 1",
         "certified", lambda: laurent_massart(2), FREEDOM,
         lambda p: laurent_massart_excess(2, p)),
    Case("Chi-square tail: sub-Gaussian for sub-exponential", CHI_SQUARE.format(""), False, "fails for large x",
         "certified", lambda: laurent_massart(0), FREEDOM,
         lambda p: laurent_massart_excess(0, p)),
    Case("Arc-cosine kernel: parabola above", KERNEL.format("(1/2 − 1/π)"), True, "power series, value at ρ = 1",
         "certified", lambda: arc_cosine(to_ball("1/2") - 1 / arb.pi()), st.floats(0.05, 0.999),
         lambda r: arc_cosine_excess(0.5 - 1 / pi, r)),
    Case("Arc-cosine kernel: constant", KERNEL.format("0.18"), False, "1/2 − 1/π = 0.1817: fails for ρ > 0.985",
         "certified", lambda: arc_cosine(to_ball("0.18")), st.floats(0.05, 0.999),
         lambda r: arc_cosine_excess(0.18, r)),
    Case("Hyperplane rounding: Goemans–Williamson", ROUNDING.format("0.8785"), True, "minimum 0.87856…", "certified",
         lambda: rounding(to_ball("0.8785")), st.floats(0.01, 3.14159),
         lambda t: over(0.8785 * (1 - cos(t)) / 2, t / pi)),
    Case("Hyperplane rounding: rounded up", ROUNDING.format("0.8786"), False, "0.87856… at θ = 2.331", "certified",
         lambda: rounding(to_ball("0.8786")), st.floats(0.01, 3.14159),
         lambda t: over(0.8786 * (1 - cos(t)) / 2, t / pi)),
    Case("Chi-square below its mean: m from 4 on", MEAN.format(4), True, "0.594 at m = 4, falls to 1/2", "certified",
         lambda: below_the_mean(4), st.integers(4, 60), lambda m: over(stats.chi2.cdf(m, m), 0.6)),
    Case("Chi-square below its mean: all m", MEAN.format(1), False, "0.608 at m = 3; valid for m ≥ 4 only", "certified",
         lambda: below_the_mean(1), st.integers(1, 60), lambda m: over(stats.chi2.cdf(m, m), 0.6)),
]  # fmt: skip
