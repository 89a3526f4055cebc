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
# # Every product of residual layers has norm at most 1 + c when τ√L is small against c

# %% tags=["remove-cell"]
from importlib.util import find_spec

from IPython import get_ipython

if find_spec("resnet_lab") is None:
    address = "git+https://github.com/resnet-lab/executable-proofs"
    get_ipython().run_line_magic("pip", f"install -q 'resnet-lab @ {address}'")

# %% [markdown]
# ```{prf:lemma} zhang22, Lemma 1 with (3)
# :label: zhang22.lem1
#
# There is an absolute $\kappa>0$ and for every $c\in(0,1]$ a constant $K$ such that for $\tau\le1/(K\sqrt L)$, with
# probability at least $1-L^2e^{-\kappa mc^2}$, $\|D_b(I+\tau W_b)D_{b-1}\cdots D_a(I+\tau W_a)\|_2\le1+c$ for all
# $1\le a\le b<L$.
# ```
#
# - **Weights** ({cite}`zhang22`, section 2): independent, all entries $N(0,2/m)$.
# - **Patterns**: random matrices with $\|D_l\|_2\le1$; for each $l$ the family $D_0,\dots,D_{l-1},W_1,\dots,W_{l-1}$
#   is independent of $W_l$. So $D_l$ may depend on $W_l$ itself, as the sign pattern of the network does, but not on
#   what comes later. The paper asks only that each $D_l$ by itself is independent of the later $W_a$;
#   {ref}`that is too little <zhang22.lem1.s4>`.
# - **Reading**: "$c$ is some small constant determined by the value of $\tau\le1/\Omega(\sqrt L)$". So $K$ may
#   depend on $c$.
#
# **Idea.** Fix $a$ and a unit vector $h_{a-1}=u$; let $g_l=(I+\tau W_l)h_{l-1}$ and $h_l=D_lg_l$. Since
# $\|h_l\|\le\|g_l\|$,
#
# $$\|h_b\|^2\;\le\;1+u^\top Nu,\qquad u^\top Nu=\sum_{l=a}^b\bigl(\|g_l\|^2-\|h_{l-1}\|^2\bigr)
# =\sum_{l=a}^b\|h_{l-1}\|^2(\xi_l+\zeta_l),$$
#
# with a symmetric matrix $N$ that does not depend on $u$, and with $\xi_l,\zeta_l$ of
# {ref}`known law <zhang22.sec4.2.s2>` given the past. For one $u$ this sum is at least $c$ with probability at most
# $e^{-mE}$, where $E$ is of order $c^2/(\tau^2L)$. Now the sphere: $\|N\|\le2\max|v^\top Nv|$ over a $\frac14$-net
# of at most $9^m$ points. The exponent $E$ beats the net when $\tau\sqrt L$ is small against $c$; $mc^2$, which the
# paper puts in its place, would not. The paper's own proof applies the net to the product instead of $N$, and its
# tail of $\sum\zeta_l$ is wrong; both are judged below.
#
# **What we check.** The proof with every constant explicit: $K=20/c$ and $\kappa=2$, in fact with failure
# probability $L^2e^{-2m}$. The proof in full follows the verdict.

# %% tags=["hide-input"]
from fractions import Fraction

import jax
import jax.numpy as jnp
import jax.random as jr
import matplotlib.pyplot as plt
import numpy as np
import sympy as sp
from flint import arb

from resnet_lab import limits, page
from resnet_lab.evidence import all_of, any_of, certified, draws_needed, exact, sampled

chapter = page.Chapter("spectral/zhang22-lemma-1")

# %% [markdown]
# **One layer.** Given the past, $e^{m\varphi x(\xi+\zeta)}$ has mean $e^{mM}$, $M=-\frac12\log(1-y)+\frac{\varphi
# xy}{1-y}$ with $x=\|h_{l-1}\|^2$ and $y=4\varphi x\tau^2$: with the entry $g$ of $W_lh/\|h\|$ along $h$ the exponent
# is $\alpha g+\beta g^2$, and $\beta g^2$ for each of the other $m-1$ entries. If $y\le\frac14$ then
# $M\le\frac23y+\frac43\varphi xy$.

# %%
w, z, y = sp.symbols("w z y", nonnegative=True)
alpha, beta, v, m, tau, phi, x = sp.symbols("alpha beta v m tau varphi x", positive=True)
c = 1 / (1 + w)  # every c in (0, 1]


def one_layer(slope=sp.Rational(2, 3), gain=sp.Rational(4, 3), top=sp.Rational(1, 4), cross=2):
    inside, g = top / (1 + w), sp.Symbol("g", real=True)  # an entry of W h / |h|, variance v = 2/m
    rest = 1 - 2 * beta * v
    square = -rest / (2 * v) * (g - alpha * v / rest) ** 2 + alpha**2 * v / (2 * rest)
    gaussian = exact.identity(alpha * g + beta * g**2 - g**2 / (2 * v), square)
    here = {alpha: cross * m * phi * x * tau, beta: m * phi * x * tau**2, v: 2 / m}
    exponent = (m * phi * x * y / (1 - y)).subs(y, (2 * beta * v).subs(here))
    named = exact.identity((alpha**2 * v / (2 * rest)).subs(here), exponent)
    logarithm = exact.at_most(sp.diff(-sp.log(1 - y) / 2, y).subs(y, inside), slope)  # both are 0 at y = 0
    return all_of(gaussian, named, logarithm, exact.at_most(1 / (1 - inside), gain))


# %% [markdown]
# **Exponents.** With $t=\tau^2L$, states of $\|h\|^2\le2$ and $n\le L$ layers: at $\varphi=\frac{3c}{128t}$ the sum
# reaches $c$ with exponent at least $\varphi c-\frac{16}3\varphi t-\frac{64}3\varphi^2t$, and at $\varphi=\frac
# c{32t}$ it falls to $-c$ with at least $\varphi c-16\varphi^2t$. Both must pay for the net: at least $\log9+2$.


