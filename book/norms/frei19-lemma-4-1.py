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
# # Hidden states and interlayer maps stay bounded for all inputs at once

# %% tags=["remove-cell"]
from importlib.util import find_spec

from IPython import get_ipython

if find_spec("resnet_lab") is None:
    address = "git+https://github.com/resnet-lab/executable-proofs"
    get_ipython().run_line_magic("pip", f"install -q 'resnet-lab @ {address}'")

# %% [markdown]
# ```{prf:lemma} frei19, Lemma 4.1
# :label: frei19.lem4.1
#
# There are absolute constants $C_0,C_1,C_2>0$ such that, if $m\ge C_0\,d\log(mL/\delta)$, then with
# probability at least $1-\delta$, for all $1\le l\le l'\le L+1$ and all $x\in S^{d-1}$ at once,
# $C_1\le\|x_l\|_2\le C_2$ and $\|H_l^{l'}\|_2\le C_2$.
# ```
#
# - **Network** ({cite}`frei19`, section 2): $x_1=\sigma(W_1^\top x)$, then
#   $x_l=x_{l-1}+\theta\sigma(W_l^\top x_{l-1})$ for $2\le l\le L$, then $x_{L+1}=\sigma(W_{L+1}^\top x_L)$,
#   with $\sigma$ the ReLU.
# - **Interlayer maps**: $H_l^{l'}=\prod_{r=l}^{l'}(I+\theta\Sigma_rW_r^\top)$, the highest $r$ on the left;
#   the factor of $r=1$ is $\Sigma_1W_1^\top$, that of $r=L+1$ is $\Sigma_{L+1}W_{L+1}^\top$. The 0-1 matrix
#   $\Sigma_r(x)$ marks the active units.
# - **Initialisation**: entries of $W_l$ independent $N(0,2/m_l)$, $m=\min(m_L,m_{L+1})$. **Scale**:
#   $\theta=1/\Omega(L)$, that is, $0\le\theta\le c/L$. **Widths** (Assumption 3.4): $m_L\le\kappa m_{L+1}$.
#   The constants may depend on $c$ and $\kappa\ge1$, and on nothing else.
# - **Depth**: $L\ge2$, that is, there is a residual layer. The paper does not say so;
#   {ref}`without one <frei19.lem4.1.s7>` a single unit is an exception.
#
# (frei19.lem4.1.s7.fix)=
# **With constants.** Let $m\ge2$ or $L\ge2$. There are constants $C_0,C_2$, which depend on $c$ and $\kappa$ only,
# such that, if $m\ge C_0\,d\log(mL/\delta)$, then with probability at least $1-\delta$, for all
# $1\le l\le l'\le L+1$ and all $x\in S^{d-1}$ at once, $\frac14\le\|x_l\|_2\le C_2$ and
# $\|H_l^{l'}\|_2\le C_2$; $C_2=6(2+\sqrt\kappa)e^{3\sqrt2c}$ and $C_0=240+120\log(9C_2)$ will do.
#
# **Idea.** A proof with constants, shorter than the paper's. Write $\Lambda=C_2$,
# $q=\log(mL/\delta)\ge\log2$.
#
# 1. *Above.* $E\|G\|\le\sqrt N+\sqrt n$ for an $N\times n$ matrix of standard normals ({cite}`vershynin18`,
#    Theorem 7.3.1), and $\|G\|$ exceeds its mean by $\sqrt m$ with probability at most $e^{-m/2}$
#    ({cite}`blm13`, Theorem 5.6). So except with probability $(L+1)e^{-m/2}$, $\|W_l\|\le3\sqrt2$ for
#    $l\le L$ and $\|W_{L+1}\|\le\sqrt2(2+\sqrt\kappa)$. Then $\prod(1+\theta\|W_l\|)\le e^{3\sqrt2c}$, and
#    all $\|H_l^{l'}\|$, all $\|x_l\|$ and the Lipschitz constants of all $x\mapsto x_l$ are at most
#    $\Lambda$.
# 2. *One input.* $\|x_1\|^2$ is the mean of $m_1$ copies of $U=2\sigma(Z)^2$, $Z\sim N(0,1)$. The
#    inequality that does the work is $\log E\,e^{t(U-1)}\le5t^2$ for $|t|\le\frac1{10}$. Chernoff's bound
#    at $t=\pm\frac u{10}$ makes it $P(\|x_1\|^2\ge1+u)\le e^{-mu^2/20}$, and the same for
#    $\|x_1\|^2\le1-u$, for $0<u\le1$. Given the layers before, $\|x_{L+1}\|^2/\|x_L\|^2$ has the same law,
#    with $m_{L+1}$.
# 3. *Below.* A residual layer adds something non-negative to every coordinate: $\|x_l\|\ge\|x_1\|$ for
#    $l\le L$. On a net of spacing $\frac1{4\Lambda}$, of at most $(9\Lambda)^d$ points
#    ({cite}`vershynin18`, Corollary 4.2.13), step 2 with $u=\frac12$ gives $\|\hat x_l\|\ge\frac1{\sqrt2}$
#    and $\|\hat x_{L+1}\|\ge\frac12$, except with probability $2(9\Lambda)^de^{-m/80}$. Between the points
#    of the net at most $\Lambda\cdot\frac1{4\Lambda}$ is lost.
# 4. *Width.* With $C_0=240+120\log(9\Lambda)$ the three probabilities are at most $\delta/3$ each.
#
# **What we check.** Step 2 by ball arithmetic, step 4
# by exact algebra for all $d,m,L,\delta,\Lambda$; the theorems cited are used as known. Two tests can
# refute whatever the constants, and do refute the mutants. *Dead inputs*: the $m$ columns of $W_1$ lie in a
# half-space with Wendel's probability $2^{1-m}\sum_{k<d}\binom{m-1}k$; then $x_1=0$ for some $x$, so
# $\delta$ must not be smaller. *Growth*: $s_l=m^{-1/2}\sum_jx_{l,j}\le\|x_l\|$ obeys
# $s_l=s_{l-1}+\theta\|x_{l-1}\|A_l\ge(1+\theta A_l)s_{l-1}$ and $s_1=A_1$, where the $A_l$ are independent
# with mean $\pi^{-1/2}>\frac12$ and variance below $1/m$. In wide networks all $A_l\ge\frac12$ with
# probability above $\frac12$, and then $\|x_L\|\ge\frac12(1+\frac\theta2)^{L-1}$, which $C_2$ must not fall
# below.

