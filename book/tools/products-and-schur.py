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
# # A product moves by at most the sum of its factors' relative moves, and a Schur product keeps a smallest eigenvalue

# %% tags=["remove-cell"]
from importlib.util import find_spec

from IPython import get_ipython

if find_spec("resnet_lab") is None:
    address = "git+https://github.com/resnet-lab/executable-proofs"
    get_ipython().run_line_magic("pip", f"install -q 'resnet-lab @ {address}'")

# %% [markdown]
# ```{prf:lemma} du18, Lemma E.1
# :label: du18.lemE.1
#
# If $\|A_i\|_2\le M_i$, $\|B_i\|_2\le M_i$ and $\|A_i-B_i\|_F\le\alpha_iM_i$ for $i\in[n]$, then
# $\Bigl\|\prod_{i=1}^nA_i-\prod_{i=1}^nB_i\Bigr\|_F\le\Bigl(\sum_{i=1}^n\alpha_i\Bigr)\prod_{i=1}^nM_i$.
# ```
#
# - **Paper**: {cite}`du18`, appendix E. **Hypotheses**: $A_i$ and $B_i$ have the same size, and the products exist;
#   rectangular factors are allowed. Nothing is asked of $M_i$: $M_i<1$ and $M_i=0$ are allowed, since no factor $M_j$
#   is dropped.
# - **Norms**: spectral for $A_i$ and $B_i$, Frobenius for $A_i-B_i$ and for the conclusion. The mix is needed, see
#   {ref}`below <du18.lemE.1.s3>`.
#
# **Idea.** Exchange the factors one at a time. With $P$ and $Q$ the products of the first $n-1$ factors,
#
# $$PA-QB=P(A-B)+(P-Q)B,\qquad\|P(A-B)\|_F\le\|P\|_2\|A-B\|_F,\qquad\|(P-Q)B\|_F\le\|P-Q\|_F\|B\|_2 .$$
#
# The two inequalities are the definition of $\|\cdot\|_2$, column by column and row by row. With $\Pi=\prod_{i<n}M_i$
# and $s=\sum_{i<n}\alpha_i$ the right side is at most $\Pi\cdot\alpha M+s\,\Pi\cdot M=(s+\alpha)\Pi M$. One factor is
# the hypothesis itself, and for no factor both products are the same $I$.
#
# **What we check.** The step of the induction, exactly: what each hypothesis loses is a non-negative symbol. The
# matrix identity is checked for one path of indices $i\to k\to j$, since an entry of a product is the sum over such
# paths. The instance $n=1$, $A=I_2$, $B=0$ tells the norms apart. Then an adversary tries three factors.

# %% tags=["hide-input"]
from math import prod

import jax.numpy as jnp
import matplotlib.pyplot as plt
import numpy as np
import sympy as sp
from flint import arb

from resnet_lab import limits, page
from resnet_lab.evidence import all_of, certified, exact, judge, round_outward, searched, starts

chapter = page.Chapter("tools/products-and-schur")
setting = chapter.setting(size=2, starts=16, steps=120)  # the adversary's matrices and effort

# %% [markdown]
# The norms $p=\|P\|_2$, $q=\|B\|_2$, $e=\|A-B\|_F$, $f=\|P-Q\|_F$ and what the bounds leave: $\Pi=p+d_1$,
# $\alpha M=e+d_2$, $s\,\Pi=f+d_3$, $M=q+d_4$.

# %%
p, q, e, f, d1, d2, d3, d4 = sp.symbols("p q e f d1 d2 d3 d4", nonnegative=True)
a, b, c, d = sp.symbols("a b c d", real=True)  # entries of A, B, P, Q on one path


def induction(share=1):
    one_factor = exact.at_most(e, share * (e + d2))
    exchange = exact.identity(c * a - d * b, c * (a - b) + (c - d) * b)
    new = exact.at_most(p * e, share * (p + d1) * (e + d2))  # Pi alpha M
    old = exact.at_most(f * q, (f + d3) * (q + d4))  # s Pi M
    return all_of(one_factor, exchange, new, old)


