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
# # A Gaussian mean of ρ(u)ρ(v) is smooth in the covariance, with a constant that is quadratic in ρ

# %% tags=["remove-cell"]
from importlib.util import find_spec

from IPython import get_ipython

if find_spec("resnet_lab") is None:
    address = "git+https://github.com/resnet-lab/executable-proofs"
    get_ipython().run_line_magic("pip", f"install -q 'resnet-lab @ {address}'")

# %% [markdown]
# ```{prf:lemma} du18, Lemma E.2
# :label: du18.lemE.2
#
# Let $\rho:\mathbb R\to\mathbb R$ have Lipschitz and smoothness constants at most $L$, and let
# $F(A)=\mathbb E_{(u,v)\sim N(0,A)}\rho(u)\rho(v)$. Then for all symmetric $A,B\succ0$ in $\mathbb R^{2\times2}$,
# $|F(A^2)-F(B^2)|\le10L\max\{\|A\|_2,\|B\|_2\}\|A-B\|_2$.
# ```
#
# ```{prf:lemma} du18, Lemma E.2, repaired
# :label: du18.lemE.2.fix
#
# Let $\rho$ have Lipschitz and smoothness constants at most $L$. Then for all symmetric $A,B$ in
# $\mathbb R^{2\times2}$, $|F(A^2)-F(B^2)|\le2L(L+|\rho(0)|)\max\{\|A\|_2,\|B\|_2\}\|A-B\|_2$. If $\rho(0)=0$, the
# Lipschitz constant alone may stand for $L$.
# ```
#
# - **Source**: {cite}`du18`, appendix E. The lemma serves Theorem D.1, with $\rho$ an activation and $A^2$ the
#   covariance of two pre-activations. "Smoothness constant" is the Lipschitz constant of $\rho'$.
# - **Norms**: $\|\cdot\|_2$ is the spectral norm; $\|\cdot\|_\infty$, below, the largest absolute entry.
#
# **Why it fails as printed.** Multiply $\rho$ by $c$: the left side grows like $c^2$, the right side like $c$. For
# $\rho(z)=Lz$, where $F(A)=L^2A_{12}$, the matrices $A=\bigl(\begin{smallmatrix}2&1\\1&2\end{smallmatrix}\bigr)$
# and $B=I$ give $4L^2$ on the left and $10L\cdot3\cdot2=60L$ on the right: false from $L=16$ on. And $\rho(0)$ must
# enter. For $\rho(z)=c+\cos z$, with $L=1$ whatever $c$ is, the left side contains $2c$ times a change of
# $\mathbb E\cos u$; at $A=I$, $B=\frac12I$ it is above $\frac12c$, and the right side is 5.
#
# **Proof of the repair.** Put $h=\rho-\rho(0)$, let $g\sim N(0,I)$, and let $a_i,b_i$ be the rows of $A,B$, so that
# $(a_1\cdot g,a_2\cdot g)\sim N(0,A^2)$. Three terms change from $A$ to $B$.
#
# 1. $\mathbb E\,h(a_1\cdot g)h(a_2\cdot g)$: exchange one factor at a time. $|h(s)-h(t)|\le\ell|s-t|$ and
#    Cauchy-Schwarz give $\ell^2(|a_1-b_1||a_2|+|b_1||a_2-b_2|)$, with $\ell$ the Lipschitz constant.
# 2. $\rho(0)\,\mathbb E\rho(a_i\cdot g)$ for $i=1,2$. Only the length $s=|a_i|$ matters, and
#    $\frac d{ds}\mathbb E\rho(sX)=\mathbb E X\rho'(sX)=\mathbb E X[\rho'(sX)-\rho'(0)]$ is at most
#    $\beta s\,\mathbb EX^2=\beta s$ in absolute value, with $\beta$ the smoothness constant. So the mean changes by
#    at most $\frac\beta2\bigl||a_i|^2-|b_i|^2\bigr|$.
# 3. A row is no longer than the spectral norm. So the change is at most
#    $2(\ell^2+\beta|\rho(0)|)\max\{\|A\|_2,\|B\|_2\}\|A-B\|_2$.
#
# **What we check.** The two counterexamples, by closed forms of $F$: polynomials for the linear $\rho$, and
# $\mathbb E\cos(sX)=e^{-s^2/2}$ for the cosine. The algebra of the repair for all lengths at once, and that the
# linear $\rho$ needs almost all of the 2. Cauchy-Schwarz and differentiation under the mean are used as known.

