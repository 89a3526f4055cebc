"""The seven architectures of the five papers as one family of networks.

A `Setting` says which architecture and how large; `sample` draws its weights; `hidden_states` and `forward`
run ONE network on ONE input (callers use `jax.vmap`). An `Architecture` spells out its layers, with

    W  the weights, applied to the state (or to its patches),     phi  the activation,     x  the state,
    s  the branch factor,     c  the activation's normaliser 1 / E phi(N(0,1))^2,     m  the width.
"""

import dataclasses
import math
from typing import NamedTuple

import jax
import jax.numpy as jnp
import jax.random as jr
from jaxtyping import Array, Float

from resnet_lab.activations import ABSOLUTE, LINEAR, RELU, SOFTPLUS, Activation  # noqa: F401, chapters use them here

# What a block does with the state x and the pre-activation z = W x. The keys are an Architecture's `block`.
BLOCKS = {
    "x + s phi(W x)": lambda phi, s, x, z: x + s * phi(z),
    "phi(x + s W x)": lambda phi, s, x, z: phi(x + s * z),
    "s phi(W x)": lambda phi, s, x, z: s * phi(z),
}


class Architecture(NamedTuple):
    name: str
    first: str  # "phi(W x)" or "sqrt(c/m) phi(W x)"
    block: str  # a key of BLOCKS
    factor: str  # s: "tau" (the branch scale itself), "tau / (L sqrt m)" or "sqrt(c/m)"
    last: bool  # is there a layer phi(W x) after the blocks?
    variance: str  # of every entry of every W: "1" or "2/m"
    output: str  # "random signs", "balanced signs" or "gaussian"
    transposed: bool = False  # is W stored as (inputs, outputs) and used transposed?
    convolutional: bool = False  # does W act on patches of a (channels, pixels) state?


_SCALED, _SKIP, _OVER_DEPTH = "sqrt(c/m) phi(W x)", "x + s phi(W x)", "tau / (L sqrt m)"
ARCHITECTURES = {
    row[0]: Architecture(*row)
    for row in (
        ("gulcu19", _SCALED, _SKIP, _OVER_DEPTH, False, "1", "balanced signs"),
        ("du18_resnet", _SCALED, _SKIP, _OVER_DEPTH, False, "1", "random signs"),
        ("du18_fully_connected", _SCALED, "s phi(W x)", "sqrt(c/m)", False, "1", "random signs"),
        ("du18_convolutional", _SCALED, _SKIP, _OVER_DEPTH, False, "1", "random signs", False, True),
        ("zhang22", "phi(W x)", "phi(x + s W x)", "tau", True, "2/m", "gaussian"),
        ("nfres", _SCALED, _SKIP, _OVER_DEPTH, False, "1", "random signs"),
        ("frei19", "phi(W x)", _SKIP, "tau", True, "2/m", "balanced signs", True),
    )
}


class Setting(NamedTuple):
    architecture: Architecture
    depth: int  # L, H: the depth that the paper counts; there are depth - 1 blocks in each
    width: int  # m: entries of a state, or channels if convolutional
    input_dim: int  # p, d, d_0: entries of an input, or its channels if convolutional
    branch_scale: float = 1.0  # tau, theta, c_res, c_lambda lambda^(3/2), alpha_h(0)
    activation: Activation = RELU  # phi, sigma
    outputs: int = 1  # d of zhang22
    output_scale: float = 1.0  # ||y|| / sqrt(n) of gulcu19
    pixels: int = 1  # p of du18, convolutional only
    patch: int = 1  # q of du18, convolutional only


# The papers' networks, each in the paper's words.
def gulcu19(*, depth, width, input_dim, branch_scale, activation=SOFTPLUS, output_scale=1.0) -> Setting:
    """Residual network of gulcu19 (2.3): branch_scale is c_res, output_scale ||y||/sqrt(n)."""
    sizes = (depth, width, input_dim, branch_scale, activation)
    return check(Setting(ARCHITECTURES["gulcu19"], *sizes, output_scale=output_scale))


def du18_resnet(*, depth, width, input_dim, branch_scale, activation=SOFTPLUS) -> Setting:
    """Residual network of du18 (3): branch_scale is c_lambda lambda^(3/2)."""
    return check(Setting(ARCHITECTURES["du18_resnet"], depth, width, input_dim, branch_scale, activation))


def du18_fully_connected(*, depth, width, input_dim, activation=SOFTPLUS) -> Setting:
    """Fully connected network of du18 (2) and gulcu19 (2.2), without skip connections."""
    arch = ARCHITECTURES["du18_fully_connected"]
    return check(Setting(arch, depth, width, input_dim, activation=activation))


