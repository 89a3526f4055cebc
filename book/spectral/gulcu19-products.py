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
# # Products of residual blocks do not shrink a row by more than exp(−2Bc), in the mean square

# %% tags=["remove-cell"]
from importlib.util import find_spec

from IPython import get_ipython

if find_spec("resnet_lab") is None:
    address = "git+https://github.com/resnet-lab/executable-proofs"
    get_ipython().run_line_magic("pip", f"install -q 'resnet-lab @ {address}'")

# %% [markdown]
# (gulcu19.eq3.16)=
# **gulcu19, (3.16) and (3.17).** Let $0<\delta'<1$ and $H\ge2Bc_{res}+4B^2c_{res}^2/\delta'$. With independent
# $N(0,1)$ weights, for every $a$ and every input $x_i$,
# $\frac1m\sum_{l=1}^mE|a_l(i)|^2\ge(1-\delta')\frac{\|a\|_2^2e^{-4Bc_{res}}}m$; hence the same for $\min_i$ of the
# left side.
#
# - **Network** ({cite}`gulcu19`, (2.3)): $x^{(1)}=\sqrt{c_\phi/m}\,\phi(W^{(1)}x)$, then
#   $x^{(h)}=x^{(h-1)}+\frac{c_{res}}{H\sqrt m}\phi(W^{(h)}x^{(h-1)})$ for $2\le h\le H$; $|\phi'|\le B$,
#   $0<c_{res}<1$, $H\ge2$.
# - **Rows.** $(a_1(i),\dots,a_m(i))=a^\top M_H\cdots M_2$ with
#   $M_j=I_m+\frac{c_{res}}{H\sqrt m}\mathrm{diag}[\phi'(W^{(j)}x_i^{(j-1)})]W^{(j)}$. Below
#   $u_j=\frac{Bc_{res}}{H\sqrt m}\|W^{(j)}\|$, so that $\|M_j-I\|\le u_j$.
# - **Reading.** The paper says "$H$ being a function of $\delta'$ and large enough", later "depends on $\delta'$,
#   $B$ and $c_{res}$ only". We take the second, with the number that {ref}`(3.15) <gulcu19.eq3.15>` gives.
#
# **Idea.** Norms only. A block shrinks a vector by the factor $1-u_j$ at worst, whatever its slopes are, and the
# $u_j$ are independent. So the mean square of the row is at least the product of mean squares, Jensen's inequality
# turns these into $(1-Eu_j)^2$, $E\|W^{(j)}\|\le2\sqrt m$ makes each at least $(1-2Bc_{res}/H)^2$, and $H-1$ of
# them are about $e^{-4Bc_{res}}$.
#
# **Two gaps on the way.** A factor $1-u_j$ may be negative, and its square then claims too much: as printed (3.13)
# and (3.14) are false. The positive part $\max(0,1-u_j)$ mends both, and costs nothing once $H\ge2Bc_{res}$.
#
# **What we check.** The last step symbolically; the mended chain with the steps below. And two networks whose mean
# squares are known: a linear one, $\phi(z)=Bz$, where $E\|\text{row}\|^2=\|a\|^2(1+B^2c_{res}^2/H^2)^{H-1}$ for
# every $m$; and {ref}`one that shrinks <gulcu19.eq3.16.s1>`. They refute the mutants. Not checked: that the
# constants are the best.

# %% tags=["hide-input"]
from fractions import Fraction

import matplotlib.pyplot as plt
import numpy as np
import sympy as sp
from flint import arb

from resnet_lab import limits, page
from resnet_lab.evidence import all_of, any_of, certified, exact

chapter = page.Chapter("spectral/gulcu19-products")
setting = chapter.setting(depth=16, width=16, draws=200)  # H, m and the draws of the figure
ball = limits.ball

