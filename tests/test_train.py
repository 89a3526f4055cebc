"""Gradient descent against textbook rates: what they guarantee holds at every step, what they do not is refuted."""

import jax
import jax.numpy as jnp
import jax.random as jr
import numpy as np
import pytest
from flint import arb

from resnet_lab.evidence import all_of, judge, matrices
from resnet_lab.evidence.balls import lower, upper
from resnet_lab.evidence.train import descent, distance_from, trained

# f(x) = x'Hx / 2 with minimum f* = 0 at x* = 0; its curvatures lie in [mu, L] = [1, 10].
H = jnp.array([[2.0, 2.0, 0.0], [2.0, 5.0, 0.0], [0.0, 0.0, 10.0]])  # eigenvalues 1, 6, 10
START = jnp.array([2.0, -1.0, 0.5])  # along the first eigenvector and the third
MU, L = 1.0, 10.0


def quadratic(x):
    return x @ H @ x / 2


def distance_squared(x):
    return x @ x


def descend(guarantee, *, step_size=1 / L, steps=60, **options):
    return trained(quadratic, START, step_size=step_size, steps=steps, guarantee=guarantee, **options)


# --- strongly convex and smooth: Nesterov 2004, Theorem 2.1.15 and around it ---


def test_the_constants_of_the_quadratic_are_what_the_tests_say():
    assert MU in matrices.smallest_eigenvalue(H) and L in matrices.largest_eigenvalue(H)


def test_the_loss_of_a_strongly_convex_quadratic_decays_linearly():
    smooth, convex = upper(matrices.largest_eigenvalue(H)), lower(matrices.smallest_eigenvalue(H))
    claimed = descend(lambda k: (1 - convex / smooth) ** k * quadratic(START), step_size=1 / smooth)
    assert judge(claimed) == "SUPPORTED" and claimed.kind == "trained"


def test_the_squared_distance_to_the_minimum_decays_with_the_squared_factor():
    claimed = descend(lambda k: (1 - MU / L) ** (2 * k) * distance_squared(START), measure=distance_squared)
    assert judge(claimed) == "SUPPORTED" and "distance squared keeps to its guarantee" in claimed.says


def test_a_rate_that_is_too_fast_is_refuted_at_its_first_step():
    # START = u + w with u = (2, -1, 0) of eigenvalue 1 and w of eigenvalue 10: step 1/10 removes w and leaves 0.9 u.
    claimed = descend(lambda k: (1 - 2 * MU / L) ** (2 * k) * distance_squared(START), measure=distance_squared)
    first = next(k for k in range(1, 60) if 0.9 ** (2 * k) * 5 > 0.8 ** (2 * k) * 5.25)
    assert judge(claimed) == "REFUTED" and claimed.counterexample.startswith(f"after {first} step")
    assert np.allclose(claimed.proof.measured[1:], 5 * 0.81 ** np.arange(1, 61), rtol=1e-9)


def test_the_slack_leaves_out_the_start_where_a_theorem_is_an_equality():
    claimed = descend(lambda k: 0.9**k * quadratic(START))
    assert claimed.high == pytest.approx(2.5 * 0.81 / (0.9 * 3.75)) and "nearest after 1 step:" in claimed.says


def test_the_first_violation_is_reported_with_its_step_and_both_numbers():
    path = descend(np.inf).proof.measured
    guarantee = np.where(np.arange(61) < 17, path, 0.99 * path)
    claimed = descend(guarantee)
    assert claimed.says.startswith("after 17 steps the loss is at least ") and claimed.high == pytest.approx(1 / 0.99)
    assert judge(descend(path)) == "SUPPORTED"  # equality is no violation


def test_a_step_just_above_two_over_l_diverges_and_just_below_does_not():
    never_above_start = quadratic(START)
    assert judge(descend(never_above_start, step_size=1.999 / L, steps=200)) == "SUPPORTED"
    assert judge(descend(never_above_start, step_size=2.001 / L, steps=2000)) == "REFUTED"


def test_divergence_is_a_violation_and_no_crash():
    claimed = descend(lambda k: 1e308 if k else 10.0, step_size=1e10, steps=40)
    assert judge(claimed) == "REFUTED" and "the loss is infinite" in claimed.says
    assert judge(descend(np.inf, step_size=1e10, steps=40)) == "UNDECIDED"  # nothing is claimed
    claimed = trained(jnp.sqrt, 1.0, step_size=4.0, steps=3, guarantee=1.0)  # to 1 - 4/2 < 0
    assert judge(claimed) == "REFUTED" and claimed.says.startswith("after 1 step the loss is not a number")


