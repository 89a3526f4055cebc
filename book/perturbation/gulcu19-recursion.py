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
# # A product of blocks changes one block at a time, with new weights after it and old weights before it

# %% tags=["remove-cell"]
from importlib.util import find_spec

from IPython import get_ipython

if find_spec("resnet_lab") is None:
    address = "git+https://github.com/resnet-lab/executable-proofs"
    get_ipython().run_line_magic("pip", f"install -q 'resnet-lab @ {address}'")

# %% [markdown]
# (gulcu19.eq3.55)=
# **gulcu19, (3.55).**
# $\|D_{(1,H)}\|_2\le s\prod_{k=2}^H(1+\tilde u_k)\sum_{l=2}^Hf_l$.
#
# (gulcu19.eq3.55.fix)=
# **Repair.** For $H\ge2$,
# $\|D_{(1,H)}\|_2\le s\sum_{l=2}^Hf^*_l\prod_{k=l+1}^H(1+\tilde u_k)\prod_{k=2}^{l-1}(1+u_k)$.
#
# - **Network** ({cite}`gulcu19`, (2.3)): $x^{(1)}=\sqrt{c_\phi/m}\,\phi(W^{(1)}x)$, then
#   $x^{(h)}=x^{(h-1)}+s\,\phi(W^{(h)}x^{(h-1)})$ for $2\le h\le H$, with $s=\frac{c_{res}}{H\sqrt m}$,
#   $0<c_{res}<1$, $|\phi'|\le B$, $|\phi''|\le M$.
# - **Two points** $\theta$ and $\tilde\theta$, a tilde for what belongs to the second. The blocks
#   $F_l=I+s\,\mathrm{diag}[\phi'(W^{(l)}x^{(l-1)})]W^{(l)}$ make up the backward product, and
#   $D_{(1,h)}=\tilde F_h\cdots\tilde F_2-F_h\cdots F_2$ is its change.
# - **Sizes**: $u_l=sB\|W^{(l)}\|$, $\tilde u_l=sB\|\tilde W^{(l)}\|$, $sE_l=\tilde F_l-F_l$, and $f_l$ is what
#   {ref}`(3.52) <gulcu19.eq3.52>` says of $\|E_l\|$; $f^*_l$ is its {ref}`repair <gulcu19.eq3.52.fix>`.
# - **Readings.** The last layer stands first in every product, since these are derivatives. The factor $s$ holds the
#   depth $H$ of the whole network also in $D_{(1,h)}$ with $h<H$. Since (3.25) needs it, $\phi(0)=0$ from (3.52) on.
#
# **Idea.** Replace the old blocks by the new ones, from the last to the first: $\tilde F_H\cdots\tilde
# F_2-F_H\cdots F_2$ is a sum over $l$ of new blocks after $l$, the difference $sE_l$, and **old** blocks before
# $l$. Norms give one factor $1+\tilde u_k$ for each new block and $1+u_k$ for each old one.
#
# **Where it breaks.** The display before (3.43) has the old blocks; (3.43) bounds them by the *new* weights, and so
# do (3.53) and (3.55). If the new weights are smaller, that is too little. One neuron, $\phi(z)=z$, $H=3$,
# $c_{res}=\frac12$, so $s=\frac16$: let $W^{(2)}=W^{(3)}=6$ become $0$. The product falls from $(1+1)^2=4$ to $1$,
# by 3, and the right side is $\frac16(6+6)=2$. With larger weights the excess has no bound.
#
# **What we check.** The repaired recursion with all norms as symbols, at depths 2 to 4 and by induction; the neuron
# above for the printed ones. For $M=0$ no state matters, so that it refutes the three displays and nothing else.
# *Textbook*: triangle inequality, $\|XY\|\le\|X\|\|Y\|$. Not checked here: the bounds $f_l$ and $f^*_l$
# ({doc}`gulcu19-jacobian-change`).

# %% tags=["hide-input"]
from fractions import Fraction
from functools import partial
from math import prod

import matplotlib.pyplot as plt
import numpy as np
import sympy as sp

from resnet_lab import limits, page
from resnet_lab.evidence import all_of, exact