def du18_convolutional(*, depth, width, input_dim, branch_scale, pixels, patch=3, activation=SOFTPLUS):
    """Convolutional residual network of du18, section 2.2: width and input_dim count channels."""
    sizes = (depth, width, input_dim, branch_scale, activation)
    return check(Setting(ARCHITECTURES["du18_convolutional"], *sizes, pixels=pixels, patch=patch))


def zhang22(*, depth, width, input_dim, branch_scale, outputs=1) -> Setting:
    """ReLU network of zhang22, section 2: h_0, then depth - 1 blocks, then a fully connected h_L and B."""
    return check(Setting(ARCHITECTURES["zhang22"], depth, width, input_dim, branch_scale, outputs=outputs))


def nfres(*, depth, width, input_dim, branch_scale=1.0, activation=SOFTPLUS) -> Setting:
    """Normalisation-free network of nfres: branch_scale is the start of alpha_h, which `gains` holds."""
    return check(Setting(ARCHITECTURES["nfres"], depth, width, input_dim, branch_scale, activation))


def frei19(*, depth, width, input_dim, branch_scale) -> Setting:
    """ReLU network of frei19, section 2, with m_{L+1} = m_L: x_1, then depth - 1 blocks, x_{L+1} and v."""
    return check(Setting(ARCHITECTURES["frei19"], depth, width, input_dim, branch_scale))


def check(setting: Setting) -> Setting:
    """Returns the setting; raises ValueError if a size is below 1, or a scale negative or not finite."""
    for name in ("depth", "width", "input_dim", "outputs", "pixels", "patch"):
        value = getattr(setting, name)
        if value != int(value) or value < 1:
            raise ValueError(f"{name} must be a whole number >= 1, got {value}")
    for name, papers in (("branch_scale", "tau, theta, c_res"), ("output_scale", "||y||/sqrt(n)")):
        value = getattr(setting, name)
        if not (math.isfinite(value) and value >= 0):
            raise ValueError(f"{name} must be finite and >= 0, got {value} (the papers' {papers})")
    activation = setting.activation
    if setting.architecture.first == _SCALED and not 0 < activation.normaliser < math.inf:
        raise ValueError(
            f"activation must have E sigma(X)^2 > 0 for the normaliser of the first layer, got {activation.name}"
        )
    name, sizes = setting.architecture.name, (setting.pixels, setting.patch)
    if not setting.architecture.convolutional and sizes != (1, 1):
        raise ValueError(f"pixels and patch must be 1, got {sizes}: {name} is not convolutional")
    return setting


@jax.tree_util.register_dataclass
@dataclasses.dataclass(frozen=True)
class Network:
    """The weights of one network, a pytree; `setting` is static, so it takes part in no derivative."""

    first: Float[Array, "width patch_input"]  # W^(1), A; transposed in frei19, as are blocks and last
    blocks: Float[Array, "blocks width patch_width"]  # W^(h), W_l, the depth axis first
    gains: Float[Array, " blocks"]  # the branch scale of each block: alpha_h of nfres, constant elsewhere
    last: Float[Array, "width width"] | None  # W_L of zhang22, W_{L+1} of frei19
    output: Float[Array, "..."]  # a, v of shape (width,), or B of shape (outputs, width)
    setting: Setting = dataclasses.field(metadata={"static": True})


def sample(setting: Setting, *, key) -> Network:
    """The network at initialisation: independent normal weights of the architecture's variance.

    Raises ValueError for an impossible setting. Sources: the initialisation schemes of the five papers.
    """
    arch, m = check(setting).architecture, setting.width
    first_key, block_key, last_key, output_key = jr.split(key, 4)
    deviation = math.sqrt(weight_variance(setting))

    def weights(key, *layers, inputs):
        shape = (inputs, m) if arch.transposed else (m, inputs)
        return deviation * jr.normal(key, (*layers, *shape))

    return Network(
        first=weights(first_key, inputs=setting.patch * setting.input_dim),
        blocks=weights(block_key, setting.depth - 1, inputs=setting.patch * m),
        gains=jnp.full(setting.depth - 1, float(setting.branch_scale)),
        last=weights(last_key, inputs=m) if arch.last else None,
        output=_sample_output(setting, output_key),
        setting=setting,
    )


