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
# # A sum over paths does not dominate a residual network, and is not needed

# %% tags=["remove-cell"]
from importlib.util import find_spec

from IPython import get_ipython

if find_spec("resnet_lab") is None:
    address = "git+https://github.com/resnet-lab/executable-proofs"
    get_ipython().run_line_magic("pip", f"install -q 'resnet-lab @ {address}'")

# %% [markdown]
# ```{prf:lemma} gulcu19, (2.4)
# :label: gulcu19.eq2.4
# With $s=c_{res}/(H\sqrt m)$, the last hidden state of the network (2.3) is bounded by the sum over all
# paths, entry by entry, for every input, all weights and every depth $H$:
#
# $$|x^{(H)}|\le\sqrt{\tfrac{c_\phi}m}\,|\phi(W^{(1)}x)|
# +\sum_{\emptyset\ne\{h_1<\dots<h_k\}\subseteq\{2,\dots,H\}}
# s\,\Bigl|\phi\Bigl(sW^{(h_k)}\phi\Bigl(sW^{(h_{k-1})}\cdots
# \phi\Bigl(\sqrt{\tfrac{c_\phi}m}\,W^{(h_1)}\phi(W^{(1)}x)\Bigr)\cdots\Bigr)\Bigr)\Bigr|.$$
# ```
#
# **Hypotheses.**
# - $x^{(1)}=\sqrt{c_\phi/m}\,\phi(W^{(1)}x)$ and $x^{(h)}=x^{(h-1)}+s\,\phi(W^{(h)}x^{(h-1)})$ for
#   $2\le h\le H$, with $0<c_{res}<1$;
# - $|\phi'|\le B$ and $|\phi''|\le M$ (softplus; the paper also names ReLU, which has no derivative at 0);
# - $|\phi(a+b)|\le|\phi(a)|+|\phi(b)|$ for all real $a,b$, which holds for both.
#
# **Reading.** The factors stand as printed. The innermost one, $\sqrt{c_\phi/m}\,\phi(W^{(1)}x)$, is
# $x^{(1)}$, so a path of one block brings $s\,|\phi(W^{(h_1)}x^{(1)})|$, a path of two blocks
# $s\,|\phi(sW^{(h_2)}\phi(W^{(h_1)}x^{(1)}))|$. The bars are absolute values of entries, as norms have double
# bars in the paper; with a norm for every bar the claim is false as well, and one of the mutants shows it.
#
# **The idea in the paper.** Induction over $H$: split $\phi(W^{(H)}x^{(H-1)})$ along the paths that make up
# $x^{(H-1)}$. **Where it breaks.** At depth 4 one has to bound $|\phi(W^{(4)}s\,\phi(a+b))|$, where $a$ and
# $b$ are what two paths bring to block 3. Subadditivity bounds $|\phi(a+b)|$, but $W^{(4)}$ stands in front
# of it: its rows subtract entries of $\phi(a+b)$ from each other, and a bound on the size of each entry says
# nothing about a difference. The smallest ReLU example has width 2 (at width 1 the states are non-negative
# and both sides agree): $a=(1,1)$, $b=(0,-1)$ and the row $(1,-1)$ of $W^{(4)}$. Then $\phi(a)=(1,1)$ and
# $\phi(b)=(0,0)$ are cancelled by the row, and $\phi(a+b)=(1,0)$ is not.
#
# **What we check.** Both sides at one network of depth 4 and width 2 with whole-number weights: in ball
# arithmetic for softplus, which meets every hypothesis (take $x^{(1)}$ large and softplus is nearly a ReLU),
# and in rational arithmetic for ReLU. One network with a certain violation refutes the claim. Any $x^{(1)}>0$
# is the first state of some input and weights, whatever $c_\phi>0$. Then we draw networks at the paper's own
# initialisation, since a rare example would be a smaller flaw.

# %%
from dataclasses import replace
from fractions import Fraction
from functools import partial
from itertools import combinations, product
from math import inf, prod

import jax.numpy as jnp
import jax.random as jr
import matplotlib.pyplot as plt
import numpy as np
import sympy as sp

from resnet_lab import network
from resnet_lab.evidence import all_of, binomial_interval, draws_needed, exact, judge, sampled
from resnet_lab.limits import ball, normaliser
from resnet_lab.page import Chapter