# %%
from fractions import Fraction
from math import comb

import matplotlib.pyplot as plt
import numpy as np
import sympy as sp

from resnet_lab import limits, page
from resnet_lab.evidence import all_of, any_of, binomial_interval, certified, exact

chapter = page.Chapter("norms/frei19-lemma-4-1")
ball = limits.ball

# %% [markdown]
# Wendel's probability that $m$ columns in $\mathbb R^d$ lie in one half-space.


# %%
def wendel(dim, width):
    """P(some input has x_1 = 0): the columns of W_1 lie in one half-space (Wendel 1962)."""
    return Fraction(sum(comb(width - 1, k) for k in range(dim)), 2 ** (width - 1))


# %% [markdown]
# The constants, for $\kappa=1$ and a $c$ that can be changed.

# %%
setting = chapter.setting(depth=8, width=128, branch_scale=1.0)  # L and the largest m of the figure, and c
branch = ball(setting.branch_scale)  # theta = c / L
upper = 18 * (3 * ball(2).sqrt() * branch).exp()  # C_2
least_width = 240 + 120 * (9 * upper).log()  # C_0

# %% [markdown]
# Step 2. $U$ is $0$ or twice a $\chi^2_1$, with probability $\frac12$ each. Both sides vanish at $0$ with
# their slopes; near $0$ we compare second derivatives, further out the values.

# %%
t = sp.Symbol("t", real=True)
moment = (1 + 1 / sp.sqrt(1 - 4 * t)) / 2  # E exp(t U)


def in_balls(expression):
    return sp.lambdify(t, expression, [{"log": lambda b: b.log(), "sqrt": lambda b: b.sqrt()}])


# %%
def tail_bound(rate=5):
    gap = sp.log(moment) - t - rate * t**2
    touching = exact.identity(gap.subs(t, 0) ** 2 + sp.diff(gap, t).subs(t, 0) ** 2, 0)
    near = certified.at_most(in_balls(sp.diff(gap, t, 2)), [("-1/20", "1/20")])
    far = (certified.at_most(in_balls(gap), [ends]) for ends in (("-1/10", "-1/20"), ("1/20", "1/10")))
    return all_of(touching, near, *far)


# %% [markdown]
# Step 4, with $d=1+$ `more`, $\log2=\frac23+$ `rest`, $q=\log2+$ `above` and $\lambda=\log(9\Lambda)$. The
# first comparison is $\log(3(L+1)/\delta)\le3\log2+q\le\frac12C_0dq$, the second
# $d\lambda+\log(3/\delta)\le d\lambda+2\log2+q\le\frac1{80}C_0dq$.

# %%
above, more, rest, size = sp.symbols("above more rest lambda", nonnegative=True)


def width_suffices(factor):
    log2 = sp.Rational(2, 3) + rest
    q, d = log2 + above, 1 + more
    c0 = factor * (240 + 120 * size)
    norms = exact.at_most(3 * log2 + q, c0 * d * q / 2)
    net = exact.at_most(d * size + 2 * log2 + q, c0 * d * q / 80)
    return all_of(exact.compare(Fraction(2, 3), sp.log(2), covers=True), norms, net)


# %% [markdown]
# The two tests: Wendel's probability against the least $\delta$ that the condition allows,
# $mLe^{-m/(C_0d)}$ with $L=2$; and the growth of $\|x_L\|$ at depth 10,000 with $\theta=c/L^p$.


