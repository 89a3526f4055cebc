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
# # One fixed vector hardly grows: the logarithm of its norm is at most a sum of independent variables

# %% tags=["remove-cell"]
from importlib.util import find_spec

from IPython import get_ipython

if find_spec("resnet_lab") is None:
    address = "git+https://github.com/resnet-lab/executable-proofs"
    get_ipython().run_line_magic("pip", f"install -q 'resnet-lab @ {address}'")

# %% [markdown]
# ```{prf:lemma} One vector, with every constant
# :label: zhang22.sec4.2.s7
#
# Let $N=b-a+1$ and $\|h_{a-1}\|=1$. If $c\ge16\tau^2N$ and $\tau>0$ then
# $P\bigl(\sum_{l=a}^b\log\Delta_l\ge c\bigr)\le\exp\bigl(-\frac{mc^2}{64\tau^2N}\bigr)$.
# ```
#
# This sharpens what {cite}`zhang22` shows for one vector on the way to {prf:ref}`zhang22.lem1` (section 4.2,
# appendix B).
#
# - **Setting**: $h_{a-1}$ is one unit vector, $g_l=h_{l-1}+\tau W_lh_{l-1}$, $h_l=D_lg_l$ for $1\le a\le l\le b<L$,
#   and $\Delta_l=\|g_l\|^2/\|h_{l-1}\|^2$. (In {prf:ref}`zhang22.lem2` the letter $\Delta$ means another ratio.)
# - **Weights**: the entries of $W_l$ are independent $N(0,2/m)$, and $W_l$ is independent of the *past*, that is
#   of $h_{a-1}$, $W_a,D_a,\dots,W_{l-1},D_{l-1}$ taken together. **Masks**: $D_l$ is diagonal with $\|D_l\|_2\le1$.
# - **Convention**: $\tilde h=h/\|h\|$. If a layer dies, $h_{l-1}=0$, the paper's $\tilde h_{l-1}$ and $\Delta_l$
#   are undefined; we then take a fixed unit vector for $\tilde h_{l-1}$ and
#   $\Delta_l=\|\tilde h_{l-1}+\tau W_l\tilde h_{l-1}\|^2$. Without this no sum below would have an exact law: given
#   that no layer dies, the $\xi_l$ are not Gaussian.
#
# **Idea.** With $\xi_l=2\tau\langle\tilde h_{l-1},W_l\tilde h_{l-1}\rangle$ and
# $\zeta_l=\tau^2\|W_l\tilde h_{l-1}\|^2$,
#
# $$\log\|h_b\|^2\;\le\;\sum_{l=a}^b\log\Delta_l\;\le\;\sum_{l=a}^b\xi_l+\sum_{l=a}^b\zeta_l ,$$
#
# and the law of $(\xi_l,\zeta_l)$ given the past does not depend on the past. So the sums are sums of independent
# variables: a fluctuation of variance exactly $8\tau^2N/m$ and a drift of mean exactly $2\tau^2N$. No martingale
# inequality is needed. We bound both at once: {ref}`the joint moment generating function <zhang22.eq18.s1>` at
# $\lambda=m\theta$, with $s=4\theta\tau^2\le\frac12$, gives Chernoff's exponent
#
# $$\tfrac1m\log P\;\le\;N\Bigl[-\tfrac12\log(1-s)+\tfrac{4\theta^2\tau^2}{1-s}\Bigr]-\theta c
# \;\le\;4\theta\tau^2N+8\theta^2\tau^2N-\theta c ,$$
#
# which at $\theta=3c/(64\tau^2N)$ is at most $-c^2/(64\tau^2N)$. That is for $c\le2N$. Beyond, the logarithm is
# concave: $\sum\log\Delta_l\ge c$ forces $\sum(\xi_l+\zeta_l)\ge N(e^{c/N}-1)$, and $\theta=1/(8\tau^2)$ suffices.
#
# **What we check.** That $s\le\frac12$, the two bounds for $s\le\frac12$, and the last inequality over the whole
# range of $c$, $N$ and $\tau$; a point outside would refute. Chernoff's inequality and Jensen's are textbook. Not
# checked here: that the bound holds for all vectors at once; that is the net argument of {prf:ref}`zhang22.lem1`.

# %% tags=["hide-input"]
from itertools import product

import jax
import jax.numpy as jnp
import jax.random as jr
import matplotlib.pyplot as plt
import numpy as np
import sympy as sp
from flint import arb

from resnet_lab import limits, measure, page
from resnet_lab.evidence import all_of, any_of, certified, exact

chapter = page.Chapter("spectral/zhang22-ratios")
setting = chapter.setting(layers=64, width=64, branch_scale=0.03125)

# %% [markdown]
# **Near**: $c=2N/(1+w)$ and $\tau^2N=\frac c{16}\cdot\frac1{1+z}$ run over all $c\le2N$ and
# $\tau^2N\le\frac c{16}$. **Far**: $c=\rho N$ with $\rho=2+v$, at the worst $\tau^2=\rho/16$; there $s=\frac12$,
# and we use $\log2\le1$ and $e^\rho\ge1+\rho+\frac{\rho^2}2$.

# %%
c, m, tau, lam, t = sp.symbols("c m tau lambda t", positive=True)
v, w, z = sp.symbols("v w z", nonnegative=True)


def near(rate, budget):
    layers, total = c * (1 + w) / 2, c / budget / (1 + z)  # N and tau^2 N
    theta = 3 * c / (64 * total)
    s = v / (2 * (1 + v))  # every s below 1/2
    small = exact.at_most(4 * theta * total / layers, sp.Rational(1, 2))
    slope = exact.at_most(1 / (2 * (1 - s)), 1)  # so -log(1 - s)/2 <= s, and 1/(1 - s) <= 2
    exponent = 4 * theta * total + 8 * theta**2 * total - theta * c
    return all_of(small, slope, exact.at_most(exponent, -(c**2) / (rate * total)))


def one_vector(rate=64, budget=16):
    rho = 2 + v
    far = exact.at_most(4 * rho / budget + 1 + 8 * rho**2 / rate, rho + rho**2 / 2)  # 8 tau^2 / N times the exponent
    says = "Chernoff's exponent for the two sums together is at least c^2/(64 tau^2 N) per unit of width"
    return all_of(near(rate, budget), far, exact.compare(sp.log(2), 1, covers=True), says=says)

