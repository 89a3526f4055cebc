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
# # Tensor powers of vectors no two of which are parallel are independent, and so are the features of a neuron

# %% tags=["remove-cell"]
from importlib.util import find_spec

from IPython import get_ipython

if find_spec("resnet_lab") is None:
    address = "git+https://github.com/resnet-lab/executable-proofs"
    get_ipython().run_line_magic("pip", f"install -q 'resnet-lab @ {address}'")

# %% [markdown]
# ```{prf:lemma} du18, Lemma D.3
# :label: du18.lemD.3
# If $v_1,\dots,v_n\in\mathbb R^d$ satisfy $\|v_i\|_2=1$ and $v_i\notin\operatorname{span}(v_j)$ for $i\ne j$, then
# the matrix
# $[\operatorname{vec}(v_1^{\otimes n}),\dots,\operatorname{vec}(v_n^{\otimes n})]\in\mathbb R^{d^n\times n}$ has rank
# $n$.
# ```
#
# ```{prf:lemma} du18, Lemma D.2
# :label: du18.lemD.2
# Let $\sigma$ be analytic and not a polynomial, and let $z_1,\dots,z_n$ satisfy $z_i\notin\operatorname{span}(z_j)$
# for all $i\ne j$. Then the matrix $G(Z)$ with
# $G_{ij}(Z)=\mathbb E_{w\sim N(0,I)}[\sigma'(w^\top z_i)\,\sigma'(w^\top z_j)\,(z_i^\top z_j)]$ has
# $\lambda_{\min}(G(Z))>0$.
# ```
#
# - **Standing assumption** ({cite}`du18`, section 2.1): $\sigma$ is Lipschitz. Without it $G(Z)$
#   {ref}`need not exist <du18.lemD.2.s2>`. "Analytic" is read as real analytic on the whole line.
# - **Where they are used**: the paper's Proposition D.1, to show that $\lambda_0>0$ for residual networks.
#
# **Idea for D.3**, shorter than the paper's induction. For $j\ne i$ let $u_{ij}=v_i-\rho_{ij}v_j$ with
# $\rho_{ij}=\langle v_i,v_j\rangle$. It is orthogonal to $v_j$, and $\langle u_{ij},v_i\rangle=1-\rho_{ij}^2>0$. So
# the tensor $\bigotimes_{j\ne i}u_{ij}$, with further factors $v_i$ up to order $m\ge n-1$, is orthogonal to
# $v_k^{\otimes m}$ for every $k\ne i$ (one factor vanishes), and not to $v_i^{\otimes m}$. A dual family exists, so
# the powers are independent. Only $n-1$ factors are needed: {ref}`the exponent n - 1 is enough <du18.lemD.3.s2>`,
# with a bound, and {ref}`n - 2 is not <du18.lemD.3.s3>`.
#
# **Idea for D.2.** $G(Z)$ is the Gram matrix of the functions $w\mapsto\sigma'(w^\top z_i)z_i$. If a combination of
# them is zero, so are all its derivatives in $w$, and the $k$-th one is
# $\sum_ia_i\sigma^{(k+1)}(w^\top z_i)\,z_i^{\otimes(k+1)}$. Independent tensors leave
# $a_i\sigma^{(k+1)}(w^\top z_i)=0$, where $\sigma^{(k+1)}$ is not the zero function.
#
# **Verdicts in short.** Lemma D.3 is true. Lemma D.2 is true for $n\ge2$, and more than that: analyticity is not
# needed, and the smallest eigenvalue has {prf:ref}`an explicit lower bound <du18.lemD.2.fix>`. As printed it fails in
# one place only: for $n=1$ the condition on the $z_i$ is empty and lets $z_1=0$ through, where $G=0$. Points other
# than 0 are meant, beyond doubt; so this is a slip in the wording.
#
# **What we check.** For D.3 the scalar products of the dual family with every quantity a symbol, and beside them
# enclosed eigenvalues for small sets of vectors of the plane, the worst case. For D.2 the smallest eigenvalue at the
# exception, and the bound of the repair. Used as known: Cauchy and Schwarz with its case of equality, and Mehler's
# formula.

# %% tags=["hide-input"]
from fractions import Fraction
from math import comb, prod

import matplotlib.pyplot as plt
import numpy as np
import sympy as sp
from flint import arb