# %%
def exponents(scale=20, net=9, slope=sp.Rational(2, 3), gain=sp.Rational(4, 3)):
    t = (c / scale) ** 2 / (1 + z)
    up, down = 3 * c / (128 * t), c / (32 * t)
    risen = up * c - 8 * slope * up * t - 16 * gain * up**2 * t  # x <= 2 in y and in x y
    needed, least = sp.log(net) + 2, risen.subs({w: 0, z: 0})
    rises = exact.at_most(needed, risen, squares=[(least - needed, 1)])
    fallen = down * c - 16 * down**2 * t
    falls = exact.at_most(needed, fallen, squares=[(fallen.subs({w: 0, z: 0}) - needed, 1)])
    return all_of(rises, falls, exact.at_most(8 * up * t, sp.Rational(1, 4)))  # y <= 8 phi tau^2 <= 8 phi t


# %% [markdown]
# **Assembly.** A net at distance $\varepsilon=\frac14$ has at most $(1+\frac2\varepsilon)^m$ points and loses a
# factor $\frac1{1-2\varepsilon}$ ({cite}`vershynin18`, section 4.4); $\|h_l\|^2\le1+c\le2$ by induction;
# $1+2c\le(1+c)^2$; two events for each of the $\frac12L(L-1)$ pairs.

# %%
depth = sp.Symbol("L", positive=True)


def assembly(distance=sp.Rational(1, 4), net=9):
    size = exact.at_most(1 + 2 / distance, net)
    norm = exact.at_most(1 + c / (1 - 2 * distance), (1 + c) ** 2)
    return all_of(size, norm, exact.at_most(1 + c, 2), exact.at_most(depth * (depth - 1), depth**2))


def lemma(scale=20, net=9, distance=sp.Rational(1, 4), slope=sp.Rational(2, 3), cross=2):
    parts = one_layer(slope, cross=cross), exponents(scale, net, slope), assembly(distance, net)
    return all_of(*parts, says="the exponent of one vector pays for the net, with 2m to spare")

# %%
chapter.judge("zhang22.lem1", lemma, expect="PROVED",
    reading="K = 20/c, failure at most L^2 exp(-2m); textbook: Markov's inequality for the conditional exponential "
    "moments, union bound, and the net (Vershynin, Corollary 4.2.13 and Exercise 4.4.3)",
    mutants={"K = 10/c": dict(scale=10), "a net of 25^m points": dict(net=25),
        "distance 1/3": dict(distance=sp.Rational(1, 3)), "the logarithm without zeta's drift": dict(slope=0),
        "xi doubled": dict(cross=4)})

# %% [markdown]
# **The proof in full.** Let $P$ be the product from $a$ to $b$, $P_{l}$ its part up to $l$, $P_{a-1}=I$, and
# $N=\sum_{l=a}^bP_{l-1}^\top\bigl(\tau W_l+\tau W_l^\top+\tau^2W_l^\top W_l\bigr)P_{l-1}$. Telescoping gives $P^\top
# P=I+N-Z$ with $Z=\sum_lP_{l-1}^\top(I+\tau W_l)^\top(I-D_l^\top D_l)(I+\tau W_l)P_{l-1}$, positive semi-definite.
# So $\|P\|^2\le1+\|N\|$. For fixed $u$ let $S_k$ be the sum up to $k$, and $S'_k$ the same sum with each term
# replaced by 0 from the first time on that $\|h_{l-1}\|^2>2$. Given the past (which $W_l$ is independent of), a term
# is $x(\xi_l+\zeta_l)$ with a known $x\in[0,2]$, so the bound for one layer applies, and Markov's inequality gives
# $P(S'_k\ge c)\le e^{-m(\log9+2)}$. For the other side $\zeta\ge0$ is dropped. If $S'_k<c$ for all $k\le b$, then
# $\|h_k\|^2\le1+S_k=1+S'_k\le2$ by induction, so the truncation never acted and $|u^\top Nu|<c$. This for all $u$ of
# the net and all pairs $a\le b$ fails with probability at most $2\cdot\frac{L(L-1)}2\cdot9^m\cdot9^{-m}e^{-2m}$;
# otherwise $\|N\|\le2c$ and $\|P\|^2\le1+2c$. Nothing was used of $D_l$ but $\|D_lg\|\le\|g\|$, not even that it is
# diagonal. For $\tau=0$ there is nothing to show.

# %% [markdown]
# ## What the draws say
#
# The proof asks for $\tau\sqrt L\le\frac c{20}$. We ask for more: $\tau\sqrt L=\frac14$ and $c=\frac34$ at depth 32
# and width 24, with the network's own patterns $D_l=1\{g_l\ge0\}$ along one input. The same code makes patterns that
# look one layer ahead.

# %%
setting = chapter.setting(depth=32, width=24, scale=0.25, band=0.75)


def product_norm(key, scale, foresight, rectify, layers):
    m, tau = setting.width, scale / layers**0.5
    weights = (2 / m) ** 0.5 * jr.normal(key, (layers + 1, m, m))
    ahead = jnp.arange(m) < m // 2  # the half I; patterns flip signs in the other half only

    def layer(carry, pair):
        state, product = carry
        weight, later = pair
        g = state + tau * weight @ state
        flip = foresight * ~ahead * g * (later @ (ahead * g)) < 0
        pattern = jnp.where(flip, -1.0, jnp.where(rectify * g < 0, 0.0, 1.0))
        return (pattern * g, pattern[:, None] * (product + tau * weight @ product)), None

    start = jnp.maximum(weights[-1, 0], 0.0), jnp.eye(m)  # h_0 of one unit input
    (_, product), _ = jax.lax.scan(layer, start, (weights[:-2], weights[1:-1]))
    return jnp.sqrt(jnp.linalg.eigvalsh(product.T @ product)[-1])