chapter = Chapter("norms/gulcu19-paths")

# %% [markdown]
# The setting: the depth $H$, a factor on the weights of the example, and the width of the random networks.

# %%
setting = chapter.setting(depth=4, weight=1, width=128)

# %% [markdown]
# The recursion (2.3) as it stands, and what the paths on the right side of (2.4) bring: each block leaves a
# path alone or extends it. Both take arrays of fractions, of balls or of floats.


# %%
def last_state(blocks, first, s, phi):
    state = first
    for weights in blocks:
        state = state + s * phi(weights @ state)
    return state


def all_paths(blocks, first, s, phi):
    if len(blocks) > 11:
        raise ValueError(f"depth must be at most 12, got {len(blocks) + 1}: there are 2^(H-1) paths")
    paths = [first]
    for weights in blocks:
        paths = paths + [s * phi(weights @ path) for path in paths]
    return paths


def path_sum(blocks, first, s, phi):
    return sum(abs(path) for path in all_paths(blocks, first, s, phi))


# %% [markdown]
# Each activation comes with the numbers on which it is exact; softplus is enclosed in balls.

# %%
ACTIVATIONS = {  # name: (phi, kind of number); |phi'| <= B = 1 for all of them
    "relu": (np.vectorize(lambda z: max(z, Fraction(0)), otypes=[object]), Fraction),
    "relu + 1": (np.vectorize(lambda z: 1 + max(z, Fraction(0)), otypes=[object]), Fraction),
    "linear": (lambda z: z, Fraction),
    "softplus": (np.vectorize(lambda z: (1 + z.exp()).log(), otypes=[object]), ball),
}


def exactly(kind, numbers):
    return np.vectorize(kind, otypes=[object])(np.array(numbers, dtype=object))


# %% [markdown]
# The example: $s=1/(2H)$, that is $c_{res}=1/\sqrt2$ at width 2, and $x^{(1)}=(t,t)$. Blocks beyond the
# fourth are zero.


# %%
def example(depth, weight=1, size=1, kind=Fraction):
    blocks = [[[2 * depth, 0], [0, 0]], [[0, weight], [-weight, 2 * weight]], [[weight, -weight], [0, 0]]]
    blocks = (blocks + [[[0, 0], [0, 0]]] * depth)[: depth - 1]
    s = kind(Fraction(1, 2 * depth))
    return [exactly(kind, block) for block in blocks], exactly(kind, [size, size]), s


def weights_in_words(blocks):
    whole = [[[int(float(w)) for w in row] for row in block] for block in blocks]
    return ", ".join(f"W^({h}) = {block}" for h, block in enumerate(whole, start=2)) or "no blocks"


# %% [markdown]
# The check compares the first entries of both sides. It can ask for less: a constant factor on the right, or
# norms (in ball arithmetic) in place of entries.


# %%
def norm(vector):
    return (vector @ vector).sqrt()


def check_paths(
    activation="softplus",
    size=10**6,
    depth=setting.depth,
    layers=None,  # the first layers only
    weight=setting.weight,
    factor=1,
    norms=False,
):
    phi, kind = ACTIVATIONS[activation]
    blocks, first, s = example(depth, weight, size, kind)
    blocks = blocks[: (layers or depth) - 1]
    state, paths = last_state(blocks, first, s, phi), all_paths(blocks, first, s, phi)
    measure = norm if norms else lambda vector: abs(vector[0])
    left, right = measure(state), factor * sum(measure(path) for path in paths)
    at = f"{activation}, m = 2, s = 1/{2 * depth}, x^(1) = ({size}, {size}), {weights_in_words(blocks)}"
    return exact.compare(left, right, at=at)


# %%
chapter.judge("gulcu19.eq2.4", check_paths, expect="REFUTED",
    mutants={"for ReLU": dict(activation="relu", size=1),
        "up to a factor of 100": dict(factor=100, weight=10_000),
        "with norms in place of entries": dict(norms=True, weight=100)},
    reading="one network of width 2 with a certain violation; in other settings, that network only",
    severity="conclusion", repair="gulcu19.eq2.4.fix",
    survives={"gulcu19.eq3.25": "no: as printed it is false too, for another reason (phi(0)); with phi(0) = 0 it follows "
        "from the recursion itself, without (2.4)"})

