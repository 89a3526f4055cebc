"""measure: norms of real networks, and the law of the norms that are drawn without weights."""

import jax
import jax.numpy as jnp
import jax.random as jr
import numpy as np
import pytest

from resnet_lab import limits, measure, network

RATE = 1e-9  # chance of a false alarm of each random test below
BUILDERS = {
    "gulcu19": lambda **k: network.gulcu19(branch_scale=0.9, **k),
    "du18_resnet": lambda **k: network.du18_resnet(branch_scale=0.9, **k),
    "du18_fully_connected": network.du18_fully_connected,
    "zhang22": lambda **k: network.zhang22(branch_scale=0.5, **k),
    "nfres": network.nfres,
    "frei19": lambda **k: network.frei19(branch_scale=0.5, **k),
}


def unit_inputs(count, dim, seed=0):
    return network.unit_norm(jr.normal(jr.key(seed), (count, dim)))


@pytest.mark.parametrize("name", ["zhang22", "gulcu19"])
def test_layer_norms_are_the_norms_of_the_hidden_states(name):
    setting = BUILDERS[name](depth=3, width=5, input_dim=4)
    net, x = network.sample(setting, key=jr.key(1)), unit_inputs(1, 4)[0]
    expected = np.linalg.norm(network.hidden_states(net, x), axis=1)
    np.testing.assert_allclose(measure.layer_norms(net, x), expected, rtol=1e-14)


def test_layer_norms_are_frobenius_norms_for_images():
    setting = network.du18_convolutional(depth=3, width=5, input_dim=2, branch_scale=0.5, pixels=4)
    net, x = network.sample(setting, key=jr.key(1)), jr.normal(jr.key(2), (2, 4))
    expected = [np.linalg.norm(state) for state in network.hidden_states(net, x)]
    np.testing.assert_allclose(measure.layer_norms(net, x), expected, rtol=1e-14)


def network_made_of_the_normals(setting, inputs, key):
    """Weights that do to the states what `layer_norms_in_law` draws: W = deviation Z Q' with H = Q R."""
    arch, m = setting.architecture, setting.width
    first_key, block_key, last_key = jr.split(key, 3)

    def weights(states, key):  # states are rows
        if len(states) == 1:
            norm = jnp.linalg.norm(states)
            q = states.T / jnp.where(norm > 0, norm, 1)
        else:
            q, _ = jnp.linalg.qr(states.T)
        w = network.weight_variance(setting) ** 0.5 * jr.normal(key, (q.shape[1], m)).T @ q.T
        return w, (w.T if arch.transposed else w)

    w, first = weights(inputs, first_key)
    states, blocks = network.first_state(setting, inputs @ w.T), []
    for key in jr.split(block_key, setting.depth - 1):
        w, stored = weights(states, key)
        states = network.next_state(setting, setting.branch_scale, states, states @ w.T)
        blocks.append(stored)
    return network.Network(
        first=first,
        blocks=jnp.stack(blocks) if blocks else jnp.zeros((0, m, m)),
        gains=jnp.full(setting.depth - 1, setting.branch_scale),
        last=weights(states, last_key)[1] if arch.last else None,
        output=jnp.zeros(m),
        setting=setting,
    )


@pytest.mark.parametrize(
    "name, count, depth, width, dim",
    [(name, count, 4, 6, 3) for name in BUILDERS for count in (1, 3)]
    + [("zhang22", 5, 3, 2, 4), ("frei19", 2, 2, 1, 1), ("gulcu19", 1, 1, 1, 1)],
)
def test_the_drawn_norms_are_those_of_weights_made_of_the_same_normals(name, count, depth, width, dim):
    setting = BUILDERS[name](depth=depth, width=width, input_dim=dim)
    inputs = unit_inputs(count, dim)
    norms = measure.layer_norms_in_law(setting, inputs, key=jr.key(5))
    net = network_made_of_the_normals(setting, inputs, jr.key(5))
    real = jax.vmap(measure.layer_norms, (None, 0), 1)(net, inputs)
    assert norms.shape == (depth + setting.architecture.last, count)
    np.testing.assert_allclose(norms, real, rtol=1e-10, atol=1e-12)


def largest_gap(sample, other):
    """Largest distance of the empirical distribution functions of two samples."""
    grid = np.sort(np.concatenate([sample, other]))
    below = [np.searchsorted(np.sort(s), grid, side="right") / len(s) for s in (sample, other)]
    return np.max(np.abs(below[0] - below[1]))