# %%
def dead_inputs(c0, dim, width):
    least_delta = (2 * width * (-width / (c0 * dim)).exp()).min(ball(1))
    at = f"d = {dim}, m = {width}, L = 2 (dead inputs against the least delta)"
    return exact.compare(ball(wendel(dim, width)), least_delta, at=at, covers=True)


# %%
def growth(power, depth=10_000):
    theta = branch / ball(depth) ** ball(power)
    at = f"L = {depth}, theta = c/L^{power} (growth against C_2)"
    return exact.compare((1 + theta / 2) ** (depth - 1) / 2, upper, at=at, covers=True)


# %% [markdown]
# The lemma stands on all of them, and so does its form with constants, which knows no $L\ge2$.


# %%
def with_constants(factor=1, power=1):
    """Lemma 4.1 with `factor` times C_0 and theta = c / L^power."""
    tests = [
        dead_inputs(ball(Fraction(factor)) * least_width, dim, width)
        for dim, width in ((1, 8), (1, 256), (3, 64), (20, 40))
    ]
    says = "C_2 = 6 (2 + sqrt(kappa)) exp(3 sqrt(2) c) and C_0 = 240 + 120 log(9 C_2) will do"
    return all_of(*tests, growth(power), tail_bound(), width_suffices(factor), says=says)


# %%
chapter.judge("frei19.lem4.1", with_constants, expect="PROVED",
    reading="textbook: norm of a Gaussian matrix, size of a net, Chernoff, union bound",
    mutants={"C_0 a thousand times smaller": dict(factor=Fraction(1, 1000)),
        "theta = c/sqrt(L)": dict(power=Fraction(1, 2)), "no residual scaling": dict(power=0)})
chapter.judge("frei19.lem4.1.s7.fix", with_constants, expect="PROVED",
    reading="textbook: norm of a Gaussian matrix, size of a net, Chernoff, union bound",
    mutants={"C_0 a thousand times smaller": dict(factor=Fraction(1, 1000))})

# %% [markdown]
# The mutants say what cannot be improved: $C_0\ge1/\log2$ is needed however large $C_2$, and no
# $\theta=c/L^p$ with $p<1$ will do, since ReLU outputs have a positive mean. (In zhang22 the branch has
# mean zero and $1/\sqrt L$ is enough.) What can be improved is the constant. With $c=\kappa=1$, $L=16$,
# $d=2$, $\delta=0.1$ our $C_0$ asks for a width of about 43,000. The figure shows what happens below: with
# 256 inputs on the circle, the extreme norms over all inputs and layers.

# %% mystnb={"image": {"alt": "Left: smallest and largest norm of a hidden state over a circle of inputs, 20 networks at each width from 4 to 128. The two clouds close in, from 0 and 6 to 0.9 and 2; from width 32 on all lie above the line at one quarter. Right: probability that some input is dead, for widths 2 to 12; the intervals contain the line of Wendel, which falls from 1 to 0.006."}} tags=["hide-input"]
turn = np.linspace(0, 2 * np.pi, 256, endpoint=False)
circle = np.stack([np.cos(turn), np.sin(turn)], axis=1)
rng = np.random.default_rng([chapter.seed, 41])
figure, (left, right) = plt.subplots(1, 2, figsize=(9, 3.4), layout="constrained")


def layer(x, width):
    return np.maximum(x @ rng.normal(0, (2 / width) ** 0.5, (x.shape[1], width)), 0)


def extreme_norms(width):
    states = [layer(circle, width)]
    for _ in range(2, setting.depth + 1):
        states.append(states[-1] + setting.branch_scale / setting.depth * layer(states[-1], width))
    norms = np.linalg.norm([*states, layer(states[-1], width)], axis=2)
    return norms.min(), norms.max()


for width in (4, 8, 16, 32, 64, 128):
    if width <= setting.width:
        found = np.array([extreme_norms(width) for _ in range(20)])
        left.plot([width] * 20, found[:, 0], "v", color="tab:blue", markersize=4, alpha=0.6)
        left.plot([width] * 20, found[:, 1], "^", color="tab:orange", markersize=4, alpha=0.6)
left.axhline(0.25, color="k", linewidth=1, linestyle="--", label="$C_1=1/4$")
left.set(
    xscale="log",
    xlabel="width m",
    ylabel="smallest and largest ‖x_l‖",
    title="over a circle of inputs and all l",
)
left.legend(fontsize=8)

few = np.arange(2, 13)
normals = rng.standard_normal((2000, few[-1], 2))
for width in few:
    angles = np.sort(np.arctan2(normals[:, :width, 1], normals[:, :width, 0]), axis=1)
    gaps = np.concatenate([np.diff(angles), 2 * np.pi - (angles[:, -1:] - angles[:, :1])], axis=1)
    dead = int(np.sum(gaps.max(axis=1) >= np.pi))
    low, high = binomial_interval(dead, len(normals))
    right.plot([width, width], [low, high], color="tab:blue")