# %% [markdown]
# (gulcu19.eq2.4.s3)=
# ## Not at Gaussian weights either
#
# At initialisation with ReLU, at the registered depth, width and branch scale of this page, (2.4) holds with probability
# at least one half.
#
# The paper does not say so; it is the least that a use of (2.4) at initialisation would need. $W^{(1)}x$ has independent
# $N(0,1)$ entries for a unit input. Round-off (about $10^{-15}$) is far below the margin of $10^{-9}$. This many draws
# tell one half from a claim that fails with probability 0.9 (a guess from a pilot run with another key):

# %%
draws_needed(at_most=0.5, truth=0.9)


# %%
def breaks(config, key):
    normals = jr.normal(key, (1 + (config.depth - 1) * config.width, config.width))
    first = network.first_state(config, normals[0])
    blocks = normals[1:].reshape(config.depth - 1, config.width, config.width)
    s, phi = config.branch_scale / (config.depth * config.width**0.5), config.activation.function
    left, right = last_state(blocks, first, s, phi), path_sum(blocks, first, s, phi)
    return jnp.any(abs(left) > (1 + 1e-9) * right)


def at_gaussian_weights(at_most=0.5):
    sizes = dict(depth=setting.depth, width=setting.width, input_dim=1)
    config = network.gulcu19(**sizes, branch_scale=0.7, activation=network.RELU)
    return sampled(partial(breaks, config), chapter.key("gulcu19.eq2.4"), at_most=at_most, truth=0.9)

# %%
chapter.judge("gulcu19.eq2.4.s3", at_gaussian_weights, expect="REFUTED", mutants=["at_most + 0.1"],
    reading="one input, the registered depth, width and branch scale",
    severity="conclusion", no_repair="gulcu19.eq2.4.fix holds for all weights")

# %% [markdown]
# The excess has no bound: for ReLU and $x^{(1)}=(1,1)$, with the weights of blocks 3 and 4 multiplied by $K$
# the two sides at depth 4 are $2+2sK+s^2K^2$ and $2+2sK$. At Gaussian weights and depth 4 the bound fails
# *more* often the wider the network is, since every entry of the state is one more chance.

# %% mystnb={"image": {"alt": "Left: ratio of the two sides of (2.4) against the weight factor K; it stays at 1 at depth 3 and grows without bound at depth 4. Right: fraction of Gaussian ReLU networks that break (2.4) against the width; at depth 4 it rises from near 0 at width 2 to near 1 at width 128, at larger depths it rises later; for softplus it stays at 0."}} tags=["hide-input"]
figure, (left_axis, right_axis) = plt.subplots(1, 2, figsize=(9, 3.4), layout="constrained")
factors = [2**j for j in range(11)]
for depth, marker in ((3, "s"), (4, "o")):
    phi, examples = ACTIVATIONS["relu"][0], [example(depth, k) for k in factors]
    ratios = [last_state(*one, phi)[0] / path_sum(*one, phi)[0] for one in examples]
    left_axis.loglog(factors, np.array(ratios, float), marker, label=f"H = {depth}")
k = np.array(factors, float)
left_axis.loglog(k, 1 + (k / 8) ** 2 / (2 + k / 4), "-", color="C1", zorder=0, label="$1+s^2K^2/(2+2sK)$")
_ = left_axis.set(xlabel="$K$", ylabel="left side / right side of (2.4)")
_ = left_axis.legend()

widths, count, draw = (2, 8, 32, 128), 100, np.random.default_rng(jr.key_data(chapter.key("figure")).tolist())
phis = {"relu": lambda z: np.maximum(z, 0), "softplus": lambda z: np.logaddexp(z, 0)}
for depth, name in ((4, "relu"), (5, "relu"), (6, "relu"), (4, "softplus")):
    counts, phi = [], phis[name]
    for m in widths:
        s, counts = 0.7 / (depth * m**0.5), [*counts, 0]
        for _ in range(count):
            blocks, first = draw.standard_normal((depth - 1, m, m)), phi(draw.standard_normal(m)) / m**0.5
            sides = abs(last_state(blocks, first, s, phi)), path_sum(blocks, first, s, phi)
            counts[-1] += bool(np.any(sides[0] > (1 + 1e-9) * sides[1]))
    shares, ends = np.array(counts) / count, np.array([binomial_interval(n, count) for n in counts]).T
    reach = np.abs(ends - shares)
    right_axis.errorbar(widths, shares, reach, fmt="o-", capsize=2, label=f"{name}, H = {depth}")
