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
# # Few pre-activations are small, at all points of a net that does not know the weights

# %% tags=["remove-cell"]
from importlib.util import find_spec

from IPython import get_ipython

if find_spec("resnet_lab") is None:
    address = "git+https://github.com/resnet-lab/executable-proofs"
    get_ipython().run_line_magic("pip", f"install -q 'resnet-lab @ {address}'")

# %% [markdown]
# ```{prf:lemma} frei19, Claim D.1
# :label: frei19.claimD.1
#
# Let $\mathcal S_l(v,\beta)=\{j\in[m_l]:|w_{l,j}^\top v|\le\beta\}$ for $v\in\mathbb R^{m_{l-1}}$, $\beta>0$ and
# $l\in[L+1]$. Let $\mathcal V\subset\mathbb R^{m_{l-1}}$ be a finite set and $\xi\in(0,1)$ an absolute constant
# such that, for any $\delta>0$, with probability at least $1-\delta/2$, $\|v\|_2\ge\xi$ for all $v\in\mathcal V$.
# Then there are absolute constants $C,C'>0$ such that, if $m\ge C\beta^{-1}\sqrt{\log(4|\mathcal V|/\delta)}$, then
# with probability at least $1-\delta$, $|\mathcal S_l(v,\beta)|\le C'm_l^{3/2}\beta$ for all $v\in\mathcal V$.
# ```
#
# ```{prf:lemma} Claim D.1 for a set that is independent of the weights
# :label: frei19.claimD.1.fix
#
# Let $\mathcal V$ be independent of $W_l$ and have at most $N$ members, and let, with probability at least
# $1-\delta/2$, $\|v\|_2\ge\xi$ for all $v\in\mathcal V$. If $m_l\ge\beta^{-1}\sqrt{\log(4N/\delta)}$, then with
# probability at least $1-\delta$, $|\mathcal S_l(v,\beta)|\le\bigl(1+\frac1{\xi\sqrt\pi}\bigr)m_l^{3/2}\beta$ for
# all $v\in\mathcal V$.
# ```
#
# - **Source**: {cite}`frei19`, appendix D.1, where it is cited as Lemma D.1. The columns $w_{l,j}$ of $W_l$ have
#   independent $N(0,2/m_l)$ entries; $m=\min(m_L,m_{L+1})\le m_l$; $0<\delta\le1$.
#
# **Why it fails as printed.** The norms hold with a probability, and the claim is used for hidden states: so
# $\mathcal V$ may be random. That it must not depend on $W_l$ is not said. (For a fixed set the claim is true, by
# the repair.) Let $m_{l-1}=m_l=m$, and let $v$ be a unit vector orthogonal to the first $m-1$
# columns. Then $|\mathcal S_l(v,\beta)|\ge m-1$ for every $\beta$. At $\beta=Cm^{-1}\sqrt{\log(4/\delta)}$, the
# least that the claim allows, it promises at most $CC'\sqrt{m\log(4/\delta)}$, which is less once $m$ is large, for
# all $C,C'$ (larger constants only weaken the claim, so $C=C'$ in the check). With $C=C'=1$ and $\delta=\frac12$
# this happens at $m=4$: 3 columns against 2.9.
#
# **Proof of the repair.** Given $v$, the numbers $w_{l,j}^\top v$ are independent $N(0,2\|v\|^2/m_l)$. So
# $|\mathcal S_l(v,\beta)|$ is binomial with
#
# $$P(|w_{l,j}^\top v|\le\beta)=\mathrm{erf}\Bigl(\frac{\beta\sqrt{m_l}}{2\|v\|}\Bigr)
# \le\frac{\beta\sqrt{m_l}}{\xi\sqrt\pi},$$
#
# and by Hoeffding's inequality ({cite}`blm13`, Theorem 2.8) it exceeds its mean by $m_l\cdot\sqrt{m_l}\beta$ with
# probability at most $e^{-2(m_l\beta)^2}\le(\delta/4N)^2$. The union over $N$ vectors costs
# $N(\delta/4N)^2\le\delta/2$. The hidden states $\hat x_{l-1}$, for which the paper needs the claim, are made of
# the earlier layers and are independent of $W_l$. (For them no $\xi$ serves *every* $\delta$, since $x_1=0$ with
# positive probability; the repair asks for one $\delta$ only.)
#
# **What we check.** The counterexample twice: exactly at three constants, and by drawing $W_l$ and computing $v$. The
# proof of the repair for all sizes. Hoeffding's inequality is used as known.

# %% tags=["hide-input"]
from fractions import Fraction

import jax.numpy as jnp
import jax.random as jr
import matplotlib.pyplot as plt
import numpy as np
import sympy as sp

from resnet_lab import limits, page
from resnet_lab.evidence import all_of, any_of, certified, draws_needed, exact, sampled

chapter = page.Chapter("tools/nets-and-counting")
setting = chapter.setting(width=16)  # m of the drawn counterexample