right.plot(few, [float(wendel(2, int(width))) for width in few], "k--", linewidth=1, label="Wendel: $m2^{1-m}$")
right.set(yscale="log", xlabel="width m", ylabel="P(some x has $x_1=0$)", title="dead inputs, d = 2")
_ = right.legend(fontsize=8)

# %% [markdown]
# From a width of about 32 on no input comes near $0$ and no norm exceeds 4, at a thousandth of the width
# that the proof asks for. The intervals (2,000 draws, error rate $10^{-9}$ each) contain Wendel's line.
#
# ## The steps of the proof
#
# The paper proves more on the way: upper bounds with the constants 1.004 to 1.024, first on a net
# $\mathcal N^*$ of spacing $\tau_0$, then everywhere. We take a net of the usual size $(1+2/\tau_0)^d$; "an
# arbitrary $\tau_0$-net", as the paper says, may be of any size. All unions over the net use $-\log\tau_0=$
# `s`, $-\log\delta=$ `r`, $\log m=$ `w`.

# %%
s, r, w = sp.symbols("s r w", nonnegative=True)
d = 1 + more


# %%
def law_above(width, level):
    """P(||x_1||^2 > level) for one input: the exact law, for large widths the interval that step 2 leaves."""
    if width <= 10_000:
        return limits.relu_norm_upper_tail(width, level)
    return ball(0).union((-width * (level - 1) ** 2 / 20).exp().max(ball("1e-30")))


# %%
def allowed_width(constant):
    """Least m >= constant * log(m / (tau_0 delta)) at tau_0 = 1/2, delta = 1/10, and that logarithm."""
    width, constant = 2, ball(constant)
    while not width >= constant * ball(20 * width).log():
        width = int(float(constant * ball(20 * width).log())) + 1
    return width, ball(20 * width).log()


# %% [markdown]
# (frei19.lem4.1.s1)=
# ### The first layer on the net
#
# There is an absolute constant $C_1$ such that, for $m\ge C\,d\log(m/(\tau_0\delta))$ with a large enough
# absolute constant $C$, with probability at least $1-\delta/3$,
# $\|\hat x_1\|_2\le1+C_1\sqrt{d\log(m/(\tau_0\delta))/m}\le1.004$ for all $\hat x\in\mathcal N^*$.
#
# *Hypotheses*: Gaussian initialisation; $0<\tau_0,\delta\le1$; $m\ge2$, which "large enough" contains (at
# $m=\tau_0=\delta=1$ the bound would say $\|\hat x_1\|\le1$). With $C_1=5$: step 2 at
# $u=2C_1\sqrt{dq/m}\le0.008$, $q=\log(m/(\tau_0\delta))$, with $\sqrt{1+u}\le1+\frac u2$, asks for
# $d\log(3/\tau_0)+\log(3/\delta)\le\frac{C_1^2}5dq$. With $\log2\le q-r$ (as `log2` below) and
# $\log3\le2\log2$ it holds. For one input the exact law is compared with
# $\delta/3=1/30$ ($\delta=\frac1{10}$), at the least width that $\frac{C_1}{0.004}$ allows.


# %%
def net_bound(multiple):
    slackness = sp.Symbol("slackness", nonnegative=True)
    log2 = s + w - slackness  # log 2 <= log(m / tau_0)
    return exact.at_most(d * (2 * log2 + s) + 2 * log2 + r, multiple * d * (s + r + w))


# %%
def first_layer(constant=5, rate=5):
    width, q = allowed_width((Fraction(constant) / Fraction("0.004")) ** 2)
    level = (1 + ball(Fraction(constant)) * (q / width).sqrt()) ** 2
    one_input = exact.compare(law_above(width, level), Fraction(1, 30), at=f"d = 1, m = {width}", covers=True)
    says = f"C_1 = {constant} will do, for all sizes"
    return all_of(one_input, tail_bound(rate), net_bound(sp.Rational(constant) ** 2 / rate), says=says)


# %%
chapter.judge("frei19.lem4.1.s1", first_layer, expect="PROVED",
    reading="with C_1 = 5; textbook: Chernoff, net, union bound",
    mutants={"C_1 = 1/10": dict(constant=Fraction(1, 10)), "log moments below 2t^2": dict(rate=2)})

# %% [markdown]
# (frei19.lem4.1.s2)=
# ### The residual layers on the net
#
# If $\|(I+\theta\Sigma_lW_l^\top)\cdots(I+\theta\Sigma_2W_2^\top)\|_2\le1.01$ and $\|\hat x_1\|_2\le1.004$,
# then
# $\|\hat x_l\|_2=\|(I+\theta\Sigma_lW_l^\top)\cdots(I+\theta\Sigma_2W_2^\top)\Sigma_1W_1^\top\hat x\|_2$
# $\le1.01\cdot1.004\le1.015$ for $2\le l\le L$.
#
# The equality is $\sigma(z)=\mathbb 1[z>0]\,z$ in every layer; the rest is submultiplicativity and a
# product.

