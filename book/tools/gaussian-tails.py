# ---
# jupyter:
#   jupytext:
#     formats: ipynb,py:percent
#     text_representation:
#       extension: .py
#       format_name: percent
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # A Gaussian number is seldom large and seldom tiny, and both bounds come from one picture

# %% tags=["remove-cell"]
from importlib.util import find_spec

from IPython import get_ipython

if find_spec("resnet_lab") is None:
    address = "git+https://github.com/resnet-lab/executable-proofs"
    get_ipython().run_line_magic("pip", f"install -q 'resnet-lab @ {address}'")

# %% [markdown]
# ```{prf:lemma} zhang22, Lemma 3, (11)
# :label: zhang22.lem3.s1
#
# If $X\sim N(0,\sigma^2)$ and $x\ge0$, then $P(|X|\le x)\ge1-\exp\bigl(-\frac{x^2}{2\sigma^2}\bigr)$.
# ```
#
# ```{prf:lemma} zhang22, Lemma 3, (12)
# :label: zhang22.lem3.s2
#
# If $X\sim N(0,\sigma^2)$ and $x\ge0$, then $P(|X|\le x)\le\sqrt{\frac2\pi}\,\frac x\sigma$.
# ```
#
# - **Hypotheses**: $\sigma>0$. The paper ({cite}`zhang22`, appendix A) does not say $x\ge0$;
#   {ref}`it is needed <zhang22.lem3.s3>`.
# - **Use**: (11) bounds what a last layer makes of a sparse vector (zhang22, Lemma 7). (12) bounds how many neurons
#   lie so close to zero that a small change of the weights flips their sign (Lemma 6).
#
# **Idea.** Take $\sigma=1$ and two independent copies $X,Y$. The square $[-x,x]^2$ has mass $P(|X|\le x)^2$. The disc
# *inside* the square has radius $x$ and mass $1-e^{-x^2/2}$, since $\frac12(X^2+Y^2)$ is exponential. So
#
# $$P(|X|\le x)\;\ge\;\sqrt{1-e^{-x^2/2}}\;\ge\;1-e^{-x^2/2},$$
#
# and (11) is a two-sided tail with nothing in front of the exponential, not even the usual factor 2. For (12) an
# interval of length $2x$ has at most the mass $2x\cdot\frac1{\sqrt{2\pi}}$, whatever its centre is.
#
# **What we check.** The mass of the disc, the last inequality and the peak of the density as formulas, for all
# $x\ge0$. Beside them the two quotients by ball arithmetic: $\operatorname{erfc}(s)\,e^{s^2}\le1$ with
# $s=x/(\sigma\sqrt2)$ on $[\frac1{16},8]$, and (12) at $x=\sigma/100$. One point outside would refute.

# %% tags=["hide-input"]
from fractions import Fraction

import matplotlib.pyplot as plt
import numpy as np
import sympy as sp
from flint import arb
from scipy import special

from resnet_lab import limits, page
from resnet_lab.evidence import all_of, certified, exact

chapter = page.Chapter("tools/gaussian-tails")
x, v, w = sp.symbols("x v w", nonnegative=True)
sigma, y = sp.symbols("sigma y", positive=True)
ball = limits.ball

# %% [markdown]
# **(11).** The mass of the disc is 0 at $x=0$ and grows by $x\,e^{-x^2/2}\,dx$, in polar coordinates. A mass
# $q=\frac1{1+w}$ has $q^2\le q$, so $P^2\ge q$ gives $P\ge q$.


# %%
def two_sided_tail(rate=Fraction(1, 2), front=1):
    disc = exact.identity(sp.diff(1 - sp.exp(-sp.Rational(rate) * x**2), x), x * sp.exp(-(x**2) / 2))
    root = exact.at_most(1 / (1 + w) ** 2, 1 / (1 + w))
    quotient = certified.at_most(lambda s: s.erfc() * (2 * ball(rate) * s * s).exp(), [("1/16", 8)], bound=front)
    return all_of(disc, root, quotient, says="the disc inside the square has mass 1 - exp(-x^2/2)")

