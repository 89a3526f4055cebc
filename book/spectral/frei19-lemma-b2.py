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
# # A product of residual blocks is at most exp(C θL), for all activation patterns at once

# %% tags=["remove-cell"]
from importlib.util import find_spec

from IPython import get_ipython

if find_spec("resnet_lab") is None:
    address = "git+https://github.com/resnet-lab/executable-proofs"
    get_ipython().run_line_magic("pip", f"install -q 'resnet-lab @ {address}'")

# %% [markdown]
# ```{prf:lemma} frei19, Lemma B.2, first inequality of (12)
# :label: frei19.lemB.2
#
# There are absolute constants $C_0,C_0'>0$ such that, if $m\ge C_0\log(L/\delta)$, then with probability at
# least $1-\delta$, for all $2\le a\le b\le L$ and all diagonal $\tilde\Sigma_a,\dots,\tilde\Sigma_b$ with
# $\|\tilde\Sigma_r\|_2\le1$ at once,
# $\|(I+\theta\tilde\Sigma_bW_b^\top)\cdots(I+\theta\tilde\Sigma_aW_a^\top)\|_2\le\exp(C_0'\theta L)$.
# ```
#
# - **Weights** ({cite}`frei19`, Assumption 3.3): entries of $W_l$ independent $N(0,2/m_l)$, with
#   $m_1=\dots=m_L\ge m$. **Scale**: any $\theta\ge0$. **Depth**: $L\ge2$. **Failure**: $\delta>0$.
# - **Reading**: the constants are absolute. (The paper writes "for any $\delta>0$, there exist constants
#   $C_0,C_0',C$"; we let none depend on $\delta$. The third, $C$, stands nowhere in the lemma. We take it for
#   the constant of $\theta$, in {ref}`the second inequality <frei19.lemB.2.s1>`.)
# - The patterns $\tilde\Sigma_r$ may depend on all the weights. So the bound also holds for the network's own
#   patterns $\Sigma_r(x)$ at all inputs $x$ at once, and no net over inputs is needed.
#
# **Idea.** Norms only. A Gaussian $m\times m$ matrix $G$ has $E\|G\|\le2\sqrt m$ ({cite}`vershynin18`, Theorem
# 7.3.1), and $\|G\|$ exceeds its mean by $s\sqrt m$ with probability at most $e^{-s^2m/2}$ ({cite}`blm13`, Theorem
# 5.6). So $\|W_l\|\le\sqrt2(2+s)$ for the $L-1$ square layers, except with probability $(L-1)e^{-s^2m/2}$. On
# that event each block has norm at most $1+\theta C_0'$ with $C_0'=\sqrt2(2+s)$, whatever its pattern, and
# $(1+\theta C_0')^{L-1}\le\exp(C_0'\theta L)$. With $s=1$: $C_0=2$ and $C_0'=3\sqrt2$.
#
# **What we check.** The union bound and the product symbolically, for all $L,m,\theta,\delta$. And instances with
# known laws, which refute the mutants: one unit ($m=1$), where $\|W\|=\sqrt2|Z|$; one column of $W$; and the
# growth $(1+\theta)^{L-1}$ that {ref}`adversarial patterns reach <frei19.lemB.2.s5>`. The two theorems cited
# and the union bound are used as known.

# %% tags=["hide-input"]
from fractions import Fraction

import matplotlib.pyplot as plt
import numpy as np
import sympy as sp
from flint import arb

from resnet_lab import bounds, limits, page
from resnet_lab.evidence import all_of, any_of, certified, exact

chapter = page.Chapter("spectral/frei19-lemma-b2")
setting = chapter.setting(depth=64, width=64)  # L and m of the figure
ball = limits.ball

# %% [markdown]
# The event: with $q=\log(L/\delta)$ and $m=C_0(q+\text{more})$ the union bound asks for $s^2m/2\ge q$. The norm of
# one column of $W$ is a multiple of $\chi_m$ and below $\|W\|$; its tail must not exceed the least $\delta$ that the
# condition allows, $\min(1,Le^{-m/C_0})$, here at $L=2$.

# %%
q, more, t = sp.symbols("q more t", nonnegative=True)


def least_delta(width, c0, depth=2):
    return (depth * (-width / ball(c0)).exp()).min(ball(1))


