"""The evidence of one candidate drawn as a waterfall: from nothing known, fact by fact, to all together; one SVG.

The idea is Splink's waterfall chart. Here rows run down the page, so that labels stay readable; what a fact says is told by
words, sign and pattern as well as by colour; every string is escaped by the XML writer; nothing is loaded from elsewhere.
"""

from collections.abc import Mapping
from math import ceil, floor
from unicodedata import category, east_asian_width
from xml.etree.ElementTree import Element, SubElement, tostring

from kintrace.evidence.facts import LABELS, Evidence, Fact, Outcome
from kintrace.evidence.prior import MOST
from kintrace.evidence.words import number

INK, QUIET, LINE, AGREE, DIFFER, PAPER = "#1b2a38", "#5a6774", "#d5dbe1", "#0b5cad", "#b3430f", "#ffffff"
WIDE, LABEL, PLOT, VALUE = 900, 320, 440, 116
"""Pixels: of the whole, and of the columns of labels, bars and weights."""
ROW, TOP, BOTTOM, BAR, EDGE = 58, 104, 36, 20, 16
LETTERS = 46
"""Letters of small print that fit the column of labels."""
WORDS: Mapping[str, str] = {
    "title": "What speaks for and against one person",
    "for": "for one person",
    "against": "for two people",
    "together": "All together",
    "start": "Before anything is compared",
    "agree": "agrees",
    "differ": "differs",
    "blank": "says nothing",
    "more": ">",
    **LABELS,
}
"""Every fixed word of the drawing, for translation: pass those that change to :func:`waterfall`."""
_SUPERSCRIPT = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
_ISOLATE, _LEFT_TO_RIGHT, _END = "\u2068", "\u2066", "\u2069"


def waterfall(evidence: Evidence, *, words: Mapping[str, str] | None = None, right_to_left: bool = False) -> str:
    """Draw the evidence.

    Args:
        evidence: of one candidate; take facts out first where they may not be shown.
        words: of :data:`WORDS` those that are to read otherwise.
        right_to_left: mirror the drawing for scripts written so.

    Returns:
        An SVG document that may stand in a page as it is: with a title and a description that say all it shows, without script,
        style sheet, link or font of its own.
    """
    said = {name: _clean(word) for name, word in {**WORDS, **(words or {})}.items()}
    return _Drawing(evidence, said, right_to_left).text()