chapter = page.Chapter("perturbation/gulcu19-recursion")
setting = chapter.setting(depth=3)  # H of the figure
ball = limits.ball

# %% [markdown]
# The neuron: the change of its product, and for each $l$ the weights after and before it.


# %%
def neuron(old, new, s):
    """|D| of a linear neuron, and for each layer j: s f_l times the factors of the layers after l."""
    change = abs(prod(1 + s * w for w in new) - prod(1 + s * w for w in old))
    gaps = [s * abs(v - w) for v, w in zip(new, old, strict=True)]
    after = [prod(1 + s * abs(v) for v in new[j + 1 :]) for j in range(len(new))]
    return change, [gap * rest for gap, rest in zip(gaps, after, strict=True)]


def front(weights, s):
    return [prod(1 + s * abs(w) for w in weights[:j]) for j in range(len(weights))]


# %% [markdown]
# In the check, `old_share` is the share of the old weights in the product before $l$: 0 as printed, 1 in the repair.
# The printed product contains layer $l$ too, the repaired one does not need it: `own` is 1 or 0.


# %%
def whole_product(old_share=0, own=1, weight=6, factor=1, new=0, depths=(2, 3, 4)):
    s = Fraction(1, 6)
    old, new = [Fraction(weight)] * 2, [Fraction(new)] * 2
    change, terms = neuron(old, new, s)
    fronts = [old_share * o + (1 - old_share) * n for o, n in zip(front(old, s), front(new, s), strict=True)]
    themselves = 1 + own * s * abs(new[0])
    bound = factor * themselves * sum(term * before for term, before in zip(terms, fronts, strict=True))
    at = f"m = 1, phi(z) = z, H = 3, s = 1/6, W^(2) = W^(3) = {weight} and then {new[0]}"
    instance = exact.compare(change, bound, at=at, covers=True)
    return all_of(instance, *(unrolled(old_share, own, H) for H in depths), says="the sum over l bounds |D_(1,H)|")


# %% [markdown]
# For the general statement `lost` is what each inequality loses, `n` and `o` stand for $\tilde u_k$ and $u_k$, `f`
# for $sf^*_l$. First the recursion, layer by layer, then the sum that it should give.


# %%
def unrolled(old_share, own, depth):
    n, o = (sp.symbols(f"{x}2:{depth + 1}", nonnegative=True) for x in "no")
    f, lost = (sp.symbols(f"{x}2:{depth + 1}", nonnegative=True) for x in ("f", "lost"))
    reached, total = 0, 0  # layer by layer, and the sum
    for j in range(depth - 1):
        reached = (1 + n[j]) * reached + f[j] * prod(1 + u for u in o[:j]) - lost[j]
        before = [old_share * v + (1 - old_share) * u for v, u in zip(o[:j], n[:j], strict=True)]
        total += (1 + own * n[j]) * f[j] * prod(1 + u for u in before) * prod(1 + u for u in n[j + 1 :])
    return exact.at_most(sp.expand(reached), sp.expand(total))

# %%
chapter.judge("gulcu19.eq3.55", whole_product, expect="REFUTED", severity="hypothesis", repair="gulcu19.eq3.55.fix",
    reading="one network, in which the weights shrink; true if |W^(k)| <= |W~^(k)| for all k and (3.52) holds",
    mutants={"ten times the right side, weights 600": dict(factor=10, weight=600),
        "weights 24 become 3": dict(weight=24, new=3)},
    survives={"gulcu19.eq3.58": "yes: with all norms at most A both products are at most exp(q), old or new",
        "gulcu19.eq3.76": "no: the same neuron, its two changing layers after layer h, breaks it at H = h + 2"})
chapter.judge("gulcu19.eq3.55.fix", partial(whole_product, old_share=1, own=0), expect="PROVED",
    reading="depths 2 to 4 written out; one layer more multiplies by 1 + u and adds the term of (3.43)",
    mutants={"the new weights before l": dict(old_share=0), "half of the sum": dict(factor=Fraction(1, 2))})