def column(width, excess):
    """P(one column of W has norm above sqrt(2) (2 + excess))."""
    return limits.chi_square_upper_tail(width, width * (2 + ball(excess)) ** 2)


def norms(c0=2, excess=1):  # excess is s
    s = sp.Rational(excess)
    union = exact.at_most(q, s**2 * c0 * (q + more) / 2)
    columns = [
        certified.number(column(m, excess), least_delta(m, c0), at=f"m = {m}")
        for m in (1, 100)
    ]
    level = sp.sqrt(2) * (2 + s)  # C_1, at least the mean of the norm
    mean = exact.at_most(2 * sp.sqrt(2), level)
    return all_of(mean, union, *columns, says="all L - 1 norms are at most sqrt(2) (2 + s)")


# %% [markdown]
# The product: $L-1\le L^p$ blocks with $p=1$, $(1+x/L)^{L-1}\le e^x$ with $x=C_0'\theta L$, and two instances.
# One block of one unit at $L=2$, $\theta=\frac1{1000}$ exceeds the bound when $|Z|$ exceeds a number. And
# $(1+\theta)^{L-1}$ is reached in wide networks, here at $L=100$, $\theta=1/L$ and at $L=400$, $\theta=1/\sqrt L$.

# %%
k = sp.Symbol("k", nonnegative=True)  # L - 1


def one_unit(c0, constant, theta=Fraction(1, 1000)):
    level = ((2 * constant * ball(theta)).exp() - 1) / (ball(theta) * ball(2).sqrt())
    tail = 2 * limits.normal_upper_tail(level)
    return certified.number(tail, least_delta(1, c0), at="m = 1, L = 2, theta = 1/1000")


def reached(constant, power, depth, theta):
    bound = (constant * ball(theta) * ball(depth) ** ball(power)).exp()
    return exact.compare((1 + ball(theta)) ** (depth - 1), bound, at=f"L = {depth}, theta = {theta}", covers=True)


def product_bound(c0=2, excess=1, power=1):
    constant = ball(2).sqrt() * (2 + ball(excess))
    blocks = exact.at_most(k, (1 + k) ** sp.Rational(power)), bounds.upper_product()
    adversary = [reached(constant, power, depth, theta) for depth, theta in ((100, "1/100"), (400, "1/20"))]
    says = "C_0 = 2 and C_0' = 3 sqrt(2) will do, for every theta"
    return all_of(norms(c0, excess), *blocks, one_unit(c0, constant), *adversary, says=says)

# %%
chapter.judge("frei19.lemB.2", product_bound, expect="PROVED",
    reading="textbook: mean norm and concentration of a Gaussian matrix, union bound, submultiplicativity",
    mutants={"C_0 = 1/100": dict(c0=Fraction(1, 100)), "C_0' = 1/sqrt(2)": dict(excess=Fraction(-3, 2)),
        "exponent theta sqrt(L)": dict(power=Fraction(1, 2))})

# %% [markdown]
# So the first inequality is true for *every* $\theta$; it says something useful for $\theta=O(1/L)$.
#
# ## Which θ makes it 1.01
#
# (frei19.lemB.2.s1)=
# ### (12) Second inequality
#
# There is an absolute constant $C>0$ such that $\exp(C_0'\theta L)\le1.01$ whenever $0\le\theta\le1/(CL)$.
#
# The paper says "by the choice of scale $\theta=1/\Omega(L)$ and taking $\theta$ small". With $C_0'=3\sqrt2$ the
# least $C$ is $3\sqrt2/\log1.01=426.4$; we take 427 and write $\theta L=\frac1{C(1+t)}$.


# %%
def one_percent(inverse=427, bound="1.01"):
    constant = 3 * sp.sqrt(2)
    monotone = exact.at_most(constant / (inverse * (1 + t)), constant / inverse)
    return all_of(monotone, exact.compare(sp.exp(constant / inverse), Fraction(bound), covers=True))

# %%
chapter.judge("frei19.lemB.2.s1", one_percent, expect="PROVED", reading="C = 427, for the C_0' = 3 sqrt(2) above",
    mutants={"C = 426": dict(inverse=426), "1.009 for 1.01": dict(bound="1.009")})

