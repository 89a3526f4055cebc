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
# # The Jacobian of one hidden layer: bounded, well conditioned at random weights, Lipschitz

# %% tags=["remove-cell"]
from importlib.util import find_spec

from IPython import get_ipython

if find_spec("resnet_lab") is None:
    address = "git+https://github.com/resnet-lab/executable-proofs"
    get_ipython().run_line_magic("pip", f"install -q 'resnet-lab @ {address}'")

# %% [markdown]
# Let $f(x)=v^\top\phi(Wx)$ with $v\in\mathbb R^k$ and $W\in\mathbb R^{k\times d}$, let the $n$ inputs be the rows of
# $X$, and let $J(W)\in\mathbb R^{n\times kd}$ be the Jacobian of $(f(x_1),\dots,f(x_n))$ with respect to $W$
# ({cite}`gulcu19`, section 2.3, quoted there from other work). Norms without index are spectral; $\sigma_{\min}(J)^2$
# is the smallest eigenvalue of $JJ^\top$.
#
# ```{prf:lemma} gulcu19, Lemma 2.2
# :label: gulcu19.lem2.2
# If $|\phi'|\le B$ then $\|J(W)\|\le\sqrt k\,B\,\|v\|_\infty\|X\|$ for every $W$.
# ```
#
# ```{prf:lemma} gulcu19, Lemma 2.3
# :label: gulcu19.lem2.3
# Let $|\phi'|\le B$, $\|x_i\|_2=1$,
# $\Sigma(X)=\mathbb E_{w\sim N(0,I_d)}\bigl[(\phi'(Xw)\phi'(Xw)^\top)\odot(XX^\top)\bigr]$ and $\lambda(X)$ its
# smallest eigenvalue. If $\frac{\|v\|_2}{\|v\|_\infty}\ge\sqrt{20\log n}\,\frac{\|X\|}{\sqrt{\lambda(X)}}B$ and the
# entries of $W_0$ are independent $N(0,1)$, then with probability at least $1-\frac1n$:
# $\sigma_{\min}(J(W_0))\ge\frac1{\sqrt2}\|v\|_2\sqrt{\lambda(X)}$.
# ```
#
# ```{prf:lemma} gulcu19, Lemma 2.4
# :label: gulcu19.lem2.4
# If $|\phi''|\le M$ and $\|x_i\|_2=1$ then $\|J(\widetilde W)-J(W)\|\le M\,\|v\|_\infty\|X\|\,\|\widetilde W-W\|_F$
# for all $\widetilde W$ and $W$.
# ```
#
# - **Hypotheses**: those in the statements; $v\ne0$ and $\lambda(X)>0$ in Lemma 2.3, whose condition divides by both.
#   (For $v=0$ or $\lambda(X)=0$ its conclusion is $\sigma_{\min}\ge0$.) $X$ may have any rank and $n,k,d\ge1$.
#
# **Idea.** With $w_l$ the rows of $W$ and $D_l=\operatorname{diag}\phi'(Xw_l)$,
# {ref}`the Jacobian is <gulcu19.lem2.2.s1>` $J=[v_1D_1X,\dots,v_kD_kX]$, hence
#
# $$JJ^\top=\sum_{l=1}^kA_l,\qquad A_l=v_l^2\,(D_lX)(D_lX)^\top,\qquad 0\preceq A_l\preceq v_l^2B^2\|X\|^2I .$$
#
# Lemma 2.2 adds up the upper bounds: $\|J\|\le B\|v\|_2\|X\|$, and $\|v\|_2\le\sqrt k\|v\|_\infty$. Lemma 2.4 does
# the same with $\phi'(X\tilde w_l)-\phi'(Xw_l)$ for $\phi'(Xw_l)$: the mean value theorem bounds its entries by
# $M|\langle\tilde w_l-w_l,x_i\rangle|$. In Lemma 2.3 the $A_l$ are independent, their means add up to
# $\|v\|_2^2\,\Sigma(X)$ and each is at most $R=\|v\|_\infty^2B^2\|X\|^2$, so the matrix Chernoff bound (J. A. Tropp,
# User-friendly tail bounds for sums of random matrices, 2012, Theorem 1.1) does the work: for $0\le\delta<1$
#
# $$P\bigl(\lambda_{\min}(JJ^\top)\le(1-\delta)\,\mu\bigr)\le n\,
# \Bigl(\tfrac{e^{-\delta}}{(1-\delta)^{1-\delta}}\Bigr)^{\mu/R},\qquad\mu=\|v\|_2^2\lambda(X) .$$
#
# **What we check.** For Lemmas 2.2 and 2.4 each inequality of the chain, with every quantity a symbol, and one
# network whose Jacobian nearly attains the bound, differentiated by machine. For Lemma 2.3 the exponent of the
# Chernoff bound for every $n\ge1$, and beside it a family where the failure probability has a closed form: it would
# refute the lemma if it exceeded $1/n$ somewhere, and it does refute the mutants.

