"""A ledger record for tests, with the fields that matter changed."""

RECORD = dict(id="zhang22.lem2", role="statement", verdict="SUPPORTED", kind="sampled", measured=1.0, bound=2.0,
              slack=0.5, draws=100, error_rate=1e-9, setting={"depth": 4}, reading="one width", counterexample=None,
              severity=None, repair=None, no_repair=None, survives={}, vacuous=None,
              mutants=[{"name": "constant halved", "verdict": "REFUTED"}], chapter="part/one")  # fmt: skip


def record(**changes):
    return {**RECORD, **changes}