# %% [markdown]
# The figure shows both sides for the neuron at depth $H$, all weights $w$ going to 0, or the other way. When
# weights grow the printed bound is the larger one; when they shrink it falls short by a factor that grows like
# $(sw)^{H-2}$.

# %% mystnb={"image": {"alt": "Change of the product over the printed bound (3.55) against s times w from 0.01 to 10, log scales. When weights shrink to zero the ratio leaves 1 upward, to 6 at depth 3 and far higher at depths 5 and 9. The repaired bound stays exactly at 1. When weights grow from zero the printed ratio falls below 1."}} tags=["hide-input"]
figure, axis = plt.subplots(figsize=(6.5, 3.6), layout="constrained")
grid = np.geomspace(0.01, 10, 25)
for depth, marker in ((setting.depth, "o"), (setting.depth + 2, "s"), (setting.depth + 6, "^")):
    change = (1 + grid) ** (depth - 1) - 1
    axis.plot(grid, change / ((depth - 1) * grid), marker, markersize=4, label=f"H = {depth}: w to 0, (3.55)")
    growing = change / ((depth - 1) * grid * (1 + grid) ** (depth - 1))
    axis.plot(grid, growing, ":", linewidth=1, color=axis.lines[-1].get_color(), label=f"H = {depth}: 0 to w, (3.55)")
axis.plot(grid, np.ones_like(grid), "k-", linewidth=1, label="w to 0, repaired")
axis.set(xscale="log", yscale="log", ylim=(1e-3, 1e4), xlabel="$sw$", ylabel="change / bound")
_ = axis.legend(fontsize=8)

# %% [markdown]
# ## The steps, in the paper's order
#
# (gulcu19.eq3.43.s1)=
# ### The recursion before (3.43)
#
# $D_{(1,H)}=\tilde F_HD_{(1,H-1)}+sE_H\prod_{l=2}^{H-1}F_l$, where $D_{(1,1)}=0$, an empty product is $I_m$, and
# the last layer stands first in a product.
#
# Entry $(i,k)$ of $\tilde F\tilde P-FP$ is a sum over $j$; each of its terms splits, so that one term, of any size of
# matrix, is enough.


# %%
def telescoping(new_share=0):  # the share of the new weights in the product before layer H
    f_new, f_old, p_new, p_old = sp.symbols("f_new f_old p_new p_old", real=True)
    before = p_old + new_share * (p_new - p_old)
    return exact.identity(f_new * p_new - f_old * p_old, f_new * (p_new - p_old) + (f_new - f_old) * before)

# %%
chapter.judge("gulcu19.eq3.43.s1", telescoping, expect="PROVED",
    mutants={"the new blocks before H": dict(new_share=1)})

# %% [markdown]
# (gulcu19.eq3.43)=
# ### (3.43) Norms: the wrong weights before the last layer
#
# $\|D_{(1,H)}\|_2\le(1+\tilde u_H)\|D_{(1,H-1)}\|_2+s\|E_H\|\prod_{l=2}^{H-1}(1+\tilde u_l)$.
#
# (gulcu19.eq3.43.fix)=
# **Repair.** $\|D_{(1,H)}\|_2\le(1+\tilde u_H)\|D_{(1,H-1)}\|_2+s\|E_H\|\prod_{l=2}^{H-1}(1+u_l)$.
#
# The identity has the old blocks there, and a tilde has slipped in. More than a slip of the pen: (3.53) makes use of
# it, and with the tilde struck out the product in (3.55) is another one. True if no $\|W^{(l)}\|$ exceeds
# $\|\tilde W^{(l)}\|$. In the neuron above the sides are $3$ and $1+1$. Below, what each norm inequality loses is
# non-negative: $\|\tilde F_H\|=1+\tilde u_H-a$, $\|F_{H-1}\cdots F_2\|=\prod(1+u_l)-b$, and $c$ for the triangle
# inequality.

# %%
d, e, a, b, c = sp.symbols("d e a b c", nonnegative=True)


