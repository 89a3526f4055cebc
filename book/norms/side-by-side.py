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
# # The same lemma in five papers: norms at initialisation side by side

# %% tags=["remove-cell"]
from importlib.util import find_spec

from IPython import get_ipython

if find_spec("resnet_lab") is None:
    address = "git+https://github.com/resnet-lab/executable-proofs"
    get_ipython().run_line_magic("pip", f"install -q 'resnet-lab @ {address}'")

# %% [markdown]
# Every one of the five papers ({cite}`du18`, {cite}`frei19`, {cite}`gulcu19`, {cite}`nfres`,
# {cite}`zhang22`) needs the norms of all hidden states to stay of order one at initialisation, and proves
# it in its own way. This page puts the seven versions next to each other: what they assume, what they
# promise, and what the networks do. It judges nothing. The verdicts are in the chapters linked below and in
# [the atlas](../atlas.md).
#
# ## What they assume
#
# Inputs have norm 1. *Smooth* means Lipschitz with a bounded second derivative, for example softplus. The
# branch is $\sigma(Wx)/\sqrt m$ with entries $N(0,1)$ in du18, nfres and gulcu19, and $\sigma(Wx)$ or $Wx$
# with entries $N(0,2/m)$ in frei19 and zhang22; *scale* is the number in front of it.
#
# | | activation | scale | width |
# | --- | --- | --- | --- |
# | du18 A.1 | smooth | no skip | $nHg_C(H)^2/\delta$ |
# | du18 B.1 | smooth | $c_\lambda\lambda^{3/2}/H$ | $n/\delta$ |
# | du18 C.1 | smooth | the same | $p^2n/(c_{\sigma,p}^2\delta)$ |
# | nfres 5 | smooth | $1/H$ | $n/\delta$ |
# | zhang22 2 | ReLU | $1/\Omega(\sqrt L)$ | any |
# | frei19 4.1 | ReLU | $1/\Omega(L)$ | $d\log\frac{mL}\delta$ |
# | gulcu19 (3.25) | smooth | $c_{res}/H$ | any |
#
# Widths are up to a constant; $c_{\sigma,p}$ is short for $c_{\sigma,1/\sqrt p}$. frei19 covers all inputs
# of the sphere at once and gulcu19 all inputs and all weights; the others cover $n$ inputs. What the tables
# do not show, and what the chapters found:
#
# - In du18 (A.1 at one layer only) and nfres no absolute constant in front of the width serves every
#   activation. In C.1 the power of $c_{\sigma,1/\sqrt p}$ is wrong.
# - du18 B.1 and C.1, nfres 5 and gulcu19 (3.25) bound a branch by $|\sigma(z)|\le L|z|$. This needs
#   $\sigma(0)=0$, which softplus has not. Their repairs carry one more term.
# - zhang22's constants may depend on the half-width $c$ of its band; one constant for every band is too
#   much.
# - frei19's lemma needs a residual layer: without one a network of a single unit is an exception.
#
# ## What they promise
#
# Here $x=c_\lambda c_{w,0}L$ for du18 B.1, $\sqrt q$ times that for C.1, and $x=c_{w,0}L$ for nfres, with
# $\|W\|\le c_{w,0}\sqrt m$, $c_{w,0}$ slightly above 2, and $L$ the Lipschitz constant.
#
# | | at least | at most | failure |
# | --- | --- | --- | --- |
# | {prf:ref}`A.1 <du18.lemA.1>` | $\frac12$ | $2$ | $\delta$ |
# | {prf:ref}`B.1 <du18.lemB.1>` | $\frac12e^{-x}$ | $2e^x$ | $\delta$ |
# | {prf:ref}`C.1 <du18.lemC.1>` | $(\frac{c_\sigma}{2c_{\sigma,p}})^{1/2}e^{-x}$ | $(qc_\sigma)^{1/2}Lc_{w,0}e^x$ | $\delta$ |
# | {prf:ref}`nfres 5 <nfres.lem5>` | $\frac12e^{-x}$ | $2e^x$ | $\delta$ |
# | {prf:ref}`zhang22 2 <zhang22.lem2>` | $1-c$ | $1+c$ | $O(nL)e^{-\kappa m}$ |
# | {prf:ref}`frei19 4.1 <frei19.lem4.1>` | $C_1$ | $C_2$ | $\delta$ |
# | {ref}`(3.25) <gulcu19.eq3.25>` | none | see below | $0$ |
#
# gulcu19 (3.25) speaks of every input and all weights:
#
# $$\|x^{(h-1)}\|\le\sqrt{\tfrac{c_\phi}m}\,B\|W^{(1)}\|\prod_{j=2}^{h-1}\Bigl(1+\tfrac{c_{res}}{H\sqrt m}B\|W^{(j)}\|\Bigr),$$
#
# at Gaussian weights about $\sqrt{c_\phi}Be^{2Bc_{res}}$. Section 4 of that paper uses it for the
# {prf:ref}`misfit at initialisation <gulcu19.thm4.1>`. No bound depends on the depth once the scale has its
# $1/H$ (zhang22: $1/\sqrt L$); the depth is left in the width of A.1, exponentially, and in two logarithms,
# of frei19's width and zhang22's failure probability. The statements of du18 and nfres name a constant
# $c_{x,0}$ only, those of frei19 absolute ones; the table shows the ends of the first from their proofs,
# and the lines below use the constants proved or repaired in the chapters.
#
# ## The measurement
#
# All networks at one width and depth, with one input. At initialisation du18's ResNet, nfres (at $c=1$) and
# gulcu19 are the *same* network; and du18's with the ReLU is that of frei19, with
# $c_\lambda\lambda^{3/2}=\sqrt2\,\theta L$. So there are four residual networks to look at.

