"""How often the checks are wrong, measured: false alarms, missed violations, coverage, seeds; and how fast they draw.

Random checks run at an error of 5 % here instead of 1e-9, so that errors can be seen at all. Each line compares an
observed rate with the promised one; a line fails when the exact interval of the observed rate (error 1e-6) lies above
the promise. The last lines of a table are mutants: checks that are wrong on purpose and must fail.
"""

import contextlib
import io
import json
import os
import re
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import astuple, dataclass
from functools import partial
from pathlib import Path

import jax
import jax.numpy as jnp
import jax.random as jr
import numpy as np

from resnet_lab import measure, network, page
from resnet_lab.evidence import (
    binomial_interval,
    draws_for_mean,
    judge,
    sampled,
    sampled_law,
    sampled_mean,
    sampled_until,
    scaled,
)
from resnet_lab.evidence.intervals import band, betting_interval, mean_interval, quantile_interval

ROOT = Path(__file__).resolve().parents[1]
ERROR = 0.05


@dataclass(frozen=True)
class Line:
    """One promise and what was seen of it."""

    what: str
    promised: float
    events: int
    runs: int
    mutant: bool = False  # a check that is wrong on purpose

    @property
    def kept(self) -> bool:
        return binomial_interval(self.events, self.runs, 1e-6)[0] <= self.promised

    @property
    def right(self) -> bool:
        return self.kept != self.mutant

    def __str__(self):
        low, high = binomial_interval(self.events, self.runs, ERROR)
        word = ("fails, as it must" if self.right else "NOT CAUGHT") if self.mutant else "ok" if self.right else "FAILS"
        return (f"{word:6} {self.events / self.runs:.4f} in [{low:.4f}, {high:.4f}], promised {self.promised:.3f}; "
                f"{self.events}/{self.runs}  {self.what}")  # fmt: skip


# --- variables in [0, 1], each with its mean, and positive variables with median 1 ---


def coin(key):
    return 1.0 * (jr.uniform(key) < 0.3)


def flat(key):
    return jr.uniform(key)


def arcsine(key):
    return jnp.cos(jnp.pi * jr.uniform(key)) ** 2


def rare(key):
    which, value = jr.split(key)
    return jnp.where(jr.uniform(which) < 0.02, jr.uniform(value), 0.0)


def steady(key):
    return 0.5 + 0.02 * jr.uniform(key, minval=-1.0)


BOUNDED = {coin: 0.3, flat: 0.5, arcsine: 0.5, rare: 0.01, steady: 0.5}


def cauchy(key):
    return jnp.abs(jr.cauchy(key))


def lognormal(key):
    return jnp.exp(jr.normal(key))


def pareto(key):
    return (2 * jr.uniform(key)) ** -2.0  # no mean


def two_valued(key):
    return jnp.where(jr.uniform(key) < 0.6, 1.0, 50.0)


POSITIVE = (lognormal, cauchy, pareto, two_valued)


def power(key, m, slope, noise):
    return m**slope * noise(key)


POWERS = {(slope, noise): partial(power, slope=slope, noise=noise) for slope in (0.05, 0.25) for noise in POSITIVE}
GRID = {"m": (1, 8, 64)}


def flat_rate(m):
    return 1.0


def shifted(weight):
    """Uniform, but for an atom at 0: its law is at Kolmogorov distance `weight` from the uniform law."""

    def draw(key):
        which, value = jr.split(key)
        return jnp.where(jr.uniform(which) < weight, 0.0, jr.uniform(value))

    return draw


NEAR, FAR = shifted(0.1), shifted(0.3)


def below_tenth(key):
    return jr.uniform(key) < 0.1


def below_fifth(key):
    return jr.uniform(key) < 0.2


def below_twentieth(key):
    return jr.uniform(key) < 0.05


def just_above(key):
    return jr.uniform(key) < 0.11


def growth(noise, slope, key, draws, **changes):
    arguments = dict(rate=flat_rate, draws=draws, error=ERROR, **changes)
    return scaled(POWERS[slope, noise], GRID, key, **arguments)


# --- the promises ---


