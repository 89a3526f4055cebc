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
# # One family of seven networks

# %% tags=["remove-cell"]
from importlib.util import find_spec

from IPython import get_ipython

if find_spec("resnet_lab") is None:
    address = "git+https://github.com/resnet-lab/executable-proofs"
    get_ipython().run_line_magic("pip", f"install -q 'resnet-lab @ {address}'")

# %% [markdown]
# The five papers ({cite}`du18`, {cite}`frei19`, {cite}`gulcu19`, {cite}`nfres`, {cite}`zhang22`) study
# seven networks. Each turns an input $x$ into a first state, passes it through $L-1$ blocks, and reads a
# linear output off the last state. They differ in where the non-linearity sits, in the scale of the branch,
# and in the variance of the weights. This page builds all seven from one description. It judges no claim.
#
# Each recursion as in its paper, for blocks $2,\dots,H$ or $2,\dots,L$ (zhang22: $1,\dots,L-1$):
#
# - **gulcu19** (2.3), entries of $W$ from $N(0,1)$: $x^{(1)}=\sqrt{c_\phi/m}\,\phi(W^{(1)}x)$,
#   $\;x^{(h)}=x^{(h-1)}+\frac{c_{res}}{H\sqrt m}\phi(W^{(h)}x^{(h-1)})$.
# - **du18 ResNet** (3), $N(0,1)$: $x^{(1)}=\sqrt{c_\sigma/m}\,\sigma(W^{(1)}x)$,
#   $\;x^{(h)}=x^{(h-1)}+\frac{c_\lambda\lambda^{3/2}}{H\sqrt m}\sigma(W^{(h)}x^{(h-1)})$.
# - **du18 fully connected** (2), $N(0,1)$: $x^{(h)}=\sqrt{c_\sigma/m}\,\sigma(W^{(h)}x^{(h-1)})$ for all
#   $h$, no skip.
# - **du18 convolutional** (section 2.2): the ResNet with $W^{(h)}$ applied to patches of the state, an
#   array of $m$ channels by $p$ pixels. The paper calls the operator that cuts them $\phi$.
# - **nfres**, $N(0,1)$: $x^{(1)}$ as du18, $\;x^{(h)}=x^{(h-1)}+\frac{\alpha_h}{H\sqrt
#   m}\sigma(W^{(h)}x^{(h-1)})$, where $\alpha_h$ is trained and starts at 1.
# - **zhang22** (section 2), $N(0,2/m)$: $h_0=\phi(Ax)$, $\;h_l=\phi(h_{l-1}+\tau W_lh_{l-1})$, and at the
#   end $h_L=\phi(W_Lh_{L-1})$.
# - **frei19** (section 2), $N(0,2/m_l)$: $x_1=\sigma(W_1^\top x)$, $\;x_l=x_{l-1}+\theta\sigma(W_l^\top
#   x_{l-1})$, and at the end $x_{L+1}=\sigma(W_{L+1}^\top x_L)$.
#
# The [page on notation](notation.md) compares their letters.

# %%
import jax
import jax.numpy as jnp
import jax.random as jr
import matplotlib.pyplot as plt
import numpy as np
from matplotlib.patches import FancyBboxPatch

from resnet_lab import measure, network, page

chapter = page.Chapter("start/family")

# %% [markdown]
# One setting for all seven. Change these numbers and run the page again.

# %%
setting = chapter.setting(
    depth=16,  # L, H
    width=32,  # m
    input_dim=4,  # d, p
    branch_scale=0.5,  # c: c_res, c_lambda lambda^(3/2), tau sqrt(L), theta L
    pixels=4,  # p of du18, convolutional
)

# %% [markdown]
# ## The description
#
# A network is described by words that its recursion can be read off: the first layer, the block, its factor
# $s$, whether a layer $\phi(Wx)$ follows, and the variance of the weights. `W x` means $W^\top x$ where
# weights are stored transposed, and $W$ on patches in the convolutional network.

# %%
for row in network.ARCHITECTURES.values():
    print(row.name)
    print("  first: ", row.first)
    print("  block: ", row.block)
    print("  s:     ", row.factor)
    print("  last:  ", "phi(W x)" if row.last else "none")
    print("  var W: ", row.variance)
    print("  output:", row.output)

# %% [markdown]
# There are only three kinds of block. In the first the non-linearity sits on the branch, in the second
# after the sum, and the third has no skip connection.