# %%
chapter.judge("zhang22.sec4.2.s7", one_vector, expect="PROVED",
    reading="textbook: Chernoff's inequality, Jensen's inequality; the moment generating function is judged below",
    mutants={"exponent m c^2/(16 tau^2 N)": dict(rate=16), "tau^2 N up to c": dict(budget=1)})

# %% [markdown]
# (zhang22.sec4.2.s6)=
# ## What the outline concludes for one vector
#
# For every $c\in(0,1]$ there are $K,\kappa>0$ such that for $0<\tau\le1/(K\sqrt L)$ and one fixed vector with
# $\|h_{a-1}\|=1$, $\sum_{l=a}^b\log\Delta_l\le c$ with probability at least $1-e^{-\kappa mc^2}$.
#
# True with $K=4/\sqrt c$ and $\kappa=\frac14$: then $\tau^2N\le\frac c{16}$. The constant $K$ must depend on $c$,
# as the paper grants ("$c$ is determined by $\tau$"): {ref}`the drift <zhang22.eq15.s2>` does not shrink with the
# width. {ref}`One constant for all c <zhang22.lem2.s1>` fails for the same reason.


# %%
def outline(rate=sp.Rational(1, 4), budget=16):
    c = 1 / (1 + w)
    total = c / budget / (1 + z)
    return exact.at_most(rate * c**2, c**2 / (64 * total))

# %%
chapter.judge("zhang22.sec4.2.s6", outline, expect="PROVED", reading="K = 4/sqrt(c), kappa = 1/4",
    mutants={"kappa = 1, with K = 4/sqrt(c)": dict(rate=1), "K = 1/sqrt(c)": dict(budget=1)})

# %% [markdown]
# ## What the draws say
#
# The figure follows $200$ random chains with ReLU masks at the setting of this page ($N=m=64$, $\tau=\frac1{32}$,
# so that $\tau^2N=\frac1{16}$). Given the past $W_lh$ has the law of $\|h\|$ times a Gaussian vector, so
# no matrix is drawn.


# %%
def chain(key):
    def layer(h, key):
        u = jnp.sqrt(2 / setting.width) * jr.normal(key, h.shape)  # W h / |h|
        unit = h / jnp.linalg.norm(h)
        xi, zeta = 2 * setting.branch_scale * unit @ u, jnp.sum((setting.branch_scale * u) ** 2)
        after = jax.nn.relu(h + setting.branch_scale * jnp.linalg.norm(h) * u)
        return after, jnp.stack([xi, zeta, jnp.log1p(xi + zeta), 2 * jnp.log(jnp.linalg.norm(after))])

    first_key, layer_key = jr.split(key)
    start = jax.nn.relu(jr.normal(first_key, (setting.width,)))  # the direction of the first layer
    _, rows = jax.lax.scan(layer, start / jnp.linalg.norm(start), jr.split(layer_key, setting.layers))
    return jnp.concatenate([jnp.cumsum(rows[:, :3], axis=0), rows[:, 3:]], axis=1)


# %% mystnb={"image": {"alt": "Three panels against the number of layers. Left: sums of xi wander symmetrically around 0, nearly all inside a parabola of two standard deviations. Middle: sums of zeta follow the straight line 2 tau squared N closely. Right: the medians of the sum of log Delta and of the logarithm of the squared norm with ReLU masks rise along the drift line to about 0.12; their bands nearly fill the dotted lines of drift plus and minus 1.645 deviations."}} tags=["hide-input"]
drawn = np.asarray(measure.draws(chain, key=chapter.key("figure"), count=200))
layers, square = np.arange(1, setting.layers + 1), setting.branch_scale**2
figure, axes = plt.subplots(1, 3, figsize=(9.5, 3.2), layout="constrained")
for axis, column, name in zip(axes, range(2), ("xi", "zeta"), strict=False):
    axis.plot(layers, drawn[:60, :, column].T, color="tab:blue", linewidth=0.5, alpha=0.4)
    axis.set(title=rf"$\sum\{name}_l$", xlabel="layers N")
spread = 2 * np.sqrt(8 * square * layers / setting.width)
axes[0].plot(layers, spread, "k--", label=r"$\pm2\sqrt{8\tau^2N/m}$")
axes[0].plot(layers, -spread, "k--")
axes[1].plot(layers, 2 * square * layers, "k--", label=r"$2\tau^2N$")
for column, colour, name in ((2, "tab:orange", r"$\sum\log\Delta_l$"), (3, "tab:green", r"$\log\|h_l\|^2$, ReLU")):
    low, middle, high = np.quantile(drawn[:, :, column], [0.05, 0.5, 0.95], axis=0)
    axes[2].fill_between(layers, low, high, color=colour, alpha=0.2)
    axes[2].plot(layers, middle, color=colour, label=name)
axes[2].plot(layers, layers * np.log1p(2 * square), "k--", label=r"$N\log(1+2\tau^2)$")
for side in (-1, 1):
    axes[2].plot(layers, layers * np.log1p(2 * square) + side * 1.645 * spread / 2, "k:", linewidth=0.8)
axes[2].set(title="median, 5 % to 95 %", xlabel="layers N")
for axis in axes:
    axis.legend(fontsize=8)

# %% [markdown]
# The fluctuation grows like $\sqrt N$ and shrinks with the width; the drift grows like $N$ and does not. The ReLU
# masks take away very little of it: an entry that a mask holds at zero comes back the next time it is pushed up.
#
# ## From the norm to two sums
#
# (zhang22.eq15)=
# ### (15) The norm is at most a product of ratios
#
# $\log\|h_b\|^2\le\sum_{l=a}^b\log\Delta_l$ with $\Delta_l=\|g_l\|^2/\|h_{l-1}\|^2$, for $\|h_{a-1}\|=1$.
#
# Read for non-zero $h_a,\dots,h_{b-1}$, or with the convention above and $\log0=-\infty$, where a dead layer stays
# dead. A mask shrinks each coordinate, $d^2=\frac1{1+w}$, so $\|h_l\|^2\le\|g_l\|^2=\Delta_l\|h_{l-1}\|^2$; the
# squares multiply.


