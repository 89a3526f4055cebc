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
# # The norms of a residual network at initialisation stay of order one: true with a constant that depends on the activation

# %% tags=["remove-cell"]
from importlib.util import find_spec

from IPython import get_ipython

if find_spec("resnet_lab") is None:
    address = "git+https://github.com/resnet-lab/executable-proofs"
    get_ipython().run_line_magic("pip", f"install -q 'resnet-lab @ {address}'")

# %% [markdown]
# ```{prf:lemma} du18, Lemma B.1
# :label: du18.lemB.1
#
# If $\sigma$ is $L$-Lipschitz, $m=\Omega(n/\delta)$, where $\Omega$ hides an absolute constant only, and
# $\|W^{(h)}(0)\|_2\le c_{w,0}\sqrt m$ for $2\le h\le H$ with $c_{w,0}\approx2$, then with probability at
# least $1-\delta$ over the initialisation $1/c_{x,0}\le\|x_i^{(h)}(0)\|_2\le c_{x,0}$ for every $h\in[H]$
# and $i\in[n]$, with a constant $c_{x,0}>1$ that depends on $\sigma$ only.
# ```
#
# - Setting: $x^{(1)}=\sqrt{c_\sigma/m}\,\sigma(W^{(1)}x)$, then
#   $x^{(h)}=x^{(h-1)}+\frac{c_\lambda\lambda^{3/2}}{H\sqrt m}\sigma(W^{(h)}x^{(h-1)})$ for $2\le h\le H$,
#   with $c_\sigma=1/\mathbb E\sigma(X)^2$, $X\sim N(0,1)$.
# - Data: $\|x_i\|_2=1$ for the $n$ inputs. Weights: independent $N(0,1)$ entries.
# - Constants: $0<c_\lambda<1$ depends on the activation only, $0<\lambda\le1$. Section 2.1 of the paper says
#   that $O$ and $\Omega$ hide absolute constants only.
#
# **Proof idea.** The first layer has mean square norm 1 and a variance of order $1/m$, so Chebyshev's
# inequality keeps it in $[\frac12,2]$. A residual branch changes the norm by a factor $1\pm x/H$ at most,
# with $x=c_\lambda c_{w,0}L$, and $H-1$ such factors stay between $e^{-x}$ and $e^x$. The inequality that
# does the work is the bound of the residual branch by $\frac xH\|x^{(h-1)}\|$. So far the paper; the steps
# below say which of these sentences need a further condition.
#
# **Why it fails as printed.** The width needed by the first layer depends on the activation. Let
# $\sigma(z)=\max(|z|-T,0)$, which is 1-Lipschitz and zero on $[-T,T]$ ($\sqrt{1+\max(|z|-T,0)^2}-1$ is
# smooth as well and serves equally). One input, $\delta=\frac12$ and $m=Kn/\delta=2K$: with
# $T=\sqrt{2\log4K}$ a neuron is silent with probability $1-2Q(T)\ge1-\frac1{4K}$, so all $2K$ are silent
# with probability above $(1-\frac1{4K})^{2K}\ge\frac12$ (Bernoulli). Then $x^{(1)}=0$ and every later state
# is 0. No $c_{x,0}$ helps.
#
# **What we check.** The probability that the network is silent, enclosed by ball arithmetic at three
# absolute constants $K$; the displays of the proof one by one; two repairs with explicit constants. A
# verdict would turn if the enclosed probability were at most $\delta$ for one of the constants. Not
# checked: activations outside the family above need not fail. If $\sigma$ never vanishes, an absolute
# constant may do, at the price of a worse $c_{x,0}$.

# %% [markdown]
# The sizes of this chapter: the absolute constant $K$, the square matrix whose norm is drawn, and the small
# deep network of the second repair.

# %% tags=["hide-input"]
from fractions import Fraction

import jax.numpy as jnp
import jax.random as jr
import matplotlib.pyplot as plt
import numpy as np
import sympy as sp
from flint import arb

from resnet_lab import bounds, limits, measure, page
from resnet_lab.evidence import all_of, any_of, certified, draws_needed, exact, sampled

chapter = page.Chapter("norms/du18-lemma-b1")
setting = chapter.setting(absolute_constant=1000, square=24, depth=4, width=32)

# %% [markdown]
# The probability that all $m=2K$ neurons of the first layer are silent, against $\delta=\frac12$.


# %%
def silent_network(power=1):
    def at(constant):
        width = constant * 2**power  # K (n/delta)^power
        threshold = (2 * arb(2 * width).log()).sqrt()
        all_silent = (width * (-2 * limits.normal_upper_tail(threshold)).log1p()).exp()
        where = f"K = {constant}, n = 1, delta = 1/2: the probability that every state is 0"
        return certified.number(all_silent, Fraction(1, 2), at=where)

    return any_of(*(at(constant) for constant in (1, setting.absolute_constant, 10**6)))

# %%
chapter.judge("du18.lemB.1", silent_network, expect="REFUTED", severity="constant",
    repair="du18.lemB.1.fix", mutants={"width of order (n/delta)^3": dict(power=3)},
    reading="three absolute constants, one of your choice; that every constant fails is the two-line "
    "argument above",
    survives={"du18.thm4.1": "open: the repair puts a factor that depends on the activation on its term n/delta; the "
        "theorem is judged by itself"})