# %% tags=["hide-input"]
import matplotlib.pyplot as plt
import numpy as np
import sympy as sp

from resnet_lab import page
from resnet_lab.evidence import all_of, any_of, exact

chapter = page.Chapter("tools/gaussian-expectations")
setting = chapter.setting(slope=16, offset=10)  # L of the first counterexample, c of the second

# %% [markdown]
# The closed form of $F$ for $\rho(z)=\text{slope}\cdot z+\text{wave}\cdot\cos z+\text{offset}$. The mixed term of
# slope and wave is odd and vanishes; $\cos u\cos v=\frac12[\cos(u+v)+\cos(u-v)]$.


# %%
def mean_product(S, slope=0, wave=0, offset=0):
    both = (S[0, 0] + S[1, 1]) / 2
    single = sp.exp(-S[0, 0] / 2) + sp.exp(-S[1, 1] / 2)
    double = (sp.exp(-both - S[0, 1]) + sp.exp(-both + S[0, 1])) / 2
    return slope**2 * S[0, 1] + offset**2 + offset * wave * single + wave**2 * double


def change(S, T, **rho):
    return sp.Abs(mean_product(S, **rho) - mean_product(T, **rho))


def norm(*matrices):  # the largest spectral norm of symmetric matrices
    return sp.Max(*(abs(root) for S in matrices for root in S.eigenvals()))


# %% [markdown]
# Both counterexamples must hold for the verdict.


# %%
tilted, unit = sp.Matrix([[2, 1], [1, 2]]), sp.eye(2)


def lemma_e2(slope=setting.slope, offset=setting.offset, factor=10):
    line = change(tilted**2, unit**2, slope=slope)
    scaled = exact.compare(line, factor * slope * norm(tilted, unit) * norm(tilted - unit),
        at=f"rho(z) = {slope} z, A = [[2, 1], [1, 2]], B = I")
    lifted = exact.compare(change(unit, unit / 4, wave=1, offset=offset), factor * norm(unit) * norm(unit / 2),
        at=f"rho(z) = {offset} + cos z, A = I, B = I/2")
    return any_of(scaled, lifted)

# %%
chapter.judge("du18.lemE.2", lemma_e2, expect="REFUTED", severity="constant", repair="du18.lemE.2.fix",
    reading="A, B symmetric; two activations, one linear, one with a large offset",
    mutants={"5 L": dict(factor=5), "50 L": dict(slope=100, offset=100, factor=50)},
    survives={"du18.lemE.3": "no: it is this lemma at the square roots and fails in the same two ways; "
        "du18.lemE.3.fix stands on the repair"})

# %% [markdown]
# The repair. A number of at most $c$ is written $c/(1+p)$. For the means, the lengths are $|b_i|=t$ and $|a_i|=t+e$,
# or the other way round, the largest norm is $t+e+f$, and $\|A-B\|_2=e+k$. The last line is the linear $\rho$ at
# $A=I+\varepsilon\bigl(\begin{smallmatrix}0&1\\1&0\end{smallmatrix}\bigr)$, $B=I$, which attains 2 as
# $\varepsilon\to0$.

# %%
lip, smooth, s0, more, top, far = sp.symbols("ell beta s_0 more top far", nonnegative=True)
t, e, f, k, p, q, w = sp.symbols("t e f k p q w", nonnegative=True)