# %%
z = sp.Symbol("z", real=True)


# %%
def relu_as_matrix(sign=1):
    return exact.identity((1 + sign * sp.sign(z)) / 2 * z, (z + sp.Abs(z)) / 2)


# %%
def residual_layers(first=Fraction("1.004"), sign=1):
    return all_of(exact.compare(Fraction("1.01") * first, Fraction("1.015"), covers=True), relu_as_matrix(sign))


# %%
chapter.judge("frei19.lem4.1.s2", residual_layers, expect="PROVED",
    mutants={"first layer up to 1.005": dict(first=Fraction("1.005")),
        "inactive units marked": dict(sign=-1)})

# %% [markdown]
# (frei19.eq13)=
# ### (13) The last layer on the net
#
# For $m\ge C\,d\log(m/(\tau_0\delta))$ with a large enough absolute constant $C$, with probability at least
# $1-\delta$, $\|\hat x_l\|_2\le1.02$ for all $l\in[L+1]$ and all $\hat x\in\mathcal N^*$.
#
# *Hypotheses*: as for the first layer, and Lemma B.2 with failure $\delta/3$. Given the other layers the
# last one has the law of step 2. With $u=\frac9{1000}$, $1.015^2(1+u)\le1.02^2$; the first layer needs
# $5/\sqrt C\le0.004$, the last $\frac{Cu^2}{20}\ge5$, so $C=1.6\cdot10^6$ will do. The paper needs no union
# over layers, and no $L$ in the condition.


# %%
def all_layers(constant=1_600_000, u=Fraction(9, 1000)):
    width, _ = allowed_width(constant)
    one_input = exact.compare(
        law_above(width, ball("1.02") ** 2), Fraction(1, 10), at=f"d = 1, theta = 0, m = {width}", covers=True
    )
    last = exact.compare(Fraction("1.015") ** 2 * (1 + u), Fraction("1.02") ** 2, covers=True)
    first = exact.compare(Fraction(25, constant), Fraction("0.004") ** 2, covers=True)
    says = f"C = {constant:,} will do, for all sizes"
    return all_of(one_input, first, last, tail_bound(), net_bound(sp.Rational(constant) * u**2 / 20), says=says)


# %%
chapter.judge("frei19.eq13", all_layers, expect="PROVED",
    reading="with C = 1,600,000; textbook: Chernoff, net, union bound",
    mutants={"C = 10": dict(constant=10), "C = 100": dict(constant=100)})

# %% [markdown]
# (frei19.lem4.1.s3)=
# ### From the net to the sphere: sizes
#
# With $\tau_0=1/m$, $d\log(mL/(\tau_0\delta))\le2d\log(mL/\delta)$; and $1.02+C_1/m\le1.024$ once
# $m\ge C_0\,d\log(mL/\delta)$ with $C_0$ large enough in terms of the absolute constant $C_1$ of Lemma B.3.
#
# *Hypotheses*: $m,d,L\ge1$, $\delta\le1$, and $m\ge2$ or $L\ge2$ for the second half. With
# $g=\log(L/\delta)\ge0$ the first half is $d(2w+g)\le2d(w+g)$. The second asks for $m\ge250C_1$, and
# $C_0=375C_1$ gives it since $\log(mL/\delta)\ge\log2\ge\frac23$.


# %%
def sphere_sizes(net=2, at_most_one="nonnegative", multiple=375):
    g, lipschitz = sp.Symbol("g", **{at_most_one: True}), sp.Symbol("C_1", positive=True)
    sizes = exact.at_most(d * (2 * w + g), net * d * (w + g))
    width = multiple * lipschitz * d * (sp.Rational(2, 3) + above)
    return all_of(
        sizes,
        exact.at_most(250 * lipschitz, width),
        exact.compare(Fraction("1.02") + Fraction(1, 250), "1.024", covers=True),
    )


# %%
chapter.judge("frei19.lem4.1.s3", sphere_sizes, expect="PROVED",
    mutants={"without the factor 2": dict(net=1), "delta above L": dict(at_most_one="real"),
        "C_0 = 300 C_1": dict(multiple=300)})

# %% [markdown]
# (frei19.lem4.1.s7)=
# ### Without a residual layer: not for a single unit
#
# Lemma 4.1 also holds for $L=1$, the network without residual layers.
#
# Take $m=L=1$. Then $\log(mL/\delta)=\log(1/\delta)$, so for every $C_0$ the condition allows
# $\delta=e^{-1/(C_0d)}<1$; but $x=-w/\|w\|$ gives $x_1=0$, surely. The repair asks for $m\ge2$ or $L\ge2$.


# %%
def corner(dim=1, constants=(1, 1000, 10**6)):
    cases = []
    for c0 in constants:
        at = f"m = L = 1, d = {dim}, delta = exp(-1/(C_0 d)), C_0 = {c0} (and so for every C_0)"
        cases.append(exact.compare(1 - (-ball(Fraction(1, c0 * dim))).exp(), 1 - wendel(dim, 1), at=at))
    return any_of(*cases)