def lemma(share=1, order="fro"):
    unit = sp.eye(2)  # A = I, B = 0, M = 1 and alpha the norm of A - B
    instance = exact.compare(unit.norm() ** 2, unit.norm(order) ** 2, at="n = 1, A = I, B = 0", covers=True)
    return all_of(induction(share), instance, says="one more factor adds its alpha and multiplies by its M")

# %%
chapter.judge("du18.lemE.1", lemma, expect="PROVED",
    mutants={"half of each new alpha": dict(share=sp.Rational(1, 2)),
        "the difference in the spectral norm": dict(order=2)})

# %% [markdown]
# **The adversary** may choose $A_i$ and $B_i=A_i+E_i$. It gets the smallest $M_i$ and $\alpha_i$ that the hypotheses
# allow, so that the ratio of the two sides may not exceed 1. It comes close, as the bound is the sum of the
# first-order terms. The largest ratio that it finds, rounded up:


# %%
def product_ratio(point):
    left, right = point["A"], point["A"] + point["E"]
    tops = [jnp.maximum(jnp.linalg.norm(x, 2), jnp.linalg.norm(y, 2)) for x, y in zip(left, right, strict=True)]
    moves = [jnp.linalg.norm(x) for x in point["E"]]
    bound = sum(moves[i] * prod(tops[:i] + tops[i + 1 :]) for i in range(3))
    return jnp.linalg.norm(left[0] @ left[1] @ left[2] - right[0] @ right[1] @ right[2]) / bound

# %%
shapes = {name: (3, setting.size, setting.size) for name in "AE"}
tried = starts(shapes, chapter.key("product"), setting.starts)
round_outward(searched(product_ratio, tried, steps=setting.steps).high, +1, digits=2)

# %% [markdown]
# ## The steps of the proof
#
# (du18.lemE.1.s1)=
# ### The difference as a telescoping sum
#
# $\prod_{i=1}^nA_i-\prod_{i=1}^nB_i
# =\sum_{i=1}^n\bigl(\prod_{j=1}^{i-1}A_j\bigr)(A_i-B_i)\bigl(\prod_{k=i+1}^nB_k\bigr)$,
# where an empty product is $I$.
#
# With $T_i=A_1\cdots A_iB_{i+1}\cdots B_n$ the $i$-th term is $T_i-T_{i-1}$, for every $n$; the sum is $T_n-T_0$.
# Again on one path of indices, with $n=4$ written out.


# %%
def telescoping(kept=1):
    one = exact.identity(c * (a - b) * d, c * a * d - c * b * d)
    A, B = sp.symbols("a1:5", real=True), sp.symbols("b1:5", real=True)
    front = [kept * x + (1 - kept) * y for x, y in zip(A, B, strict=True)]  # what stands left of the difference
    terms = [prod(front[:i]) * (A[i] - B[i]) * prod(B[i + 1 :]) for i in range(4)]
    return all_of(one, exact.identity(prod(A) - prod(B), sum(terms)), says="each term is a difference T_i - T_(i-1)")

# %%
chapter.judge("du18.lemE.1.s1", telescoping, expect="PROVED", mutants={"B on both sides": dict(kept=0)})

# %% [markdown]
# (du18.lemE.1.s2)=
# ### Each term of the sum
#
# $\bigl\|\bigl(\prod_{j<i}A_j\bigr)(A_i-B_i)\bigl(\prod_{k>i}B_k\bigr)\bigr\|_F\le\alpha_i\prod_{j=1}^nM_j$.
#
# *Hypotheses*: those of the lemma. $\|XYZ\|_F\le\|X\|_2\|Y\|_F\|Z\|_2$ and $\|XY\|_2\le\|X\|_2\|Y\|_2$. With $p$, $q$
# the norms of the outer products and $e=\|A_i-B_i\|_F$, the right side is $(p+d_1)(e+d_2)(q+d_4)$.


# %%
def one_term(share=1):
    return exact.at_most(p * e * q, share * (p + d1) * (e + d2) * (q + d4))

# %%
chapter.judge("du18.lemE.1.s2", one_term, expect="PROVED", mutants=["share * 1/2"])