def repaired_e2(factor=2, tilt=sp.Rational(1, 10)):
    exchange = far * top / (1 + p) + top * far / (1 + q)  # |a1 - b1||a2| + |b1||a2 - b2|
    products = exact.at_most(lip**2 * exchange, factor * lip**2 * top * far)
    grown = 2 * s0 * smooth / 2 * ((t + e) ** 2 - t**2)
    means = exact.at_most(grown, factor * smooth * s0 * (t + e + f) * (e + k))
    L = lip + more  # at least the Lipschitz constant; beta = L / (1 + p)
    both = exact.at_most(2 * (lip**2 + L / (1 + p) * s0), factor * L * (L + s0))
    near = unit + tilt * sp.Matrix([[0, 1], [1, 0]])
    attained = exact.compare(change(near**2, unit, slope=1), factor * norm(near, unit) * norm(near - unit),
        covers=True, at="the linear rho")
    return all_of(products, means, both, attained, says="products and means together change by 2 L (L + |rho(0)|)")

# %%
chapter.judge("du18.lemE.2.fix", repaired_e2, expect="PROVED",
    reading="textbook: Cauchy-Schwarz and differentiation under the mean",
    mutants={"factor 1": dict(factor=1), "factor 9/5": dict(factor=sp.Rational(9, 5))})

# %% [markdown]
# The figure shows both sides. On the left $\rho(z)=cz$: what is drawn over the printed bound grows with $c$; over the
# repaired bound it does not. On the right a $\rho$ with ever sharper kinks, for which see
# {ref}`below <du18.secE.s2>`.

# %% mystnb={"image": {"alt": "Two log-log panels. Left: the change of F divided by the printed bound rises in proportion to c and crosses 1 at c = 15; divided by the repaired bound it stays at one third; dots from random draws lie on both lines. Right: the change of F divided by C_rho squared times the rest rises in proportion to k and crosses 1 near k = 230; divided by the repaired bound, with slope and smoothness kept apart, it stays below one half; with L = k for both it falls."}} tags=["hide-input"]
figure, (left, right) = plt.subplots(1, 2, figsize=(9, 3.2), layout="constrained")
scales = np.geomspace(1, 100, 5)
left.plot(scales, 4 * scales / 60, label="over the printed bound 10 L ...")
left.plot(scales, np.full(5, 1 / 3), label="over the repaired bound 2 L² ...")
normals = np.random.default_rng(0).standard_normal((2, 100_000))
u, v = np.array([[2.0, 1.0], [1.0, 2.0]]) @ normals
drawn = scales**2 * (np.mean(u * v) - np.mean(normals[0] * normals[1]))
left.plot(scales, drawn / (60 * scales), "o", color="C0", markersize=5, label="100,000 draws")
left.plot(scales, drawn / (12 * scales**2), "o", color="C1", markersize=5)
left.set(xscale="log", yscale="log", xlabel="c in ρ(z) = c z", ylabel="change of F / bound")
kinks = np.geomspace(1, 10_000, 40)
jump = (1 + (1 - np.exp(-0.5)) / kinks) ** 2 - (1 + (1 - np.exp(-0.005)) / kinks) ** 2
right.plot(kinks, jump / (200 * 0.9 / kinks**2), label="over C_ρ² ...")
right.plot(kinks, jump / (2 * kinks * (kinks + 1) * 0.9 / kinks**2), "--", label="over 2 L (L + |ρ(0)|) ..., L = k")
right.plot(kinks, jump / (2 * (1 + kinks) * 0.9 / kinks**2), label="over 2 (ℓ² + β|ρ(0)|) ..., ℓ = 1, β = k")
right.set(xscale="log", yscale="log", xlabel="k in ρ(z) = 1 + (1 − cos kz)/k")
for axis in (left, right):
    axis.axhline(1, color="black", linewidth=1)
    axis.legend(fontsize=8)

