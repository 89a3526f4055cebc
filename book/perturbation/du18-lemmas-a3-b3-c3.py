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
# # When all weights move a little, the states move by a constant factor with skip connections, and by $c^H$ without

# %% tags=["remove-cell"]
from importlib.util import find_spec

from IPython import get_ipython

if find_spec("resnet_lab") is None:
    address = "git+https://github.com/resnet-lab/executable-proofs"
    get_ipython().run_line_magic("pip", f"install -q 'resnet-lab @ {address}'")

# %% [markdown]
# ```{prf:lemma} du18, Lemma A.3 (fully connected)
# :label: du18.lemA.3
#
# Suppose that $\|W^{(h)}(0)\|_2\le c_{w,0}\sqrt m$, $\|x^{(h)}(0)\|_2\le c_{x,0}$ and
# $\|W^{(h)}(k)-W^{(h)}(0)\|_F\le\sqrt mR$ for every $h\in[H]$, for constants $c_{w,0},c_{x,0}>0$ and
# $R\le c_{w,0}$. If $\sigma$ is $L$-Lipschitz, then
# $\|x^{(h)}(k)-x^{(h)}(0)\|_2\le\sqrt{c_\sigma}Lc_{x,0}g_{c_x}(h)R$ for every $h\in[H]$, where
# $c_x=2\sqrt{c_\sigma}Lc_{w,0}$ and $g_\alpha(h)=\sum_{i=0}^{h-1}\alpha^i$.
# ```
#
# - **Networks** ({cite}`du18`, section 2.2): $x^{(0)}=x$, $x^{(1)}=\sqrt{c_\sigma/m}\,\sigma(W^{(1)}x)$, then
#   $x^{(h)}=\sqrt{c_\sigma/m}\,\sigma(W^{(h)}x^{(h-1)})$ (fully connected) or
#   $x^{(h)}=x^{(h-1)}+\frac{c_\lambda\lambda^{3/2}}{H\sqrt m}\sigma(W^{(h)}x^{(h-1)})$ (residual).
# - **Constants**: $c_\sigma=1/\mathbb E\sigma(X)^2$, $0<c_\lambda<1$, $0<\lambda\le1$. **Data**: $\|x\|=1$.
# - Nothing is random here. "$k$" only means: some other weights.
#
# **Idea.** Put $\delta_h=\|x^{(h)}(k)-x^{(h)}(0)\|$. Insert $\sigma(W^{(h)}(k)x^{(h-1)}(0))$. The Lipschitz
# constant and $\|W(k)\|_2\le\|W(0)\|_2+\|W(k)-W(0)\|_F\le2c_{w,0}\sqrt m$ give, for a fully connected layer,
#
# $$\delta_h\le\sqrt{c_\sigma}L\bigl(2c_{w,0}\,\delta_{h-1}+R\,\|x^{(h-1)}(0)\|\bigr) ,$$
#
# and $g(h)=1+c_xg(h-1)$ solves it. A residual layer adds $\delta_{h-1}$ and divides the rest by $H$, so that $H$
# of them amplify by $e^{2c_\lambda c_{w,0}L}$ only.
#
# **Why it fails as printed.** For $h=1$ the state before the layer is the input. The hypothesis starts at $h=1$
# and does not know it. One neuron, $\sigma(z)=z$, $x=1$: $W(0)=\frac12$, $W(k)=\frac32$. Here $c_{x,0}=\frac12$,
# $c_{w,0}=R=1$. The state moves from $\frac12$ to $\frac32$, by 1; the bound is $\frac12$. With
# $c_{x,0}\ge\|x\|$, as in the paper's use of the lemma ($c_{x,0}=2$), it holds, and it is sharp.
#
# **What we check.** Random perturbations would show nothing about a supremum. So the upper bounds are proved with
# all norms as symbols; the lower bounds are networks, written down, that attain them. The refutations are
# networks too, for the two statements of lemmas a second one with another activation. *Textbook*: triangle
# inequality, $\|Wx\|\le\|W\|_2\|x\|$, $\|W\|_2\le\|W\|_F$. Not checked: what the paper does with them.

# %% tags=["hide-input"]
from fractions import Fraction

import jax.numpy as jnp
import jax.random as jr
import matplotlib.pyplot as plt
import numpy as np
import sympy as sp

from resnet_lab import bounds, limits, page
from resnet_lab.evidence import all_of, any_of, certified, exact

chapter = page.Chapter("perturbation/du18-lemmas-a3-b3-c3")
setting = chapter.setting(depth=12, width=64)  # of the random perturbations in the figure

# %% [markdown]
# First the neuron above, at any depth. Then the paper's example, the softplus: one neuron whose weight rises from
# $-10$ to 0, so $R=c_{w,0}=10$ and, at $H=1$, $c_{x,0}=\sqrt{c_\sigma}\log(1+e^{-10})$. By Jensen's inequality
# $\mathbb E\sigma(X)^2\ge\sigma(0)^2$, so $\sqrt{c_\sigma}\le1/\log2$. In units of $\sqrt{c_\sigma}$ the move is 0.69
# and the bound at most 0.0007.