# %% [markdown]
# The number 1.01 is then carried through Lemma 4.1 (1.015, 1.02, 1.024). In the other reading of
# $\theta=1/\Omega(L)$, with a hidden constant that somebody else has chosen, it is not available:
#
# (frei19.lemB.2.s2)=
# ### With θ = 1/L the bound 1.01 is not available
#
# With $\theta=1/L$ the product of Lemma B.2 is at most $1.01$: for some $C_0$, $m\ge C_0\log(L/\delta)$ implies it
# with probability at least $1-\delta$.
#
# (frei19.lemB.2.s2.fix)=
# **Repair.** With $0\le\theta\le c/L$, whatever $c>0$, and $m\ge2\log(L/\delta)$ the product of Lemma B.2 is at most
# $e^{3\sqrt2c}$ with probability at least $1-\delta$.
#
# Take $L=2$, $\delta=\frac12$, $x=(1,\dots,1)^\top/\sqrt m$ and the signs that make every entry of
# $x+\theta\tilde\Sigma W^\top x$ as large as it can be. Then the norm is at least $1+\theta A$, where
# $A=\frac{\sqrt2}m\sum_j|Z_j|$ has mean $2/\sqrt\pi$ and variance $\frac2m(1-\frac2\pi)$. By Chebyshev
# $A\ge\frac12$ with probability above $\frac12$ for every $m\ge4$, and the norm is at least $1.25$. No $C_0$ helps.
# The argument for $L>2$ is {ref}`below <frei19.lemB.2.s5>`.


# %%
def few_small(width, least, blocks):
    """A bound on P(some of the independent A_l falls below `least`), by Chebyshev."""
    mean = ball(2).sqrt() * limits.gaussian_absolute_moment(1)
    return blocks * ball(2) / width * (1 - 2 / arb.pi()) / (mean - ball(least)) ** 2


def above_one_percent(scale=1, depth=2, width=4, least=Fraction(1, 2), bound="1.01"):
    """P(norm > bound) <= 1/2 at theta = scale/L: refuted if the norm reached exceeds the bound and so does P."""
    reach = (1 + ball(scale) / depth * ball(least)) ** (depth - 1)
    chance = 1 - few_small(width, least, depth - 1)
    at = f"L = {depth}, theta = {scale}/L, m = {width}"
    return any_of(exact.compare(reach, Fraction(bound), at=at), certified.number(chance, Fraction(1, 2), at=at))


x = sp.Symbol("x", nonnegative=True)  # C_0' c


def any_scale(excess=1, share=1):
    return all_of(norms(2, excess), bounds.upper_product(share), exact.at_most(x / (1 + t), share * x))

# %%
chapter.judge("frei19.lemB.2.s2", above_one_percent, expect="REFUTED", severity="constant",
    repair="frei19.lemB.2.s2.fix", reading="L = 2 and m = 4; Chebyshev covers every larger m",
    mutants={"theta = 1/(100 L), L = 1000": dict(scale=Fraction(1, 100), depth=1000, width=10**5, least=1),
        "1.2 for 1.01": dict(bound="1.2")})
chapter.judge("frei19.lemB.2.s2.fix", any_scale, expect="PROVED", reading="textbook: as for the lemma",
    mutants={"the bound 1": dict(share=0), "exp(0.42 c)": dict(excess=Fraction(-17, 10))})

# %% [markdown]
# So $\theta\le\frac1{427L}$ is enough, and $\theta=\frac1{100L}$ is not (first mutant). What lies between we do not
# know. Lemma 4.1 needs no 1.01: {prf:ref}`frei19.lem4.1` is proved for $\theta\le c/L$ with every $c$.
#
# The figure shows the norm of the product of all blocks, less 1, against $\theta L$. The same weights serve all
# three kinds: patterns fixed in advance, the network's own, and those of an adversary who follows one vector.

