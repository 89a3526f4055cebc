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
# # The backward product is Lipschitz in all weights, by a constant that does not grow with depth

# %% tags=["remove-cell"]
from importlib.util import find_spec

from IPython import get_ipython

if find_spec("resnet_lab") is None:
    address = "git+https://github.com/resnet-lab/executable-proofs"
    get_ipython().run_line_magic("pip", f"install -q 'resnet-lab @ {address}'")

# %% [markdown]
# (gulcu19.eq3.59)=
# **gulcu19, (3.59).** For $\phi(0)=0$: $\|D_{(1,H)}\|_2\le\Bigl[\bigl(1+\tfrac1{\sqrt
# H}\bigr)A^2BM\tfrac{c_{res}\sqrt{c_\phi}}m\,e^{2q}\|x\|_2+\tfrac1{\sqrt H}B\tfrac{c_{res}}{\sqrt
# m}\,e^q\Bigr]\|\tilde\theta-\theta\|_F$.
#
# - **Network** ({cite}`gulcu19`, (2.3)): $x^{(1)}=\sqrt{c_\phi/m}\,\phi(W^{(1)}x)$, then
#   $x^{(h)}=x^{(h-1)}+s\,\phi(W^{(h)}x^{(h-1)})$ for $2\le h\le H$, with $s=\frac{c_{res}}{H\sqrt m}$,
#   $0<c_{res}<1$, $|\phi'|\le B$, $|\phi''|\le M$ and $\phi(0)=0$.
# - **Two points** $\theta$ and $\tilde\theta$, a tilde for what belongs to the second; all $\|W^{(j)}\|$ and
#   $\|\tilde W^{(j)}\|$ are at most $A$, and $q=ABc_{res}/\sqrt m$.
# - **The product** $F_H\cdots F_2$ of $F_l=I+s\,\mathrm{diag}[\phi'(W^{(l)}x^{(l-1)})]W^{(l)}$ carries the output's
#   gradient back to layer 1; $D_{(1,H)}=\tilde F_H\cdots\tilde F_2-F_H\cdots F_2$ is its change, $sE_l=\tilde
#   F_l-F_l$.
# - **Reading.** The paper inserts (3.25), which is {ref}`false <gulcu19.eq3.25>` unless $\phi(0)=0$, and does not
#   assume that. We do, from (3.50) on; without it (3.59) is {ref}`false <gulcu19.eq3.59.s1>`.
# - **Short**: $u_l=sB\|W^{(l)}\|$, $\bar u_l=sB\|\alpha\tilde W^{(l)}+(1-\alpha)W^{(l)}\|$,
#   $\delta_l=\|\tilde W^{(l)}-W^{(l)}\|$, $T=\|\tilde\theta-\theta\|_F$.
#
# **Idea.** One block changes because its weights do, by $B\delta_l$, and because its slopes do. The slopes see two
# things: the row of weights moved, and the state before the layer moved. How far a state moves is the size of its
# derivative in *all* earlier weights. Then the changes of the blocks add up; each is multiplied by products that
# are at most $e^q$, and $\sum_l\delta_l\le\sqrt H\,T$.
#
# **What is wrong on the way.** {ref}`(3.51) <gulcu19.eq3.51.s1>` takes the norm of a derivative in several blocks
# of weights for the largest of the blocks' norms; but two equal blocks give $\sqrt2$. For the bounds (3.51) and
# (3.52) this is fatal in deep networks with a large first layer. And the recursion takes norms of the {ref}`wrong
# weights <gulcu19.eq3.43>`. **Both losses vanish in $e^q$**: the true derivative costs
# $\sqrt{1+(l-2)u^2}\,(1+u)^{l-2}$, which is below $e^{(l-3/2)u}$, and the formula (3.59) stands if $\phi(0)=0$.
#
# **What we check.** Each inequality with all norms as symbols, and networks that come close to it, with one neuron:
# linear ones, whose weights all move, and $\phi(z)=\sin(\kappa z)/\kappa$, which has $B=1$, $M=\kappa$,
# $|\phi(a+b)|\le|\phi(a)|+|\phi(b)|$ and is linear for small arguments. They come up to 84% of (3.59) where its
# second term dominates, and to 79% where the first does. *Textbook*: triangle inequality, Cauchy–Schwarz, mean
# value theorem, $1+u\le e^u$.

# %% tags=["hide-input"]
from fractions import Fraction
from functools import partial
from math import prod

import matplotlib.pyplot as plt
import numpy as np
import sympy as sp

from resnet_lab import limits, page
from resnet_lab.evidence import all_of, certified, exact

chapter = page.Chapter("perturbation/gulcu19-jacobian-change")
setting = chapter.setting(width=16, draws=20)  # m and the draws of the figure
ball = limits.ball

# %% [markdown]
# The sine network with one neuron: its states and slopes in balls, for a positive input $x=1$. $c_\phi=1/\mathbb
# E\,\phi(Z)^2=2\kappa^2/(1-e^{-2\kappa^2})$, about 1. (The paper prints $1/\mathbb E[\phi]^2$, infinite for odd
# functions; every claim here holds or fails alike for each $c_\phi>0$.)


# %%
def sine_states(weights, kappa, s):
    """sqrt(c_phi), the states x^(1), ..., x^(H-1) and the slopes of layers 2, ..., H of one neuron."""
    k = ball(kappa)
    root = (2 * k**2 / (1 - (-2 * k**2).exp())).sqrt()
    states, slopes = [root * (k * ball(weights[0])).sin() / k], []
    for w in map(ball, weights[1:]):
        slopes.append((k * w * states[-1]).cos())
        states.append(states[-1] + ball(s) * (k * w * states[-1]).sin() / k)
    return root, states[:-1], slopes


# %% [markdown]
# Two networks. *All weights move*: linear, $H=10$, $c_{res}=\frac12$, weights 1 and $\frac{99}{100}$ behind an
# unchanged first layer.