# %%
def one_neuron(depth=1, value=Fraction(1, 2), factor=1, move=1):  # sigma(z) = z, c_w = max(value, move) = 1
    moved = (value + move) ** depth - value**depth
    bound = factor * value * sum((2 * move) ** i for i in range(depth)) * move
    return exact.compare(moved, bound, at=f"m = 1, linear, x = 1, W(0) = {value}, W(k) = {value + move}, H = {depth}")


def softplus_neuron(factor=1, weight=10):  # over sqrt(c_sigma), which is at most 1 / log 2
    before = sp.log(1 + sp.exp(-weight))
    bound = factor * before / sp.log(2) * weight
    return exact.compare(sp.log(2) - before, bound, at=f"m = 1, softplus, x = 1, W(0) = -{weight}, W(k) = 0, H = 1")


def as_printed(depth=1, value=Fraction(1, 2), factor=1):
    return any_of(one_neuron(depth, value, factor), softplus_neuron(factor))  # refuted if both refute

# %%
chapter.judge("du18.lemA.3", as_printed, expect="REFUTED", severity="hypothesis", repair="du18.lemA.3.fix",
    reading="two networks: a linear neuron and a softplus neuron",
    mutants={"H = 2, a bound 6/5 times as large": dict(depth=2, factor=Fraction(6, 5)),
        "ten times the bound, W(0) = 1/20": dict(value=Fraction(1, 20), factor=10)},
    survives={"du18.sec6.s11": "open: with the repair the factor is the same; that statement is judged by itself",
        "du18.lemA.4": "open: it supposes 1/c_{x,0} <= |x^(h)(0)| <= c_{x,0}, so c_{x,0} >= 1, and the repair serves",
        "du18.lemA.4.s1": "open: c_{x,0} >= 1 in Lemma A.4, so the repair serves; judged by itself",
        "du18.lemA.4.s2": "open: c_{x,0} >= 1 in Lemma A.4, so the repair serves; judged by itself",
        "du18.lemA.5": "open: with c_{x,0} = 2 from Lemma A.1 the repair serves; judged by itself"})

# %% [markdown]
# ```{prf:lemma} Lemma A.3 with the input among the states
# :label: du18.lemA.3.fix
#
# If the hypotheses of Lemma A.3 hold, and $\|x\|_2\le c_{x,0}$ as well, then
# $\|x^{(h)}(k)-x^{(h)}(0)\|_2\le\sqrt{c_\sigma}Lc_{x,0}g_{c_x}(h)R$ for every $h=0,1,\dots,H$.
# ```
#
# Hypotheses: any $\sigma(0)$, any width, any $L$. The induction starts at $h=0$, where both sides are 0. One layer:
# write each norm as its bound less something, $R\le c_{w,0}$ as $c_{w,0}=R+e_4$, and
# $\|W(0)\|_2/\sqrt m=c_{w,0}/(1+e_5)$; first the norms go up to their bounds, then $c_{w,0}+R$ to $2c_{w,0}$. A
# `skip` of 1 is the residual layer, for later.

# %%
before, move, state, scale = sp.symbols("before move state scale", nonnegative=True)  # the actual norms
e1, e2, e3, e4, e5 = sp.symbols("e1:6", nonnegative=True)


def one_layer(skip=0, gain=2, patches=1, claimed=1):
    R, g, c_x0 = move + e1, before + e2, state + e3  # bounds of the three norms
    c_w, stretch = R + e4, 1 + e5  # |W(0)|_2 / sqrt(m) = c_w / stretch; both sides times stretch
    reached = skip * stretch * before
    reached += scale * patches * ((c_w + stretch * move) * before + stretch * move * state)
    at_bounds = stretch * (skip * g + scale * patches * ((c_w + R) * g + R * c_x0))
    norms = exact.at_most(sp.expand(reached), sp.expand(at_bounds))
    r, g, x = sp.symbols("r g x", nonnegative=True)  # r = R, c_w = r + e4
    merged = exact.at_most(patches * ((2 * r + e4) * g + r * x), claimed * (gain * (r + e4) * g + r * x))
    return all_of(norms, merged)


# %% [markdown]
# Then the induction: the bound $KXRG$ of layer $h-1$, with $K=\sqrt{c_\sigma}L$, $X=c_{x,0}$ and $G=g_{c_x}(h-1)$,
# becomes $KXR(1+c_xG)$, and $1+c_xg_{c_x}(h-1)=g_{c_x}(h)$.

# %%
K, X, c_w, R, G, H, L = sp.symbols("K X c_w R G H L", positive=True)
c, h = sp.symbols("c h", positive=True)


def fully_connected(gain=2):
    closes = exact.identity(K * (gain * c_w * K * X * R * G + R * X), K * X * R * (1 + gain * K * c_w * G))
    series = exact.identity((c**h - 1) / (c - 1), 1 + c * (c ** (h - 1) - 1) / (c - 1))  # g_c(h), c not 1
    return all_of(one_layer(0, gain), closes, series, says="one layer turns the bound of layer h - 1 into that of h")