# %% tags=["hide-input"]
from math import ceil, log

import jax
import jax.numpy as jnp
import matplotlib.pyplot as plt
import numpy as np
import sympy as sp
from flint import arb, fmpz

from resnet_lab import limits, page
from resnet_lab.evidence import all_of, certified, exact, geometric, matrices

chapter = page.Chapter("tools/one-hidden-layer")

# %% [markdown]
# The Jacobian, one row for each input, as the network defines it.


# %%
def output(weights, x, v, phi):
    return v @ phi(weights @ x)


def jacobian(weights, inputs, v, phi):
    gradient = jax.vmap(lambda x: jax.grad(output)(weights, x, v, phi))(inputs)
    return np.asarray(gradient.reshape(len(inputs), -1))


# %% [markdown]
# **Lemma 2.2.** For a vector $u$, $\|J^\top u\|^2=\sum_lv_l^2\|X^\top D_lu\|^2$. One entry of $D_lu$ (with
# $|\phi'|=p$ and $B=p+e$), one neuron (with $|v_l|=q$ and $\|v\|_\infty=q+g$), and $k$ neurons; then a linear network
# with four neurons.

# %%
p, e, q, g, u, X, B, V = sp.symbols("p e q g u X B V", nonnegative=True)  # X = |X|, V = |v|_inf
k = sp.Symbol("k", integer=True, positive=True)
four = jnp.array([[1.0, 0.0], [0.0, 1.0], [1.0, 1.0], [2.0, -1.0]])  # W
inputs, last = jnp.array([[1.0, 0.0], [0.6, 0.8]]), jnp.array([1.0, -1.0, 1.0, -0.9])  # X, v


def norm_bound(power=sp.Rational(1, 2)):
    entry = exact.at_most((p * u) ** 2, ((p + e) * u) ** 2)
    neuron = exact.at_most((q * X) ** 2, ((q + g) * X) ** 2)
    total = exact.at_most(k * (V * B * X) ** 2, (k**power * V * B * X) ** 2)
    norm = matrices.spectral_norm(jacobian(four, inputs, last, lambda z: z))
    seen = certified.number(norm, limits.ball(4) ** limits.ball(str(power)) * matrices.spectral_norm(inputs))
    return all_of(entry, neuron, total, seen, figures=seen, says="entries, neurons and their number, in this order")

# %%
chapter.judge("gulcu19.lem2.2", norm_bound, expect="PROVED",
    mutants={"k^(1/4)": dict(power=sp.Rational(1, 4))},
    reading="textbook: the chain rule and the definition of the spectral norm")

# %% [markdown]
# **Lemma 2.3.** The exponent. With $\delta=\frac12$ the base of the bound is $e^{-r}$,
# $r=\delta+(1-\delta)\log(1-\delta) =\frac12(1-\log2)$; the hypothesis says $\mu/R\ge20\log n$. So the failure
# probability is at most $n\,e^{-20\,r\log n}$, which must be at most $e^{-\log n}$, for every $\ell=\log n\ge0$ and
# every excess $t\ge0$ of $\mu/R$.

# %%
ell, t = sp.symbols("ell t", nonnegative=True)


def chernoff(constant=sp.Integer(20), kept=sp.Rational(1, 2)):
    rate = 1 - kept + kept * sp.log(kept)  # delta = 1 - kept
    surplus = [((constant * rate - 2) * ell, 1), (rate * t, 1)]  # what the right side has more, term by term
    return exact.at_most(ell - rate * (constant * ell + t), -ell, squares=surplus)