# %% [markdown]
# ## Lemma E.3: from square roots to covariances
#
# ```{prf:lemma} du18, Lemma E.3
# :label: du18.lemE.3
#
# Let $\rho$, $L$ and $F$ be as in Lemma E.2. Then for all $\lambda>0$ and symmetric $A,B\succ\lambda I$ in
# $\mathbb R^{2\times2}$, $|F(A)-F(B)|\le\frac{40L}{\sqrt\lambda}\sqrt{\max\{\|A\|_2,\|B\|_2\}}\|A-B\|_\infty$.
# ```
#
# The same two reasons. $\rho(z)=100z$, $A=\bigl(\begin{smallmatrix}3&1\\1&3\end{smallmatrix}\bigr)$ (eigenvalues 2
# and 4), $B=3I$ and $\lambda=1$ give $100^2$ on the left and $4000\cdot2\cdot1$ on the right. $\rho(z)=300+\cos z$,
# $A=3I$, $B=2I$ give more than 80 against $40\sqrt3$. Both stay if $\|\cdot\|_\infty$ is read as the largest row
# sum.



# %%
def largest(S):
    return sp.Max(*(abs(entry) for entry in S))


def lemma_e3(slope=100, offset=300, factor=40):
    A, B = sp.Matrix([[3, 1], [1, 3]]), 3 * unit
    scaled = exact.compare(change(A, B, slope=slope), factor * slope * sp.sqrt(norm(A, B)) * largest(A - B),
        at=f"rho(z) = {slope} z, A = [[3, 1], [1, 3]], B = 3 I, lambda = 1")
    A, B = 3 * unit, 2 * unit
    lifted = exact.compare(change(A, B, wave=1, offset=offset), factor * sp.sqrt(norm(A, B)) * largest(A - B),
        at=f"rho(z) = {offset} + cos z, A = 3 I, B = 2 I, lambda = 1")
    return any_of(scaled, lifted)

# %%
chapter.judge("du18.lemE.3", lemma_e3, expect="REFUTED", severity="constant", repair="du18.lemE.3.fix",
    reading="the largest absolute entry for the norm with index infinity; two activations, as above",
    mutants={"20 L": dict(factor=20), "400 L": dict(slope=1000, offset=3000, factor=400)},
    survives={"du18.thmD.1.s5": "open: the theorem's constant C^2 sqrt(M/lambda) is quadratic in rho, as it must be, "
        "and du18.lemE.3.fix2 frees it from smoothness; whether it covers |rho(0)| is judged with the theorem"})

# %% [markdown]
# (du18.lemE.3.fix)=
# ### Repair along the paper's proof
#
# Let $\rho$ have Lipschitz and smoothness constants at most $L$. Then for all symmetric $A,B\succeq\lambda I$ with
# $\lambda>0$,
# $|F(A)-F(B)|\le\frac{2L(L+|\rho(0)|)}{\sqrt\lambda}\sqrt{\max\{\|A\|_2,\|B\|_2\}}\|A-B\|_\infty$.
#
# Three factors: 2 from {prf:ref}`du18.lemE.2.fix` at $\sqrt A,\sqrt B$, whose norms are the roots of
# $\|A\|_2,\|B\|_2$; $\frac12$ from {ref}`the square roots <du18.lemE.3.s5>`; and 2 for
# $\|A-B\|_2\le2\|A-B\|_\infty$. For the last one: the square of the spectral norm is at most the sum of the four
# squared entries. The linear $\rho$ needs at least 1 in place of 2.

# %%
r, size = sp.symbols("r size", positive=True)  # sqrt(lambda), the largest entry of a matrix
entries = [size / (1 + shrink) for shrink in (p, q, w)]  # absolute values of x, y, z in ((x, y), (y, z))


def spectral_by_entries(factor=2):
    x, y, z = entries
    return exact.at_most(x**2 + 2 * y**2 + z**2, (factor * size) ** 2)


def repaired_e3(factor=2):
    half = sp.Rational(1, 2)
    chain = exact.at_most(2 * half * 2 * lip * (lip + s0) / r, factor * lip * (lip + s0) / r)
    A, B = sp.Matrix([[10, 1], [1, 10]]), 10 * unit
    line = exact.compare(change(A, B, slope=1), factor * sp.sqrt(norm(A, B) / 9) * largest(A - B),
        covers=True, at="lambda = 9")
    return all_of(chain, spectral_by_entries(), line, says="2 for the lemma, 1/2 for the roots, 2 for the norms")

