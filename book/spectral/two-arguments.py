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
# # Norms or a martingale: two arguments for a product of residual blocks

# %% tags=["remove-cell"]
from importlib.util import find_spec

from IPython import get_ipython

if find_spec("resnet_lab") is None:
    address = "git+https://github.com/resnet-lab/executable-proofs"
    get_ipython().run_line_magic("pip", f"install -q 'resnet-lab @ {address}'")

# %% [markdown]
# Three papers bound a product of residual blocks with activation patterns $D_l$ between the weights. {cite}`frei19`
# and {cite}`gulcu19` take the norm of each block and multiply. {cite}`zhang22` follows one vector through the
# layers, where the cross terms form a martingale, and then covers the sphere with a net. This page puts the two
# arguments on one measurement. It judges nothing: the verdicts are in the chapters linked below and in [the
# atlas](../atlas.md).
#
# **Common terms.** $W_1,\dots,W_L$ are independent $m\times m$ matrices with $N(0,2/m)$ entries, and $D_l$ is
# diagonal with $\|D_l\|\le1$. The branch scale $\tau$ is zhang22's $\tau$, frei19's $\theta$ (who transposes $W$),
# and $Bc_{res}/(\sqrt2H)$ of gulcu19, whose entries are $N(0,1)/\sqrt m$ and whose slopes are $BD_l$.
#
# ## What they assume and promise
#
# | | zhang22, Lemma 1 | frei19, Lemma B.2 | gulcu19, (3.13) to (3.16) |
# | --- | --- | --- | --- |
# | block | $D_l(I+\tau W_l)$ | $I+\tau D_lW_l$ | $I+\tau D_lW_l$ |
# | direction | at most | at most | at least |
# | what $D_l$ may see | the past and $W_l$ | all weights | all weights |
# | inputs at once | one pattern for all vectors | all | all |
# | argument | martingale, then a net | norm of each block | norm of each block |
# | bound | $1+c$ | $e^{3\sqrt2\tau L}$ | $(1-\delta')e^{-4\sqrt2\tau H}$, mean square |
# | branch scale | $\tau\le c/(20\sqrt L)$, $c\le1$ | any; useful if $O(1/L)$ | any; $H\ge H_0(\tau H,\delta')$ |
# | failure | $L^2e^{-2m}$ | $Le^{-m/2}$ | none, a mean |
#
# The constants are those of the chapters. The statements say "$c$ is some small constant" and "there exist
# constants".
#
# - {prf:ref}`zhang22's Lemma 1 <zhang22.lem1>`; {ref}`what its patterns may see <zhang22.lem1.s1>`, and {ref}`the
#   hypothesis as it is worded <zhang22.lem1.s4>`; the ratios of norms have {ref}`their own chapter
#   <zhang22.sec4.2.s2>`.
# - {prf:ref}`frei19's Lemma B.2 <frei19.lemB.2>`; {ref}`which scale makes it 1.01 <frei19.lemB.2.s1>`;
#   {ref}`without a condition on the width <frei19.lemB.2.s4>`; {ref}`what patterns reach <frei19.lemB.2.s5>`.
# - gulcu19: {ref}`the deterministic bound <gulcu19.eq3.13.fix>`, {ref}`its mean <gulcu19.eq3.14.fix>`,
#   {ref}`deep products <gulcu19.eq3.15>`, {ref}`the result <gulcu19.eq3.16>`.
#
# ## Why one of them reaches further
#
# For one vector $\|x+\tau DWx\|^2=\|x\|^2+2\tau\langle x,DWx\rangle+\tau^2\|DWx\|^2$. The norm argument pays
# $2\tau\|W\|\,\|x\|^2$ for the cross term in every layer, which adds up to $\tau L$. The martingale argument knows
# that its mean is 0: what adds up is the last term, $\tau^2L$, and fluctuations of order $\tau\sqrt{L/m}$ for one
# vector, $\tau\sqrt L$ for the worst.
#
# The mean is 0 if $D$ does not see $W$. If $D$ is the network's own pattern, $\langle x,DWx\rangle$ has a positive
# mean for $x\ge0$, and the product grows like $e^{\tau L}$ to some power: there is {ref}`no bound at scale one over
# root L <frei19.lemB.2.s6>`. In zhang22 the pattern multiplies the whole block, so $\|D(I+\tau W)x\|\le\|(I+\tau
# W)x\|$, and now $W$ meets no pattern of its own layer. So the place of $D_l$ decides which argument is available;
# that it decides the range of $\tau$ as well is what the figure shows.
#
# | at $\tau=c/\sqrt L$ | inside, $I+\tau D_lW_l$ | before, $D_l(I+\tau W_l)$ |
# | --- | --- | --- |
# | $D_l$ sees $W_1,\dots,W_{l-1}$ | {ref}`bounded <frei19.lemB.2.s6.fix>` | bounded, as below |
# | $D_l$ sees $W_1,\dots,W_l$ | {ref}`unbounded <frei19.lemB.2.s5>` | {prf:ref}`bounded <zhang22.lem1>` (small $c$) |
# | $D_l$ sees $W_1,\dots,W_{l+1}$ | unbounded, as above | {ref}`unbounded <zhang22.lem1.s1>` |
#
# ## The measurement
#
# The norm of the product of all blocks, for five kinds of patterns. A follower moves with one vector, at first
# $(1,\dots,1)/\sqrt m$: the network's own pattern marks the positive entries; the adversary inside the branch takes
# the signs that make every entry grow; the adversary before the block turns the vector towards the top eigenvector
# of the next $W+W^\top$.