# %% [markdown]
# (zhang22.lem1.s6)=
# ### The lemma at a width that one can reach
#
# At the registered setting of this page ($L=32$, $m=24$, $\tau\sqrt L=\frac14$, the network's own patterns) the norm
# of the product of all residual layers exceeds $\frac74$ with probability at most $20\%$.
#
# To tell a true rate of $1\%$ from the claimed $20\%$ with both error rates at $10^{-9}$ takes this many draws. The
# mutants are a branch scale of $1/\sqrt L$, and patterns with one layer of foresight.

# %%
draws_needed(at_most=0.2, truth=0.01)


# %%
def reachable(scale=setting.scale, foresight=0.0, rectify=1.0, truth=0.01):
    def event(key):
        return product_norm(key, scale, foresight, rectify, setting.depth) > 1 + setting.band

    return sampled(event, chapter.key("zhang22.lem1.s6"), at_most=0.2, truth=truth)

# %%
chapter.judge("zhang22.lem1.s6", reachable, expect="SUPPORTED",
    reading="the full product only, at the registered depth, width and branch scale",
    mutants={"tau = 1/sqrt(L)": dict(scale=1.0, truth=0.5),
        "one layer of foresight": dict(foresight=1.0, rectify=0.0, truth=0.5)})

# %% [markdown]
# The figure shows $c=\|P\|-1$ of the full product against $\tau\sqrt L$ for three kinds of patterns, three draws
# each.

# %% mystnb={"image": {"alt": "Norm of the full product minus one against tau times the square root of L, on logarithmic axes, at depths 16 and 128. With no pattern the points follow the dashed limit, about twice tau root L; with the network's own patterns they lie lower; neither changes with the depth. With one layer of foresight they lie on those without a pattern at depth 16, and several times higher at depth 128. The proved bound, twenty times tau root L, is drawn up to one, ten times above the points."}} tags=["hide-input"]
figure, axes = plt.subplots(1, 2, figsize=(9, 3.4), sharey=True, layout="constrained")
scales = np.geomspace(0.02, 1, 7)
kinds = {"D = I": (0.0, 0.0), "network's own": (0.0, 1.0), "foresight": (1.0, 0.0)}
for axis, layers in zip(axes, (16, 128), strict=True):
    grid = jnp.asarray([(s, *kind) for kind in kinds.values() for s in scales for _ in range(3)])
    keys = jr.split(chapter.key("figure"), len(grid))
    norms = jax.jit(jax.vmap(lambda k, g, n=layers: product_norm(k, *g, n)))(keys, grid)
    excess = np.asarray(norms).reshape(len(kinds), len(scales), 3) - 1
    for marker, name, values in zip("o^s", kinds, excess, strict=True):
        low, middle, high = np.quantile(values, [0, 0.5, 1], axis=1)
        error = np.maximum([middle - low, high - middle], 0)
        axis.errorbar(scales, middle, error, fmt=marker, markersize=4, label=name)
    t = scales**2
    axis.plot(scales, (scales + np.sqrt(1 + t)) * np.exp(scales * np.sqrt(1 + t)) - 1, "k--", label="D = I, limit")
    axis.plot(scales[scales <= 0.05], 20 * scales[scales <= 0.05], "k-", label="proved, c ≤ 1")
    axis.set(title=f"L = {layers}", xlabel="τ√L", xscale="log", yscale="log")
axes[0].set_ylabel("c = ‖P‖ − 1")
_ = axes[0].legend(fontsize=8)

# %% [markdown]
# Without patterns the norm follows the limit $(\sqrt t+\sqrt{1+t})\,e^{\sqrt{t(1+t)}}$, $t=\tau^2L$, which free
# probability predicts for infinite width and depth (drawn, not judged): $c\approx2\tau\sqrt L$. So $c$ of order
# $\tau\sqrt L$ is the truth, and the proof is loose by ten. With foresight $c$ grows with the depth.

# %% [markdown]
# (zhang22.lem1.s1)=
# ### What the independence of $D_l$ buys
#
# In (3) each $D_l$ may be any contraction that, with all before it, does not see the later $W_a$; and the bound
# rests on this: if $D_l$ may also depend on $W_{l+1}$, then for $c=\frac1{80}$ and every integer $K\ge1$ there are
# $L$, $\tau\le1/(K\sqrt L)$ and diagonal $D_l$ of signs for which the probability that (3) fails tends to 1 as
# $m\to\infty$.
#
# The first half is {prf:ref}`zhang22.lem1`. The second: let $I,J$ be the two halves of the coordinates ($m$ even),
# $L=1600K^2$, so that $1/(K\sqrt L)=\frac1{40K^2}=\tau$, and $n=3K^2<L$. Take $h_0$ with entries $\pm m^{-1/2}$, and
# let $D_l$ (for $h_0$: the choice of $h_0$) be $+1$ on $I$ and on $J$ the sign that makes each
# $(h_l)_k(W_{l+1}h_{l,I})_k\ge0$, $k\in J$. Then $\|h_{l+1}\|^2\ge\|h_l\|^2+ 2\tau\langle h_l,W_{l+1}h_l\rangle$.
# The block $(J,I)$ gives $\sum_{k\in J}|h_{l,k}||(W_{l+1}h_{l,I})_k|$ to the inner product, with $|h_l|=|g_l|$ and
# $h_{l,I}=g_{l,I}$ independent of $W_{l+1}$: its mean is $\frac2{\sqrt\pi}\|h_{l,I}\|\|h_{l,J}\|_1/\sqrt m$ and its
# variance at most $\frac2m\|h_l\|^4$. The other three blocks are independent of the signs: mean 0, the same
# variance. By Chebyshev's inequality both errors vanish as $m\to\infty$, for all $n$ layers. Suppose $\|h_l\|\le1+c$
# throughout (else (3) has failed) and $\|W_l\|\le3$ (true with probability tending to 1,
# {prf:ref}`zhang22.lem4`). A layer changes $\|h_{l,I}\|$ by at most $3\tau(1+c)$ and $\|h_{l,J}\|_1/\sqrt m$
# by at most $\frac3{\sqrt2}\tau(1+c)$; they start at $\frac1{\sqrt2}$ and $\frac12$. With $\nu=n\tau=\frac3{40}$ and
# $\rho=3(1+c)\nu$ the squared norm grows by at least $\frac{2\sqrt2}{\sqrt\pi}\nu(\frac1{\sqrt2}-\rho)^2-o(1)$. This
# exceeds $(1+c)^2-1$: (3) fails.