# %%
chapter.judge("du18.lemA.3.fix", fully_connected, expect="PROVED",
    mutants={"c_x = sqrt(c_sigma) L c_w": dict(gain=1), "c_x = 1.5 sqrt(c_sigma) L c_w": dict(gain=Fraction(3, 2))})

# %% [markdown]
# (du18.lemA.3.s3)=
# ## The bound is attained, exactly
#
# For every $c_{w,0}>0$, $R>0$, width and depth there are an affine $\sigma$ with $L=1$, weights and an input with
# $\|x\|=c_{x,0}=1$ for which $\|x^{(h)}(k)-x^{(h)}(0)\|_2=\sqrt{c_\sigma}Lc_{x,0}g_{c'}(h)R$ with
# $c'=\sqrt{c_\sigma}L(c_{w,0}+R)$, for every $h\in[H]$. At $R=c_{w,0}$ this is the bound of Lemma A.3.
#
# Take $\sigma(z)=z+\frac{1-c^2}{2c}$ with $c=c_{w,0}$; then $\sqrt{c_\sigma}=\frac{2c}{1+c^2}$, and a neuron of
# weight $c$ maps 1 to 1. Add $R$ to the weight everywhere. (In width $m$: $W^{(1)}=c\,\mathbf1x^\top$ and
# $W^{(h)}=\frac c{\sqrt m}\mathbf1\mathbf1^\top$ keep all entries of a state equal, and their rank-one change has
# $\|\cdot\|_2=\|\cdot\|_F$.) So no constant of the lemma can be lowered, and the amplification $c_x^{h-1}$ is real:
# here $c_x=\frac{4c^2}{1+c^2}$ is anything between 0 and 4.


# %%
def attained(share=1):
    offset, root = (1 - c**2) / (2 * c), 2 * c / (1 + c**2)  # sigma(0) and sqrt(c_sigma)
    normalised = exact.identity(root**2 * (1 + offset**2), 1)
    stays = exact.identity(root * (c * 1 + offset), 1)
    below = root * R * G  # the move at layer h - 1: sqrt(c_sigma) R g(h - 1)
    reached = root * R * (1 + root * (c + share * R) * G)
    moves = exact.identity(root * ((c + R) * (1 + below) + offset) - 1, reached)
    return all_of(normalised, stays, moves, says="an affine neuron whose weight grows by R attains it in each layer")

# %%
chapter.judge("du18.lemA.3.s3", attained, expect="PROVED",
    mutants={"c_w alone for c_w + R": dict(share=0), "c_w + 2R": dict(share=2)})

# %% [markdown]
# (du18.lemA.3.s1)=
# ## The first layer of the induction
#
# At $h=1$ the chain of the proof puts $c_{x,0}$ for $\|x^{(h-1)}(0)\|_2$: from $\|x^{(h)}(0)\|_2\le c_{x,0}$ for
# every $h\in[H]$ follows
# $\sqrt{c_\sigma/m}\,L\|W^{(1)}(k)-W^{(1)}(0)\|_F\|x^{(0)}(0)\|_2\le\sqrt{c_\sigma/m}\,L\sqrt mRc_{x,0}$.
#
# The state $x^{(0)}$ is the input, of norm 1. In the neuron above the left side is 1 and the right side
# $\frac12$; with $H=1$ and $W(0)=\varepsilon$ it is $\varepsilon$.
#
# (du18.lemA.3.s1.fix)=
# **Repair.** If $\|x\|_2\le c_{x,0}$ (with $\|x\|_2=1$: if $c_{x,0}\ge1$), then
# $\sqrt{c_\sigma/m}\,L\|W^{(1)}(k)-W^{(1)}(0)\|_F\|x\|_2\le\sqrt{c_\sigma/m}\,L\sqrt mRc_{x,0}$.


# %%
def first_layer(value=Fraction(1, 2), move=1):  # one linear neuron, x = 1: |W(k) - W(0)| |x| against R c_{x,0}
    left = (value + move) - value
    return exact.compare(left, move * value, at=f"m = 1, x = 1, W(0) = c_x0 = {value}, R = {move}")


def first_layer_repaired(shortfall=0):  # c_{x,0} = |x| (1 + e1) - shortfall, |W(k) - W(0)|_F = sqrt(m) R / (1 + e2)
    left = K * R / (1 + e2) * state
    return exact.at_most(left, K * R * (state * (1 + e1) - shortfall * state))

# %%
chapter.judge("du18.lemA.3.s1", first_layer, expect="REFUTED", severity="hypothesis", repair="du18.lemA.3.s1.fix",
    mutants={"c_{x,0} = 9/10": dict(value=Fraction(9, 10)), "R = 1/10": dict(move=Fraction(1, 10))},
    survives={"du18.lemA.3": "no: the same network refutes it; du18.lemA.3.fix adds the hypothesis"})
chapter.judge("du18.lemA.3.s1.fix", first_layer_repaired, expect="PROVED",
    mutants={"c_{x,0} at least half of |x|": dict(shortfall=sp.Rational(1, 2))})