# %%
from functools import partial

import jax
import jax.numpy as jnp
import jax.random as jr
import matplotlib.pyplot as plt
import numpy as np

from resnet_lab import network, page
from resnet_lab.evidence import round_outward

chapter = page.Chapter("norms/side-by-side")
setting = chapter.setting(depth=64, width=64, input_dim=4, pixels=4, draws=50)

# %% [markdown]
# A state is an array of channels by pixels, with one pixel unless the network is convolutional. Let $X$ be
# its patches as columns, and $X=QR$. Given $X$, the matrix $WX$ has the law of $\sqrt v\,ZR$ with $v$ the
# variance of the weights and $Z$ standard normal, so no weights are needed. The branch scale is an
# argument: all scales share one compiled loop.


# %%
def norms_in_law(net, gain, normals):
    """Norms of the first layer and all blocks of one random network, one input with equal entries."""

    def preactivation(x, normals):
        factor = jnp.linalg.qr(network.patches(x, net.patch), mode="r")  # R, one number if there is one pixel
        return network.weight_variance(net) ** 0.5 * normals @ factor

    def block(x, normals):
        x = network.next_state(net, gain, x, preactivation(x, normals))
        return x, jnp.linalg.norm(x)

    x = jnp.ones((net.input_dim, net.pixels)) / (net.input_dim * net.pixels) ** 0.5
    x = network.first_state(net, preactivation(x, normals[0]))
    _, norms = jax.lax.scan(block, x, normals[1:])
    return jnp.concatenate([jnp.linalg.norm(x)[None], norms])


@partial(jax.jit, static_argnums=0)
def draw(net, gains, normals):
    """Norms of shape (draws, gains, layers); normals (draws, depth or more, width, pixels), for all alike."""
    one = jax.vmap(lambda gain, z: norms_in_law(net, gain, z), in_axes=(0, None))
    return jax.vmap(lambda z: one(gains, z))(normals[:, : net.depth, :, : net.pixels])