# %%
def growth(band, time, layers=1):
    loss = 3 * layers * (1 + band) * time
    return 2 * sp.sqrt(2) / sp.sqrt(sp.pi) * time * (1 / sp.sqrt(2) - loss) ** 2


def foresight(band=sp.Rational(1, 80), time=sp.Rational(3, 40), layers=1):
    bound = (1 + band) ** 2 - 1
    kept = exact.compare(3 * layers * (1 + band) * time, 1 / sp.sqrt(2), covers=True)  # the losses leave something
    return all_of(kept, exact.compare(bound, growth(band, time, layers), covers=True), lemma())

# %%
chapter.judge("zhang22.lem1.s1", foresight, expect="PROVED",
    reading="L = 1600 K^2, n = 3 K^2; textbook: Chebyshev's inequality and Lemma 4 of the paper",
    mutants={"c = 1/40": dict(band=sp.Rational(1, 40)), "half the layers": dict(time=sp.Rational(3, 80)),
        "two layers for each choice": dict(layers=2)})

# %% [markdown]
# The network at its initialisation is adapted: $D_{i,l}$ is a function of $A,W_1,\dots,W_l$. After a step of
# training it sees all weights, and the lemma no longer speaks of it.
#
# (zhang22.lem1.s4)=
# ### As printed: each $D_l$ by itself independent of the later weights
#
# The bound of Lemma 1 holds whenever each $D_l$ by itself is independent of $(W_a)_{a>l}$.
#
# Two patterns that are each independent of all weights can betray them together. Take pairs of layers,
# $D_{2j-1}=U_j$ with fresh random signs, and $D_{2j}=V_jU_j$. Since $U_j^2=I$, the pair is $V_j(I+\tau\widetilde
# W_{2j})(I+\tau W_{2j-1})$ with $\widetilde W_{2j}=U_jW_{2j}U_j$. The matrices $\widetilde W_{2j}$ and $W_{2j-1}$
# are independent with the law of the weights, and independent of all $U_j$. Let the signs $V_j$ depend on these
# matrices alone, with the foresight of one matrix as above. Given all of them and the other $U$'s, $V_jU_j$ is
# uniform; so it is independent of $(W_a)_{a>2j}$, and $U_j$ is independent of all $W$. The hypothesis holds. A pair
# gains as one layer did above and loses twice as much. With $c=\frac1{160}$, $L=6400K^2$, $\tau=1/(K\sqrt
# L)=\frac1{80K^2}$ and $3K^2$ pairs, $\nu=\frac3{80}$, the squared norm exceeds $(1+c)^2$ with probability tending
# to 1, for every integer $K\ge1$, while $L^2e^{-\kappa mc^2}$ tends to 0 for every $\kappa$.


# %%
def separately(band=sp.Rational(1, 160), time=sp.Rational(3, 80), layers=2):
    allowed = (1 + band) ** 2 - 1
    return exact.compare(growth(band, time, layers), allowed, at=f"c = {band}, nu = {time}, width to infinity, any K")

# %%
chapter.judge("zhang22.lem1.s4", separately, expect="REFUTED", severity="hypothesis", repair="zhang22.lem1",
    reading="one comparison serves every K: neither side depends on it",
    mutants={"c = 1/320": dict(band=sp.Rational(1, 320)), "one layer for each choice": dict(layers=1)})

# %% [markdown]
# ## The steps of the proof
#
# (zhang22.lem1.s5)=
# ### One vector: more than the paper says
#
# For a unit vector $h_{a-1}$ that does not depend on the weights and $0<c\le1$, if $\tau^2(b-a+1)\le\frac c8$ then
# $P(\|h_b\|>1+c)\le\exp\bigl(-\frac{mc^2}{128\tau^2(b-a+1)}\bigr)$.
#
# So one vector needs $\tau\sqrt L$ of order $\sqrt c$ only, since its drift is of order $\tau^2L$. The proof:
# $\log\|h_b\|^2\le\sum(\xi_l+\zeta_l)$, $2\log(1+c)\ge c$, and one layer's $M\le y+2\varphi y$ with
# $y=4\varphi\tau^2\le\frac12$, at $\varphi=\frac c{32t}$, $t=\tau^2(b-a+1)$. At $\tau=\frac1{16}$, $c=\frac1{32}$
# and one layer the condition is met and the bound is $e^{-2mc^2}$.

# %%
half = sp.Rational(1, 2)


def log_of_one_plus(top):  # log(1 + c) - c/2 is 0 at c = 0, and its slope is not negative up to c = top
    return exact.at_most(half, 1 / (1 + top / (1 + w)))


def one_vector(rate=128, share=8, tau=sp.Rational(1, 16), band=sp.Rational(1, 32)):
    t = c / share / (1 + z)
    phi = c / (32 * t)
    reached = exact.at_most(c**2 / (rate * t), phi * c - 4 * phi * t - 8 * phi**2 * t)
    condition = exact.compare(tau**2, band / share, covers=True)
    instance = exact.compare(2 * band**2, band**2 / (rate * tau**2), covers=True)
    layer = one_layer(slope=1, gain=2, top=half), exact.at_most(4 * phi * t, half)
    return all_of(*layer, reached, log_of_one_plus(1), condition, instance)

# %%
chapter.judge("zhang22.lem1.s5", one_vector, expect="PROVED", reading="textbook: Markov's inequality, conditionally",
    mutants={"up to tau^2 n = c/4": dict(share=4), "twice the exponent": dict(rate=64)})