# %% mystnb={"image": {"alt": "Norm of the product minus 1 against theta L from 0.002 to 4, on logarithmic axes. The points for fixed, own and adversarial patterns rise from 0.0003, 0.001 and 0.002 to about 1, 9 and 80 and lie below the line of the proved bound, which starts at 0.009 and ends far above. The line of the lower bound passes just under the adversarial points. A horizontal line marks 0.01."}} tags=["hide-input"]
rng = np.random.default_rng([chapter.seed, 82])
weights = rng.normal(0, (2 / setting.width) ** 0.5, (setting.depth - 1, setting.width, setting.width))  # W^T
fixed = rng.integers(0, 2, (setting.depth - 1, setting.width))
flat = np.full(setting.width, setting.width**-0.5)
CHOICES = {
    "fixed 0-1": lambda layer, state, branch: fixed[layer],
    "the network's own": lambda layer, state, branch: branch > 0,
    "adversarial signs": lambda layer, state, branch: np.sign(state * branch),
}


def norm_of_product(theta, choice):
    product, state = np.eye(setting.width), flat
    for layer, matrix in enumerate(weights):
        block = theta * choice(layer, state, matrix @ state)[:, None] * matrix
        product, state = product + block @ product, state + block @ state
    return np.linalg.norm(product, 2)


scales = np.geomspace(0.002, 4, 14)
figure, axis = plt.subplots(figsize=(6.5, 3.6), layout="constrained")
for (name, choice), marker in zip(CHOICES.items(), "o^s", strict=True):
    axis.plot(scales, [norm_of_product(c / setting.depth, choice) - 1 for c in scales], marker, ms=4, label=name)
axis.plot(scales, np.expm1(3 * 2**0.5 * scales), "k-", lw=1, label=r"$e^{3\sqrt{2}\theta L}-1$, proved")
lower = (1 + scales / setting.depth) ** (setting.depth - 1) - 1
axis.plot(scales, lower, "k--", lw=1, label=r"$(1+\theta)^{L-1}-1$, reached")
axis.axhline(0.01, color="grey", lw=0.8)
axis.set(xscale="log", yscale="log", xlabel=r"$\theta L$", ylabel="norm of the product, minus 1")
_ = axis.legend(fontsize=8)

# %% [markdown]
# The grey line is 1.01. The proved bound crosses it at $\theta L=0.0023$, the adversary near $0.01$, the network's
# own patterns near $0.02$ and fixed ones near $0.06$.
#
# ## The steps of the proof
#
# (frei19.lemB.2.s3)=
# ### The norms of the square layers
#
# If $m\ge C_0\log(L/\delta)$ then, with probability at least $1-\delta$, $\|W_l\|_2\le C_1$ for all $2\le l\le L$;
# $C_0=2$ and $C_1=3\sqrt2$ will do.
#
# The paper takes this from its {prf:ref}`Lemma B.1 <frei19.lemB.1>`, which asks for $m\ge d$ as well. Lemma B.2
# does not ask for it, and need not: only $W_1$, a $d\times m$ matrix, has a norm that grows with $d/m$, and only
# $l\ge2$ occurs here.

# %%
chapter.judge("frei19.lemB.2.s3", norms, expect="PROVED",
    reading="textbook: mean norm and concentration of a Gaussian matrix, union bound",
    mutants={"C_0 = 1/10": dict(c0=Fraction(1, 10)), "C_1 = sqrt(2)": dict(excess=-1)})

# %% [markdown]
# (frei19.lemB.2.s7)=
# ### From blocks to products
#
# If $\|W_r\|_2\le C_1$ for all $r$, then
# $\|I+\theta\tilde\Sigma_rW_r^\top\|_2\le1+\theta\|\tilde\Sigma_r\|_2\|W_r\|_2\le1+\theta C_1$, and the product is
# at most $(1+\theta C_1)^L\le\exp(C_1\theta L)$.
#
# The paper's first display lacks a transpose; the norm is the same. The rest is the triangle inequality,
# submultiplicativity, and $\log(1+u)\le u$ by slopes, with $\theta\|\tilde\Sigma\|\|W\|=\frac u{1+t}$. One unit
# with $W=C_1$ and $\tilde\Sigma=1$ is the instance.

# %%
u = sp.Symbol("u", positive=True)


def blocks(rate=1):
    slope = exact.at_most(sp.diff(sp.log(1 + u), u), sp.Rational(rate))
    one = exact.at_most(1 + u / (1 + t), 1 + u)
    at = "m = 1, theta W = 1/10, L = 11, ten blocks"
    instance = exact.compare(Fraction(11, 10) ** 10, (ball(rate) * ball("1.1")).exp(), at=at, covers=True)
    return all_of(slope, one, instance, says="each block is at most 1 + theta C_1, and (1 + u)^L <= exp(u L)")