# %%
chapter.judge("du18.lemE.3.fix", repaired_e3, expect="PROVED",
    mutants={"factor 1/2": dict(factor=sp.Rational(1, 2))})

# %% [markdown]
# (du18.lemE.3.fix2)=
# ### Repair without smoothness
#
# Let $\rho$ be $L$-Lipschitz. Then for all symmetric $A,B\succeq\lambda I$ with $\lambda>0$,
# $|F(A)-F(B)|\le\frac L{\sqrt\lambda}\bigl(2L\sqrt{\max\{\|A\|_2,\|B\|_2\}}+|\rho(0)|\bigr)\|A-B\|_\infty$.
#
# Away from $0$ the means need no second derivative:
# $|\mathbb E\rho(\sqrt aX)-\mathbb E\rho(\sqrt bX)|\le L|\sqrt a-\sqrt b|$
# (as $\mathbb E|X|<1$), and $\sqrt a-\sqrt b=\frac{a-b}{\sqrt a+\sqrt b}$ is at most $\frac{|a-b|}{2\sqrt\lambda}$
# for diagonal entries $a,b\ge\lambda$. There are two means; the products are those of the repair above with
# $\rho(0)=0$. This is the form that Theorem D.1 of the paper needs, whose constants do not contain the smoothness.


# %%
def without_smoothness(share=1):
    b_root, a_root = r + p, r + p + q  # square roots of the diagonal entries, at least sqrt(lambda)
    root = exact.at_most(a_root - b_root, (a_root**2 - b_root**2) / (2 * r) * share)
    means = exact.at_most(2 * s0 * lip * size / (2 * r), share * s0 * lip * size / r)
    products = exact.at_most(2 / (2 * r) * 2 * lip**2, 2 * lip**2 / r)  # lemma, roots, norms
    says = "products as before, and the two means change by L |rho(0)| / sqrt(lambda) times the largest entry"
    return all_of(root, means, products, says=says)

# %%
chapter.judge("du18.lemE.3.fix2", without_smoothness, expect="PROVED",
    mutants={"half of |rho(0)|": dict(share=sp.Rational(1, 2))})

# %% [markdown]
# ## The steps of the proofs
#
# (du18.lemE.2.s1)=
# ### The pair is a linear image of standard normals
#
# $F(A^2)=\mathbb E_{u\sim N(0,I)}\rho((Au)_1)\rho((Au)_2)$ for symmetric $A$.
#
# The vector $Au$ is Gaussian with covariance $AA^\top$, which is $A^2$ because $A$ is symmetric. Lemma E.2 does not
# say that it is; for other matrices with $A\succ0$, $A^2$ need not be a covariance.

# %%
x1, x2, x3, y1, y2, y3 = sp.symbols("x_1 x_2 x_3 y_1 y_2 y_3", real=True)
full_p, full_q = sp.Matrix(2, 2, sp.symbols("p_1:5", real=True)), sp.Matrix(2, 2, sp.symbols("q_1:5", real=True))


def equal(left, right):
    return all_of(*(exact.identity(a, b) for a, b in zip(left, right, strict=True)), says="entry by entry")


def covariance(skew=0):
    A = sp.Matrix([[x1, x2 + skew], [x2 - skew, x3]])
    return equal(A * A.T, A**2)

# %%
chapter.judge("du18.lemE.2.s1", covariance, expect="PROVED", mutants={"A not symmetric": dict(skew=1)})

