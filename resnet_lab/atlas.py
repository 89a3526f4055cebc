"""The atlas: one generated page with every claim, its verdict and its place, and what has not been judged yet."""

import re
from collections import Counter

from . import claims
from .ledger import BUDGET, DECISION_ERROR, decisions

VERDICTS = ("PROVED", "SUPPORTED", "REFUTED", "UNDECIDED")
SLACK = (
    "Slack is measured over bound at the worst setting tried: 1 is tight, 0.01 is loose by a hundred, and a refuted "
    "claim may exceed 1. Symbolic proofs, and proofs in several parts of which none is an instance of the claim, have "
    "none: their chapters say how loose they are."
)
PAPERS = ("zhang22", "du18", "gulcu19", "nfres", "frei19", "cross")


def page(records, sources):
    """The page as Markdown, from the ledger and the chapters' sources by name (they hold the targets of the links)."""
    registry = claims.load()
    judged = {record["id"]: record for record in records}
    links = {name: _link(record, sources[record["chapter"]]) for name, record in judged.items()}
    open_claims = [claim for claim in registry.values() if claim.id not in judged]
    refuted = [record for record in records if record["verdict"] == "REFUTED"]
    spent = decisions(records)
    lines = f"""# Atlas: every claim and its verdict

{len(judged)} claims are judged, {len(open_claims)} are not judged yet. The verdicts rest on {spent} random decisions of
at most {BUDGET:,}, each wrong with probability at most {_figure(DECISION_ERROR)}: with fresh seeds the whole book
raises a false alarm with probability at most {_figure(spent * DECISION_ERROR)}.

## Counts
""".splitlines()
    lines += _table(["Paper", *VERDICTS, "not judged"], _counts(registry, judged))
    lines += ["", "## Judged claims", "", SLACK]
    for paper in PAPERS:
        mine = [record for record in records if record["id"].split(".")[0] == paper]
        rows = [[links[r["id"]], r["verdict"], r["kind"], _figure(r["slack"])] for r in mine]
        table = _table(["Claim", "Verdict", "Kind", "Slack"], rows) if rows else ["None."]
        lines += ["", f"### Judged in {paper}", "", *table]
    lines += ["", "## Refuted claims", ""]
    for record in refuted:
        lines += _refutation(record, registry[record["id"]], judged, links)
    lines += ["## Mutants", "", *_mutants(records, links), ""]
    vacuous = [record for record in records if record["vacuous"] is not None]
    lines += ["## Vacuous claims", "", "Their sizes cannot be built; the number says by how far.", ""]
    lines += [f"- {links[r['id']]}: {_figure(r['vacuous'])}" for r in vacuous] or ["None."]
    lines += ["", "## Not judged yet", "", *_table(["Part", *PAPERS], _left(open_claims)), ""]
    for paper in PAPERS:
        mine = [claim for claim in open_claims if claim.paper == paper]
        items = [f"- `{claim.id}` {_plain(claim.label)}" for claim in mine] or ["None."]
        lines += [f"````{{dropdown}} {paper}: {len(mine)} claims not judged yet", *items, "````", ""]
    return "\n".join(lines)


def _mutants(records, links):
    """How many false variants the checks refuted, and those that came nearest to passing."""
    every = [(record, mutant) for record in records for mutant in record["mutants"]]
    ratios = [(_ratio(mutant), record, mutant) for record, mutant in every if _ratio(mutant) is not None]
    nearest = sorted(ratios, key=lambda entry: entry[0])[:10]
    refuted = sum(mutant["verdict"] == "REFUTED" for _, mutant in every)
    yield (f"{refuted} of {len(every)} false variants are refuted by the check of their claim. By how much, their "
           "chapters say; these ten came nearest to passing.")  # fmt: skip
    rows = [[links[record["id"]], _plain(mutant["name"]), _figure(ratio)] for ratio, record, mutant in nearest]
    yield from ["", *_table(["Claim", "Mutant", "Beyond the bound by the factor"], rows)]


def _ratio(mutant):
    """How far a refuted mutant lies beyond its bound, as a factor above 1; None where the bound is 0."""
    measured, bound = mutant.get("measured"), mutant.get("bound")
    if not measured or not bound or measured * bound < 0:
        return None
    return max(measured / bound, bound / measured)


def summary(records, source):
    """What a chapter's page says under its title, as Markdown: its main verdicts, and how many more there are."""
    main = [record for record in records if _is_main(record["id"], source)]
    rest = Counter(record["verdict"] for record in records if record not in main)
    lines = [":::{admonition} Verdicts on this page", ":class: note"]
    for record in main:
        reading = f" {_plain(record['reading'])}." if record["reading"] else ""
        lines += [f"- {_link(record, source, page='')}: **{record['verdict']}** ({record['kind']}).{reading}"]
    if rest:
        words = ", ".join(f"{rest[word]} {word}" for word in VERDICTS if rest[word])
        lines += [f"- Steps, repairs and findings: {words}. All are in the {{doc}}`atlas </book/atlas>`."]
    return "\n".join([*lines, ":::"])


def _is_main(name, source):
    return re.search(rf"^#?\s*:label: {re.escape(name)}$", source, re.MULTILINE) is not None


def _link(record, source, page=None):
    """A link to a claim's place: a labelled directive for a main statement, a target before a proof step."""
    name = record["id"]
    if _is_main(name, source):
        anchor = name
    elif re.search(rf"^#?\s*\({re.escape(name)}\)=$", source, re.MULTILINE):
        anchor = name.lower().replace(".", "-")  # as Sphinx writes a target
    else:
        where = f"':label: {name}' or a line '({name})=' there"
        raise ValueError(f"{name} is judged in {record['chapter']}, without {where}")
    return f'<a href="{record["chapter"] + ".html" if page is None else page}#{anchor}">{name}</a>'


def _table(head, rows):
    lines = ["| " + " | ".join(row) + " |" for row in (head, *rows)]
    return [lines[0], "|" + " --- |" * len(head), *lines[1:]]


def _counts(registry, judged):
    for paper in (*PAPERS, "all"):
        mine = [claim.id for claim in registry.values() if paper in (claim.paper, "all")]
        words = Counter(judged[name]["verdict"] if name in judged else "" for name in mine)
        yield [paper, *(str(words[verdict]) for verdict in (*VERDICTS, ""))]


def _left(open_claims):
    for part in claims.PARTS:
        count = Counter(claim.paper for claim in open_claims if claim.part == part)
        if count:
            yield [part or "none yet", *(str(count[paper]) for paper in PAPERS)]


def _refutation(record, claim, judged, links):
    lines = [f"### {claim.id}: {_plain(claim.label)}", "", claim.statement.strip(), "", f"- Place: {links[claim.id]}"]
    lines += [
        f"- Counterexample: {_plain(record['counterexample'] or 'see the chapter')}",
        f"- Severity: {record['severity']}",
    ]
    if record["repair"]:
        lines += [f"- Repair: {links[record['repair']]}, {judged[record['repair']]['verdict']}"]
    else:
        lines += [f"- No repair: {_plain(record['no_repair'])}"]
    for name, words in record["survives"].items():
        lines += [f"- Survives, {links.get(name, f'`{name}`')}: {_plain(words)}"]
    return [*lines, ""]


def _figure(value):
    if isinstance(value, int | float):
        return f"{value:.3g}".replace("e-0", "e-").replace("e+0", "e+")
    return "none" if value is None else _plain(str(value))


def _plain(text):
    """Text that Markdown must show as it stands."""
    return re.sub(r"([\\`*_{}\[\]<>$#|~])", r"\\\1", " ".join(text.split()))