# %% mystnb={"image": {"alt": "Diagram of the three blocks. One: the state x goes through W, then phi, then a factor s, and is added to x itself, which skips them; used by gulcu19, du18 ResNet, du18 convolutional, nfres and frei19. Two: x goes through W and the factor tau, is added to x, and phi is applied to the sum; used by zhang22. Three: x goes through W, phi and a factor, and nothing skips them; used by du18 fully connected."}} tags=["hide-input"]
BLUE, ORANGE = "#0072B2", "#E69F00"
figure, axes = plt.subplots(3, 1, figsize=(5, 5.4), layout="constrained")


def draw_block(axis, title, boxes, skip_to):
    """Boxes from left to right along one arrow; the skip goes from x over the boxes to the box `skip_to`."""
    place = {name: 1.2 * k for k, name in enumerate(boxes)}
    _ = axis.annotate(
        "", (1.2 * len(boxes) - 1.7, 0), (0, 0), arrowprops=dict(arrowstyle="-|>", color="black"), zorder=0
    )
    for name, at in place.items():
        colour = ORANGE if name in ("$\\phi$", "$\\sigma$") else "white"
        shape = FancyBboxPatch(
            (at - 0.3, -0.25), 0.6, 0.5, boxstyle="round,pad=0.06", facecolor=colour, edgecolor="black"
        )
        if name not in ("$x$", "next"):
            _ = axis.add_patch(shape)
        white = dict(facecolor="white", edgecolor="none", pad=3) if name == "$x$" else None
        _ = axis.text(at, 0, name, ha="center", va="center", fontsize=13, bbox=white)
    if skip_to:
        corners = [(0, 0.3), (0, 0.85), (place[skip_to], 0.85)]
        _ = axis.plot(*zip(*corners, strict=True), color=BLUE, linewidth=2)
        arrow = dict(arrowstyle="-|>", color=BLUE, linewidth=2, shrinkA=0, shrinkB=0)
        _ = axis.annotate("", (place[skip_to], 0.3), (place[skip_to], 0.87), arrowprops=arrow)
        _ = axis.text(place[skip_to] / 2, 0.95, "skip connection", ha="center", fontsize=10, color=BLUE)
    _ = axis.set(xlim=(-0.5, 6.6), ylim=(-0.5, 1.35), aspect="equal")
    _ = axis.set_title(title, fontsize=11, loc="left")
    _ = axis.axis("off")


residual = "x + s φ(W x): gulcu19, nfres, frei19,\ndu18 ResNet and convolutional"
draw_block(axes[0], residual, ["$x$", "$W$", "$\\phi$", "$s$", "+", "next"], skip_to="+")
draw_block(axes[1], "φ(x + τ W x): zhang22", ["$x$", "$W$", "$\\tau$", "+", "$\\phi$", "next"], skip_to="+")
draw_block(axes[2], "s φ(W x): du18 fully connected", ["$x$", "$W$", "$\\phi$", "$s$", "next"], skip_to=None)

# %% [markdown]
# The place matters. On the branch a ReLU or a softplus only ever adds: no entry of the state can fall, and
# all of them drift upwards together. After the sum it can also cut an entry off, and the branch itself has
# mean zero. Hence a scale of order $1/L$ in four papers and $1/\sqrt L$ in zhang22.
#
# ## Seven settings
#
# Each constructor takes the words of its paper. The scale is the papers' own: of order $1/L$, except
# $1/\sqrt L$ in zhang22. In gulcu19, du18 and nfres the description divides by the depth, in the other two
# we do.

# %%
sizes = dict(depth=setting.depth, width=setting.width, input_dim=setting.input_dim)
c, L = setting.branch_scale, setting.depth
family = {
    "gulcu19": network.gulcu19(**sizes, branch_scale=c),
    "du18 ResNet": network.du18_resnet(**sizes, branch_scale=c),
    "du18 fully connected": network.du18_fully_connected(**sizes),
    "du18 convolutional": network.du18_convolutional(**sizes, branch_scale=c, pixels=setting.pixels),
    "nfres": network.nfres(**sizes),
    "zhang22": network.zhang22(**sizes, branch_scale=c / L**0.5),
    "frei19": network.frei19(**sizes, branch_scale=c / L),
}

# %% [markdown]
# A size or a scale that makes no sense is refused, with the reason.

# %%
try:
    network.zhang22(**sizes, branch_scale=-0.1)
except ValueError as error:
    print("ValueError:", error)

# %% [markdown]
# ## One network, one input
#
# `sample` draws a network. It holds the weights of the first layer, of all blocks at once with the depth as
# first axis, and of the rest.

# %%
tau = c / L**0.5
net = network.sample(family["zhang22"], key=chapter.key("one network"))
A, W, W_L, B = net.first, net.blocks, net.last, net.output
print("zhang22: A", A.shape, "W", W.shape, "W_L", W_L.shape, "B", B.shape)

# %% [markdown]
# `hidden_states` runs it on one input, here of norm 1, and returns all states, first layer to last.