_ = right_axis.set(xscale="log", xlabel="$m$", ylabel="share of networks that break (2.4)")
_ = right_axis.legend()

# %% [markdown]
# ## The true part: depth at most 3
#
# (gulcu19.eq2.4.s1)=
# ### (2.4) for $H\le3$
#
# For depth $H=1$, $2$ and $3$ the path bound (2.4) holds for every $\phi$ with
# $|\phi(a+b)|\le|\phi(a)|+|\phi(b)|$, every width, every input and all weights; at $H=1$ both sides are
# equal.
#
# The paper says it for $H=1$ only, where both sides are $|x^{(1)}|$. $H=2$ is the triangle inequality; $H=3$
# needs one use of subadditivity, for $|\phi(W^{(3)}(x^{(1)}+s\,\phi(W^{(2)}x^{(1)})))|$. Write $u,g,t$ for
# the sizes of the three summands of one entry of $x^{(3)}$ and $d\ge0$ for what subadditivity loses: the
# right side is $u+g+t+d$, the left one of $\pm u\pm g\pm t$. For $H=2$ set $t=d=0$. The example above is
# evaluated as well, at each depth.


# %%
def check_shallow(depths=(1, 2, 3), subadditive=True):
    corners = [replace(check_paths("relu", 1, depth), covers=True) for depth in depths]
    if any(judge(corner) == "REFUTED" for corner in corners):
        return all_of(*corners)
    u, g, t, d = sp.symbols("u g t d", nonnegative=True)
    right = u + g + t + (d if subadditive else -d)
    entries = (exact.at_most(i * u + j * g + k * t, right) for i, j, k in product((1, -1), repeat=3))
    says = "for all signs of the summands the right side exceeds the left by a sum of non-negative terms"
    return all_of(*corners, *entries, says=says)

# %%
chapter.judge("gulcu19.eq2.4.s1", check_shallow, expect="PROVED",
    mutants={"without subadditivity": dict(subadditive=False),
        "for depth 4 as well": dict(depths=(1, 2, 3, 4))})

# %% [markdown]
# (gulcu19.eq2.4.s2)=
# ### The inductive step
#
# If (2.4) holds for the first $H-1$ layers of the network, then $|\phi(a+b)|\le|\phi(a)|+|\phi(b)|$ gives it
# for all $H$ layers.
#
# In the example the premise holds for the first three layers, as it must by the claim just proved, and the
# conclusion fails for the fourth, so the step does not follow.


# %%
def check_step(**changes):
    premise, conclusion = (check_paths(depth=4, layers=layers, **changes) for layers in (3, 4))
    return conclusion if judge(premise) == "SUPPORTED" else replace(premise, low=-inf, high=inf)

# %%
chapter.judge("gulcu19.eq2.4.s2", check_step, expect="REFUTED",
    mutants={"for ReLU": dict(activation="relu", size=1)}, severity="step",
    no_repair="its conclusion is false; the induction that does work is that of gulcu19.eq2.4.fix",
    survives={"gulcu19.eq2.4": "no: it is false from depth 4 on"})

# %% [markdown]
# ## Repair: absolute values inside
#
# (gulcu19.eq2.4.fix)=
# ### (2.4), repaired
#
# If in addition $\phi(0)=0$, then, entry by entry,
#
# $$|x^{(H)}|\le\prod_{l=2}^{H}\bigl(I+sB\,|W^{(l)}|\bigr)\,|x^{(1)}|,$$
#
# where $|W|$ has the entries $|W_{ij}|$ and the factor of the last layer stands first. Multiplied out, the
# right side is $|x^{(1)}|+\sum(sB)^k|W^{(h_k)}|\cdots|W^{(h_1)}|\,|x^{(1)}|$ over the same paths as in (2.4).
#
# One layer suffices. Let $p\ge|x|$ entry by entry. Then
# $|x_i+s\,\phi(z_i)|\le|x_i|+sB\sum_j|W_{ij}||x_j|\le p_i+sB\sum_j|W_{ij}|p_j$. In the symbols below
# $x=|x_i|$, $f=|\phi(z_i)|$, and what each inequality loses is a non-negative symbol: $D=p_i-|x_i|$,
# $E=\sum_j|W_{ij}|(p_j-|x_j|)$, $T=\sum_j|W_{ij}||x_j|-|z_i|$, and $L=B|z_i|-|\phi(z_i)|$ (mean value
# theorem, with $\phi(0)=0$). So $sB\sum_j|W_{ij}|p_j=s(f+L+BT+BE)$.