# %% [markdown]
# ## Two repairs
#
# ```{prf:lemma} Lemma B.1, repaired along its own proof
# :label: du18.lemB.1.fix2
#
# Put $x=c_\lambda c_{w,0}L$. If $x\le1.59$ and $m\ge\frac{64}9c_\sigma L^2n/\delta$, then with probability
# at least $1-\delta$ over $W^{(1)}$, whatever the matrices with $\|W^{(h)}\|_2\le c_{w,0}\sqrt m$ are,
# $\frac12e^{-x}-c_\lambda|\sigma(0)|\le\|x_i^{(h)}(0)\|_2\le e^x(2+c_\lambda|\sigma(0)|)$ for every
# $h\in[H]$ and $i\in[n]$. The lower end is positive if $c_\lambda|\sigma(0)|<\frac12e^{-x}$.
# ```
#
# Hypotheses: $\sigma$ $L$-Lipschitz and not zero almost everywhere, $\|x_i\|_2=1$, $0<\lambda\le1$,
# $0<c_\lambda<1$. With $\sigma(0)=0$ this is the printed conclusion with the printed $c_{x,0}=2e^x$. With
# $\sigma(0)\ne0$, as for the paper's own softplus, the constant $c_\lambda$ has to be small: the matrices
# $W^{(h)}$ may be any here, and they can cancel a state.
#
# Proof: {ref}`the first layer <du18.lemB.1.s7.fix>` is in $[\frac12,2]$; with $b=c_\lambda|\sigma(0)|$
# {ref}`the branch <du18.lemB.1.s1.fix>` gives
# $(1-\frac xH)a-\frac bH\le\|x^{(h)}\|\le(1+\frac xH)a+\frac bH$ for $a=\|x^{(h-1)}\|$; by induction
# $u^ka-\frac{bk}H$ from below ($u=1-\frac xH$) and $u^k(a+\frac{bk}H)$ from above ($u=1+\frac xH$) after
# $k\le H-1$ blocks; then the two product bounds, {ref}`lower <du18.lemB.1.s2.fix>` and
# {ref}`upper <du18.lemB.1.s3>`. The module `resnet_lab/bounds.py` holds what Lemma C.1 needs as well: the
# products and the inductions. The first layer is checked here: an end of $[\frac12,2]$ lies at least
# $\frac34$ away from the mean square 1.

# %%
c, L, m, n, delta = sp.symbols("c L m n delta", positive=True)  # c = c_sigma
t = sp.Symbol("t", nonnegative=True)


def chebyshev(needed=c * L**2, top=2):
    """P(|x^(1)| not in [1/2, top]) <= (4 c L^2/m) / (3/4)^2 <= delta/n for every m = (64/9 + t) needed n/delta."""
    gap, width = sp.Rational(3, 4), (sp.Rational(64, 9) + t) * needed * n / delta
    distances = 1 - sp.Rational(1, 4), sp.Integer(top) ** 2 - 1  # of the squared ends from 1
    ends = [exact.compare(gap, distance, covers=True) for distance in distances]
    tail = exact.at_most(sp.simplify(4 * c * L**2 / width / gap**2), delta / n)
    return all_of(*ends, tail, says="the ends are 3/4 or more from the mean square 1; Chebyshev gives delta/n at most")


# %% [markdown]
# This repair holds when all four parts do. Each mutant is a false lemma: for $x=1.9$ and $H=2$ the
# matrix $-c_{w,0}\sqrt m\,I$ shrinks a linear network too far; without the offset an activation with
# $\sigma(0)=-1$ and $\sigma=1$ on most inputs nearly cancels the state at $W^{(h)}=0$ ($c_{w,0}$ small,
# $c_\lambda$ near 1, $H$ large); without $c_\sigma L^2$ it is the lemma as printed.


# %%
def repaired(top="159/100", offset=1, needed=c * L**2):
    parts = bounds.lower_product(top), bounds.upper_product(), bounds.affine_steps(offset), chebyshev(needed)
    return all_of(*parts, says="at m >= (64/9) c_sigma L^2 n/delta and x <= 1.59 both ends hold, offset included")

# %%
chapter.judge("du18.lemB.1.fix2", repaired, expect="PROVED", mutants={"x up to 1.9": dict(top="19/10"),
        "offset forgotten": dict(offset=0), "no factor c_sigma L^2": dict(needed=1)},
    reading="textbook: Chebyshev, union bound and, for the variance, the Gaussian Poincaré inequality")