def one_layer(old_share=0, weight=6, factor=1):
    s = Fraction(1, 6)
    w, zero = Fraction(weight), Fraction(0)
    before = 1 + s * (old_share * w + (1 - old_share) * zero)
    at = f"m = 1, phi(z) = z, H = 3, s = 1/6, W^(2) = W^(3) = {weight} and then 0"
    instance = exact.compare(abs(1 - (1 + s * w) ** 2), factor * (s * w + s * w * before), at=at, covers=True)
    n, old, new = sp.symbols("n old new", nonnegative=True)
    P = old_share * (1 + old) + (1 - old_share) * (1 + new)
    reached = (1 + n - a) * d + e * (1 + old - b) - c
    general = exact.at_most(reached, (1 + n) * d + e * P)
    return all_of(instance, general, says="the identity, the triangle inequality and norms of products")

# %%
chapter.judge("gulcu19.eq3.43", one_layer, expect="REFUTED", severity="hypothesis", repair="gulcu19.eq3.43.fix",
    mutants={"ten times the right side, weights 600": dict(factor=10, weight=600)},
    survives={"gulcu19.eq3.53": "no: its products are those of this display",
        "gulcu19.eq3.54": "yes: at H = 2 the product in question is empty"})
chapter.judge("gulcu19.eq3.43.fix", partial(one_layer, old_share=1), expect="PROVED",
    reading="textbook: triangle inequality, submultiplicative spectral norm",
    mutants={"the new weights": dict(old_share=0), "half of the right side": dict(factor=Fraction(1, 2))})

# %% [markdown]
# (gulcu19.eq3.44)=
# ### (3.44) Three terms
#
# $\|E_l\|\le\|\tilde G_l\|\,\|\tilde W^{(l)}-W^{(l)}\|+\|\tilde G_l-G'_l\|\,\|W^{(l)}\|+\|G'_l-G_l\|\,\|W^{(l)}\|$,
# where $E_l=\tilde G_l\tilde W^{(l)}-G_lW^{(l)}$, $\tilde G_l=\mathrm{diag}[\phi'(\tilde W^{(l)}\tilde
# x^{(l-1)})]$, $G'_l=\mathrm{diag}[\phi'(\tilde W^{(l)}x^{(l-1)})]$ and
# $G_l=\mathrm{diag}[\phi'(W^{(l)}x^{(l-1)})]$.
#
# One entry: row $i$ of a diagonal matrix times $W$ is a number times a row. The difference splits into three, then
# the triangle inequality and $\|GW\|\le\|G\|\|W\|$.


# %%
def three_terms(third=1):
    new, middle, old, w_new, w_old = sp.symbols("new middle old w_new w_old", real=True)
    terms = new * (w_new - w_old) + (new - middle) * w_old + third * (middle - old) * w_old
    return exact.identity(new * w_new - old * w_old, terms)

# %%
chapter.judge("gulcu19.eq3.44", three_terms, expect="PROVED",
    reading="textbook: triangle inequality, |GW| <= |G| |W|", mutants={"without the third term": dict(third=0)})

# %% [markdown]
# (gulcu19.eq3.45)=
# ### (3.45), (3.46) Another state, the same weights
#
# For each row $\tilde w_j$ of $\tilde W^{(l)}$ there is $\alpha\in[0,1]$ with $|\phi'(\tilde w_j\tilde
# x)-\phi'(\tilde w_jx)|=|\phi''(\tilde w_j[\alpha\tilde x+(1-\alpha)x])|\,|\tilde w_j(\tilde x-x)|$, where
# $x=x^{(l-1)}$ and $\tilde x=\tilde x^{(l-1)}$; so $\|\tilde G_l-G'_l\|\le M\max_j\|\tilde w_j\|_2\,\|\tilde
# x^{(l-1)}-x^{(l-1)}\|_2$.
#
# The first part is the mean value theorem for $\phi'$ between two real numbers (*textbook*; $\phi''$ exists
# everywhere by hypothesis, it need not be continuous; ReLU has none); $\alpha$ depends on $j$. Then Cauchy–Schwarz,
# and the norm of a diagonal matrix is its largest entry.
#
# (gulcu19.eq3.47)=
# ### (3.47) The same state, other weights
#
# $\|G'_l-G_l\|\le M\max_j\|\tilde w_j-w_j\|_2\,\|x^{(l-1)}\|_2$, where $w_j$ and $\tilde w_j$ are the rows of
# $W^{(l)}$ and $\tilde W^{(l)}$.
#
# The same argument, with the difference in the row. Instances: $\phi=\sin$, so $\phi'=\cos$ and $B=M=1$, with
# arguments $\frac\pi2\pm\frac1{10}$, where cosine is nearly linear. At $m=1$: the row 10 and states
# $\frac1{10}(\frac\pi2\pm\frac1{10})$ for (3.46); the state 1 and rows $\frac\pi2\pm\frac1{10}$ for (3.47). At
# $m=2$ with two equal entries the Euclidean norms are $\sqrt2$ times those, and needed.