from resnet_lab import page
from resnet_lab.evidence import all_of, any_of, certified, exact, matrices
from resnet_lab.limits import ball

chapter = page.Chapter("tools/tensor-powers")
PLANE = [(1, 0), (Fraction(3, 5), Fraction(4, 5)), (Fraction(4, 5), Fraction(3, 5)), (0, 1)]  # unit vectors

# %% [markdown]
# The scalar products of one factor $u=v_i-\rho v_j$, from the Gram matrix of $v_i$ and $v_j$; not parallel means
# $\rho^2<1$, here $\rho^2=\frac1{1+t}$ with $t>0$, or $\rho=0$.

# %%
rho, t = sp.Symbol("rho", real=True), sp.Symbol("t", positive=True)


def dual_factor(kept=1):
    pair, first, second = sp.Matrix([[1, rho], [rho, 1]]), sp.Matrix([1, 0]), sp.Matrix([0, 1])
    u = first - kept * rho * second
    on_other = exact.identity((u.T * pair * second)[0], 0)
    on_own = exact.identity((u.T * pair * first)[0], 1 - rho**2)
    positive = exact.at_most(0, (1 - rho**2).subs(rho, 1 / sp.sqrt(1 + t)))
    return all_of(on_other, on_own, exact.identity((u.T * pair * u)[0], 1 - rho**2), positive)


# %% [markdown]
# So $\Delta_i=\prod_{j\ne i}(1-\rho_{ij}^2)$ is both the product of $v_i^{\otimes m}$ with its dual tensor and the
# squared norm of that tensor. With $T=(\rho_{ij}^m)_{ij}$, the Gram matrix of the powers, Cauchy and Schwarz gives
# $a_i^2\Delta_i\le a^\top Ta$ for every $i$, hence
# $\|a\|^2=\sum_i\frac1{\Delta_i}a_i^2\Delta_i\le a^\top Ta\sum_i\frac1{\Delta_i}$.

# %%
x, rest, weight = sp.symbols("x rest weight", nonnegative=True)  # x = a_i^2 Delta_i <= x + rest = a'Ta


def dot(one, two):
    return sum(p * q for p, q in zip(one, two, strict=True))


def sine_products(vectors):
    """Delta_i of the directions of the vectors, exactly."""
    squares = [[Fraction(dot(v, w) ** 2) / (dot(v, v) * dot(w, w)) for w in vectors] for v in vectors]
    return [prod(1 - c for j, c in enumerate(row) if j != i) for i, row in enumerate(squares)]


def powers_of(count, used):
    """Smallest eigenvalue of the Gram matrix of the powers count + used, against 1 / sum(1 / Delta_i)."""
    vectors = PLANE[:count]
    gram = [[Fraction(dot(v, w)) ** (count + used) for w in vectors] for v in vectors]
    floor = 1 / sum(1 / delta for delta in sine_products(vectors))
    return certified.number(matrices.smallest_eigenvalue(gram), floor, sense=">=", at=f"{count} vectors of the plane")


def independent(used=0, kept=1):
    last = exact.at_most(weight * x, weight * (x + rest))
    seen = [powers_of(count, used) for count in (2, 3, 4)]
    return all_of(dual_factor(kept), last, *seen, says="a dual family exists and bounds the eigenvalue below")

# %%
chapter.judge("du18.lemD.3", independent, expect="PROVED", mutants=["used - 2", "kept * 1/2"],
    reading="every n >= 1 and d >= 1; textbook: Cauchy and Schwarz with its case of equality")

# %% [markdown]
# ## Lemma D.2: where it fails, and what is true
#
# Take $n=1$ and $z_1=0$: no pair $i\ne j$ exists, and $G=\sigma'(0)^2\cdot0=0$. We look at it twice. Once as a
# matrix, for $\sigma'(z)=e^{-z^2}$ (an error function: analytic, Lipschitz, no polynomial), for which
# $\mathbb E[\sigma'(u)\sigma'(v)]=\bigl((1+2a)(1+2b)-4c^2\bigr)^{-1/2}$ if $u,v$ have variances $a,b$ and covariance
# $c$. Once for any 1-Lipschitz $\sigma$, as $\lambda_{\min}(G)\le G_{11}\le\|z_1\|^2$. A positive number would exceed
# one of $\frac1{10},\frac1{1000},10^{-6}$ or a smaller one; zero exceeds none.