# %% [markdown]
# ## Variants: what the hypotheses are for
#
# (du18.lemE.1.s3)=
# ### The spectral norm throughout
#
# If $\|A_i\|_2\le M_i$, $\|B_i\|_2\le M_i$ and $\|A_i-B_i\|_2\le\alpha_iM_i$ for $i\in[n]$, then
# $\|\prod_iA_i-\prod_iB_i\|_2\le(\sum_i\alpha_i)\prod_iM_i$.
#
# The same induction. With this weaker hypothesis the Frobenius norm of the conclusion can be larger by the root of
# the rank, as $A=I_2$, $B=0$ shows.


# %%
def spectral(share=1, order=2):
    instance = exact.compare(sp.eye(2).norm(order), share, at="n = 1, A = I, B = 0, M = alpha = 1", covers=True)
    return all_of(induction(share), instance, says="the induction uses only that the norm is submultiplicative")

# %%
chapter.judge("du18.lemE.1.s3", spectral, expect="PROVED",
    mutants={"conclusion in the Frobenius norm": dict(order="fro"), "half": dict(share=sp.Rational(1, 2))})

# %% [markdown]
# (du18.lemE.1.s4)=
# ### With a bound for the $B_i$ only
#
# If $\|B_i\|_2\le M_i$ and $\|A_i-B_i\|_F\le\alpha_iM_i$ for $i\in[n]$, then
# $\|\prod_iA_i-\prod_iB_i\|_F\le\bigl(\prod_i(1+\alpha_i)-1\bigr)\prod_iM_i$, with equality for the numbers
# $B_i=M_i$, $A_i=(1+\alpha_i)M_i$.
#
# So the bound for the $A_i$ is needed for the sum of the $\alpha_i$. Now $\|A\|_2\le(1+\alpha)M$; with
# $t=\prod_{i<n}(1+\alpha_i)$ the step gives $t\,\Pi\cdot\alpha M+(t-1)\Pi\cdot M=(t(1+\alpha)-1)\Pi M$. The slack
# below is that of $t\,\Pi=p+d_1$, $\alpha M=e+d_2$, $(t-1)\Pi=f+d_3$, $M=q+d_4$.

# %%
t, alpha, beta = sp.symbols("t alpha beta", nonnegative=True)


def one_sided(cross=1):
    step = exact.at_most(p * e + f * q, (p + d1) * (e + d2) + (f + d3) * (q + d4))
    growth = exact.identity(t * alpha + (t - 1), t * (1 + alpha) - 1)
    two_numbers = exact.at_most((1 + alpha) * (1 + beta) - 1, alpha + beta + cross * alpha * beta)
    return all_of(step, growth, two_numbers, says="one more factor turns t into t (1 + alpha)")

# %%
chapter.judge("du18.lemE.1.s4", one_sided, expect="PROVED", mutants={"the sum of the alphas alone": dict(cross=0)})

# %% [markdown]
# ## Schur products
#
# $\odot$ multiplies entry by entry, and $\phi_{\min}$ is the smallest eigenvalue, as in {cite}`gulcu19`, section 3.1.
#
# (gulcu19.eq3.12.s1)=
# ### Schur's bound, the step behind (3.12)
#
# $\phi_{\min}(P\odot Q)\ge\min_iP_{ii}\;\phi_{\min}(Q)$.
#
# *Hypotheses*: $P$ and $Q$ are symmetric positive semidefinite, of the same size. Neither has to be definite, and the
# roles may be exchanged. The minimum runs over the diagonal of the *other* factor.
#
# Write $P=GG^\top$ and $Q=\lambda I+SS^\top$ with $\lambda=\phi_{\min}(Q)\ge0$ (spectral theorem). For every vector
# $v$
#
# $$v^\top(P\odot Q)v=\lambda\sum_iP_{ii}v_i^2+\sum_{k,r}\Bigl(\sum_iv_iG_{ik}S_{ir}\Bigr)^2
# \ge\lambda\min_iP_{ii}\,\|v\|^2 .$$
#
# We check one pair $(i,j)$ of the double sum, that a square is not negative, and $P_{ii}=\min_iP_{ii}+d$ on the
# diagonal, for every size at once.