# %%
def absolute_bound(blocks, first, s, constant=1, absolute=True):
    bound = abs(first)
    for weights in blocks:
        bound = bound + s * constant * ((abs(weights) if absolute else weights) @ bound)
    return bound


def check_entries(activations=("relu", "linear"), **changes):
    corners = []
    for name in activations:
        phi, kind = ACTIVATIONS[name]
        one_unit = [([exactly(kind, [[w]])], exactly(kind, [1]), kind(Fraction(1, 4))) for w in (-1, 0, 1)]
        for blocks, first, s in [example(4, kind=kind), *one_unit]:
            state, bound = last_state(blocks, first, s, phi), absolute_bound(blocks, first, s, **changes)
            at = f"{name}, x^(1) = 1 in every entry, s = {s}, {weights_in_words(blocks)}"
            entries = zip(abs(state), bound, strict=True)
            corners += [exact.compare(left, right, at=at, covers=True) for left, right in entries]
    if any(judge(corner) == "REFUTED" for corner in corners):
        return all_of(*corners)
    x, f, s, B, D, E, T, L = sp.symbols("x f s B D E T L", nonnegative=True)
    right = x + D + s * (f + L + B * T + B * E)
    steps = (exact.at_most(i * x + j * s * f, right) for i, j in product((1, -1), repeat=2))
    says = "one more block keeps the bound, entry by entry and for all sizes; the examples agree"
    return all_of(*corners, *steps, says=says)

# %%
chapter.judge("gulcu19.eq2.4.fix", check_entries, expect="PROVED",
    mutants={"signed weights": dict(absolute=False), "constant B halved": dict(constant=Fraction(1, 2)),
        "without phi(0) = 0": dict(activations=("softplus",))})

# %% [markdown]
# ## What the paper uses (2.4) for
#
# (gulcu19.eq3.25.s1)=
# ### The expansion in (3.25)
#
# For all numbers $t_2,\dots,t_N$:
#
# $$1+\sum_{\emptyset\ne S\subseteq\{2,\dots,N\}}\ \prod_{j\in S}t_j=\prod_{j=2}^{N}(1+t_j).$$
#
# Induction: the subsets of $\{2,\dots,N+1\}$ are those without $N+1$, whose sum is the left side $T$ for $N$,
# and those with it, whose sum is $t\,T$. So the left side becomes $T+tT$ and the right side $P(1+t)$. Small
# sizes are written out as well.


# %%
def check_expansion(largest=None, start=1):
    def both_sides(size):
        t = sp.symbols(f"t2:{size + 2}", real=True)
        lengths = range(1, (size if largest is None else min(size, largest)) + 1)
        return start + sum(prod(s) for k in lengths for s in combinations(t, k)), prod(1 + x for x in t)

    T, t = sp.symbols("T t", real=True)
    step = exact.identity(T + t * T, T * (1 + t))
    small = (exact.identity(*both_sides(size)) for size in range(4))
    says = "both sides agree for up to three numbers, and one number more keeps them equal"
    return all_of(*small, step, says=says)

# %%
chapter.judge("gulcu19.eq3.25.s1", check_expansion, expect="PROVED",
    mutants={"paths of at most two blocks": dict(largest=2), "without the empty path": dict(start=0)})