# %%
def gram(inputs, spread):
    """G(Z) for sigma'(z) = exp(-spread z^2), as balls."""

    def entry(z, other):
        own, its, cross = (ball(Fraction(value)) for value in (dot(z, z), dot(other, other), dot(z, other)))
        return cross / ((1 + 2 * spread * own) * (1 + 2 * spread * its) - 4 * (spread * cross) ** 2).sqrt()

    return [[entry(z, other) for other in inputs] for z in inputs]


def positive_definite(inputs=((0, 0),), spread=1):
    constants, where = ("1/10", "1/1000", "1/1000000"), f"the inputs {list(inputs)}"
    smallest = matrices.smallest_eigenvalue(gram(inputs, ball(spread)))
    matrix = any_of(*(certified.number(smallest, ball(c), sense=">=", at=where) for c in constants))
    corner = dot(inputs[0], inputs[0])
    return all_of(matrix, any_of(*(exact.compare(corner, c, sense=">=", at=where) for c in constants)))

# %%
chapter.judge("du18.lemD.2", positive_definite, expect="REFUTED", severity="typo", repair="du18.lemD.2.fix",
    mutants={"antipodal inputs allowed": dict(inputs=((1, 0), (-1, 0))),
        "linear, three inputs of the plane": dict(inputs=((1, 0), (3, 4), (0, 1)), spread=0)},
    survives={"du18.propD.1": "yes: its diagonal entries K_ii are positive, so that no feature vector is 0"})

# %% [markdown]
# ```{prf:lemma} Lemma D.2, with a bound and without analyticity
# :label: du18.lemD.2.fix
# Let $n\ge1$, $z_i=r_iv_i$ with $r_i>0$ and $\|v_i\|_2=1$, no two of the $z_i$ parallel, and
# $\mathbb E\,\sigma'(r_ig)^2<\infty$ for $g\sim N(0,1)$. With $\Delta_i=\prod_{j\ne i}(1-\langle v_i,v_j\rangle^2)$
# and $S_i=\sum_{m\ge\max(n-2,0)}\bigl(\mathbb E[\sigma'(r_ig)h_m(g)]\bigr)^2$, where $h_m$ are the normalised Hermite
# polynomials, $\lambda_{\min}(G(Z))\ge\Bigl(\sum_{i=1}^n\frac1{r_i^2\,\Delta_i\,S_i}\Bigr)^{-1}$, and this is
# positive unless $\sigma'$ is almost everywhere a polynomial of degree at most $n-3$.
# ```
#
# So every Lipschitz $\sigma$ that is not a polynomial will do, ReLU with $\sigma'=1_{z>0}$ included; for $n\le2$ even
# a linear one. *Proof.* For standard normal $g,g'$ of correlation $\rho$ Mehler's formula says
# $\mathbb E[h_l(g)h_m(g')]=\rho^m1_{l=m}$. So with $\mu_{i,m}=\mathbb E[\sigma'(r_ig)h_m(g)]$
#
# $$a^\top G(Z)a=\sum_{m\ge0}\Bigl\|\sum_ia_ir_i\,\mu_{i,m}\,v_i^{\otimes(m+1)}\Bigr\|^2
# \ge\sum_{m+1\ge n-1}a_i^2r_i^2\,\mu_{i,m}^2\,\Delta_i=a_i^2\,r_i^2\,S_i\,\Delta_i\qquad\text{for every }i,$$
#
# by the dual family above; then as there. $S_i=0$ would put $\sigma'(r_i\,\cdot)$ into the span of
# $h_0,\dots,h_{n-3}$ (for $n\le2$: $\sigma'=0$). Derivatives of $\sigma'$ do not occur, and nothing is
# differentiated under an expectation.
#
# The check takes $\sigma'(z)=e^{-z^2/100}$, nearly linear. Then $\mu_{i,m}^2$ is the coefficient of $\rho^m$ in
# $\bigl((1+2s)^2-4s^2\rho^2\bigr)^{-1/2}$ with $s=r_i^2/100$.

# %%
SETS = [[(1, 0), (1, Fraction(1, 10))], [*PLANE[:2], (0, 2)], [*PLANE[:2], (0, 2), (-1, 1)]]