# %%
x1, x2, y1, y2 = sp.symbols("x1 x2 y1 y2", real=True)
low, high = sp.pi / 2 - sp.Rational(1, 10), sp.pi / 2 + sp.Rational(1, 10)


def diagonal(row, state, constant, width, share):
    """|phi'(high) - phi'(low)| against M |row| |state|, `width` equal entries; share 1/width is the largest entry."""
    norm = sp.sqrt(width * share)
    change = abs(sp.cos(high) - sp.cos(low))
    at = f"phi = sin, m = {width}, arguments pi/2 - 1/10 and pi/2 + 1/10"
    instance = exact.compare(change, constant * norm * row * sp.sqrt(width) * state / width, at=at, covers=True)
    inner, gap, more = sp.symbols("inner gap more", nonnegative=True)
    curvature = sp.Symbol("curvature", nonnegative=True)  # |phi''| at the point between
    chain = exact.at_most(curvature * inner, constant * (curvature + gap) * (inner + more))
    both = (x1**2 + x2**2) * (y1**2 + y2**2)
    pair = exact.at_most((x1 * y1 + x2 * y2) ** 2, both, squares=[(1, x1 * y2 - x2 * y1)])
    return all_of(instance, chain, pair, says="the mean value theorem, then Cauchy-Schwarz")


def other_state(constant=1, share=1, width=1):
    return diagonal(10, (high - low) / 10, constant, width, share)


def other_weights(constant=1, share=1, width=1):
    return diagonal(high - low, 1, constant, width, share)

# %%
textbook = "textbook: mean value theorem for phi', Cauchy-Schwarz, the norm of a diagonal matrix"
chapter.judge("gulcu19.eq3.45", other_state, expect="PROVED", reading=textbook,
    mutants={"the largest entry of the row": dict(share=sp.Rational(1, 2), width=2),
        "M/2": dict(constant=sp.Rational(1, 2))})
chapter.judge("gulcu19.eq3.47", other_weights, expect="PROVED", reading=textbook,
    mutants={"the largest entry of the row": dict(share=sp.Rational(1, 2), width=2),
        "M/2": dict(constant=sp.Rational(1, 2))})

# %% [markdown]
# (gulcu19.eq3.48)=
# ### (3.48) The three bounds together
#
# $\|E_l\|\le B\delta_l+M\bigl(\max_j\|\tilde w_j\|_2\,\|\tilde x^{(l-1)}-x^{(l-1)}\|_2+\max_j\|\tilde
# w_j-w_j\|_2\,\|x^{(l-1)}\|_2\bigr)\|W^{(l)}\|$, where $\delta_l=\|\tilde W^{(l)}-W^{(l)}\|$.
#
# Each factor of (3.44) is its bound less something. Instances with one neuron: $\phi(z)=z$, weights 1 and 2; then
# $\phi=\sin$ with row 10 and two states as above, and with the state 1 and rows
# $\frac{11\pi}2\pm\frac1{10}$, where the last term is nearly all there is.


