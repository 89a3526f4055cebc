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
# # The tools of the five papers, side by side

# %% tags=["remove-cell"]
from importlib.util import find_spec

from IPython import get_ipython

if find_spec("resnet_lab") is None:
    address = "git+https://github.com/resnet-lab/executable-proofs"
    get_ipython().run_line_magic("pip", f"install -q 'resnet-lab @ {address}'")

# %% [markdown]
# Every proof in this book is built from the same few tools: tails of Gaussian variables, norms of Gaussian matrices, the
# algebra of the ReLU, products of matrices, Schur products, nets. The papers quote them, restate them, and choose
# constants. This page compares their versions; the chapters of this part judge them, statement by statement and step by
# step. It judges nothing itself.
#
# | tool | claimed; under which hypotheses | verdict, and beyond |
# | --- | --- | --- |
# | {prf:ref}`tail of one Gaussian <zhang22.lem3.s1>`, zhang22 (11) | $P(\lvert X\rvert\le x)\ge1-e^{-x^2/2\sigma^2}$; $x\ge0$, not printed | true; {ref}`false as printed for negative x <zhang22.lem3.s3>`; exponent sharp |
# | {prf:ref}`small ball <zhang22.lem3.s2>`, zhang22 (12) | $\le\sqrt{2/\pi}\,x/\sigma$ | true, sharp at 0 |
# | {prf:ref}`norm of a Gaussian matrix <zhang22.lem4>`, zhang22 (13) | $\sqrt N+\sqrt n+t$, failure $e^{-t^2/2}$; $N\times n$, any $t\ge0$ | true |
# | {prf:ref}`the same <du18.lemE.4>`, du18 E.4, {ref}`nfres (4) <nfres.eq4>` | $c_{w,0}\sqrt m$, failure $e^{-(c_{w,0}-\sqrt c-1)^2m/2}$; $m\times cm$, $c_{w,0}>\sqrt c+1$ | true; du18's proof has {ref}`lost a sign <du18.lemE.4.s2>` |
# | {ref}`the same <gulcu19.eq5.14>`, gulcu19 (5.14) | $3\sqrt m$, failure $e^{-m^2/2}$; $m\times m$ | false; {ref}`true with exponent m/2 <gulcu19.eq5.14.fix>`, and not beyond |
# | {prf:ref}`the same <frei19.lemB.1>`, frei19 B.1 | all $\Vert W_l\Vert \le C'$, failure $\delta$; $m\ge d\vee C\log(L/\delta)$ | true |
# | {prf:ref}`ReLU difference <zhang22.prop1>`, zhang22, Prop. 1 | $\phi(a)-\phi(b)=(D+D'')(a-b)$ | true, zeros included |
# | {prf:ref}`the same <frei19.claimC.1>`, frei19, Claim C.1 | the same matrix | true |
# | {prf:ref}`difference of products <du18.lemE.1>`, du18 E.1 | $(\sum\alpha_i)\prod M_i$; $\Vert A_i\Vert ,\Vert B_i\Vert \le M_i$, $\Vert A_i-B_i\Vert _F\le\alpha_iM_i$ | true |
# | {ref}`Schur product <gulcu19.eq3.12>`, gulcu19 (3.12) | smallest eigenvalue of a mean; Gaussian weights | false: an expectation is taken of dependent factors; {ref}`repaired <gulcu19.eq3.12.fix>` |
# | {prf:ref}`one hidden layer <gulcu19.lem2.3>`, gulcu19, 2.2 to 2.4 | norm, smallest singular value, Lipschitz constant of the Jacobian; $\lvert\phi'\rvert\le B$, $\lvert\phi''\rvert\le M$ | true; {ref}`13.04 for 20 <gulcu19.lem2.3.s1>` |
# | {prf:ref}`Gaussian mean in its covariance <du18.lemE.2>`, du18 E.2, E.3 | $10L\max\Vert \cdot\Vert \,\Vert A-B\Vert $; $\rho$, $\rho'$ Lipschitz with constant $L$ | false: the left side grows like $L^2$; {prf:ref}`repaired <du18.lemE.2.fix>` |
# | {prf:ref}`tensor powers <du18.lemD.3>`, du18 D.3 | $n$-th powers independent; pairwise not parallel | true, already for power $n-1$ |
# | {prf:ref}`positive Gram matrix <du18.lemD.2>`, du18 D.2 | $\lambda_{\min}>0$; analytic, not a polynomial | false only for one zero input; {prf:ref}`true without analyticity <du18.lemD.2.fix>` |
# | {prf:ref}`counting on a net <frei19.claimD.1>`, frei19 D.1 | few small pre-activations; finite set $\mathcal V$ | false if $\mathcal V$ may see the weights; {prf:ref}`true if not <frei19.claimD.1.fix>` |
# | {ref}`nets of sparse vectors <frei19.secD.2.s2>`, frei19 D.2, D.3 | $\binom ms9^s\le m^s$; $s>15$ | false; {ref}`true from s = 22 on <frei19.secD.2.s2.fix>` |
#
# **What they share.** None of the failures lies deep. A sign or an index is lost, a constant does not scale, a set that
# should be fixed beforehand is allowed to look at the weights. Every tool has a version that is true.
#
# The figure shows the one difference that is not a matter of constants: how likely a square Gaussian matrix has a norm
# above $3\sqrt m$.

# %% tags=["hide-input"]
import matplotlib.pyplot as plt
import numpy as np

from resnet_lab import limits, page

chapter = page.Chapter("tools/side-by-side")

# %% [markdown]
# One row of the matrix already has a norm above $3\sqrt m$ with the exact probability $P(\chi^2_m>9m)$, a lower bound.

# %%
widths = np.arange(1, 41)
one_row = [float(limits.chi_square_upper_tail(int(m), 9 * int(m)).log()) for m in widths]

# %% mystnb={"image": {"alt": "Natural logarithm of a failure probability against the width m from 1 to 40. The bound with exponent m/2 falls along a straight line and stays above the exact probability of one row, a nearly straight line further down. The printed bound with exponent m squared over two is a parabola that crosses below the exact line at width 7: it is false from there on."}} tags=["hide-input"]
figure, axis = plt.subplots(figsize=(6.5, 3.4), layout="constrained")
axis.plot(widths, -widths / 2, "-", label="$e^{-m/2}$: zhang22, du18, nfres, and gulcu19 repaired")
axis.plot(widths, one_row, "k.", label="one row, exact: a lower bound")
axis.plot(widths, -(widths**2) / 2, "--", label="$e^{-m^2/2}$: gulcu19 (5.14) as printed")
axis.set(xlabel="width m", ylabel="log of the failure probability", ylim=(-170, 5))
_ = axis.legend(loc="lower left", fontsize=8)

# %% [markdown]
# An upper bound on a probability may not lie below a lower one. The printed bound does from width 7 on; the claim's
# {ref}`repair <gulcu19.eq5.14.fix>` stays above.