# %%
def ratios(start=1, mask=1):
    g, ratio, so_far, less = sp.symbols("g ratio so_far less", nonnegative=True)
    coordinate = exact.at_most(mask * g**2 / (1 + w), g**2)
    step = exact.at_most(ratio * so_far, ratio * (so_far + less))  # |h_{l-1}|^2 is at most the product so far
    first = exact.at_most(start * ratio / (1 + w), ratio)  # |h_a|^2 <= Delta_a
    return all_of(coordinate, step, first)

# %%
chapter.judge("zhang22.eq15", ratios, expect="PROVED", reading="log 0 is minus infinity; induction over the layers",
    mutants={"|h|^2 = 2 at the start": dict(start=2), "masks of norm 2": dict(mask=4)})

# %% [markdown]
# (zhang22.sec4.2.s1)=
# ### The tangent of the logarithm: strict in the outline, a slip of the pen
#
# $\log(1+x)<x$ for every $x>-1$.
#
# (zhang22.sec4.2.s1.fix)=
# **Repair.** $\log(1+x)\le x$ for every $x>-1$, with equality at $x=0$ only.
#
# At $x=0$ both sides are 0. The appendix prints $\le$. With $y=1+x$, the slope of $x-\log(1+x)$ times $x$ is
# $\frac{(y-1)^2}y$, so the difference falls to its minimum $0$ at $x=0$ and rises after. A strict inequality asks for
# the sign $+1$.


# %%
def strict(slope=1, at=0):
    x = sp.Integer(at)
    return exact.compare(1, sp.sign(slope * x - sp.log(1 + x)), at=f"x = {at}: the sign of x - log(1 + x)")


def tangent(slope=1):
    y = sp.Symbol("y", positive=True)  # 1 + x
    return exact.at_most(0, (y - 1) * sp.diff(slope * (y - 1) - sp.log(y), y))

# %%
chapter.judge("zhang22.sec4.2.s1", strict, expect="REFUTED", severity="typo", repair="zhang22.sec4.2.s1.fix",
    mutants={"x/3 at x = 2": dict(slope=sp.Rational(1, 3), at=2)},
    survives={"zhang22.eq15.s1": "yes: it needs the weak inequality, which the appendix prints"})
chapter.judge("zhang22.sec4.2.s1.fix", tangent, expect="PROVED",
    mutants={"x/3": dict(slope=sp.Rational(1, 3)), "3x": dict(slope=3)})

# %% [markdown]
# (zhang22.eq15.s1)=
# ### A ratio is one plus a linear and a quadratic part
#
# $\Delta_l=1+\xi_l+\zeta_l$ and $\log\Delta_l\le\xi_l+\zeta_l$.
#
# Coordinate by coordinate $(x+\tau u)^2=x^2+2\tau xu+\tau^2u^2$, with $x$ of $\tilde h$ and $u$ of $W\tilde h$; the
# sum of the $x^2$ is 1.


# %%
def expansion(cross=2, slope=1):
    x, u = sp.symbols("x u", real=True)
    return all_of(exact.identity((x + tau * u) ** 2, x**2 + cross * tau * x * u + tau**2 * u**2), tangent(slope))

# %%
chapter.judge("zhang22.eq15.s1", expansion, expect="PROVED", mutants={"xi without its 2": dict(cross=1),
        "a third of the tangent": dict(slope=sp.Rational(1, 3))})

# %% [markdown]
# ## The laws of the two parts
#
# (zhang22.sec4.2.s2)=
# ### Given the past, one is Gaussian and the other chi-square
#
# Given $h_{l-1}$: $\xi_l\sim N\bigl(0,\frac{8\tau^2}m\bigr)$ and $\zeta_l\sim\frac{2\tau^2}m\chi^2_m$.
#
# The law of $W$ is that of $QWQ^\top$ for every orthogonal $Q$ (textbook), so we may take $\tilde h=e_1$. Then
# $\xi_l=2\tau W_{11}$ and $\zeta_l=\tau^2\sum_kW_{k1}^2$, and the entries have variance $\frac2m$. (They are not
# independent of each other: $\zeta_l\ge\xi_l^2/4$. Nothing in the paper needs that they were.) The check also
# writes the variance of $\langle\tilde h,W\tilde h\rangle$ out for a unit vector of three entries, without
# rotation.


# %%
def laws(variance=2, cross=2):
    p, q = sp.symbols("p q", real=True)
    squares = [p**2, q**2, 1 - p**2 - q**2]
    turned = exact.identity((cross * tau) ** 2 * variance / m, 8 * tau**2 / m)
    pairs = sum(x * y for x in squares for y in squares)
    direct = exact.identity((cross * tau) ** 2 * variance / m * pairs, 8 * tau**2 / m)
    return all_of(turned, direct, exact.identity(tau**2 * variance / m, 2 * tau**2 / m))

# %%
chapter.judge("zhang22.sec4.2.s2", laws, expect="PROVED", reading="W independent of the past; rotation invariance",
    mutants={"entries of variance 1/m": dict(variance=1), "xi without its 2": dict(cross=1)})

# %% [markdown]
# (zhang22.sec4.2.s8)=
# ### Not if a mask is only independent of what comes later
#
# If each $D_l$ is independent of the later matrices $W_a$, $a>l$, then given $h_{l-1}$ the variable $\xi_l$ is
# $N\bigl(0,\frac{8\tau^2}m\bigr)$.
#
# This is the hypothesis of {prf:ref}`zhang22.lem1` in the words of the paper; the past *as a whole* is meant, as in
# {ref}`the laws above <zhang22.sec4.2.s2>`. The difference is real. Take $m=1$, $h_0=1$ and
# $D_1=\mathrm{sign}(W_1)\,\mathrm{sign}(W_2)$: it is independent of $W_2,W_3,\dots$, yet
# $h_1=D_1(1+\tau W_1)=\mathrm{sign}(W_2)\,(\mathrm{sign}(W_1)+\tau|W_1|)$, and $h_1>1$ happens only if $W_2>0$. So
# given such an $h_1$ the Gaussian $\xi_2=2\tau W_2$ would have to be always positive instead of half of the time.
# We enumerate the four equally likely pairs of signs, at $\tau|W_1|=1$. What this does to the bound itself is judged
# {ref}`with Lemma 1 <zhang22.lem1.s4>`.