# %%
def combined(first=1, states=1, rows=1):
    slope, g1, g2, g3 = sp.symbols("slope g1 g2 g3", nonnegative=True)
    dw, w, y, z = sp.symbols("dw w y z", nonnegative=True)  # y, z: the norms of the two differences of diagonals
    bounds = first * (slope + g1) * dw + (states * (y + g2) + rows * (z + g3)) * w
    chain = exact.at_most(slope * dw + (y + z) * w, bounds)
    small = sp.Rational(1, 10)
    linear = exact.compare(2 - 1, first * (2 - 1), at="phi(z) = z, m = 1, weights 1 and 2", covers=True)
    state = exact.compare(10 * abs(sp.cos(high) - sp.cos(low)), states * 10 * 10 * (high - low) / 10,
        at="phi = sin, m = 1, row 10, states (pi/2 -+ 1/10)/10", covers=True)  # fmt: skip
    old, new = 11 * sp.pi / 2 - small, 11 * sp.pi / 2 + small
    right = first * (new - old) + rows * (new - old) * old
    row = exact.compare(abs(sp.cos(new) * new - sp.cos(old) * old), right,
        at="phi = sin, m = 1, state 1, rows 11 pi/2 -+ 1/10", covers=True)  # fmt: skip
    return all_of(linear, state, row, chain, says="(3.44) with (3.46), (3.47) and |phi'| <= B inserted")

# %%
chapter.judge("gulcu19.eq3.48", combined, expect="PROVED", reading="given (3.44), (3.46) and (3.47)",
    mutants=["first * 1/2", "states * 1/2", "rows * 1/2"])

# %% [markdown]
# (gulcu19.eq3.54)=
# ### (3.54) Two layers
#
# For $\phi(0)=0$: $\|D_{(1,2)}\|_2\le s\|E_2\|\le sf_2$.
#
# $D_{(1,1)}=0$, so $D_{(1,2)}=sE_2$. In (3.48) at $l=2$ the state moves by at most
# $B\sqrt{c_\phi/m}\,\|x\|\,\|\tilde W^{(1)}-W^{(1)}\|_F$, as $\phi$ is $B$-Lipschitz, and
# $\|x^{(1)}\|\le\sqrt{c_\phi/m}\,B\|W^{(1)}\|\|x\|$ by (3.25), where $\phi(0)=0$ is used. So nothing of what is
# wrong with (3.43) and (3.51) is needed. Instances: a linear neuron with weights 1 and 2 (equality), and the input
# $x=0$, where every term of $f_2$ but $B\delta_2$ is 0. If $\phi(0)=0$ then the state is 0 as well and both sides
# agree; softplus has the state $\sqrt{c_\phi}\log2$, and between the arguments 2 and 3 $z\phi'(z)$ grows faster
# than $z$.

# %%
ACTIVATIONS = {  # name: (phi' as a function of balls, whether phi(0) = 0)
    "linear": (lambda z: ball(1), True),
    "softplus": (lambda z: 1 / (1 + (-z).exp()), False),
}


def two_layers(activations=("linear",), factor=1):
    parts = []
    for name in activations:
        slope, zero = ACTIVATIONS[name]
        z, t = (ball(0), ball(0)) if zero else (ball(2), ball(3))  # the arguments of layer 2
        change = slope(t) * 3 - slope(z) * 2  # the change of phi' W over that of W, which is f_2 for B = 1 and x = 0
        at = f"{name}, m = 1, x = 0, W^(2) = 2r and then 3r; r = 1/x^(1), or 1 if x^(1) = 0"
        parts.append(exact.compare(change, ball(factor), at=at, covers=True))
    dl, K, t1, rows, T, w1, dw = sp.symbols("dl K t1 rows T w1 dw", nonnegative=True)  # K = M |W| B sqrt(c/m) |x|
    loss = sp.Symbol("loss", nonnegative=True)  # T = |W~^(1) - W^(1)| + loss
    reached = dl + K * (rows * (T - loss) + dw * w1)
    chain = exact.at_most(reached, factor * (dl + K * (rows * T * (1 + t1) + dw * w1)))
    linear = exact.compare(Fraction(2) - 1, factor * Fraction(1), at="linear, m = 1, weights 1 and 2", covers=True)
    return all_of(linear, chain, *parts, says="(3.48) at l = 2, with the first layer's own Lipschitz constant")

# %%
chapter.judge("gulcu19.eq3.54", two_layers, expect="PROVED", reading="given (3.48) and the repaired (3.25)",
    mutants={"softplus allowed": dict(activations=("linear", "softplus")),
        "half of the right side": dict(factor=Fraction(1, 2))})