# %%
chapter.judge("zhang22.lem3.s1", two_sided_tail, expect="PROVED",
    reading="for all x >= 0; the quotient once more by ball arithmetic on its range",
    mutants={"twice the exponent": dict(rate=Fraction(1)), "half in front": dict(front=Fraction(1, 2))})

# %% [markdown]
# **(12).** The density is its peak $\frac1{\sigma\sqrt{2\pi}}$ times $e^{-v}$ with $v\ge0$, and $1-e^{-v}$ is 0 at
# $v=0$ with a positive slope. Mutants take a smaller constant; the point $x=\sigma/100$ refutes them.


# %%
def short_interval(factor=Fraction(1)):
    peak = exact.at_most(0, sp.diff(1 - sp.exp(-v), v))
    claimed = sp.Rational(factor) * sp.sqrt(2 / sp.pi) * x / sigma
    length = exact.identity(2 * x / (sigma * sp.sqrt(2 * sp.pi)), claimed)
    small = ball("1/100")
    bound = ball(factor) * (2 / arb.pi()).sqrt() * small
    seen = certified.number((small / arb(2).sqrt()).erf(), bound, at="sigma = 1, x = 1/100")
    return all_of(peak, length, seen, says="an interval of length 2x has at most 2x times the peak of the density")

# %%
chapter.judge("zhang22.lem3.s2", short_interval, expect="PROVED",
    mutants={"99 percent of it": dict(factor=Fraction(99, 100)), "half of it": dict(factor=Fraction(1, 2))})

# %% [markdown]
# ## Both bounds in one picture
#
# Left: the square, the disc inside it, which gives (11), and the disc of equal area, which gives (12). Right: the
# tail $P(|X|>x)$ for $\sigma=1$, divided by $e^{-x^2/2}$, with its bounds.

# %% mystnb={"image": {"alt": "Left: a square with its inscribed circle and a slightly larger circle of equal area that cuts its sides. Right: the tail of a Gaussian divided by exp(-x^2/2) falls from 1 towards 0; the bound (11) is the constant 1, the inscribed disc falls from 1 to one half, the bound of (12) touches the tail at 0 and drops to 0 at x = 1.25, and the lower bound from Mills' ratio meets the tail for large x."}} tags=["hide-input"]
figure, (left, right) = plt.subplots(1, 2, figsize=(9, 3.6), layout="constrained")
angle = np.linspace(0, 2 * np.pi, 200)
left.plot([-1, 1, 1, -1, -1], [-1, -1, 1, 1, -1], "k-", label="square, mass $P(|X|\\leq x)^2$")
discs = (1, "C0--", "inscribed disc: (11)"), (2 / np.sqrt(np.pi), "C1-.", "disc of equal area: (12)")
for radius, style, name in discs:
    left.plot(radius * np.cos(angle), radius * np.sin(angle), style, label=name)
left.set(aspect="equal", xlabel="X / x", ylabel="Y / x", xlim=(-1.5, 1.5), ylim=(-1.3, 2.3))
left.legend(fontsize=8, loc="upper center")
grid = np.linspace(0, 4, 300)
scale, tail = np.exp(-(grid**2) / 2), special.erfc(grid / np.sqrt(2))
right.plot(grid, tail / scale, "k", label="exact tail")
right.plot(grid, np.ones_like(grid), "C0", label="(11)")
right.plot(grid, (1 - np.sqrt(-np.expm1(-(grid**2) / 2))) / scale, "C0--", label="inscribed disc")
right.plot(grid, np.maximum(1 - np.sqrt(2 / np.pi) * grid, 0) / scale, "C1", label="(12)")
right.plot(grid, np.sqrt(2 / np.pi) * grid / (1 + grid**2), "C2:", label="from below, by Mills' ratio")
right.set(xlabel="x (σ = 1)", ylabel="tail / exp(-x²/2)", ylim=(-0.03, 1.75))
_ = right.legend(fontsize=8, loc="upper right")

# %% [markdown]
# Bound (11) is exact at $x=0$ and keeps the right exponent, but loses a factor of order $x$ further out; the disc
# gains a factor 2 there. Bound (12) is exact at 0, up to a relative error of order $x^2$, and says nothing beyond
# $x=\sigma\sqrt{\pi/2}\approx1.25\,\sigma$.