# %% [markdown]
# ```{prf:lemma} Lemma B.1, repaired for every $c_\lambda<1$
# :label: du18.lemB.1.fix
#
# Let $v=c_\sigma\mathrm{Var}\,\sigma(g)>0$, $x=c_\lambda c_{w,0}L$ and $U=e^x(2+c_\lambda|\sigma(0)|)$,
# with no condition on $x$. For Gaussian weights and $m\ge2$, the probability that
# $\|W^{(h)}\|_2\le c_{w,0}\sqrt m$ for all $h\ge2$ and yet some $\|x_i^{(h)}(0)\|_2$ lies outside
# $[\sqrt{v/8},U]$ is at most
# $\frac nm\Big(\frac{64}9c_\sigma L^2+\frac{64c_\sigma L^2}v+\frac{256L^2U^4}{Hv^2}\Big)$.
# ```
#
# Hypotheses: $\sigma$ $L$-Lipschitz and not constant, $g\sim N(0,1)$, the rest as above. Random matrices do
# not conspire: the part of a state that is orthogonal to $(1,\dots,1)$ can only grow on average. As
# $v\le c_\sigma L^2$, the bound is below 1 only for $m>64n$.
#
# Proof: with $P$ the projection orthogonal to $(1,\dots,1)$, $V_h=\|Px^{(h)}\|^2$ and
# $s=c_\lambda\lambda^{3/2}/H$, $V_h\ge V_{h-1}+D_h$,
# $D_h=\frac{2s}{\sqrt m}\langle Px^{(h-1)},\sigma(W^{(h)}x^{(h-1)})\rangle$. Given the past the entries of
# $\sigma(W^{(h)}x^{(h-1)})$ are independent with one law, so $D_h$ has mean 0 ($P$ removes the common mean)
# and variance at most $\frac{4s^2}mL^2\|x^{(h-1)}\|^4$. Stopped when a norm exceeds $U$, the sums of the
# $D_h$ stay above $-v/8$ but for a probability $\frac{4L^2U^4}{Hm}\big/(v/8)^2$ (Kolmogorov's inequality).
# Next $\mathbb EV_1=(1-\frac1m)v\ge v/2$ and $\mathrm{Var}V_1\le\frac{4c_\sigma L^2}m\mathbb EV_1$
# (Gaussian Poincaré inequality, as {ref}`below <du18.lemB.1.s5.fix2>`), so $V_1\ge v/4$ but for
# $\frac{4c_\sigma L^2v}m\big/(v/4)^2$. The first layer adds $\frac{64c_\sigma L^2}{9m}$. The upper end $U$
# is deterministic once $\|x^{(1)}\|\le2$, as in {prf:ref}`du18.lemB.1.fix2`.
#
# Each line of this proof that is a computation, with $s\le\frac1H$, $\|Px\|\le\|x\|\le U$ and $m\ge2$ as
# symbols. Both mutants are false for wide networks: with a branch of order $1/\sqrt H$ a linear network
# reaches the norm $e^{c_\lambda^2L^2/2}$ for large $H$, beyond $U$ when $L$ is large; without the union
# enough orthogonal inputs make some first layer fail.

# %%
r, V, W, m1, H1 = sp.symbols("r V W m1 H1", nonnegative=True)  # r = |x|, m1 = m - 2, H1 = H - 1
v, U, H, Dh = sp.Symbol("v", positive=True), sp.Symbol("U", positive=True), 1 + H1, sp.Symbol("D", real=True)


def orthogonal_part(steps=1, inputs=n):
    growth = exact.at_most(V + Dh, V + Dh + W)  # |P(x + s y)|^2 = V + D + s^2 |P y|^2
    one_block = exact.at_most(4 * (U / (1 + t)) ** 4, 4 * U**4)  # Var D <= (4 s^2/m) V L^2 r^2, V <= r^2 <= U^2
    all_blocks = exact.at_most(H1 * 4 * L**2 * U**4 / (H ** (2 * steps) * m), 4 * L**2 * U**4 / (H * m))
    start = exact.at_most(v / 2, (1 - 1 / (2 + m1)) * v)
    first_layer = 4 * c * L**2 / m / sp.Rational(3, 4) ** 2
    first_spread = 4 * c * L**2 * v / m / (v / 2 - v / 4) ** 2
    drift = 4 * L**2 * U**4 / (H * m) / (v / 4 - v / 8) ** 2
    claimed = (sp.Rational(64, 9) * c * L**2 + 64 * c * L**2 / v + 256 * L**2 * U**4 / (H * v**2)) * inputs / m
    total = exact.at_most(n * (first_layer + first_spread + drift), claimed)
    says = "the three ways to leave the interval add up to the claimed probability over n inputs"
    return all_of(growth, one_block, all_blocks, start, total, says=says)

# %%
chapter.judge("du18.lemB.1.fix", orthogonal_part, expect="PROVED",
    mutants={"branch of order 1/sqrt(H)": dict(steps=sp.Rational(1, 2)),
        "no union over the inputs": dict(inputs=1)},
    reading="textbook: Kolmogorov's inequality for martingales, Chebyshev, union bound, Gaussian "
    "Poincaré inequality")

# %% [markdown]
# (du18.lemB.1.s10)=
# ### The repair for every $c_\lambda<1$, at a width that one can reach
#
# At the registered setting of this page ($H=4$, $m=32$, $\sigma(z)=4z$, $c_\lambda=\frac12$, $\lambda=1$,
# $c_{w,0}=\frac94$) some $\|x^{(h)}(0)\|_2$ leaves $[\sqrt{v/8},U]$, $v=1$, $U=2e^{4.5}$, with probability
# at most 5%.
#
# Here $x=4.5$, so {prf:ref}`du18.lemB.1.fix2` says nothing, and the explicit bound of
# {prf:ref}`du18.lemB.1.fix` falls below 1 only for $m>10^{12}$: this is another statement than those two. Given $x$, the vector $W^{(h)}x$ has the law of $\|x\|g$
# with independent normal entries, so no matrix is drawn.