def tail(spread, start):
    """S_i: the coefficients of rho^m, m >= start, at slope exp(-spread z^2) and r_i = 1."""
    ratio = spread / (1 + 2 * spread)
    terms = (comb(m, m // 2) * ratio**m for m in range(0, int(start), 2))
    return 1 / (1 + 4 * spread).sqrt() - sum(terms, arb(0)) / (1 + 2 * spread)


def floor_of(inputs, spread, skipped, power):
    sizes, deltas = [ball(Fraction(dot(z, z))) for z in inputs], sine_products(inputs)
    kept = [r * ball(delta) ** power * tail(spread * r, len(inputs) - skipped)
            for r, delta in zip(sizes, deltas, strict=True)]  # fmt: skip
    return 1 / sum((1 / value for value in kept), arb(0))


def bounded_below(skipped=2, power=1, kept=1):
    spread, power = ball("1/100"), ball(power)
    last = exact.at_most(weight * x, weight * (x + rest))
    seen = [certified.number(matrices.smallest_eigenvalue(gram(inputs, spread)),
                             floor_of(inputs, spread, skipped, power), sense=">=") for inputs in SETS]  # fmt: skip
    return all_of(dual_factor(kept), last, *seen, says="the dual family bounds the terms from m = n - 2 on")

# %%
chapter.judge("du18.lemD.2.fix", bounded_below, expect="PROVED", mutants=["skipped + 1", "power * 1/2", "kept * 1/2"],
    reading="textbook: Mehler's formula, completeness of the Hermite polynomials, Cauchy and Schwarz")

# %% [markdown]
# The figure shows $n$ unit vectors of the plane at angles $0,\theta,2\theta,\dots$. Left: the smallest eigenvalue of
# $(\rho_{ij}^m)$ for three of them. Right: that of $G(Z)$ for the error function. Dashed: the bounds.

# %% mystnb={"image": {"alt": "Two log-log panels of smallest eigenvalues against the angle theta between neighbours. Left: for three vectors, the curve of exponent 2 runs along the dashed bound and that of exponent 3 about three times above it, both with slope four. Right: for two, three and four inputs the smallest eigenvalue of G falls with slopes two, four and six, each parallel to its dashed bound."}} tags=["hide-input"]
def at_angles(count, theta):
    return [(np.cos(k * theta), np.sin(k * theta)) for k in range(count)]


def smallest(matrix):
    return np.linalg.eigvalsh(matrix)[0]


def kernel(count, theta, spread=1.0):
    rho = np.cos(theta * np.subtract.outer(np.arange(count), np.arange(count)))
    return rho / np.sqrt((1 + 2 * spread) ** 2 - (2 * spread * rho) ** 2)


def sine_floor(count, theta):
    sines = np.sin(theta * np.subtract.outer(np.arange(count), np.arange(count))) ** 2 + np.eye(count)
    return 1 / np.sum(1 / np.prod(sines, axis=1))


figure, (left, right) = plt.subplots(1, 2, figsize=(9, 3.4), layout="constrained")
angles = np.geomspace(0.05, 0.7, 25)
for exponent, style in ((2, "-"), (3, "-.")):
    cosines = [np.cos(a * np.subtract.outer(np.arange(3), np.arange(3))) for a in angles]
    left.plot(angles, [smallest(c**exponent) for c in cosines], style, label=f"$m={exponent}$")
left.plot(angles, [sine_floor(3, a) for a in angles], "k--", label="bound, any $m\\geq2$")
for count, style in ((2, "-"), (3, "-."), (4, ":")):
    right.plot(angles, [smallest(kernel(count, a)) for a in angles], style, label=f"$n={count}$")
    share = float(tail(ball(1), count - 2))
    right.plot(angles, [share * sine_floor(count, a) for a in angles], "k--", linewidth=0.8)
for axis, title in ((left, "powers of three vectors"), (right, "$G(Z)$, error function")):
    axis.set(xscale="log", yscale="log", xlabel="angle θ", title=title)
    axis.set_xticks([0.05, 0.1, 0.2, 0.5], labels=["0.05", "0.1", "0.2", "0.5"])
    axis.minorticks_off()
    axis.legend(fontsize=8)
_ = left.set_ylabel("smallest eigenvalue")

# %% [markdown]
# The slopes $2(n-1)$ of the bounds are those of the eigenvalues.
#
# (du18.lemD.2.s3)=
# ### How small the eigenvalue can be
#
# For unit inputs of the plane at the angles $0,\theta,2\theta$ with $0<\theta\le\frac25$, and $\sigma'(z)=e^{-z^2}$:
# $\frac1{20}\theta^4\le\lambda_{\min}(G(Z))\le\frac98\theta^4$.
#
# For $n$ such inputs the order is $\theta^{2(n-1)}$: the bound of the repair gives it from below, and the vector of
# alternating binomial coefficients, an $(n-1)$-st difference, gives it from above. So the constant $\kappa$ of the
# paper's Proposition D.1, free of the depth as it is, can fall exponentially in the number of inputs. For $n=3$ the
# vector is $(1,-2,1)$; with $f(c)=c/\sqrt{9-4c^2}$ and $c=\cos\theta$ its quotient is $\frac16E(c)$,
# $E(c)=6f(1)-8f(c)+2f(2c^2-1)$. $E$ and $E'$ vanish at $c=1$, so $E(c)\le\frac12\max E''\cdot(1-c)^2$, where
# $1-c\le\frac12\theta^2$. Below, $\sin\theta\ge\theta(1-\frac16\theta^2)$ and $\cos\theta\ge1-\frac12\theta^2$ in the
# $\Delta_i$.


# %%
def order(top=Fraction(9, 8), low=Fraction(1, 20)):
    def second(c):  # E'', from f' = 9 / (9 - 4 c^2)^(3/2) and f'' = 108 c / (9 - 4 c^2)^(5/2)
        far = 2 * c * c - 1
        near_root, far_root = (9 - 4 * c * c).sqrt(), (9 - 4 * far * far).sqrt()
        return 72 / far_root**3 - 864 * c / near_root**5 + 3456 * c * c * far / far_root**5

    def inverses(theta):  # theta^4 sum(1 / Delta_i), at most
        sine, cosine = 1 - theta * theta / 6, 1 - theta * theta / 2
        return ball(low) * (1 + 1 / (2 * cosine**2)) / sine**4

    above = certified.at_most(second, [("23/25", 1)], bound=48 * top)
    return all_of(above, certified.at_most(inverses, [(0, "2/5")], bound=tail(ball(1), 1)))

# %%
chapter.judge("du18.lemD.2.s3", order, expect="PROVED", mutants={"upper constant 1/2": dict(top=Fraction(1, 2)),
        "lower constant 2": dict(low=2)},
    reading="textbook: Taylor's formula, the alternating series of sine and cosine")

# %% [markdown]
# ## The steps of the two proofs
#
# (du18.lemD.3.s1)=
# ### The ratios in the proof of Lemma D.3
#
# For $i=2,\dots,n$ and every $p$: $\frac{v_{i,p}}{v_{1,1}}=\frac{v_{1,p}}{v_{1,1}}$.
#
# (du18.lemD.3.s1.fix)=
# **Repair.** For $i=2,\dots,n$ and every $p$: $\frac{v_{i,p}}{v_{i,1}}=\frac{v_{1,p}}{v_{1,1}}$.
#
# *Hypotheses of this point*: $\alpha_i\bigl(v_{i,p}-\frac{v_{1,p}}{v_{1,1}}v_{i,1}\bigr)=0$ from the independence of
# any $n-1$ of the powers, $\alpha_i\ne0$, $v_{i,1}\ne0$. Hence $v_{i,p}=cv_{i,1}$ with $c=v_{1,p}/v_{1,1}$. A slip of
# one index: the paper's next line has the right one. To see it fail where nothing but these premises is used: $n=2$,
# $v_1=(\frac35,\frac45)$, $v_2=-v_1$, $\alpha=(1,-1)$, and $-\frac43\ne\frac43$. (That two vectors are not parallel
# enters after this line.)

# %%
own, first = sp.symbols("v_i1 v_11", real=True, nonzero=True)
c = sp.Symbol("c", real=True)


def ratios(index=0):  # v_ip = c v_i1, v_1p = c v_11
    return exact.identity(c * own / (own**index * first ** (1 - index)), c * first / first)

# %%
chapter.judge("du18.lemD.3.s1", ratios, expect="REFUTED", severity="typo", repair="du18.lemD.3.s1.fix",
    mutants={"v_i1^2 / v_11 below": dict(index=2)},
    survives={"du18.lemD.3": "yes: the next display of the proof has the right index"})


# %%
def repaired_ratios(index=1):
    return ratios(index)

# %%
chapter.judge("du18.lemD.3.s1.fix", repaired_ratios, expect="PROVED", mutants=["index - 1"])

# %% [markdown]
# The rest of that induction is sound: its base $n=2$ (equal outer products of unit vectors mean $v_1=\pm v_2$), the
# passage to any $n-1$ of the vectors, the common index $p$ with all $v_{i,p}\ne0$ (from one $\alpha_j\ne0$), and the
# end. It does not mention $n=1$, where the claim is that $v_1\ne0$; and the $c_2,\dots,c_d$ are numbers, printed as
# vectors of $\mathbb R^d$.
#
# (du18.lemD.3.s2)=
# ### The exponent n - 1 is enough, with a bound
#
# For unit vectors $v_1,\dots,v_n$, no two parallel, and every whole $m\ge n-1$, $m\ge0$: the Gram matrix of the
# powers $v_i^{\otimes m}$ satisfies
# $\lambda_{\min}\bigl((\langle v_i,v_j\rangle^m)_{ij}\bigr)\ge\bigl(\sum_i\frac1{\Delta_i}\bigr)^{-1}>0$ with
# $\Delta_i=\prod_{j\ne i}(1-\langle v_i,v_j\rangle^2)$.
#
# The check is that of Lemma D.3, at the smallest exponent.


# %%
def smallest_exponent(used=-1, kept=1):
    return independent(used, kept)

# %%
chapter.judge("du18.lemD.3.s2", smallest_exponent, expect="PROVED", mutants=["used - 1", "kept * 1/2"],
    reading="textbook: Cauchy and Schwarz with its case of equality")

# %% [markdown]
# (du18.lemD.3.s3)=
# ### The exponent n - 2 is not
#
# For $n\ge2$ any $n$ vectors of the plane have linearly dependent powers $v_i^{\otimes(n-2)}$.
#
# Symmetric tensors of order $m$ over $\mathbb R^2$ form a space of dimension $m+1$, which is $n-1$ here. The
# determinants of the Gram matrices of two, three and four vectors show the same.

# %%
n = sp.Symbol("n", integer=True, positive=True)


def too_small(power=-2):
    sizes = [sp.Matrix(count, count, lambda i, j, m=count + power: sp.Rational(str(dot(PLANE[i], PLANE[j]))) ** m)
             for count in (2, 3, 4)]  # fmt: skip
    dimension = exact.at_most(n + power + 1, n - 1)
    return all_of(dimension, *(exact.compare(matrix.det(), 0, covers=True) for matrix in sizes))

# %%
chapter.judge("du18.lemD.3.s3", too_small, expect="PROVED", mutants=["power + 1"],
    reading="textbook: the dimension of the symmetric tensors")

# %% [markdown]
# (du18.lemD.2.s1)=
# ### The derivatives in the proof of Lemma D.2
#
# Differentiating $0=\sum_ia_i\sigma'(w^\top z_i)z_i$ with respect to $w$ $n-2$ times gives
# $0=\sum_ia_i\sigma^{(n)}(w^\top z_i)\,z_i^{\otimes(n-1)}$, and by Lemma D.3 the $z_i^{\otimes(n-1)}$ are linearly
# independent.
#
# (du18.lemD.2.s1.fix)=
# **Repair.** Differentiating $0=\sum_ia_i\sigma'(w^\top z_i)z_i$ with respect to $w$ $n-1$ times gives
# $0=\sum_ia_i\sigma^{(n)}(w^\top z_i)\,z_i^{\otimes n}$, and by Lemma D.3 the $z_i^{\otimes n}$ are linearly
# independent.
#
# *Hypotheses*: those of the lemma, all $z_i\ne0$. Each derivative adds one to the order of $\sigma$ and to the tensor
# power, so both stand at $k+1$ after $k$ of them; the printed line has $n$ and $n-1$. At $n=2$ nothing is
# differentiated, and $\sigma'$ is printed as $\sigma''$: for softplus and $w=0$, $\frac12$ as $\frac14$. And Lemma
# D.3 speaks of $n$-th powers. The repair keeps $\sigma^{(n)}$ and Lemma D.3 (which is applied to $z_i/\|z_i\|$);
# $n-2$ derivatives are also enough, with $\sigma^{(n-1)}$ and {ref}`the exponent n - 1 <du18.lemD.3.s2>`. The check
# follows the indices for $\sigma(z)=e^{cz}$, where one derivative of $(cz)^ke^{cwz}$ in $w$ brings one factor $cz$.

# %%
order_k, w = sp.Symbol("k", integer=True, positive=True), sp.Symbol("w", real=True)
rate, z = sp.symbols("c z", positive=True)


def derivatives(times=-2, order=0, power=-1, least=2):  # the first three relative to n, for every n >= least
    n = least + sp.Symbol(f"n-{least}", integer=True, nonnegative=True)
    wave = sp.exp(rate * w * z)
    step = exact.identity(sp.diff((rate * z) ** order_k * wave, w), (rate * z) ** (order_k + 1) * wave)
    return all_of(step, exact.identity((rate * z) ** (n + times + 1), rate ** (n + order) * z ** (n + power)))

# %%
chapter.judge("du18.lemD.2.s1", derivatives, expect="REFUTED", severity="typo", repair="du18.lemD.2.s1.fix",
    mutants={"n times": dict(times=0), "power n": dict(power=0)},
    survives={"du18.lemD.2": "no: it falls at n = 1 for a reason of its own; with the repaired indices its proof "
        "stands for n >= 2"})


# %%
def repaired_derivatives(times=-1, order=0, power=0):
    return derivatives(times, order, power, least=1)

# %%
chapter.judge("du18.lemD.2.s1.fix", repaired_derivatives, expect="PROVED",
    mutants=["times - 1", "power - 1", "order - 1"],
    reading="textbook: the chain rule; the independence is that of Lemma D.3")

# %% [markdown]
# The end of the proof is sound: $\sigma^{(n)}$ is analytic and not zero, so its zeros are isolated, and the $w$ with
# $\sigma^{(n)}(w^\top z_i)=0$ fill countably many hyperplanes. (One $w$ for all $i$ is not even needed.) A
# combination that is zero almost surely is zero everywhere, as $\sigma'$ is continuous.
#
# (du18.lemD.2.s2)=
# ### Analytic is not enough for the expectation
#
# $\sigma(z)=\int_0^ze^{s^2/4}\,ds$ is analytic and not a polynomial, and for a unit vector $z_1$ and every $T>0$ the
# part of $\mathbb E[\sigma'(w^\top z_1)^2]$ with $|w^\top z_1|\le T$ equals $T\sqrt{2/\pi}$; so $G_{11}$ is infinite.
#
# The paper's standing assumption that $\sigma$ is Lipschitz rules it out. The lemma by itself does not say so. For
# the repair a finite $\mathbb E\,\sigma'(r_ig)^2$ is enough.

# %%
s, T = sp.Symbol("s", real=True), sp.Symbol("T", positive=True)


def truncated(rate=sp.Rational(1, 4)):
    density = sp.exp(-(s**2) / 2) / sp.sqrt(2 * sp.pi)
    constant = exact.identity(sp.exp(rate * s**2) ** 2 * density, 1 / sp.sqrt(2 * sp.pi))
    return all_of(constant, exact.identity(2 * T / sp.sqrt(2 * sp.pi), T * sp.sqrt(2 / sp.pi)))

# %%
chapter.judge("du18.lemD.2.s2", truncated, expect="PROVED", mutants=["rate * 1/2"],
    reading="the integrand is constant, so the integral over an interval is its length times it")

# %% [markdown]
# ## Slack, and what to still doubt
#
# - Lemma D.3 holds with $n-1$ for $n$, and in the plane not with less. In $\mathbb R^d$ fewer powers may do: a
#   generic set of $n$ vectors has independent $m$-th powers as soon as $\binom{d+m-1}m\ge n$.
# - Lemma D.2 needs neither analyticity nor smoothness. What it needs is $\sigma'$ square-integrable and not a
#   polynomial of degree at most $n-3$; a polynomial of degree $p$ fails for any $n$ larger than the dimension of the
#   polynomials of degree at most $p$ (a linear $\sigma$ for $n>d$).
# - The explicit bound has the right power of the angles; its constant is loose, by a factor that grows with $n$.
# - gulcu19's $\lambda(X)$ is the same quantity, with $z_i=x_i$: see {prf:ref}`gulcu19.lem2.3`.
# - Not judged here: Proposition D.1 itself, where the minimum over a set of kernels has to be positive, and how
#   $\kappa$ enters the width of the theorems.