# %%
def all_move():
    """(|D|, A, c_res, H, delta) of the linear network."""
    H, s, delta = 10, Fraction(1, 20), Fraction(1, 100)
    return (1 + s) ** (H - 1) - (1 + s * (1 - delta)) ** (H - 1), 1, Fraction(1, 2), H, delta


# %% [markdown]
# *The first layer moves*: sine with $\kappa=\frac{157}{10000}$, $H=25$, $c_{res}=10^{-5}$, first weight
# 1 and $1+10^{-3}$, all others 100, so that their arguments are about $\frac\pi2$, where the slope changes fastest.

# %%
def first_moves():
    """(|D|, sqrt(c_phi), A, kappa, c_res, H, T) of the sine network."""
    H, c_res, kappa, A, T = 25, Fraction(1, 10**5), Fraction(157, 10000), 100, Fraction(1, 1000)
    s, products = c_res / H, []
    for first in (1, 1 + T):
        root, _, slopes = sine_states([first] + [A] * (H - 1), kappa, s)
        products.append(prod((1 + ball(s) * p * A for p in slopes), start=ball(1)))
    return abs(products[1] - products[0]), root, A, kappa, c_res, H, T


# %% [markdown]
# (3.59) for the two, with factors on its terms, the exponent of $A$ and that of $H$. From (3.58): with $h=\sqrt H$
# and $\sum_l\delta_l=hT/(1+w)$, as Cauchy–Schwarz says; one pair of layers shows it.

# %%
C1, C2, T_, w, g = sp.symbols("C1 C2 T w g", nonnegative=True)
h = sp.Symbol("h", positive=True)


def lipschitz(first=1, second=1, power=2, root=Fraction(1, 2)):
    change, A, c_res, H, delta = all_move()
    total = ball(delta) * ball(H - 1).sqrt()
    linear = ball(second) * (ball(A * c_res) - ball(root) * ball(H).log()).exp() * ball(c_res) * total
    part = certified.number(ball(change), linear, at="linear, H = 10, c_res = 1/2, weights 1 and then 99/100")
    change, root_c, A, kappa, c_res, H, T = first_moves()
    q, deep = ball(A * c_res), (-ball(root) * ball(H).log()).exp()
    curved = ball(first) * (1 + deep) * ball(A) ** power * ball(kappa * c_res) * root_c * (2 * q).exp()
    curved = (curved + ball(second) * deep * ball(c_res) * q.exp()) * ball(T)
    other = certified.number(change, curved, at="sin(kappa z)/kappa, H = 25, A = 100, first weight 1 and then 1.001")
    d1, d2 = sp.symbols("d1 d2", nonnegative=True)
    cauchy = exact.at_most(2 * d1 * d2, d1**2 + d2**2)
    deep = 1 / h ** (2 * sp.Rational(root))
    claimed = (sp.Rational(first) * (1 + deep) * C1 + sp.Rational(second) * deep * C2) * T_
    chain = exact.at_most(C1 * T_ + (C2 + C1) * (h * T_ / (1 + w)) / h**2, claimed)
    return all_of(part, other, cauchy, chain, says="(3.58) and Cauchy-Schwarz give it; two networks come close")

# %%
chapter.judge("gulcu19.eq3.59", lipschitz, expect="PROVED",
    reading="for phi(0) = 0; given (3.58); textbook: Cauchy-Schwarz, spectral norm at most Frobenius norm",
    mutants={"half of the first term": dict(first=Fraction(1, 2)),
        "4/5 of the second term": dict(second=Fraction(4, 5)),
        "A for A^2": dict(power=1), "1/H for 1/sqrt(H)": dict(root=1)})

# %% [markdown]
# The figure shows the change over the bound for the two extremal networks, and for random ones, in which the bound
# is loose by orders of magnitude: random matrices do not line up.

# %% mystnb={"image": {"alt": "Change of the backward product over the bound (3.59), against depth from 2 to 64, log scales. Linear neuron with all weights moving: from 0.64 up to 0.99. Sine neuron with the first layer moving: from 0.29 up to 0.87. Random tanh networks of width 16: near 0.002 at depth 2, falling to about 0.00003 at depth 64."}} tags=["hide-input"]
rng = np.random.default_rng([chapter.seed, 359])
depths = np.array([2, 4, 8, 16, 32, 64])
m = setting.width


def backward(weights, s, root):
    state, product = root * np.tanh(weights[0]), np.eye(len(weights[0]))
    for W in weights[1:]:
        new = np.tanh(W @ state)
        product, state = product + s * (1 - new**2)[:, None] * (W @ product), state + s * new
    return product


def random_ratio(H):
    s, move = 0.5 / (H * m**0.5), 1e-3
    old = [rng.standard_normal(m)] + [rng.standard_normal((m, m)) for _ in range(H - 1)]  # the first layer on x = 1
    new = [W + move * rng.standard_normal(W.shape) for W in old]
    root = 1.59 / m**0.5  # sqrt(c_phi / m) of tanh; M = 0.77
    change = np.linalg.norm(backward(new, s, root) - backward(old, s, root), 2)
    A = max(np.linalg.norm(W, 2) for W in old + new if W.ndim == 2)
    A, T = max(A, np.linalg.norm(old[0])), sum(np.sum((v - u) ** 2) for u, v in zip(old, new, strict=True)) ** 0.5
    q = A * 0.5 / m**0.5
    terms = (1 + H**-0.5) * A**2 * 0.77 * 0.5 * 1.59 / m * np.exp(2 * q), H**-0.5 * 0.5 / m**0.5 * np.exp(q)
    return change / (sum(terms) * T)