# %%
vi, vj, gi, gj, si, sj, total = sp.symbols("v_i v_j g_i g_j s_i s_j total", real=True)
lam, least, more = sp.symbols("lambda least more", nonnegative=True)


def schur(weight=1, sign=1, side=1):
    pair = exact.identity(vi * vj * (gi * gj) * (si * sj), (vi * gi * si) * (vj * gj * sj))
    square = exact.at_most(0, weight * total**2)
    diagonal = exact.at_most(sign * lam * least * vi**2, sign * lam * (least + side * more) * vi**2)
    return all_of(pair, square, diagonal, says="the form of P o Q less the diagonal part is a sum of squares")

# %%
chapter.judge("gulcu19.eq3.12.s1", schur, expect="PROVED",
    mutants={"the largest entry of the diagonal": dict(side=-1), "P indefinite": dict(weight=-1),
        "Q indefinite, lambda < 0": dict(sign=-1)})

# %% [markdown]
# With $\lambda<0$ the same computation gives $\max_iP_{ii}$ in place of the minimum. **The adversary** for the bound:
# $P=GG^\top$ and $Q=SS^\top+\frac1{100}\|S\|_F^2I$, three by three, ratio of the right side to the left. Equality
# holds for $P=vv^\top$ with entries $\pm1$, so that 1 cannot be improved; beyond 1 it finds nothing:


# %%
def schur_ratio(point):
    left = point["G"] @ point["G"].T
    right = point["S"] @ point["S"].T + jnp.sum(point["S"] ** 2) / 100 * jnp.eye(3)
    bound = jnp.min(jnp.diagonal(left)) * jnp.linalg.eigvalsh(right)[0]
    return bound / jnp.linalg.eigvalsh(left * right)[0]

# %%
tried = starts({"G": (3, 3), "S": (3, 3)}, chapter.key("schur"), setting.starts)
judge(searched(schur_ratio, tried, steps=setting.steps))

# %% [markdown]
# ## (3.12): the bound is right, but not for the matrix that it is stated for
#
# (gulcu19.eq3.12)=
# ### (3.12) as printed
#
# $\phi_{\min}\Bigl[\mathbb E\Bigl\{\frac1m\sum_{l=1}^m(a_la_l^\top)
# \odot\bigl[(\phi'(Xw_l)\phi'(Xw_l)^\top)\odot(XX^\top)\bigr]\Bigr\}\Bigr]
# \ge\min_i\frac1m\Bigl[\sum_{l=1}^m\mathbb E|a_l(i)|^2\Bigr]\lambda(X)$
# with $\lambda(X)=\phi_{\min}(\Sigma(X))$.
#
# *Hypotheses*: the network (2.3), $0<c_{res}<1$, independent $N(0,1)$ weights; $|\phi'|\le B$, $|\phi''|\le M$,
# $|\phi(s+t)|\le|\phi(s)|+|\phi(t)|$; $w_l$ is the $l$-th row of $W^{(1)}$ and $a_l$ the $l$-th column of the
# $n\times m$ matrix with the rows
# $a^\top\prod_{j=2}^H(I+\frac{c_{res}}{H\sqrt m}\mathrm{diag}[\phi'(W^{(j)}x_i^{(j-1)})]W^{(j)})$;
# $\Sigma(X)=\mathbb E[(\phi'(Xw)\phi'(Xw)^\top)\odot(XX^\top)]$, $w\sim N(0,I)$. No width is asked for here.
#
# From (3.11), Schur's bound gives it at once. But (3.10) and (3.11) take the expectation of the product as the
# product of the expectations, because $a_la_l^\top$ is said to depend on $W^{(2)},\dots,W^{(H)}$ only. It depends on
# $W^{(1)}$ as well, through the states $x_i^{(j)}$. If the two are negatively correlated, (3.12) fails.
#
# **Counterexample.** $n=m=1$, $H=2$, $X=a=1$, any $c_{res}$, and $\phi=\Phi$, the normal distribution function:
# bounded slopes, and $\Phi(s+t)\le\Phi(s)+\Phi(t)$, as $\Phi$ increases and is at least $\frac12$ on $[0,\infty)$.
# Let $z=w_1$ and $v=W^{(2)}$. The first layer is $u=\sqrt{c_\phi}\,\Phi(z)$ with $c_\phi=1/\mathbb E\Phi(z)^2=3$, and
# $a_1=1+\frac{c_{res}}2\phi'(vu)v$. As $\phi'$ is even and $\phi'(y)^2=\frac1{2\pi}e^{-y^2}$,
#
# $$\mathbb E[a_1^2\mid z]=1+\frac{c_{res}^2}{8\pi}(1+2u^2)^{-3/2}
# =1+\frac{c_{res}^2}{8\pi}\bigl(1+6\Phi(z)^2\bigr)^{-3/2}.$$
#
# (3.12) says that $\mathbb E[a_1^2\phi'(z)^2]\ge\mathbb E[a_1^2]\,\mathbb E[\phi'(z)^2]$. The 1 cancels. The weight
# $e^{-z^2}$ turns $N(0,1)$ into $N(0,\frac13)$, and $\Phi(z)$ is uniform on $[0,1]$ under $N(0,1)$. What is left is
#
# $$\mathbb E\bigl(1+6\Phi(Y/\sqrt3)^2\bigr)^{-3/2}\;\ge\;\int_0^1(1+6p^2)^{-3/2}dp
# =\frac1{\sqrt7}=0.377\ldots,\qquad Y\sim N(0,1).$$
#
# The function on the left decreases in $Y$, so steps of $\frac1{10}$ enclose its mean: it is about $0.32$. (With
# $c_\phi=1/(\mathbb E\Phi)^2=4$, the other way to read the paper's $1/\mathbb E[\phi(x)]^2$, the bound is $\frac13$
# and fails as well.)