# %% [markdown]
# (du18.lemA.3.s2)=
# ## The remark on the spectral norms
#
# There are constants $c_{w,0}$ and $C$ such that for all $H$, $d$, $\delta$ and $m\ge C\log(H/\delta)$, with
# probability at least $1-\delta$ over the initialisation, $\|W^{(h)}(0)\|_2\le c_{w,0}\sqrt m$ for every
# $h\in[H]$, by Lemma E.4 and a union bound.
#
# For $h=1$ the matrix is $m\times d$, and Lemma E.4 asks for $c_{w,0}>1+\sqrt{d/m}$. No theorem of the paper bounds
# $d$ by the width. Whatever $c=c_{w,0}$ and $m$ are, take $d=4c^2m$: the squared norm of the first row is
# $\chi^2_d$, and if $\|W^{(1)}\|_2\le c\sqrt m$ it is at most $d/4$. By Chebyshev's inequality that has probability
# at most $\frac{32}{9d}$, below $1-\delta=\frac12$ for all $d\ge8$. (In the span of the inputs $n$ columns would
# do; the remark speaks of the whole matrix.) The check encloses the exact probability for $m=10$ and three
# constants.


# %%
def wide_input(factor=4, least="1/2", constants=(3, 10, 30), width=10):
    def norm_is_small(constant):
        columns = factor * constant**2 * width  # d
        probability = limits.chi_square_lower_tail(columns, columns // factor)
        return certified.number(probability, least, sense=">=", at=f"m = {width}, c_w = {constant}, d = {columns}")

    return any_of(*(norm_is_small(constant) for constant in constants))

# %%
chapter.judge("du18.lemA.3.s2", wide_input, expect="REFUTED", severity="hypothesis", repair="du18.lemA.3.s2.fix",
    reading="three constants c_w at one width; Chebyshev's inequality covers every constant and width",
    mutants={"d = 2 c^2 m": dict(factor=2), "probability at least 1/10": dict(least="1/10")})

# %% [markdown]
# (du18.lemA.3.s2.fix)=
# ## Repair: all layers but the first
#
# If $c_{w,0}>2$ and $m\ge\frac2{(c_{w,0}-2)^2}\log\frac H\delta$, then with probability at least $1-\delta$,
# $\|W^{(h)}(0)\|_2\le c_{w,0}\sqrt m$ for all $h\in[2,H]$, and for $h=1$ too if $d\le m$.
#
# The union bound over at most $H$ matrices of Lemma E.4's tail $e^{-(c_{w,0}-2)^2m/2}$; a matrix with fewer columns
# has a smaller norm. This is enough: in Lemma A.3 the norm of $W^{(1)}(0)$ is multiplied by $\delta_0=0$.

# %%
delta = sp.Symbol("delta", positive=True)


def union(factor=2, layers=H):
    width = factor / (c_w - 2) ** 2 * sp.log(layers / delta)
    return exact.identity(H * sp.exp(-((c_w - 2) ** 2) * width / 2), delta)

# %%
chapter.judge("du18.lemA.3.s2.fix", union, expect="PROVED",
    reading="at the least width, as the probability falls with m; textbook: Davidson and Szarek, union bound",
    mutants={"half the width": dict(factor=1), "no log H": dict(layers=1)})

# %% [markdown]
# ## Residual networks
#
# ```{prf:lemma} du18, Lemma B.3, as its proof ends
# :label: du18.lemB.3
#
# Under the hypotheses of Lemma A.3, for the residual network and every $h\in[H]$,
# $\|x^{(h)}(k)-x^{(h)}(0)\|_2\le\Big(\sqrt{c_\sigma}L+\frac{c_{x,0}}{c_{w,0}}\Big)e^{2c_\lambda c_{w,0}L}R$.
# ```
#
# Hypotheses: $\|x\|_2=1$, $0<\lambda\le1$; any $c_{x,0},c_{w,0}>0$. Here the first layer stands by itself
# ($\delta_1\le\sqrt{c_\sigma}LR$), so $c_{x,0}$ need not know the input. The proof silently drops
# $\lambda^{3/2}\le1$: right, since $\lambda$ is the least eigenvalue of a matrix with diagonal 1.
#
# With $b=\frac{2c_\lambda c_{w,0}L}H$ and $P=(1+b)^{h-1}$ the recursion
# $g(h)=(1+b)g(h-1)+\frac{c_\lambda L}HRc_{x,0}$, $g(1)=\sqrt{c_\sigma}LR$, is solved by
# $PKR+(P-1)\frac X{2c_{w,0}}R$; and $P\le E=e^{2c_\lambda c_{w,0}L}$. So the second summand has a factor 2 to
# spare. The same function serves Lemma C.3, where $K$ and $L$ carry a $\sqrt q$.

# %%
b, P1, f, z = sp.symbols("b P1 f z", nonnegative=True)
P = 1 + P1
solution = P * K * R + (P - 1) * X / (2 * c_w) * R


def residual(gain=2, second=1, exponent=1, patches=1, claimed=1):
    step = b / (2 * c_w) * R * X  # (c_lambda L / H) R c_{x,0}
    solves = exact.identity((1 + b) * solution + step, solution.subs(P1, (1 + P1) * (1 + b) - 1))
    end = exact.at_most(solution, (K + second * X / c_w) * (P + f) * R)  # E = P + f
    scales = exact.at_most((1 + z) ** -3, 1)  # lambda^(3/2) for lambda = (1 + z)^-2
    first = exact.at_most(K * patches * R / (1 + z), K * claimed * R)
    says = "one layer, the first layer, the recursion's solution, its product at most an exponential, and the rest"
    layer, product = one_layer(1, gain, patches, claimed), bounds.upper_product(exponent)
    return all_of(layer, first, solves, product, end, scales, says=says)

# %%
chapter.judge("du18.lemB.3", residual, expect="PROVED",
    mutants={"exponent c_lambda c_w L": dict(exponent=sp.Rational(1, 2)), "no factor 2 at c_w": dict(gain=1),
        "c_{x,0}/(4 c_w)": dict(second=sp.Rational(1, 4))})

# %% [markdown]
# (du18.lemB.3.s1)=
# ### The statement that is printed
#
# Lemma B.3 as stated: under the hypotheses of Lemma A.3, for the residual network and every $h\in[H]$,
# $\|x^{(h)}(k)-x^{(h)}(0)\|_2\le\Big(\sqrt{c_{x,0}}L+\frac{c_{x,0}}{c_{w,0}}\Big)e^{2c_{x,0}c_{w,0}L}R$.
#
# Two indices differ from the end of the proof: $c_{x,0}$ stands for $c_\sigma$ and for $c_\lambda$. (Reading: no
# scanning error, as the second slip comes back in Lemma B.5.) The exponent is only larger than needed, if
# $c_{x,0}\ge c_\lambda$. The root is too small when $c_\sigma$ is large: one neuron, $\sigma(z)=\frac z{10}$, so
# that $L=\frac1{10}$ and $c_\sigma=100$; $x=1$, $W^{(1)}(0)=1$, $W^{(1)}(k)=1+R$. Then $x^{(1)}$ moves from 1 to
# $1+R$. With $c_{x,0}=1$ and $c_{w,0}=4$ the bound is $0.78R$.
#
# Nor does $L=1$ or another choice of constants help: $\sigma(z)=\max(|z|-T,0)$ has any $c_\sigma$. Let one weight of
# $m=T^2/c_{w,0}^2$ neurons be $T$, the others 0; that weight grows by $\sqrt mR$. Then $x^{(1)}$ moves from 0 by
# $\sqrt{c_\sigma}R$. With $T=3$, $m=36$, $c_{w,0}=\frac12$ and $c_{x,0}=1$ that is $49.6R$; the bound is $3eR$.


# %%
def printed_neuron(slope=Fraction(1, 10), c_x0=1, c_w=4, R=1):  # sqrt(c_sigma) = 1/slope
    bound = (sp.sqrt(c_x0) * slope + sp.Rational(c_x0) / c_w) * sp.exp(2 * c_x0 * c_w * sp.Rational(slope)) * R
    moved = 1 / slope * (slope * (1 + R) - slope * 1)
    return exact.compare(moved, bound, at=f"m = 1, sigma(z) = {slope} z, W: 1 -> {1 + R}, c_w = {c_w}, c_x0 = {c_x0}")


def printed_threshold(c_x0=1, T=3, c_w=Fraction(1, 2)):  # over R; E sigma(X)^2 by parts
    mean_square = (1 + T**2) * sp.erfc(T / sp.sqrt(2)) - 2 * T * sp.exp(-sp.Rational(T**2, 2)) / sp.sqrt(2 * sp.pi)
    bound = (sp.sqrt(c_x0) + sp.Rational(c_x0) / c_w) * sp.exp(2 * sp.Rational(c_x0) * c_w)
    return exact.compare(1 / sp.sqrt(mean_square), bound, at=f"sigma = max(|z| - {T}, 0), c_w = {c_w}, c_x0 = {c_x0}")


def printed(slope=Fraction(1, 10), c_x0=1):
    return any_of(printed_neuron(slope, c_x0), printed_threshold(c_x0))

# %%
chapter.judge("du18.lemB.3.s1", printed, expect="REFUTED", severity="typo", repair="du18.lemB.3",
    reading="two networks of one layer, with L = 1/10 and L = 1",
    mutants={"c_{x,0} = 3/2, L = 1/50": dict(slope=Fraction(1, 50), c_x0=Fraction(3, 2))})

# %% [markdown]
# (du18.lemB.3.s2)=
# ### The recursion that is announced
#
# With $g(1)=\sqrt{c_\sigma}LR$ and $g(h)=g(h-1)\big[1+\frac{2c_\lambda c_{w,0}L}H\big]+\frac LHRc_{x,0}$ for
# $2\le h\le H$: $g(h)\le\big(\sqrt{c_\sigma}L+\frac{c_{x,0}}{c_{w,0}}\big)e^{2c_\lambda c_{w,0}L}R$ for every
# $h\in[H]$.
#
# A $c_\lambda$ is missing in the last summand; the chain that follows ends with it. Without it the sum of these
# summands is of order $Lc_{x,0}R$ however small $c_\lambda$ is. At $H=2$, $\sigma(z)=2z$ ($L=2$, $c_\sigma=\frac14$),
# $c_{w,0}=4$, $c_{x,0}=1$, $c_\lambda=\frac1{100}$: $g(2)=2.08R$ against $1.47R$.
#
# (du18.lemB.3.s2.fix)=
# **Repair.** With $g(1)=\sqrt{c_\sigma}LR$ and
# $g(h)=g(h-1)\big[1+\frac{2c_\lambda c_{w,0}L}H\big]+\frac{c_\lambda L}HRc_{x,0}$ for $2\le h\le H$:
# $g(h)\le\big(\sqrt{c_\sigma}L+\frac{c_{x,0}}{c_{w,0}}\big)e^{2c_\lambda c_{w,0}L}R$ for every $h\in[H]$.


# %%
def announced(small=Fraction(1, 100), depth=2, power=0):  # L = 2, c_w = 4, K = X = R = 1
    g = 1
    for _ in range(depth - 1):
        g = g * (1 + 2 * small * 8 / depth) + small**power * Fraction(2, depth)
    bound = (1 + sp.Rational(1, 4)) * sp.exp(16 * sp.Rational(small))
    at = f"H = {depth}, L = 2, c_w = 4, sqrt(c_sigma) L = c_x0 = R = 1, c_lambda = {small}"
    return exact.compare(g, bound, at=at)


def announced_repaired(second=1, exponent=1):
    step = b / (2 * c_w) * R * X
    solves = exact.identity((1 + b) * solution + step, solution.subs(P1, (1 + P1) * (1 + b) - 1))
    end = exact.at_most(solution, (K + second * X / c_w) * (P + f) * R)
    return all_of(solves, bounds.upper_product(exponent), end, says="the solution and its bound, for all constants")

# %%
chapter.judge("du18.lemB.3.s2", announced, expect="REFUTED", severity="typo", repair="du18.lemB.3.s2.fix",
    mutants={"H = 3": dict(depth=3), "c_lambda = 1/50": dict(small=Fraction(1, 50))})
chapter.judge("du18.lemB.3.s2.fix", announced_repaired, expect="PROVED",
    mutants={"half the exponent": dict(exponent=sp.Rational(1, 2)),
        "c_{x,0}/(4 c_w)": dict(second=sp.Rational(1, 4))})

# %% [markdown]
# (du18.lemB.3.s3)=
# ### The first layer's display
#
# $\sqrt{\frac{c_\sigma}m}\big\|\sigma(W^{(1)}(k)x)-\sigma(W^{(1)}(0)x)\big\|_2
# \le\sqrt{\frac{c_\sigma}m}\,\|W^{(1)}(k)-W^{(1)}(0)\|_F\le\sqrt{c_\sigma}LR$.
#
# An $L$ is missing in the middle. One neuron, $\sigma(z)=Lz$, weight moved by $R=1$: over $\sqrt{c_\sigma}$ the
# three terms are $L$, 1, $L$. For $L=2$ the first inequality fails, for $L=\frac12$ the second.
#
# (du18.lemB.3.s3.fix)=
# **Repair.** $\sqrt{\frac{c_\sigma}m}\big\|\sigma(W^{(1)}(k)x)-\sigma(W^{(1)}(0)x)\big\|_2
# \le\sqrt{\frac{c_\sigma}m}\,L\|W^{(1)}(k)-W^{(1)}(0)\|_F\le\sqrt{c_\sigma}LR$.

# %%
chapter.judge("du18.lemB.3.s3", bounds.first_layer_display, expect="REFUTED", severity="typo", repair="du18.lemB.3.s3.fix",
    mutants={"L = 1/2": dict(slope=Fraction(1, 2)), "L^2 in the middle": dict(power=2)})
chapter.judge("du18.lemB.3.s3.fix", bounds.first_layer_move, expect="PROVED",
    mutants={"no L": dict(power=0), "L^2": dict(power=2)})

# %% [markdown]
# (du18.lemB.3.s4)=
# ### The sharp constant of the residual bound
#
# Under the hypotheses of Lemma B.3,
# $\|x^{(h)}(k)-x^{(h)}(0)\|_2\le\Big(\sqrt{c_\sigma}LP+\frac{c_{x,0}}{2c_{w,0}}(P-1)\Big)R$ with
# $P=\big(1+\frac{2c_\lambda c_{w,0}L}H\big)^{h-1}\le e^{2c_\lambda c_{w,0}L}$. For every $c_{w,0}>1$, $L$,
# $c_\lambda$, $H$ and width, with $\lambda=1$, some network with $R=c_{w,0}$ attains it for every $h\in[H]$.
#
# Let $p=c_{w,0}$, $T=\frac{p^2-1}{2p}$, $S=\sqrt{1+T^2}=\frac{p^2+1}{2p}$, $\sigma(z)=L(z-T)$, so that
# $\sqrt{c_\sigma}L=\frac1S$. One neuron with $W^{(1)}=T+\frac{ST}p\le p$ starts at $c_{x,0}=\frac Tp$; the blocks
# with $W^{(h)}=p$ have pre-activation $T$, so they add nothing and the state stays. Yet they see a move with the
# full slope. Add $R=p$ to all weights. (In width $m$ as in {ref}`the fully connected case <du18.lemA.3.s3>`.)

# %%
t, s = sp.Symbol("t", positive=True), sp.Symbol("s", positive=True)  # c_w = p = 1 + t; s = c_lambda L / H


def residual_attained(second=1):
    p = 1 + t
    T, S = (p**2 - 1) / (2 * p), (p**2 + 1) / (2 * p)
    start, first = T / p, T + S * T / p  # c_{x,0} and W^(1)(0)
    sigma = lambda pre: pre - T  # noqa: E731, over L
    reached = (P / S + second * (P - 1) * start / (2 * p)) * p  # the bound with R = p at layer h - 1, or h
    block = reached + s * sigma(2 * p * (start + reached))
    says = "a neuron whose blocks are silent before, and whose weights double, moves by the bound in each layer"
    return all_of(
        exact.identity(S**2, 1 + T**2),
        exact.at_most(first, p),
        exact.identity(sigma(first) / S, start),
        exact.identity(sigma(p * start), 0),
        exact.identity(sigma(first + p) / S - start, p / S),
        exact.identity(block, reached.subs(P1, (1 + P1) * (1 + 2 * s * p) - 1)),
        residual(), says=says,
    )  # fmt: skip

# %%
chapter.judge("du18.lemB.3.s4", residual_attained, expect="PROVED",
    mutants={"c_{x,0}/c_w for c_{x,0}/(2 c_w)": dict(second=2), "c_{x,0}/(4 c_w)": dict(second=sp.Rational(1, 2))})

# %% [markdown]
# ## Convolutional residual networks
#
# ```{prf:lemma} du18, Lemma C.3
# :label: du18.lemC.3
#
# Under the hypotheses of Lemma A.3 with $\|x^{(h)}(0)\|_F\le c_{x,0}$ and $c_{w,0},c_{x,0}>1$, for the
# convolutional residual network and every $h\in[H]$,
# $\|x^{(h)}(k)-x^{(h)}(0)\|_F
# \le\Big(\sqrt{c_\sigma}L\sqrt q+\frac{c_{x,0}}{c_{w,0}}\Big)e^{2c_{w,0}L\sqrt qc_\lambda}R$.
# ```
#
# Hypotheses: $\|x\|_F=1$; $\phi$ is linear with $\|\phi(x)\|_F\le\sqrt q\|x\|_F$; $\lambda\le1$, since a least
# eigenvalue is at most the mean $\frac1{2p}(\|\phi(x_i)\|_F^2+\|\phi(x_j)\|_F^2)\le\min(p,q)/p$ of all. The matrix
# of a layer acts on each of the $p$ columns of $\phi(x)$, so $\|W\phi(x)\|_F\le\|W\|_2\|\phi(x)\|_F$. Every $L$ of
# Lemma B.3 becomes $L\sqrt q$, also in the first layer. This time the announced recursion has its $c_\lambda$ and
# the first display its $L$. That $c_{w,0},c_{x,0}>1$ is not needed.

# %%
root = 1 + sp.Symbol("root", nonnegative=True)  # sqrt(q)


def convolutional(claimed=root, exponent=1):
    return residual(2, 1, exponent, root, claimed)

# %%
chapter.judge("du18.lemC.3", convolutional, expect="PROVED",
    mutants={"no sqrt(q)": dict(claimed=1), "half the exponent": dict(exponent=sp.Rational(1, 2))})

# %% [markdown]
# (du18.lemC.3.s1)=
# ### The root of the patch size is needed
#
# For patches of $q=3$ neighbours on $p$ pixels with zero padding, a linear $\sigma$ and one channel, moving
# $W^{(1)}$ by $\frac R{\sqrt3}(1,1,1)$ moves $x^{(1)}$ by $\frac{1+2\cos(\pi/(p+1))}{\sqrt3}R$ for some image with
# $\|x\|_F=1$; this tends to $\sqrt q\,R$ as $p\to\infty$.
#
# The map is the matrix with ones on three diagonals. The image with entries $\sin(j\theta)$,
# $\theta=\frac\pi{p+1}$, is an eigenvector:
# $\sin((j-1)\theta)+\sin(j\theta)+\sin((j+1)\theta)=(1+2\cos\theta)\sin(j\theta)$, and both neighbours outside are
# 0. At $p=3$ that is 80 % of $\sqrt3R$, at $p=100$ more than 99.9 % (2.997 for 3). For few pixels the $\sqrt q$ is
# loose: at $p=1$ every patch holds one pixel.

# %%
j, theta = sp.symbols("j theta", real=True)


def smooth_image(pixels=100, weight=1, least="2.997"):
    neighbours = sp.sin((j - 1) * theta) + sp.sin((j + 1) * theta)
    left = sp.expand_trig(sp.expand(neighbours)) + weight * sp.sin(j * theta)
    eigenvector = exact.identity(left, (1 + 2 * sp.cos(theta)) * sp.sin(j * theta))
    outside = exact.identity(sp.sin((pixels + 1) * sp.pi / (pixels + 1)), 0)
    large = exact.compare(1 + 2 * sp.cos(sp.pi / (pixels + 1)), least, sense=">=", covers=True, at=f"p = {pixels}")
    says = "the sine is an eigenvector, its eigenvalue near 3 for many pixels"
    return all_of(eigenvector, outside, large, says=says)

# %%
chapter.judge("du18.lemC.3.s1", smooth_image, expect="PROVED",
    mutants={"10 pixels are enough for 99.9 %": dict(pixels=10), "middle weight 2": dict(weight=2)},
    reading="every p for the eigenvector, p = 100 for the nearness; the cosine is continuous at 0")

# %% [markdown]
# ## The three ways to move
#
# Left: fully connected and linear, $c_{w,0}=c_{x,0}=1$. The aligned network moves by $(1+R)^h-1$, at $R=1$ exactly
# the bound $2^h-1$; random matrices of the same Frobenius norm, around a random orthogonal network, hardly move it.
# Right: the neuron of {ref}`the sharp residual bound <du18.lemB.3.s4>` ($c_{w,0}=2$, $L=1$, $c_\lambda=\frac12$) at
# growing depth.

# %% mystnb={"image": {"alt": "Left, move of the state against the layer on a logarithmic axis: the bound two to the h minus one and the aligned network at R = 1 coincide, the aligned network at R = 0.1 grows more slowly, and random perturbations of both sizes hardly rise and end below 1. Right, move divided by R of the residual neuron against depth: the points lie on the sharp bound and rise from 1.7 towards 6.5; Lemma B.3's bound is the constant 7.3."}} tags=["hide-input"]
figure, (left, right) = plt.subplots(1, 2, figsize=(9, 3.4), layout="constrained")
layers = np.arange(1, setting.depth + 1)
for size, marker in ((1.0, "o"), (0.1, "s")):
    left.plot(layers, (1 + size) ** layers - 1, marker, markersize=4, label=f"aligned, R = {size:g}")
    keys = jr.split(chapter.key(f"figure {size}"), 2 * setting.depth)
    start = moved = jnp.eye(setting.width)[0]
    moves = []
    for one, two in zip(keys[::2], keys[1::2], strict=True):
        orthogonal = jnp.linalg.qr(jr.normal(one, (setting.width, setting.width)))[0]
        noise = jr.normal(two, orthogonal.shape)
        start, moved = orthogonal @ start, (orthogonal + size * noise / jnp.linalg.norm(noise)) @ moved
        moves.append(float(jnp.linalg.norm(moved - start)))
    left.plot(layers, moves, marker, markersize=4, mfc="none", label=f"random, R = {size:g}")
left.plot(layers, 2.0**layers - 1, "k-", linewidth=1, label="Lemma A.3 at R = 1")
left.set(xlabel="layer h", ylabel="‖x(k) − x(0)‖", yscale="log")
left.legend(fontsize=7)
depths, threshold, root_c = np.array([2, 4, 8, 16, 32, 64, 128]), 0.75, 0.8
found, sharp = [], []
for depth in depths:
    x0, xk = threshold / 2, root_c * (threshold + 1.25 * threshold / 2 + 2 - threshold)
    for _ in range(depth - 1):
        x0, xk = x0 + (2 * x0 - threshold) / (2 * depth), xk + (4 * xk - threshold) / (2 * depth)
    product = (1 + 2 / depth) ** (depth - 1)
    found.append((xk - x0) / 2)
    sharp.append(root_c * product + threshold / 8 * (product - 1))
right.plot(depths, found, "o", markersize=4, label="the neuron, R = 2")
right.plot(depths, sharp, "k--", linewidth=1, label="sharp bound")
right.axhline((root_c + threshold / 4) * np.exp(2), color="k", linewidth=1, label="Lemma B.3")
right.set(xlabel="depth H", ylabel="‖x(k) − x(0)‖ / R", xscale="log", ylim=(0, None))
_ = right.legend(fontsize=8)

# %% [markdown]
# The worst network doubles its move in every layer, the random one adds a small step: a check by random perturbations
# would have called any bound loose. The residual neuron stops growing with the depth.
#
# ## Slack and what to doubt
#
# - **Slack.** Lemma A.3, repaired, is attained at $R=c_{w,0}$; for smaller $R$ the factor 2 in $c_x$ may be
#   $1+R/c_{w,0}$ and no less. Lemmas B.3 and C.3 lose a factor 2 in the second
#   summand. All three speak of matrices that conspire; whether gradient descent ever goes there is another matter.
# - **Not a matter of $\sigma(0)$.** Only differences of $\sigma$ occur. That sets these lemmas apart from those on
#   the norms ({prf:ref}`du18.lemB.1`), whose proofs break at $\sigma(0)\ne0$; but the hypothesis
#   $\|x^{(h)}(0)\|\le c_{x,0}$ comes from there.
# - **The same lemma elsewhere.** {prf:ref}`nfres.lem4` is Lemma B.3 with trained scales $\alpha_h$, whose movement
#   its proof forgets.
# - **Doubt.** The constants $c_{x,0}$ of the residual lemmas grow like $e^{c_\lambda c_{w,0}L}$ themselves. The
#   networks that attain the bounds have affine activations, which the paper's Gram matrices exclude; by continuity
#   an analytic activation comes as near as one likes. Whether the extremal move is attained for a given activation,
#   such as the softplus, is not settled.