# %% [markdown]
# (zhang22.lem1.s2)=
# ### From one vector to the sphere: the net does not come for free
#
# If $P(\|h_b\|>1+c)\le e^{-\Omega(mc^2)}$ for every fixed unit vector $h_{a-1}$, then $P(\|D_b(I+\tau W_b)\cdots
# D_a(I+\tau W_a)\|>1+c)\le e^{-\Omega(mc^2)}$, by an $\varepsilon$-net over all $h_{a-1}$.
#
# A net of the sphere of $\mathbb R^m$ has $e^{\Omega(m)}$ points, and $e^{-\kappa mc^2}$ does not beat it for small
# $c$. Here is a case where the conclusion is false: one layer ($L=2$, $D_1=I$), $\tau=\frac1{16}$,
# $c=\frac\tau2=\frac1{32}$. Each vector fails with probability at most $e^{-2mc^2}$,
# {ref}`as seen above <zhang22.lem1.s5>`. But let $u=(e_1+\hat w)/\sqrt2$, $\hat w$ the direction of the first column
# of $W_1$ without its first entry. Then
#
# $$2u^\top W_1u\;\overset{\text{law}}=\;\sqrt{\tfrac2m\chi^2_{m-1}}+\sqrt{\tfrac6m}\,Z,\qquad Z\sim N(0,1)\text{
# independent},$$
#
# since given the first column the other columns are unseen. The right side tends to $\sqrt2>1$, so $\|I+\tau
# W_1\|\ge1+\tau u^\top W_1u>1+c$ with probability tending to 1. Chebyshev's inequality bounds the exceptions:
# $\frac2m\chi^2_{m-1}<\frac{25}{16}$, and $\sqrt{6/m}\,Z<-\frac14$. Any smaller $\tau$ with $c=\frac\tau2$ does the
# same. So $K$ must grow like $\frac1c$, not like $\frac1{\sqrt c}$.
#
# (zhang22.lem1.s2.fix)=
# **Repair.** If $0<c\le1$ and $P(\|Pu\|>1+\frac c2)\le p$ for every unit vector $u$, then
# $P(\|P\|>1+c)\le(1+\frac8c)^m\,p$.
#
# A net at distance $\frac c4$, on which $\|P\|\le\max\|Pv\|/(1-\frac c4)$. With the bound for one vector it gives
# (3) for $K$ of order $\frac1c\sqrt{\log\frac8c}$; the quadratic form at the top of this page saves the logarithm.


# %%
def net_for_free(tau=sp.Rational(1, 16), power=2, kappas=(2, sp.Rational(1, 10), sp.Rational(1, 100))):
    def gap(kappa):
        m, band = int(4 / (kappa * tau**2)), tau / 2
        spread = 2 * (m - 1) / (sp.Rational(7, 32) * m - 1) ** 2  # chi^2 below 25 m / 32
        seen = 1 - spread - 16 * sp.Rational(6, m)
        return exact.compare(seen, sp.exp(-kappa * m * band**power), at=f"tau = {tau}, kappa = {kappa}, m = {m}")

    return any_of(*(gap(kappa) for kappa in kappas))


def paid_net(share=sp.Rational(1, 4)):
    size = exact.at_most(1 + 2 / (share * c), 1 + 8 / c)
    return all_of(size, exact.at_most(1 + c / 2, (1 + c) * (1 - share * c)))

# %%
chapter.judge("zhang22.lem1.s2", net_for_free, expect="REFUTED", severity="step", repair="zhang22.lem1.s2.fix",
    reading="one layer, width to infinity; three kappa, the argument covers every kappa > 0, and every K "
    "by a smaller tau; textbook: Chebyshev's inequality",
    mutants={"tau = 1/32": dict(tau=sp.Rational(1, 32)), "exponent mc": dict(power=1)},
    survives={"zhang22.lem1": "yes: for tau sqrt L small against c one vector has an exponent of order m, not m c^2"})
chapter.judge("zhang22.lem1.s2.fix", paid_net, expect="PROVED",
    reading="textbook: nets of the sphere (Vershynin, Corollary 4.2.13 and Lemma 4.4.1) and the union bound",
    mutants={"distance c/2": dict(share=half), "distance c/8 at the same size": dict(share=sp.Rational(1, 8))})

# %% [markdown]
# (zhang22.lem1.s3)=
# ### Two probabilities: Lemma 1 and Lemma 5
#
# A failure probability of at most $L^2e^{-\Omega(mc^2)}$, with a constant $c$, is at most $Le^{-\Omega(m)}$, as
# Lemma 5 writes it.
#
# It looks as if a factor $L$ had been lost. But a probability is at most 1: with $r=Le^{-\kappa mc^2/2}$ the first
# is at most $\min\{1,r^2\}\le r$. The constant in $\Omega$ is halved.


# %%
def square_root(power=1):
    below, above = c, 1 + z
    return all_of(exact.at_most(below**2, below**power), exact.at_most(1, above**power))

# %%
chapter.judge("zhang22.lem1.s3", square_root, expect="PROVED", mutants={"r^3": dict(power=3)})

# %% [markdown]
# (zhang22.eq21)=
# ### (21) The tail of $\sum\zeta$: the exponent is wrong
#
# $P\bigl(\sum_{l=a}^b\zeta_l\ge\frac c2\bigr)\le\exp\bigl(-\Omega\bigl(\frac{mc^2}{\tau^4}\bigr)\bigr)$ for
# $\tau\le1/\Omega(\sqrt L)$.
#
# The sum is $\frac{2\tau^2}m\chi^2_{m(b-a+1)}$, exactly. Two ways to see the fault. First, its tail is exponential
# in $c/\tau^2$, not Gaussian: with $c=1$, $m=1$, one layer and $r=\frac1{2\tau}$ the left side is $P(|Z|\ge r)$,
# larger than $e^{-16\kappa r^4}$ at $r^2=\frac1{8\kappa}$; a smaller $\tau$ makes it worse, so no choice of $K$
# helps. Second, below the mean: with $c=2\tau^2$ and one layer it is $P(\chi^2_m\ge\frac m2)$, which tends to 1,
# against $e^{-4\kappa m}$; for every $K$, if $c$ may be that small. The {ref}`repair of (25) <zhang22.eq25.s2.fix>`,
# with $\exp(-\frac{mc}{16\tau^2})$ for $c\ge32\tau^2(b-a+1)$, repairs this display as well: it is the same.