# %% [markdown]
# A closed form. Take $X=I_n$, all $v_l=1$ and $\phi'(z)=1$ if $z>T$, else $0$, with $P(z>T)=p$. Then
# $\Sigma(X)=p\,I$, $JJ^\top$ is diagonal with independent $\text{Binomial}(k,p)$ entries, and the smallest $k$ that
# the hypothesis allows is $k\ge20\log n/p$. ($\phi'$ jumps; a continuous $\phi'$ that climbs from 0 to 1 just above
# $T$ changes neither a count below $kp/2$ nor, for a short climb, a strict inequality.)


# %%
def too_few(width, p, kept=sp.Rational(1, 2)):
    """P(a Binomial(width, p) count is below kept width p), enclosed."""
    p = limits.ball(p)
    below = int((limits.ball(str(kept)) * width * p).ceil().unique_fmpz()) - 1
    return sum((fmpz.bin_uiui(width, j) * p**j * (1 - p) ** (width - j) for j in range(below + 1)), arb(0))


def failure(n, constant, kept=sp.Rational(1, 2), p="1/16"):
    """P(some of n counts is too small) at the smallest width that the hypothesis allows."""
    width = ceil(float(constant) * log(n) / float(limits.ball(p)))
    return -(n * (-too_few(width, p, kept)).log1p()).expm1()


# %% [markdown]
# With 10 for 20, or $\sqrt{0.9}$ for $\frac1{\sqrt2}$, the closed form breaks the lemma at $n=1000$.


# %%
def smallest_singular_value(constant=sp.Integer(20), kept=sp.Rational(1, 2)):
    exact_law = [failure(n, constant, kept) for n in (2, 10, 1000)]
    seen = [certified.number(law, limits.ball(1) / n) for law, n in zip(exact_law, (2, 10, 1000), strict=True)]
    return all_of(chernoff(constant, kept), *seen, says="the Chernoff bound is at most 1/n for every n >= 1")

# %%
chapter.judge("gulcu19.lem2.3", smallest_singular_value, expect="PROVED",
    mutants=["constant = 10", "kept = 9/10"],
    reading="textbook: the matrix Chernoff bound for independent positive semi-definite summands")

# %% [markdown]
# **Lemma 2.4.** As in Lemma 2.2, with
# $\|X^\top\Delta_lu\|^2\le\|X\|^2\sum_iu_i^2M^2\langle\tilde w_l-w_l,x_i\rangle^2$; then Cauchy and Schwarz (here in
# two coordinates) and $\|x_i\|=1$. The network has $\phi(z)=\frac12z^2$, so $M=1$, and one input; its two rows of
# $\widetilde W-W$ are along the input.

# %%
a, b, c, d = sp.symbols("a b c d", real=True)
D, M, norm = *sp.symbols("D M", nonnegative=True), sp.Symbol("norm", positive=True)  # D = |W~ - W|_F


def lipschitz(length=1):
    neuron = exact.at_most((q * X) ** 2, ((q + g) * X) ** 2)
    schwarz = exact.at_most((a * c + b * d) ** 2, (a**2 + b**2) * (c**2 + d**2), squares=[(1, a * d - b * c)])
    total = exact.at_most((V * X * M * D * length) ** 2, (V * X * M * D) ** 2)
    x, step, v = jnp.array([[float(length), 0.0]]), jnp.array([[1.0, 0.0], [1.0, 0.0]]), jnp.array([1.0, 0.9])
    moved, still = (jacobian(at, x, v, lambda z: z**2 / 2) for at in (step, 0 * step))
    seen = certified.number(matrices.spectral_norm(moved - still), length * arb(2).sqrt())
    return all_of(neuron, schwarz, total, seen, figures=seen, says="neurons, Cauchy and Schwarz, inputs of norm 1")

# %%
chapter.judge("gulcu19.lem2.4", lipschitz, expect="PROVED", mutants={"inputs of norm 2": dict(length=2)},
    reading="textbook: chain rule, mean value theorem, Cauchy and Schwarz in d coordinates")

# %% [markdown]
# The figure shows the failure probability of the closed form at the smallest width allowed, with 20 and with smaller
# constants.

# %% mystnb={"image": {"alt": "Failure probability against the number of inputs n from 2 to 100000 on logarithmic axes. With constant 20 the exact law lies far below the line 1/n and falls like n to the minus 2; with 13.04 it stays below the line, by a factor between five and fifty; with 10 it crosses the line between n = 100 and n = 1000 and stays above it."}} tags=["hide-input"]
figure, axis = plt.subplots(figsize=(6, 3.6), layout="constrained")
sizes = geometric(2, 10**5, 12)
for constant, style in ((20, "o"), (4 / (1 - log(2)), "s"), (10, "^")):
    axis.plot(sizes, [float(failure(n, constant)) for n in sizes], style, label=f"exact law, constant {constant:.4g}")