# %%
def share_of_positive(size=1):
    masks = {pair: pair[0] * pair[1] for pair in product((1, -1), repeat=2)}
    fair = exact.identity(sum(masks[first, 1] for first in (1, -1)), sum(masks[first, -1] for first in (1, -1)))
    large = [second for first, second in masks if masks[first, second] * (1 + size * first) > 1]
    share = sp.Rational(sum(second > 0 for second in large), len(large))
    where = f"m = 1, D_1 = sign(W_1) sign(W_2), tau |W_1| = {size}: the share of W_2 > 0 given h_1 > 1"
    return all_of(fair, exact.compare(share, sp.Rational(1, 2), at=where))

# %%
chapter.judge("zhang22.sec4.2.s8", share_of_positive, expect="REFUTED", severity="hypothesis",
    repair="zhang22.sec4.2.s2",
    mutants={"tau |W_1| = 3": dict(size=3), "tau |W_1| = 1/2": dict(size=sp.Rational(1, 2))})

# %% [markdown]
# ## The laws of the sums
#
# (zhang22.sec4.2.s3)=
# ### The sum of the Gaussian parts: one layer is missing, a slip of the pen
#
# $\sum_{l=a}^b\xi_l\sim N\bigl(0,\frac{8(b-a)\tau^2}m\bigr)$.
#
# (zhang22.sec4.2.s3.fix)=
# **Repair.** $\sum_{l=a}^b\xi_l\sim N\bigl(0,\frac{8(b-a+1)\tau^2}m\bigr)$, exactly.
#
# The paper says "without rigor". At $a=b$ the printed variance is 0, but one layer has $8\tau^2/m$; the appendix
# counts $b-a+1$. With that number the law needs no excuse: the conditional law does not depend on the past, so the
# $\xi_l$ are independent, and the logarithms of their characteristic functions, $-\frac{t^2}2\cdot\frac{8\tau^2}m$,
# add up.

# %%
first, steps, place = sp.Symbol("a", integer=True), sp.Symbol("k", integer=True, nonnegative=True), sp.Symbol("l")


def gaussian_law(layers=steps):  # b = a + k
    one_layer = -(t**2) / 2 * 8 * tau**2 / m
    return exact.identity(sp.summation(one_layer, (place, first, first + steps)), one_layer * layers)

# %%
chapter.judge("zhang22.sec4.2.s3", gaussian_law, expect="REFUTED", severity="typo", repair="zhang22.sec4.2.s3.fix",
    mutants={"one layer too many": dict(layers=steps + 2)},
    survives={"zhang22.sec4.2.s6": "yes: N = b - a + 1 layers fit into the same exponent"})
chapter.judge("zhang22.sec4.2.s3.fix", lambda layers=steps + 1: gaussian_law(layers), expect="PROVED",
    mutants={"as printed": dict(layers=steps)})

# %% [markdown]
# (zhang22.sec4.2.s4)=
# ### The sum of the quadratic parts: another chi-square law
#
# $\sum_{l=a}^b\zeta_l\sim\frac{2(b-a)\tau^2}m\chi^2_m$.
#
# (zhang22.sec4.2.s4.fix)=
# **Repair.** $\sum_{l=a}^b\zeta_l\sim\frac{2\tau^2}m\chi^2_{m(b-a+1)}$, exactly.
#
# Here counting $b-a+1$ layers does not help: the printed law multiplies *one* chi-square variable by the number of
# layers, and its variance $\frac{8\tau^4}mN^2$ is $N$ times the true one. The layers are independent, so the
# degrees of freedom add up, not the factor. At $N=1$ the printed law is the point 0, at $N=2$ the variances differ.
# We compare logarithms of Laplace transforms, $-\frac d2\log(1+2qt)$ for $q\chi^2_d$.


# %%
def chi_square_law(factor=1, degrees=steps + 1):
    one_layer = -m / 2 * sp.log(1 + 4 * tau**2 * t / m)
    claimed = -m * degrees / 2 * sp.log(1 + 4 * tau**2 * factor * t / m)
    return exact.identity((steps + 1) * one_layer, claimed)


def one_variable(layers=(steps, steps + 1)):
    return any_of(*(chi_square_law(factor=number, degrees=1) for number in layers))

# %%
chapter.judge("zhang22.sec4.2.s4", one_variable, expect="REFUTED", severity="exponent",
    repair="zhang22.sec4.2.s4.fix", mutants={"factor sqrt(N)": dict(layers=(sp.sqrt(steps + 1),))},
    reading="as printed, and with b - a + 1 for b - a",
    survives={"zhang22.sec4.2.s6": "yes: with b - a + 1 layers the true law has the same mean and a lighter tail"})
chapter.judge("zhang22.sec4.2.s4.fix", chi_square_law, expect="PROVED", mutants={
        "one layer missing": dict(degrees=steps), "one variable N times": dict(factor=steps + 1, degrees=1)})

# %% [markdown]
# (zhang22.eq15.s2)=
# ### The drift of the logarithm, from both sides
#
# For $m\ge3$: $\bigl(1-\frac2m\bigr)\log(1+2\tau^2)\le E[\log\Delta_l\mid\text{past}]\le\log(1+2\tau^2)$.
#
# So with $D_l=I$ the norm does grow, at every $\tau>0$ and every width from 3 on: the $c$ of the paper cannot be
# arbitrarily small at a given $\tau$. The upper bound is Jensen's inequality and $E\Delta_l=1+2\tau^2$. For the
# lower one let $y$ be $e_1+\sqrt q\,g$ with $g$ standard normal, $f(y)=\log\|y\|^2$ and $q=2\tau^2/m$. By the heat
# equation $\frac d{dq}Ef=\frac12E\,\nabla^2f=(m-2)E\|y\|^{-2}$, at least $\frac{m-2}{1+mq}$ by Jensen's inequality.

# %%
radius, q = sp.symbols("r q", positive=True)


def drift(lost=2, gain=2):
    f = sp.log(radius**2)
    laplacian = sp.diff(f, radius, 2) + (m - 1) / radius * sp.diff(f, radius)
    heat = exact.identity(laplacian / 2, (m - 2) / radius**2)
    growth = exact.at_most(sp.diff((1 - lost / m) * sp.log(1 + m * q), q), (m - 2) / (1 + m * q))
    mean = exact.identity(1 + m * tau**2 * 2 / m, 1 + gain * tau**2)
    return all_of(heat, growth, mean)

