"""Elementary bounds that several chapters share: each a proof object, with the numbers that a mutant may change."""

from fractions import Fraction

import sympy as sp

from .evidence import Evidence, all_of, certified, exact

a, b, e, f, k, p, x, z, tau, s0 = sp.symbols("a b e f k p x z tau s_0", nonnegative=True)
L, R = sp.symbols("L R", positive=True)
X = sp.Symbol("X", real=True)


def lower_product(top="159/100") -> Evidence:
    """(1 - x/H)^(H-1) >= exp(-x) for real H >= 2 and 0 <= x <= top (du18, proofs of Lemmas B.1 and C.1).

    With y = 1/H and -log(1-w) = w + w^2 F(w)/2, F = 2F1(1, 2; 3; .), it says (1-y) x F(xy)/2 <= 1.
    """
    box = [(0, top), (0, "1/2")]
    return certified.at_most(lambda x, y: (1 - y) * x * (x * y).hypgeom_2f1(1, 2, 3) / 2, box, bound=1)


def upper_product(exponent=1) -> Evidence:
    """(1 + x/H)^(H-1) <= exp(exponent x), H >= 1, x >= 0: the gap of the logarithms is 0 at x = 0, its slope >= 0."""
    return exact.at_most(sp.diff(k * sp.log(1 + x / (1 + k)), x), exponent)  # k = H - 1


def affine_steps(offset=1) -> Evidence:
    """After H - 1 steps a -> (1 - x/H) a - b/H at least e^-x a - b; for (1 + x/H) a + b/H at most e^x (a + b).

    Inductions on u^k a - k b/H and u^k (a + k b/H), with b for b/H; `offset` multiplies b in what is claimed.
    """
    below = exact.at_most(b * k / (1 + e) + b, offset * b * (k + 1))  # u = 1/(1+e)
    above = exact.at_most((1 + e) * (1 + f) * (a + b * k) + b, (1 + e) * (1 + f) * (a + offset * b * (k + 1)))
    share = b * k / (1 + k)  # (H - 1) b / H
    low_end = exact.at_most(p * a - offset * b, (p + f) * a - share)  # p = e^-x <= u^k = p + f
    high_end = exact.at_most(p * (a + share), (p + f) * (a + offset * b))  # p = u^k <= e^x = p + f
    return all_of(below, above, low_end, high_end)


def lipschitz_entries(share=1) -> Evidence:
    """The mean square of |sigma(z)| <= s_0 + L|z| over entries with mean square tau^2 is at most (s_0 + L tau)^2.

    Entry by entry, times tau; then the mean, which puts tau^2 for z^2. `share` multiplies s_0 in what is claimed.
    """
    kept = share * s0
    right = tau * (kept**2 + L**2 * z**2) + kept * L * (z**2 + tau**2)
    entry = exact.at_most(tau * (s0 + L * z) ** 2, right, squares=[(kept * L, z - tau)])
    return all_of(entry, exact.identity(right.subs(z, tau), tau * (kept + L * tau) ** 2))


def fourth_moment(s, slope, top=3):
    """E(s + slope |X|)^4 for X ~ N(0, 1) and top = 3; du18's C_2 is the same polynomial with top = 32."""
    root = sp.sqrt(2 / sp.pi)
    return s**4 + 4 * s**3 * slope * root + 6 * s**2 * slope**2 + 8 * s * slope**3 * root + top * slope**4


def affine_variance(s, slope, pixels=1):
    """m Var |x^(1)|^2 of du18's first layer, sigma(z) = s + slope z, for `pixels` equal entries of a unit input."""

    def mean(polynomial):
        terms = sp.Poly(polynomial, X).terms()
        return sum(value * sp.factorial2(power - 1) for (power,), value in terms if power % 2 == 0)

    square = (s + slope * X / sp.sqrt(pixels)) ** 2
    return pixels**2 * (mean(square**2) - mean(square) ** 2) / mean((s + slope * X) ** 2) ** 2


def first_layer_display(slope=Fraction(2), power=0) -> Evidence:
    """The papers' chain for the moved first layer of one neuron sigma(z) = slope z, R = 1, over sqrt(c_sigma).

    Its three terms are slope, slope^power and slope; printed is power 0 (du18, proof of Lemma B.3; nfres, of Lemma 4).
    """
    left, middle, right = slope * 1, slope**power, slope * 1
    chain = (left, middle), (middle, right)
    return all_of(*(exact.compare(a, b, at=f"one neuron, sigma(z) = {slope} z, R = 1") for a, b in chain))


def first_layer_move(power=1) -> Evidence:
    """|sigma(W(k)x) - sigma(W(0)x)| <= L^power |W(k) - W(0)|_F <= L sqrt(m) R for a unit input, over sqrt(m).

    The actual Lipschitz quotient is L/(1 + e), the actual move R/(1 + f).
    """
    moved = R / (1 + f)
    return all_of(exact.at_most(L / (1 + e) * moved, L**power * moved), exact.at_most(L**power * moved, L * R))
