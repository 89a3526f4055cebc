"""Polynomial inequalities: sums of squares and inductions, refuted at a rational point."""

from fractions import Fraction
from math import comb, exp

import sympy as sp
from hypothesis import strategies as st
from scipy import stats
from scipy.special import kl_div
from sympy import Rational

from resnet_lab.evidence import all_of, exact

from .case import Case, over

REALS = dict(real=True)
NON_NEGATIVE = dict(nonnegative=True)


def am_gm(constant):
    """k a b^2 c^3 <= (a + b + c)^6, with s = a + b: (s + c)^6 - 64 s^3 c^3 and 4 s^3 - 27 a b^2 have double roots."""
    a, b, c = sp.symbols("a b c", **NON_NEGATIVE)
    s = a + b
    squares = [
        ((s + c) ** 4 + 4 * s * c * (s + c) ** 2 + 16 * s**2 * c**2, s - c),
        (16 * c**3 * (a + 4 * b), 2 * a - b),
    ]
    return exact.at_most(constant * a * b**2 * c**3, (s + c) ** 6, squares=squares)


def am_gm_excess(constant, point):
    a, b, c = point
    return over(constant * a * b**2 * c**3, (a + b + c) ** 6)


def motzkin(constant):
    """c x^2 y^2 <= x^4 y^2 + x^2 y^4 + 1, no sum of squares itself, but one after multiplying by (x^2 + y^2)^2."""
    x, y = sp.symbols("x y", **REALS)
    factor = (x**2 + y**2) ** 2
    squares = [(x**2 + y**2 + 1, x * y * (x**2 + y**2 - 2)), (1, x**2 - y**2)]
    return exact.at_most(constant * x**2 * y**2 * factor, (x**4 * y**2 + x**2 * y**4 + 1) * factor, squares=squares)


def schur(assumption):
    """Schur's inequality of degree one, for x >= y >= z without loss of generality; `assumption` is that on z."""
    u, v = sp.symbols("u v", **NON_NEGATIVE)
    z = sp.Symbol("z", **assumption)
    y, x = z + u, z + u + v
    mixed = x**2 * (y + z) + y**2 * (z + x) + z**2 * (x + y)
    return exact.at_most(mixed, x**3 + y**3 + z**3 + 3 * x * y * z)


def schur_excess(point):
    x, y, z = point
    return over(x**2 * (y + z) + y**2 * (z + x) + z**2 * (x + y), x**3 + y**3 + z**3 + 3 * x * y * z)


def central_binomial(constant):
    """16^n <= c^2 n binom(2n, n)^2 for n >= 1, by induction: binom(2n+2, n+1) = 2 (2n+1)/(n+1) binom(2n, n)."""
    n = sp.Symbol("n", **NON_NEGATIVE)
    start = exact.compare(16, 4 * constant**2, at="n = 1", covers=True)
    return all_of(start, exact.at_most(16 * n * (n + 1), 4 * (2 * n + 1) ** 2))


def chernoff(factor):
    """P(Bin(n, 1/3) >= k) <= c exp(-n KL(k/n, 1/3)) for n <= 20: exp(-n KL) is rational, a product of powers."""
    pairs = [(n, k) for n in range(1, 21) for k in range(-(-n // 3), n + 1)]
    return all_of(*(exact.compare(binomial_tail(n, k), factor * relative_entropy_bound(n, k), at=f"n = {n}, k = {k}",
                                  covers=True) for n, k in pairs))  # fmt: skip


def binomial_tail(n, k):
    return Fraction(sum(comb(n, i) * 2 ** (n - i) for i in range(k, n + 1)), 3**n)


def relative_entropy_bound(n, k):
    return Fraction(n, 3 * k) ** k * (Fraction(2 * n, 3 * (n - k)) ** (n - k) if k < n else 1)


def chernoff_excess(factor, point):
    n, k = point
    entropy = kl_div(k / n, 1 / 3) + kl_div(1 - k / n, 2 / 3)
    return over(stats.binom.sf(k - 1, n, 1 / 3), factor * exp(-n * entropy))


def reals(count, low=-10.0, high=10.0):
    return st.tuples(*[st.floats(low, high)] * count)


AM_GM = "{} ab²c³ ≤ (a+b+c)⁶ for a, b, c ≥ 0"
MOTZKIN = "{} x²y² ≤ x⁴y² + x²y⁴ + 1"
SCHUR = "x²(y+z) + y²(z+x) + z²(x+y) ≤ x³ + y³ + z³ + 3xyz for {}"
CHERNOFF = "P(Bin(n, 1/3) ≥ k) ≤ {}exp(−n KL(k/n ‖ 1/3)) for n ≤ 20, n/3 ≤ k ≤ n"
CENTRAL = "C(2n, n) ≥ 4ⁿ / ({} √n) for every n ≥ 1"


def _motzkin(name, constant, truth, why):
    return Case(
        f"Motzkin: {name}", MOTZKIN.format(constant), truth, why, "exact",
        lambda: motzkin(Rational(constant)),
        reals(2), lambda p: over(float(constant) * p[0]**2 * p[1]**2, p[0]**4 * p[1]**2 + p[0]**2 * p[1]**4 + 1),
    )  # fmt: skip


def _central(name, constant, truth, why):
    return Case(
        f"Central binomial: {name}", CENTRAL.format(constant), truth, why, "exact",
        lambda: central_binomial(Rational(constant)),
        st.integers(1, 500), lambda n: over(4**n / (float(constant) * n**0.5), comb(2 * n, n)),
    )  # fmt: skip


TRIALS = st.integers(1, 20).flatmap(lambda n: st.tuples(st.just(n), st.integers(-(-n // 3), n)))

CASES = [
    Case("Weighted AM–GM: six factors", AM_GM.format(432), True, "the means of a, b/2, b/2, c/3, c/3, c/3", "exact",
         lambda: am_gm(432), reals(3, low=0.0), lambda p: am_gm_excess(432, p)),
    Case("Weighted AM–GM: constant", AM_GM.format(433), False, "equality at (1, 2, 3) for 432", "exact",
         lambda: am_gm(433), reals(3, low=0.0), lambda p: am_gm_excess(433, p)),
    _motzkin("the polynomial", "3", True, "AM–GM of x⁴y², x²y⁴ and 1"),
    _motzkin("constant", "3.01", False, "equality at |x| = |y| = 1 for 3"),
    Case("Schur: degree one", SCHUR.format("x, y, z ≥ 0"), True, "Schur's inequality", "exact",
         lambda: schur(NON_NEGATIVE), reals(3, low=0.0), schur_excess),
    Case("Schur: hypothesis", SCHUR.format("real x, y, z"), False, "needs x, y, z ≥ 0", "exact",
         lambda: schur(REALS), reals(3), schur_excess),
    _central("lower bound", "2", True, "induction from equality at n = 1"),
    _central("valid for n ≥ 2 only", "1.99", False, "2 < 4/1.99 at n = 1"),
    Case("Binomial tail: Chernoff", CHERNOFF.format(""), True, "Chernoff's bound with the relative entropy", "exact",
         lambda: chernoff(1), TRIALS, lambda p: chernoff_excess(1, p)),
    Case("Binomial tail: factor", CHERNOFF.format("0.9 "), False, "equality at k = n for 1", "exact",
         lambda: chernoff(Fraction(9, 10)), TRIALS, lambda p: chernoff_excess(0.9, p)),
]  # fmt: skip