# %%
chapter.judge("zhang22.eq15.s2", drift, expect="PROVED", reading="textbook: heat equation, Jensen's inequality",
    mutants={"without the factor 1 - 2/m": dict(lost=0), "factor 1 - 1/m": dict(lost=1),
        "log(1 + tau^2) above": dict(gain=1)})

# %% [markdown]
# A second opinion: $\Delta_l$ is $\frac{2\tau^2}m$ times a noncentral chi-square variable, a Poisson mixture of
# chi-squares, and $E\log\chi^2_d=\log2+\psi(\frac d2)$. We enclose the drift so at four points and print it between
# its two bounds.


# %%
def exact_drift(width, scale):
    square, terms = limits.ball(scale) ** 2, 1500
    mean, weight, total = width / (4 * square), (-width / (4 * square)).exp(), arb(0)
    for j in range(terms):
        total += weight * (arb(width) / 2 + j).digamma()
        weight *= mean / (j + 1)
    beyond = [limits.chi_square_lower_tail(2 * j, 2 * mean) for j in (terms, terms - 1)]
    rest = arb(width) / 2 * beyond[0] + mean * beyond[1]  # psi(x) <= x
    return total + rest.union(arb(0)) + (4 * square / width).log()


for width, scale in ((4, "1"), (4, "1/8"), (64, "1/8"), (256, "1/2")):
    top = (1 + 2 * limits.ball(scale) ** 2).log()
    inside = bool((1 - arb(2) / width) * top < exact_drift(width, scale) < top)
    print(f"m = {width}, tau = {scale}: the drift certainly lies between its bounds: {inside}")

# %% [markdown]
# ## The tail of the Gaussian sum
#
# (zhang22.eq16)=
# ### (16) One of the two sums is large
#
# $P\bigl(\sum_{l=a}^b\log\Delta_l\ge c\bigr)\le P\bigl(\sum_{l=a}^b\xi_l\ge\frac c2\bigr)
# +P\bigl(\sum_{l=a}^b\zeta_l\ge\frac c2\bigr)$.
#
# If both sums stay below $\frac c2$, by $v$ and $w>0$, the sum of the logarithms stays below $c$ by at least $v+w$.
# The inequality is true; for $c<4\tau^2N$ it says nothing in wide layers, as the last probability tends to 1.


# %%
def either_sum(share=sp.Rational(1, 2)):
    short, low = sp.symbols("v w", positive=True)
    less = sp.Symbol("less", nonnegative=True)  # by how much the logarithms are below xi + zeta
    logarithms = (share * c - short) + (share * c - low) - less
    return exact.at_most(logarithms + short + low, c)

# %%
chapter.judge("zhang22.eq16", either_sum, expect="PROVED", mutants={"thresholds c": dict(share=1)})

# %% [markdown]
# (zhang22.eq17)=
# ### (17) Chernoff's inequality
#
# $P\bigl(\sum_{l=a}^b\xi_l\ge\frac c2\bigr)=P\bigl(e^{\lambda\sum_{l=a}^b\xi_l}\ge e^{\lambda c/2}\bigr)
# \le E\bigl[\exp\bigl(\lambda\sum_{l=a}^b\xi_l-\frac{\lambda c}2\bigr)\bigr]$ for every $\lambda>0$.
#
# The exponential increases, so both events are one; on it the variable under the expectation is at least 1, as its
# exponent is at least 0, and elsewhere it is positive.


# %%
def markov(sign=1, share=sp.Rational(1, 2)):
    over, under = sp.symbols("over under", positive=True)
    on = exact.at_most(0, sign * lam * (c / 2 + over - share * c))
    off = exact.at_most(sign * lam * (c / 2 - under - c / 2), 0)  # and so not in the second event
    return all_of(on, off)

# %%
chapter.judge("zhang22.eq17", markov, expect="PROVED", mutants={"lambda < 0": dict(sign=-1),
        "exponent with c for c/2": dict(share=1)})

# %% [markdown]
# (zhang22.eq18)=
# ### (18) The moment generating function: twice the exponent
#
# $E\bigl[e^{\lambda\sum_{l=a}^b\xi_l}\bigr]=\exp\bigl(\frac{8\tau^2\lambda^2(b-a+1)}m\bigr)$.
#
# (zhang22.eq18.fix)=
# **Repair.** $E\bigl[e^{\lambda\sum_{l=a}^b\xi_l}\bigr]=\exp\bigl(\frac{4\tau^2\lambda^2(b-a+1)}m\bigr)$.
#
# For $\xi\sim N(0,\sigma^2)$ it is $e^{\lambda^2\sigma^2/2}$; the paper has lost the $\frac12$, in both lines of
# the display. One layer, $\lambda=\tau=m=1$: $e^4$, not $e^8$. As an upper bound the display is true, and nothing
# else is needed.

# %%
N = steps + 1


def generating(factor=8):
    return exact.identity(lam**2 * (N * 8 * tau**2 / m) / 2, factor * tau**2 * lam**2 * N / m)

# %%
chapter.judge("zhang22.eq18", generating, expect="REFUTED", severity="constant", repair="zhang22.eq18.fix",
    mutants={"factor 2": dict(factor=2)},
    survives={"zhang22.eq19": "yes: an upper bound is all it needs, at the price of a factor 2 in the exponent",
        "zhang22.eq19.s1": "no: it has a slip of its own; its repair minimises the printed exponent, and the "
        "true one wants twice that lambda"})
chapter.judge("zhang22.eq18.fix", lambda factor=4: generating(factor), expect="PROVED",
    mutants={"as printed": dict(factor=8)})

# %% [markdown]
# (zhang22.eq18.s1)=
# ### Both parts at once
#
# For $0\le\lambda<\frac m{4\tau^2}$ and $s=\frac{4\tau^2\lambda}m$:
# $E\bigl[e^{\lambda(\xi_l+\zeta_l)}\mid\text{past}\bigr]
# =(1-s)^{-m/2}\exp\bigl(\frac{4\tau^2\lambda^2}{m(1-s)}\bigr)$.
#
# With $\tilde h=e_1$ and $W_{k1}=\sqrt{2/m}\,g_k$: $\lambda(\xi+\zeta)=pg_1+q\sum_kg_k^2$. Completing the square,
# $E\,e^{pg+qg^2}=(1-2q)^{-1/2}e^{p^2/(2(1-2q))}$ for one normal variable; the other $m-1$ have $p=0$.