# %%
chapter.judge("frei19.lemB.2.s7", blocks, expect="PROVED",
    reading="textbook: triangle inequality, submultiplicativity",
    mutants={"exp(C_1 theta L/2)": dict(rate=Fraction(1, 2))})

# %% [markdown]
# ## Beyond the lemma
#
# (frei19.lemB.2.s4)=
# ### No width is needed: depth helps
#
# For all $m\ge1$, $L\ge2$, $\theta\ge0$ and $s\ge0$, with probability at least $1-e^{-s^2m(L-1)/2}$ all products of
# Lemma B.2 are at most $\exp(\sqrt2(2+s)\theta(L-1))$.
#
# The union bound over layers is a waste. All products are at most $\exp(\theta F)$ with $F=\sum_{l=2}^L\|W_l\|$.
# Its mean is at most $2\sqrt2(L-1)$. As a function of all the standard normals behind the weights it has Lipschitz
# constant $\sqrt{2(L-1)/m}$ (Cauchy–Schwarz). So it exceeds its mean by $u=\sqrt2s(L-1)$ with probability at most
# $e^{-u^2m/(4(L-1))}$. The condition $m\ge C_0\log(L/\delta)$ becomes $m(L-1)\ge2\log(1/\delta)$, and $L-1$ stands
# where it helps. Instances: $m=1$, $L=2$ with $s=10$, and one column at $m=400$ with $s=\frac14$.

# %%
s, m, H1 = sp.symbols("s m H1", positive=True)  # H1 = L - 1


def sum_of_norms(rate=1, mean=2):
    u, lipschitz = sp.sqrt(2) * s * H1, sp.sqrt(2 * H1 / m)
    exponent = exact.identity(rate * s**2 * m * H1 / 2, u**2 / (2 * lipschitz**2))
    total = exact.identity(2 * sp.sqrt(2) * H1 + u, sp.sqrt(2) * (mean + s) * H1)
    parts = []
    for width, excess in ((1, 10), (400, Fraction(1, 4))):
        tail = limits.chi_square_upper_tail(width, width * (ball(mean) + ball(excess)) ** 2)
        claimed = (-ball(rate) * ball(excess) ** 2 * width / 2).exp()
        parts.append(certified.number(tail, claimed, at=f"L = 2, m = {width}, s = {excess}"))
    return all_of(exponent, total, *parts, says="the sum of the norms has the claimed mean and exponent")

# %%
chapter.judge("frei19.lemB.2.s4", sum_of_norms, expect="PROVED",
    reading="textbook: mean norm of a Gaussian matrix, Gaussian concentration, Cauchy-Schwarz, log(1+u) <= u",
    mutants={"twice the exponent": dict(rate=2), "mean sqrt(m)/2 for 2 sqrt(m)": dict(mean=Fraction(1, 2))})

# %% [markdown]
# (frei19.lemB.2.s5)=
# ### The growth that patterns reach
#
# Put $x_1=(1,\dots,1)^\top/\sqrt{m_L}$ and $x_l=x_{l-1}+\theta\tilde\Sigma_lW_l^\top x_{l-1}$ with $\theta\ge0$,
# $L\ge2$. The signs $\tilde\Sigma_l$ that give each entry of $\tilde\Sigma_lW_l^\top x_{l-1}$ the sign of that of
# $x_{l-1}$ make $\|x_L\|\ge(1+\theta)^{L-1}$ with probability at least $1-45(L-1)/m$. The network's own patterns,
# $1$ where $W_l^\top x_{l-1}>0$ and else $0$, make $\|x_L\|\ge(1+\theta/4)^{L-1}$ with probability at least
# $1-7(L-1)/m$.
#
# No look ahead is needed: $\tilde\Sigma_l$ is a function of $W_2,\dots,W_l$. The mean of the entries,
# $s_l=m^{-1/2}\sum_j|x_{l,j}|\le\|x_l\|$, obeys $s_l=s_{l-1}+\theta\|x_{l-1}\|A_l\ge(1+\theta A_l)s_{l-1}$ with
# independent $A_l=\frac{\sqrt2}m\sum_j\psi(Z_j)$, where $\psi$ is the absolute value or the ReLU: means
# $2/\sqrt\pi$ and $1/\sqrt\pi$, variances $\frac2m(1-\frac2\pi)$ and $\frac1m(1-\frac1\pi)$. Chebyshev for each
# layer, with thresholds $1$ and $\frac14$.