axis.plot(sizes, 1 / np.array(sizes), "k-", label="allowed: 1/n")
axis.plot(sizes, np.array(sizes) ** (1 - 10 * (1 - log(2))), "k--", label="matrix Chernoff, constant 20")
_ = axis.set(xscale="log", yscale="log", xlabel="inputs n", ylabel="P(the bound fails)")
_ = axis.legend(fontsize=8)

# %% [markdown]
# With 20 the law is far from the line, with 13.04 it stays below, with 10 it does not. It falls a little faster than
# the Chernoff bound because $p=\frac1{16}$ is not quite 0.
#
# (gulcu19.lem2.2.s1)=
# ## The Jacobian in closed form
#
# $J(W)J(W)^\top=\sum_{l=1}^kv_l^2\,\bigl(\phi'(Xw_l)\phi'(Xw_l)^\top\bigr)\odot(XX^\top)$ for every $W$ and every
# differentiable $\phi$.
#
# *Hypotheses*: $w_l$ the rows of $W$. The derivative of $f(x_i)=\sum_lv_l\phi(\langle w_l,x_i\rangle)$ by the entry
# $p$ of $w_l$ is $v_l\phi'(\langle w_l,x_i\rangle)x_{i,p}$; an entry of $JJ^\top$ sums products of two of these over
# $l$ and $p$. One neuron and one coordinate are checked, $f=v\,\phi(wx_i+r_i)$ with $r_i$ what the other coordinates
# bring, for a cubic $\phi$ with free coefficients. For other $\phi$ it is the chain rule.

# %%
v, w, xi, ri, z, c1, c2, c3 = sp.symbols("v w x_i r_i z c1 c2 c3", real=True)
cubic = c1 * z + c2 * z**2 + c3 * z**3


def closed_form(power=1):
    pre = w * xi + ri
    slope = sp.diff(cubic, z).subs(z, pre)
    return exact.identity(sp.diff(v * cubic.subs(z, pre), w), v**power * slope * xi)

# %%
chapter.judge("gulcu19.lem2.2.s1", closed_form, expect="PROVED", mutants=["power + 1"],
    reading="textbook: the chain rule; written out for a cubic with free coefficients")

# %% [markdown]
# (gulcu19.lem2.3.s1)=
# ## The constant 20
#
# Lemma 2.3 stays true with $13.04$ in place of $20$, and with inputs of any norm; with $12$ in place of $20$ it is
# false.
#
# With a constant $C$ the Chernoff exponent needs $1-\frac C2(1-\log2)\le-1$, that is
# $C\ge\frac4{1-\log2}\approx13.036$; unit norms are not used, as $R$ and $\mu$ are stated with $\|X\|$ and
# $\lambda(X)$. The other half is the closed form above with $p=\frac1{1000}$ and $n=d=10^9$ orthonormal inputs: some
# count is too small with a probability above $\frac1n=10^{-9}$. (As $p\to0$ the count is Poisson, and its lower tail
# has the Chernoff exponent up to a power of $\log n$; so no constant below $\frac4{1-\log2}$ would do.)


# %%
def best_constant(above=sp.Rational(1304, 100), below=12, n=10**9):
    law = certified.number(failure(n, below, p="1/1000"), limits.ball(1) / n, sense=">=")
    return all_of(chernoff(above), law, says="at 13.04 the exponent is below -1; with 12 the exact law exceeds 1/n")

# %%
chapter.judge("gulcu19.lem2.3.s1", best_constant, expect="PROVED", mutants=["above = 13", "below = 16"],
    reading="textbook: the matrix Chernoff bound; the second half is one exact law")

# %% [markdown]
# (gulcu19.lem2.3.s2)=
# ## One input: the lemma says nothing
#
# At $n=1$ the condition of Lemma 2.3 holds for every $v\ne0$, and the bound on $\sigma_{\min}(J(W_0))$ may fail with
# probability $15/16$.
#
# *Hypotheses*: $k=1$, one unit input and the $\phi$ above with $p=\frac1{16}$. As $\log1=0$ the condition asks for
# nothing, and "with probability at least $1-\frac11$" promises nothing. With $p$ smaller the failure is as likely as
# one wants. A reader who wants to use the lemma at $n=1$ has to put $\log(n+1)$ for $\log n$ and $\frac1{n+1}$ for
# $\frac1n$, say.