def false_alarms():
    """True claims at the edge of their bound, refuted; and claims that are false by nothing, supported."""
    yield (
        "sampled: a rate of 0.1 claimed <= 0.1, refuted",
        ERROR / 2,
        lambda k: judge(sampled(below_tenth, k, at_most=0.1, truth=0.05, error=ERROR)) == "REFUTED",
    )
    yield (
        "sampled: a rate of 0.1 claimed < 0.1, supported",
        ERROR / 2,
        lambda k: judge(sampled(below_tenth, k, at_most=0.1, truth=0.05, error=ERROR)) == "SUPPORTED",
    )
    for draw, mean in BOUNDED.items():
        name, near = draw.__name__, mean / 2
        yield (
            f"sampled_mean: a mean claimed <= itself, decided ({name})",
            ERROR,
            lambda k, d=draw, b=mean, t=near: (
                judge(sampled_mean(d, k, support=(0, 1), at_most=b, truth=t, error=ERROR)) != "UNDECIDED"
            ),
        )
        yield (
            f"sampled_until: a mean claimed <= itself, decided ({name})",
            ERROR,
            lambda k, d=draw, b=mean: (
                judge(sampled_until(d, k, at_most=b, most=400, batch=50, error=ERROR)) != "UNDECIDED"
            ),
        )
    yield (
        "sampled_law: a law at distance 0.1 claimed within 0.1, decided",
        ERROR,
        lambda k: judge(sampled_law(NEAR, k, lambda x: x, within=0.1, truth=0.0, error=ERROR)) != "UNDECIDED",
    )
    for noise in POSITIVE:
        yield (
            f"scaled: a slope at its tolerance, decided ({noise.__name__}, 40 draws)",
            ERROR,
            lambda k, n=noise: judge(growth(n, 0.05, k, 40)) != "UNDECIDED",
        )
    yield (
        "sampled at 90 % that promises 5 %, refuted",
        ERROR / 2,
        lambda k: judge(sampled(below_tenth, k, at_most=0.1, truth=0.05, error=0.9)) == "REFUTED",
        "mutant",
    )
    yield "a fixed interval looked at after every 50 draws, decided", ERROR, peeked, "mutant"


def peeked(key):
    """What sampled_until would be without betting: an interval for a fixed number of draws, looked at repeatedly."""
    x = np.asarray(jax.vmap(coin)(jr.split(key, 20_000)))
    ends = (binomial_interval(int(x[:n].sum()), n, ERROR) for n in range(50, 20_000, 250))
    return any(low > 0.3 or high < 0.3 for low, high in ends)


def missed_violations():
    """Violations (and true claims) at the planned gap, not decided."""
    for event, truth, word in ((below_fifth, 0.2, "REFUTED"), (below_twentieth, 0.05, "SUPPORTED")):
        yield (
            f"sampled: a rate of {truth} against 0.1, not {word}",
            ERROR,
            lambda k, e=event, t=truth, w=word: judge(sampled(e, k, at_most=0.1, truth=t, error=ERROR)) != w,
        )
    for draw, mean in BOUNDED.items():
        for bound, word in ((0.6 * mean, "REFUTED"), (1.5 * mean, "SUPPORTED")):
            what = f"sampled_mean: {draw.__name__} against {bound:.4g}, not {word}"
            yield (
                what,
                ERROR,
                lambda k, d=draw, b=bound, t=mean, w=word: (
                    judge(sampled_mean(d, k, support=(0, 1), at_most=b, truth=t, error=ERROR)) != w
                ),
            )
            what = f"sampled_until: {draw.__name__} against {bound:.4g}, not {word}"
            most = 4 * draws_for_mean(bound=bound, truth=mean, error=ERROR)
            yield (
                what,
                ERROR,
                lambda k, d=draw, b=bound, w=word, n=most: (
                    judge(sampled_until(d, k, at_most=b, most=n, batch=50, error=ERROR)) != w
                ),
            )
    for noise in POSITIVE:
        yield (
            f"scaled: a slope of 0.25 against 0.05, 400 draws, not REFUTED ({noise.__name__})",
            ERROR,
            lambda k, n=noise: judge(growth(n, 0.25, k, 400)) != "REFUTED",
        )
    for draw, truth, word in ((FAR, 0.3, "REFUTED"), (flat, 0.0, "SUPPORTED")):
        yield (
            f"sampled_law: a distance of {truth} against 0.1, not {word}",
            ERROR,
            lambda k, d=draw, t=truth, w=word: (
                judge(sampled_law(d, k, lambda x: x, within=0.1, truth=t, error=ERROR)) != w
            ),
        )
    yield (
        "sampled: planned for a rate of 0.2, but the rate is 0.11",
        ERROR,
        lambda k: judge(sampled(just_above, k, at_most=0.1, truth=0.2, error=ERROR)) != "REFUTED",
        "mutant",
    )


