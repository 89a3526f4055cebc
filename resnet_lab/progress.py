"""How far a run is: a bar on a terminal, a line in a notebook, elsewhere at most one line at its end."""

import sys
import time
from concurrent.futures import wait

PATIENCE = 2.0  # seconds that a reader waits without wondering
EVERY = 0.25  # seconds between two drawings


def follow(futures, label, unit, total, done, last=True):
    """Show `done()` of `total` units until every future has ended; nothing is shown within PATIENCE seconds.

    On a terminal stderr holds a bar, in a notebook a line of text is updated; elsewhere one final line goes to stderr
    unless `last` is False.
    """
    began, draw, drawn = time.monotonic(), _pen(), ""
    while wait(futures, timeout=EVERY).not_done:
        if draw and time.monotonic() > began + PATIENCE:
            text = line(label, unit, total, done(), time.monotonic() - began)
            if text != drawn:
                draw(text, end="")
            drawn = text
    seconds = time.monotonic() - began
    if drawn:
        draw(line(label, unit, total, done(), seconds), end="\n")
    elif last and not draw and seconds > PATIENCE:
        print(f"{label}: {done()} of {total} {unit} in {seconds:.0f} s", file=sys.stderr, flush=True)


def line(label, unit, total, done, seconds, width=20):
    """One drawing: a bar of `width` characters, the count and the time."""
    full = width * done // max(total, 1)
    return f"{label} [{'#' * full}{'.' * (width - full)}] {done}/{total} {unit}, {seconds:.0f} s"


def terminal():
    """Whether stderr is a terminal, where a bar can be drawn."""
    return bool(getattr(sys.stderr, "isatty", bool)())


def _pen():
    """What draws one line over the last one; None where that is not possible."""
    if "IPython" in sys.modules and getattr(sys.modules["IPython"].get_ipython(), "kernel", None):
        return _notebook()
    if terminal():
        return lambda text, end: print(f"\r{text}\x1b[K", end=end, file=sys.stderr, flush=True)
    return None


def _notebook():
    from IPython.display import Pretty, display

    shown = []

    def draw(text, end):
        if shown:
            shown[0].update(Pretty(text))
        else:
            shown.append(display(Pretty(text), display_id=True))

    return draw