# %%
def growth(signs=1, own=Fraction(1, 4), failures=(45, 7)):
    parts = []
    for name, least, failure in (("absolute", signs, failures[0]), ("relu", own, failures[1])):
        first, second = (limits.gaussian_moment(name, order) for order in (1, 2))
        mean, variance = ball(2).sqrt() * first, 2 * (second - first**2)
        parts.append(certified.number(mean, ball(least), sense=">=", at=f"the mean of A, {name}"))
        parts.append(certified.number(variance / (mean - ball(least)) ** 2, failure, at=f"Chebyshev, {name}"))
    return all_of(*parts, says="each A_l falls below its threshold with probability at most 45/m and 7/m")

# %%
chapter.judge("frei19.lemB.2.s5", growth, expect="PROVED", reading="textbook: Chebyshev, union bound, Cauchy-Schwarz",
    mutants={"(1 + 6 theta/5)^(L-1) for the signs": dict(signs=Fraction(6, 5)),
        "(1 + 3 theta/5)^(L-1) for the network's own": dict(own=Fraction(3, 5))})

# %% [markdown]
# ## Where it stops being true
#
# (frei19.lemB.2.s6)=
# ### At θ = 1/√L no constant bounds the product
#
# There are $C_0$ and $B$ such that, for $\theta=1/\sqrt L$ and $m\ge C_0\log(L/\delta)$, with probability at least
# $1-\delta$ all products of Lemma B.2 are at most $B$.
#
# (frei19.lemB.2.s6.fix)=
# **Repair.** Let $c>0$, $L\ge\max(2,4c)$ and $0\le\theta\le c/\sqrt L$, and let $\tilde\Sigma_r$ be a function of
# $W_2,\dots,W_{r-1}$ only. With probability at least $1-L^2e^{-m}$, for all $2\le a\le b\le L$, the product of
# Lemma B.2 is at most $\frac43e^{6c+2c^2}$.
#
# The claim is not in the paper. It is the question that zhang22 raises, whose scale reaches $1/\sqrt L$. Take
# $\delta=\frac12$ and $m\ge90L$: the signs above reach $(1+L^{-1/2})^{L-1}\ge B$ once $L\ge(4\log B)^2$, for every
# $B\ge10$. The network's own patterns do the same with $\frac14$ in front (second mutant): it takes no adversary.
#
# What saves the repair is that $\tilde\Sigma_r$ does not see $W_r$, so the cross term $\langle
# x,\tilde\Sigma_rW_r^\top x\rangle$ has mean 0. The proof is zhang22's idea, with a moment in place of two tails.
# Put $\lambda=\kappa m$, $\kappa=\frac1{2c}$ and $y_j=4\kappa\theta^2\sigma_j^2$ with the diagonal entries
# $\sigma_j$ of $\tilde\Sigma_r$. For a unit vector $h$ the Gaussian integral gives
#
# $$E\,e^{\lambda(\|h+\theta\tilde\Sigma W^\top h\|^2-1)}
# =\prod_j(1-y_j)^{-1/2}\exp\frac{8\kappa^2\theta^2m\,h_j^2\sigma_j^2}{2(1-y_j)}
# \le\exp\bigl(m\theta^2(4\kappa+8\kappa^2)\bigr),\qquad y_j\le\tfrac12 .$$
#
# With $\log v\le v-1$ it bounds $E\|x_b\|^{2\lambda}$ by $\exp(mc^2(4\kappa+8\kappa^2))$; Markov at $\|x_b\|\ge
# e^{6c+2c^2}$, a net of spacing $\frac14$ with $9^m$ points ({cite}`vershynin18`, Corollary 4.2.13, and Lemma
# 4.4.1), and fewer than $L^2$ pairs $(a,b)$ finish it.