# %% [markdown]
# With $C=C'=K$ the width $m=(2K^2)^2$ is enough.


# %%
def orthogonal_vector(K, power):
    m = (2 * K**2) ** 2
    beta = K * sp.sqrt(sp.log(8)) / m
    return exact.compare(m - 1, K * m**power * beta,
        at=f"C = C' = {K}, m = {m}, delta = 1/2: columns orthogonal to v")


def claim_d1(power=sp.Rational(3, 2), constants=(1, 10, 1000)):
    return any_of(*(orthogonal_vector(sp.Integer(K), power) for K in constants))

# %%
chapter.judge("frei19.claimD.1", claim_d1, expect="REFUTED", severity="hypothesis", repair="frei19.claimD.1.fix",
    reading="a random set of one vector that depends on the weights; C = C' = 1, 10, 1000",
    mutants={"m^(5/4) for m^(3/2)": dict(power=sp.Rational(5, 4))},
    survives={"frei19.lemC.2": "no: it falls by the number of layers; not by this gap, as the states for which it "
        "uses the claim are independent of W_l",
        "frei19.secD.1.s2": "no: it falls by the number of layers, whatever the set"})

# %% [markdown]
# (frei19.claimD.1.s1)=
# ## The same by machine
#
# With $m_{l-1}=m_l=m=16$, $\delta=\frac12$ and $\beta=\sqrt{\log8}/m$, let $v$ be the unit vector
# orthogonal to the first $m-1$ columns of $W_l$. With probability at least $\frac12$,
# $|\mathcal S_l(v,\beta)|\le m^{3/2}\beta$.
#
# This is Claim D.1 with $C=C'=1$. We draw $W_l$ and take the last column of a complete QR factor for $v$. That more
# than $m^{3/2}\beta$ columns are small should happen with probability at most $\frac12$; we expect at least 0.99.
# That takes this many draws:

# %%
draws_needed(at_most=0.5, truth=0.99)


# %%
def too_many(key, power, m=setting.width):
    columns = jr.normal(key, (m, m)) * jnp.sqrt(2 / m)
    v = jnp.linalg.qr(columns[:, :-1], mode="complete")[0][:, -1]
    beta = jnp.sqrt(jnp.log(8.0)) / m
    return jnp.sum(jnp.abs(columns.T @ v) <= beta) > m**power * beta


def by_machine(power=1.5):
    key = chapter.key("frei19.claimD.1.s1")
    return sampled(lambda k: too_many(k, power), key, at_most=0.5, truth=0.99)

# %%
chapter.judge("frei19.claimD.1.s1", by_machine, expect="REFUTED", severity="hypothesis", repair="frei19.claimD.1.fix",
    reading="the width of this page, 16 as registered", mutants={"m^(5/4) for m^(3/2)": dict(power=1.25)})

# %% [markdown]
# The repair, with $e^{z^2}=1+y$ for the slope of $\mathrm{erf}$, $N=1+k$, $\delta=\frac1{1+w}$ and the requirement
# $m_l\beta\ge C\sqrt{\log(4N/\delta)}$, $C=1$.

# %%
y, k, w, p, q, r, t = sp.symbols("y k w p q r t", nonnegative=True)
m, beta, xi = sp.symbols("m beta xi", positive=True)


def small_preactivations(chance=1, needed=1, share=sp.Rational(1, 2)):
    slope = exact.at_most(2 / sp.sqrt(sp.pi) / (1 + y), chance * 2 / sp.sqrt(sp.pi))  # of erf
    mean = chance * 2 / sp.sqrt(sp.pi) * beta * sp.sqrt(m) / (2 * xi)
    total = exact.at_most(m * mean + m * sp.sqrt(m) * beta, (1 + 1 / (xi * sp.sqrt(sp.pi))) * m * sp.sqrt(m) * beta)
    N, delta = 1 + k, 1 / (1 + w)
    union = exact.at_most(N * (delta / (4 * N)) ** (2 * needed**2), share * delta)
    return all_of(slope, total, union, says="mean plus deviation is as stated, and the failures add up to delta/2")

# %%
chapter.judge("frei19.claimD.1.fix", small_preactivations, expect="PROVED",
    reading="textbook: Hoeffding's inequality",
    mutants={"C = 1/2": dict(needed=sp.Rational(1, 2)), "half the density": dict(chance=sp.Rational(1, 2)),
        "a hundredth of delta": dict(share=sp.Rational(1, 100))})

# %% [markdown]
# Left: the share of small pre-activations at $\beta=\sqrt{\log8}/m$, for a vector that is independent of the
# weights and for one that is not. Right: how many times larger than $m^s$ a net of $s$-sparse vectors is in the
# limit of large $m$, for the {ref}`counting below <frei19.secD.2.s2>`.

