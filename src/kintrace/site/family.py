"""A person's family as a small drawing: who stands above, beside and below; one SVG without script or style.

A line that is broken says that it is not known through whom somebody belongs to the person.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from unicodedata import east_asian_width
from xml.etree.ElementTree import Element, SubElement, tostring

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from kintrace.casework.forms import Stated
from kintrace.casework.listing import name_in
from kintrace.evidence.relatives import relation_of
from kintrace.site.kinship import relation

LEVELS = {
    "grandparent": -2, "parent": -1, "uncle or aunt": -1, "guardian": -1, "child": 1, "nephew or niece": 1, "grandchild": 2,
}  # fmt: skip
"""Above the person or below, by the group of the relation; everybody else stands beside them."""
CLEAR = ("parent", "sibling", "spouse", "child")
WIDE, TALL, BOX, GAP = 190, 54, 170, 44
LINE = "#7b8a97"


@dataclass(frozen=True)
class _Box:
    name: str
    relation: str
    group: str
    level: int
    left: float = 0
    top: float = 0

    @property
    def middle(self) -> float:
        return self.left + BOX / 2


def drawn(
    facts: Mapping[str, Mapping[str, Any]], enquirer: Mapping[str, Mapping[str, Any]], right_to_left: bool = False
) -> SafeString | str:
    """The drawing; nothing where no family is known.

    Args:
        facts: of the person.
        enquirer: of who asks, where that may be seen: they are family, too.
        right_to_left: whether rows begin at the right.
    """
    kin = list(_kin(facts, enquirer))
    if not kin:
        return ""
    own = _Box(_named(facts) or _("the person"), "", "self", 0)
    boxes = _placed([own, *kin], right_to_left)
    wide = max(box.left for box in boxes) + (WIDE + BOX) / 2
    high = max(box.top for box in boxes) + TALL + 1
    svg = Element("svg", {
        "xmlns": "http://www.w3.org/2000/svg", "viewBox": f"0 0 {wide:.0f} {high:.0f}", "role": "img",
        "width": f"{wide:.0f}", "height": f"{high:.0f}", "direction": "rtl" if right_to_left else "ltr",
    })  # fmt: skip
    SubElement(svg, "title").text = _("Family")
    SubElement(svg, "desc").text = "; ".join(f"{box.relation}: {box.name}" for box in kin)
    _lines(svg, boxes)
    for box in boxes:
        _draw(svg, box)
    return SafeString(tostring(svg, encoding="unicode"))


def _kin(facts: Mapping[str, Mapping[str, Any]], enquirer: Mapping[str, Mapping[str, Any]]) -> Iterator[_Box]:
    told = facts.get("family") or {}
    tables = [each if isinstance(each, Mapping) else {"name": str(each)} for each in told.get("value") or ()]
    people = [(str(each.get("relation", "")), str(each.get("name") or each.get("person") or "")) for each in tables]
    asks = str((enquirer.get("relationship") or {}).get("value", "")), _named(enquirer)
    if all(asks) and asks[1] not in [name for _relation, name in people]:
        people.insert(0, asks)
    for said, name in people:
        group = "guardian" if said == "guardian" else relation_of(said or name).group
        yield _Box(name, relation(said), group, LEVELS.get(group, 0))


def _named(facts: Mapping[str, Mapping[str, Any]]) -> str:
    stated = {name: Stated(fact["value"], fact["original_script"]) for name, fact in facts.items()}
    return name_in(stated)["value"]


def _placed(boxes: list[_Box], right_to_left: bool) -> list[_Box]:
    """The boxes with their places: brothers and sisters before the person, husband or wife after, each row in the middle."""
    order = {"sibling": 0, "self": 1, "spouse": 2, "parent": 0, "child": 0}
    rows: dict[int, list[_Box]] = {}
    for box in sorted(boxes, key=lambda box: (box.level, order.get(box.group, 3))):
        rows.setdefault(box.level, []).append(box)
    most = max(map(len, rows.values()))
    beside = any(box.group not in ("self", "spouse") for box in rows[0])
    start = GAP / 2 if beside and min(rows) == 0 else 1  # room for the line above them
    placed = []
    for y, row in enumerate(rows.values()):
        for x, box in enumerate(reversed(row) if right_to_left else row):
            left = (most - len(row)) * WIDE / 2 + x * WIDE + (WIDE - BOX) / 2
            placed.append(_Box(box.name, box.relation, box.group, box.level, left, start + y * (TALL + GAP)))
    return placed


def _lines(svg: Element, boxes: list[_Box]) -> None:
    own = next(box for box in boxes if box.group == "self")
    for box in boxes:
        near = _towards(box, own, boxes)
        if box.group == "spouse":
            _line(svg, [(own.middle, own.top + TALL / 2), (box.middle, box.top + TALL / 2)], clear=True)
        elif box.level == 0 and box is not own:
            bus = own.top - GAP / 2
            path = [(box.middle, box.top), (box.middle, bus), (own.middle, bus), (own.middle, own.top)]
            _line(svg, path, clear=box.group in CLEAR)
        elif box.level:
            above, below = sorted((box, near), key=lambda each: each.top)
            bus = below.top - GAP / 2
            path = [
                (above.middle, above.top + TALL),
                (above.middle, bus),
                (below.middle, bus),
                (below.middle, below.top),
            ]
            _line(svg, path, clear=box.group in CLEAR)


def _towards(box: _Box, own: _Box, boxes: list[_Box]) -> _Box:
    """Whom a line leads to: the person; for grandparents and grandchildren somebody between, where one is known."""
    if abs(box.level) < 2:
        return own
    return next((each for each in boxes if each.level * 2 == box.level and each.group in CLEAR), own)


def _line(svg: Element, points: list[tuple[float, float]], *, clear: bool) -> None:
    path = " ".join(f"{x:.0f},{y:.0f}" for x, y in points)
    broken = {} if clear else {"stroke-dasharray": "4 4"}
    SubElement(svg, "polyline", {"points": path, "fill": "none", "stroke": LINE, **broken})


def _draw(svg: Element, box: _Box) -> None:
    own = box.group == "self"
    colour = {"fill": "#e7f0f9", "stroke": "#0b5cad"} if own else {"fill": "#ffffff", "stroke": LINE}
    group = SubElement(svg, "g")
    SubElement(group, "title").text = f"{box.relation}: {box.name}" if box.relation else box.name
    place = {"x": f"{box.left:.0f}", "y": f"{box.top:.0f}", "width": str(BOX), "height": str(TALL), "rx": "6"}
    SubElement(group, "rect", {**place, **colour})
    middle = {"x": f"{box.middle:.0f}", "text-anchor": "middle"}
    name = {**middle, "y": f"{box.top + (23 if box.relation else 32):.0f}", "fill": "#17222d"}
    SubElement(group, "text", {**name, "font-size": "14", "font-weight": "600"}).text = _cut(box.name, 18)
    if box.relation:
        below = {**middle, "y": f"{box.top + 42:.0f}", "fill": "#51606d", "font-size": "12"}
        SubElement(group, "text", below).text = _cut(box.relation, 26)


def _cut(text: str, most: int) -> str:
    """As much of a text as the box has room for; a Chinese character takes the room of two letters."""
    wide = 0
    for at, letter in enumerate(text):
        wide += 2 if east_asian_width(letter) in "WF" else 1
        if wide > most:
            return text[: at - 1] + "…"
    return text