# %%
def norms(key, conspiring=False):
    first, *blocks = jr.normal(key, (setting.depth, setting.width))
    state = first / jnp.sqrt(setting.width)
    lengths = [jnp.linalg.norm(state)]
    for g in blocks:
        random = lengths[-1] * g  # W x in law
        worst = -setting.depth / 2 * jnp.sqrt(setting.width) * state  # W = -(H/2) sqrt(m) I
        branch = 0.5 * 4 * (worst if conspiring else random)  # c_lambda sigma(W x)
        state = state + branch / (setting.depth * jnp.sqrt(setting.width))
        lengths.append(jnp.linalg.norm(state))
    return jnp.stack(lengths)


# %% [markdown]
# So many draws tell a rate of 0.001 from 0.05. The mutant replaces the Gaussian matrices by ones that
# cancel the state.

# %%
print("draws:", draws_needed(at_most=0.05, truth=0.001))


def leaves_interval(conspiring=False, truth=0.001):
    def event(key):
        states = norms(key, conspiring)
        return jnp.any((states**2 < 1 / 8) | (states > 2 * jnp.exp(4.5)))

    return sampled(event, chapter.key("du18.lemB.1.s10"), at_most=0.05, truth=truth)

# %%
chapter.judge("du18.lemB.1.s10", leaves_interval, expect="SUPPORTED",
    mutants={"conspiring matrices": dict(conspiring=True, truth=0.9)},
    reading="one input, the registered depth and width, one activation")

# %% [markdown]
# Left: the product of the lower bound over its claimed value $e^{-x}$; below 1 the printed display fails.
# Right: norms of the random network, and of the same network with $W^{(h)}=-2\sqrt m\,I$, whose norm
# $c_{w,0}=2$ allows.

# %% mystnb={"image": {"alt": "Left: four curves of (1 - x/H)^(H-1) times e^x against x for H = 2, 3, 6 and 50; all start at 1, rise, and fall below 1 between x = 1.59 and x = 2. Right: norms by layer; the random network stays between about 0.8 and 1.8, the conspiring one drops to 0 at layer 2."}} tags=["hide-input"]
figure, (left, right) = plt.subplots(1, 2, figsize=(9, 3.4), layout="constrained")
grid = np.linspace(0, 2.4, 200)
for depth, style in ((2, "-"), (3, "--"), (6, "-."), (50, ":")):
    inside = np.where(grid < depth, np.abs(1 - grid / depth) ** (depth - 1) * np.exp(grid), np.nan)
    left.plot(grid, inside, style, label=f"$H={depth}$")
left.axhline(1, color="grey", linewidth=0.8)
_ = left.set(xlabel=r"$x=c_\lambda c_{w,0}L$", ylabel=r"$(1-x/H)^{H-1}e^x$", title="lower product over its bound")
left.legend()
layers = np.arange(1, setting.depth + 1)
drawn = measure.draws(lambda key: jnp.stack([norms(key), norms(key, True)]), key=chapter.key("figure"), count=200)
for case, label, marker in ((0, "Gaussian $W^{(h)}$", "o"), (1, "conspiring $W^{(h)}$", "s")):
    low, middle, high = np.quantile(drawn[:, case], [0.05, 0.5, 0.95], axis=0)
    right.errorbar(layers + 0.1 * case, middle, yerr=[middle - low, high - middle], fmt=marker, capsize=3, label=label)
right.axhline(8**-0.5, color="grey", linewidth=0.8, linestyle="--", label=r"$\sqrt{v/8}$")
_ = right.set(
    xlabel="layer $h$", ylabel=r"$\|x^{(h)}\|_2$", xticks=layers, ylim=(-0.1, 3.2), title=r"$\sigma(z)=4z$, 5 to 95 %"
)
right.legend()
plt.show()

# %% [markdown]
# The curves cross 1 between $x=1.593$ ($H=2$) and $x=2$ ($H\to\infty$); the Gaussian network keeps its norm
# although $x=4.5$.
#
# ## Verdict and slack
#
# As printed the lemma is false, for want of a constant: the width must grow with $c_\sigma L^2$. This
# number has no scale (multiply $\sigma$ by any factor and it stays) and is at least
# $(1+|\sigma(0)|/L)^{-2}$; it is large for activations that are silent on most inputs. With it the paper's
# proof goes through for $\sigma(0)=0$ and small $c_\lambda$; for Gaussian weights the conclusion holds for
# every $c_\lambda<1$. The dependence $n/\delta$ is far from sharp: $\|x^{(1)}\|$ is an
# $L\sqrt{c_\sigma/m}$-Lipschitz function of the weights, so Gaussian concentration would give
# $\log(n/\delta)$ instead. The probability that $\|W^{(h)}\|_2\le c_{w,0}\sqrt m$ holds for all $h$ has to
# be added; it costs $(H-1)e^{-(c_{w,0}-2)^2m/2}$.
#
# **Same lemma elsewhere.** The fully connected Lemma A.1 of the same paper has the same gap in its
# constant; zhang22's Lemma 2 needs no spectral norm at all.
#
# **What a reader should still doubt.** Whether the later lemmas of the paper, which take $c_{x,0}$ and
# $c_{w,0}$ as given, keep $c_\lambda$ as small as {prf:ref}`du18.lemB.1.fix2` wants it; and the factor $U^4$
# of {prf:ref}`du18.lemB.1.fix`, which is a price of its proof and not seen in the draws.
#
# ## The steps of the proof

