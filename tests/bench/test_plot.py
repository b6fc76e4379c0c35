"""The plot of rates."""

from xml.etree import ElementTree

from bench.plot import rates
from tests.bench.rows import row

SVG = "{http://www.w3.org/2000/svg}"


def drawn(*rows: object) -> ElementTree.Element:
    return ElementTree.fromstring(rates("Rooms & rates", rows))  # type: ignore[arg-type]


def test_each_rate_of_each_contender_is_a_point() -> None:
    picture = drawn(row("Parley", 100), row("Parley", 200), row("peer", 100))
    assert len(picture.findall(f"{SVG}circle")) == 3


def test_a_rate_that_was_not_carried_is_hollow() -> None:
    (point,) = drawn(row("Parley", 100, p99_ms=500)).findall(f"{SVG}circle")
    assert point.get("fill") == "#ffffff"


def test_more_delay_is_drawn_higher() -> None:
    sooner, later = drawn(row("a", 100, p99_ms=5), row("b", 100, p99_ms=50)).findall(f"{SVG}circle")
    assert float(later.attrib["cy"]) < float(sooner.attrib["cy"])


def test_every_contender_is_named() -> None:
    words = {text.text for text in drawn(row("Parley", 100), row("peer", 100)).iter(f"{SVG}text")}
    assert {"Parley", "peer"} <= words