linear = [(1 + 0.1 / H) ** (H - 2) * (H - 1) ** 0.5 / H**0.5 / np.exp(0.1) for H in depths]
sine = [(H - 1) / H / (1 + H**-0.5) for H in depths]
figure, axis = plt.subplots(figsize=(6.5, 3.6), layout="constrained")
axis.plot(depths, linear, "o-", markersize=4, label="linear neuron, all weights move, q = 0.1")
axis.plot(depths, sine, "s-", markersize=4, label="sine neuron, the first layer moves, q to 0")
ratios = np.array([[random_ratio(H) for _ in range(setting.draws)] for H in depths])
axis.fill_between(depths, ratios.min(axis=1), ratios.max(axis=1), alpha=0.3, label=f"random tanh networks, m = {m}")
axis.set(xscale="log", yscale="log", xlabel="$H$", ylabel="change / bound (3.59)", ylim=(1e-5, 2))
axis.set_xticks(depths, labels=[str(H) for H in depths])
axis.minorticks_off()
axis.axhline(1, color="k", linewidth=1)
_ = axis.legend(fontsize=8)

# %% [markdown]
# ## From the product to a row of the Jacobian
#
# (gulcu19.eq3.42)=
# ### (3.42) Which norm of the row
#
# $\|a^\top D_{(1,H)}\|_\infty\le\|a\|_\infty\|D_{(1,H)}\|_1\le\sqrt m\,\|a\|_\infty\|D_{(1,H)}\|_2$, and
# $\|v^{(2)}_{(1,H)}\|_2\le\sqrt{c_\phi}\,\|a\|_\infty\|D_{(1,H)}\|_2B\|x\|_2$ for the row
# $v^{(2)}_{(1,H)}=\sqrt{c_\phi/m}\;a^\top D_{(1,H)}\,\mathrm{diag}[\phi'(W^{(1)}x)]\,(I_m\otimes x^\top)$.
#
# The paper takes the last part from (3.38), which has the *largest entry* of the row $r=a^\top D_{(1,H)}$ where its
# Euclidean norm belongs: $\|v^{(2)}\|_2^2=\frac{c_\phi}m\|x\|^2\sum_jr_j^2\phi_j'^2$. Yet (3.42) is true, as
# $\|r\|_2\le\|a\|_2\|D\|_2\le\sqrt m\|a\|_\infty\|D\|_2$: the $\sqrt m$, which the paper pays for the 1-norm, is
# just what the Euclidean norm costs. Equality: $m=H=2$, $\phi(z)=z$, $c_{res}=\frac12$, $a=(1,1)$, $\|x\|=1$,
# $W^{(2)}=0$ and $\tilde W^{(2)}=I$, where $D=sI$.


# %%
def row_norm(root=1):  # the exponent of sqrt(m)
    s, m = 1 / (4 * sp.sqrt(2)), 2
    measured = sp.sqrt(sp.Rational(1, m)) * s * sp.sqrt(2)  # sqrt(c_phi/m) |x| |r|, r = (s, s), c_phi = 1
    at = "m = H = 2, phi(z) = z, c_res = 1/2, a = (1, 1), W^(2) = 0 and then I"
    instance = exact.compare(measured / s, sp.sqrt(m) ** root / sp.sqrt(m), at=at, covers=True)
    # r = |r_j|, size = |a_i|, and d, e are |D_ij| and |D_kj|
    r, slope, x, size, d, e = sp.symbols("r slope x size d e", nonnegative=True)
    entry = exact.at_most((r * slope * x) ** 2, (r * (slope + g) * x) ** 2)
    largest = exact.at_most(size * d, (size + g) * d)  # |a_i| <= |a|_inf, in |r_j| and in |a|_2^2
    column = exact.at_most(2 * d * e, d**2 + e**2)  # |D|_1 <= sqrt(m) |D|_2
    return all_of(instance, entry, largest, column, says="sqrt(m) pays for the Euclidean norm of the row")

# %%
chapter.judge("gulcu19.eq3.42", row_norm, expect="PROVED",
    reading="directly, without (3.38); textbook: Cauchy-Schwarz, |a'D|_2 <= |a|_2 |D|_2",
    mutants={"the largest entry for the norm of the row": dict(root=0)})

# %% [markdown]
# (gulcu19.eq3.60)=
# ### (3.60) The second part of the first block
#
# For $\phi(0)=0$: $\|v^{(2)}_{(1,H)}\|_2\le\sqrt{c_\phi}\,\|a\|_\infty\Bigl[\bigl(1+\tfrac1{\sqrt
# H}\bigr)A^2BM\tfrac{c_{res}\sqrt{c_\phi}}m\,e^{2q}\|x\|_2+\tfrac1{\sqrt H}B\tfrac{c_{res}}{\sqrt
# m}\,e^q\Bigr]B\|x\|_2\,\|\tilde\theta-\theta\|_F$.
#
# (3.59) times $\sqrt{c_\phi}\|a\|_\infty B\|x\|_2$. At $m=1$ the row is one number, so that its sharpness is that
# of (3.59), and so is its {ref}`failure <gulcu19.eq3.59.s1>` without $\phi(0)=0$.


# %%
def second_part(root=1, **changes):
    # size = sqrt(c_phi) |a|_inf, bracket = [..] T, and |D| = bracket - d
    size, bracket, B, x, d = sp.symbols("size bracket B x d", nonnegative=True)
    together = exact.at_most(size * (bracket - d) * B * x, size * bracket * B * x)
    return all_of(row_norm(root), lipschitz(**changes), together, says="(3.42) with (3.59) inserted")

# %%
chapter.judge("gulcu19.eq3.60", second_part, expect="PROVED", reading="for phi(0) = 0; given (3.42) and (3.59)",
    mutants={"without the square root of m": dict(root=0), "half of the first term": dict(first=Fraction(1, 2))})