# %%
def zeta_tail(power=4, fraction=2, kappas=("1/8", "1/80", "1/800")):
    def far(kappa):
        r = (1 / (8 * limits.ball(kappa))).sqrt()
        tail, claimed = 2 * limits.normal_upper_tail(r), -16 * limits.ball(kappa) * r**power
        return certified.number(tail, claimed.exp(), at=f"c = m = 1, tau^2 = 2 kappa, kappa = {kappa}")

    def near(kappa):
        m = int(8 / sp.Rational(kappa))
        tail, claimed = limits.chi_square_upper_tail(m, m / arb(fraction)), -16 * limits.ball(kappa) * m / fraction**2
        return certified.number(tail, claimed.exp(), at=f"c = {4 / fraction} tau^2, m = {m}, kappa = {kappa}")

    return any_of(*(far(kappa) for kappa in kappas), *(near(kappa) for kappa in kappas))

# %%
chapter.judge("zhang22.eq21", zeta_tail, expect="REFUTED", severity="exponent", repair="zhang22.eq25.s2.fix",
    reading="three kappa, the argument covers every kappa; a kappa above 1/8 claims more",
    mutants={"exponent in c^3/tau^6": dict(power=6, kappas=("1/80", "1/800")), "c = tau^2": dict(fraction=4)},
    survives={"zhang22.lem1": "yes: the true tail is small enough where tau^2 L is small against c",
        "zhang22.lem1.s2": "no: its premise comes from here, and the step fails for a reason of its own",
        "zhang22.eq25.s2": "no: it quotes this display"})

# %% [markdown]
# (zhang22.eq21.s3)=
# ### (21), second line: a slip in the centre
#
# $P\bigl(\sum_{l=a}^b\zeta_l\ge\frac c2\bigr)\le P\bigl(\bigl|\sum_{l=a}^b\zeta_l-2\tau^2(b-a+1+1)\bigr|\ge\frac
# c2-2\tau^2(b-a+1)\bigr)$.
#
# (zhang22.eq21.s3.fix)=
# **Repair.** With $n=b-a+1$: if $\sum_{l=a}^b\zeta_l\ge\frac c2$ then
# $\bigl|\sum_{l=a}^b\zeta_l-2\tau^2n\bigr|\ge\frac c2-2\tau^2n$ and $|\zeta_b-2\tau^2|\ge\frac
# c2-(4n-2)\tau^2-\sum_{k=a}^{b-1}\zeta_k$.
#
# Take $m=1$, one layer and $c=12\tau^2$: $P(\chi^2_1\ge3)=0.083$ on the left, $P(\chi^2_1\ge4)=0.046$ on the right.
# The same number of means must be subtracted on both sides. In the paper $n$ is then replaced by $L$, and the
# $\frac\delta2$ of the fifth line is $\frac c2$.

# %%
last, before, excess, more = sp.symbols("last before excess more", nonnegative=True)


def centre(extra=1):
    half_c, middle = Fraction(6), 2 * (1 + Fraction(extra))  # in units of tau^2
    above, below = middle + (half_c - 2), middle - (half_c - 2)
    left = limits.chi_square_upper_tail(1, half_c / 2)
    right = limits.chi_square_upper_tail(1, above / 2) + limits.chi_square_lower_tail(1, below / 2)
    return certified.number(left, right, at=f"m = 1, one layer, c = 12 tau^2, centre {middle} tau^2")


def same_centre(slope=4, offset=2):
    n, half_c = 1 + more, before + last - excess  # in units of tau^2; the sum is c/2 + excess
    first = exact.at_most(half_c - 2 * n, before + last - 2 * n)
    return all_of(first, exact.at_most(half_c - (slope * n - offset) - before, last - 2))

# %%
chapter.judge("zhang22.eq21.s3", centre, expect="REFUTED", severity="typo", repair="zhang22.eq21.s3.fix",
    mutants={"three quarters of a mean too many": dict(extra="3/4"), "half a mean too many": dict(extra="1/2")},
    survives={"zhang22.eq21": "no: it falls by its tail, not by this slip"})
chapter.judge("zhang22.eq21.s3.fix", same_centre, expect="PROVED",
    mutants={"4n - 3": dict(offset=3), "n": dict(slope=1, offset=0)})

# %% [markdown]
# (zhang22.eq21.s1)=
# ### (21), fifth line: a bracket that may be negative
#
# With $B=\frac c2-(4L-2)\tau^2-\sum_{k=a}^{b-1}\zeta_k$: $P\bigl(\bigl|\frac m{2\tau^2}\zeta_b-m\bigr|\ge\frac
# m{2\tau^2}B\bigm|\mathcal F_{b-1}\bigr)\le\exp\bigl(-\frac{m}{16\tau^4}B^2\bigr)$.
#
# (zhang22.eq21.s1.fix)=
# **Repair.** If $B\ge0$ then $P(\zeta_b-2\tau^2\ge B\mid\mathcal
# F_{b-1})\le\exp\bigl(-\frac{mB^2}{16\tau^4+8\tau^2B}\bigr)$.
#
# Given the past, $\frac m{2\tau^2}\zeta_b$ is a $\chi^2_m$ variable $X$; with $q=\frac m{2\tau^2}B$ the claim is
# $P(|X-m|\ge q)\le e^{-q^2/(4m)}$. At $m=1$, $L=2$, $a=b$: for $c=4\tau^2$ the bracket is $-4\tau^2$, $q=-2$, and
# the certain event gets the bound $e^{-1}$; for $c=44\tau^2$ it is $16\tau^2$, $q=8$, and $P(X\ge9)=0.0027$ against
# $e^{-16}$. The repair is Chernoff's bound at $\lambda=\frac{\delta}{2(1+\delta)}$, $\delta=\frac B{2\tau^2}$:
# $\exp(-\frac m2(\delta-\log(1+\delta)))$, and $\delta-\log(1+\delta)\ge\frac{\delta^2}{2(1+\delta)}$. The upper
# side is all that the proof needs.