# %% [markdown]
# The states of a network of depth $L$ are the first $L$ of a deeper one with the same branch scale. So one
# deep network per architecture serves for every depth. The last layer of zhang22 and frei19, one more
# factor with the law of the first, is left out.

# %%
scales = 2.0 ** np.arange(-5, 2)  # c
depths = np.unique([max(setting.depth * k // 16, 1) for k in (1, 4, 16, 64)])  # L
at_depth = [(c, setting.depth, 1) for c in scales]
grid = at_depth + [(1.0, depth, power) for power in (1, 0.5) for depth in depths]
powers = {"softplus": 1, "frei19": 1, "zhang22": 0.5}  # branch scale c / L^power in the first part of the grid
sizes = dict(depth=int(depths[-1]), width=setting.width, input_dim=setting.input_dim, branch_scale=1.0)
nets = {"softplus": network.gulcu19(**sizes), "frei19": network.frei19(**sizes), "zhang22": network.zhang22(**sizes)}


def block_scales(name):
    """The branch scale c / L^power of each grid point."""
    return np.array(
        [c / depth ** (powers[name] if k < len(at_depth) else power) for k, (c, depth, power) in enumerate(grid)]
    )


def gains(name):
    return block_scales(name) * (nets[name].depth if name == "softplus" else 1)  # gulcu19 divides by its depth


normals = jr.normal(chapter.key("normals"), (setting.draws, int(depths[-1]), setting.width, setting.pixels))  # Z
drawn = {name: np.array(draw(net, gains(name), normals)) for name, net in nets.items()}

# %% [markdown]
# The convolutional network and the fully connected one, which has no scale, at the setting's depth.

# %%
sizes = dict(depth=setting.depth, width=setting.width, input_dim=setting.input_dim)
convolutional = network.du18_convolutional(**sizes, branch_scale=1.0, pixels=setting.pixels)
drawn["convolutional"] = np.array(draw(convolutional, scales, normals))
plain = np.array(draw(network.du18_fully_connected(**sizes), np.ones(1), normals))


def extremes(name):
    """Smallest and largest norm over the layers, at every c of the setting's depth: (2, draws, scales)."""
    norms = drawn[name][:, : len(scales), : setting.depth]
    return np.array([norms.min(axis=2), norms.max(axis=2)])


# %% [markdown]
# ## The promises
#
# Constants for $m\to\infty$ would be $c_{w,0}=2$; we take $2.1$, and $1+\sqrt3+0.1$ for patches of three
# pixels. Each entry is such a bound as a function of $c$, and `nan` where its hypotheses end: $x\le1.59$
# for the lower bounds of du18, $c_\lambda<1$ and $c_{res}<1$ for the upper ones, $c^2\le\frac1{256}$ for
# zhang22, whose band has half-width $256c^2$.

# %%
nan, exp, at_zero, c_w = np.nan, np.exp, np.log(2), 2.1
c_phi = network.SOFTPLUS.normaliser
first = 1 + (setting.input_dim / setting.width) ** 0.5 + 0.1  # ||W^(1)|| / sqrt(m)
c_patch = 3**0.5 * (1 + 3**0.5 + 0.1)  # sqrt(q) c_{w,0}: x = c_patch c
root_p = setting.pixels**0.5
at_rest = (c_phi * at_zero**2 / 2) ** 0.5  # sqrt(c_sigma / (2 c_{sigma,0}))
promises = {  # network: paper: (lower end, upper end) at c
    "softplus": {
        "du18 B.1": (
            lambda c: exp(-c_w * c) / 2 - c * at_zero if c_w * c <= 1.59 else nan,
            lambda c: exp(c_w * c) * (2 + c * at_zero) if c < 1 else nan,
        ),
        "gulcu19 (3.25)": (
            lambda c: nan,
            lambda c: (c_phi**0.5 * first + (c_phi**0.5 + c) * at_zero) * exp(c_w * c) if c < 1 else nan,
        ),
    },
    "frei19": {  # c = theta L, c_lambda = sqrt(2) c
        "frei19 4.1": (lambda c: 1 / 4, lambda c: 18 * exp(3 * 2**0.5 * c)),
        "du18 B.1": (
            lambda c: exp(-c_w * 2**0.5 * c) / 2 if c_w * 2**0.5 * c <= 1.59 else nan,
            lambda c: 2 * exp(c_w * 2**0.5 * c) if 2**0.5 * c < 1 else nan,
        ),
        "gulcu19 (3.25)": (
            lambda c: nan,
            lambda c: 2**0.5 * first * exp(c_w * 2**0.5 * c) if 2**0.5 * c < 1 else nan,
        ),
    },
    "convolutional": {
        "du18 C.1": (
            lambda c: root_p * (at_rest * exp(-c_patch * c) - c * at_zero) if c_patch * c <= 1.59 else nan,
            lambda c: (
                exp(c_patch * c) * (c_phi**0.5 * (root_p * at_zero + c_patch) + c * root_p * at_zero)
                if c_patch * c <= 1.59
                else nan
            ),
        ),
    },
    "zhang22": {
        "zhang22 2": (
            lambda c: 1 - 256 * c**2 if 256 * c**2 <= 1 else nan,
            lambda c: 1 + 256 * c**2 if 256 * c**2 <= 1 else nan,
        ),
    },
}

# %% [markdown]
# **What wide networks do.** A prediction to compare with. Let $q=\|x\|$ and $s=\langle x,\mathbf
# 1\rangle/\sqrt m$. Given $x$, the entries of $Wx$ are independent $N(0,q^2)$, whatever the entries of $x$
# are. So in a wide network the branch has mean entry $\mu(q)=\mathbb E\sigma(qX)$, mean square
# $\nu(q)=\mathbb E\sigma(qX)^2$, and one block with scale $t=c/H$ gives
#
# $$q^2\leftarrow q^2+2t\,\mu(q)\,s+t^2\nu(q),\qquad s\leftarrow s+t\,\mu(q).$$
#
# For the ReLU with frei19's weights and $L\to\infty$ it is solved by
# $q=\cosh\kappa+\frac{\sinh\kappa}{\sqrt\pi}$ with $\kappa=c/\sqrt\pi$, $c=\theta L$. For zhang22 the
# {prf:ref}`chapter <zhang22.lem2>` bounds the mean growth of $\|h_l\|^2$ per layer between $\tau^2$ and $2\tau^2$, so
# $\|h_l\|$ grows like $e^{\tau^2l/2}$ at least and $e^{\tau^2l}$ at most.

# %%
z = np.linspace(-9, 9, 3601)
density = np.exp(-(z**2) / 2) / np.sum(np.exp(-(z**2) / 2))


def wide_norm(activation, scale, depth):
    """The recursion above: ||x^(depth)|| in an infinitely wide network with N(0, 1) weights and scale t."""
    q, s = 1.0, activation.normaliser**0.5 * density @ np.asarray(activation.function(z))
    for _ in range(depth - 1):
        values = np.asarray(activation.function(q * z))
        mean, square = density @ values, density @ values**2
        q = (q**2 + 2 * scale * mean * s + scale**2 * square) ** 0.5
        s = s + scale * mean
    return q


def wide(name, scale, depth):
    if name == "zhang22":
        return np.exp(scale**2 * depth)  # the upper drift
    return (
        wide_norm(network.SOFTPLUS, scale, depth)
        if name == "softplus"
        else wide_norm(network.RELU, 2**0.5 * scale, depth)
    )


# %% [markdown]
# ## Bands and norms
#
# At every $c$ the points are the smallest and the largest norm over the layers, with 5 to 95 % of the
# draws; the dotted line is the wide network (zhang22: the two drifts). Coloured lines are the promises, and
# a line ends where its hypotheses end.

# %% mystnb={"image": {"alt": "Four panels of norms on a logarithmic axis against the scale c from 1/32 to 2. Softplus: measured norms run from 0.9 to 3, the upper promises of du18 B.1 and gulcu19 lie at 2 to 3 and rise to about 20 at c = 1, the lower promise of du18 falls to 0 at c = 0.3, the promise of nfres at c = 1 is 0.27 to 6.8. ReLU: measured norms 0.8 to 2, frei19 promises 1/4 and an upper end from 20 to 90000, du18 B.1 from 2 to about 15. Convolutional: measured norms 1.6 to 8, promise for c up to 0.3 only, at the upper end 8 to 30. zhang22: measured norms 0.7 to 40, and a promise for c up to 1/16 only, which widens from 1 plus or minus 1/4 to 1 plus or minus 1."}} tags=["hide-input"]
colours = {"du18": "#0072B2", "gulcu19": "#009E73", "frei19": "#D55E00", "zhang22": "#CC79A7", "nfres": "#882255"}
styles = {"du18": "--", "gulcu19": "-.", "frei19": "-", "zhang22": "-", "nfres": "-"}
titles = {
    "softplus": "softplus, c/H: du18, gulcu19, nfres (c = 1)",
    "frei19": "ReLU, θ = c/L: frei19; du18 with $c_\\lambda=\\sqrt{2}c$",
    "convolutional": "softplus, convolutional, c/H: du18",
    "zhang22": "ReLU after the sum, τ = c/√L: zhang22",
}
fine = 2.0 ** np.linspace(-5, 1, 61)
figure, axes = plt.subplots(4, 1, figsize=(5, 11), sharex=True, layout="constrained")
for axis, name in zip(axes, titles, strict=True):
    for ends, marker, which in zip(extremes(name), "v^", ("smallest", "largest"), strict=True):
        low, middle, high = np.quantile(ends, [0.05, 0.5, 0.95], axis=0)
        bars = np.array([middle - low, high - middle])
        _ = axis.errorbar(
            scales,
            middle,
            bars,
            fmt=marker,
            color="black",
            markersize=5,
            capsize=3,
            label=which if name == "zhang22" else None,
        )
    if name == "zhang22":
        for rate in (0.5, 1):
            _ = axis.plot(
                fine,
                np.exp(rate * fine**2),
                ":",
                color="black",
                label="drift $e^{c^2/2}$, $e^{c^2}$" if rate == 1 else None,
            )
    elif name in nets:
        per_block = fine / setting.depth
        _ = axis.plot(fine, [wide(name, t, setting.depth) for t in per_block], ":", color="black", label="wide network")
    for paper, ends in promises[name].items():
        short = paper.split()[0]
        for k, end in enumerate(ends):
            values = np.array([end(c) for c in fine])
            label = paper if k == 1 else None
            _ = axis.plot(
                fine, np.where(values > 0, values, nan), styles[short], color=colours[short], linewidth=1.8, label=label
            )
    _ = axis.set(xscale="log", yscale="log", ylim=(0.1, 1e6 if name == "frei19" else 1000))
    _ = axis.set_title(titles[name], fontsize=11, loc="left")
    _ = axis.set_ylabel("‖x⁽ˡ⁾‖")
spread = 1 - c_phi * float(density @ np.logaddexp(0, z)) ** 2  # rho of nfres
both = (spread**0.5 / 2, 2 * exp((1 + at_zero**2) ** 0.5))
_ = axes[0].plot([1, 1], both, "s-", color=colours["nfres"], markersize=5, label="nfres 5")
for axis in axes:
    _ = axis.legend(fontsize=9, loc="upper left", ncols=2, framealpha=1)
_ = axes[-1].set_xlabel("scale c")
_ = axes[-1].set_xticks([1 / 32, 1 / 16, 1 / 8, 1 / 4, 1 / 2, 1, 2], ["1/32", "1/16", "1/8", "1/4", "1/2", "1", "2"])
_ = axes[-1].minorticks_off()

# %% [markdown]
# The same in numbers: the 5 % quantile of the smallest and the 95 % quantile of the largest norm, rounded
# outward, and the promises in brackets.


# %%
def shown(low, high):
    ends = [0.0 if np.isnan(low) or low <= 0 else round_outward(float(low), -1, digits=2)]
    ends += [round_outward(float(high), +1, digits=2)]
    return "{:g} to {:g}".format(*ends)


for name, index in (("softplus", 3), ("frei19", 3), ("convolutional", 2), ("zhang22", 1)):
    smallest, largest = extremes(name)[:, :, index]
    print(f"{name}, c = {scales[index]:g}: {shown(np.quantile(smallest, 0.05), np.quantile(largest, 0.95))}")
    for paper, (lower, upper) in promises[name].items():
        print(f"    [{paper}: {shown(lower(scales[index]), upper(scales[index]))}]")
outside = np.sum((plain.min(axis=2) < 0.5) | (plain.max(axis=2) > 2))
print(f"fully connected, H = {setting.depth}: {outside} of {setting.draws} networks leave [1/2, 2] (du18 A.1)")

# %% [markdown]
# ## Depth
#
# Which scale does each network bear? Here $c=1$, once with $1/L$ and once with $1/\sqrt L$.

# %% mystnb={"image": {"alt": "Two panels of the largest norm against the depth from 4 to 256. With scale 1/L all three networks stay constant: softplus near 1.8, frei19 near 1.5, zhang22 falls to 1. With scale 1 over root L, zhang22 stays near 2.5, while softplus and frei19 rise steeply, frei19 to thousands, past the constant of its lemma."}} tags=["hide-input"]
figure, axes = plt.subplots(2, 1, figsize=(5, 7), sharex=True, layout="constrained")
looks = {
    "softplus": ("s", "#0072B2", "softplus: du18, gulcu19"),
    "frei19": ("^", "#D55E00", "frei19"),
    "zhang22": ("o", "#CC79A7", "zhang22"),
}
for axis, power in zip(axes, (1, 0.5), strict=True):
    for shift, (name, (marker, colour, label)) in enumerate(looks.items()):
        points = [k for k in range(len(at_depth), len(grid)) if grid[k][2] == power]
        largest = np.array([drawn[name][:, k, : grid[k][1]].max(axis=1) for k in points])
        low, middle, high = np.quantile(largest, [0.05, 0.5, 0.95], axis=1)
        at = depths * 1.06 ** (shift - 1)
        bars = np.array([middle - low, high - middle])
        _ = axis.errorbar(at, middle, bars, fmt=marker, color=colour, capsize=3, markersize=6, label=label)
        line = [wide(name, block_scales(name)[k], grid[k][1]) for k in points]
        _ = axis.plot(depths, line, ":", color=colour)
    _ = axis.set(xscale="log", yscale="linear" if power == 1 else "log", ylabel="max of ‖x⁽ˡ⁾‖")
    _ = axis.set_title("scale 1/L" if power == 1 else "scale 1/√L", fontsize=11, loc="left")
    _ = axis.set_xticks(depths, [str(depth) for depth in depths])
    _ = axis.minorticks_off()
_ = axes[0].set_ylim(0, 4)
_ = axes[1].axhline(18 * exp(3 * 2**0.5), color="#D55E00", linestyle="--", label="$C_2$ of frei19 4.1, c = 1")
_ = axes[0].legend(fontsize=9, loc="upper left")
_ = axes[1].legend(fontsize=9, loc="upper left")
_ = axes[1].set_xlabel("depth L")

# %% [markdown]
# In numbers: how many frei19 networks exceed the $C_2=18e^{3\sqrt2}$ of frei19's chapter at $\theta=1/\sqrt
# L$, which the lemma excludes.

# %%
for k in range(len(at_depth), len(grid)):
    _, depth, power = grid[k]
    if power == 0.5:
        count = int(np.sum(drawn["frei19"][:, k, :depth].max(axis=1) > 18 * exp(3 * 2**0.5)))
        print(f"L = {depth}: {count} of {setting.draws}")

# %% [markdown]
# ## What is sharp, and what is loose
#
# - **The scale $1/L$** is the right one for a branch $\sigma(Wx)$ with a mean (du18, nfres, gulcu19,
#   frei19): at $c/\sqrt L$ the norm grows like $e^{\kappa\sqrt L}$. **The scale $1/\sqrt L$** is the right
#   one for zhang22, whose branch has mean zero: $1/L$ would do nothing in the limit, as the first panel on
#   depth shows.
# - **Upper ends.** All share the form $e^{\text{constant}\cdot c}$, and the constant is too large. For the
#   ReLU the wide network has $\frac1{\sqrt\pi}\approx0.56$ per unit of $\theta L$; du18 and gulcu19 have
#   $2.1\sqrt2\approx3.0$, frei19's chapter $3\sqrt2\approx4.2$. More than five and seven times too much, in
#   the exponent. The reason is one: a spectral norm is paid for where the image of one vector would do.
#   The proof with constants in the nfres chapter avoids it; its exponent for softplus is 1.22 in place of 2.1.
# - **Factors in front.** 2 in du18 and nfres, about 2 at $m=64$, $d=4$ in gulcu19, 18 in frei19's chapter.
#   The first layer needs $1+O(m^{-1/2})$.
# - **Lower ends** $\frac12e^{-x}$ are loose by all of $e^{-x}$ for non-negative activations: the smallest
#   norm is that of the first layer.
# - **zhang22**: a half-width of $256c^2$ where the drift needs $e^{c^2}-1$, so loose by about 256.
# - **Widths.** At a width of 64 the norms printed above are well inside every band. The lemmas ask for
#   thousands or more.
#
# ## What they could borrow from each other
#
# - **Monotonicity** ({ref}`frei19 (14) <frei19.eq14>`): if $\sigma\ge0$ no entry of a state ever falls, so
#   $\|x^{(h)}\|\ge\|x^{(1)}\|$, for all weights. It would give du18 B.1, C.1 and nfres 5 a lower end of the
#   first layer's, for softplus, without $e^{-x}$, without a small $c_\lambda$, without spectral norms, and
#   with $\sigma(0)\ne0$.
# - **Convexity** ({ref}`after zhang22 (24) <zhang22.eq24.s2>`): $\xi_a\le\Delta_a\le\xi_a+\zeta_a$, where
#   the paper itself proves only $\Delta_a\ge\xi_a-\zeta_a$.
# - **Concentration.** zhang22 and frei19 have exponential tails, du18 and nfres Chebyshev's inequality.
#   Gaussian concentration turns $n/\delta$ into $\log(n/\delta)$, as in a repair of {doc}`du18 A.1
#   <du18-lemma-a1>`.
# - **Martingales** (the repairs of {doc}`du18 B.1 <du18-lemma-b1>` and {doc}`nfres 5 <nfres-lemma-5>`):
#   directions orthogonal to $(1,\dots,1)$ do not see the mean of the branch, and no spectral norm enters.
#   This serves activations of either sign, where monotonicity does not help.
# - **All weights** (gulcu19): the product bound holds for every network, so it survives training. du18,
#   nfres and frei19 use the same product at initialisation and prove it again later.
# - **All inputs** (frei19): one net of the sphere replaces the union over $n$ inputs, at the price of $d$
#   in the width.
# - **$\sigma(0)=0$**: where $|\sigma(z)|\le L|z|$ is used (du18 B.1 and C.1, nfres 5, gulcu19 (3.25)), say
#   so, or add $|\sigma(0)|$.
#
# ## What to doubt
#
# The wide network is a law of large numbers, used here as a prediction and not proved; the points agree
# with it. One input, one width, fifty draws. The promised lines use $c_{w,0}=2.1$, which a matrix of width
# 64 exceeds now and then; for a line in a figure this does not matter.