def coverage():
    """Intervals that miss the truth."""
    for noise in POSITIVE:
        for draws in (12, 100):

            def outside(key, n=noise, draws=draws, of="slope"):
                fit = growth(n, 0.25, key, draws).proof
                low, high = fit.slopes["m"] if of == "slope" else fit.constant
                truth = 0.25 if of == "slope" else 64**0.25
                return not low <= truth <= high

            name = f"{noise.__name__}, {draws} draws at each of 3 sizes"
            yield f"scaled: the slope lies outside its interval ({name})", ERROR, outside
            yield f"scaled: the constant lies outside its interval ({name})", ERROR, partial(outside, of="constant")
    for noise in (lognormal, cauchy, two_valued):
        for level, truth in ((0.5, 1.0), (0.9, {lognormal: np.exp(1.2815515655446004),
                                                cauchy: 1 / np.tan(np.pi / 20), two_valued: 50.0}[noise])):  # fmt: skip

            def outside(key, n=noise, level=level, truth=truth):
                low, high = quantile_interval(several(n, key, 60), level, ERROR)
                return not low <= truth <= high

            yield f"quantile_interval: the {level}-quantile lies outside ({noise.__name__})", ERROR, outside
    for draw, mean in BOUNDED.items():
        yield (
            f"mean_interval: the mean lies outside (100 draws, {draw.__name__})",
            ERROR,
            lambda k, d=draw, b=mean: (
                not ((ends := mean_interval(float(several(d, k, 100).mean()), 100, ERROR))[0] <= b <= ends[1])
            ),
        )
        yield (
            f"betting_interval: the mean lies outside at some time ({draw.__name__})",
            ERROR,
            partial(ever_outside, draw, mean),
        )
    yield (
        "band: the law leaves its band (60 draws)",
        ERROR,
        lambda k: (
            float(np.max(np.abs(np.sort(several(flat, k, 60)) - (np.arange(60) + 0.5) / 60)) + 1 / 120)
            > band(60, ERROR)
        ),
    )
    yield (
        "a band of half the width is left",
        ERROR,
        lambda k: (
            float(np.max(np.abs(np.sort(several(flat, k, 60)) - (np.arange(60) + 0.5) / 60)) + 1 / 120)
            > band(60, ERROR) / 2
        ),
        "mutant",
    )


def ever_outside(draw, mean, key):
    x = several(draw, key, 400)
    return any(not low <= mean <= high for low, high in (betting_interval(x[:n], ERROR) for n in range(20, 401, 38)))


@partial(jax.jit, static_argnums=(0, 2))
def _several(draw, key, count):
    return jax.vmap(draw)(jr.split(key, count))


def several(draw, key, count):
    return np.asarray(_several(draw, key, count))


TABLES = {"false alarms": false_alarms, "missed violations": missed_violations, "coverage": coverage}


def lines(table, runs, seed=0, only=""):
    """The lines of one table that speak of `only`, each promise tried `runs` times with keys of its own."""
    for number, (what, promised, event, *mutant) in enumerate(TABLES[table]()):
        if not re.search(only, what):
            continue
        keys = jr.split(jr.fold_in(jr.key(seed), number), runs)
        yield Line(what, promised, sum(bool(event(key)) for key in keys), runs, bool(mutant))