# %%
B = sp.Symbol("B", positive=True)


def bracket(rate=4, deviations=(-2, 8)):
    parts = (
        certified.number(limits.chi_square_upper_tail(1, 1 + q), (-arb(q) ** 2 / rate).exp(), at=f"m = 1, q = {q}")
        for q in deviations
    )
    return all_of(*parts)


def conditional_tail(rate=2):
    delta = sp.Symbol("delta", positive=True)
    tilt, claimed = delta / (2 * (1 + delta)), delta**2 / (rate * (1 + delta))
    chernoff = exact.identity(1 - 2 * tilt, 1 / (1 + delta)), exact.identity(tilt * (1 + delta), delta / 2)
    slope = exact.at_most(sp.factor(sp.diff(claimed, delta)), sp.factor(sp.diff(delta - sp.log(1 + delta), delta)))
    printed = m * B**2 / (8 * rate * tau**4 + 4 * rate * tau**2 * B)
    shape = exact.identity((m / 2 * claimed).subs(delta, B / (2 * tau**2)), printed)
    return all_of(*chernoff, slope, shape)

# %%
chapter.judge("zhang22.eq21.s1", bracket, expect="REFUTED", severity="hypothesis", repair="zhang22.eq21.s1.fix",
    mutants={"twice the exponent": dict(rate=2), "far out only": dict(deviations=(20, 40))},
    survives={"zhang22.eq21": "no: its exponent comes from here",
        "zhang22.eq21.s2": "no: the next line keeps the square of the bracket, and fails by itself"})
chapter.judge("zhang22.eq21.s1.fix", conditional_tail, expect="PROVED", reading="textbook: Chernoff's bound",
    mutants={"twice the exponent": dict(rate=1)})

# %% [markdown]
# (zhang22.eq21.s2)=
# ### (21), sixth line: Jensen's inequality does not give it
#
# There are absolute constants with $E\exp\bigl(-\frac m{16\tau^4}\bigl(\frac
# c2-(4L-2)\tau^2-\sum_{k=a}^{b-1}\zeta_k\bigr)^2\bigr)\le \exp\bigl(-\frac
# m{16\tau^4}\bigl(\frac{c^2}4+\Omega(L^2)\tau^4-\Omega(L)\tau^2\bigr)\bigr)$.
#
# The expectation is not small because the bracket is large on average: it is carried by the rare event that
# $\sum\zeta_k$ is near $\frac c2$, where the bracket is 0. Take $m=1$, $L=3$, $b=a+1$, $c=1$ and
# $\tau^2=\frac1{2R}$. The bracket is $\tau^2(R-10-2Z^2)$, at most $4\tau^2$ in size when $R-14\le2Z^2\le R-6$, so
# the left side is at least $e^{-1}P(R-14\le2Z^2\le R-6)$, about $e^{-R/4}$. The right side is at most
# $\exp(-\frac{R^2}{16}+\frac38C_2R)$, with $C_2$ the constant in $\Omega(L)$ and none in $\Omega(L^2)$. For each
# $C_2$ (and $K$) a large $R$ refutes it; here $R=12C_2+20$.


# %%
def jensen(rate=16, constants=(1, 3, 10)):
    def gap(constant):
        R = 12 * constant + 20
        near = limits.normal_upper_tail((arb(R - 14) / 2).sqrt()) - limits.normal_upper_tail((arb(R - 6) / 2).sqrt())
        claimed = (-arb(R) ** 2 / rate + 3 * arb(constant) * R / 8).exp()
        return certified.number(2 * near * arb(-1).exp(), claimed, at=f"m = c = 1, L = 3, tau^2 = 1/{2 * R}")

    return any_of(*(gap(constant) for constant in constants))

# %%
chapter.judge("zhang22.eq21.s2", jensen, expect="REFUTED", severity="exponent",
    no_repair="the sum of all zeta has an exact law, so that no conditioning is needed: see the repair of (25)",
    reading="three constants; for every one a large R does the same",
    mutants={"twice the exponent": dict(rate=8), "twenty as the constant": dict(constants=(20,))},
    survives={"zhang22.eq21": "no: its exponent is this one"})

# %% [markdown]
# (zhang22.eq21.s4)=
# ### From the logarithm to the norm
#
# $\log\|h_b\|^2\le c$ implies $\|h_b\|\le1+c$, for $0\le c\le\frac52$.
#
# That is $e^{c/2}\le1+c$, and enough for a small constant $c$. It ends near $c=2.51$.


# %%
def norm_from_log(top="5/2"):
    beyond = certified.at_most(lambda x: (x / 2).exp() - 1 - x, [(1, top)])
    return all_of(log_of_one_plus(1), beyond)

# %%
chapter.judge("zhang22.eq21.s4", norm_from_log, expect="PROVED", mutants={"up to 3": dict(top="3")})