# %% mystnb={"image": {"alt": "Two panels. Left, log-log against the width: the mean share of small columns falls like the inverse root of the width for an independent vector, dots on the line, below the bound of the repair; for a dependent vector the share tends to 1, above the bound from width 16 on. Right, against the sparsity s on a log scale: 9 to the s over s factorial rises to about 1,000 near s = 8 and falls below 1 at s = 22; 5 to the s over s factorial falls below 1 at s = 12; the paper's 15 is marked."}} tags=["hide-input"]
figure, (left, right) = plt.subplots(1, 2, figsize=(9, 3.2), layout="constrained")
rng, widths = np.random.default_rng([chapter.seed, 43]), 4 ** np.arange(1, 6)
shares = []
for width in widths:
    beta_here = np.sqrt(np.log(8)) / width
    drawn = np.abs(rng.normal(0, np.sqrt(2 / width), (200, width))) <= beta_here
    shares.append([float(limits.ball(beta_here * width**0.5 / 2).erf()), drawn.mean(), 1 - 1 / width])
law, drawn, dependent = np.transpose(shares)
left.plot(widths, law, label="independent v: exact law")
left.plot(widths, drawn, "o", color="C0", label="200 draws")
left.plot(widths, dependent, "s", color="C3", label="v orthogonal to all but one column")
left.plot(widths, (1 + np.pi**-0.5) * np.sqrt(np.log(8) / widths), "k--", linewidth=1, label="bound of the repair")
left.set(xscale="log", yscale="log", xlabel="width m", ylabel="share of small columns")
sparsities = np.arange(1, 31)
factorials = np.cumprod(sparsities.astype(float))
right.plot(sparsities, 9.0**sparsities / factorials, "o-", markersize=3, label="nets of 1/4: 9^s / s!")
right.plot(sparsities, 5.0**sparsities / factorials, "s-", markersize=3, label="nets of 1/2: 5^s / s!")
right.axvline(15, color="black", linestyle=":", label="s = 15")
right.axhline(1, color="black", linewidth=1)
right.set(yscale="log", xlabel="sparsity s")
for axis in (left, right):
    axis.legend(fontsize=8)

# %% [markdown]
# A vector that knows the weights makes almost every pre-activation small. In the counting the paper's 15 is on the
# wrong side.
#
# ## From the net to the sphere (Lemma C.2)
#
# (frei19.secD.1.s1)=
# ### The display and the inclusion: two letters exchanged
#
# Let $\|w_{l,j}\|_2\le C_1$, $\|x_{l-1}-\hat x_{l-1}\|_2\le C_2\|x-\hat x\|_2$ and
# $\|x-\hat x\|_2\le\beta/(C_1C_2)$. For $j\in\mathcal S_l(x,\beta)$: $|w_{l,j}^\top x_{l-1}|\le|w_{l,j}^\top\hat
# x_{l-1}|+|w_{l,j}^\top(x_{l-1}-\hat x_{l-1})|\le\beta+\|w_{l,j}\|_2\|x_{l-1}-\hat
# x_{l-1}\|_2\le\beta+C_1C_2\|x-\hat x\|_2\le2\beta$, i.e.
# $\mathcal S_l(x,\beta)\subset\mathcal S_l(\hat x,2\beta)$.
#
# (frei19.secD.1.s1.fix)=
# **Repair.** Under the same conditions, for $j\in\mathcal S_l(x,\beta)$: $|w_{l,j}^\top\hat
# x_{l-1}|\le|w_{l,j}^\top x_{l-1}|+|w_{l,j}^\top(\hat x_{l-1}-x_{l-1})|\le\beta+C_1C_2\|x-\hat x\|_2\le2\beta$, and
# so $\mathcal S_l(x,\beta)\subset\mathcal S_l(\hat x,2\beta)$.
#
# The second inequality as printed takes $|w^\top\hat x_{l-1}|\le\beta$, which belongs to
# $j\in\mathcal S_l(\hat x,\beta)$: in one dimension, with $w=C_1=C_2=\beta=1$, $x_{l-1}=1$ and $\hat x_{l-1}=2$, it
# reads $2+1\le1+1$. The display proves $\mathcal S_l(\hat x,\beta)\subset\mathcal S_l(x,2\beta)$. With $x$ and
# $\hat x$ exchanged it proves what is concluded. Below, $\beta=|w^\top x_{l-1}|+p$ and the distance term is
# $\beta/(1+q)$; `away` says by how much $|w^\top\hat x_{l-1}|$ may exceed $|w^\top x_{l-1}|$.


# %%
def display(away=1, factor=2):
    small, edge = r, r + p  # |w x|, beta
    distance = edge / (1 + q)
    middle = exact.at_most(small + away * distance + distance, edge + distance)
    return all_of(middle, exact.at_most(edge + distance, factor * edge), says="each line is at most the next")

# %%
chapter.judge("frei19.secD.1.s1", display, expect="REFUTED", severity="typo", repair="frei19.secD.1.s1.fix",
    mutants={"half of the distance": dict(away=sp.Rational(1, 2))},
    survives={"frei19.lemC.2": "no: it is refuted in its own right; as far as this goes, the inclusion is right, by the display with x and x-hat "
        "exchanged"})
