"""network: every architecture against a plain loop written from its paper; gradients, laws, errors."""

import dataclasses
from functools import lru_cache

import jax
import jax.numpy as jnp
import jax.random as jr
import numpy as np
import pytest
from scipy import stats

from resnet_lab import activations, network

RATE = 1e-9  # chance of a false alarm of each random test below
SIZES = [(1, 1, 1), (2, 1, 3), (4, 12, 3)]  # depth, width, input_dim
BUILDERS = {
    "gulcu19": lambda **k: network.gulcu19(branch_scale=0.7, output_scale=1.5, **k),
    "du18_resnet": lambda **k: network.du18_resnet(branch_scale=0.7, **k),
    "du18_fully_connected": network.du18_fully_connected,
    "du18_convolutional": lambda **k: network.du18_convolutional(branch_scale=0.7, pixels=5, **k),
    "zhang22": lambda **k: network.zhang22(branch_scale=0.3, outputs=2, **k),
    "nfres": lambda **k: network.nfres(**k),
    "frei19": lambda **k: network.frei19(branch_scale=0.3, **k),
}


@lru_cache  # a compilation for every shape is most of the time of this file
def example(name, depth=4, width=12, input_dim=3, seed=0):
    setting = BUILDERS[name](depth=depth, width=width, input_dim=input_dim)
    weight_key, input_key = jr.split(jr.key(seed))
    shape = (input_dim, setting.pixels) if name == "du18_convolutional" else (input_dim,)
    x = network.unit_norm(jr.normal(input_key, shape), axis=None)
    return setting, network.sample(setting, key=weight_key), x


# The papers' displays as loops over layers. Nothing of the package is used but the stored arrays.
def relu(z):
    return np.maximum(z, 0)


def softplus(z):
    return np.log1p(np.exp(z))


C_SOFTPLUS = 1 / 0.9212459088593003  # the mean of softplus(X)^2, by quadrature


def scaled_residual_states(x, W1, Ws, scale):  # gulcu19 (2.3), du18 (3), nfres; H = len(Ws) + 1
    m, H = W1.shape[0], len(Ws) + 1
    states = [np.sqrt(C_SOFTPLUS / m) * softplus(W1 @ x)]
    for h in range(2, H + 1):
        branch = softplus(Ws[h - 2] @ states[-1])
        states.append(states[-1] + scale[h - 2] / (H * np.sqrt(m)) * branch)
    return states


def du18_patches(x, q):  # column l: for each channel the q pixels around pixel l, zero outside
    channels, pixels = x.shape
    out = np.zeros((channels * q, pixels))
    for c in range(channels):
        for k in range(q):
            for pixel in range(pixels):
                source = pixel + k - (q - 1) // 2
                out[c * q + k, pixel] = x[c, source] if 0 <= source < pixels else 0
    return out


