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
# # Two ReLU vectors differ by a diagonal matrix times their difference, and only sign changes alter the matrix

# %% tags=["remove-cell"]
from importlib.util import find_spec

from IPython import get_ipython

if find_spec("resnet_lab") is None:
    address = "git+https://github.com/resnet-lab/executable-proofs"
    get_ipython().run_line_magic("pip", f"install -q 'resnet-lab @ {address}'")

# %% [markdown]
# ```{prf:proposition} zhang22, Proposition 1
# :label: zhang22.prop1
#
# Let $a,b\in\mathbb R^m$, let $\phi$ be the ReLU and $D$ the diagonal matrix with $D_{kk}=1\{a_k\ge0\}$. There is a
# diagonal matrix $D''\in\mathbb R^{m\times m}$ such that, for every $k$, $|D_{kk}+D''_{kk}|\le1$ and
# $|D''_{kk}|\le1$; $D''_{kk}\ne0$ only if $1\{a_k\ge0\}\ne1\{b_k\ge0\}$; and $\phi(a)-\phi(b)=(D+D'')(a-b)$.
# ```
#
# ```{prf:proposition} frei19, Claim C.1 with the matrix of its proof
# :label: frei19.claimC.1
#
# For $u,y\in\mathbb R^m$ and the ReLU $\sigma$ let $D(u)$ be diagonal with $D(u)_{jj}=1\{u_j\ge0\}$, and let
# $\check D(u)$ be diagonal with $\check D(u)_{jj}=(D(u)-D(y))_{jj}\frac{y_j}{u_j-y_j}$ if $u_j\ne y_j$ and $0$ if
# $u_j=y_j$. Then $\sigma(u)-\sigma(y)=(D(u)+\check D(u))(u-y)$, $\|\check D(u)\|_2\le1$ and
# $\|D(u)+\check D(u)\|_2\le1$.
# ```
#
# - **Papers**: {cite}`zhang22`, appendix E, quotes its proposition without a proof. {cite}`frei19`, appendix C.2,
#   gives the matrix. It prints $[D(u)-D(y)]$ without the index $jj$, and writes $\check D(u)$ for what depends on $y$
#   too.
# - **Hypotheses**: none but the ReLU, $\phi(z)=\max(z,0)$. Zeros, equal entries, $m=1$ and $a=b$ are allowed.
#
# **Idea.** All matrices are diagonal, so this is a statement about one pair of numbers, and the spectral norm of a
# diagonal matrix is its largest entry in absolute value. If $a$ and $b$ lie on the same side of the kink, the slope
# between them is $1$ or $0$, which is $D$. If they lie on different sides, the chord from $(b,\phi(b))$ to
# $(a,\phi(a))$ has a slope between $0$ and $1$:
#
# $$\frac{\phi(a)-\phi(b)}{a-b}=\frac a{a-b}\quad(a\ge0>b),\qquad
# \frac{\phi(a)-\phi(b)}{a-b}=\frac b{b-a}\quad(a<0\le b).$$
#
# $D''$ is the slope of the chord less the slope at $a$. It differs from $0$ only across the kink, and it lies between
# $-1$ and $1$, as both slopes lie in $[0,1]$.
#
# **What we check.** Each number is $x$, $0$ or $-x$ with a symbol $x>0$. So there are nine pairs, and they cover all
# of $\mathbb R^2$: equal entries are $x=y$ or $0,0$. For each pair the identity, the support and both bounds are
# exact in the symbols. One pair that fails would refute. An enumeration in floating point repeats it on a grid.
# Nothing is left out.

# %% tags=["hide-input"]
from itertools import product

import jax.numpy as jnp
import matplotlib.pyplot as plt
import numpy as np
import sympy as sp

from resnet_lab import page
from resnet_lab.evidence import all_of, enumerated, exact, round_outward

chapter = page.Chapter("tools/relu-difference")

# %% [markdown]
# The nine pairs, the ReLU (with a slope `leak` on the left that is 0 for the ReLU), and the indicator $1\{z\ge0\}$:

# %%
x, y, zero = *sp.symbols("x y", positive=True), sp.Integer(0)
PAIRS = list(product((x, zero, -x), (y, zero, -y)))


def relu(z, leak=0):
    return z if z.is_nonnegative else leak * z


def on(z, at_zero=1):
    return at_zero if z == 0 else int(z.is_positive)


# %% [markdown]
# **zhang22.** The entry of $D''$ is the slope of the chord less $D$; where $a=b$ the proposition leaves it free, and
# $0$ will do.


# %%
def correction(a, b, leak=0):
    return zero if a == b else (relu(a, leak) - relu(b, leak)) / (a - b) - on(a)


def proposition(bound=1, leak=0, at_zero=1):
    parts = []
    for a, b in PAIRS:
        extra, unchanged = correction(a, b, leak), 1 - abs(on(a, at_zero) - on(b, at_zero))
        parts += [exact.identity(relu(a, leak) - relu(b, leak), (on(a) + extra) * (a - b))]
        parts += [exact.identity(unchanged * extra, 0)]
        parts += [exact.at_most((on(a) + extra) ** 2, bound**2), exact.at_most(extra**2, bound**2)]
    return all_of(*parts, says="identity, support and both bounds hold for each of the nine pairs of signs")