chapter.judge("frei19.secD.1.s1.fix", lambda factor=2, away=0: display(away, factor), expect="PROVED",
    mutants={"3/2 beta": dict(factor=sp.Rational(3, 2))})

# %% [markdown]
# (frei19.secD.1.s3)=
# ### The size of the net
#
# For every $\beta>0$ the sphere $S^{d-1}$ has a $\beta/(C_1C_2)$-net of at most $(4C_1C_2/\beta)^d$ points.
#
# (frei19.secD.1.s3.fix)=
# **Repair.** For $0<\beta\le2C_1C_2$ the sphere $S^{d-1}$ has a $\beta/(C_1C_2)$-net of at most $(4C_1C_2/\beta)^d$
# points.
#
# A net has at least one point, and $(4C_1C_2/\beta)^d<1$ for $\beta>4C_1C_2$. Nothing restricts $\beta$ there; the
# claim is empty for such $\beta$ anyway. Otherwise, with $\varepsilon=\beta/(C_1C_2)\le2$, there is a net of
# $(1+2/\varepsilon)^d$ points
# ({cite}`vershynin18`, Corollary 4.2.13), and $1+2/\varepsilon\le4/\varepsilon$.

# %%
spacing = sp.Symbol("epsilon", positive=True)


def one_point(factor=4):
    return exact.at_most(1, factor / spacing)  # d = 1


def net_size(factor=4, widest=2):
    narrow = widest / (1 + w)
    return exact.at_most(1 + 2 / narrow, factor / narrow)

# %%
chapter.judge("frei19.secD.1.s3", one_point, expect="REFUTED", severity="hypothesis", repair="frei19.secD.1.s3.fix",
    mutants={"3 for 4": dict(factor=3)},
    survives={"frei19.secD.1.s2": "no: it falls by the number of layers; for such beta it is empty anyway"})
chapter.judge("frei19.secD.1.s3.fix", net_size, expect="PROVED",
    reading="textbook: the net of (1 + 2/epsilon)^d points",
    mutants={"up to beta = 3 C_1 C_2": dict(widest=3), "3 for 4": dict(factor=3)})

# %% [markdown]
# (frei19.secD.1.s2)=
# ### All layers at once: too much
#
# There are absolute constants $C,C'$ such that, if
# $m\ge C\bigl(\beta^{-1}\sqrt{d\log\frac1{\beta\delta}}\vee d\log\frac{mL}\delta\bigr)$, then Claim D.1 gives, with
# probability at least $1-\delta/3$, $|\mathcal S_l(\hat x,2\beta)|\le2C'm_l^{3/2}\beta$ for all $l\in[L+1]$ and
# $\hat x\in\mathcal N$.
#
# (frei19.secD.1.s2.fix)=
# **Repair.** Let $\mathcal N$ be finite. If $m_l\ge\frac1{2\beta}\sqrt{\log(4(L+1)|\mathcal N|/\delta)}$ for all
# $l\in[L+1]$, then with probability at least $1-\delta/3$, for all $l\in[L+1]$ and $\hat x\in\mathcal N$:
# $\|\hat x_{l-1}\|_2<\xi$ or $|\mathcal S_l(\hat x,2\beta)|\le2\bigl(1+\frac1{\xi\sqrt\pi}\bigr)m_l^{3/2}\beta$.
#
# Claim D.1 is for one layer. The union over $L+1$ layers puts $\log L$ under the root, and the paper's width has it
# only in $d\log\frac{mL}\delta$, which allows $L$ up to $\frac\delta me^{m/C}$. Let $d=1$, $\delta=\frac12$, all
# widths $m$, and $\theta=0$ (or so small that it makes no difference; $\theta=1/\Omega(L)$ allows it). Then
# $x_1=\dots=x_L$, and given $x_1$ the counts of the layers $2,\dots,L$ are independent binomials. By Markov
# $\|x_1\|^2<2$ with probability at least $\frac12$, and then the chance of one column is at least
# $p=\mathrm{erf}(\beta\sqrt{m/2})$. With $\beta=Cm^{-1}\sqrt{\log2m}$ a count of
# $n=\lfloor2C'm^{3/2}\beta\rfloor+2$ has probability at least $\binom mnp^n(1-p)^{m-n}$. This is
# $e^{-O(\sqrt m\log m)}$, while there are $e^{m/C}$ layers. So for all $C,C'$ and large $m$, some layer has more
# than $2C'm^{3/2}\beta$ small pre-activations with probability at least $\frac12(1-e^{-1})$, above
# $\delta/3=\frac16$.