# %% [markdown]
# **A network that shrinks.** One unit, $\phi(z)=B|z|-C$ with $C\to\infty$: then every $x^{(h)}$ is negative, as
# $x^{(h)}=x^{(h-1)}(1-t|Z_h|)-c_{res}C/H$,
# $\phi'(Wx)W=-B|W|$, and each block is $1-t|Z_j|$ with $t=Bc_{res}/H$, unless some $t|Z_j|>1$. By Cauchy–Schwarz
# that exception changes the mean square by at most $\sqrt{(E(1+t|Z|)^4)^{H-1}P(\text{exception})}$. (With
# $\sqrt{z^2+\varepsilon^2}$ for $|z|$ and $\varepsilon\to0$ the activation is smooth.)


# %%
def shrinking(product, depth):
    """E row^2 / a^2 of that network at B c_res = product and H = depth."""
    t, r = ball(product) / depth, limits.gaussian_absolute_moment(1)
    mean = (1 - 2 * t * r + t**2) ** (depth - 1)
    fourth = (1 + 4 * t * r + 6 * t**2 + 8 * r * t**3 + 3 * t**4) ** (depth - 1)
    exception = 2 * (depth - 1) * limits.normal_upper_tail(1 / t)
    return mean + arb(0, 1) * (fourth * exception).sqrt()


def linear(product, depth):
    return (1 + (ball(product) / depth) ** 2) ** (depth - 1)


# %% [markdown]
# The last step, with $x=Bc_{res}$: the condition on $H$ contains $H\ge2x$, which (3.14) needs; what (3.14) and
# (3.15) lose is `gain` and `rest`. The instances are at $x=1$, $H=1000$, $m=1$ and at $x=\frac1{10}$, $H=10$,
# $m=100$.

# %%
x, w, gain, rest = sp.symbols("x w gain rest", nonnegative=True)
delta = 1 / (1 + sp.Symbol("v", positive=True))  # delta' in (0, 1)


def mean_square(exponent=4, power=1):
    condition = exact.at_most(2 * x, 2 * x + 4 * x**2 / delta)
    proved = (1 - delta) * sp.exp(-4 * x) + rest + gain
    chain = exact.at_most((1 - delta) * sp.exp(-sp.Rational(exponent) * x), proved)
    parts = []
    for value, B, H, m, d in ((shrinking, 1, 1000, 1, "1/100"), (linear, "1/10", 10, 100, "1/2")):
        right = (1 - ball(d)) * (-ball(exponent) * ball(B)).exp() / m**power
        parts.append(certified.number(value(B, H) / m, right, sense=">=", at=f"{value.__name__}, H = {H}, m = {m}"))
    return all_of(condition, chain, *parts, says="(3.14), mended, and (3.15) give it, with H_0 = 2x + 4x^2/delta'")

# %%
chapter.judge("gulcu19.eq3.16", mean_square, expect="PROVED",
    reading="given (3.14), mended, and (3.15); x = B c_res",
    mutants={"exp(-3 B c_res/2)": dict(exponent=Fraction(3, 2)), "no 1/m on the right": dict(power=0)})

# %% [markdown]
# The right side does not depend on $i$, so the minimum over the inputs costs nothing; and $1/m$ stands on both sides.
#
# The figure compares the bound with networks. The worst that we know shrinks like $e^{-1.6Bc_{res}}$ when it is
# deep (here $H=16$), and it needs a vector $a$ with equal entries. With half of the signs changed, as in the
# paper's section 4, no loss is seen.