# %% [markdown]
# ## How far a state moves
#
# (gulcu19.eq3.49)=
# ### (3.49) The mean value inequality
#
# For some $\alpha\in[0,1]$, $\|\tilde x^{(l-1)}-x^{(l-1)}\|_2\le\bigl\|\frac{\partial
# x^{(l-1)}}{\partial\theta}[\alpha\tilde\theta+(1-\alpha)\theta]\bigr\|\,\|\tilde\theta-\theta\|_F$, where the norm
# of the derivative is that of a linear map between Euclidean spaces.
#
# For a curve $f$ in $\mathbb R^m$ and $v=f(1)-f(0)$ the real function $\langle v,f\rangle$ has $\|v\|^2=\langle
# v,f'(\alpha)\rangle\le\|v\|\|f'(\alpha)\|$ (Rudin, *Principles of Mathematical Analysis*, Theorem 5.19; no
# equation holds for vectors). Here $f'$ is the derivative applied to $\tilde\theta-\theta$. One neuron shows which
# norm is meant: $\phi(z)=z$, $H=3$, $c_{res}=\frac12$, $x=1$, $x^{(2)}=W^{(1)}(1+\frac16W^{(2)})$. From $(6,0)$ to
# $(7,1)$ it moves by $\frac{13}6$; the derivative is $(1+\frac\alpha6)(1,1)$, and $\alpha=\frac12$ gives equality.
# The largest of its two entries would not do, for any $\alpha$.


# %%
def state_moves(others=1, alpha=Fraction(1, 2)):
    one = 1 + sp.Rational(alpha) / 6  # each of the two blocks
    moved = sp.Rational(7) * (1 + sp.Rational(1, 6)) - 6
    at = "phi(z) = z, m = 1, H = 3, c_res = 1/2, weights (6, 0) and then (7, 1)"
    instance = exact.compare(moved, sp.sqrt(one**2 + others * one**2) * sp.sqrt(2), at=at, covers=True)
    x1, x2, y1, y2 = sp.symbols("x1 x2 y1 y2", real=True)
    both = (x1**2 + x2**2) * (y1**2 + y2**2)
    inner = exact.at_most((x1 * y1 + x2 * y2) ** 2, both, squares=[(1, x1 * y2 - x2 * y1)])
    return all_of(instance, inner, says="the real mean value theorem along v, then Cauchy-Schwarz")

# %%
chapter.judge("gulcu19.eq3.49", state_moves, expect="PROVED",
    reading="textbook: mean value theorem for one real function of one variable",
    mutants={"the largest block, largest alpha": dict(others=0, alpha=1)})

# %% [markdown]
# (gulcu19.eq3.50)=
# ### (3.50) One block of the derivative
#
# For $\phi(0)=0$ and $1\le h<l$, $\bigl\|\frac{\partial x^{(l-1)}}{\partial
# W^{(h)}}\bigr\|\le\prod_{j=h+1}^{l-1}(1+u_j)\,\bigl\|\frac{\partial x^{(h)}}{\partial W^{(h)}}\bigr\|$. For $h>1$
# this is at most $\prod_{j=h+1}^{l-1}(1+u_j)\,sB\|x^{(h-1)}\|_2
# \le\prod_{j=2}^{l-1}(1+u_j)\,\frac{B^2c_{res}\sqrt{c_\phi}}{Hm}\|W^{(1)}\|\,\|x\|_2$, and for $h=1$ at most
# $\prod_{j=2}^{l-1}(1+u_j)\,B\sqrt{c_\phi/m}\,\|x\|_2$.
#
# The derivative of layer $h$ in its own weights sends $V$ with rows $v_j$ to $s\phi'_j\langle
# v_j,x^{(h-1)}\rangle$, of norm at most $sB\|x^{(h-1)}\|\|V\|_F$. Then come the blocks $F_j$. (3.25),
# {ref}`repaired <gulcu19.eq3.25.fix>` by $\phi(0)=0$, brings the factors $j<h$, and $1+u_h\ge1$ fills the gap. A
# linear neuron with $W^{(h)}=0$ attains it.

# %%
B, s_, X, u, later, earlier = sp.symbols("B s X u later earlier", nonnegative=True)
cphi, mm = sp.symbols("c_phi m", positive=True)


def one_block(power=2, factor=1):
    slope, x, v, lost = sp.symbols("slope x v lost", nonnegative=True)  # own layer: |phi'_j|, |x|, |v_j|
    own = exact.at_most((slope * (x * v)) ** 2, ((slope + g) * x * (v + lost)) ** 2)
    products = exact.at_most(later * s_ * B * X * earlier, later * (1 + u) * earlier * s_ * B * X)
    root = sp.sqrt(cphi / mm)  # and both sides over c_res |W^(1)| |x| / H
    constant = exact.identity(1 / sp.sqrt(mm) * B * root * B, factor * B**power * sp.sqrt(cphi) / mm)
    return all_of(own, products, constant, says="the own layer, (3.25) before it, norms of the blocks after it")

# %%
chapter.judge("gulcu19.eq3.50", one_block, expect="PROVED",
    reading="for phi(0) = 0; given (3.2) and the repaired (3.25)",
    mutants={"B for B^2": dict(power=1), "half of the constant": dict(factor=Fraction(1, 2))})

# %% [markdown]
# (gulcu19.eq3.50.s1)=
# ### (3.50) as printed, for every activation
#
# For every $\phi$ that the paper admits, whether $\phi(0)=0$ or not, and $1<h<l$: $\bigl\|\frac{\partial
# x^{(l-1)}}{\partial
# W^{(h)}}\bigr\|\le\prod_{j=2}^{l-1}(1+u_j)\,\frac{B^2c_{res}\sqrt{c_\phi}}{Hm}\|W^{(1)}\|\,\|x\|_2$.
#
# With softplus the state does not vanish when $W^{(1)}$ does: $W^{(1)}=\frac1{1000}$, $W^{(2)}=0$, $m=1$, $H=3$,
# $\|x\|=1$. The derivative of $x^{(2)}$ in $W^{(2)}$ is $s\,\phi'(0)x^{(1)}$ with $x^{(1)}>\sqrt{c_\phi}\log2$.


# %%
def softplus_block(first=Fraction(1, 1000), factor=1):
    measured = (1 + ball(first).exp()).log() / 2  # phi'(0) phi(W^(1)), both sides over s sqrt(c_phi)
    at = f"softplus, m = 1, H = 3, x = 1, W^(1) = {first}, W^(2) = 0"
    return certified.number(measured, ball(factor * first), at=at)