# %%
def no_bound(least=1, bounds_=(10, 10**3, 10**6), power=Fraction(1, 2)):
    def gap(bound):
        depth = int(float((4 * ball(bound).log() / ball(least)) ** 2)) + 1
        reach = (1 + ball(least) / ball(depth) ** ball(power)) ** (depth - 1)
        return exact.compare(reach, bound, at=f"L = {depth}, B = {bound}, theta = 1/L^{power}")

    return any_of(*(gap(bound) for bound in bounds_))


# %% [markdown]
# The repair: $\frac12$ is the most that $y$ may be, $L=4c(1+t)$ or more, and the exponent per unit of $m$ is
# $\log9+c^2(4\kappa+8\kappa^2)-\kappa(12c+4c^2)\le\log9-4\le-1$. `drift` is the mean of the cross term, 0 here.

# %%
c, z = sp.Symbol("c", positive=True), sp.Symbol("z", nonnegative=True)
depth4 = 4 * c * (1 + t)  # L >= 4c


def predictable(drift=0, power=1, front=Fraction(4, 3), rate=6):
    kappa, square = 1 / (2 * c), c**2 / depth4**power  # square = theta^2
    small = exact.at_most(4 * kappa * square, sp.Rational(1, 2))
    y = 1 / (2 * (1 + z))  # in (0, 1/2]
    root = exact.at_most(1 / (2 * (1 - y)), 1)  # slope of -log(1 - y)/2 against that of y
    middle = exact.at_most(8 * kappa**2 / (2 * (1 - y)), 8 * kappa**2)
    steps = depth4 * (square * (4 * kappa + 8 * kappa**2) + 2 * kappa * drift * sp.sqrt(square))
    total = exact.at_most(steps + 3, kappa * (2 * rate * c + 4 * c**2) - 1)
    net = exact.compare(1 / (1 - Fraction(1, 4)), front, covers=True), exact.compare(sp.log(9), 3, covers=True)
    says = "the exponent is at most -m for each pair (a, b)"
    return all_of(small, root, middle, total, *net, says=says)

# %%
chapter.judge("frei19.lemB.2.s6", no_bound, expect="REFUTED", severity="exponent", repair="frei19.lemB.2.s6.fix",
    reading="three B; the argument covers every B and every C_0",
    mutants={"theta = 1/L^(1/4)": dict(power=Fraction(1, 4)),
        "the network's own patterns": dict(least=Fraction(1, 4))})
chapter.judge("frei19.lemB.2.s6.fix", predictable, expect="PROVED",
    reading="textbook: Gaussian integral, Markov, size of a net, union bound",
    mutants={"patterns that see their own layer": dict(drift=1), "theta = c/L^(1/4)": dict(power=Fraction(1, 2)),
        "1/2 for 4/3": dict(front=Fraction(1, 2))})

# %% [markdown]
# ## Slack and what to doubt
#
# - **Constant.** Proved $C_0'=3\sqrt2\approx4.25$; the argument by norms cannot go below $2\sqrt2$, the limit of
#   $\|W\|$. The adversary of {ref}`this step <frei19.lemB.2.s5>` reaches every constant below
#   $2/\sqrt\pi\approx1.13$ in deep networks. Which number in between is the best, we do not know.
# - **Exponent.** $\theta L$ is right, for adversaries and for the network's own patterns. The scale $1/\sqrt L$
#   needs patterns that do not see their own layer, or a place for the pattern that makes it harmless, as in
#   {prf:ref}`zhang22.lem1`, where it multiplies the whole block. {doc}`two-arguments` puts the two side by side.
# - **Width.** The factor $\log L$ in the width is not needed ({ref}`above <frei19.lemB.2.s4>`).
# - **Same lemma elsewhere.** {ref}`gulcu19's (3.13) <gulcu19.eq3.13>` is its lower half; du18's product bounds are
#   {ref}`here <du18.lemB.1.s3>`. Lemma 4.1 of this paper uses it: {prf:ref}`frei19.lem4.1`.
# - **Doubt.** The constants of the two theorems on Gaussian matrices are quoted, not proved. The step below (35) of
#   the paper applies "an analogous version" of the lemma to trained weights; that is not judged here.