class _Drawing:
    """The drawing while it is made."""

    def __init__(self, evidence: Evidence, words: Mapping[str, str], mirrored: bool) -> None:
        self.words, self.mirrored = words, mirrored
        self.facts, self.total = evidence.facts, evidence.log10_lr
        steps = [0.0]
        for fact in self.facts:
            steps.append(steps[-1] + fact.log10_lr)
        self.steps = steps
        low, high = min([*steps, self.total]), max([*steps, self.total])
        self.low, self.high = floor(low - 0.15), max(ceil(high + 0.15), floor(low - 0.15) + 2)
        self.high_px = TOP + ROW * (len(self.facts) + 1) + BOTTOM
        self.root = Element("svg", {
            "xmlns": "http://www.w3.org/2000/svg", "viewBox": f"0 0 {WIDE} {self.high_px}", "role": "img",
            "width": "100%", "font-family": "system-ui, 'Noto Sans', 'Segoe UI', sans-serif", "font-size": "14",
            "direction": "rtl" if mirrored else "ltr", "fill": INK,
        })  # fmt: skip
        self._say()
        self._patterns()
        self._frame()
        for row, fact in enumerate(self.facts):
            self._row(row, fact)
        self._sum()

    def text(self) -> str:
        """The document."""
        return tostring(self.root, encoding="unicode")

    def _say(self) -> None:
        SubElement(self.root, "title").text = self.words["title"]
        told = [
            f"{self._label(fact)}: {self._outcome(fact)}, {_clean(fact.level)} ({self._times(fact.log10_lr)})"
            for fact in self.facts
        ]
        told.append(f"{self.words['together']}: {self._times(self.total)}")
        SubElement(self.root, "desc").text = ". ".join(told) + "."

    def _patterns(self) -> None:
        # The name is of what it shows, so that two drawings in one page may share it.
        defs = SubElement(self.root, "defs")
        hatch = SubElement(defs, "pattern", {
            "id": "kintrace-differs", "width": "6", "height": "6", "patternUnits": "userSpaceOnUse",
            "patternTransform": "rotate(45)",
        })  # fmt: skip
        SubElement(hatch, "rect", {"width": "6", "height": "6", "fill": DIFFER})
        SubElement(hatch, "rect", {"width": "2", "height": "6", "fill": "#f3c9b2"})
        self._box(0, 0, WIDE, self.high_px, fill=PAPER)

    def _frame(self) -> None:
        self._write(EDGE, 30, _short(self.words["title"], 80), size=18, weight="600")
        every = max(1, ceil((self.high - self.low) / 8))
        for power in range(self.low, self.high + 1):
            if power % every == 0:
                self._rule(self._x(power), TOP - 14, self.high_px - BOTTOM, INK if power == 0 else LINE)
                self._write(self._x(power), TOP - 22, _power(power), size=12, fill=QUIET, anchor="middle")
        zero = self._x(0)
        if self.low < 0:
            self._write(zero - 10, 64, self.words["against"], size=12, fill=DIFFER, anchor="end", arrow="before")
        if self.high > 0:
            self._write(zero + 10, 64, self.words["for"], size=12, fill=AGREE, anchor="start", arrow="after")

    def _row(self, row: int, fact: Fact) -> None:
        top = TOP + ROW * row
        if row:
            self._rule(EDGE, top, None, LINE, across=WIDE - EDGE)
        self._write(EDGE, top + 19, self._label(fact), weight="600")
        self._write(EDGE, top + 35, f"{_ISOLATE}{_short(fact.level)}{_END}", size=12)
        shown = [_short(each, LETTERS // 2 - 2) for each in fact.compared]
        if any(shown):
            both = " · ".join(f"{_ISOLATE}{each or '—'}{_END}" for each in shown)
            self._write(EDGE, top + 50, both, size=11, fill=QUIET)
        self._bar(top, self.steps[row], self.steps[row + 1], fact.outcome)
        if row + 1 < len(self.facts):
            self._rule(
                self._x(self.steps[row + 1]), top + (ROW + BAR) / 2, top + ROW + (ROW - BAR) / 2, QUIET, dashed=True
            )
        self._worth(top, fact.log10_lr, self._outcome(fact), fact.outcome)

    def _sum(self) -> None:
        top = TOP + ROW * len(self.facts)
        self._rule(EDGE, top, None, INK, across=WIDE - EDGE)
        self._write(EDGE, top + 34, self.words["together"], weight="700", size=15)
        start, end = sorted((self._x(0), self._x(self.total)))
        self._box(start, top + (ROW - BAR) / 2, max(end - start, 2), BAR, fill=INK)
        said = self.words["for"] if self.total > 0 else self.words["against"] if self.total < 0 else ""
        self._worth(top, self.total, said, None)

    def _bar(self, top: float, before: float, after: float, outcome: Outcome) -> None:
        start, end = sorted((self._x(before), self._x(after)))
        middle = top + ROW / 2
        if outcome == Outcome.BLANK:
            self._shape("circle", cx=self._at(start), cy=middle, r=5, fill=PAPER, stroke=QUIET, stroke_width=2)
            return
        fill = AGREE if outcome == Outcome.AGREE else "url(#kintrace-differs)"
        edge = AGREE if outcome == Outcome.AGREE else DIFFER
        self._box(start, middle - BAR / 2, max(end - start, 2), BAR, fill=fill, stroke=edge)

    def _worth(self, top: float, log10_lr: float, words: str, outcome: Outcome | None) -> None:
        colours = {Outcome.AGREE: AGREE, Outcome.DIFFER: DIFFER, Outcome.BLANK: QUIET, None: INK}
        x = WIDE - EDGE
        self._write(x, top + 27, self._times(log10_lr), anchor="end", fill=colours[outcome], weight="600")
        self._write(x, top + 43, words, anchor="end", size=11, fill=QUIET)

    def _label(self, fact: Fact) -> str:
        return self.words.get(fact.name) or _clean(fact.name)

    def _outcome(self, fact: Fact) -> str:
        return self.words[fact.outcome.value]

    def _times(self, log10_lr: float) -> str:
        if abs(log10_lr) < 0.005:
            return f"{_LEFT_TO_RIGHT}×1{_END}"
        sign, size = "×" if log10_lr > 0 else "÷", abs(log10_lr)
        if size >= MOST:
            return f"{_LEFT_TO_RIGHT}{self.words['more']} {sign}{number(MOST)}{_END}"
        return f"{_LEFT_TO_RIGHT}{sign}{number(size)}{_END}"

    def _x(self, log10_lr: float) -> float:
        return EDGE + LABEL + (log10_lr - self.low) / (self.high - self.low) * PLOT

    def _at(self, x: float) -> float:
        return WIDE - x if self.mirrored else x

    def _write(self, x: float, y: float, text: str, *, size: float = 14, fill: str = INK, anchor: str = "start",
               weight: str = "400", arrow: str = "") -> None:  # fmt: skip
        left, right = ("→", "←") if self.mirrored else ("←", "→")
        told = {"before": f"{left} {text}", "after": f"{text} {right}"}.get(arrow, text)
        self._shape("text", told, x=self._at(x), y=y, font_size=size, fill=fill, text_anchor=anchor, font_weight=weight)

    def _rule(self, x: float, top: float, bottom: float | None, stroke: str, *, across: float | None = None,
              dashed: bool = False) -> None:  # fmt: skip
        more = {"stroke_dasharray": "2 3"} if dashed else {}
        end = x if across is None else across
        self._shape(
            "line",
            x1=self._at(x),
            x2=self._at(end),
            y1=top,
            y2=top if bottom is None else bottom,
            stroke=stroke,
            **more,
        )

    def _box(self, x: float, y: float, wide: float, high: float, **more: str) -> None:
        self._shape("rect", x=self._at(x) - (wide if self.mirrored else 0), y=y, width=wide, height=high, **more)

    def _shape(self, kind: str, text: str = "", **given: str | float) -> None:
        told = {
            name.replace("_", "-"): f"{value:.1f}" if isinstance(value, float) else str(value)
            for name, value in given.items()
        }
        shape = SubElement(self.root, kind, told)
        if text:
            shape.text = text


def _power(power: int) -> str:
    if power == 0:
        return f"{_LEFT_TO_RIGHT}×1{_END}"
    size = f"{10 ** abs(power):,}" if abs(power) < 4 else f"10{str(abs(power)).translate(_SUPERSCRIPT)}"
    return f"{_LEFT_TO_RIGHT}{'×' if power > 0 else '÷'}{size}{_END}"


def _clean(text: str) -> str:
    """A text without what XML may not hold, and without controls that turn what stands around it."""
    kept = (each if category(each) not in ("Cc", "Cs", "Co", "Cn") else " " for each in text)
    turning = {*"\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"}
    return " ".join("".join(each for each in kept if each not in turning).split())


def _short(text: str, letters: int = LETTERS) -> str:
    """A text cut to so many letters' width."""
    told: list[str] = []
    wide = 0
    for each in _clean(text):
        wide += 2 if east_asian_width(each) in "WF" else 1
        if wide > letters:
            return "".join(told).rstrip() + "…"
        told.append(each)
    return "".join(told)