# %%
def joint(coupling=1, others=m - 1):
    g, entry, s = sp.Symbol("g", real=True), sp.sqrt(2 / m), 4 * tau**2 * lam / m
    p, q = 2 * lam * tau * entry, lam * tau**2 * entry**2
    exponent = p**2 / (2 * (1 - 2 * q * coupling))
    rest = (1 - 2 * q) / 2 * (g - p / (1 - 2 * q)) ** 2
    square = exact.identity(p * g + q * g**2 - g**2 / 2, p**2 / (2 * (1 - 2 * q)) - rest)
    factors = exact.identity((1 + others) * sp.log(1 - 2 * q), m * sp.log(1 - s))  # each to the power -1/2
    return all_of(square, factors, exact.identity(exponent, 4 * tau**2 * lam**2 / (m * (1 - s))))

# %%
chapter.judge("zhang22.eq18.s1", joint, expect="PROVED", reading="textbook: the Gaussian integral",
    mutants={"as if xi and zeta were independent": dict(coupling=0), "m + 1 factors": dict(others=m)})

# %% [markdown]
# (zhang22.eq19.s1)=
# ### The choice of lambda: an index for a number of layers, a slip of the pen
#
# $\lambda=\frac{mc}{32\tau^2l}$, with $l$ an index of the sum, gives (19):
# $\frac{8\tau^2\lambda^2(b-a+1)}m-\frac{\lambda c}2\le-\frac{mc^2}{128\tau^2(b-a+1)}$.
#
# (zhang22.eq19.s1.fix)=
# **Repair.** $\lambda=\frac{mc}{32\tau^2(b-a+1)}$ gives (19): the same inequality, with equality.
#
# In (19) the letter $l$ is the index of the sum, bound and of no value. Whatever is put for it, only $l=b-a+1$ will
# do: the left side is a parabola in $\lambda$ and this its lowest point.


# %%
def chosen(layers=sp.Symbol("l", integer=True, positive=True)):
    choice = m * c / (32 * tau**2 * layers)
    return exact.at_most(8 * tau**2 * choice**2 * N / m - choice * c / 2, -m * c**2 / (128 * tau**2 * N))

# %%
chapter.judge("zhang22.eq19.s1", chosen, expect="REFUTED", severity="typo", repair="zhang22.eq19.s1.fix",
    mutants={"b - a + 2 for l": dict(layers=steps + 2)},
    survives={"zhang22.eq19": "yes: with the lambda of the repair, which is plainly meant"})
chapter.judge("zhang22.eq19.s1.fix", lambda layers=N: chosen(layers), expect="PROVED",
    mutants={"half of that lambda": dict(layers=2 * N), "twice that lambda": dict(layers=N / 2)})

# %% [markdown]
# (zhang22.eq19)=
# ### (19) The Gaussian sum
#
# $P\bigl(\sum_{l=a}^b\xi_l\ge\frac c2\bigr)\le\exp\bigl(-\frac{mc^2}{128\tau^2(b-a+1)}\bigr)$ for every $c\ge0$.
#
# (zhang22.eq19.s2)=
# **For the absolute value, and twice as good.**
# $P\bigl(|\sum_{l=a}^b\xi_l|\ge\frac c2\bigr)\le\exp\bigl(-\frac{mc^2}{64\tau^2(b-a+1)}\bigr)$ for every $c\ge0$.
#
# Here (19) follows from (17) with the repaired (18) at the $\lambda$ of the repair; $\tau\le1/\Omega(\sqrt L)$,
# which the paper names here, is not needed. "Due to the symmetry" the paper passes to the absolute value. That
# costs no factor 2: let $X$ and $Y$ be independent with the law of the sum, in units of its deviation. Then
# $P(|X|\ge r)^2\le P(X^2+Y^2\ge2r^2)=e^{-r^2}$, so $P(|X|\ge r)\le e^{-r^2/2}$, for every $r\ge0$. The first line
# of (25) is {ref}`judged there <zhang22.eq25.s1>`.


# %%
def one_sided(rate=128, factor=4):
    choice = m * c / (32 * tau**2 * N)
    return exact.at_most(factor * tau**2 * choice**2 * N / m - choice * c / 2, -m * c**2 / (rate * tau**2 * N))


def two_sided(rate=64):
    r = c / 2 / sp.sqrt(8 * tau**2 * N / m)
    quadrant = exact.at_most(2 * r**2, (r + v) ** 2 + (r + w) ** 2)
    return all_of(quadrant, exact.at_most(m * c**2 / (rate * tau**2 * N), r**2 / 2))

# %%
chapter.judge("zhang22.eq19", one_sided, expect="PROVED", reading="Chernoff, with (17) and the repaired (18)",
    mutants={"four times the exponent": dict(rate=32)})
chapter.judge("zhang22.eq19.s2", two_sided, expect="PROVED", reading="textbook: X^2 + Y^2 is exponential of mean 2",
    mutants={"twice this exponent": dict(rate=32)})

# %% [markdown]
# ## The tail of the chi-square variable
#
# (zhang22.eq20)=
# ### (20) The quoted tail: exponential, not Gaussian
#
# $P(|X-m|\ge u)\le e^{-u^2/(4m)}$ for $X\sim\chi^2_m$ and every $u\ge0$.
#
# (zhang22.eq20.fix)=
# **Repair.** $P(|X-m|\ge u)\le2\exp\bigl(-\frac{u^2}{4m+8u/3}\bigr)$ for $X\sim\chi^2_m$ and every $u\ge0$.
#
# For $m=2$ the law is exponential: $P(X\ge x)=e^{-x/2}$. At $u=6$ the left side is $e^{-4}$ and the right side
# $e^{-9/2}$. No other constant helps: with $D$ for 4 and $u=\frac{3D}2$ the two sides are $e^{-1-3D/4}$ and
# $e^{-9D/8}$, for every $D\ge4$ (a smaller one claims more). The repair is Chernoff's inequality: with
# $P(X\ge ym)$, $y\ge1$, and $P(X\le ym)$, $y\le1$, at most $e^{-\frac m2(y-1-\log y)}$. At $u=rm$ both exponents
# vanish with their slopes at $r=0$, and the slope of the difference is not negative.