# %% [markdown]
# (du18.lemE.3.s1)=
# ### The difference of two squares, symmetrised
#
# For symmetric $A,B\succ0$:
# $2(A-B)=(\sqrt A+\sqrt B)(\sqrt A-\sqrt B)+(\sqrt A-\sqrt B)(\sqrt A+\sqrt B)$, and in the limit $B\to A$,
# $dA=\sqrt A\,d\sqrt A+(d\sqrt A)\sqrt A$.
#
# With $P=\sqrt A$ and $Q=\sqrt B$ the mixed products $PQ$ and $QP$ cancel between the two orders, so $P$ and $Q$
# need not commute. One order alone leaves $QP-PQ$. The root is differentiable, since $D\mapsto PD+DP$ is invertible
# for $P\succ0$ (inverse function theorem). We expand for arbitrary $2\times2$ matrices.


# %%
def square_roots(first=1, second=1):
    P, Q, step = full_p, full_q, sp.Symbol("step", real=True)
    products = first * (P + Q) * (P - Q) + second * (P - Q) * (P + Q)
    slope = ((P + step * Q) ** 2).diff(step).subs(step, 0)
    return all_of(equal(products, 2 * (P**2 - Q**2)), equal(slope, first * P * Q + second * Q * P), says="both agree")

# %%
chapter.judge("du18.lemE.3.s1", square_roots, expect="PROVED", mutants={"one order, twice": dict(first=2, second=0)})

# %% [markdown]
# (du18.lemE.3.s2)=
# ### The square root is Lipschitz away from 0
#
# For symmetric $A,B\succ\lambda I$ with $\lambda>0$: $\|\sqrt A-\sqrt B\|_2\le\frac2{\sqrt\lambda}\|A-B\|_2$.
#
# (du18.lemE.3.s5)=
# **The least factor is one half.** For symmetric $A,B\succeq\lambda I$ with $\lambda>0$, in any dimension,
# $\|\sqrt A-\sqrt B\|_2\le\frac1{2\sqrt\lambda}\|A-B\|_2$.
#
# Let $X=\sqrt A-\sqrt B$ and $S=\sqrt A+\sqrt B\succeq2\sqrt\lambda I$. In coordinates where $X$ is diagonal, its
# first entry $\mu\ge0$ being $\|X\|_2$ (exchange $A$ and $B$ if need be), the identity above says
# $(A-B)_{11}=\frac12(SX+XS)_{11}=\mu S_{11}\ge2\sqrt\lambda\,\mu$, and an entry is at most the norm. Equality at
# $A,B\to\lambda I$.

# %%
mu, nu = sp.symbols("mu nu", nonnegative=True)


def root_bound(factor=2):
    X, S = sp.diag(mu, -nu), sp.Matrix([[x1, x2], [x2, x3]])
    corner = exact.identity(((S * X + X * S) / 2)[0, 0], mu * x1)
    bound = exact.at_most(mu, factor / r * (mu * (2 * r + e)))  # S_11 = 2 r + e
    return all_of(corner, bound, says="on the top eigenvector A - B is at least 2 sqrt(lambda) times the gap")

# %%
chapter.judge("du18.lemE.3.s2", root_bound, expect="PROVED", mutants={"factor 1/4": dict(factor=sp.Rational(1, 4))})
chapter.judge("du18.lemE.3.s5", lambda factor=sp.Rational(1, 2): root_bound(factor), expect="PROVED",
    mutants={"factor 2/5": dict(factor=sp.Rational(2, 5))})

# %% [markdown]
# (du18.lemE.3.s3)=
# ### The chain of norms
#
# In coordinates in which $\sqrt A=\mathrm{diag}(\lambda_1,\lambda_2)$ with $\lambda_i\ge\sqrt\lambda$:
# $(dA)_{ij}=(\lambda_i+\lambda_j)(d\sqrt A)_{ij}$ and $\|d\sqrt A\|_2\le\|d\sqrt A\|_F\le2\|d\sqrt
# A\|_\infty\le\frac1{\sqrt\lambda}\|dA\|_\infty\le\frac1{\sqrt\lambda}\|dA\|_2$.
#
# This is how the paper finds the Lipschitz constant; integrated along the segment from $B$ to $A$, which stays
# above $\lambda I$, it gives $\frac1{\sqrt\lambda}$. Every inequality holds for the largest absolute entry. With
# the largest row sum the last one fails, at $dA=\bigl(\begin{smallmatrix}1&1\\1&-1\end{smallmatrix}\bigr)$:
# $2>\sqrt2$.