# %% [markdown]
# (gulcu19.eq3.53)=
# ### (3.53) The recursion unrolled
#
# $\|D_{(1,H)}\|_2\le(1+\tilde u_H)\|D_{(1,H-1)}\|_2+s\prod_{k=2}^{H-1}(1+\tilde u_k)\,f_H$, and for $H\ge3$,
# $\|D_{(1,H)}\|_2\le\prod_{k=3}^H(1+\tilde u_k)\,\|D_{(1,2)}\|_2+s\prod_{k=2}^H(1+\tilde u_k)\sum_{l=3}^Hf_l$.
#
# (gulcu19.eq3.53.fix)=
# **Repair.** For $H\ge2$, $\|D_{(1,H)}\|_2\le\prod_{k=3}^H(1+\tilde
# u_k)\,\|D_{(1,2)}\|_2+s\sum_{l=3}^Hf^*_l\prod_{k=l+1}^H(1+\tilde u_k)\prod_{k=2}^{l-1}(1+u_k)$.
#
# Both lines fail for the neuron: they are the same at $H=3$ when $\tilde W=0$, namely $1+1$ against $3$. The repair
# keeps $d=\|D_{(1,2)}\|$ as a symbol; one layer more multiplies all terms by $1+\tilde u_H$ and adds the one of
# (3.43).


# %%
def unroll_to_two(old_share=0, factor=1, depths=(3, 4)):
    parts = [one_layer(old_share, factor=factor)]
    for depth in depths:
        n, o = (sp.symbols(f"{x}2:{depth + 1}", nonnegative=True) for x in "no")
        f = sp.symbols(f"f2:{depth + 1}", nonnegative=True)
        reached = d
        for j in range(1, depth - 1):
            reached = (1 + n[j]) * reached + f[j] * prod(1 + u for u in o[:j])
        total = d * prod(1 + u for u in n[1:])
        for j in range(1, depth - 1):
            before = [old_share * v + (1 - old_share) * u for v, u in zip(o[:j], n[:j], strict=True)]
            total += f[j] * prod(1 + u for u in before) * prod(1 + u for u in n[j + 1 :])
        parts.append(exact.at_most(sp.expand(reached), sp.expand(factor * total)))
    return all_of(*parts, says="one layer after another gives the sum")

# %%
chapter.judge("gulcu19.eq3.53", unroll_to_two, expect="REFUTED", severity="hypothesis", repair="gulcu19.eq3.53.fix",
    reading="the neuron above; true if |W^(k)| <= |W~^(k)| for all k and (3.52) holds",
    mutants={"three quarters of the right side": dict(factor=Fraction(3, 4))},
    survives={"gulcu19.eq3.55": "no: the same neuron breaks it"})
chapter.judge("gulcu19.eq3.53.fix", partial(unroll_to_two, old_share=1), expect="PROVED",
    reading="depths 3 and 4 written out, and one layer more by the repaired (3.43)",
    mutants={"the new weights before l": dict(old_share=0), "half of the right side": dict(factor=Fraction(1, 2))})

# %% [markdown]
# ## Slack and what to doubt
#
# - **What survives.** Everything that is said with one bound $A$ for all weights: (3.58) and (3.59) do not care
#   whether a factor $1+sBA$ belongs to an old or a new weight ({doc}`gulcu19-jacobian-change`). A ball around the
#   initialisation is where the paper uses them.
# - **Sharpness.** The repaired sum is attained: a linear neuron with positive weights that all shrink. For matrices
#   of mixed signs the norms of the products are far smaller than the products of norms.
# - **$f_l$ itself** is the weaker part: (3.52) has a gap of its own from $l=4$ on.
# - **The same argument elsewhere.** {prf:ref}`du18.lemA.3.fix` and {ref}`(3.13) <gulcu19.eq3.13>` bound states and
#   products by the same norms; {doc}`../spectral/two-arguments` compares them with a martingale.
# - **Doubt.** A reader who takes a product $\prod_{l=2}^H$ with the first layer first will not find the recursion.