# %%
def quoted(dof=2, power=2, constants=(4, 40, 400)):
    def gap(D):
        u = 3 * D // 2
        both = limits.chi_square_upper_tail(dof, dof + u) + limits.chi_square_lower_tail(dof, dof - u)
        claimed = (-arb(u) ** power / (D * dof)).exp()
        return certified.number(both, claimed, at=f"m = {dof}, u = {u}, u^2/({D} m) in the exponent")

    return any_of(*(gap(D) for D in constants))

# %%
r = sp.Symbol("r", nonnegative=True)
above, inside = (r - sp.log(1 + r)) / 2, v / (1 + v)  # the exponent above per m; every r in [0, 1)


def below(divisor=4):  # slopes in r of -(r + log(1 - r))/2 and of r^2/divisor, at r = v/(1 + v)
    slope = sp.diff(-(r + sp.log(1 - r)) / 2 - r**2 / divisor, r)
    return exact.at_most(0, sp.factor(slope.subs(r, inside)))


def chernoff():
    y = sp.Symbol("y", positive=True)
    best = (1 - 1 / y) / 2
    return exact.identity(-sp.log(sp.cancel(1 - 2 * best)) / 2 - best * y, -(y - 1 - sp.log(y)) / 2)


def bernstein(linear=sp.Rational(8, 3), square=4):
    slope = sp.diff(above - r**2 / (square + linear * r), r)
    return all_of(chernoff(), exact.at_most(0, sp.factor(slope)), below(square))

# %%
chapter.judge("zhang22.eq20", quoted, expect="REFUTED", severity="exponent", repair="zhang22.eq20.fix",
    reading="three constants in place of 4; every constant in words",
    mutants={"m = 1": dict(dof=1), "u^3 in the exponent": dict(power=3)},
    survives={"zhang22.eq21": "no: its conclusion keeps the Gaussian exponent; refuted with Lemma 1",
        "zhang22.eq21.s1": "no: it is this inequality, used conditionally for deviations of every size"})
chapter.judge("zhang22.eq20.fix", bernstein, expect="PROVED", reading="textbook: Chernoff and union bound",
    mutants={"without 8u/3": dict(linear=0), "2m for 4m": dict(square=2)})

# %% [markdown]
# (zhang22.eq20.s1)=
# ### The lower half of (20) is true
#
# $P(X\le m-u)\le e^{-u^2/(4m)}$ for $X\sim\chi^2_m$ and $0\le u\le m$.
#
# (zhang22.eq20.s3)=
# **What Laurent and Massart say.** $P(X-m\ge2\sqrt{mx}+2x)\le e^{-x}$ and $P(m-X\ge2\sqrt{mx})\le e^{-x}$ for
# $X\sim\chi^2_m$ and $x\ge0$.
#
# The lemma that the paper quotes ({cite}`laurentmassart00`, Lemma 1) has the term $2x$ on the upper side. (20) is
# what remains when it is dropped, and the factor 2 of the union as well. With $x=my^2$ the upper half says
# $\frac12(r-\log(1+r))\ge y^2$ at $r=2y+2y^2$; again both sides and their slopes vanish at $y=0$.


# %%
def laurent_massart(linear=2):
    slope = sp.diff(above.subs(r, 2 * v + linear * v**2) - v**2, v)
    return all_of(chernoff(), exact.at_most(0, sp.factor(slope)), below())

# %%
chapter.judge("zhang22.eq20.s1", below, expect="PROVED", reading="textbook: Chernoff, in the form checked above",
    mutants={"twice the exponent": dict(divisor=2)})
chapter.judge("zhang22.eq20.s3", laurent_massart, expect="PROVED", reading="textbook: Chernoff",
    mutants={"2x dropped": dict(linear=0), "x for 2x": dict(linear=1)})

# %% [markdown]
# (zhang22.eq20.s2)=
# ### And (20) fails at every fixed ratio
#
# For every $r>0$ and all large $m$: $P(|X-m|\ge rm)>e^{-r^2m/4}$ for $X\sim\chi^2_m$.
#
# By Cramér's theorem $-\frac1m\log P(X\ge(1+r)m)$ tends to $\frac12(r-\log(1+r))$, and this is less than
# $\frac{r^2}4$ for every $r>0$: the slope of the difference is $\frac{r^2}{2(1+r)}$. The gap in the exponent is
# about $u^3/(6m^2)$, which suggests that (20) holds up to $u$ of the order $m^{2/3}$, but for a logarithm.


# %%
def rate_below(divisor=4):
    return exact.at_most(radius**2 / (2 * (1 + radius)), sp.diff(radius**2 / divisor - above.subs(r, radius), radius))

# %%
chapter.judge("zhang22.eq20.s2", rate_below, expect="PROVED", reading="textbook: Cramer's theorem; r > 0",
    mutants={"exponent r^2 m/8": dict(divisor=8)})

# %% [markdown]
# Left: the exact tail of the Gaussian sum against (19) and the bound that is twice as good. Middle: the exact
# exponent of the chi-square tail per degree of freedom against $r^2/4$. Right: the largest $u$ up to which (20)
# holds.

# %% mystnb={"image": {"alt": "Left: minus the logarithm of the exact Gaussian tail lies above two parabolas, the one of (19) half as high as the other. Middle: for m = 2, 20 and 200 the exact chi-square exponent falls below the parabola r squared over 4, the sooner the larger m, and approaches Chernoff's curve from above. Right: on logarithmic axes the largest u for which (20) holds follows three times m to the two thirds closely, and falls below m from about m = 30 on."}} tags=["hide-input"]
figure, axes = plt.subplots(1, 3, figsize=(9.5, 3.2), layout="constrained")
sizes = np.linspace(0.1, 40, 40)
axes[0].plot(sizes, [-float(limits.normal_upper_tail(x / arb(32).sqrt()).log()) for x in sizes], label="exact")
axes[0].plot(sizes, sizes**2 / 64, "k--", label=r"$x^2/64$")
axes[0].plot(sizes, sizes**2 / 128, "k:", label=r"$x^2/128$, (19)")
axes[0].set(title=r"$-\log P(\sum\xi\geq c/2)$", xlabel=r"$x=c\sqrt{m/(\tau^2N)}$")


def two_tails(m, u):
    return limits.chi_square_upper_tail(m, m + u) + limits.chi_square_lower_tail(m, max(m - u, 0))