# %%
chapter.judge("zhang22.prop1", proposition, expect="PROVED",
    mutants={"bounds 1/2": dict(bound=sp.Rational(1, 2)), "leaky ReLU": dict(leak=sp.Rational(1, 10)),
        "support by the strict signs 1{z > 0}": dict(at_zero=0)})

# %% [markdown]
# The mutants say what matters. With the leaky ReLU, $D$ is no longer the slope at $a$. With $D$ by $\ge$ and sign
# changes by $>$, the pair $a=0>b$ fails: there $D=1$, $D''=-1$, and no strict sign changes.
#
# **frei19.** The same nine pairs with the printed formula, whose numerator is $y_j$.


# %%
def printed(u, v, top_u=0, top_v=1):  # v is the paper's y
    return zero if u == v else (on(u) - on(v)) * (top_u * u + top_v * v) / (u - v)


def claim(top_u=0, top_v=1, bound=1):
    parts = []
    for u, v in PAIRS:
        extra = printed(u, v, top_u, top_v)
        parts += [exact.identity(relu(u) - relu(v), (on(u) + extra) * (u - v))]
        parts += [exact.at_most((on(u) + extra) ** 2, bound**2), exact.at_most(extra**2, bound**2)]
    return all_of(*parts, says="the printed matrix gives the identity and both bounds for each of the nine pairs")

# %%
chapter.judge("frei19.claimC.1", claim, expect="PROVED",
    mutants={"u_j on top": dict(top_u=1, top_v=0), "norms below 1/2": dict(bound=sp.Rational(1, 2))})

# %% [markdown]
# ## A second look: every pair on a grid
#
# For $a,b\in\{-2,-2+\frac1{16},\dots,2\}$ the larger of $|D+D''|$ and $|D''|$, with $D''$ from the chord in floating
# point; a non-zero $D''$ without a sign change counts as 2. Ties and zeros are on the grid, where a gradient would
# not see them. The worst pair, rounded up:

# %%
setting = chapter.setting(steps=16)  # points per unit


def worst_entry(pair):
    a, b = pair
    chord = (jnp.maximum(a, 0) - jnp.maximum(b, 0)) / jnp.where(a == b, 1.0, a - b)
    extra = jnp.where(a == b, 0.0, chord - (a >= 0))
    astray = ((a >= 0) == (b >= 0)) & (extra != 0)
    return jnp.maximum(jnp.maximum(jnp.abs((a >= 0) + extra), jnp.abs(extra)), 2.0 * astray)

# %%
grid = [k / setting.steps for k in range(-2 * setting.steps, 2 * setting.steps + 1)]
round_outward(enumerated(worst_entry, (2,), choices=grid, key=chapter.key("grid")).high, +1, digits=2)

# %% [markdown]
# The figure shows both entries as $b$ runs past the kink, for $a=1$ and for $a=-1$.

# %% mystnb={"image": {"alt": "Two panels, entries against b. For a = 1: D'' is 0 for b at or above 0 and falls from 0 towards minus one as b decreases below 0; D + D'' is 1 and falls towards 0. For a = -1: both are 0 for b below 0 and rise towards 1 as b increases. The entries move continuously and are 0 where no sign changes."}} tags=["hide-input"]
figure, axes = plt.subplots(1, 2, figsize=(9, 3), layout="constrained", sharey=True)
points = np.linspace(-4, 4, 401)
for axis, a in zip(axes, (1.0, -1.0), strict=True):
    other = points[points != a]
    slope = (max(a, 0) - np.maximum(other, 0)) / (a - other)
    axis.plot(other, slope, label="$D+D''$, slope of the chord")
    axis.plot(other, slope - (a >= 0), "--", label="$D''$")
    axis.axvspan(*((-4, 0) if a > 0 else (0, 4)), color="0.9", label="sign change")
    _ = axis.set(title=f"a = {a:.0f}", xlabel="b", ylim=(-1.1, 1.1))
_ = axes[0].legend(fontsize=8, loc="lower right")

# %% [markdown]
# Just past the kink $D''$ is still small. It reaches $-1$ only as $b/|a|\to-\infty$, which for $a=0$ is every $b<0$.

# %% [markdown]
# ## What the proofs do with it
#
# (frei19.claimC.1.s1)=
# ### There is only one such matrix
#
# Where $u_j\ne y_j$, the entry $\check D(u)_{jj}$ is the only one with
# $\sigma(u_j)-\sigma(y_j)=(D(u)+\check D(u))_{jj}(u_j-y_j)$. For every $j$ it is $0$ unless
# $1\{u_j\ge0\}\ne1\{y_j\ge0\}$, and $0\le(D(u)+\check D(u))_{jj}\le1$.
#
# So the two papers' matrices agree, but for the free entries where $u_j=y_j$. Claim C.1 does not state the support,
# which follows from its formula. The lower end $0$ is more than either paper says.