# %%
def one_input(n=1, width=1):
    asked = exact.at_most(20 * sp.log(n) * (B * X) ** 2, (q * V) ** 2)  # the condition, cleared of fractions
    law = certified.number(too_few(width, "1/16"), "15/16", sense=">=")
    return all_of(asked, law, says="the condition is 0 <= |v|^2 lambda; the one count is 0 with probability 15/16")

# %%
chapter.judge("gulcu19.lem2.3.s2", one_input, expect="PROVED", mutants=["width = 2", "n = 2"])

# %% [markdown]
# (gulcu19.lem2.4.s1)=
# ## Lemma 2.4 with the spectral norm, and inputs of any norm
#
# If $|\phi''|\le M$ then $\|J(\widetilde W)-J(W)\|\le M\,\|v\|_\infty\|X\|\,\max_i\|x_i\|_2\,\|\widetilde W-W\|$ for
# all $\widetilde W$ and $W$, with the spectral norm on the right.
#
# The sum over neurons is $\sum_l\langle\tilde w_l-w_l,x_i\rangle^2=\|(\widetilde W-W)x_i\|^2$, so Cauchy and Schwarz
# is not needed neuron by neuron. The gain over the printed bound is up to $\sqrt{\min(k,d)}$. Instance: $X=I_2$,
# $v=(1,1)$ and $\widetilde W-W=\begin{pmatrix}1&1/2\\0&1\end{pmatrix}$.


# %%
def spectral(factor="1"):
    total = exact.at_most((V * X * M * D * norm) ** 2, (sp.Rational(factor) * V * X * norm * M * D) ** 2)
    step, eye, ones = jnp.array([[1.0, 0.5], [0.0, 1.0]]), jnp.eye(2), jnp.ones(2)
    moved, still = (jacobian(at, eye, ones, lambda z: z**2 / 2) for at in (step, 0 * step))
    claimed = limits.ball(factor) * matrices.spectral_norm(step)
    seen = certified.number(matrices.spectral_norm(moved - still), claimed)
    return all_of(total, seen, figures=seen, says="entries, then the norm of (W~ - W) x_i, then of the inputs")

# %%
chapter.judge("gulcu19.lem2.4.s1", spectral, expect="PROVED", mutants=["factor * 3/4"],
    reading="textbook: chain rule, mean value theorem, the definition of the spectral norm")

# %% [markdown]
# ## Slack, and what to still doubt
#
# - All three lemmas are true as printed. Lemma 2.2 is an equality for a linear $\phi$ and $|v_l|$ all equal; it loses
#   $\sqrt k\,\|v\|_\infty/\|v\|_2$ otherwise. Lemma 2.4 is an equality for one input, a quadratic
#   $\phi$, equal $|v_l|$ and rows of $\widetilde W-W$ along the input.
# - The constant 20 of Lemma 2.3 is {ref}`generous, but of the right size <gulcu19.lem2.3.s1>`; the unit norms are not
#   needed; at {ref}`one input <gulcu19.lem2.3.s2>` it says nothing.
# - $\lambda(X)\le B^2$ (the trace of $\Sigma(X)$ is at most $nB^2$) and $\|X\|\ge1$, so the condition always asks for
#   $k\ge20\log n$, and in general for $k\ge20\log n\,\|X\|^2B^2/\lambda(X)$; since $\|X\|^2\ge n/d$ that grows with
#   $n/d$ at least. How small $\lambda(X)$ may be is the subject of {prf:ref}`du18.lemD.2.fix`: $\Sigma(X)$ is the
#   matrix $G(Z)$ there with $z_i=x_i$. It is positive when no two inputs are parallel and $\phi$ is no polynomial,
#   and can be very small when two nearly are.
# - For $\phi$ dead ($\phi'=0$) the condition of Lemma 2.3 is never met; for $\phi$ linear $\lambda(X)$ is the
#   smallest eigenvalue of $B^2XX^\top$, positive only for linearly independent inputs, and nothing is random.
# - Not checked here: what gulcu19 makes of the lemmas for deep networks. Its (3.19) applies matrix Chernoff to
#   summands that are not independent of each other; that is judged where it stands.