# %%
def weighted_mean(c_phi):
    """E (1 + 2 c_phi Phi(Y/sqrt 3)^2)^(-3/2) from a lower and an upper step function with steps of 1/10."""
    edges = [arb(k) / 10 for k in range(-50, 51)]
    levels = [limits.normal_upper_tail(-edge / arb(3).sqrt()) for edge in edges]
    values = [(1 + 2 * c_phi * level**2).sqrt() ** -3 for level in (arb(0), *levels, arb(1))]
    tails = [arb(1), *map(limits.normal_upper_tail, edges), arb(0)]
    masses = [above - below for above, below in zip(tails, tails[1:], strict=False)]
    upper = sum((mass * value for mass, value in zip(masses, values, strict=False)), arb(0))
    lower = sum((mass * value for mass, value in zip(masses, values[1:], strict=False)), arb(0))
    return lower.union(upper)


def printed_bound(c_phi=3):
    where = "n = m = 1, H = 2, X = a = 1, phi the normal distribution function"
    return certified.number(weighted_mean(c_phi), 1 / arb(1 + 2 * c_phi).sqrt(), sense=">=", at=where)

# %%
chapter.judge("gulcu19.eq3.12", printed_bound, expect="REFUTED", severity="hypothesis", repair="gulcu19.eq3.12.fix",
    reading="one activation, one input and width 1, where both sides have closed forms but for one integral",
    mutants={"c_phi = 1/(E phi)^2": dict(c_phi=4)},
    survives={"gulcu19.eq3.18": "open: with (3.17) it follows for the right side of (3.11) only; for one input and "
        "width 1 the bounds of (3.13) hold given W^(1) and it survives, for several inputs Schur's bound does not "
        "apply given W^(1)"})

# %% [markdown]
# (gulcu19.eq3.12.fix)=
# ### Repair: for the right side of (3.11)
#
# $\phi_{\min}\Bigl(\Bigl[\frac1m\sum_{l=1}^m\mathbb E(a_la_l^\top)\Bigr]\odot\Sigma(X)\Bigr)
# \ge\min_i\frac1m\Bigl[\sum_{l=1}^m\mathbb E|a_l(i)|^2\Bigr]\lambda(X)$.
# So (3.12) holds where the two sides of (3.11) agree, in particular if the $a_l$ are independent of $W^{(1)}$.
#
# Schur's bound for $P=\frac1m\sum_l\mathbb E(a_la_l^\top)$ and $Q=\Sigma(X)$. Both are semidefinite, as means of Gram
# matrices: an outcome of weight $w\ge0$ adds $w(\sum_iv_ia_l(i))^2$ to $v^\top Pv$, and
# $w\|\sum_iv_i\phi'(\langle w_l,x_i\rangle)x_i\|^2$ to $v^\top Qv$. The $a_l$ are independent of $W^{(1)}$ if $\phi'$
# is constant.