# %%
import matplotlib.pyplot as plt
import numpy as np

from resnet_lab import page
from resnet_lab.evidence import round_outward

chapter = page.Chapter("spectral/two-arguments")
setting = chapter.setting(depth=256, width=48, draws=3, scale=0.5)  # the largest L, m, networks, c
rng = np.random.default_rng([chapter.seed, 33])

# %% [markdown]
# One block of each kind, as a matrix, from $\tau$, its weights, a direction for the look ahead, and the follower's
# state. First those with the pattern inside the branch.


# %%
def fixed_inside(tau, W, _ahead, x):
    return np.eye(len(x)) + tau * (np.arange(len(x)) % 2)[:, None] * W


def own_inside(tau, W, _ahead, x):
    return np.eye(len(x)) + tau * (W @ x > 0)[:, None] * W


def adversary_inside(tau, W, _ahead, x):
    return np.eye(len(x)) + tau * np.sign(x * (W @ x))[:, None] * W


# %% [markdown]
# Then those with the pattern before the whole block.


# %%
def own_before(tau, W, _ahead, x):
    block = np.eye(len(x)) + tau * W
    return (block @ x > 0)[:, None] * block


def adversary_before(tau, W, ahead, x):
    block = np.eye(len(x)) + tau * W
    return np.sign(ahead * (block @ x))[:, None] * block


# %% [markdown]
# The norm of the product, and the follower.


# %%
def norm_of_product(block_of, tau, weights, directions):
    width = weights.shape[1]
    product, x = np.eye(width), np.full(width, width**-0.5)
    for W, ahead in zip(weights, directions, strict=True):
        block = block_of(tau, W, ahead, x)
        product, x = block @ product, block @ x
    return np.linalg.norm(product, 2)


# %% [markdown]
# A draw of the weights, and the top eigenvector of each $W+W^\top$ for the layer below it.


# %%
def network():
    weights = rng.normal(0, (2 / setting.width) ** 0.5, (setting.depth, setting.width, setting.width))
    _, vectors = np.linalg.eigh(weights + np.swapaxes(weights, 1, 2))
    return weights, np.roll(vectors[:, :, -1], -1, axis=0)  # the direction of the layer above


# %% [markdown]
# The five kinds; then all norms, at both scales and all depths.

# %%
KINDS = {
    "inside, fixed": fixed_inside,
    "inside, the network's own": own_inside,
    "inside, adversary": adversary_inside,
    "before, the network's own": own_before,
    "before, adversary looks ahead": adversary_before,
}

# %%
depths = [2**k for k in range(2, 20) if 2**k <= setting.depth] or [setting.depth]
networks = [network() for _ in range(setting.draws)]
norms = {
    (name, power): np.array([
        [norm_of_product(kind, setting.scale / L**power, W[:L], ahead[:L]) for L in depths] for W, ahead in networks
    ])
    for name, kind in KINDS.items()
    for power in (1, 0.5)
}