# %% [markdown]
# (gulcu19.eq3.25)=
# ### (3.25), the norm of a hidden state
#
# For every input $x$, all weights and $2\le h\le H+1$:
#
# $$\|x^{(h-1)}\|\le\sqrt{\tfrac{c_\phi}m}\,B\,\|W^{(1)}\|\,\|x\|
# \prod_{j=2}^{h-1}\bigl(1+sB\,\|W^{(j)}\|\bigr),\qquad s=\tfrac{c_{res}}{H\sqrt m}.$$
#
# Same hypotheses as (2.4), from which the paper derives it; the last state is $h=H+1$. With $W^{(1)}=0$ the
# right side is 0, and for $h=2$ the left is $\sqrt{c_\phi}\,|\phi(0)|$, so softplus breaks it. At Gaussian
# weights of a large width and inputs of norm 1 this does not show, since $\|W^{(1)}\|$ is then at least about
# $\sqrt m$; the paper uses the bound for all weights, however.
#
# The networks below have $H=4$, width 1, $c_{res}=\frac12$, one input $x=1$, and the third state is bounded;
# for the activations other than softplus we take $c_\phi=1$, which for ReLU and the linear one scales both
# sides alike. They refute what is false. If none of them breaks the bound, the proof follows for all sizes:
# the first state, then one block more. For the block let $r=\|x^{(h-1)}\|$, $Z=\|W^{(h)}x^{(h-1)}\|$,
# $\omega=\|W^{(h)}\|$ and $f_0=\sqrt m\,|\phi(0)|$. So far there are $k$ blocks, $1+\pi$ is the product over
# them, and $R$ bounds the first state. What the inequalities lose is non-negative: $G=\omega r-Z$ (spectral
# norm), $L=BZ+f_0-\|\phi(W^{(h)}x^{(h-1)})\|$ (mean value theorem, triangle inequality),
# $V=r+s\,\|\phi(W^{(h)}x^{(h-1)})\|-\|x^{(h)}\|$ (triangle inequality), and $D$, the bound on $r$ less $r$.


# %%
def norm_bound(first, blocks, s, at_zero, root_c, constant=1, extra=0):
    growth = prod(1 + s * constant * abs(w) for w in blocks)
    return (root_c * (constant * abs(first) + extra * at_zero) + len(blocks) * s * extra * at_zero) * growth


def check_norms(activations=("relu", "linear", "softplus"), constant=1, extra=0):
    corners = []
    for name in activations:
        phi, kind = ACTIVATIONS[name]
        s, changes = kind(Fraction(1, 8)), dict(constant=kind(constant), extra=kind(extra))
        root_c = normaliser("softplus").sqrt() if name == "softplus" else 1  # sqrt(c_phi)
        for weights in product((0, 1, -1), repeat=3):
            first, *blocks = exactly(kind, weights)
            first_state = root_c * phi(np.array([first]))
            state = last_state([np.array([[w]]) for w in blocks], first_state, s, phi)[0]
            bound = norm_bound(first, blocks, s, phi(exactly(kind, [0]))[0], root_c, **changes)
            at = f"{name}, width 1, x = 1, weights {weights}, s = 1/8"
            corners.append(exact.compare(abs(state), bound, at=at, covers=True))
    if any(judge(corner) == "REFUTED" for corner in corners):
        return all_of(*corners)
    R, pi, s, B, omega, k, f, D, G, L, V = sp.symbols("R pi s B omega k f D G L V", nonnegative=True)
    f0 = 0 if set(activations) <= {"relu", "linear"} else f  # phi(0) = 0 for these two
    r = (1 + pi) * (R + k * extra * s * f0) - D
    left = r + s * (B * (omega * r - G) + f0 - L) - V
    right = (1 + s * constant * B * omega) * (1 + pi) * (R + (k + 1) * extra * s * f0)
    Z, c = sp.symbols("Z c", nonnegative=True)  # first layer: c = sqrt(c_phi / m), ||W^(1)|| ||x|| = Z + G
    first_layer = exact.at_most(c * (B * Z + f0 - L), c * (constant * B * (Z + G) + extra * f0))
    says = "the first state and each further block keep the bound, for all sizes; width 1 agrees"
    return all_of(*corners, first_layer, exact.at_most(left, right), says=says)

# %%
chapter.judge("gulcu19.eq3.25", check_norms, expect="REFUTED",
    mutants={"for softplus only": dict(activations=("softplus",)), "with 100 B for B": dict(constant=100)},
    severity="hypothesis", repair="gulcu19.eq3.25.fix",
    survives={"gulcu19.eq3.26": "no: the same network breaks it; its repair adds phi(0) = 0",
        "gulcu19.eq3.50": "yes: its entry assumes phi(0) = 0, and then (3.25) holds",
        "gulcu19.eq3.71": "yes: its entry assumes phi(0) = 0, and then (3.25) holds",
        "gulcu19.eq3.72": "yes: its entry assumes phi(0) = 0, and then (3.25) holds",
        "gulcu19.eq3.86.s1": "open: its derivation falls without phi(0) = 0; its constant may still do",
        "gulcu19.sec4.s1": "yes: for unit inputs and ||W|| <= A sqrt(m) the second repair does as well"})