# %% [markdown]
# (du18.lemB.1.s1)=
# ### Residual norm
#
# $\big\|\frac{c_\lambda\lambda^{3/2}}{H\sqrt m}\sigma(W^{(h)}x)\big\|_2\le\frac{c_\lambda
# c_{w,0}L}H\|x\|_2$ for $x=x_i^{(h-1)}(0)$ and $2\le h\le H$.
#
# Hypotheses: $\|W^{(h)}\|_2\le c_{w,0}\sqrt m$, $\sigma$ $L$-Lipschitz, $0<\lambda\le1$. The display needs
# $|\sigma(z)|\le L|z|$, that is $\sigma(0)=0$. Softplus, the paper's guiding example, has $\sigma(z)>z$
# everywhere: one neuron with $W=c_{w,0}=2$, $\lambda=1$ (orthogonal inputs) and $\|x\|=\frac12$ violates
# it. Gaussian matrices violate it too when $|\sigma(0)|$ is large: for $\sigma(z)=z+3$ and $\|x\|=1$ the
# left side tends to $\sqrt{10}\,c_\lambda/H$, the right side is $2c_\lambda/H$.


# %%
def residual(factor=1, norm=Fraction(1, 2), lam=1):
    z = 2 * norm  # W x
    left = (limits.ball(lam) ** 3).sqrt() * (1 + limits.ball(z).exp()).log()
    return certified.number(
        left, factor * z, at=f"m = 1, W = 2, |x| = {norm}, lambda = {lam}, softplus; both sides times H/c_lambda"
    )

# %%
chapter.judge("du18.lemB.1.s1", residual, expect="REFUTED", severity="hypothesis",
    repair="du18.lemB.1.s1.fix", mutants={"right side 1.3 times as large": dict(factor=Fraction(13, 10)),
        "lambda = 0.9": dict(lam=Fraction(9, 10))},
    survives={"du18.lemB.1": "no: as printed it falls with its Chebyshev step; du18.lemB.1.fix and fix2 carry the "
        "offset in their constants",
        "du18.lemC.1.s4": "no: the same display on patches fails for the same reason and has the same repair"})

# %% [markdown]
# (du18.lemB.1.s1.fix)=
# ### Repair: residual norm with the offset
#
# $\big\|\frac{c_\lambda\lambda^{3/2}}{H\sqrt
# m}\sigma(W^{(h)}x)\big\|_2\le\frac{c_\lambda}H\big(|\sigma(0)|+c_{w,0}L\|x\|_2\big)$; the printed bound if
# $\sigma(0)=0$.
#
# Hypotheses: as above. Entry by entry $|\sigma(z_r)|\le s_0+L|z_r|$ with $s_0=|\sigma(0)|$. For
# $\tau=\|z\|/\sqrt m$ each entry obeys $(s_0+L|z_r|)^2\le s_0^2+L^2z_r^2+s_0L(z_r^2/\tau+\tau)$; the sum
# over $r$ of the right side is $m(s_0+L\tau)^2$, for every $m$. Finally $\|z\|\le c_{w,0}\sqrt m\|x\|$ and
# $\lambda^{3/2}\le1$.

# %%
s0, size, cw = sp.symbols("s_0 size c_w", nonnegative=True)  # size = |x|


def residual_with_offset(share=1):
    tau = cw * size / (1 + t)  # any number up to c_w |x|
    bracket = exact.at_most(share * s0 + L * tau, share * s0 + cw * L * size)
    says = "entry by entry, and in the mean, the branch is at most |sigma(0)| + c_w L |x|"
    return all_of(bounds.lipschitz_entries(share), bracket, says=says)

# %%
chapter.judge("du18.lemB.1.s1.fix", residual_with_offset, expect="PROVED",
    mutants={"offset dropped": dict(share=0), "offset halved": dict(share=sp.Rational(1, 2))})

# %% [markdown]
# (du18.lemB.1.s2)=
# ### Lower product bound
#
# $\prod_{h=2}^H(1-x/H)\ge e^{-x}$ with $x=c_\lambda c_{w,0}L$.
#
# Hypotheses: $0<c_\lambda<1$, $c_{w,0}\approx2$, $L>0$, $H\ge1$. True for $x\le1$ by
# $\log(1-y)\ge-y/(1-y)$, false in general: $L=1$, $c_{w,0}=2$, $c_\lambda=\frac9{10}$ give $x=\frac95$ and
# fail at $H=2$. For $x\ge2$ it fails at every $H\ge x$ and at every even $H$.


# %%
def printed_product(x=Fraction(9, 5), depth=2):
    product = (1 - x / depth) ** (depth - 1)
    return exact.compare(product, sp.exp(-sp.Rational(x)), sense=">=", at=f"x = {x}, H = {depth}")