# %% [markdown]
# ## Beyond the printed lemma
#
# (zhang22.lem3.s3)=
# ### The range of x: not every real number
#
# (11) and (12) hold for every real $x$, as they are printed: without $x\ge0$.
#
# The lemma names no range. At $x=-\sigma$ the event $|X|\le x$ is empty: (11) says $0\ge1-e^{-1/2}$, which is
# $0.39$, and (12) says $0\le-\sqrt{2/\pi}$. Nobody would use it there: $x\ge0$ is meant, and has to be
# added, no more.


# %%
def any_real_number(point=-1):
    value = sp.Integer(point)
    mass = sp.Max(sp.erf(value / sp.sqrt(2)), 0)  # P(|X| <= x) for sigma = 1
    tail = exact.compare(1 - sp.exp(-(value**2) / 2), mass, at=f"sigma = 1, x = {point}, (11)")
    short = exact.compare(sp.sqrt(2 / sp.pi) * value, mass, sense=">=", at=f"sigma = 1, x = {point}, (12)")
    return all_of(tail, short)

# %%
chapter.judge("zhang22.lem3.s3", any_real_number, expect="REFUTED", severity="typo",
    repair="zhang22.lem3.s3.fix", mutants={"x = -3": dict(point=-3)})

# %% [markdown]
# (zhang22.lem3.s3.fix)=
# ### Repair: exactly the non-negative ones
#
# (11) and (12) hold for every $x\ge0$, and both fail for every $x<0$.
#
# The first half is {prf:ref}`zhang22.lem3.s1` and {prf:ref}`zhang22.lem3.s2`. For $x=-y$, $y>0$, the probability
# vanishes. With $v=\frac{y^2}{2\sigma^2}$ the right side of (11) is $1-e^{-v}\ge ve^{-v}>0$, as the difference
# vanishes at $v=0$ and has the slope $ve^{-v}$; that of (12) is negative.


# %%
def negative_numbers(sign=-1):
    positive = exact.at_most(0, sp.diff(1 - sp.exp(-v) - v * sp.exp(-v), v))
    negative = exact.at_most(sp.sqrt(2 / sp.pi) * sign * y / sigma, 0)
    return all_of(positive, negative, says="for x < 0 the right side of (11) is positive and that of (12) negative")

# %%
chapter.judge("zhang22.lem3.s3.fix", negative_numbers, expect="PROVED", mutants={"also for x > 0": dict(sign=1)})

# %% [markdown]
# (zhang22.lem3.s4)=
# ### Between two discs
#
# For $X\sim N(0,\sigma^2)$ and $x\ge0$:
# $\sqrt{1-e^{-x^2/(2\sigma^2)}}\le P(|X|\le x)\le\sqrt{1-e^{-2x^2/(\pi\sigma^2)}}$.
#
# Both halves sharpen the lemma, since $\sqrt q\ge q$ and $1-e^{-q}\le q$ for a mass $q$. The lower one is the disc
# inside the square. For the upper one take the disc of equal area, $\pi r^2=4x^2$: the corners of the square
# outside the disc have a density of at most $\frac1{2\pi}e^{-r^2/2}$, the caps of the disc outside the square at
# least that, and both have the same area (the bathtub principle). The check: the areas, and both bounds by ball
# arithmetic for $s=x/(\sigma\sqrt2)$ in $[\frac12,4]$, where
# $1-P^2=\operatorname{erfc}(s)(2-\operatorname{erfc}(s))$.


# %%
def two_discs(inner=1, area=Fraction(4)):
    def outside(s):  # the mass outside the square
        return s.erfc() * (2 - s.erfc())

    areas = exact.identity(sp.pi * (sp.Rational(area) * x**2 / sp.pi), (2 * x) ** 2)
    below = certified.at_most(lambda s: outside(s) * (inner * s * s).exp(), [("1/2", 4)], bound=1)
    above = certified.at_most(lambda s: (-ball(area) / arb.pi() * s * s).exp() / outside(s), [("1/2", 4)], bound=1)
    return all_of(areas, below, above, says="the square lies between its inscribed disc and the disc of equal area")