# %%
chapter.judge("gulcu19.eq3.50.s1", softplus_block, expect="REFUTED", severity="hypothesis", repair="gulcu19.eq3.50",
    reading="softplus, which the paper names; the paper does not assume phi(0) = 0",
    mutants={"100 times the right side": dict(factor=100), "W^(1) = 1/10": dict(first=Fraction(1, 10))})

# %% [markdown]
# (gulcu19.eq3.51.s1)=
# ### (3.51) Is it the largest block?
#
# At every point $\alpha\tilde\theta+(1-\alpha)\theta$, $\bigl\|\frac{\partial
# x^{(l-1)}}{\partial\theta}\bigr\|=\max_{k<l}\bigl\|\frac{\partial x^{(l-1)}}{\partial W^{(k)}}\bigr\|$, with the
# norm that (3.49) needs.
#
# (gulcu19.eq3.51.s1.fix)=
# **Repair.** With $b_k=\bigl\|\frac{\partial x^{(l-1)}}{\partial W^{(k)}}\bigr\|$, at every $\theta$:
# $\max_{k<l}b_k\le\bigl\|\frac{\partial
# x^{(l-1)}}{\partial\theta}\bigr\|\le\bigl(\sum_{k<l}b_k^2\bigr)^{1/2}\le\sqrt{l-1}\,\max_{k<l}b_k$.
#
# The blocks stand side by side, $J=(J_1,\dots,J_{l-1})$, and all weights move at once. In the neuron above at
# $(6,0)$, with $l=H=3$, both blocks are 1 and $\|J\|=\sqrt2$. The paper does not define this norm; (3.31) sums the
# squares of blocks, and $\|\tilde\theta-\theta\|_F$ is Euclidean, as the step from (3.58) to (3.59) shows. If the
# maximum were the *definition* of the norm, then (3.49) would be false (its mutant). Repair: let one block move alone
# for the first inequality;
# $\|\sum_kJ_kV_k\|\le\sum_kb_k\|V_k\|_F$, and Cauchy–Schwarz; give the others: below for two blocks, and one more
# block beside any number of them is again two.


# %%
def blocks(total=0, first=6, power=1):
    """total = 0: the largest block alone; 1: the root of the sum of squares."""
    b1, b2 = sp.Integer(1), sp.Rational(first, 6)  # derivatives in W^(1) and W^(2) at W^(1) = first, W^(2) = 0
    largest, smallest = max(b1, b2), min(b1, b2)
    at = f"phi(z) = z, m = 1, H = 3, c_res = 1/2, x = 1, W^(1) = {first}, W^(2) = 0, derivative of x^(2)"
    instance = exact.compare(b1**2 + b2**2, largest**2 + total * smallest**2, at=at, covers=True)
    v1, v2, c1 = sp.symbols("v1 v2 c1", nonnegative=True)
    c2 = c1 + g
    product = (c1**2 + c2**2) * (v1**2 + v2**2)
    both = exact.at_most((c1 * v1 + c2 * v2) ** 2, product, squares=[(1, c1 * v2 - c2 * v1)])
    count = exact.at_most(c1**2 + c2**2, 2**power * c2**2)  # two blocks: sqrt(2) times the largest
    below = exact.at_most(c2**2, c1**2 + c2**2)
    return all_of(instance, both, count, below, says="the root of the sum of squares bounds the norm")

# %%
chapter.judge("gulcu19.eq3.51.s1", blocks, expect="REFUTED", severity="exponent", repair="gulcu19.eq3.51.s1.fix",
    reading="the norm of a linear map, as (3.49) needs it; the missing power of depth is at most sqrt(l - 1)",
    mutants={"W^(1) = 3": dict(first=3)},
    survives={"gulcu19.eq3.51": "no: its final bound fails from l = 4 on if the first layer is large"})
chapter.judge("gulcu19.eq3.51.s1.fix", partial(blocks, total=1), expect="PROVED", reading="textbook: Cauchy-Schwarz",
    mutants={"the largest block": dict(total=0), "no square root of l - 1": dict(power=0)})

# %% [markdown]
# (gulcu19.eq3.51)=
# ### (3.51) The whole derivative
#
# At every point $\alpha\tilde\theta+(1-\alpha)\theta$, $\bigl\|\frac{\partial x^{(l-1)}}{\partial\theta}\bigr\|\le
# B\sqrt{c_\phi/m}\,\|x\|_2\prod_{j=1}^{l-1}(1+\bar u_j)$.
#
# (gulcu19.eq3.51.fix)=
# **Repair.** At every point $\alpha\tilde\theta+(1-\alpha)\theta$ and for $l\ge2$, $\bigl\|\frac{\partial
# x^{(l-1)}}{\partial\theta}\bigr\|\le B\sqrt{c_\phi/m}\,\|x\|_2\sqrt{1+(l-2)\bar u_1^2}\,\prod_{j=2}^{l-1}(1+\bar
# u_j)$. If $(l-3)\bar u_1\le2$ then the right side is at most that of (3.51).
#
# Linear neuron, $l=H=4$, $c_{res}=\frac12$, $s=\frac18$, $W^{(1)}=32$, $W^{(2)}=W^{(3)}=0$, $x=1$: the three blocks
# are $1,4,4$, the norm is $\sqrt{33}$, and the right side is $1+4=5$. In deeper networks the ratio grows up to
# $\sqrt{l-2}$. The repair is the root of the sum of squares of (3.50). So the printed bound is safe while
# $\|W^{(1)}\|\le\frac{2\sqrt m}{Bc_{res}}$: at Gaussian weights with $d\le m$ and $Bc_{res}<1$, typically.