grid = np.linspace(0.05, 3, 30)
for width in (2, 20, 200):
    axes[1].plot(grid, [-float(two_tails(width, x * width).log()) / width for x in grid], label=f"exact, m = {width}")
axes[1].plot(grid, grid**2 / 4, "k--", label=r"(20): $r^2/4$")
axes[1].plot(grid, (grid - np.log1p(grid)) / 2, "k:", label=r"$(r-\log(1+r))/2$")
axes[1].set(title=r"$-\log P(|X-m|\geq rm)/m$", xlabel="r = u/m", ylim=(0, 1.4))


def last(m):  # by bisection, in steps of a twentieth
    low, high = int(20 * m**0.5), int(200 * m ** (2 / 3) + 100)
    while high - low > 1:
        u = (low + high) // 2
        low, high = (u, high) if float(two_tails(m, u / 20).log()) < -((u / 20) ** 2) / (4 * m) else (low, u)
    return low / 20


widths = np.array([1, 2, 4, 10, 30, 100, 300, 1000, 3000])
axes[2].loglog(widths, [last(int(m)) for m in widths], "o", label="(20) holds up to")
axes[2].loglog(widths, 3 * widths ** (2 / 3), "k--", label=r"$3m^{2/3}$")
axes[2].loglog(widths, widths, "k:", label="u = m")
axes[2].set(title="where (20) stops", xlabel="m")
for axis in axes:
    axis.legend(fontsize=7)

# %% [markdown]
# Inequality (19) is a factor of 2 off in the exponent, no more. (20) is wrong for every deviation of the order of
# $m$, and (21) uses it for deviations $u=\frac m{2\tau^2}(\frac c2-\dots)$, which are larger still when $\tau$ is
# small.
#
# ## A line of the outline of Theorem 3
#
# (zhang22.sec4.2.s5)=
# ### A norm that is set equal to a matrix, a slip of the pen
#
# $\|\nabla_{W_l}F_i\|_F=\tau\bigl(D_{i,l}(I+\tau W_{l+1})^\top\cdots D_{i,L-1}W_L^\top D_{i,L}B^\top
# (Bh_{i,L}-y_i^*)\bigr)h_{i,l-1}^\top$
# for $l<L$.
#
# (zhang22.sec4.2.s5.fix)=
# **Repair.** $\|\nabla_{W_l}F_i\|_F=\tau\bigl\|D_{i,l}(I+\tau W_{l+1})^\top\cdots D_{i,L-1}W_L^\top D_{i,L}B^\top
# (Bh_{i,L}-y_i^*)\bigr\|\,\|h_{i,l-1}\|$ for $l<L$, where no entry of a $g_{i,l}$ is 0.
#
# The right side is an $m\times m$ matrix. Even for $m=1$ it may be negative: $L=2$, $h_0=1$, $W_1=0$,
# $W_2=B=\tau=1$ and $y^*=2$ give $-1$, and a norm of 1. The repair: the output is affine in one weight $w$ of $W_l$
# while the masks stay the same, with slope $\tau q_oh$ in output $o$, so the entry of the gradient is
# $\tau h\sum_oq_o(y_o-y_o^*)$, a product of an entry of the first vector and one of the second; the squares of such
# products sum to a product of sums. That the factor is $O(\sqrt{m/d})$ is Theorem 3 and not judged here.


# %%
def signed(target=2):
    weight = sp.Symbol("w", real=True)
    loss = ((1 + weight) - target) ** 2 / sp.S(2)  # all units active, tau = W_2 = B = h_0 = 1
    norm = sp.Abs(sp.diff(loss, weight).subs(weight, 0))
    return exact.compare(norm, 1 - target, at=f"m = 1, L = 2, h_0 = W_2 = B = tau = 1, W_1 = 0, y* = {target}")


def rank_one(power=1):
    weight, h, q1, q2, p1, p2, d1, d2, k1, k2 = sp.symbols("w h q1 q2 p1 p2 d1 d2 k1 k2", real=True)
    misfit = p1 + q1 * tau * h * weight, p2 + q2 * tau * h * weight  # y_o - y*_o
    slope = sp.diff((misfit[0] ** 2 + misfit[1] ** 2) / 2, weight)
    entry = exact.identity(slope, tau**power * h * (q1 * misfit[0] + q2 * misfit[1]))
    entries = sum((d * k) ** 2 for d in (d1, d2) for k in (k1, k2))
    return all_of(entry, exact.identity(entries, (d1**2 + d2**2) * (k1**2 + k2**2)))

# %%
chapter.judge("zhang22.sec4.2.s5", signed, expect="REFUTED", severity="typo", repair="zhang22.sec4.2.s5.fix",
    mutants={"y* = 3": dict(target=3)})
chapter.judge("zhang22.sec4.2.s5.fix", rank_one, expect="PROVED", mutants={"without tau": dict(power=0)},
    reading="two outputs and two by two entries are written out; more of them add terms of the same form")

# %% [markdown]
# ## Slack, and what to doubt
#
# For one vector the result is right, and simpler than its proof: two sums of independent variables with exact laws.
# The paper's exponents lose a factor 2 in (18) and a factor 4 by giving each sum half of $c$;
# {prf:ref}`zhang22.sec4.2.s7` has $mc^2/(64\tau^2N)$ for both sums together, and for $\tau^2N$ small
# against $c$ and $c$ small against $N$ one expects $mc^2/(16\tau^2N)$, the exponent of the Gaussian part alone. The
# one step that fails beyond a constant is (20), and with it the exponent $mc^2/\tau^4$ of (21): see
# {ref}`its judgement <zhang22.eq21>` and
# {ref}`the same display in Lemma 2 <zhang22.eq25.s2>` with {ref}`its repair <zhang22.eq25.s2.fix>`. Neither is
# needed here. How the bound for one vector enters the lemma is {ref}`judged with it <zhang22.lem1.s5>`.
#
# The other papers have no such argument: with a branch of order $1/L$ a bound for each layer suffices, as in
# {prf:ref}`du18.lemB.1`. The lower side, where masks matter, is {prf:ref}`zhang22.lem2`.
#
# To doubt: the masks of {prf:ref}`zhang22.lem1` must be independent of later weights *jointly* with the past; ReLU
# masks of the network itself are, masks of trained weights are not. That (20) holds up to about $m^{2/3}$ is seen
# in the figure and proved nowhere.