def reference(name, net, x):
    W1, Ws, x = np.array(net.first), np.array(net.blocks), np.array(x)
    m, a = net.setting.width, np.array(net.output)
    H = len(Ws) + 1
    if name in ("gulcu19", "du18_resnet", "nfres"):
        states = scaled_residual_states(x, W1, Ws, [1.0 if name == "nfres" else 0.7] * (H - 1))
        return states, a @ states[-1]
    if name == "du18_fully_connected":  # du18 (2)
        states = [np.sqrt(C_SOFTPLUS / m) * softplus(W1 @ x)]
        for W in Ws:
            states.append(np.sqrt(C_SOFTPLUS / m) * softplus(W @ states[-1]))
        return states, a @ states[-1]
    if name == "du18_convolutional":  # du18, section 2.2
        states = [np.sqrt(C_SOFTPLUS / m) * softplus(W1 @ du18_patches(x, 3))]
        for W in Ws:
            branch = softplus(W @ du18_patches(states[-1], 3))
            states.append(states[-1] + 0.7 / (H * np.sqrt(m)) * branch)
        return states, np.sum(np.repeat(a[:, None], x.shape[1], axis=1) * states[-1])
    last = np.array(net.last)
    if name == "zhang22":  # section 2: A, W_1 .. W_{L-1}, W_L, B
        states = [relu(W1 @ x)]
        for W in Ws:
            states.append(relu(states[-1] + 0.3 * W @ states[-1]))
        states.append(relu(last @ states[-1]))
        return states, a @ states[-1]
    states = [relu(W1.T @ x)]  # frei19, section 2: W_l is m_{l-1} x m_l
    for W in Ws:
        states.append(states[-1] + 0.3 * relu(W.T @ states[-1]))
    states.append(relu(last.T @ states[-1]))
    v = np.array([1.0] * ((m + 1) // 2) + [-1.0] * (m // 2))
    return states, v @ states[-1]


@pytest.mark.parametrize("sizes", SIZES)
@pytest.mark.parametrize("name", BUILDERS)
def test_states_and_output_follow_the_display_of_the_paper(name, sizes):
    _, net, x = example(name, *sizes)
    states, output = reference(name, net, x)
    ours = network.hidden_states(net, x)
    assert ours.shape == np.shape(states)
    np.testing.assert_allclose(ours, states, rtol=1e-12, atol=1e-13)
    np.testing.assert_allclose(network.forward(net, x), output, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("name", BUILDERS)
def test_gradients_agree_with_central_differences(name):
    _, net, x = example(name, seed=1)

    @jax.jit
    def output(net):
        return jnp.sum(network.forward(net, x))

    gradient, step = jax.grad(output)(net), 1e-5
    leaves, tree = jax.tree.flatten(net)
    slopes = jax.tree.leaves(gradient)
    assert len(leaves) == (5 if net.last is not None else 4)
    for i, (leaf, slope) in enumerate(zip(leaves, slopes, strict=True)):
        direction = jr.normal(jr.fold_in(jr.key(2), i), leaf.shape)

        def moved(t, i=i, direction=direction):
            return output(tree.unflatten([w + t * direction if j == i else w for j, w in enumerate(leaves)]))

        difference = (moved(step) - moved(-step)) / (2 * step)
        # Truncation is of the order step^2 and round-off of the order 1e-16 / step, both far below 1e-7.
        np.testing.assert_allclose(jnp.sum(slope * direction), difference, rtol=1e-7, atol=1e-7)


@pytest.mark.parametrize("name", ["gulcu19", "du18_resnet", "du18_convolutional", "zhang22", "frei19"])
def test_zero_branch_scale_leaves_the_first_state_unchanged(name):
    setting, net, x = example(name)
    net = dataclasses.replace(net, gains=jnp.full_like(net.gains, 0.0))
    states = network.hidden_states(net, x)
    blocks = states[: setting.depth]
    np.testing.assert_array_equal(blocks, jnp.broadcast_to(blocks[0], blocks.shape))


@pytest.mark.parametrize("name", BUILDERS)
def test_weights_have_the_variance_of_the_paper(name):
    setting, net, _ = example(name)
    variance = 2 / 12 if name in ("zhang22", "frei19") else 1.0
    for weights in [net.first, net.blocks] + ([net.last] if net.last is not None else []):
        energy = float(jnp.sum(weights**2)) / variance  # chi-square
        low, high = stats.chi2.interval(1 - RATE / 3, weights.size)
        assert low <= energy <= high
    assert network.weight_variance(setting) == pytest.approx(variance)


def test_outputs_are_those_of_the_papers():
    signs = network.sample(network.gulcu19(depth=4, width=12, input_dim=3, branch_scale=0.5), key=jr.key(0)).output
    np.testing.assert_array_equal(signs, [1] * 6 + [-1] * 6)
    signs = network.sample(network.nfres(depth=1, width=200, input_dim=3), key=jr.key(0)).output
    assert set(np.unique(signs)) == {-1.0, 1.0}
    assert stats.binomtest(int(np.sum(signs > 0)), 200).pvalue > RATE
    setting = network.zhang22(depth=1, width=200, input_dim=3, branch_scale=0.5, outputs=3)
    energy = float(jnp.sum(network.sample(setting, key=jr.key(0)).output ** 2)) * 3 / 2
    low, high = stats.chi2.interval(1 - RATE, 600)
    assert low <= energy <= high


def test_patches_are_those_of_the_display():
    x = jnp.array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])
    expected = [[0, 1, 2], [1, 2, 3], [2, 3, 0], [0, 4, 5], [4, 5, 6], [5, 6, 0]]
    np.testing.assert_array_equal(network.patches(x, 3), expected)


@pytest.mark.parametrize("size", [1, 2, 3, 4, 7])
def test_every_pixel_is_in_between_one_and_size_patches(size):
    x = jr.normal(jr.key(0), (2, 5))
    np.testing.assert_array_equal(network.patches(x, size), du18_patches(np.array(x), size))
    counts = jax.grad(lambda x: jnp.sum(network.patches(x, size)))(x)
    assert counts.min() >= 1 and counts.max() <= size


def test_callers_vmap_over_inputs_and_over_networks():
    setting, net, _ = example("zhang22")
    inputs = network.unit_norm(jr.normal(jr.key(1), (3, setting.input_dim)))
    together = jax.vmap(network.forward, (None, 0))(net, inputs)
    np.testing.assert_allclose(together, [network.forward(net, x) for x in inputs], rtol=1e-12)
    nets = jax.jit(jax.vmap(lambda key: network.sample(setting, key=key)))(jr.split(jr.key(2), 5))
    outputs = jax.jit(jax.vmap(network.forward, (0, None)))(nets, inputs[0])
    assert outputs.shape == (5, 2)


@pytest.mark.parametrize("name", BUILDERS)
def test_the_program_does_not_grow_with_depth(name):
    def equations(depth):
        setting, _, x = example(name)
        shapes = jax.eval_shape(lambda key: network.sample(setting._replace(depth=depth), key=key), jr.key(0))
        return str(jax.make_jaxpr(network.hidden_states)(shapes, x)).count(" = ")

    assert 5 < equations(3) == equations(30)


def test_the_same_key_gives_the_same_network_and_another_key_another():
    setting, net, _ = example("frei19")
    again = network.sample(setting, key=jr.split(jr.key(0))[0])
    assert all(jax.tree.leaves(jax.tree.map(lambda a, b: bool(jnp.all(a == b)), net, again)))
    assert not jnp.all(network.sample(setting, key=jr.key(1)).first == net.first)


@pytest.mark.parametrize(
    "change",
    [
        {"depth": 0},
        {"depth": 1.5},
        {"width": 0},
        {"input_dim": -1},
        {"outputs": 0},
        {"branch_scale": -0.1},
        {"branch_scale": float("nan")},
        {"branch_scale": float("inf")},
        {"output_scale": -1.0},
        {"pixels": 4},
        {"patch": 3},
    ],
    ids=str,
)
def test_an_impossible_setting_raises(change):
    setting = network.zhang22(depth=2, width=4, input_dim=3, branch_scale=0.5)._replace(**change)
    (name, value), *_ = change.items()
    with pytest.raises(ValueError, match=rf"{name}.*{value}"):
        network.sample(setting, key=jr.key(0))


@pytest.mark.parametrize("name", BUILDERS)
def test_a_constructor_refuses_what_sample_refuses(name):
    with pytest.raises(ValueError, match="depth must be a whole number >= 1, got 0"):
        BUILDERS[name](depth=0, width=2, input_dim=2)


@pytest.mark.parametrize("name", ["gulcu19", "du18_resnet", "du18_fully_connected", "du18_convolutional", "nfres"])
def test_an_activation_that_is_always_0_has_no_normaliser_to_scale_by(name):
    setting, _, _ = example(name)
    with pytest.raises(ValueError, match="for the normaliser of the first layer, got dead"):
        network.sample(setting._replace(activation=activations.DEAD), key=jr.key(0))


def test_there_is_one_type_of_activation():
    assert network.Activation is activations.Activation and network.SOFTPLUS is activations.SOFTPLUS
    adversary = activations.constant_plus_tanh(1, "1/10", "1/2")
    setting = network.nfres(depth=3, width=5, input_dim=2, activation=adversary)
    states = network.hidden_states(network.sample(setting, key=jr.key(0)), jnp.array([1.0, 0.0]))
    # Every neuron is in [9/10, 11/10]: so is the norm of the first layer, but for sqrt(c).
    first = float(jnp.linalg.norm(states[0])) / adversary.normaliser**0.5
    assert states.shape == (3, 5) and 0.9 <= first <= 1.1


@pytest.mark.parametrize("name", BUILDERS)
def test_an_input_of_another_shape_raises(name):
    _, net, x = example(name)
    with pytest.raises(ValueError, match="x must be one input of shape"):
        network.forward(net, jnp.stack([x, x]))


def test_unit_norm_scales_and_check_unit_norm_refuses():
    x = network.unit_norm(jnp.array([[3.0, 4.0], [0.0, 2.0]]))
    np.testing.assert_allclose(x, [[0.6, 0.8], [0.0, 1.0]])
    assert network.check_unit_norm(x) is x
    with pytest.raises(ValueError, match="unit norm"):
        network.check_unit_norm(1.01 * x)
    for bad in (jnp.zeros(3), jnp.array([jnp.nan, 1.0])):
        with pytest.raises(ValueError, match="finite and above 0"):
            network.unit_norm(bad)
    with pytest.raises(ValueError, match="unit norm"):
        network.check_unit_norm(jnp.array([jnp.nan, 1.0]))