# %% [markdown]
# Lines: the bound of the norm argument $e^{3\sqrt2\tau L}$; the rate $e^{2\tau L/\sqrt\pi}$ of the adversary inside
# in wide networks; and for patterns that do not see their own layer the bound $\frac43e^{6c+2c^2}$ that the
# martingale argument gives at $\tau=c/\sqrt L$.

# %% mystnb={"image": {"alt": "Two panels of the norm of the product against the depth from 4 to 256, at c = 1/2. With scale c/L all five kinds stay between 1 and 2, below the norm bound of 8. With scale c over root L the fixed pattern and the network's own pattern before the block stay between 2 and 3, below the martingale bound of 44; the network's own pattern inside the branch grows to about 90 and both adversaries to ten thousand, along the predicted line, while the norm bound leaves the picture."}} tags=["hide-input"]
figure, axes = plt.subplots(2, 1, figsize=(6.5, 7.5), sharex=True, layout="constrained")
looks = zip(("o", "^", "s", "v", "D"), ("#0072B2", "#E69F00", "#D55E00", "#009E73", "#CC79A7"), strict=True)
looks = dict(zip(KINDS, looks, strict=True))
for axis, power, title in zip(axes, (1, 0.5), ("τ = c/L", "τ = c/√L"), strict=True):
    reach = setting.scale * np.array(depths, float) ** (1 - power)  # tau L
    for name, (marker, colour) in looks.items():
        low, middle, high = np.quantile(norms[name, power], [0, 0.5, 1], axis=0)
        bars = np.array([middle - low, high - middle])
        _ = axis.errorbar(depths, middle, bars, fmt=marker, color=colour, markersize=5, capsize=2, label=name)
    _ = axis.plot(depths, np.exp(3 * 2**0.5 * reach), "k-", linewidth=1, label=r"norms: $e^{3\sqrt{2}\tau L}$")
    greedy = np.exp(2 / np.pi**0.5 * reach)
    _ = axis.plot(depths, greedy, "k:", linewidth=1, label=r"adversary: $e^{2\tau L/\sqrt{\pi}}$")
    if power == 0.5:
        martingale = 4 / 3 * np.exp(6 * setting.scale + 2 * setting.scale**2)
        _ = axis.axhline(martingale, color="k", linestyle="--", linewidth=1, label="martingale, inside, fixed")
    _ = axis.set(xscale="log", yscale="log", title=f"{title}, c = {setting.scale:g}", ylabel="norm of the product")
    _ = axis.set_ylim(0.5, 20 if power == 1 else 2e4)
_ = figure.legend(*axes[1].get_legend_handles_labels(), fontsize=9, loc="outside lower center", ncols=2)
_ = axes[1].set_xlabel("depth L")
_ = axes[1].set_xticks(depths, [str(depth) for depth in depths])

# %% [markdown]
# At $c/L$ the place and the kind of the patterns hardly matter, and one argument is as good as the other. At
# $c/\sqrt L$ they are all that matters. In numbers, at the largest depth, rounded outward:

# %%
for (name, power), values in norms.items():
    low, high = round_outward(values[:, -1].min(), -1, digits=2), round_outward(values[:, -1].max(), +1, digits=2)
    print(f"L = {depths[-1]}, c/{'L' if power == 1 else 'sqrt(L)'}, {name}: {low:g} to {high:g}")

# %% [markdown]
# ## What is sharp, and what is loose
#
# - **Norm argument.** It needs no independence, no net and no width, and covers every pattern and every input in
#   one line. Its constant $3\sqrt2$ is at most 3.8 times too large in the exponent; its scale $1/L$ is right for what
#   it covers.
# - **Martingale argument.** It needs patterns that do not look ahead, and a net, hence one pattern for all vectors
#   of the net: it says nothing about all inputs at once. Its scale $1/\sqrt L$ is right: beyond it $E\|h_L\|^2$
#   itself grows ({ref}`the drift <zhang22.lem2.s3>`). Its constant 20 is far from what is seen.
# - **Lower bounds.** gulcu19's product loses $e^{-4Bc_{res}}$ in the mean square; the worst network that we know
#   loses {ref}`about the power 1.6 <gulcu19.eq3.16.s1>` of $e^{-Bc_{res}}$. A martingale argument would say that
#   vectors do not shrink at all, at patterns that do not see their own layer.
# - **Doubt.** The adversaries here are greedy, one layer at a time; a better one may exist. The figure shows one
#   width.