# %%
chapter.judge("du18.lemB.1.s2", printed_product, expect="REFUTED", severity="hypothesis",
    repair="du18.lemB.1.s2.fix", mutants={"x = 2, H = 10": dict(x=Fraction(2), depth=10),
        "x = 7/4, H = 3": dict(x=Fraction(7, 4), depth=3)},
    survives={"du18.lemB.1": "no: as printed it falls with its Chebyshev step; du18.lemB.1.fix needs no lower "
        "product, du18.lemB.1.fix2 asks for x <= 1.59",
        "du18.lemC.1.s5": "no: the same display with sqrt(q) in x, where x is larger still"})

# %% [markdown]
# (du18.lemB.1.s2.fix)=
# ### Repair: where the lower product bound holds
#
# $(1-x/H)^{H-1}\ge e^{-x}$ for every real $H\ge2$ and $0\le x\le1.59$, and not for $x=1.6$, $H=2$.
#
# With $y=1/H$ and $-\log(1-w)=w+\frac{w^2}2F(w)$, $F={}_2F_1(1,2;3;\cdot)$, the claim reads
# $(1-y)\frac x2F(xy)\le1$, which ball arithmetic certifies on the whole box. The end of the range is sharp:
# at $H=2$ the two sides meet at $x=1.5936$.


# %%
def product_range(top="159/100", beyond="8/5"):
    past = exact.compare(1 - Fraction(beyond) / 2, sp.exp(-sp.Rational(beyond)), covers=True, at=f"x = {beyond}, H = 2")
    return all_of(bounds.lower_product(top), past, says="it holds up to x = 1.59 for all H and fails at x = 1.6, H = 2")

# %%
chapter.judge("du18.lemB.1.s2.fix", product_range, expect="PROVED", mutants={"x up to 1.6": dict(top="8/5"),
        "already false at 1.59": dict(beyond="159/100")})

# %% [markdown]
# (du18.lemB.1.s3)=
# ### Upper product bound
#
# $\prod_{h=2}^H(1+x/H)\le e^x$ with $x=c_\lambda c_{w,0}L$.
#
# Hypotheses: $x\ge0$, $H\ge1$. The difference $x-(H-1)\log(1+x/H)$ is 0 at $x=0$ and its slope
# $\frac{1+x}{H+x}$ is positive. A negative slope at a point means, since the slope increases with $x$, a
# violation there.

# %%
chapter.judge("du18.lemB.1.s3", bounds.upper_product, expect="PROVED",
    mutants={"exponent x/2": dict(exponent=sp.Rational(1, 2))})

# %% [markdown]
# (du18.lemB.1.s4)=
# ### First-layer mean
#
# $\mathbb E\|x_i^{(1)}(0)\|_2^2=c_\sigma\mathbb E[\sigma(w_r^{(1)}(0)^\top x_i)^2]=c_\sigma\mathbb E_{X\sim
# N(0,1)}\sigma(X)^2=1$.
#
# Hypotheses: $\|x_i\|_2=1$, $0<\mathbb E\sigma(X)^2<\infty$. The textbook fact used: $w^\top x$ with
# independent $N(0,1)$ entries in $w$ is $N(0,\|x\|^2)$. With $S(v)$ the second moment of $\sigma$ under
# $N(0,v)$, left free, the mean over $m$ equal neurons is $m\cdot\frac{c_\sigma}m S(\|x\|^2)$,
# $c_\sigma=1/S(1)$. Mutants take $\sigma(z)=z+1$.


# %%
def first_layer_mean(norm=1, normalised=True, second_moment=sp.Function("S")):
    normaliser = 1 / second_moment(sp.Integer(1)) if normalised else 1
    return exact.identity(m * normaliser / m * second_moment(sp.Integer(norm) ** 2), 1)


shifted = dict(second_moment=lambda variance: variance + 1)

# %%
chapter.judge("du18.lemB.1.s4", first_layer_mean, expect="PROVED",
    mutants={"input of norm 2": dict(norm=2, **shifted),
        "no normaliser": dict(normalised=False, **shifted)})

# %% [markdown]
# (du18.lemB.1.s5)=
# ### Variance constant
#
# $\mathrm{Var}\|x_i^{(1)}(0)\|_2^2\le C_2/m$ with
# $C_2=\sigma(0)^4+4|\sigma(0)|^3L\sqrt{2/\pi}+6\sigma(0)^2L^2+8|\sigma(0)|L^3\sqrt{2/\pi}+32L^4$.
#
# Hypotheses: $\|x_i\|_2=1$, $\sigma$ $L$-Lipschitz. The factor $c_\sigma^2$ of the line before has been
# lost, here and in Lemmas A.1 and C.1. The variance does not change when $\sigma$ is multiplied by a
# factor, $C_2$ does: for $\sigma(z)=\frac14z$ the variance is $2/m$ and $C_2=\frac18$. For $\sigma(z)=Lz$
# the coefficient 32, where 3 would do, hides the loss from $L=\frac12$ on.


# %%
def printed_variance(offset=0, slope=Fraction(1, 4), top=32):
    s, slope = sp.Rational(offset), sp.Rational(slope)
    variance, claimed = bounds.affine_variance(s, slope), bounds.fourth_moment(s, slope, top)
    return exact.compare(variance, claimed, at=f"sigma(z) = {s} + {slope} z, both sides times m")