# %%
x = jnp.ones(setting.input_dim) / setting.input_dim**0.5
states = network.hidden_states(net, x)
print("hidden states", states.shape, "output", network.forward(net, x).shape)

# %% [markdown]
# Nothing is hidden in them: here is the recursion written out in the letters of the paper, beside the
# package.

# %%
h = [jax.nn.relu(A @ x)]  # h_0
for W_l in W:
    h.append(jax.nn.relu(h[-1] + tau * W_l @ h[-1]))  # h_1 .. h_{L-1}
h.append(jax.nn.relu(W_L @ h[-1]))  # h_L
print("equal to 1e-12:", bool(jnp.allclose(jnp.stack(h), states, rtol=0, atol=1e-12)))

# %% [markdown]
# ## Many inputs, many draws
#
# These functions take one network and one input. For several inputs map them with `jax.vmap`.

# %%
run = jax.jit(network.hidden_states)
inputs = network.unit_norm(jr.normal(chapter.key("inputs"), (5, setting.input_dim)))
many = jax.vmap(lambda x: run(net, x))(inputs)
print("zhang22, five inputs: hidden states", many.shape)

# %% [markdown]
# Several draws are several keys. If only norms are wanted they can be drawn *in law*, without weights,
# which is much cheaper; most chapters do so.

# %%
keys = jr.split(chapter.key("in law"), 1000)
norms = jax.vmap(lambda key: measure.layer_norms_in_law(family["zhang22"], x[None], key=key))(keys)
print("zhang22, 1000 draws, one input: norms", norms.shape)

# %% [markdown]
# Now all seven, with weights. An input of the convolutional network has a second axis, its pixels, and so
# have its states.


# %%
def draw_states(name, count=30):
    """Hidden states of one unit input in `count` independent networks: (count, states, width[, pixels])."""
    shape = (setting.input_dim, setting.pixels) if "convolutional" in name else (setting.input_dim,)
    x = np.ones(shape) / np.prod(shape) ** 0.5
    keys = jr.split(chapter.key(name), count)
    return np.stack([run(network.sample(family[name], key=key), x) for key in keys])


drawn = {name: draw_states(name) for name in family}
for name, states in drawn.items():
    print(f"{name}: 30 draws, states {states.shape}")

# %% [markdown]
# The figure shows $\|x^{(l)}\|$ against the layer $l$, counted from 1, for one unit input and 30 networks
# each. Dots are medians.

# %% mystnb={"image": {"alt": "Seven small panels, the norm of the state against the layer, median and range of 5 to 95 percent of 30 networks. gulcu19 and du18 ResNet look the same and rise slowly from 1 to about 1.3. nfres, at scale 1, rises to about 1.7. du18 convolutional starts near 1.8 and rises to about 2.7. frei19 and zhang22 rise to about 1.1 with a wider range, and du18 fully connected stays near 1."}} tags=["hide-input"]
figure, axes = plt.subplots(4, 2, figsize=(5, 7), sharex=True, sharey=True, layout="constrained")
for axis, (name, states) in zip(axes.flat, drawn.items(), strict=False):
    values = np.sqrt(np.sum(np.square(states), axis=tuple(range(2, states.ndim))))
    layers = np.arange(1, values.shape[1] + 1)
    low, middle, high = np.quantile(values, [0.05, 0.5, 0.95], axis=0)
    _ = axis.fill_between(layers, low, high, color=BLUE, alpha=0.3, linewidth=0, label="5 % to 95 %")
    _ = axis.plot(layers, middle, "o-", color=BLUE, markersize=3, linewidth=1, label="median")
    _ = axis.axhline(1, color="black", linestyle=":", linewidth=1)
    _ = axis.set_title(name, fontsize=11)
_ = axes[-1, -1].axis("off")
_ = axes[-1, -1].legend(*axes[0, 0].get_legend_handles_labels(), loc="center", fontsize=11)
_ = axes[0, 0].set_ylim(bottom=0)
_ = figure.supylabel("norm of the state, ‖x⁽ˡ⁾‖")
_ = figure.supxlabel("layer l")
_ = axes[2, 1].tick_params(labelbottom=True)

# %% [markdown]
# Six of the seven start near 1; the convolutional network starts higher, since softplus is not 0 at 0 and
# every pixel answers. gulcu19 and du18 ResNet are the same network at initialisation, and nfres is that
# network at scale 1: the three papers differ in what they train and in the output layer. The growth is of
# order one, whatever the depth: that is what the lemmas of the next part say, and {prf:ref}`zhang22.lem2`
# is a good one to begin with. The {doc}`page that compares them <../norms/side-by-side>` asks how sharp
# they are.
