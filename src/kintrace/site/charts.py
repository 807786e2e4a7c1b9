"""Charts as inline SVG, reckoned here and drawn by templates: bars side by side, and dots on a line. No script, no style."""

from collections.abc import Mapping, Sequence
from typing import Any

WIDE, BAR, GAP, LEFT, EDGE, TOP = 640, 16, 14, 130, 20, 8
LOW, HIGH = -6.0, 12.0
ENDS = (-3, 0, 3, 6, 9)
"""Where the bands of log10 likelihood ratios end in a table."""


def bars(rows: Sequence[tuple[str, Mapping[str, int]]], names: Sequence[str]) -> dict[str, Any]:
    """Horizontal bars: for each row one bar of each name, with its count beside it.

    Args:
        rows: label and counts.
        names: of the counts, in their order: the first in the accent's colour, the second in another.
    """
    most = max((row.get(name, 0) for _, row in rows for name in names), default=0) or 1
    high = BAR * len(names) + GAP
    drawn = []
    for number, (label, row) in enumerate(rows):
        top = TOP + number * high
        parts = [
            {
                "name": name,
                "count": row.get(name, 0),
                "top": top + place * BAR,
                "middle": top + place * BAR + 12,
                "wide": round((WIDE - LEFT - 60) * row.get(name, 0) / most, 1),
                "end": round(LEFT + (WIDE - LEFT - 60) * row.get(name, 0) / most + 6, 1),
                "second": place > 0,
            }
            for place, name in enumerate(names)
        ]
        drawn.append({"label": label, "middle": top + 12, "parts": parts})
    return {"rows": drawn, "wide": WIDE, "high": TOP + high * len(rows), "left": LEFT, "bar": BAR - 3}


def dots(rows: Sequence[tuple[str, Sequence[float]]]) -> dict[str, Any]:
    """Log10 likelihood ratios as dots on lines, one line a row, its label above it, since it is long in some languages; what lies
    beyond the ends is drawn at them."""
    drawn = []
    for number, (label, values) in enumerate(rows):
        level = TOP + 38 + number * 58
        places = [{"x": _x(value), "y": level + (index % 5 - 2) * 4} for index, value in enumerate(values)]
        drawn.append(
            {
                "label": label,
                "level": level,
                "above": level - 18,
                "dots": places,
                "second": number > 0,
                "count": len(values),
            }
        )
    bottom = TOP + 58 * len(rows) + 4
    ticks = [{"x": _x(tick), "value": tick} for tick in range(int(LOW), int(HIGH) + 1, 3)]
    return {
        "rows": drawn,
        "ticks": ticks,
        "bottom": bottom,
        "wide": WIDE,
        "high": bottom + 26,
        "left": EDGE,
        "label": bottom + 18,
    }


def bands(rows: Sequence[Sequence[float]]) -> list[dict[str, Any]]:
    """The same as a table: how many log10 likelihood ratios of each row lie in each band; the outer bands have one end."""
    return [
        {
            "low": low,
            "high": high,
            "counts": [
                sum((low is None or value >= low) and (high is None or value < high) for value in row) for row in rows
            ],
        }
        for low, high in zip((None, *ENDS), (*ENDS, None), strict=True)
    ]


def _x(value: float) -> float:
    held = min(max(value, LOW), HIGH)
    return round(EDGE + (WIDE - 2 * EDGE) * (held - LOW) / (HIGH - LOW), 1)