# %%
def on_the_right(outcome=1, side=1):
    weight = sp.Symbol("w", nonnegative=True)
    semidefinite = exact.at_most(0, outcome * weight * (vi * gi + vj * gj) ** 2)
    return all_of(semidefinite, schur(side=side), says="both factors are means of Gram matrices; Schur's bound holds")

# %%
chapter.judge("gulcu19.eq3.12.fix", on_the_right, expect="PROVED",
    mutants={"the largest mean square": dict(side=-1), "a signed measure": dict(outcome=-1)})

# %% [markdown]
# (gulcu19.eq3.12.s2)=
# ### No width cures it
#
# For $a=(1,\dots,1)$, one input and fixed $\phi$, $H$ and $c_{res}$, (3.12) holds for every large enough width $m$.
#
# Take $H=2$ and $\phi(z)=2-b(z)$ with $b(z)=e^{-4z^2}$, which has values in $[1,2)$ and meets the hypotheses. Let
# $\rho=\|x^{(1)}\|$ and $T=\mathbb E\phi''(\rho z)$. Stein's identity gives
# $\mathbb E[\phi'(\langle W,x\rangle)W_l\mid x]=x_lT$ for a row $W$ of $W^{(2)}$ and $x=x^{(1)}$, so
#
# $$\mathbb E[a_l^2\mid W^{(1)}]=1+c_{res}\sqrt m\,x_lT
# +\frac{c_{res}^2}4\bigl(\mathbb E[\phi'(\langle W,x\rangle)^2W_l^2\mid x]
# +(m-1)x_l^2T^2\bigr),\qquad\sqrt m\,x_l=\sqrt{c_\phi}\,\phi(\langle w_l,x_1\rangle).$$
#
# As $m\to\infty$, $\rho\to1$ by the law of large numbers. Everything is bounded ($\rho\ge\sqrt{c_\phi}$), so both
# sides of (3.12) converge, and the limits are those of $(1+\kappa\phi(z))^2+\frac{c_{res}^2}4\mathbb E\phi'^2$ with
# $\kappa=\frac{c_{res}}2\sqrt{c_\phi}\,\mathbb E\phi''$ in place of $\mathbb E[a_l^2\mid W^{(1)}]$. The constant
# cancels, and (3.12) would need
#
# $$\mathbb E\bigl[(1+\kappa\phi(z))^2\phi'(z)^2\bigr]\ge\mathbb E(1+\kappa\phi(z))^2\;\mathbb E\phi'(z)^2 .$$
#
# All moments are closed: $\mathbb Eb^j=(1+8j)^{-1/2}$, $\mathbb E[b^j\phi'^2]=64(17+8j)^{-3/2}$,
# $\mathbb E\phi''=8\cdot9^{-3/2}$. Here $\phi'^2$ is large where $\phi$ is small, and $\kappa>0$. We compare at
# $c_{res}=\frac12$.


# %%
def wide_limit(c_res=sp.Rational(1, 2), rate=4):
    """Both sides for b(z) = exp(-rate z^2), as closed numbers."""
    mean = [1 / sp.sqrt(1 + 2 * rate * j) for j in range(3)]  # E b^j
    slopes = [4 * rate**2 / sp.sqrt(1 + 2 * rate * (j + 2)) ** 3 for j in range(3)]  # E b^j phi'^2
    c_phi, second = 1 / (4 - 4 * mean[1] + mean[2]), 2 * rate / sp.sqrt(1 + 2 * rate) ** 3
    kappa = c_res / 2 * sp.sqrt(c_phi) * second
    terms = [(1 + 2 * kappa) ** 2, -2 * kappa * (1 + 2 * kappa), kappa**2]  # (1 + kappa (2 - b))^2 in powers of b
    left = sum(term * slope for term, slope in zip(terms, slopes, strict=True))
    right = sum(term * power for term, power in zip(terms, mean, strict=True)) * slopes[0]
    return exact.compare(left, right, sense=">=", at=f"phi(z) = 2 - exp(-{rate} z^2), c_res = {c_res}, m to infinity")