# %%
chapter.judge("zhang22.lem3.s4", two_discs, expect="PROVED",
    reading="by the two discs for all x; ball arithmetic repeats it on the range named",
    mutants={"inner exponent doubled": dict(inner=2), "a disc of area 7/2": dict(area=Fraction(7, 2))})

# %% [markdown]
# (zhang22.lem3.s5)=
# ### The tail from below: the exponent is right
#
# For $X\sim N(0,\sigma^2)$ and $x\ge0$:
# $P(|X|>x)\ge\sqrt{\frac2\pi}\,\frac{\sigma x}{\sigma^2+x^2}\,e^{-x^2/(2\sigma^2)}$.
#
# So no exponent larger than $\frac{x^2}{2\sigma^2}$ can stand in (11). With $\sigma=1$ and $b(z)=\frac
# z{1+z^2}e^{-z^2/2}$ the check shows $-b'(z)\le e^{-z^2/2}$; integrated from $x$ to $\infty$ that is the claim, as
# $b(\infty)=0$.


# %%
def from_below(front=1):
    density = sp.exp(-(x**2) / 2)
    bound = front * x / (1 + x**2) * density
    return exact.at_most(0, sp.factor(sp.simplify(density + sp.diff(bound, x))))

# %%
chapter.judge("zhang22.lem3.s5", from_below, expect="PROVED", mutants={"twice as large": dict(front=2)})

# %% [markdown]
# (zhang22.lem3.s6)=
# ### A short interval anywhere
#
# If $X\sim N(\mu,\sigma^2)$ and $x\ge0$, then $P(|X|\le x)\le\sqrt{\frac2\pi}\,\frac x\sigma$ for every mean $\mu$.
#
# This is what the proof of Lemma 6 needs: its neurons $(g_l)_j$ have the mean $(h_{l-1})_j$ and not 0. The argument
# is that of (12). (The tail bound (11) has no such extension: for $\mu=5\sigma$ it is false.) The check adds the mass
# $\frac12[\operatorname{erf}(s+r)+\operatorname{erf}(s-r)]$, $r=\mu/(\sigma\sqrt2)$, against $\frac2{\sqrt\pi}s$ on
# $[\frac12,4]\times[0,4]$.


# %%
def any_mean(factor=Fraction(1)):
    def mass_over_length(s, r):
        return ((s + r).erf() + (s - r).erf()) / 2 / (ball(factor) * 2 / arb.pi().sqrt() * s)

    box = certified.at_most(mass_over_length, [("1/2", 4), (0, 4)], bound=1)
    return all_of(short_interval(factor), box, says="the peak of the density bounds the mass of every short interval")

# %%
chapter.judge("zhang22.lem3.s6", any_mean, expect="PROVED",
    mutants={"half the constant": dict(factor=Fraction(1, 2))})

# %% [markdown]
# ## Slack and what to doubt
#
# (11) cannot have a smaller factor in front ($x\to0$) nor a larger exponent ($x\to\infty$). By symmetry
# $P(X>x)\le\frac12e^{-x^2/(2\sigma^2)}$ for one side: the displays of zhang22 that put 1 in front of a one-sided
# Gaussian tail, as (19), or 2 in front of a two-sided one, as {ref}`(25) <zhang22.eq25.s1>`, are true and lose a
# factor 2. The constant $\sqrt{2/\pi}$ of (12) is sharp as $x\to0$.
#
# **Same bounds elsewhere.** {ref}`The first line of (25) <zhang22.eq25.s1>` and {ref}`(26) <zhang22.eq26>` of
# zhang22 use (11) for a sum of Gaussian terms; the norm of a whole Gaussian matrix obeys the same tail around
# another centre, {prf:ref}`zhang22.lem4`.
#
# **What a reader should still doubt.** Not the lemma; but Lemma 6 counts neurons that depend on each other through
# the layers below, and a bound for each of them does not yet bound their number. That is judged where Lemma 6 is.