# %% [markdown]
# (gulcu19.eq3.25.fix)=
# ### (3.25), repaired by $\phi(0)=0$
#
# If in addition $\phi(0)=0$, then (3.25) holds as printed: for every input $x$, all weights and
# $2\le h\le H+1$,
# $\|x^{(h-1)}\|\le\sqrt{c_\phi/m}\,B\,\|W^{(1)}\|\,\|x\|\prod_{j=2}^{h-1}(1+sB\,\|W^{(j)}\|)$.
#
# The recursion proves it directly; neither (2.4) nor subadditivity is needed.

# %%
chapter.judge("gulcu19.eq3.25.fix", partial(check_norms, activations=("relu", "linear")), expect="PROVED",
    mutants={"softplus allowed": dict(activations=("relu", "linear", "softplus")),
        "B halved": dict(constant=Fraction(1, 2))})

# %% [markdown]
# (gulcu19.eq3.25.fix2)=
# ### (3.25), repaired for every $\phi$
#
# For every $\phi$ with $|\phi'|\le B$, every input $x$, all weights and $2\le h\le H+1$:
#
# $$\|x^{(h-1)}\|\le\Bigl(\sqrt{\tfrac{c_\phi}m}\,B\,\|W^{(1)}\|\,\|x\|
# +\bigl(\sqrt{c_\phi}+\tfrac{h-2}Hc_{res}\bigr)|\phi(0)|\Bigr)
# \prod_{j=2}^{h-1}\bigl(1+sB\,\|W^{(j)}\|\bigr).$$
#
# Each layer adds at most $s\,\|\phi(0)\mathbf 1\|=\frac{c_{res}}H|\phi(0)|$. With all weights 0 both sides
# are equal, so half the new term is too little.

# %%
chapter.judge("gulcu19.eq3.25.fix2",
    partial(check_norms, activations=("relu", "linear", "relu + 1"), extra=1), expect="PROVED",
    mutants={"half of the new term": dict(extra=Fraction(1, 2)), "B halved": dict(constant=Fraction(1, 2))})

# %% [markdown]
# (gulcu19.eq3.24)=
# ### (3.24), a Gram matrix and its factor
#
# For every matrix $Z$ with rows $z_1,\dots,z_n$: $\|ZZ^\top\|_F\le\|Z\|_F^2=\sum_i\|z_i\|^2$. The paper uses
# it for $Z=X^{(h-1)}$, whose rows are the states $x_i^{(h-1)}$.
#
# The squared sides are $\sum_{ij}\langle z_i,z_j\rangle^2$ and $\sum_{ij}\|z_i\|^2\|z_j\|^2$. For two rows
# $u,v$ Lagrange's identity $\|u\|^2\|v\|^2-\langle u,v\rangle^2=\sum_{a<b}(u_av_b-u_bv_a)^2$ compares them,
# whatever the size: it suffices to look at one coordinate and at one pair of coordinates. Equality holds
# exactly for rank at most one. The smallest identity matrices are evaluated as well.


# %%
def check_gram_norm(constant=1, right="frobenius"):
    squared = {"frobenius": lambda n: n, "spectral": lambda n: 1}[right]  # ||I_n||^2 in that norm
    bounds = {n: (constant * squared(n)) ** 2 for n in (1, 2, 3)}
    corners = [exact.compare(n, bound, at=f"Z = I_{n}", covers=True) for n, bound in bounds.items()]
    if any(judge(corner) == "REFUTED" for corner in corners):
        return all_of(*corners)
    a, b, c, d = sp.symbols("u_a v_a u_b v_b", real=True)
    one = exact.at_most((a * b) ** 2, (constant * a * b) ** 2)
    pair = exact.at_most(2 * a * b * c * d, a**2 * d**2 + c**2 * b**2, squares=[(1, a * d - c * b)])
    says = "every coordinate and every pair of coordinates adds at least 0 to the gap"
    return all_of(*corners, one, pair, says=says)