# %%
def whole_derivative(printed=1, first=32, depth=4, missing=2, factor=1):
    t = Fraction(first, 2 * depth)  # l = H = depth, s = 1/(2 H)

    def squares(t, n):
        return printed * (1 + t) ** 2 + (1 - printed) * (1 + n * t**2)

    at = f"phi(z) = z, m = 1, H = l = {depth}, c_res = 1/2, x = 1, W^(1) = {first}, the other weights 0"
    bound = factor**2 * squares(t, depth - missing)
    instance = exact.compare(1 + (depth - 2) * t**2, bound, at=at, covers=True)
    x, v, n = sp.symbols("x v z_n", nonnegative=True)  # the bounds of (3.50): x for h = 1, v x for the n others
    general = exact.at_most(x**2 + n * (v * x) ** 2, x**2 * squares(v, n + 2 - missing))
    k = sp.Symbol("k", nonnegative=True)  # l - 3; (1 + v)^2 with 2 = k v + g
    small = exact.at_most(1 + (k + 1) * v**2, 1 + (k * v + g) * v + v**2)
    return all_of(instance, general, small, says="the sum of squares of the blocks")

# %%
chapter.judge("gulcu19.eq3.51", whole_derivative, expect="REFUTED", severity="hypothesis",
    repair="gulcu19.eq3.51.fix",
    reading="one network; true for l <= 3, and if (l - 3) s B |W^(1)| <= 2",
    mutants={"twice the right side, depth 12": dict(factor=2, depth=12, first=240)},
    survives={"gulcu19.eq3.52": "no: a sine neuron carries the excess over to the slopes",
        "gulcu19.eq3.80": "open: with the repaired bound in place of this one it follows; judged where it stands",
        "gulcu19.eq3.81.s2": "open: with the repaired bound in place of this one it follows; judged where it stands"})
chapter.judge("gulcu19.eq3.51.fix", partial(whole_derivative, printed=0), expect="PROVED",
    reading="given (3.50), at each point of the segment",
    mutants={"l - 3 for l - 2": dict(missing=3), "as printed": dict(printed=1)})

# %% [markdown]
# (gulcu19.eq3.52)=
# ### (3.52) The change of one block
#
# For $2\le l\le H$ and the $\alpha$ of (3.49), $\|E_l\|\le f_l$, where
# $f_l=B\delta_l+M\|W^{(l)}\|B\sqrt{\tfrac{c_\phi}m}\|x\|_2\Bigl(\max_j\|\tilde w_j\|_2\,T\prod_{k=1}^{l-1}(1+\bar
# u_k)+\max_j\|\tilde w_j-w_j\|_2\,\|W^{(1)}\|\prod_{k=2}^{l-1}(1+u_k)\Bigr)$.
#
# (gulcu19.eq3.52.fix)=
# **Repair.** For $2\le l\le H$ and the $\alpha$ of (3.49), $\|E_l\|\le f^*_l$, where $f^*_l$ is $f_l$ with
# $\sqrt{1+(l-2)\bar u_1^2}\,\prod_{k=2}^{l-1}(1+\bar u_k)$ in place of $\prod_{k=1}^{l-1}(1+\bar u_k)$.
#
# The sine neuron with $\kappa=10^{-5}$, $H=l=4$, $c_{res}=\frac12$, $x=1$ has weights $(160,0,0,1000)$; they become
# $(160+\frac1{1000},\frac1{50},\frac1{50},1000)$, in the direction of the derivative. Layers 1 to 3 are nearly
# linear, and the argument of layer 4 is about $\frac\pi2$, where $|\phi''|\approx M$. So $\|E_4\|$ is nearly
# $M|W^{(4)}|^2\|\partial_\theta x^{(3)}\|T$, and (3.51) falls short by $\sqrt{801}/21=1.35$. In $f_4$ only the
# middle term is not 0; we give it the largest product over $\alpha\in[0,1]$.


# %%
def one_change(printed=1, factor=1, states=1):
    old = [Fraction(160), Fraction(0), Fraction(0), Fraction(1000)]
    new = [old[0] + Fraction(1, 1000), Fraction(1, 50), Fraction(1, 50), old[3]]
    kappa, s = Fraction(1, 10**5), Fraction(1, 8)
    (root, _, before), (_, _, after) = (sine_states(weights, kappa, s) for weights in (old, new))
    T = ball(sum((v - u) ** 2 for u, v in zip(old, new, strict=True))).sqrt()
    t = s * new[0]
    product = ball(printed * (1 + t)) + (1 - printed) * (1 + 2 * ball(t) ** 2).sqrt()
    bound = factor * ball(kappa * old[3] ** 2) * root * T * product * ball((1 + s * new[1]) * (1 + s * new[2]))
    at = "sin(kz)/k, k = 1/100000, m = 1, H = l = 4, weights (160, 0, 0, 1000), then (160.001, 0.02, 0.02, 1000)"
    instance = certified.number(abs(after[-1] - before[-1]) * ball(old[3]), bound, at=at)
    dl, M, size, rows, J, dw, x = sp.symbols("dl M size rows J dw x", nonnegative=True)
    gap, lost = sp.symbols("z_gap z_lost", nonnegative=True)
    reached = B * dl + M * size * (rows * J * T_ + dw * x)  # (3.48) with (3.49)
    inserted = B * dl + M * size * (states * rows * (J + gap) * T_ + dw * (x + lost))
    return all_of(instance, exact.at_most(reached, inserted), says="(3.48) with (3.49), (3.51) and (3.25) inserted")

# %%
chapter.judge("gulcu19.eq3.52", one_change, expect="REFUTED", severity="hypothesis", repair="gulcu19.eq3.52.fix",
    reading="one network, for every alpha in [0, 1]; true where (3.51) is",
    mutants={"5/4 of the right side": dict(factor=ball("5/4"))},
    survives={"gulcu19.eq3.53": "no: it inserts this bound; for linear networks it is true, and still (3.53) fails",
        "gulcu19.eq3.54": "yes: at l = 2 there is one block only",
        "gulcu19.eq3.56": "yes: it bounds the number f_l, whatever that bounds"})
chapter.judge("gulcu19.eq3.52.fix", partial(one_change, printed=0), expect="PROVED",
    reading="given (3.48), (3.49), the repaired (3.51) and the repaired (3.25)",
    mutants={"as printed": dict(printed=1), "half of the term with the states": dict(states=Fraction(1, 2))})