# %%
chapter.judge("gulcu19.eq3.12.s2", wide_limit, expect="REFUTED", severity="hypothesis", repair="gulcu19.eq3.12.fix",
    reading="infinite width, one activation; bounded convergence and the law of large numbers are textbook",
    mutants={"c_res = 1/10": dict(c_res=sp.Rational(1, 10)), "exp(-8 z^2)": dict(rate=8)})

# %% [markdown]
# The figure shows the slack of the product lemma and the two factors of the counterexample.

# %% mystnb={"image": {"alt": "Left: for rotations by an angle, the norm of I minus the n-th power against n, with the bound n alpha. The curve starts on the line, bends and turns back at the half turn, while the bound goes on. Right: the slope squared of the normal distribution function is a bell around 0; the part of E[a squared given z] that depends on z falls from 1 to about 0.05, and its even part is smallest at 0, where the bell is highest."}} tags=["hide-input"]
figure, (left_axis, right_axis) = plt.subplots(1, 2, figsize=(9, 3.2), layout="constrained")
count, angle = np.arange(0, 41), 0.1
left_axis.plot(count, 2 * np.sqrt(2) * np.abs(np.sin(count * angle / 2)), "o", markersize=3, label="$\\|I-R^n\\|_F$")
left_axis.plot(count, count * 2 * np.sqrt(2) * np.sin(angle / 2), "k-", label="$n\\alpha$")
_ = left_axis.set(xlabel="number of factors $n$", ylim=(0, 6), title="rotations $R$ by 0.1, $M_i=1$")
_ = left_axis.legend(fontsize=8)
points = np.linspace(-3, 3, 121)
level = np.array([1 - float(limits.normal_upper_tail(float(z))) for z in points])
part = (1 + 6 * level**2) ** -1.5
right_axis.plot(points, np.exp(-(points**2)), label="$2\\pi\\,\\phi'(z)^2$")
right_axis.plot(points, part, label="$(1+6\\Phi(z)^2)^{-3/2}$")
right_axis.plot(points, (part + part[::-1]) / 2, "--", label="its even part")
_ = right_axis.set(xlabel="z", title="negatively correlated")
_ = right_axis.legend(fontsize=8)

# %% [markdown]
# On the left the bound keeps to the first-order term and does not see that rotations return. On the right, only the
# even part counts against the even bell: where the bell is high, it is low.
#
# ## Slack and what to doubt
#
# Lemma E.1 is sharp to first order: for numbers $A_i=1$, $B_i=1-\varepsilon$ the ratio of the two sides tends to 1 as
# $\varepsilon\to0$. It is of no use once $\sum\alpha_i$ exceeds about $2\sqrt r$ for products of rank $r$, where the
# triangle inequality does better. In its uses, look at the norms: a bound for $\|\Delta W\|_2$ must not be put in for
# $\|\Delta W\|_F$. {ref}`With the spectral norm throughout <du18.lemE.1.s3>` it is the lemma behind the perturbation
# bounds of zhang22 and frei19, whose diagonal factors come from {prf:ref}`zhang22.prop1`.
#
# Schur's bound is sharp, and its use in (3.12) is right. What fails is the line before, the product of expectations.
# The violations found are small, some per cent of the part that depends on $z$, and not every activation has one: for
# odd $\phi$ with $\phi'^2$ decreasing in $|z|$, such as $\tanh$, both factors decrease in $|z|$ at $n=m=1$, $H=2$,
# and (3.12) holds. Softplus is not decided here. The signs of $a$ matter too: if half of them are $-1$, as in
# {prf:ref}`gulcu19.thm4.1`, the terms with $T$ cancel and the two limits of infinite width agree. So (3.18) may well
# be true with its own constant; but it needs an argument that does not take $a_l$ and $w_l$ for independent.