# %%
chapter.judge("gulcu19.eq3.24", check_gram_norm, expect="PROVED",
    mutants={"half of the right side": dict(constant=Fraction(1, 2)),
        "spectral norm on the right": dict(right="spectral")})

# %% [markdown]
# (gulcu19.eq3.26)=
# ### (3.26), the Gram matrix of a layer
#
# For all inputs, all weights and $2\le h\le H+1$:
#
# $$\|X^{(h-1)}X^{(h-1)\top}\|_F\le\tfrac{c_\phi}m\,B^2\,\|W^{(1)}\|^2
# \prod_{j=2}^{h-1}\bigl(1+sB\,\|W^{(j)}\|\bigr)^2\,\|X\|_F^2.$$
#
# Same hypotheses as (2.4); the rows of $X^{(h-1)}$ are the states of the $n$ inputs, the rows of $X$. By
# (3.24) it is the sum over the inputs of the square of (3.25), and at $n=1$ it is that square itself: it
# stands and falls with (3.25).


# %%
def check_gram(**changes):
    y, loss = sp.symbols("y loss", nonnegative=True)  # y = ||x_i^(h-1)||, y + loss is its bound in (3.25)
    square = exact.at_most(y**2, (y + loss) ** 2)
    says = "the squares of (3.25), summed over the inputs, bound the right side of (3.24)"
    return all_of(check_norms(**changes), check_gram_norm(), square, says=says)

# %%
chapter.judge("gulcu19.eq3.26", check_gram, expect="REFUTED",
    mutants={"for softplus only": dict(activations=("softplus",)), "with 100 B for B": dict(constant=100)},
    severity="hypothesis", repair="gulcu19.eq3.26.fix",
    survives={"gulcu19.eq3.27": "no: with softplus, weights 0 and inputs 0 its right side is 0 and its left side is not "
        "(if a is not 0); with phi(0) = 0 it has what it needs"})

# %% [markdown]
# (gulcu19.eq3.26.fix)=
# ### (3.26), repaired
#
# If in addition $\phi(0)=0$, then (3.26) holds as printed:
# $\|X^{(h-1)}X^{(h-1)\top}\|_F\le\frac{c_\phi}mB^2\|W^{(1)}\|^2P^2\|X\|_F^2$ with
# $P=\prod_{j=2}^{h-1}(1+sB\,\|W^{(j)}\|)$, for all inputs, all weights and $2\le h\le H+1$.

# %%
chapter.judge("gulcu19.eq3.26.fix", partial(check_gram, activations=("relu", "linear")), expect="PROVED",
    mutants={"softplus allowed": dict(activations=("relu", "linear", "softplus")),
        "B halved": dict(constant=Fraction(1, 2))})

# %% [markdown]
# ## Verdict and slack
#
# The path bound (2.4) is false from depth 4 on, by any factor, and at depth 4 it fails for nearly every ReLU
# network of width 128 at initialisation (no draw broke it for softplus). Nothing later needs it: (3.25) is a
# statement about norms, and the recursion gives it. What (3.25) does need is $\phi(0)=0$, or one more term;
# softplus, which the paper names, has $\phi(0)=\log2$. The repaired (3.25) is tight for the linear network of
# width 1 with non-negative weights in its blocks, and loose by a factor exponential in
# $c_{res}B\|W\|/\sqrt m$ for weights of mixed signs, where the branches do not all point along the state.
#
# **The same lemma elsewhere.** The proofs of du18 and nfres bound the same states at initialisation by the
# same recursion, with $\|W\|\le c\sqrt m$, and drop $\phi(0)$ in the same place ({prf:ref}`du18.lemB.1`);
# {prf:ref}`zhang22.lem2` follows the squared norm of its ReLU states and needs no spectral norm.
#
# **What a reader should still doubt.** The paper assumes $|\phi''|\le M$ and names ReLU; our example for
# softplus meets every hypothesis, the one for ReLU is the one that can be done by hand. The value of
# $c_\phi$, printed as $1/\mathbb E[\phi]^2$, does not matter in this chapter: every claim holds or fails
# alike for each $c_\phi>0$. The frequency at initialisation is measured, not proved, and it falls again at
# larger depth, where $s$ is smaller.