# %% [markdown]
# ## One bound for all weights
#
# (gulcu19.eq3.56)=
# ### (3.56) The bound with A
#
# For $2\le l\le H$, $f_l\le B\delta_l+A^2BM\sqrt{\tfrac{c_\phi}m}\,e^q\|x\|_2\,(T+\delta_l)$.
#
# $f_l$ grows with each of its norms. Put $A$ for $\|W^{(l)}\|$, $\|W^{(1)}\|$ and for $\max_j\|\tilde
# w_j\|\le\|\tilde W^{(l)}\|$, $\delta_l$ for $\max_j\|\tilde w_j-w_j\|$, and $e^q$ for products of at most $H$
# factors $1+q/H$.
#
# (gulcu19.eq3.56.s1)=
# ### (3.56) for the repaired bound: the root is free
#
# For $2\le l\le H$, $f^*_l\le B\delta_l+A^2BM\sqrt{\tfrac{c_\phi}m}\,e^q\|x\|_2\,(T+\delta_l)$ as well:
# $\sqrt{1+(l-2)u^2}\,(1+u)^{l-2}\le e^{(l-3/2)u}$ for every $u\ge0$.
#
# With $k=l-2$ and $y=ku^2$. The tangent at $u$ gives $\log(1+y)\le\log(1+u)+\frac{y-u}{1+u}$ (textbook: $\log z\le
# z-1$), and $\log(1+u)\le\frac{u(2+u)}{2(1+u)}$ by slopes. So
# $2k\log(1+u)+\log(1+ku^2)\le2ku+\frac{u^2}{2(1+u)}\le(2k+1)u$. At $k=u=1$ the two sides are $2\sqrt2$ and
# $e^{3/2}$; $e$ would be too little.

# %%
M, E, dl, K, A = sp.symbols("M E dl K z_A", nonnegative=True)


def one_bound(power=2, slope=1):
    size, rows, first, p1, p2, dw = sp.symbols("size rows first p1 p2 dw", nonnegative=True)
    more = sp.symbols("more1:7", nonnegative=True)
    norms = (size, rows, first, p1, p2, dw)

    def f(size, rows, first, p1, p2, dw):
        return B * dl + M * size * B * X * (rows * T_ * p1 + dw * first * p2)

    grows = exact.at_most(f(*norms), f(*(a + b for a, b in zip(norms, more, strict=True))))
    at_top = exact.at_most(f(A, A, A, E, E, dl), slope * B * dl + A**power * B * M * X * E * (T_ + dl))
    return all_of(grows, at_top, says="f grows with every norm, and at their bounds it is the right side")


# %% [markdown]
# The root, at $k=l-2$; then the same bound for the repaired $f^*_l$.

# %%
def free_root(half=Fraction(1, 2), power=2):
    v, k = sp.symbols("v k", nonnegative=True)
    log_bound = v * (2 + v) / (2 * (1 + v))
    slopes = exact.at_most(sp.diff(sp.log(1 + v), v), sp.diff(log_bound, v))
    tangent = log_bound + (k * v**2 - v) / (1 + v)
    exponent = exact.at_most(2 * k * log_bound + tangent, 2 * k * v + 2 * sp.Rational(half) * v)
    instance = certified.number(2 * ball(2).sqrt(), ball(1 + half).exp(), at="k = u = 1")
    return all_of(slopes, exponent, instance, one_bound(power), says="the root costs at most exp(u/2)")

# %%
chapter.judge("gulcu19.eq3.56", one_bound, expect="PROVED",
    reading="textbook: a row is at most the norm, 1 + u <= exp(u)",
    mutants={"A for A^2": dict(power=1), "B/2": dict(slope=Fraction(1, 2))})
chapter.judge("gulcu19.eq3.56.s1", free_root, expect="PROVED", reading="for every l >= 2; textbook: log z <= z - 1",
    mutants={"exponent l - 2": dict(half=0), "A for A^2": dict(power=1)})

# %% [markdown]
# (gulcu19.eq3.57)=
# ### (3.57) The sum
#
# $\sum_{l=2}^Hf_l\le HA^2BM\sqrt{\tfrac{c_\phi}m}\,e^q\|x\|_2\,T
# +\Bigl(B+A^2BM\sqrt{\tfrac{c_\phi}m}\,e^q\|x\|_2\Bigr)\sum_{l=2}^H\delta_l$.
#
# There are $H-1$ layers, and $H$ in the statement. Below $K$ is the constant of (3.56), $S=\sum\delta_l$ and $H=1+n$.
#
# (gulcu19.eq3.58)=
# ### (3.58) The change in terms of A
#
# For $\phi(0)=0$: $\|D_{(1,H)}\|_2\le
# A^2BM\tfrac{c_{res}\sqrt{c_\phi}}m\,e^{2q}\|x\|_2\,T+\tfrac1H\Bigl(B\tfrac{c_{res}}{\sqrt
# m}e^q+A^2BM\tfrac{c_{res}\sqrt{c_\phi}}m\,e^{2q}\|x\|_2\Bigr)\sum_{l=2}^H\delta_l$.
#
# Not through (3.55), which is false, but through its {ref}`repair <gulcu19.eq3.55.fix>`: every product of blocks on
# either side of $l$ has at most $H-2$ factors $1+q/H$, and $f^*_l$ has the bound of (3.56). With $A$ for all norms
# the two flaws are gone. The two networks above come within 11% and 5%.

# %%
S, n, cr = sp.symbols("S n cr", nonnegative=True)


def layer_sum(layers=0, slope=1):
    reached = n * K * T_ + (B + K) * S  # n = H - 1 times (3.56)
    claimed = (n + 1 + layers) * K * T_ + (slope * B + K) * S
    return exact.at_most(reached, claimed)


# %% [markdown]
# And (3.58) for both networks and in symbols; $E$ stands for $e^q$.

