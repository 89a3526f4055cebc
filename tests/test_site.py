"""The built site, in a headless Chromium with the network cut, on the width of a phone."""

import re
import shutil
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import unquote, urldefrag

import pytest

from resnet_lab import book, claims, ledger, runner

ROOT = Path(__file__).resolve().parents[1]
COMMITTED = ledger.committed(ROOT)
PAGES = runner.pages(ROOT)
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
QUIET = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update",
         "--disable-sync", "--no-first-run"]  # fmt: skip
LOOK = """async () => {
    if (window.MathJax?.startup) await MathJax.startup.promise;
    const all = selector => [...document.querySelectorAll(selector)];
    const rows = all('section[id^="judged-in"] tbody tr').map(row => [...row.cells].map(e => e.textContent.trim()));
    const wide = all('article *').filter(e => e.getBoundingClientRect().right > innerWidth + 1);
    return {
        text: document.body.innerText,
        formulas: all('.math').length,
        untypeset: all('.math').filter(e => !e.querySelector('mjx-container')).map(e => e.textContent),
        broken: all('mjx-merror, [data-mml-node="merror"]').map(e => e.textContent),
        width: document.documentElement.scrollWidth,
        wide: wide.slice(0, 3).map(e => e.outerHTML.slice(0, 120)),
        images: all('article img').map(e => [e.alt, e.naturalWidth]),
        rows,
    };
}"""


@pytest.fixture(scope="session")
def visits(site, request):
    """What a reader with a phone and no network finds on each page, by the page's name."""
    if CHROMIUM is None:
        reason = "no Chromium on this machine: install it to test the site in a browser"
        (pytest.fail if request.config.getoption("--require-browser") else pytest.skip)(reason)
    from playwright.sync_api import sync_playwright

    found = {}
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        context = browser.new_context(viewport={"width": 375, "height": 800})
        requests, errors = [], []
        context.route(re.compile("^(?!file:|data:|blob:)"), lambda route: route.abort())
        context.on("request", lambda request: requests.append(request.url))
        context.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
        context.on("weberror", lambda error: errors.append(str(error.error)))
        page = context.new_page()
        for name in PAGES:
            requests.clear(), errors.clear()
            page.goto((site / f"{name}.html").as_uri())
            seen = page.evaluate(LOOK)
            away = [url for url in requests if not url.startswith(("file:", "data:", "blob:"))]
            found[name] = SimpleNamespace(**seen, away=away, errors=list(errors))
        browser.close()
    return found


def test_every_page_of_the_contents_exists(site):
    assert book.missing_pages(ROOT, site) == []


def test_every_link_inside_the_site_leads_somewhere(site):
    texts = {path: path.read_text(encoding="utf-8") for path in site.rglob("*.html")}
    ids = {path: set(re.findall(r'\bid="([^"]+)"', text)) for path, text in texts.items()}
    dead = []
    for path, text in texts.items():
        for link in re.findall(r'<a\b[^>]*\bhref="([^"]+)"', text):
            target, fragment = urldefrag(link)
            if re.match(r"[a-z]+:", target):
                continue
            file = (path.parent / unquote(target)).resolve() if target else path
            if not file.exists() or (fragment and file in ids and unquote(fragment) not in ids[file]):
                dead.append(f"{path.relative_to(site)} -> {link}")
    assert dead == []


def test_chapters_open_in_colab_and_lead_to_their_source(site):
    address = book.public_address(ROOT)
    for chapter in runner.chapters(ROOT):
        text = (site / "book" / f"{chapter}.html").read_text(encoding="utf-8")
        colab = "https://colab.research.google.com/github" + address.removeprefix("https://github.com")
        assert f"{colab}/blob/main/book/{chapter}.ipynb" in text
        assert f"{address}/edit/main/book/{chapter}.py" in text


@pytest.mark.parametrize("name", PAGES)
def test_mathematics_is_typeset_without_the_network(name, visits):
    assert visits[name].untypeset == [] and visits[name].broken == []


def test_the_book_has_mathematics(visits):
    assert sum(visit.formulas for visit in visits.values()) > len(PAGES)


@pytest.mark.parametrize("name", PAGES)
def test_a_page_asks_nothing_of_the_network(name, visits):
    assert visits[name].away == []


@pytest.mark.parametrize("name", PAGES)
def test_a_page_logs_no_error(name, visits):
    assert visits[name].errors == []


@pytest.mark.parametrize("name", PAGES)
def test_a_page_fits_a_phone(name, visits):
    assert visits[name].width <= 375, visits[name].wide


@pytest.mark.parametrize("name", PAGES)
def test_every_figure_is_shown_and_described(name, visits):
    assert [alt for alt, width in visits[name].images if width == 0 or len(alt) < 20 or alt.endswith(".png")] == []


@pytest.mark.parametrize("chapter", runner.chapters(ROOT))
def test_a_chapter_shows_its_verdicts(chapter, visits):
    text = visits[f"book/{chapter}"].text
    shown = [f"{record['id']}: {record['verdict']}" for record in COMMITTED if record["chapter"] == chapter]
    assert [line for line in shown if line not in text] == []


def test_the_atlas_lists_what_the_ledger_holds(visits):
    rows = visits["book/atlas"].rows
    assert sorted(row[:3] for row in rows) == sorted([r["id"], r["verdict"], r["kind"]] for r in COMMITTED)
    slack = {record["id"]: record["slack"] for record in COMMITTED}
    assert [row for row in rows if slack[row[0]] is not None and float(row[3]) != float(f"{slack[row[0]]:.3g}")] == []


def test_the_atlas_counts_what_is_not_judged(visits):
    left = len(set(claims.load()) - {record["id"] for record in COMMITTED})
    assert f"{len(COMMITTED)} claims are judged, {left} are not judged yet" in visits["book/atlas"].text


def test_the_atlas_shows_every_refutation(visits):
    text = visits["book/atlas"].text
    refuted = [record for record in COMMITTED if record["verdict"] == "REFUTED"]
    assert text.count("Counterexample: ") == len(refuted)
    assert [r["id"] for r in refuted if f"Severity: {r['severity']}" not in text] == []