# %%
chapter.judge("frei19.lem4.1.s7", corner, expect="REFUTED", severity="hypothesis",
    repair="frei19.lem4.1.s7.fix",
    reading="the success probability at m = L = 1 is exactly 0, the claimed one at least 1 - exp(-1/(C_0 d))",
    mutants={"for d = 2 only": dict(dim=2), "with a larger C_0": dict(constants=(10**9,))})

# %% [markdown]
# (frei19.lem4.1.s6)=
# ### From the net to the sphere: probabilities
#
# (13) holds with probability at least $1-\delta$, the Lipschitz bound of Lemma B.3 with probability at
# least $1-\delta/2$; hence both hold with probability at least $1-\delta$.
#
# (frei19.lem4.1.s6.fix)=
# **Repair.** If (13) and Lemma B.3 are used with $\delta/3$ each, both hold with probability at least
# $1-\delta$; the condition on $m$ changes by a constant factor only.
#
# Failures add up: with a uniform $V\in[0,1]$ and $\delta=\frac12$, let the first event fail on
# $[0,\frac12)$ and the second on $[\frac12,\frac34)$; both hold with probability $\frac14$. The lower
# bound's last step has the same slip. The repair costs a constant: $\log(3mL/\delta)\le3\log(mL/\delta)$
# since $\log3\le2\log2$.


# %%
def budget(first=Fraction(1), second=Fraction(1, 2)):
    """Both events fail on disjoint sets, with first * delta and second * delta: at most delta together?"""
    at = f"delta = 1/2: disjoint failures of {first} delta and {second} delta"
    return exact.compare(first + second, 1, at=at, covers=True)


# %%
def shared_budget(first=Fraction(1, 3), second=Fraction(1, 3), factor=3):
    log2 = sp.Rational(2, 3) + rest
    widths = exact.at_most(2 * log2 + log2 + above, factor * (log2 + above))
    return all_of(budget(first, second), widths, says="the failures stay below delta, at three times the width")


# %%
chapter.judge("frei19.lem4.1.s6", budget, expect="REFUTED", severity="constant",
    repair="frei19.lem4.1.s6.fix",
    survives={"frei19.lem4.1": "yes: a smaller share of delta changes C_0 only"},
    mutants={"a second failure of delta/4": dict(second=Fraction(1, 4)),
        "both with delta": dict(second=Fraction(1))})

# %%
chapter.judge("frei19.lem4.1.s6.fix", shared_budget, expect="PROVED",
    mutants={"two thirds each": dict(first=Fraction(2, 3), second=Fraction(2, 3)),
        "log(3x) <= 2 log(x)": dict(factor=2)})

# %% [markdown]
# (frei19.eq14)=
# ### (14) The lower bound up to layer L
#
# There is an absolute constant $C'$ such that, with probability at least $1-\delta/3$, for all
# $\hat x\in\mathcal N^*$ and all $1\le l\le L$, $\|\hat x_l\|_2\ge1-C'\sqrt{d\log(3m/(\tau_0\delta))/m}$;
# for $l\ge2$ because $\hat x_{l,j}\ge\hat x_{1,j}$ for every $j$, deterministically.
#
# *Hypotheses*: Gaussian initialisation, $\theta\ge0$, $0<\tau_0,\delta\le1$. No corner here: the 3 keeps
# the logarithm away from 0. With $C'=7$ and $q_3=\log(3m/(\tau_0\delta))$: step 2 asks for
# $d\log(3/\tau_0)+\log(3/\delta)\le\frac{C'^2}{20}dq_3$, since $\sqrt{1-u}\ge1-u$, and for $u\ge1$ the
# bound is trivial. The exact law of one input is compared with $\delta/3=1/30$
# as before.

# %%
log3 = sp.Symbol("log3", positive=True)


# %%
def lower_net(multiple, width_inside=w):
    return exact.at_most(d * (log3 + s) + log3 + r, multiple * d * (log3 + s + r + width_inside))


# %%
def lower_bound(constant=7, theta="nonnegative"):
    x, branch_output, scale = sp.symbols("x_1 z", nonnegative=True) + (sp.Symbol("theta", **{theta: True}),)
    parts = [
        exact.at_most(x, x + scale * branch_output),
        tail_bound(),
        lower_net(sp.Rational(constant) ** 2 / 20),
    ]
    for width in (1024, 4096):
        level = (1 - ball(Fraction(constant)) * (ball(60 * width).log() / width).sqrt()) ** 2
        tail = 1 - limits.relu_norm_upper_tail(width, level)
        parts.append(
            exact.compare(tail, Fraction(1, 30), at=f"d = 1, m = {width}, tau_0 = 1/2, delta = 1/10", covers=True)
        )
    return all_of(*parts, says=f"C' = {constant} will do, for all sizes")