# %%
def many_layers(constants=(1, 10, 100), share=2):
    def at(C):
        m, ball = 100 * C**8, limits.ball  # wide enough
        spread = C * (ball(m) * ball(2 * m).log()).sqrt()  # m^(3/2) beta
        p, n = (spread / m / ball(2).sqrt()).erf(), int(float(share * C * spread)) + 2
        one_layer = limits.binomial_log_probability(m, n, p)
        layers = ball(m) / C - ball(4 * m).log()  # log of at least half of L = delta/m exp(m/C)
        expected = (one_layer + layers).min(ball(0)).exp()
        failure = (1 - (-expected).exp()) / 2
        where = f"C = C' = {C}, m = {m}, L = exp(m/C)/(2 m): some layer fails"
        return certified.number(failure, Fraction(1, 6), at=where)

    return any_of(*(at(C) for C in constants))

# %%
chapter.judge("frei19.secD.1.s2", many_layers, expect="REFUTED", severity="hypothesis", repair="frei19.secD.1.s2.fix",
    reading="d = 1, C = C' = 1, 10, 100; the argument covers all", mutants={"half the count": dict(share=1)})
chapter.judge("frei19.secD.1.s2.fix",
    lambda needed=1, share=sp.Rational(1, 3): small_preactivations(1, needed, share),
    expect="PROVED", reading="Claim D.1 repaired, at 2 beta and for (L+1)|N| pairs; textbook: Hoeffding's inequality",
    mutants={"half the width": dict(needed=sp.Rational(1, 2))})

# %% [markdown]
# ## Sparse vectors (Lemma C.3)
#
# (frei19.secD.2.s1)=
# ### The law of the bilinear form: one width for another
#
# For fixed $a$ and $b$ with $\|b\|_2=1$: $w_{L+1,j}^\top\xi_la\sim N\bigl(0,\frac2{m_{L+1}}\|\xi_la\|_2^2\bigr)$,
# and hence $g_l(a,b)=b^\top W_{L+1}^\top\xi_la\sim N\bigl(0,\frac2{m_l}\|\xi_la\|_2^2\bigr)$.
#
# (frei19.secD.2.s1.fix)=
# **Repair.** Let $\xi_l$ be independent of $W_{L+1}$. Given $\xi_l$, for fixed $a$ and $b$ with $\|b\|_2=1$:
# $w_{L+1,j}^\top\xi_la\sim N\bigl(0,\frac2{m_{L+1}}\|\xi_la\|_2^2\bigr)$, and hence
# $g_l(a,b)\sim N\bigl(0,\frac2{m_{L+1}}\|\xi_la\|_2^2\bigr)$.
#
# A linear combination of independent centred normals is a centred normal, whose variance is the sum of those of its
# terms. Let $V(B,U)$ be the variance for $\|b\|^2=B$ and $\|\xi_la\|^2=U$. One more entry $u$ of $\xi_la$ adds
# $\frac2{m_{L+1}}u^2B$, one more entry $b$ of the other vector $\frac2{m_{L+1}}b^2U$. By induction on both lengths
# $V=\frac2{m_{L+1}}BU$. At $m_{L+1}=2$, $m_l=1$ the printed variance is twice that.

# %%
outer, inner = sp.symbols("m_outer m_inner", positive=True, integer=True)  # m_{L+1}, m_l


def variance(claimed=inner):
    def formula(B, U):
        return 2 * B * U / claimed

    b, u, B, U = sp.symbols("b u B U", nonnegative=True)
    entry = exact.identity(formula(B, U + u**2) - formula(B, U), 2 * u**2 * B / outer)
    row = exact.identity(formula(B + b**2, U) - formula(B, U), 2 * b**2 * U / outer)
    start = exact.identity(formula(B, 0), 0)
    return all_of(entry, row, start, says="the variance starts at 0 and grows by what each entry adds")

# %%
chapter.judge("frei19.secD.2.s1", variance, expect="REFUTED", severity="typo", repair="frei19.secD.2.s1.fix",
    mutants={"m_l^2": dict(claimed=inner**2)},
    survives={"frei19.eq44": "no: it is refuted in its own right; as far as this slip goes, (44) itself has m_{L+1}, which is right",
        "frei19.lemC.3": "no: it is refuted in its own right; as far as this slip goes, since m_l and m_{L+1} are of the same order"})
chapter.judge("frei19.secD.2.s1.fix", lambda claimed=outer: variance(claimed), expect="PROVED",
    reading="textbook: sums of independent normals", mutants={"m_{L+1} + 1": dict(claimed=outer + 1)})

# %% [markdown]
# (frei19.secD.2.s4)=
# ### The law under the hypotheses of Lemma C.3
#
# If only $\|\xi_l\|_2\le1$ is known, and $\xi_l$ may depend on $W_{L+1}$, then still
# $\mathbb E\,g_l(a,b)^2\le\frac2{m_{L+1}}$ for fixed unit vectors $a,b$.
#
# Lemma C.3 bounds $\|\xi_l\|$ and does not ask for independence, and it is applied to $\xi_l=\tilde H_l^L$, which
# is made of arbitrary perturbed weights. Let $b=e_1$ and $\xi_l=w_{L+1,1}a^\top/\|w_{L+1,1}\|_2$, of norm 1. Then
# $g_l(a,b)=\|w_{L+1,1}\|_2$, and its mean square is the sum of $m_L$ variances $\frac2{m_{L+1}}$: too much from
# $m_L=2$ on. It does not tend to 0, while the lemma promises $C_0\sqrt{s\log m/m}$ even for $s=1$.