def seeds(count):
    """Verdicts that change with the seed: the book's claims with random draws, under seeds 1 to `count`."""
    from resnet_lab import runner

    ledger = json.loads((ROOT / "book" / "verdicts.json").read_text(encoding="utf-8"))
    expected = {record["id"]: record["verdict"] for record in ledger if record["error_rate"]}
    changed, judge_all = [], page.Chapter.judge
    os.environ.pop("RESNET_LAB_LEDGER", None)

    def judge_random(self, claim_id, *arguments, **keywords):
        if claim_id in expected:
            judge_all(self, claim_id, *arguments, **keywords)

    page.Chapter.judge = judge_random
    try:
        for name in sorted({record["chapter"] for record in ledger if record["id"] in expected}):
            cells = [compile(cell.source, name, "exec") for cell in runner.source(ROOT, name).cells
                     if cell.cell_type == "code" and "mystnb" not in cell.metadata]  # fmt: skip
            for seed in range(1, count + 1):
                os.environ["RESNET_LAB_SEED"], space = str(seed), {}
                with contextlib.redirect_stdout(io.StringIO()):
                    for cell in cells:
                        exec(cell, space)
                for verdict in space["chapter"].verdicts:
                    mutants = [m["name"] for m in verdict.record["mutants"] if m["verdict"] != "REFUTED"]
                    if verdict.record["verdict"] != expected[verdict.record["id"]] or mutants:
                        changed.append(f"{verdict.record['id']} at seed {seed}: {verdict.record['verdict']} {mutants}")
    finally:
        page.Chapter.judge = judge_all
        os.environ.pop("RESNET_LAB_SEED", None)
    return len(expected), changed


def speed():
    """Seconds for 10,000 draws in law of a small network's forward norms (L = 16, m = 64), after compilation."""
    net = network.zhang22(depth=16, width=64, input_dim=64, branch_scale=0.25)
    unit = jnp.eye(1, 64)
    run = jax.jit(jax.vmap(lambda key: measure.layer_norms_in_law(net, unit, key=key)))
    keys = jr.split(jr.key(0), 10_000)
    run(keys).block_until_ready()
    times = []
    for _ in range(5):
        began = time.perf_counter()
        run(keys).block_until_ready()
        times.append(time.perf_counter() - began)
    return sorted(times)[2]


def beside(*arguments):
    """What this file computes for these arguments in a process of its own."""
    done = subprocess.run(
        [sys.executable, __file__, *map(str, arguments)], text=True, stdout=subprocess.PIPE, check=True
    )
    return json.loads(done.stdout)


def main(runs=2000, data_sets=1000, seed_count=50):
    """Print everything; returns True if a promise was broken. Two parts run at a time, each in its own process."""
    began, failed = time.perf_counter(), 0

    def say(text):
        print(text, flush=True)

    say(__doc__.strip())
    say(f"\nspeed: 10,000 draws in law of the forward norms, L = 16, m = 64: {speed():.2f} s (at most 0.3)")
    counts = {table: data_sets if table == "coverage" else runs for table in TABLES}
    with ThreadPoolExecutor(2) as pool:
        tables = {table: pool.submit(beside, table, count) for table, count in counts.items()}
        seeded = pool.submit(beside, "seeds", seed_count)
        for table, future in tables.items():
            say(f"\n{table} ({counts[table]} runs each)")
            for line in (Line(*fields) for fields in future.result()):
                say(f"  {line}")
                failed += not line.right
        judged, changed = seeded.result()
    say(f"\nseeds: {judged} claims with draws, and their mutants, under {seed_count} fresh seeds: "
        f"{len(changed)} verdicts change")  # fmt: skip
    for sentence in changed:
        say(f"  {sentence}")
    failed += len(changed)
    say(f"\n{time.perf_counter() - began:.0f} s; {failed} failures")
    return failed > 0


if __name__ == "__main__":
    part, *rest = [int(word) if word.isdigit() else word for word in sys.argv[1:]] or [""]
    if part == "seeds":
        print(json.dumps(seeds(*rest)))
    elif part in TABLES:
        print(json.dumps([astuple(line) for line in lines(part, *rest)]))
    else:
        sys.exit(main(*([part] if part else []), *rest))