# %%
def chain(across=1, factor=1):
    roots = sp.diag(x1, x3)
    D = sp.Matrix([[y1, y2], [y2, y3]])
    printed = sp.Matrix([[2 * x1 * y1, (x1 + x3) * y2], [(x1 + x3) * y2, 2 * x3 * y3]])
    entry = exact.at_most(2 * size, factor / r * ((r + p) + (r + q)) * size)  # at the largest entry of D
    steep = sp.Matrix([[1, 1], [1, -1]])
    row = sum(abs(steep[0, j]) for j in range(across))
    last = exact.compare(row, norm(steep), covers=True, at="((1, 1), (1, -1))")
    says = "the matrix is as printed, and each norm is at most the next"
    return all_of(equal(roots * D + D * roots, printed), spectral_by_entries(), entry, last, says=says)

# %%
chapter.judge("du18.lemE.3.s3", chain, expect="PROVED",
    reading="the largest absolute entry; |M_ij| <= |M|_2 <= |M|_F are textbook",
    mutants={"row sums": dict(across=2), "half the last constant": dict(factor=sp.Rational(1, 2))})

# %% [markdown]
# (du18.lemE.3.s4)=
# ### Lemma E.2 gives Lemma E.3
#
# If $|F(A^2)-F(B^2)|\le10L\max\{\|A\|_2,\|B\|_2\}\|A-B\|_2$ for all symmetric $A,B\succ0$, then
# $|F(A)-F(B)|\le\frac{40L}{\sqrt\lambda}\sqrt{\max\{\|A\|_2,\|B\|_2\}}\|A-B\|_\infty$ for all symmetric
# $A,B\succ\lambda I$.
#
# The step is right: $40=10\cdot2\cdot2$, from the lemma, the square roots, and $\|A-B\|_2\le2\|A-B\|_\infty$, which
# the paper does not mention.


# %%
def forty(entry=2, root=2):
    return all_of(exact.at_most(10 * root * entry * lip / r, 40 * lip / r), spectral_by_entries(entry))

# %%
chapter.judge("du18.lemE.3.s4", forty, expect="PROVED",
    mutants={"the two norms taken as equal": dict(entry=1), "roots with 3": dict(root=3)})

# %% [markdown]
# (du18.secE.s1)=
# ### The constant $C_\rho$
#
# With $C_\rho=10\sqrt{|\rho(0)|^2+\sup|\rho'|^2}$ for a differentiable $\rho$ as the constant of the lemmas that
# follow: $|F(A^2)-F(B^2)|\le C_\rho\max\{\|A\|_2,\|B\|_2\}\|A-B\|_2$ for all symmetric $A,B\succ0$.
#
# (du18.secE.s1.fix)=
# **Repair.** If $\rho$ has Lipschitz and smoothness constants at most $L$, then
# $|F(A^2)-F(B^2)|\le LC_\rho\max\{\|A\|_2,\|B\|_2\}\|A-B\|_2$ for all symmetric $A,B$.
#
# The paper fixes $C_\rho$ at the head of the two lemmas and never writes it again: they have $10L$, which is
# $C_\rho$ for $\rho(0)=0$ and $\sup|\rho'|=L$. We read it as their constant. Then $\rho(z)=16z$ refutes it as it
# does Lemma E.2, with $C_\rho=160$. One more factor $L$ mends it, because
# $2(\ell^2+L|\rho(0)|)\le10L\sqrt{|\rho(0)|^2+\ell^2}$ for $\ell\le L$.


# %%
def announced(slope=setting.slope, factor=10):
    constant = factor * sp.sqrt(sp.Integer(slope) ** 2)  # rho(0) = 0
    line = change(tilted**2, unit**2, slope=slope)
    return exact.compare(line, constant * norm(tilted, unit) * norm(tilted - unit),
        at=f"rho(z) = {slope} z, A = [[2, 1], [1, 2]], B = I")