# %%
chapter.judge("du18.lemB.1.s5", printed_variance, expect="REFUTED", severity="constant",
    repair="du18.lemB.1.s5.fix", mutants={"slope 1/3": dict(slope=Fraction(1, 3)),
        "coefficient 100": dict(top=100, slope=Fraction(1, 4)), "offset 1/4": dict(offset=Fraction(1, 4))},
    survives={"du18.lemB.1.s7": "no: with c_sigma in the variance the width depends on the activation, and an absolute "
        "constant fails",
        "du18.lemC.1.s2": "no: it uses this constant and fails at one pixel, where it is this claim"})

# %% [markdown]
# (du18.lemB.1.s5.fix)=
# ### Repair: the variance constant with its normaliser
#
# $\mathrm{Var}\|x_i^{(1)}(0)\|_2^2\le\frac{c_\sigma^2}m\mathbb E\sigma(X)^4\le\frac{c_\sigma^2}mC_2'$ with
# $C_2'=\sigma(0)^4+4|\sigma(0)|^3L\sqrt{2/\pi}+6\sigma(0)^2L^2+8|\sigma(0)|L^3\sqrt{2/\pi}+3L^4$; the
# second step is an equality for $\sigma(z)=|\sigma(0)|+L|z|$.
#
# Hypotheses: $\|x_i\|_2=1$, $\sigma$ $L$-Lipschitz, $X\sim N(0,1)$. The first step drops a square, the
# second is $|\sigma(X)|\le|\sigma(0)|+L|X|$ and the absolute moments $1,\sqrt{2/\pi},1,2\sqrt{2/\pi},3$ of
# a normal variable. Mutants claim too small a fourth moment.


# %%
X = sp.Symbol("X", real=True)


def fourth_moment(top=3):
    density = sp.sqrt(2 / sp.pi) * sp.exp(-(X**2) / 2)
    moments = [sp.integrate(X**j * density, (X, 0, sp.oo)) for j in range(5)]
    expanded = sum(sp.binomial(4, j) * s0 ** (4 - j) * L**j * moments[j] for j in range(5))
    return exact.at_most(sp.simplify(expanded), bounds.fourth_moment(s0, L, top))

# %%
chapter.judge("du18.lemB.1.s5.fix", fourth_moment, expect="PROVED", mutants={"coefficient 2": dict(top=2)})

# %% [markdown]
# (du18.lemB.1.s5.fix2)=
# ### Repair: a variance that is linear in $c_\sigma$
#
# $\mathrm{Var}\|x_i^{(1)}(0)\|_2^2\le4c_\sigma L^2/m$.
#
# Hypotheses: $\|x_i\|_2=1$, $\sigma$ $L$-Lipschitz and not zero almost everywhere. Textbook theorem: the
# Gaussian Poincaré inequality $\mathrm{Var}f(g)\le\mathbb E\|\nabla f(g)\|^2$ (Boucheron, Lugosi, Massart,
# *Concentration Inequalities*, Theorem 3.20; Lipschitz functions by smoothing) for
# $f=\frac{c_\sigma}m\sum_r\sigma(g_r)^2$. Each neuron gives
# $(\frac{2c_\sigma}m\sigma\sigma')^2\le\frac{4c_\sigma^2L^2}{m^2}\sigma^2$, and
# $\frac{c_\sigma}m\sum_r\mathbb E\sigma(g_r)^2=1$. The second part compares with the exact variance of
# $\sigma(z)=s_0+Lz$, where the bound is attained as $L/s_0\to0$.

# %%
s, d, e = sp.symbols("s d e", nonnegative=True)  # |sigma|, |sigma'|, with L^2 = d^2 + e


def poincare(factor=4):
    neuron = exact.at_most((2 * s * d) ** 2, factor * s**2 * (d**2 + e))
    square = s0**2 + L**2  # 1/c_sigma
    affine = exact.at_most(sp.simplify(bounds.affine_variance(s0, L) * square**2), sp.expand(factor * L**2 * square))
    return all_of(neuron, affine, says="each neuron's squared gradient is at most 4 L^2 sigma^2; affine ones agree")

# %%
chapter.judge("du18.lemB.1.s5.fix2", poincare, expect="PROVED", mutants={"3 for 4": dict(factor=3)},
    reading="textbook: the Gaussian Poincaré inequality")

# %% [markdown]
# (du18.lemB.1.s6)=
# ### The constant $c_{w,0}$
#
# "$c_{w,0}\approx2$ for Gaussian initialization": a square Gaussian matrix has $\|W\|_2\le c_{w,0}\sqrt m$
# but for a probability at most $e^{-(c_{w,0}-2)^2m/2}$, for every constant $c_{w,0}>2$.
#
# Hypotheses: $W\in\mathbb R^{m\times m}$ with independent $N(0,1)$ entries. "About 2" must mean slightly
# above 2. The edge of the spectrum is $2\sqrt m$, and at exactly 2 the failure probability does not vanish:
# it is near one in eight at these widths (the Tracy-Widom law says 0.17 in the limit), for each layer. We
# draw at $c_{w,0}=\frac52$, and add the exact law at $m=1$.

# %%
claimed_rate = max(float(jnp.exp(-setting.square / 8)), 0.01)  # exp(-(2.5 - 2)^2 m / 2); draws see no less than 0.01
print("draws:", draws_needed(at_most=claimed_rate, truth=claimed_rate / 50))