# %%
def with_one_bound(growth=1, power=1):
    change, A, c_res, H, delta = all_move()
    total = ball((H - 1) * delta)
    linear = (growth * ball(A * c_res)).exp() * ball(c_res) * total / ball(H) ** power
    part = certified.number(ball(change), linear, at="linear, H = 10, c_res = 1/2, weights 1 and then 99/100")
    change, root_c, A, kappa, c_res, H, T = first_moves()
    curved = ball(A) ** 2 * ball(kappa * c_res) * root_c * (2 * growth * ball(A * c_res)).exp() * ball(T)
    other = certified.number(change, curved, at="sin(kappa z)/kappa, H = 25, A = 100, first weight 1 and then 1.001")
    H = 1 + n
    reached = cr / H * (E / (1 + w)) * (n * K * E * T_ + (B + K * E) * S)
    claimed = cr * K * E**2 * T_ + (B * cr * E + cr * K * E**2) * S / H**power
    return all_of(part, other, exact.at_most(reached, claimed), says="all products are at most exp(q), old or new")

# %%
chapter.judge("gulcu19.eq3.57", layer_sum, expect="PROVED", reading="given (3.56)",
    mutants={"H - 2 for H": dict(layers=-2), "B/2": dict(slope=Fraction(1, 2))})
chapter.judge("gulcu19.eq3.58", with_one_bound, expect="PROVED",
    reading="for phi(0) = 0; given the repaired (3.55) and (3.52); textbook: 1 + u <= exp(u)",
    mutants={"no exponentials": dict(growth=0), "1/H^2 for 1/H": dict(power=2)})

# %% [markdown]
# (gulcu19.eq3.59.s1)=
# ### (3.59) as printed, for every activation
#
# The bound (3.59) for every $\phi$ that the paper admits, whether $\phi(0)=0$ or not, and every input with
# $\|x\|_2=1$.
#
# It fails, by any factor, however long the input is. Let $\phi(z)=C+\sin z$ with $C=10^6$: $B=M=1$, and
# $|\phi(a+b)|\le C+1\le2(C-1)$. Then $\sqrt{c_\phi}\,\phi(0)$ is nearly 1: the state does not come from the input,
# and all that the bound knows of it is $A\sqrt{c_\phi}\|x\|$, of order $A/C$. One neuron, $H=2$, $W^{(1)}=0$,
# $c_{res}=\frac1{1000}$, $\|x\|=1$, and $W^{(2)}=\frac{47}{10}$ becomes $\frac{472}{100}$, near $\frac{3\pi}2$,
# where $w\cos w$ has the slope $w$. (3.58) and (3.60) fail with it: the one implies (3.59), and the other is (3.59)
# at $m=1$, since $\phi'(W^{(1)}x)=B$.


# %%
def not_through_zero(weight=Fraction(47, 10), constant=10**6, factor=1):
    new, c_res, C = weight + Fraction(1, 50), Fraction(1, 1000), ball(constant)
    root = 1 / (C**2 + (1 - ball(-2).exp()) / 2).sqrt()  # E sin(Z)^2 = (1 - exp(-2))/2
    x = root * C  # x^(1)
    change = ball(c_res) / 2 * abs((ball(new) * x).cos() * ball(new) - (ball(weight) * x).cos() * ball(weight))
    q, deep = ball(new * c_res), 1 / ball(2).sqrt()
    bound = (1 + deep) * ball(new) ** 2 * ball(c_res) * root * (2 * q).exp() + deep * ball(c_res) * q.exp()
    at = f"C + sin(z), C = {constant}, m = 1, H = 2, c_res = 1/1000, W^(1) = 0, W^(2) = {weight} and then {new}"
    return certified.number(change, factor * bound * ball(Fraction(1, 50)), at=at)

# %%
chapter.judge("gulcu19.eq3.59.s1", not_through_zero, expect="REFUTED", severity="hypothesis", repair="gulcu19.eq3.59",
    reading="one neuron; the paper does not assume phi(0) = 0",
    mutants={"ten times the right side, weight 45.5": dict(weight=Fraction(91, 2), factor=10),
        "C = 1000": dict(constant=1000)})

# %% [markdown]
# ## Slack and what to doubt
#
# - **What survives.** The formulas (3.58) to (3.60) hold with $\phi(0)=0$ and can fail without it.
#   Between them and the definitions, (3.43),
#   (3.51), (3.52), (3.53) and (3.55) do not.
# - **Sharpness.** Neither term of (3.59) can be lowered by much: $1+\frac1{\sqrt H}$ and $\frac1{\sqrt H}$ are
#   right up to a factor that tends to 1 with $H$, when $q$ is small. For every $q$ the second term is attained in
#   the limit, by deep linear neurons; of $e^{2q}$ in the first we know nothing better. For random weights the bound
#   is loose by several hundred and more.
# - **Size.** At Gaussian weights $A\approx2\sqrt m$, so that $q\approx2Bc_{res}$ and the first term is about
#   $4BMc_{res}\sqrt{c_\phi}\,e^{4Bc_{res}}$: no factor of $m$ or $H$ is left.
# - **Shifted activations.** Softplus has $\phi(0)=\log2$. Then {ref}`this form <gulcu19.eq3.25.fix2>` of (3.25) is
#   the one to insert, and every $A\sqrt{c_\phi/m}\,B\|x\|$ becomes longer by $(\sqrt{c_\phi}+c_{res})|\phi(0)|$.
# - **The same argument elsewhere.** {prf:ref}`du18.lemA.3.fix` moves states only; {doc}`gulcu19-recursion` holds the
#   recursion; {ref}`(3.13) to (3.16) <gulcu19.eq3.16>` bound the same products from below.
# - **Hypotheses.** $|\phi(a+b)|\le|\phi(a)|+|\phi(b)|$ is used nowhere here; the counterexamples meet it all the
#   same.
# - **Doubt.** $\alpha$ in (3.49) depends on the layer and the input, so that $f_l$ is not a function of $\theta$ and
#   $\tilde\theta$ alone, as its name says.