# %%
def dependent_matrix(column=inner, entry=2):
    return exact.at_most(column * entry / outer, entry / outer)  # m_L entries of variance 2/m_{L+1}

# %%
chapter.judge("frei19.secD.2.s4", dependent_matrix, expect="REFUTED", severity="hypothesis",
    repair="frei19.secD.2.s1.fix", mutants={"twice the width": dict(column=2 * inner)})

# %% [markdown]
# (frei19.secD.2.s2)=
# ### The union of nets: 15 is too small
#
# For $s>15$ and $m_l\ge s$, the union $\mathcal N_a$ of $\frac14$-nets of the unit spheres of all coordinate
# subspaces of dimension $s$ has $|\mathcal N_a|\le\binom{m_l}s9^s\le m_l^s$.
#
# (frei19.secD.2.s2.fix)=
# **Repair.** $\binom ms9^s\le m^s$ for all $m\ge s\ge22$, and 22 is the least such number; $\binom ms9^s\le m^{2s}$
# for all $m\ge s\ge1$ with $m\ge9$.
#
# The first inequality is the volume bound, $(1+2/\varepsilon)^s=9^s$ points for each of $\binom ms$ subspaces. In
# the second, $\binom ms$ is nearly $m^s/s!$ for large $m$, so that one needs $9^s\le s!$: true from 22 on, by
# induction, false before. At $s=16$ and $m=40$, $\binom{40}{16}9^{16}\approx1.2\cdot10^{26}$ and
# $40^{16}\approx4.3\cdot10^{25}$.


# %%
def union_of_nets(sparsity=16, width=40, base=9):
    return exact.compare(sp.binomial(width, sparsity) * base**sparsity, sp.Integer(width) ** sparsity,
        at=f"s = {sparsity}, m = {width}")


def net_sizes(base=9, least=22, widest=1000, start=9):
    first = exact.compare(sp.Integer(base) ** least, sp.factorial(least), covers=True, at=f"s = {least}")
    onward = exact.at_most(base, least + t + 1)  # 9^(s+1)/(s+1)! is at most 9^s/s!
    falling = exact.at_most(m - t, m)  # each of the s factors of m (m-1) ... (m-s+1) = s! binom(m, s)
    before = exact.compare(sp.Integer(widest) ** (least - 1), sp.binomial(widest, least - 1) * base ** (least - 1),
        covers=True, at=f"s = {least - 1}, m = {widest}, where the inequality fails")
    every = exact.at_most(base, start + t)
    says = "it holds from the least s on, fails just below, and holds with twice the exponent for every s"
    return all_of(first, onward, falling, before, every, says=says)

# %%
chapter.judge("frei19.secD.2.s2", union_of_nets, expect="REFUTED", severity="constant", repair="frei19.secD.2.s2.fix",
    reading="s = 16, m = 40", mutants={"s = 20, m = 400": dict(sparsity=20, width=400), "10^s": dict(base=10)},
    survives={"frei19.eq44": "no: it is refuted in its own right; as far as this goes, log |N_a| is at most 2 s log m_l for m_l >= 9, and C_4 takes "
        "the 2",
        "frei19.lemC.3": "no: it is refuted in its own right; as far as this goes, only the logarithm of the size matters"})
chapter.judge("frei19.secD.2.s2.fix", net_sizes, expect="PROVED", mutants={"from 21 on": dict(least=21),
    "from 23 on, and not before": dict(least=23), "m >= 8": dict(start=8)})

# %% [markdown]
# (frei19.secD.2.s5)=
# ### (45), second line: the wrong constant
#
# The union bound $|g_l(\hat a,\hat b)|\le C_3\sqrt{\frac1{m_{L+1}}\bigl(s\log(m_{L+1}m_l)+\log\frac L\delta\bigr)}$
# on the nets is at most $C_3\sqrt{\frac s{m_{L+1}}\log m_{L+1}}$, with the same $C_3$.
#
# (frei19.secD.2.s5.fix)=
# **Repair.** If $m_l\le m_{L+1}^\kappa$ and $\log\frac L\delta\le Ks\log m_{L+1}$, then
# $C_3\sqrt{\frac1{m_{L+1}}\bigl(s\log(m_{L+1}m_l)+\log\frac L\delta\bigr)}\le C_4\sqrt{\frac s{m_{L+1}}\log
# m_{L+1}}$ with $C_4=C_3\sqrt{1+\kappa+K}$.
#
# The line above (45) has $C_4$, and so must (45). We compare the squares times $m_{L+1}/C_3^2$, with
# $\log m_l=\kappa\log m_{L+1}/(1+p)$ and $\log\frac L\delta=Ks\log m_{L+1}/(1+q)$; printed is $\kappa=K=0$ on the
# right.

