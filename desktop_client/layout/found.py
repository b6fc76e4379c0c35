"""One message that was found, with what was looked for marked in it.

Owns: its two lines.
Never: what is found.
"""

from desktop_client.layout.flow import flow_runs, shortened
from desktop_client.layout.marks import Box, Ink, Mark, Words
from desktop_client.layout.metrics import SMALL, TINY, Metrics
from desktop_client.layout.parts import LINE_GAP, draw_line
from desktop_client.layout.prose import PLAIN, Run, Style
from desktop_client.layout.rows import Scene
from desktop_client.layout.words import name_of, one_line, short_time
from parley.client import Hit

_LINES = 2
HIT_HEIGHT = 24 + _LINES * (SMALL + LINE_GAP) + 12
_FOUND = Style(bold=True, named=True)


def draw_hit(hit: Hit, room: str, width: float, scene: Scene, metrics: Metrics) -> list[Mark]:
    """Return what is drawn of a message that was found."""
    when = short_time(hit.time, scene.today, scene.zone)
    head = f"{name_of(hit.author, scene.people)} in {one_line(room)}"
    left = width - metrics.width(when, TINY) - 6
    line, _ = shortened(head, left - 24, TINY, metrics)
    marks: list[Mark] = [
        Box(0, 0, width, HIT_HEIGHT - 4, Ink.CODE, 8),
        *draw_line(line, 10, 6, TINY, Ink.FAINT, links=False)[0],
        Words(left - 4, 6, when, TINY, Ink.FAINT),
    ]
    for index, line in enumerate(flow_runs(runs_of_hit(hit), width - 20, SMALL, metrics)[:_LINES]):
        top = 26 + index * (SMALL + LINE_GAP)
        marks += draw_line(line, 10, top, SMALL, Ink.TEXT)[0]
    return marks


def runs_of_hit(hit: Hit) -> tuple[Run, ...]:
    """Return a hit's text, with what was looked for in a style of its own."""
    runs = [Run("…")] if hit.before else []
    place = 0
    for begin, end in hit.found:
        runs += [Run(hit.text[place:begin], PLAIN), Run(hit.text[begin:end], _FOUND)]
        place = end
    runs += [Run(hit.text[place:]), Run("…" if hit.after else "")]
    return tuple(run for run in runs if run.text)