# %%
chapter.judge("frei19.eq14", lower_bound, expect="PROVED",
    reading="with C' = 7; textbook: Chernoff, net, union bound",
    mutants={"C' = 1/10": dict(constant=Fraction(1, 10)), "theta of either sign": dict(theta="real")})

# %% [markdown]
# (frei19.eq15)=
# ### (15) The last layer and the whole sphere
#
# Except with probability $\delta/3$, (13) implies
# $\|\hat x_{L+1}\|_2^2\ge\|\hat x_L\|_2^2-C_3\sqrt{d\log(3/(\tau_0\delta))/m}$ for all
# $\hat x\in\mathcal N^*$. With (14), $m\ge C\,d\log(m/(\tau_0\delta))$ gives $\|\hat x_l\|_2\ge C_4>0$ for
# all $l\in[L+1]$, and $\|x_l\|_2\ge C_4-C_1\tau_0>0$ on the whole sphere for a small enough absolute
# constant $\tau_0$.
#
# *Hypotheses*: Gaussian initialisation, $0<\tau_0,\delta\le1$, and $\tau_0\le\frac12$ in the second half,
# so that $\log(m/(\tau_0\delta))\ge\log2$. Given the other layers,
# $\|\hat x_{L+1}\|^2\le(1-u)\|\hat x_L\|^2$ has probability at most $e^{-mu^2/20}$, and
# $\|\hat x_L\|\le1.02$: $C_3=7\ge1.02^2\sqrt{40}$ will do. With $C=2352=49\cdot3\cdot16$ both (14) and the
# new term lose at most $\frac14$ ($q_3\le3q$), so $\|\hat x_{L+1}\|^2\ge\frac9{16}-\frac14$ and
# $C_4=\frac12$. The exact test: $d=1$, $\theta=0$, $m_L=10^7$ and $m_{L+1}=m$. By step 2 both inputs have
# $|\|\hat x_L\|^2-1|\le\frac1{100}$ except with probability $4e^{-50}$. Their $\hat x_L$ are orthogonal, so the
# growth factors of the last layer are independent. A loss above the claimed one at $\hat x=1$, with (13) at
# $\hat x=-1$ (a factor of at most $1.03$, as $1.01\cdot1.03\le1.02^2$), must not be likelier than
# $\delta/3=1/30$, at $\delta=\frac1{10}$.


# %%
def last_layer(constant=7, lower=Fraction(1, 2)):
    rate = exact.compare(40 * Fraction("1.02") ** 4, Fraction(constant) ** 2, covers=True)
    bound = exact.compare(lower**2, Fraction(3, 4) ** 2 - Fraction(1, 4), covers=True)
    parts = [
        rate,
        bound,
        exact.compare(Fraction(constant) ** 2 * 3 / 2352, Fraction(1, 4) ** 2, covers=True),
        tail_bound(),
        lower_net(2, 0),
        exact.at_most(2 * rest + (rest + above), 3 * (rest + above)),
    ]
    for width in (1024, 4096):
        loss = ball(Fraction(constant)) * (ball(60).log() / width).sqrt()
        falls = 1 - limits.relu_norm_upper_tail(width, 1 - loss / ball("0.99"))
        both = falls * (1 - limits.relu_norm_upper_tail(width, "1.03")) - 4 * ball(-50).exp()
        at = f"d = 1, m = {width}, m_L = 10^7, theta = 0, tau_0 = 1/2, delta = 1/10"
        parts.append(exact.compare(both, Fraction(1, 30), at=at, covers=True))
    return all_of(*parts, says="C_3 = 7, C = 2352 and C_4 = 1/2 will do, for all sizes")


# %%
chapter.judge("frei19.eq15", last_layer, expect="PROVED",
    reading="with C_3 = 7, C = 2352, C_4 = 1/2; textbook: Chernoff, net, union bound",
    mutants={"C_3 = 1/10": dict(constant=Fraction(1, 10)), "C_4 = 11/10": dict(lower=Fraction(11, 10))})

# %% [markdown]
# (frei19.lem4.1.s4)=
# ### The case l = 1 is not free
#
# For $l=1$, $H_1^{l'}=x_{l'}$; so the bound on $\|x_{l'}\|_2$ is the bound on $\|H_1^{l'}\|_2$, and only
# $l>1$ remains.
#
# (frei19.lem4.1.s4.fix)=
# **Repair.** $H_1^{l'}(x)\,x=x_{l'}$, and $\|H_1^{l'}\|_2\le\|H_2^{l'}\|_2\,\|W_1\|_2$ for $1\le l'\le L+1$
# (with $H_2^1=I$); so Lemmas B.1 and B.2 bound $\|H_1^{l'}\|_2$ by an absolute constant.
#
# $H_1^{l'}$ is an $m\times d$ matrix, and $x_{l'}$ is its product with one vector. An operator norm is not
# bounded by the image of one vector, even when that vector is the input. Smallest example, $m=1$, $d=2$,
# $\theta=\frac12$, $W_2=1$: $W_1^\top=(3,4)$ and $x=(1,0)$ give $x_2=\frac92$, $H_1^2=(\frac92,6)$ and
# $\|H_1^2\|=\frac{15}2$; the ratio of the two is unbounded.