# %% [markdown]
# ## The road map, section 4.1
#
# (zhang22.sec4.1.s1)=
# ### The natural bound for small τ
#
# $\|(I+\tau W_L)\cdots(I+\tau W_1)\|\le(1+\frac1L)^L$ for $\tau=1/\Omega(L\log m)$.
#
# (zhang22.sec4.1.s1.fix)=
# **Repair.** If $\tau\le\frac1{4L}$ then $\|(I+\tau W_L)\cdots(I+\tau W_1)\|\le(1+\frac1L)^L$ with probability at
# least $1-Le^{-m/3}$.
#
# Gaussian matrices are unbounded: at $L=1$ the claim says $\|I+\tau W_1\|\le2$, but the first entry of $I+\tau W_1$
# is $1+\tau w$ with $w$ normal, above 2 with positive probability for every $\tau>0$ and every width. It holds
# with high probability: by {prf:ref}`zhang22.lem4` at $s=(2\sqrt2-2)\sqrt m$,
# $\|W_l\|\le\sqrt{2/m}\,(2\sqrt m+s)=4$ but for probability $e^{-s^2/2}=e^{-(6-4\sqrt2)m}$, and
# $6-4\sqrt2\ge\frac13$.

# %%
weight = sp.Symbol("weight", nonnegative=True)
number = sp.Symbol("L", positive=True, integer=True)


def natural_bound(base=1):
    return exact.at_most(1 + tau * weight, (1 + sp.Integer(base) / number) ** number)


def natural_with_probability(norm=4, share=4):
    excess = norm / sp.sqrt(2) - 2  # s / sqrt(m)
    tail = exact.compare(sp.Rational(1, 3), sp.expand(excess**2 / 2), covers=True)
    return all_of(tail, exact.at_most(norm / (share * number), 1 / number))

# %%
chapter.judge("zhang22.sec4.1.s1", natural_bound, expect="REFUTED", severity="hypothesis",
    repair="zhang22.sec4.1.s1.fix", mutants={"(1 + 2/L)^L": dict(base=2)})
chapter.judge("zhang22.sec4.1.s1.fix", natural_with_probability, expect="PROVED",
    reading="textbook: Davidson and Szarek, the paper's Lemma 4, and the union bound",
    mutants={"norm 3": dict(norm=3), "tau up to 1/(2L)": dict(share=2)})

# %% [markdown]
# (zhang22.sec4.1.s2)=
# ### It explodes at $\tau=1/\sqrt L$
#
# $(1+\frac1{\sqrt L})^L\ge e^{\sqrt L/2}\to\infty$.
#
# With $x=1/\sqrt L\in(0,1]$: $\log(1+x)\ge\frac x{1+x}$, since both are 0 at 0 and the slopes are in order; so the
# power is at least $e^{1/(x(1+x))}$, and $1+x\le2$. The bound explodes; the product does not.

# %%
x = sp.Symbol("x", positive=True)


def explodes(factor=1):
    slope = exact.at_most(sp.factor(sp.diff(factor * x / (1 + x), x)), 1 / (1 + x))
    return all_of(slope, exact.at_most(1 / (2 * c), 1 / (c * (1 + c))))

# %%
chapter.judge("zhang22.sec4.1.s2", explodes, expect="PROVED", mutants={"twice the exponent": dict(factor=2)})

# %% [markdown]
# (zhang22.sec4.1.s3)=
# ### The gradient of a residual layer: a factor is missing
#
# $\partial W_l=\partial h_l\cdot h_{l-1}^\top$, where $\partial\,\cdot$ is the gradient of the objective.
#
# (zhang22.sec4.1.s3.fix)=
# **Repair.** $\partial W_l=\tau D_l\,\partial h_l\cdot h_{l-1}^\top$ for a residual layer with no entry of $g_l$
# equal to 0, $D_l=\operatorname{diag}(1\{g_l>0\})$; without $\tau$ for $l=L$.
#
# Only the entry $k$ of $h_l$ depends on row $k$ of $W_l$: it is $D_{kk}(r+\tau W_{kj}(h_{l-1})_j)$ with $r$ free of
# $W_{kj}$. At $\tau=\frac12$ the printed gradient is twice too large.

# %%
W, r, p, h = sp.symbols("W r p h", real=True)  # p is the gradient with respect to entry k of h_l
pattern = sp.Symbol("pattern", nonnegative=True)


def gradient(scale=1, active=1):
    return exact.identity(sp.diff(p * pattern * (r + tau * W * h), W), scale * active * p * h)

# %%
chapter.judge("zhang22.sec4.1.s3", gradient, expect="REFUTED", severity="constant",
    repair="zhang22.sec4.1.s3.fix",
    mutants={"with tau, without D": dict(scale=tau), "with D, without tau": dict(active=pattern)})
chapter.judge("zhang22.sec4.1.s3.fix", lambda scale=tau, active=pattern: gradient(scale, active), expect="PROVED",
    mutants={"tau^2": dict(scale=tau**2), "without D": dict(active=1)})

# %% [markdown]
# ## Slack and what to doubt
#
# Lemma 1 is true for adapted patterns, with $K=\frac{20}c$. The order is right: $c$ cannot be smaller than a
# multiple of $\tau$ ({ref}`one layer shows it <zhang22.lem1.s2>`), and draws and free probability say $2\tau\sqrt L$
# for $D_l=I$, so the constant 20 is loose by ten. The probability of the proof, $1-L^2e^{-2m}$, is better than the
# one claimed. The paper's proof has three faults, none fatal: the exponent of (21), the net, and the wording of the
# independence. For one vector the same route gives {prf:ref}`zhang22.lem2`, where $\tau\sqrt L$ of order $\sqrt c$
# is enough; the laws of $\xi$ and $\zeta$ are judged {ref}`on their own page <zhang22.sec4.2.s2>`. The same product
# in {prf:ref}`frei19.lemB.2` is bounded for all patterns at once, by norms alone, at the price of $\theta L$ in the
# exponent for $\tau\sqrt L$.
#
# What to doubt: that the lemma may be used after training. There the patterns depend on all weights, and
# {ref}`one layer of foresight <zhang22.lem1.s1>` is enough for growth with $\tau L$ instead of $\tau\sqrt L$. The
# refutation with foresight wants a width far beyond the depth; the draws show that it does not need it.