def _sample_output(setting, key):
    m, kind = setting.width, setting.architecture.output
    if kind == "gaussian":  # B of zhang22, entries N(0, 2/d)
        return math.sqrt(2 / setting.outputs) * jr.normal(key, (setting.outputs, m))
    if kind == "random signs":
        return setting.output_scale * jr.rademacher(key, (m,), dtype=float)
    # Balanced: first half plus, second half minus. An odd width, which the papers exclude, has one plus more.
    return setting.output_scale * jnp.where(jnp.arange(m) < (m + 1) // 2, 1.0, -1.0)


def weight_variance(setting: Setting) -> float:
    """Variance of an entry of W: 1 (du18, gulcu19, nfres) or 2/m (zhang22, frei19)."""
    return {"1": 1.0, "2/m": 2 / setting.width}[setting.architecture.variance]


def first_state(setting: Setting, z):
    """First hidden state from its pre-activation z = W x, elementwise."""
    phi, c = setting.activation.function, setting.activation.normaliser
    factor = {"phi(W x)": 1.0, "sqrt(c/m) phi(W x)": math.sqrt(c / setting.width)}[setting.architecture.first]
    return factor * phi(z)


def next_state(setting: Setting, gain, x, z):
    """State after a block of branch scale `gain`, from the state x and its z = W x, elementwise."""
    root_m, c = math.sqrt(setting.width), setting.activation.normaliser
    s = {
        "tau": gain,
        "tau / (L sqrt m)": gain / (setting.depth * root_m),
        "sqrt(c/m)": math.sqrt(c) / root_m,
    }[setting.architecture.factor]
    return BLOCKS[setting.architecture.block](setting.activation.function, s, x, z)


def last_state(setting: Setting, z):
    """State of the last layer from its pre-activation, elementwise (zhang22 h_L, frei19 x_{L+1})."""
    return setting.activation.function(z)


def preactivation(setting: Setting, weights, x):
    """W x, or W' x for weights stored transposed, or W phi(x) on patches if convolutional."""
    if setting.architecture.convolutional:
        x = patches(x, setting.patch)
    return (weights.T if setting.architecture.transposed else weights) @ x


def patches(x: Float[Array, "channels pixels"], size: int) -> Float[Array, "patch_channels pixels"]:
    """Patches of `size` neighbouring pixels, stride 1, zero padding: du18's operator phi, section 2.2.

    Column l holds pixels l - (size - 1) // 2 .. l + size // 2 of every channel, channel by channel.
    """
    channels, pixels = x.shape
    padded = jnp.pad(x, ((0, 0), ((size - 1) // 2, size // 2)))
    shifted = jnp.stack([padded[:, k : k + pixels] for k in range(size)], axis=1)
    return shifted.reshape(channels * size, pixels)


@jax.jit  # else every call outside jit would compile its scan anew
def hidden_states(network: Network, x) -> Float[Array, "states ..."]:
    """All hidden states of one input, first layer to last: (states, width), or (states, width, pixels).

    There are depth states, and one more where the architecture has a last layer (zhang22 h_0..h_L, frei19
    x_1..x_{L+1}). Raises ValueError if x has not the shape that the setting says.
    """
    setting = network.setting
    _check_shape(setting, x)

    def block(state, layer):
        weights, gain = layer
        state = next_state(setting, gain, state, preactivation(setting, weights, state))
        return state, state

    first = first_state(setting, preactivation(setting, network.first, x))
    end, states = jax.lax.scan(block, first, (network.blocks, network.gains))
    states = jnp.concatenate([first[None], states])
    if setting.architecture.last:
        last = last_state(setting, preactivation(setting, network.last, end))
        states = jnp.concatenate([states, last[None]])
    return states


def forward(network: Network, x) -> Float[Array, "..."]:
    """Output for one input: a number, or an array of shape (outputs,) for zhang22."""
    state = hidden_states(network, x)[-1]
    if network.setting.architecture.convolutional:  # the same output weight at every pixel of a channel
        return jnp.sum(network.output @ state)
    return network.output @ state


def _check_shape(setting, x):
    convolutional = setting.architecture.convolutional
    shape = (setting.input_dim, setting.pixels) if convolutional else (setting.input_dim,)
    if jnp.shape(x) != shape:
        raise ValueError(f"x must be one input of shape {shape}, got {jnp.shape(x)} (jax.vmap for several)")


def check_unit_norm(x, *, axis=-1):
    """Returns x; raises ValueError if a norm along `axis` is not 1 (to 1e-6). Call it outside jit."""
    off = jnp.max(jnp.abs(jnp.linalg.norm(x, axis=axis, keepdims=True) - 1))
    if not off <= 1e-6:
        raise ValueError(f"x must have unit norm, got a norm off by {float(off):.3g} (use unit_norm)")
    return x


def unit_norm(x, *, axis=-1):
    """x over its norm along `axis`; raises ValueError if that is 0 or not finite. Call it outside jit."""
    norm = jnp.linalg.norm(x, axis=axis, keepdims=True)
    if not jnp.all((norm > 0) & jnp.isfinite(norm)):
        raise ValueError("x must have a norm that is finite and above 0 to be scaled to unit norm")
    return x / norm