# %%
def first_to_second(weights, theta=sp.Rational(1, 2)):
    """H_1^2 and x_2 for m = 1, W_2 = 1, x = (1, 0); `weights` is W_1 transposed, its first entry positive."""
    row, x = sp.Matrix([weights]), sp.Matrix([1, 0])
    map_ = (1 + theta) * row  # both units are active
    return map_, (map_ * x)[0]


# %%
def case_one(weights=(3, 4), factor=1):
    map_, state = first_to_second(weights)
    at = f"m = 1, theta = 1/2, W_2 = 1, x = (1, 0), W_1' = {weights}: H_1^2 = {tuple(map_)}, x_2 = {state}"
    return exact.compare(map_.norm(), factor * state, at=at)


# %%
def submultiplicative(slope=1):
    """|Sigma u|^2 <= |u|^2, coordinate by coordinate: the unit is off, or on."""
    u = sp.Symbol("u", real=True)
    return all_of(*(exact.at_most((slope * gate * u) ** 2, u**2) for gate in (0, 1)))


# %%
def case_one_repaired(first_norm=5):
    map_, _ = first_to_second((3, 4))
    example = exact.compare(map_.norm(), sp.Rational(3, 2) * first_norm, at="m = 1, W_1' = (3, 4)", covers=True)
    says = "the ReLU is the matrix Sigma_r, and Sigma_r shortens every vector"
    return all_of(relu_as_matrix(), submultiplicative(), example, says=says)


# %%
chapter.judge("frei19.lem4.1.s4", case_one, expect="REFUTED", severity="step",
    repair="frei19.lem4.1.s4.fix",
    survives={"frei19.lem4.1": "yes: its proof with constants bounds the case l = 1 by an absolute constant, though not "
        "by 1.024"}, mutants={"up to a factor 1.02": dict(factor=Fraction("1.02")),
        "up to a factor 100": dict(factor=100, weights=(3, 400))})

# %%
chapter.judge("frei19.lem4.1.s4.fix", case_one_repaired, expect="PROVED",
    reading="textbook: the spectral norm is submultiplicative",
    mutants={"without the norm of W_1": dict(first_norm=1)})

# %% [markdown]
# (frei19.lem4.1.s5)=
# ### The case l' = L+1
#
# $\|H_l^{L+1}\|_2\le\|\Sigma_{L+1}\|_2\,\|W_{L+1}\|_2\,\|H_l^L\|_2\le C$ for $2\le l\le L+1$, with an
# absolute constant $C$.
#
# *Hypotheses*: the events of Lemmas B.1 and B.2, so that $C=1.01\,C'$. What is left to check is
# $\|\Sigma_{L+1}\|\le1$. The factor $\|W_{L+1}\|$ is where $m_L=O(m_{L+1})$ is needed: at $m_{L+1}=1$ it is
# of order $\sqrt{m_L}$. The example with one unit is $W_{L+1}=2$, $H_l^L=\frac32$, where the bound is
# attained.


# %%
def last_map(slope=1, last_norm=2):
    example = exact.compare(
        slope * 2 * Fraction(3, 2), last_norm * Fraction(3, 2), at="m = 1, W_{L+1} = 2, H = 3/2", covers=True
    )
    return all_of(submultiplicative(slope), example)


# %%
chapter.judge("frei19.lem4.1.s5", last_map, expect="PROVED",
    reading="textbook: the spectral norm is submultiplicative",
    mutants={"an activation of slope 2": dict(slope=2),
        "without the norm of the last layer": dict(last_norm=1)})

# %% [markdown]
# ## Verdict, slack, and what to still doubt
#
# With two units or one residual layer Lemma 4.1 is true, and proved here with constants. They are loose:
# $C_0$ near 1,400 where $1/\log2$ is necessary, $C_2$ near 1,300 where the figure shows 4. Up to the factor
# $\log(mL)$ the condition has the right form: by Wendel's law $m>d$ and $m\ge1+\log_2(1/\delta)$ are
# necessary. The detour over a net gives the paper $\|x_l\|\le1.024$ for small $c$; the bound on
# $\|H_1^{l'}\|$ is not of that kind: it is of order $1+\sqrt{2d/m}$ even without residual layers.
#
# The same lemma elsewhere: zhang22, Lemma 2 ({prf:ref}`zhang22.lem2`) fixes $n$ inputs, so that no net is
# needed and $d$ plays no part, and allows a branch scale of $1/\sqrt L$, because its branch has mean zero.
#
# Not checked here: the width between the necessary and the sufficient constant; weights that have moved by
# training (Lemmas B.4 and B.5 of the paper); inputs off the unit sphere, where everything scales with
# $\|x\|$.