@pytest.mark.parametrize("name", BUILDERS)
def test_the_drawn_norms_have_the_law_of_real_networks(name):
    setting = BUILDERS[name](depth=4, width=6, input_dim=3)
    inputs, count = unit_inputs(2, 3), 3000

    def real(key):
        net = network.sample(setting, key=key)
        return jax.vmap(measure.layer_norms, (None, 0), 1)(net, inputs)

    def in_law(key):
        return measure.layer_norms_in_law(setting, inputs, key=key)

    real_norms, norms = (measure.draws(f, key=jr.key(k), count=count) for k, f in enumerate((real, in_law)))
    # One layer, the dependence of two inputs, the dependence of two layers.
    statistics = [
        lambda n: n[:, -1, 0],
        lambda n: n[:, -1, 0] - n[:, -1, 1],
        lambda n: n[:, 1, 1] - n[:, 0, 1],
    ]
    # Dvoretzky, Kiefer, Wolfowitz, Massart: each empirical distribution function is this close to its own.
    distance = np.sqrt(np.log(2 * 2 * len(statistics) / RATE) / (2 * count))
    for statistic in statistics:
        assert largest_gap(statistic(real_norms), statistic(norms)) <= 2 * distance
    # So many draws do see norms that are 1.5 times too large.
    assert largest_gap(statistics[0](real_norms), 1.5 * statistics[0](norms)) > 2 * distance


def test_the_first_norm_has_the_exact_law():
    count, m = 20_000, 8
    setting, x = BUILDERS["zhang22"](depth=1, width=m, input_dim=5), unit_inputs(1, 5)

    def first_norm(key):
        return measure.layer_norms_in_law(setting, x, key=key)[0, 0]

    norms = measure.draws(first_norm, key=jr.key(3), count=count)
    distance = np.sqrt(np.log(2 / RATE) / (2 * count))
    for square in (0.0, 0.25, 0.5, 1.0, 1.5, 2.5):
        below = np.mean(np.square(norms) <= square)
        assert abs(below - float(limits.relu_norm_lower_tail(m, square))) <= distance


def test_collinear_and_zero_inputs_need_no_jitter():
    setting, x = BUILDERS["zhang22"](depth=40, width=16, input_dim=5), unit_inputs(1, 5)
    inputs = jnp.concatenate([x, 2 * x, jnp.zeros_like(x), x])
    norms = measure.layer_norms_in_law(setting, inputs, key=jr.key(0))
    np.testing.assert_allclose(norms[:, 1], 2 * norms[:, 0], rtol=1e-10)
    np.testing.assert_allclose(norms[:, 3], norms[:, 0], rtol=1e-10)
    np.testing.assert_array_equal(norms[:, 2], 0)


def test_single_precision_inputs_stay_in_single_precision():
    setting, x = BUILDERS["frei19"](depth=3, width=4, input_dim=5), unit_inputs(2, 5).astype(jnp.float32)
    assert measure.layer_norms_in_law(setting, x, key=jr.key(0)).dtype == jnp.float32


def test_draws_do_not_depend_on_the_batch():
    def draw(key):
        return jr.normal(key, (2,))

    one = measure.draws(draw, key=jr.key(0), count=7, batch=1)
    three = measure.draws(draw, key=jr.key(0), count=7, batch=3)
    assert one.shape == (7, 2)
    np.testing.assert_array_equal(one, three)


@pytest.mark.parametrize("count, batch", [(0, 5), (5, 0)])
def test_draws_refuse_empty_sizes(count, batch):
    with pytest.raises(ValueError, match=f"count and batch must be >= 1, got {count} and {batch}"):
        measure.draws(jr.normal, key=jr.key(0), count=count, batch=batch)


def test_norms_in_law_refuse_images_and_other_shapes():
    setting = BUILDERS["zhang22"](depth=2, width=4, input_dim=3)
    for inputs in (jnp.ones(3), jnp.ones((2, 4))):
        with pytest.raises(ValueError, match=r"inputs must have shape \(inputs, 3\)"):
            measure.layer_norms_in_law(setting, inputs, key=jr.key(0))
    with pytest.raises(ValueError, match="depth"):
        measure.layer_norms_in_law(setting._replace(depth=0), jnp.ones((1, 3)), key=jr.key(0))
    images = network.du18_convolutional(depth=2, width=4, input_dim=3, branch_scale=0.5, pixels=2)
    with pytest.raises(ValueError, match="must not be convolutional"):
        measure.layer_norms_in_law(images, jnp.ones((1, 3)), key=jr.key(0))