def with_smoothness(factor=10):
    L = lip + more
    inside = factor**2 * L**2 * (s0**2 + lip**2)
    return exact.at_most((2 * (lip**2 + L * s0)) ** 2, inside, squares=[(4 * L * lip, lip - s0)])

# %%
chapter.judge("du18.secE.s1", announced, expect="REFUTED", severity="constant", repair="du18.secE.s1.fix",
    reading="C_rho taken as the constant of Lemma E.2",
    mutants={"5 for 10": dict(factor=5), "slope 100": dict(slope=100)})
chapter.judge("du18.secE.s1.fix", with_smoothness, expect="PROVED", mutants={"1 for 10": dict(factor=1)})

# %% [markdown]
# (du18.secE.s2)=
# ### Value and slope alone are not enough
#
# For every $K$ there are a differentiable $\rho$ with a bounded slope and symmetric $A,B\succ0$ such that
# $|F(A^2)-F(B^2)|>KC_\rho^2\max\{\|A\|_2,\|B\|_2\}\|A-B\|_2$.
#
# The square repairs the scaling, and $K=\frac1{50}$ is enough if $\rho(0)=0$. But near a kink a mean changes in
# proportion to $s$, not $s^2$. Take $K\ge1$, $k=1000K$ and $\rho(z)=1+\frac1k(1-\cos kz)$: $\rho(0)=1$, slope at
# most 1, $C_\rho^2=200$. At $A=\frac1kI$, $B=\frac1{10k}I$ the two coordinates are independent,
# $F(A^2)=(1+\frac pk)^2$ with $p=1-e^{-1/2}$ and $F(B^2)=(1+\frac qk)^2$ with $q=1-e^{-1/200}$. As $p-q\ge\frac38$,
# the left side is at least $\frac2k(p-q)\ge\frac3{4k}$; the right side is $180K/k^2$, which is less. In Lemma E.3,
# where $\lambda$ keeps away from the kink, {ref}`Lipschitz is enough <du18.lemE.3.fix2>`.


# %%
def kink(sharpness=1000):
    K = 1 + w  # every K of at least 1
    k = sharpness * K
    left = exact.at_most(2 * e / k, (1 + (q + e) / k) ** 2 - (1 + q / k) ** 2)  # e = p - q
    gap = exact.compare(sp.exp(-sp.Rational(1, 200)) - sp.exp(-sp.Rational(1, 2)), sp.Rational(3, 8), sense=">=",
        covers=True)
    right = exact.at_most(K * 10**2 * (1 + 1) * sp.Rational(9, 10) / k**2, sp.Rational(3, 4) / k)
    return all_of(left, gap, right, says="3/(4k) exceeds 180 K/k^2 at k = 1000 K")

# %%
chapter.judge("du18.secE.s2", kink, expect="PROVED", mutants={"k = 200 K": dict(sharpness=200)})

# %% [markdown]
# ## Slack and what to doubt
#
# - In {prf:ref}`du18.lemE.2.fix` both summands are attained, up to a factor that tends to 1: the linear $\rho$
#   above, and $\rho(z)=c+\cos z$ at small multiples of $I$ with $c$ large. The printed $10L$ is right for
#   $L+|\rho(0)|\le5$, so the slip is invisible for softplus, tanh or any activation of ordinary size; it matters
#   because Theorem D.1 is applied with a $\rho$ that shrinks with the depth, where a bound linear in $\rho$ would
#   be the weaker one.
# - Nothing asks $A,B$ to be definite in Lemma E.2; in Lemma E.3 the power $\lambda^{-1/2}$ is real for functions
#   that are only Lipschitz.
# - The other four papers state no such lemma. The quadratic dependence on the activation is the same that moves the
#   constant of {prf:ref}`du18.lemB.1`.
# - We read $\|\cdot\|_\infty$ as the largest entry, since the paper bounds it by the spectral norm.