# %% mystnb={"image": {"alt": "Mean of the squared row norm over the squared norm of a, against B c_res from 0 to 2. The bound exp(-4 B c_res) falls to 0.0003. The shrinking network follows exp(-1.6 B c_res) up to 0.75 and then stays above it, at about 0.13 in the end. Softplus rises to about 2.8 with equal a and stays near 1 with balanced a; the linear network rises to 1.3."}} tags=["hide-input"]
rng = np.random.default_rng([chapter.seed, 316])
H, m = setting.depth, setting.width
equal, balanced = np.ones(m), np.where(np.arange(m) < m // 2, 1.0, -1.0)


def row_square(activation, slope, first_scale, x, a):
    """The squared norm of one random row over that of a, at B c_res = x."""
    state = first_scale / m**0.5 * activation(rng.standard_normal(m))
    product = np.eye(m)
    for _ in range(2, H + 1):
        weights = rng.standard_normal((m, m))
        z = weights @ state
        product += x / (H * m**0.5) * slope(z)[:, None] * weights @ product
        state = state + x / (H * m**0.5) * activation(z)
    return np.sum((a @ product) ** 2) / np.sum(a**2)


C = 100.0  # of the activation |z| - C
softplus = lambda z: np.logaddexp(0, z), lambda z: 1 / (1 + np.exp(-z)), 1.04  # sqrt(c_phi)
shrink = lambda z: np.abs(z) - C, np.sign, 1 / C
figure, axis = plt.subplots(figsize=(6.5, 3.6), layout="constrained")
grid = np.linspace(0, 2, 9)
shown = (("|z| − C, equal a", shrink, equal, "o"), ("softplus, equal a", softplus, equal, "^"),
         ("softplus, balanced a", softplus, balanced, "s"))  # fmt: skip
for name, network, a, style in shown:
    means = [np.mean([row_square(*network, x, a) for _ in range(setting.draws)]) for x in grid]
    axis.plot(grid, means, style, markersize=4, label=name)
axis.plot(grid, (1 + (grid / H) ** 2) ** (H - 1), "k:", linewidth=1, label="linear, exact")
axis.plot(grid, np.exp(-1.6 * grid), "k--", linewidth=1, label=r"$e^{-1.6Bc_{res}}$")
axis.plot(grid, np.exp(-4 * grid), "k-", linewidth=1, label=r"$e^{-4Bc_{res}}$, proved")
axis.set(yscale="log", xlabel=r"$Bc_{res}$", ylabel="mean square of the row, a of norm 1")
_ = axis.legend(fontsize=8)

# %% [markdown]
# ## The steps
#
# (gulcu19.eq3.13)=
# ### (3.13) The deterministic bound: false for factors below 0
#
# For every $a\in\mathbb R^m$, all weights and every input $x_i$, $\|a^\top M_H\cdots
# M_2\|_2^2\ge\|a\|_2^2\prod_{j=2}^H\phi_{\min}^2(M_j)\ge\|a\|_2^2\prod_{j=2}^H(1-u_j)^2$, where $\phi_{\min}$ is
# the smallest singular value.
#
# (gulcu19.eq3.13.fix)=
# **Repair.** For every $a\in\mathbb R^m$, all weights and every input $x_i$,
# $\|a^\top M_H\cdots M_2\|_2^2\ge\|a\|_2^2\prod_{j=2}^H\phi_{\min}^2(M_j)\ge\|a\|_2^2\prod_{j=2}^H\max(0,1-u_j)^2$.
#
# The smallest singular value is at least $1-u_j$, which says nothing if $u_j>1$; the square forgets the sign. Take
# $m=H=2$, $c_{res}=\frac12$, $\phi(z)=z$, $B=1$, so $\frac{c_{res}}{H\sqrt m}=\frac1{4\sqrt2}$, and
# $W^{(2)}=-4\sqrt2\,\mathrm{diag}(\frac12,3)$. Then $M_2=\mathrm{diag}(\frac12,-2)$ and $u_2=3$. For $a=(1,0)^\top$
# the left side is $\frac14$ and the right side $(1-3)^2=4$. Weights near these have positive probability, so the
# expectation in (3.14) sees them.
#
# For the repair let `n` be $\|v^\top M\|$ for a unit vector $v$: $n\ge0$ and $n\ge1-u$ by the triangle inequality. So
# $n=1-u+\text{gap}$ if $u=\frac1{1+w}\le1$. One factor more multiplies both sides.

# %%
gap, p, e = sp.symbols("gap p e", nonnegative=True)


def row_bound(floor=0, entries=("1/2", 3), slope=1):
    """(3.13) with max(floor, 1 - slope u) in the factors; the instance is M = I - diag(entries), a = (1, 0)."""
    first, largest = map(sp.Rational, entries)
    right = sp.Max(floor, 1 - slope * largest) ** 2
    at = f"phi(z) = z, B = 1, m = H = 2, c_res = 1/2, W = -4 sqrt(2) diag({entries[0]}, {entries[1]}), a = (1, 0)"
    instance = exact.compare((1 - first) ** 2, right, sense=">=", at=at, covers=True)
    u = 1 / (1 + w)
    one_block = exact.at_most((1 - slope * u) ** 2, (1 - u + gap) ** 2)
    one_more = exact.at_most(p * (1 - u) ** 2, (p + e) * (1 - u + gap) ** 2)
    return all_of(instance, one_block, one_more, says="a block shrinks a vector by max(0, 1 - u) at worst")


def printed_row_bound(entries=("1/2", 3), slope=1):
    return row_bound(-sp.oo, entries, slope)

# %%
chapter.judge("gulcu19.eq3.13", printed_row_bound, expect="REFUTED", severity="hypothesis",
    repair="gulcu19.eq3.13.fix",
    mutants={"2 u for u": dict(slope=2), "W = -4 sqrt(2) diag(1/2, 5)": dict(entries=("1/2", 5))},
    survives={"gulcu19.eq3.14": "no: it averages over weights at which this fails; with the positive part it holds"})
chapter.judge("gulcu19.eq3.13.fix", row_bound, expect="PROVED",
    reading="textbook: triangle inequality, |v'M| >= |v| times the smallest singular value",
    mutants={"without the positive part": dict(floor=-sp.oo), "u/2 for u": dict(slope=sp.Rational(1, 2))})

# %% [markdown]
# At initialisation the printed form holds with probability at least $1-(H-1)e^{-m(H/(Bc_{res})-2)^2/2}$ if
# $H>2Bc_{res}$: then all $u_j\le1$. The expectation asks for more than that.
#
# (gulcu19.eq3.14)=
# ### (3.14) Expectations: false for large slopes
#
# With independent $N(0,1)$ weights, for every $i$,
# $\sum_{l=1}^mE|a_l(i)|^2\ge\|a\|_2^2\prod_{j=2}^HE(1-u_j)^2\ge\|a\|_2^2\prod_{j=2}^H(1-Eu_j)^2$.
#
# (gulcu19.eq3.14.fix)=
# **Repair.** If $2Bc_{res}\le H$, then for every $i$, also conditionally on $W^{(1)}$,
# $\sum_{l=1}^mE|a_l(i)|^2\ge\|a\|_2^2\prod_{j=2}^HE\max(0,1-u_j)^2\ge\|a\|_2^2\prod_{j=2}^H(1-Eu_j)^2$.
#
# No condition on $H$ is in force here; "$H$ large" enters with (3.15). Take $\phi(z)=16z$, $B=16$,
# $c_{res}=\frac12$, $m=H=2$, and $\tau=\frac{Bc_{res}}{H\sqrt m}=2\sqrt2$. The left side is
# $\|a\|^2(1+m\tau^2)=17\|a\|^2$. The norm of a $2\times2$ Gaussian matrix is the sum of two independent Rayleigh
# variables, so $E\|W\|=\sqrt\pi$ and $E\|W\|^2=2+\frac\pi2$ exactly, and the middle is
# $1-2\sqrt\pi\tau+(2+\frac\pi2)\tau^2=19.5$ times $\|a\|^2$. At $\tau=4$ the last member exceeds the first as well.
#
# *The norm.* With $W$ as the map $z\mapsto\alpha z+\beta\bar z$ of the complex plane, $\|W\|=|\alpha|+|\beta|$,
# where $\alpha$ and $\beta$ are independent with real and imaginary parts $N(0,\frac12)$.


# %%
def two_by_two(tau, middle=True):
    """(left side, middle or last member) of (3.14) over |a|^2, for a linear activation and m = H = 2."""
    mean, square = sp.sqrt(sp.pi), 2 + sp.pi / 2
    return 1 + 2 * tau**2, (1 - 2 * tau * mean + tau**2 * square) if middle else (1 - tau * mean) ** 2


def printed_mean_square(slope=16, middle=True):
    tau = slope * sp.Rational(1, 2) / (2 * sp.sqrt(2))
    left, right = two_by_two(tau, middle)
    at = f"phi(z) = {slope} z, B = {slope}, c_res = 1/2, m = H = 2; both sides over |a|^2"
    return exact.compare(left, right, sense=">=", at=at, covers=True)


# %% [markdown]
# The repair. Where does the mean of the positive part go? For $\mu=Eu\le1$ the line $(1-\mu)^2-2(1-\mu)(u-\mu)$
# stays below $\max(0,1-u)^2$: for $u\le1$ the difference is $(u-\mu)^2$, for $u=1+z$ it is $(1-\mu)(1-\mu+2z)$. Its
# mean is $(1-\mu)^2$. Instances: the linear network above and the network that shrinks, at $H=2$, both at the
# largest slope that the condition allows.

# %%
z = sp.Symbol("z", nonnegative=True)
mu, u = 1 / (1 + w), sp.Symbol("u", real=True)


def repaired_mean_square(condition=1, power=2):  # 2 B c_res <= condition H
    line = (1 - mu) ** 2 - 2 * (1 - mu) * (u - mu)
    below = exact.at_most(line, (1 - u) ** 2, squares=[(1, u - mu)])
    above = exact.at_most(line.subs(u, 1 + z), 0)
    largest = sp.Rational(condition) / 2  # B c_res / H
    gordon = exact.at_most(2 * largest / (1 + w), 1)  # E u <= 2 B c_res / H <= 1
    left, right = two_by_two(largest / sp.sqrt(2), middle=False)
    root = sp.sqrt(2 / sp.pi)
    shrunk = 1 - 2 * root * largest + largest**2, (1 - root * largest) ** power
    parts = [exact.compare(*pair, sense=">=", covers=True) for pair in ((left, right), shrunk)]
    return all_of(below, above, gordon, *parts, says="(1 - E u)^2 is below the mean of max(0, 1 - u)^2")

# %%
chapter.judge("gulcu19.eq3.14", printed_mean_square, expect="REFUTED", severity="hypothesis",
    repair="gulcu19.eq3.14.fix",
    mutants={"slope 64": dict(slope=64), "last member, slope 32": dict(slope=32, middle=False)},
    survives={"gulcu19.eq3.16": "yes: its H is at least 2 B c_res, where the repair holds"})
chapter.judge("gulcu19.eq3.14.fix", repaired_mean_square, expect="PROVED",
    reading="given the repaired (3.13); textbook: Gordon's bound for the mean norm, independence",
    mutants={"2 B c_res <= 10 H": dict(condition=10), "first powers instead of squares": dict(power=1)})

# %% [markdown]
# (gulcu19.eq3.14.s1)=
# ### Which way the expectations go
#
# For independent $u_j$ with finite second moments, $E\prod_j(1-u_j)^2=\prod_jE(1-u_j)^2\ge\prod_j(1-Eu_j)^2$,
# whatever the signs of the factors.
#
# So the second inequality of (3.14) is never the trouble: $E(1-u)^2=(1-Eu)^2+\mathrm{Var}\,u$. The slopes depend on
# all earlier weights, but (3.13) has removed them before the mean is taken, and $u_j$ is a function of $W^{(j)}$
# alone. The equality needs the independence; here it is written out for two factors with two values each, and
# `covariance` is what their joint law may add.

# %%
mean, f0, g0, df, dg = sp.symbols("mean f0 g0 df dg", real=True)  # the values f0, f0 + df and g0, g0 + dg
var, A, D = sp.symbols("var A D", nonnegative=True)


def independent_factors(covariance=0, spread=1):
    f1, g1 = f0 + df, g0 + dg
    P, Q = 1 / (1 + w), 1 / (1 + z)  # P(f = f0), P(g = g0)
    joint = {(f0, g0): P * Q + covariance, (f0, g1): P * (1 - Q) - covariance,
             (f1, g0): (1 - P) * Q - covariance, (f1, g1): (1 - P) * (1 - Q) + covariance}  # fmt: skip
    product = sum(chance * f * g for (f, g), chance in joint.items())
    factorises = exact.identity(product, (P * f0 + (1 - P) * f1) * (Q * g0 + (1 - Q) * g1))
    jensen = exact.at_most((1 - mean) ** 2 + (spread - 1) * var, 1 - 2 * mean + mean**2 + var)
    return all_of(factorises, jensen, exact.at_most(A * p, (A + D) * (p + e)))

# %%
chapter.judge("gulcu19.eq3.14.s1", independent_factors, expect="PROVED",
    reading="textbook: the mean of a product of independent variables is the product of their means",
    mutants={"no independence": dict(covariance=sp.Rational(1, 10)), "plus twice the variance": dict(spread=3)})

# %% [markdown]
# (gulcu19.eq3.14.s2)=
# ### The condition alone does not save the middle of (3.14)
#
# If $2Bc_{res}\le H$ then $\sum_{l=1}^mE|a_l(i)|^2\ge\|a\|_2^2\prod_{j=2}^HE(1-u_j)^2$.
#
# However small $Bc_{res}/H$ is, $u_j>1$ has positive probability, and a network can use it. Take $m=1$, $H=2$ and
# $\phi=g-C$ with $C\to\infty$, so that $x^{(1)}\to-1$, and $g(0)=0$, where $g'(z)=B\,\mathrm{sign}(z)$ up to
# $|z|=1/\beta$ with $\beta=Bc_{res}/H$, and beyond that $g'(z)=B/(\beta z)$. Then $M_2\to\max(0,1-u_2)$,
# $u_2=\beta|Z|$, and the left side tends to $a^2E\max(0,1-u_2)^2$. So the positive part has to stay in the mean.
# Here $2Bc_{res}=H$, $\beta=\frac12$. The last member of (3.14) is not in danger. (With $g$ constant beyond a large
# $|z|$ and $C\ge2\max g$ the network also has the paper's $|\phi(s+t)|\le|\phi(s)|+|\phi(t)|$, as
# $|\phi|$ then lies between $\frac C2$ and $C$.)


# %%
def middle_member(beta=Fraction(1, 2), excess=1):
    b, r = ball(beta), limits.gaussian_absolute_moment(1)
    tail, inside = (-1 / (2 * b**2)).exp(), 1 - 2 * limits.normal_upper_tail(1 / b)
    first, second = r * (1 - tail), inside - r * tail / b  # E|Z| and E Z^2 where |Z| < 1/beta
    left = inside - 2 * b * first + b**2 * second
    at = f"m = 1, H = 2, B c_res/H = {beta}, g as above, C to infinity; both sides over a^2"
    return certified.number(left, 1 - 2 * b * r + ball(excess) * b**2, sense=">=", at=at)

# %%
chapter.judge("gulcu19.eq3.14.s2", middle_member, expect="REFUTED", severity="hypothesis",
    repair="gulcu19.eq3.14.fix",
    reading="one network, in the limit of a large C; the limit is strictly below the right side",
    mutants={"3 B c_res <= H": dict(beta=Fraction(1, 3)), "E (1 - 2u + 2u^2) for E (1 - u)^2": dict(excess=2)})

# %% [markdown]
# (gulcu19.eq3.15)=
# ### (3.15) Deep products
#
# For $0<\delta'<1$ there is $H_0$, a function of $\delta'$, $B$ and $c_{res}$, such that for $H\ge H_0$ and
# independent $N(0,1)$ weights $\prod_{j=2}^H\bigl(1-\frac{Bc_{res}}{H\sqrt
# m}E\|W^{(j)}\|\bigr)^2\ge\prod_{j=2}^H\bigl(1-\frac{2Bc_{res}}H\bigr)^2\ge(1-\delta')e^{-4Bc_{res}}$;
# $H_0=2Bc_{res}+4B^2c_{res}^2/\delta'$ will do.
#
# *First.* $E\|W^{(j)}\|\le2\sqrt m$ for a square matrix ({cite}`vershynin18`, Theorem 7.3.1; for $j=1$ it would
# need $d\le m$, but $j\ge2$ here), and $2Bc_{res}\le H$, else the squares go the wrong way. *Second.* Put
# $y=2Bc_{res}$ and $H=y(1+r)/r$, so that $1-\frac yH=\frac1{1+r}$. Then $\log(1+r)\le\frac{r(2+r)}{2(1+r)}$ by
# slopes, so $-2(H-1)\log(1-\frac yH)\le2y+yr$, and $yr=\frac{y^2}{H-y}\le\delta'\le-\log(1-\delta')$. The instance
# is $y=10$, $\delta'=\frac1{10}$.

# %%
r, y, s = sp.Symbol("r", positive=True), sp.Symbol("y", positive=True), sp.Symbol("s", nonnegative=True)


def deep_product(share=1):
    """(3.15) with H_0 = y + share * y^2 / delta'."""
    q = 1 / (1 + w)  # 2 B c_res / H <= 1, and E |W| = 2 sqrt(m) / (1 + z)
    gordon = exact.at_most((1 - q) ** 2, (1 - q / (1 + z)) ** 2)
    slopes = exact.at_most(sp.diff(sp.log(1 + r), r), sp.diff(r * (2 + r) / (2 * (1 + r)), r))
    H = y * (1 + r) / r
    exponent = exact.at_most(2 * (H - 1) * r * (2 + r) / (2 * (1 + r)), 2 * y + y * r)
    smallest = y + sp.Rational(share) * y**2 / delta + s  # H_0 or more
    deep = exact.at_most(y**2 / (smallest - y), delta)
    last = exact.at_most(1, 1 / (1 - delta))  # the slope of -log(1 - delta'), which is 0 at 0
    depth = int(10 + Fraction(share) * 1000)
    value = (1 - ball(10) / depth) ** (2 * (depth - 1)) * ball(20).exp()
    instance = certified.number(value, 1 - ball("1/10"), sense=">=", at=f"y = 10, delta' = 1/10, H = {depth}")
    parts = gordon, slopes, exponent, deep, last, instance
    return all_of(*parts, says="H_0 = y + y^2/delta' with y = 2 B c_res will do")

# %%
chapter.judge("gulcu19.eq3.15", deep_product, expect="PROVED",
    reading="H_0 = 2 B c_res + 4 B^2 c_res^2/delta'; textbook: Gordon's bound for the mean norm",
    mutants={"H_0 with B^2 c_res^2/delta'": dict(share=Fraction(1, 4))})

# %% [markdown]
# For $2Bc_{res}\le1.59$ neither $\delta'$ nor $H_0$ is needed: {ref}`this product bound <du18.lemB.1.s2.fix>` of
# du18 holds for every $H\ge2$. For $2Bc_{res}>2$ the product is below $e^{-4Bc_{res}}$ in all deep networks, and
# $\delta'$ is needed.
#
# (gulcu19.eq3.15.s1)=
# ### A function of δ′ alone: too much
#
# For $0<\delta'<1$ there is $H_0$, a function of $\delta'$ alone, such that for $H\ge H_0$, every $B>0$ and every
# $c_{res}<1$, $\prod_{j=2}^H\bigl(1-\frac{2Bc_{res}}H\bigr)^2\ge(1-\delta')e^{-4Bc_{res}}$.
#
# Whatever $H_0$ is, take $H\ge H_0$, $c_{res}=\frac12$ and $B=H$: every factor is $0$. The repair is (3.15) as read
# above.


# %%
def one_depth_for_all(fraction=Fraction(99, 100), delta_=Fraction(1, 2), depths=(2, 10, 70)):
    def at_depth(H):
        product = (1 - ball(fraction)) ** (2 * (H - 1))
        right = (1 - ball(delta_)) * (-2 * ball(fraction) * H).exp()
        at = f"H = {H}, c_res = 1/2, B = {fraction} H, delta' = {delta_}"
        return certified.number(product, right, sense=">=", at=at)

    return any_of(*map(at_depth, depths))

# %%
chapter.judge("gulcu19.eq3.15.s1", one_depth_for_all, expect="REFUTED", severity="constant", repair="gulcu19.eq3.15",
    reading="three depths; the two closed forms compare in the same way at every H >= 2",
    mutants={"B = 98 H/100": dict(fraction=Fraction(98, 100)), "delta' = 9/10": dict(delta_=Fraction(9, 10))})

# %% [markdown]
# (gulcu19.eq3.16.s1)=
# ### How much of the exponent is needed
#
# The $4$ in the exponent of (3.16) cannot be replaced by $\frac32$: with $m=1$, $B=2$, $c_{res}=\frac12$, $H=1000$
# and $\delta'=\frac1{100}$, the activation $\phi(z)=2|z|-C$ with $C$ large has
# $E|a_1(i)|^2<(1-\delta')a^2e^{-\frac32Bc_{res}}$.
#
# The mean square of the shrinking network is about $(1-2\sqrt{2/\pi}\,t+t^2)^{H-1}$, that is $e^{-1.6Bc_{res}}$ in
# deep networks. Vectors $a$ with equal entries give the same in wide ones. So the best constant lies between 1.59
# and 4. (This $\phi$ does not meet $|\phi(s+t)|\le|\phi(s)|+|\phi(t)|$, which the paper needs for (2.4) only.)


# %%
def exponent_needed(exponent=Fraction(3, 2)):
    right = (1 - ball("1/100")) * (-ball(exponent)).exp()
    return certified.number(shrinking(1, 1000), right, at="m = 1, H = 1000, B c_res = 1")

# %%
chapter.judge("gulcu19.eq3.16.s1", exponent_needed, expect="PROVED",
    reading="C to infinity; Cauchy-Schwarz for exceptions",
    mutants={"8/5 for 3/2": dict(exponent=Fraction(8, 5))})

# %% [markdown]
# ## Slack and what to doubt
#
# - **What survives.** (3.16) and (3.17) do, and with them what (3.18) needs of them. (3.13) and (3.14) need the
#   positive part; then $H\ge2Bc_{res}$ is enough, which "H large" contains.
# - **Sharpness.** The deterministic bound is attained, by $\phi(z)=Bz$ and $W^{(j)}=-\|W^{(j)}\|I$. In the mean the
#   loss $e^{-4Bc_{res}}$ is not seen: see the figure.
# - **Conditional form.** The repaired (3.14) holds conditionally on $W^{(1)}$, since (3.13) holds for every state.
#   Whoever wants to separate $W^{(1)}$ from the $a_l$, as (3.10) does, can use that; the $a_l$ do depend on
#   $W^{(1)}$, through the states.
# - **Same argument elsewhere.** {prf:ref}`frei19.lemB.2` is the upper half; du18's lower product is {ref}`here
#   <du18.lemB.1.s2>`; the upper product of this paper is {ref}`(3.25) <gulcu19.eq3.25>`. {doc}`two-arguments`
#   compares them with zhang22's martingale.
# - **Doubt.** $\min_i$ is over means, not over draws: that all rows are long at once, with high probability, is the
#   matter of (3.19).
