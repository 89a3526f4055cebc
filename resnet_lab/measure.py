"""Measurements of networks at initialisation: pure functions, each named for what it returns."""

from collections.abc import Callable
from functools import partial

import jax
import jax.numpy as jnp
import jax.random as jr
from jaxtyping import Array, Float

from resnet_lab import network


def layer_norms(net: network.Network, x) -> Float[Array, " states"]:
    """Euclidean norm of every hidden state of one input, first layer to last (Frobenius if convolutional)."""
    states = network.hidden_states(net, x)
    return jnp.sqrt(jnp.sum(jnp.square(states), axis=tuple(range(1, states.ndim))))


@partial(jax.jit, static_argnums=0)  # else every call outside jit would compile its scan anew
def layer_norms_in_law(
    setting: network.Setting, inputs: Float[Array, "inputs dim"], *, key
) -> Float[Array, "states inputs"]:
    """One draw of all layer norms of all inputs of ONE random network, without drawing its weights.

    The joint law over states and inputs is exactly that of `layer_norms` of a sampled network, for every
    architecture that is not convolutional: W_l is independent of the states H before it, so W_l H can be
    drawn from its conditional law (`preactivations_in_law`). `inputs` has shape (inputs, input_dim). It costs
    one normal per state entry and input: width / inputs times fewer than the weights. Raises ValueError for
    a convolutional setting or a wrong shape.
    """
    if network.check(setting).architecture.convolutional:
        raise ValueError("setting must not be convolutional: its patches share entries (use layer_norms)")
    if jnp.ndim(inputs) != 2 or jnp.shape(inputs)[1] != setting.input_dim:
        raise ValueError(f"inputs must have shape (inputs, {setting.input_dim}), got {jnp.shape(inputs)}")
    first_key, block_key, last_key = jr.split(key, 3)

    def block(states, key):
        z = preactivations_in_law(setting, states, key=key)
        states = network.next_state(setting, setting.branch_scale, states, z)
        return states, _norms(states)

    first = network.first_state(setting, preactivations_in_law(setting, inputs, key=first_key))
    end, norms = jax.lax.scan(block, first, jr.split(block_key, setting.depth - 1))
    norms = jnp.concatenate([_norms(first)[None], norms])
    if setting.architecture.last:
        last = network.last_state(setting, preactivations_in_law(setting, end, key=last_key))
        norms = jnp.concatenate([norms, _norms(last)[None]])
    return norms


def preactivations_in_law(
    setting: network.Setting, states: Float[Array, "inputs dim"], *, key
) -> Float[Array, "inputs width"]:
    """A draw of W H for a fresh weight matrix W and the columns H of n given states, as rows (inputs, width).

    With the factorisation H = Q R, where Q has orthonormal columns, W H = (W Q) R, and W Q has independent
    normal entries of W's variance v. So Z R with such a Z has the law of W H: rows independent N(0, v H'H).
    Householder QR needs no positive definite Gram matrix, so collinear or zero states need no jitter: only
    round-off perturbs the law (about 1e-15 of the largest state in float64). One state needs only its norm.
    """
    deviation = network.weight_variance(setting) ** 0.5
    if states.shape[0] == 1:
        factor = _norms(states)[:, None]
    else:
        factor = jnp.linalg.qr(states.T, mode="r")  # (min(dim, inputs), inputs)
    normals = jr.normal(key, (factor.shape[0], setting.width), dtype=states.dtype)
    return deviation * (factor.T @ normals)


def draws(measurement: Callable, *, key, count: int, batch: int = 500) -> Array:
    """`count` independent draws of measurement(key), compiled, `batch` at a time: first axis count.

    Batches keep the states in the processor's cache, and memory flat in `count`. Raises ValueError if count
    or batch is below 1.
    """
    if count < 1 or batch < 1:
        raise ValueError(f"count and batch must be >= 1, got {count} and {batch}")
    run = jax.jit(lambda keys: jax.lax.map(measurement, keys, batch_size=min(batch, count)))
    return run(jr.split(key, count))


def _norms(states):
    return jnp.sqrt(jnp.sum(jnp.square(states), axis=-1))