def spectral_norm_above(threshold=2.5, truth=claimed_rate / 50):
    def event(key):
        weights = jr.normal(key, (setting.square, setting.square))
        return jnp.linalg.eigvalsh(weights.T @ weights)[-1] > threshold**2 * setting.square

    drawn = sampled(event, chapter.key("du18.lemB.1.s6"), at_most=claimed_rate, truth=truth)
    single = certified.number(
        2 * limits.normal_upper_tail(threshold), (-arb(1) / 8).exp(), at=f"m = 1, threshold {threshold}"
    )
    return all_of(drawn, single, says=f"c_w = {threshold} holds at m = {setting.square} and at m = 1")

# %%
chapter.judge("du18.lemB.1.s6", spectral_norm_above, expect="SUPPORTED",
    mutants={"c_{w,0} exactly 2, at the same rate": dict(threshold=2.0, truth=2 * claimed_rate)},
    reading="c_{w,0} = 2.5 at one width by draws and at m = 1 exactly; other widths and constants "
    "rest on Lemma E.4")

# %% [markdown]
# (du18.lemB.1.s7)=
# ### Chebyshev step
#
# If $m=\Omega(n/\delta)$ with an absolute constant, then $\frac12\le\|x_i^{(1)}(0)\|_2\le2$ with
# probability at least $1-\delta/n$.
#
# Hypotheses: $\|x_i\|_2=1$, $\sigma$ $L$-Lipschitz. The silent network above refutes it too: at $n=1$ and
# $\delta=\frac12$ the first layer is 0 with probability above $\delta/n$.

# %%
chapter.judge("du18.lemB.1.s7", silent_network, expect="REFUTED", severity="constant",
    repair="du18.lemB.1.s7.fix", mutants={"width of order (n/delta)^2": dict(power=2)},
    reading="three absolute constants; that every constant fails is the argument at the top",
    survives={"du18.lemB.1": "no: as printed it falls with this step; du18.lemB.1.fix and fix2 take c_sigma L^2 from "
        "du18.lemB.1.s7.fix"})

# %% [markdown]
# (du18.lemB.1.s7.fix)=
# ### Repair: the Chebyshev step with its constant
#
# If $m\ge\frac{64}9c_\sigma L^2n/\delta$, then $\frac12\le\|x_i^{(1)}(0)\|_2\le2$ with probability at least
# $1-\delta/n$.
#
# Hypotheses: as above, and $\sigma$ not zero almost everywhere. $\|x\|^2\notin[\frac14,4]$ is a deviation
# of at least $\frac34$ from the mean 1; Chebyshev's inequality with
# {ref}`the variance bound <du18.lemB.1.s5.fix2>` $4c_\sigma L^2/m$.

# %%
chapter.judge("du18.lemB.1.s7.fix", chebyshev, expect="PROVED",
    mutants={"no factor c_sigma L^2": dict(needed=1), "upper end 1": dict(top=1)},
    reading="textbook: Chebyshev's inequality, on the variance bound above")

# %% [markdown]
# (du18.lemB.1.s8)=
# ### Triangle step
#
# With $r$ the residual branch, $x^{(h)}=x^{(h-1)}+r$:
# $\|x^{(h-1)}\|_2-\|r\|_2\le\|x^{(h)}\|_2\le\|x^{(h-1)}\|_2+\|r\|_2$.
#
# With $a=\|x^{(h-1)}\|$, $\|r\|$ written $r$ and the inner product $ar-d=-ar+d'$, $d,d'\ge0$ (Cauchy-Schwarz), the
# square of $\|x^{(h)}\|$ is $a^2+r^2$ plus twice the inner product.

# %%
a = sp.Symbol("a", nonnegative=True)


def triangle(share=1):
    above = exact.at_most(a**2 + r**2 + 2 * (a * r - d), (a + share * r) ** 2)
    below = exact.at_most((a - share * r) ** 2, a**2 + r**2 + 2 * (-a * r + d))
    return all_of(above, below, says="both sides hold for every angle between the state and the branch")

# %%
chapter.judge("du18.lemB.1.s8", triangle, expect="PROVED",
    mutants={"half the branch": dict(share=sp.Rational(1, 2))})

# %% [markdown]
# (du18.lemB.1.s9)=
# ### Choice of $c_{x,0}$ and union bound
#
# If $\frac12e^{-x}\le\|x_i^{(h)}\|_2\le2e^x$ fails with probability at most $\delta/n$ for each $i$, then
# $c_{x,0}=2e^x$ serves for all $i\in[n]$ with probability at least $1-\delta$.
#
# Hypotheses: $x=c_\lambda c_{w,0}L$; the bounds of all layers of input $i$ follow from one event of its
# first layer, so that the union is over $n$ events only.

# %%
x = sp.Symbol("x", nonnegative=True)


def chosen_constant(factor=2):
    chosen = factor * sp.exp(x)
    upper, lower = exact.at_most(2 * sp.exp(x), chosen), exact.at_most(1 / chosen, sp.exp(-x) / 2)
    union = exact.identity(n * (delta / n), delta)
    return all_of(upper, lower, union, says="2 e^x covers both ends; n events of probability delta/n add up to delta")

# %%
chapter.judge("du18.lemB.1.s9", chosen_constant, expect="PROVED", mutants={"e^x alone": dict(factor=1)})