# %%
kappa, K, s, log_m = sp.symbols("kappa K s log_m", nonnegative=True)


def second_line(factor=1):
    left = s * (log_m + kappa * log_m / (1 + p)) + K * s * log_m / (1 + q)
    return exact.at_most(left, factor * s * log_m)

# %%
chapter.judge("frei19.secD.2.s5", second_line, expect="REFUTED", severity="typo", repair="frei19.secD.2.s5.fix",
    mutants={"a tenth": dict(factor=sp.Rational(1, 10))})
chapter.judge("frei19.secD.2.s5.fix", lambda factor=1 + kappa + K: second_line(factor), expect="PROVED",
    mutants={"without the 1": dict(factor=kappa + K), "without the layers": dict(factor=1 + kappa)})

# %% [markdown]
# (frei19.secD.2.s3)=
# ### (45) to (47): a quarter and a quarter
#
# Let $g$ be bilinear, and let every $s$-sparse unit $a$ and $b$ have net points $\hat a,\hat b$ of the same
# support, of norm at most 1, at distance at most $\frac14$. Then $|g(a,b)|\le|g(\hat a,\hat b)|+|g(a,b)-g(\hat
# a,b)|+|g(\hat a,\hat b)-g(\hat a,b)|\le|g(\hat a,\hat b)|+\frac14\sup|g|+\frac14\sup|g|$, with the supremum over
# $s$-sparse unit pairs; hence $\sup|g|\le2\max|g(\hat a,\hat b)|$.
#
# The differences are $g(a-\hat a,b)$ and $g(\hat a,\hat b-b)$. If $a\ne\hat a$, the vector
# $(a-\hat a)/\|a-\hat a\|$ is a unit vector of the same support, hence $s$-sparse: this is where the supports must
# agree. The supremum $S$ is finite (a continuous function on a compact set), so that from $S\le M+\frac12S$ follows
# $S\le2M$. Below $M=(1-2\varepsilon)S+t$ with $t\ge0$.

# %%
both, mixed, netted = sp.symbols("g_ab g_hat_ab g_hat_a_hat_b", real=True)
sup = sp.Symbol("S", nonnegative=True)


def quarter_net(spacing=sp.Rational(1, 4), factor=2):
    telescoped = exact.identity(netted + (both - mixed) + (mixed - netted), both)
    part = exact.at_most(spacing / (1 + p) * sup + spacing / (1 + q) * sup, 2 * spacing * sup)
    concluded = exact.at_most(sup, factor * ((1 - 2 * spacing) * sup + t))
    return all_of(telescoped, part, concluded, says="the supremum is at most twice the largest value on the nets")

# %%
chapter.judge("frei19.secD.2.s3", quarter_net, expect="PROVED",
    mutants={"nets of 1/2": dict(spacing=sp.Rational(1, 2)), "3/2 for 2": dict(factor=sp.Rational(3, 2))})

# %% [markdown]
# ## The output (Lemma C.4)
#
# (frei19.secD.3.s1)=
# ### The rewriting of g: another function
#
# With $v=(1,\dots,1,-1,\dots,-1)^\top$, $g_l(a)=v^\top\Sigma_{L+1}(x)W_{L+1}^\top\xi_la$ equals
# $\sqrt{m_{L+1}}\sum_{j=1}^{m_{L+1}/2}\frac1{\sqrt{m_{L+1}}}
# \bigl[\sigma(w_{L+1,j}^\top\xi_{l+1}a)-\sigma(w_{L+1,j+m_{L+1}/2}^\top\xi_{l+1}a)\bigr]$.
#
# (frei19.secD.3.s1.fix)=
# **Repair.** $g_l(a)=\sum_{j=1}^{m_{L+1}/2}\bigl[\sigma'(w_{L+1,j}^\top
# x_L)\,w_{L+1,j}^\top\xi_la-\sigma'(w_{L+1,j+m_{L+1}/2}^\top x_L)\,w_{L+1,j+m_{L+1}/2}^\top\xi_la\bigr]$.
#
# $\Sigma_{L+1}(x)$ marks the units that are active at $x_L$, not at $\xi_la$. The printed sum, also with $\xi_l$
# for $\xi_{l+1}$, is right if every unit has the same sign at both. With $m_L=m_l=1$, $m_{L+1}=2$, weights 1 and 2,
# $x_L=\xi_l=1$ and $a=-1$ all units are active, $g_l(a)=-1+2=1$, and the printed sum is 0. It is not linear in $a$
# either, and (48) uses that $g_l$ is linear. The repaired terms are centred, sub-Gaussian and independent over $j$
# as well, provided that $x_L$ and $\xi_la$ are independent of $W_{L+1}$, so Hoeffding's inequality still serves one
# fixed $a$.


