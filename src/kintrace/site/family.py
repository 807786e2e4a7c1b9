"""A person's family as a small drawing: who stands above, beside and below; one SVG without script or style."""

from collections.abc import Mapping
from typing import Any
from xml.etree.ElementTree import Element, SubElement, tostring

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from kintrace.casework.forms import Stated
from kintrace.casework.listing import name_in

ABOVE = ("father", "mother", "parent", "grandfather", "grandmother", "uncle", "aunt", "guardian")
BELOW = ("son", "daughter", "child", "grandson", "granddaughter", "nephew", "niece")
WIDE, TALL, BOX, GAP = 190, 54, 170, 40


def drawn(facts: Mapping[str, Mapping[str, Any]], right_to_left: bool = False) -> SafeString | str:
    """The drawing; nothing where no family is known."""
    told = facts.get("family")
    if not told or not told["value"]:
        return ""
    rows: dict[int, list[tuple[str, str]]] = {0: [], 1: [], 2: []}
    for each in told["value"]:
        table = each if isinstance(each, Mapping) else {"name": str(each)}
        relation, name = str(table.get("relation", "")), str(table.get("name") or table.get("person") or "")
        rows[0 if relation in ABOVE else 2 if relation in BELOW else 1].append((relation, name))
    own = name_in({name: Stated(fact["value"], fact["original_script"]) for name, fact in facts.items()})["value"]
    rows[1].insert(0, ("", own or _("the person")))
    wide = max(len(row) for row in rows.values()) * WIDE
    levels = [level for level in rows if rows[level]]
    svg = Element("svg", {
        "xmlns": "http://www.w3.org/2000/svg", "viewBox": f"0 0 {wide} {len(levels) * (TALL + GAP) - GAP}", "role": "img",
        "width": str(wide), "direction": "rtl" if right_to_left else "ltr",
    })  # fmt: skip
    SubElement(svg, "title").text = _("Family")
    SubElement(svg, "desc").text = "; ".join(
        f"{relation}: {name}" for row in rows.values() for relation, name in row if relation
    )
    middles = {}
    for y, level in enumerate(levels):
        start = (wide - len(rows[level]) * WIDE) / 2
        for x, (relation, name) in enumerate(rows[level]):
            place = len(rows[level]) - 1 - x if right_to_left else x
            left, top = start + place * WIDE + (WIDE - BOX) / 2, y * (TALL + GAP)
            middles[level, x] = (left + BOX / 2, top)
            _box(svg, left, top, relation, name, own=not relation)
    _lines(svg, middles)
    return SafeString(tostring(svg, encoding="unicode"))


def _box(svg: Element, left: float, top: float, relation: str, name: str, *, own: bool) -> None:
    colour = {"fill": "#e7f0f9", "stroke": "#0b5cad"} if own else {"fill": "#ffffff", "stroke": "#7b8a97"}
    SubElement(
        svg,
        "rect",
        {"x": f"{left:.0f}", "y": f"{top:.0f}", "width": str(BOX), "height": str(TALL), "rx": "6", **colour},
    )
    middle = {"x": f"{left + BOX / 2:.0f}", "text-anchor": "middle", "fill": "#17222d"}
    SubElement(svg, "text", {**middle, "y": f"{top + 23:.0f}", "font-size": "14", "font-weight": "600"}).text = _cut(
        name
    )
    SubElement(svg, "text", {**middle, "y": f"{top + 42:.0f}", "font-size": "12", "fill": "#51606d"}).text = _cut(
        relation, 28
    )


def _lines(svg: Element, middles: Mapping[tuple[int, int], tuple[float, float]]) -> None:
    x, top = middles[1, 0]
    for (level, place), (other, y) in middles.items():
        if (level, place) == (1, 0):
            continue
        if level == 1:
            start, end = sorted((x, other))
            points = (start + BOX / 2, top + TALL / 2, end - BOX / 2, top + TALL / 2)
        else:
            points = (x, top if level == 0 else top + TALL, other, y + TALL if level == 0 else y)
        keys = ("x1", "y1", "x2", "y2")
        line = Element(
            "line", {**{key: f"{value:.0f}" for key, value in zip(keys, points, strict=True)}, "stroke": "#7b8a97"}
        )
        svg.insert(2, line)


def _cut(text: str, most: int = 20) -> str:
    return text if len(text) <= most else text[: most - 1] + "…"