# %%
def only_choice(top_u=0, top_v=1, least=0):
    parts = []
    for u, v in PAIRS:
        extra, same = printed(u, v, top_u, top_v), 1 - abs(on(u) - on(v))
        parts += [exact.identity(extra, correction(u, v)), exact.identity(same * extra, 0)]
        parts += [exact.at_most(least, on(u) + extra), exact.at_most(on(u) + extra, 1)]
    return all_of(*parts, says="the printed entry is the slope of the chord less D, for each of the nine pairs")

# %%
chapter.judge("frei19.claimC.1.s1", only_choice, expect="PROVED",
    mutants={"u_j on top": dict(top_u=1, top_v=0), "at least 1/2": dict(least=sp.Rational(1, 2))})

# %% [markdown]
# (zhang22.prop1.s1)=
# ### With the signs of the other vector, as (59) takes them
#
# With $\check D_{kk}=1\{b_k\ge0\}$ in place of $D$ there is a diagonal $D''$ with $|\check D_{kk}+D''_{kk}|\le1$,
# $|D''_{kk}|\le1$, $D''_{kk}\ne0$ only if $1\{a_k\ge0\}\ne1\{b_k\ge0\}$, and $\phi(a)-\phi(b)=(\check D+D'')(a-b)$.
#
# Lemma 9 applies the proposition to $h_l-\check h_l=\phi(a)-\phi(b)$ with the signs of $b$, those of the second
# vector, while the proposition has those of the first. Exchange $a$ and $b$ and multiply by $-1$: the entry is now
# $(1\{a_k\ge0\}-1\{b_k\ge0\})\frac{a_k}{a_k-b_k}$.


# %%
def signs_of_b(top_a=1, top_b=0, bound=1):
    parts = []
    for a, b in PAIRS:
        extra, same = printed(a, b, top_a, top_b), 1 - abs(on(a) - on(b))
        parts += [exact.identity(relu(a) - relu(b), (on(b) + extra) * (a - b)), exact.identity(same * extra, 0)]
        parts += [exact.at_most((on(b) + extra) ** 2, bound**2), exact.at_most(extra**2, bound**2)]
    return all_of(*parts, says="with the signs of b and a_k on top everything holds for each of the nine pairs")

# %%
chapter.judge("zhang22.prop1.s1", signs_of_b, expect="PROVED",
    mutants={"b_k on top, as for the signs of a": dict(top_a=0, top_b=1),
        "bounds 1/2": dict(bound=sp.Rational(1, 2))})

# %% [markdown]
# (zhang22.prop1.s2)=
# ### What the linearisation costs
#
# With $D^b_{kk}=1\{b_k\ge0\}$: $\phi(a)-\phi(b)-D(a-b)=(D-D^b)\,b$, and $|b_k|\le|a_k-b_k|$ wherever
# $D_{kk}\ne D^b_{kk}$. So $\|\phi(a)-\phi(b)-D(a-b)\|\le\|(a-b)_S\|$, where $S$ is the set of these $k$.
#
# This is $D''(a-b)$ without a division, so that equal entries need no convention. Semi-smoothness rests on it: the
# error lives on the sign changes only, and there it is at most the whole step.


# %%
def cost(share=1, first=0):
    parts = []
    for a, b in PAIRS:
        changed, vector = on(a) - on(b), first * a + (1 - first) * b
        parts += [exact.identity(relu(a) - relu(b) - on(a) * (a - b), changed * vector)]
        parts += [exact.at_most(changed**2 * b**2, share**2 * changed**2 * (a - b) ** 2)]
    return all_of(*parts, says="the error is b at sign changes, 0 elsewhere, and at most the step, for nine pairs")

# %%
chapter.judge("zhang22.prop1.s2", cost, expect="PROVED",
    mutants={"a for b": dict(first=1), "half of the step": dict(share=sp.Rational(1, 2))})

# %% [markdown]
# ## Slack and what to doubt
#
# Both bounds are attained, $|D''|=1$ exactly where $a_k=0>b_k$. So $D''$ is sparse when few signs change, but never
# small by itself: with $a=(1,0)$ and $b=(1,-\varepsilon)$ its norm is 1 for every $\varepsilon>0$. What is small is
# the step on the sign changes.
#
# Two readings to be careful with. First, "opposite signs": zhang22 says after (60) that $D''$ is non-zero only where
# the two pre-activations "have opposite signs". By the indicators that is true; as $a_kb_k<0$ it is not, since
# $D''=-1$ where the vector that gives the signs is 0 and the other is negative. A dead layer, which has probability
# at least $2^{-m}$, makes pre-activations exactly 0. Second, $D+D''$ need not be the sign matrix of any network: its
# entries can lie strictly between 0 and 1. A spectral bound for products that contain it must hold for every diagonal
# matrix with entries in $[0,1]$.
#
# **The same lemma elsewhere.** The two papers print the same lemma, from the same source. du18 and gulcu19 take
# smooth activations: there the chord's slope less the slope at $a$ is at most $\beta|a_k-b_k|/2$ for a
# $\beta$-Lipschitz derivative, small but not sparse. How two products with such factors differ is in
# {prf:ref}`du18.lemE.1`.