# %%
def printed_sum(weights=(1, 2), state=1, image=-1):
    signs = (1, -1)
    defined = sum(v * (w * state > 0) * w * image for v, w in zip(signs, weights, strict=True))
    rewritten = sum(v * max(w * image, 0) for v, w in zip(signs, weights, strict=True))
    return exact.identity(defined, rewritten)


def pattern_of_the_state(swap=0):
    on_1, on_2, z_1, z_2 = sp.symbols("on_1 on_2 z_1 z_2", real=True)  # a pair of units: sigma' at x_L, and w xi a
    matrix_form = sp.Matrix([[1, -1]]) * sp.diag(on_1, on_2) * sp.Matrix([z_1, z_2])
    first, second = (1 - swap) * on_1 + swap * on_2, (1 - swap) * on_2 + swap * on_1
    return exact.identity(matrix_form[0, 0], first * z_1 - second * z_2)

# %%
chapter.judge("frei19.secD.3.s1", printed_sum, expect="REFUTED", severity="hypothesis", repair="frei19.secD.3.s1.fix",
    reading="two units and one coordinate, with xi_l for xi_{l+1} as well",
    mutants={"weights 1 and 3": dict(weights=(1, 3)), "all units silent": dict(state=-1, image=1)},
    survives={"frei19.eq48": "yes: it needs that g_l is linear, which the definition is; the printed sum is not",
        "frei19.lemC.4": "no: with the repaired terms it needs xi_l, x_L independent of W_{L+1}; it falls without"})
chapter.judge("frei19.secD.3.s1.fix", pattern_of_the_state, expect="PROVED",
    mutants={"patterns exchanged": dict(swap=1)})

# %% [markdown]
# (frei19.secD.3.s2)=
# ### The union of ½-nets
#
# For every $s$ the union $\mathcal N$ of $\frac12$-nets of the unit spheres of all coordinate subspaces of
# dimension $s$ of $\mathbb R^{m_l}$ can have $|\mathcal N|\le m_l^s$.
#
# (frei19.secD.3.s2.fix)=
# **Repair.** $\binom ms5^s\le m^s$ for all $m\ge s\ge12$, and 12 is the least such number; $\binom ms5^s\le m^{2s}$
# for all $m\ge s\ge1$ with $m\ge5$.
#
# For $s=1$ the spheres are the pairs $\pm e_i$. Two of these $2m$ vectors are at least $\sqrt2$ apart, so no point
# is within $\frac12$ of both, and every choice of nets has at least $2m$ points. In general
# $(1+2/\varepsilon)^s=5^s$ points per subspace will do.


# %%
def nets_of_lines(width=1, radius=Fraction(1, 2)):
    ends = [sign * axis for axis in np.eye(width, dtype=int) for sign in (1, -1)]
    gap = min(int(np.sum((x - z) ** 2)) for i, x in enumerate(ends) for z in ends[:i])
    shared = exact.compare(gap, (2 * radius) ** 2, at=f"s = 1, m = {width}: squared distance of the nearest two ends")
    return any_of(shared, exact.compare(len(ends), width, at=f"s = 1, m = {width}: {len(ends)} points are needed"))

# %%
chapter.judge("frei19.secD.3.s2", nets_of_lines, expect="REFUTED", severity="hypothesis",
    repair="frei19.secD.3.s2.fix", reading="s = 1, any nets",
    mutants={"m = 3": dict(width=3), "nets of 2/5": dict(radius=Fraction(2, 5))},
    survives={"frei19.lemC.4": "no: it is refuted in its own right; as far as this goes, since log |N| is at most 2 s log m_l for m_l >= 5"})
chapter.judge("frei19.secD.3.s2.fix", lambda base=5, least=12, start=5: net_sizes(base, least, 1000, start),
    expect="PROVED", mutants={"from 11 on": dict(least=11), "m >= 4": dict(start=4)})

# %% [markdown]
# ## Slack and what to doubt
#
# - The rate $m^{3/2}\beta$ is right: for independent $v$ of norm 1 the mean count is
#   $m\,\mathrm{erf}(\frac12\beta\sqrt m)$, which is $\frac1{\sqrt\pi}m^{3/2}\beta$ for small $\beta$; the repair
#   has $1+\frac1{\sqrt\pi}$, 2.8 times as much.
# - The claim is empty for $\beta\ge m^{-1/2}$. That is why Hoeffding's inequality, which ignores how rare small
#   pre-activations are, costs nothing here: $m\beta\ge\sqrt{\log(4N/\delta)}$ is the paper's own condition.
# - Independence is the thread through all three lemmas. Claim D.1 has it where it is used. {prf:ref}`frei19.lemC.3`
#   and {prf:ref}`frei19.lemC.4` do not ask for it, and fall.
# - Net sizes only matter through their logarithm, so the two wrong counts do no harm. zhang22 counts nets of sparse
#   vectors as $e^{O(s\log m)}$, which leaves room for any such slip. {prf:ref}`frei19.lem4.1` lifts a bound from a
#   net to the sphere in the same way.