# --- convex and smooth, not strongly: Drori and Teboulle 2014, Theorems 3.1 and 3.2 ---

N, R = 10, 7.0  # after N steps the loss below, started at R, is the worst among all with L = 1


def huber(x):
    bend = R / (2 * N + 1)
    return jnp.where(jnp.abs(x) <= bend, x**2 / 2, bend * jnp.abs(x) - bend**2 / 2)


def convex(guarantee):
    return trained(huber, R, step_size=1.0, steps=50, guarantee=lambda k: guarantee(k) if k else np.inf)


def test_a_convex_smooth_loss_decays_like_one_over_k():
    assert judge(convex(lambda k: R**2 / (2 * k))) == "SUPPORTED"
    assert judge(convex(lambda k: R**2 / (4 * k))) == "SUPPORTED"  # the textbook is loose by a factor 2
    assert judge(convex(lambda k: R**2 / (8 * k))) == "REFUTED"


def test_the_sharp_constant_is_met_at_exactly_one_step():
    sharp = convex(lambda k: R**2 / (4 * k + 2))
    assert judge(sharp) == "SUPPORTED" and sharp.high == pytest.approx(1) and f"nearest after {N} steps" in sharp.says
    below = convex(lambda k: 0.9999 * R**2 / (4 * k + 2))
    assert judge(below) == "REFUTED" and below.counterexample.startswith(f"after {N} steps")


# --- least squares, with the constants that the theorem names ---

X = jr.normal(jr.key(1), (6, 12))
Y = jr.normal(jr.key(2), (6,))


def least_squares(parameters):
    return jnp.sum(jnp.square(X @ parameters["w"] - Y)) / 2


@pytest.mark.parametrize(("share", "verdict"), [(1.0, "SUPPORTED"), (1.5, "REFUTED")])
def test_least_squares_decays_with_the_smallest_eigenvalue_of_its_gram_matrix(share, verdict):
    smoothness = matrices.spectral_norm(X) ** 2  # of the gradient X'(Xw - y)
    smallest = matrices.smallest_singular_value(X) ** 2  # of the Gram matrix XX'
    step_size = lower(1 / smoothness)
    rate = share * step_size * lower(smallest)
    start = {"w": jnp.zeros(12)}
    claimed = trained(least_squares, start, step_size=step_size, steps=100,
                      guarantee=lambda k: (1 - rate) ** (2 * k) * least_squares(start))  # fmt: skip
    assert judge(claimed) == verdict


def test_the_loss_decays_and_the_parameters_stay_near_at_once():
    gram = matrices.smallest_singular_value(X) ** 2
    step_size, start = lower(1 / matrices.spectral_norm(X) ** 2), {"w": jnp.zeros(12)}
    radius = upper(arb(float(jnp.linalg.norm(Y))) / gram.sqrt())  # every step moves within the range of X'

    def both(share):
        decay = trained(least_squares, start, step_size=step_size, steps=50, guarantee=float(Y @ Y) / 2)
        near = trained(least_squares, start, step_size=step_size, steps=50, guarantee=share * radius,
                       measure=distance_from(start))  # fmt: skip
        return all_of(decay, near)

    assert judge(both(1)) == "SUPPORTED" and judge(both(1 / 100)) == "REFUTED"
    assert "the distance is at least" in both(1 / 100).says


# --- a network: recorded, with no theorem behind it ---


def test_a_two_layer_relu_network_is_recorded_at_every_step():
    signs = jnp.where(jnp.arange(64) % 2 == 0, 1.0, -1.0) / 8
    start = {"weights": jr.normal(jr.key(3), (64, 12))}

    def loss(parameters):
        return jnp.sum(jnp.square(jax.nn.relu(X @ parameters["weights"].T) @ signs - Y)) / 2

    run = trained(loss, start, step_size=0.01, steps=8, guarantee=np.inf).proof
    point = start["weights"]
    for k in range(9):
        assert run.measured[k] == pytest.approx(float(loss({"weights": point})), rel=1e-10)
        point = point - 0.01 * jax.grad(loss)({"weights": point})["weights"]


# --- stochastic ---


def test_stochastic_descent_draws_a_fresh_batch_at_each_step():
    def row_loss(w, key):
        row = jr.randint(key, (), 0, 6)
        return jnp.square(X[row] @ w - Y[row]) / 2

    def loss(w):
        return jnp.sum(jnp.square(X @ w - Y)) / 2

    step_size = 1 / float(jnp.max(jnp.sum(X**2, axis=1)))
    run = dict(step_size=step_size, steps=400, measure=loss)
    paths = jax.vmap(lambda key: descent(row_loss, jnp.zeros(12), key=key, **run))(jr.split(jr.key(4), 3))
    assert paths.shape == (3, 401) and len(set(np.asarray(paths[:, 1]))) > 1
    # The distance to an interpolating solution never grows, whatever the rows (each step projects part of the way).
    solution = jnp.linalg.lstsq(X, Y)[0]
    run = dict(step_size=step_size, steps=400, measure=distance_from(solution), key=jr.key(5))
    far = float(jnp.linalg.norm(solution))
    sure = trained(row_loss, jnp.zeros(12), guarantee=far, **run)
    assert judge(sure) == "SUPPORTED" and sure.draws == 1
    assert judge(trained(row_loss, jnp.zeros(12), guarantee=lambda k: far * 0.9**k, **run)) == "REFUTED"


def test_a_random_loss_needs_a_measure():
    with pytest.raises(ValueError, match="give measure"):
        trained(lambda x, key: x**2, 1.0, step_size=0.1, steps=3, guarantee=1.0, key=jr.key(0))


# --- edges ---


def test_no_steps_compare_only_the_start():
    assert judge(descend(quadratic(START), steps=0)) == "SUPPORTED"
    assert descend(0.99 * quadratic(START), steps=0).counterexample.startswith("after 0 steps")


def test_a_step_size_of_zero_stays_where_it_is():
    assert np.ptp(descend(np.inf, step_size=0.0).proof.measured) == 0


def test_a_scalar_parameter_and_one_step_size_per_step():
    claimed = trained(lambda x: x**2, 1.0, step_size=[0.5, 0.25], steps=2, guarantee=[1, 0, 0])
    assert judge(claimed) == "SUPPORTED" and claimed.proof.measured.tolist() == [1, 0, 0]
    claimed = trained(lambda x: x**2, 1.0, step_size=[0.25, 0.0], steps=2, guarantee=[1, 0.25, 0.24])
    assert "after 2 steps" in claimed.counterexample


def test_integers_and_single_precision_train_in_float64():
    path = trained(lambda x: x**2, np.float32(1), step_size=0.1, steps=3, guarantee=1.0).proof.measured
    assert path.dtype == np.float64 and path[3] == pytest.approx(0.8**6, rel=1e-14)
    assert trained(lambda x: x**2, 1, step_size=0.1, steps=3, guarantee=1.0).proof.measured[1] == pytest.approx(0.64)


def test_round_off_at_the_minimum_is_no_violation_and_is_said():
    claimed = descend(lambda k: 0.81**k * quadratic(START), steps=2000)
    assert judge(claimed) == "SUPPORTED" and "less than float64 resolves" in claimed.says
    assert judge(descend(lambda k: 0.8**k * quadratic(START), steps=2000)) == "REFUTED"


@pytest.mark.parametrize(
    ("change", "advice"),
    [
        (dict(steps=-1), "steps must be a whole number"),
        (dict(steps=1.5), "steps must be a whole number"),
        (dict(step_size=-0.1), "step_size must be finite"),
        (dict(step_size=np.nan), "step_size must be finite"),
        (dict(step_size=[0.1, 0.1]), "one for each of 3 steps"),
        (dict(guarantee=[1.0, 1.0]), "guarantee must hold 4 numbers"),
        (dict(guarantee=lambda k: 1.0 - k), r"guarantee must be >= 0, got -1.0 after 2 steps"),
        (dict(guarantee=np.nan), "guarantee must be >= 0"),
        (dict(start=jnp.array([np.nan, 1.0])), "start must hold"),
        (dict(start={}), "start must hold"),
        (dict(loss=lambda x: x), "must return one number"),
        (dict(measure=lambda x: jnp.log(-jnp.sum(x**2))), "measure must be finite at the start"),
    ],
)
def test_a_run_that_makes_no_sense_is_refused_with_advice(change, advice):
    run = dict(loss=lambda x: jnp.sum(x**2), start=jnp.ones(2), step_size=0.1, steps=3, guarantee=2.0) | change
    with pytest.raises(ValueError, match=advice):
        trained(run.pop("loss"), run.pop("start"), **run)


def test_where_nothing_is_guaranteed_nothing_is_supported():
    evidence = trained(lambda x: jnp.sum(x**2), jnp.ones(2), step_size=0.1, steps=3, guarantee=float("inf"))
    assert judge(evidence) == "UNDECIDED" and "would settle it" in evidence.says
