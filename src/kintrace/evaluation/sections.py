"""The sections of an evaluation page: plain words first, then the chart or table they explain.

Each takes the report and gives HTML, or nothing where the report has nothing for it.
"""

import base64
import math
from collections.abc import Sequence
from html import escape

import cv2
import numpy as np

from kintrace.evaluation import charts
from kintrace.evaluation.metrics import error_versus_discard
from kintrace.evaluation.report import Case, Picture, Pixels, Report

SIDE = 200
"""Largest side of an embedded photo, in pixels."""
FEW = 30
"""People below which a group's figures are shown in grey."""


def headline(report: Report) -> str:
    """Four figures, what they mean, and what to beware of."""
    numbers, between = report.figures, report.figures.get("intervals", {})
    missed, spread = numbers["fnir_at_fpir"], between.get("fnir_at_fpir", {})
    tiles = [
        _tile(numbers["rank1"], between.get("rank1"), "people who are there come first in the list"),
        _tile(numbers["rank20"], between.get("rank20"), "people who are there are among the first 20"),
    ]
    for fpir in missed:
        text = (
            f"people who are there are <strong>missed</strong> where {1000 * float(fpir):g} false alarms are "
            "accepted in 1,000 searches for people who are not"
        )
        tiles.append(_tile(missed[fpir], spread.get(fpir), text))
    warned = "".join(f"<li>{escape(text)}</li>" for text in (*report.notes, *numbers.get("cautions", ())))
    return (
        f'<ul class="tiles">{"".join(tiles)}</ul>'
        '<p class="note">“Between … and …” is where the true figure lies for other people like these, 19 '
        "times out of 20. A photo in which no face could be used counts as missed.</p>"
        + (f'<div class="caution"><ul>{warned}</ul></div>' if warned else "")
    )


def thresholds(report: Report) -> str:
    """Detection error trade-off."""
    if not (report.searches.mate.size and report.searches.alarm.size):
        return ""
    text = (
        "A search reports only candidates above a threshold. A high threshold spares your staff false "
        "alarms and misses more people; a low one does the reverse. Each point of the line is one "
        "threshold: the lower and the further left the line, the better. Start from the number of false "
        "alarms your office can look into, and read off how many people would be missed."
    )
    term = "detection error trade-off (DET): FNIR over FPIR"
    return _section("Missing people, or raising false alarms", term, text, charts.det(report.searches))


def ranks(report: Report) -> str:
    """Cumulative match characteristic."""
    if not report.searches.mate.size:
        return ""
    text = (
        "If somebody looks at the first candidates of every search, whatever their scores: how often the "
        "person is among them. Where the line runs flat, looking further is hardly worth the time."
    )
    term = "cumulative match characteristic (CMC)"
    return _section("How far down the list must one look?", term, text, charts.cmc(report.searches))


def scores(report: Report) -> str:
    """Mated and non-mated scores."""
    at = report.figures.get("thresholds", {}).get("fpir", {})
    fpir, threshold = next(reversed(at.items()), ("", None))
    mark = f"{1000 * float(fpir):g} false alarms of 1,000" if fpir else ""
    text = (
        "The blue hill is the scores of two photos of one person; the grey one, of two different people. The "
        "orange hill is the best candidate of each search for somebody who is not there: the larger the "
        "collection, the further right it stands, as more people means better look-alikes. Errors come from "
        "where blue and orange overlap. What is left of the dotted line is not reported."
    )
    term = "mated and non-mated comparison scores"
    chart = charts.histogram(report.searches, threshold, mark)
    return _section("How well scores tell one person from two", term, text, chart)


def quality(report: Report) -> str:
    """Error versus discard, at the strictest threshold of each sort."""
    if report.quality is None or not report.searches.mate.size:
        return ""
    shares, curves = np.linspace(0, 0.5, 26), []
    for kind, label in (("fpir", "one against the collection, FPIR"), ("fmr", "one against one, FMR")):
        rate, at = next(reversed(report.figures.get("thresholds", {}).get(kind, {}).items()), ("", None))
        if at is not None:
            missed = report.searches.missed(at)
            curves.append((f"{label} {rate}", error_versus_discard(missed, report.quality, shares)))
    if not curves:
        return ""
    text = (
        "Set aside the photos of lowest quality, as an office does that asks for a better one: how many "
        "people are still missed among the rest? A good quality figure makes the lines fall. Where a "
        "line keeps to its dotted level, quality says nothing about errors."
    )
    chart = charts.discard(shares, curves)
    return _section("Is the quality figure worth heeding?", "error versus discard (EDC)", text, chart)


def groups(report: Report) -> str:
    """FNIR and FPIR by group."""
    searches = ("Searches, in collection", "Missed of 1,000", "Searches, not in it", "False alarms of 1,000")
    head = ("Group", "People", *searches, "No usable face")
    tables = []
    for kind, rows in report.figures.get("groups", {}).items():
        body = [
            (
                escape(str(row["group"])),
                f"{row['people']:,}",
                f"{row['mated']:,}",
                _spread(row["fnir"], row["fnir_interval"]),
                f"{row['nonmated']:,}",
                _spread(row["fpir"], row["fpir_interval"]),
                f"{row['failed']:,}",
            )
            for row in rows
        ]
        few = [row["people"] < FEW for row in rows]
        tables.append(f"<h3>By {escape(str(kind))}</h3>{_table(head, body, few)}")
    if not tables:
        return ""
    text = (
        "All groups at one threshold, the one that gives 10 false alarms in 1,000 searches over "
        "everybody. In brackets, where the true figure lies 19 times out of 20: where the brackets of "
        f"two groups overlap, a difference may be chance. In grey: fewer than {FEW} people, too few to "
        "say."
    )
    term = "FNIR and FPIR by group, at one threshold"
    return _section("Does it serve everybody alike?", term, text, "".join(tables))


def degraded(report: Report) -> str:
    """The fall in accuracy on degraded photos."""
    if not report.degraded:
        return ""
    fpirs = list(report.figures["fnir_at_fpir"])
    head = (
        "Photos searched for",
        "Come first",
        *(f"Missed at {1000 * float(f):g} false alarms" for f in fpirs),
    )
    body = [
        (
            escape(name),
            _per_mille(numbers["rank1"]),
            *(_per_mille(numbers["fnir_at_fpir"].get(fpir)) for fpir in fpirs),
            f"{numbers['failure_to_acquire']['probe']:,}",
        )
        for name, numbers in (("as they are", report.figures), *report.degraded)
    ]
    text = "All of 1,000 searches. docs/evaluate.md explains the kinds and the unit of each strength."
    term = "the same searches, with photos made worse on purpose"
    return _section("What poor photos cost", term, text, _table((*head, "No usable face"), body))


def calibration(report: Report) -> str:
    """Reliability of likelihood ratios, and of expected look-alikes."""
    shown = []
    if report.reliability is not None:
        text = (
            "Where Kintrace states a strength of 100, such a score should be seen 100 times as often for one "
            "person as for two. On the dashed line it is so; below it, strength is overstated."
        )
        chart = charts.reliability(report.reliability)
        shown.append(_section("Is stated strength borne out?", "reliability of likelihood ratios", text, chart))
    if report.look_alikes is not None:
        text = (
            "For each score Kintrace says how many look-alikes a collection of this size would be "
            "expected to hold. On the dashed line as many were seen; above it, more."
        )
        term = "expected and observed, in searches for somebody who is not there"
        chart = charts.look_alikes(report.look_alikes)
        shown.append(_section("Are look-alikes foretold?", term, text, chart))
    return "\n".join(shown)


def worst(report: Report) -> str:
    """The worst misses and the worst false alarms, with their photos."""
    misses = (
        "People who are in the collection and were not reported. Look for what the photos have in "
        "common: age, pose, blur, glasses, or one person under two names in the file."
    )
    alarms = (
        "People who are not in the collection, and who was reported in their place. Some may be kin, "
        "twins, or one person under two names: check before blaming the search."
    )
    shown = []
    for title, term, text, cases in (
        ("The worst misses", "lowest mated scores", misses, report.misses),
        ("The worst false alarms", "highest non-mated scores", alarms, report.alarms),
    ):
        if cases:
            listed = "".join(f"<li>{_case(case)}</li>" for case in cases)
            shown.append(_section(title, term, text, f'<ul class="pairs">{listed}</ul>'))
    return "\n".join(shown)


def details(report: Report) -> str:
    """Every figure once more, in an examiner's words."""
    numbers = report.figures
    failed, at = numbers["failure_to_acquire"], numbers.get("thresholds", {})
    rows = [
        ("Model pack", escape(str(numbers["pack"]))),
        ("Failure to acquire, photos", ", ".join(f"{role} {failed[role]:,}" for role in failed)),
        ("Within ranks 1, 20, 50", ", ".join(_plain(numbers[f"rank{rank}"]) for rank in (1, 20, 50))),
    ]
    for fpir, value in numbers["fnir_at_fpir"].items():
        threshold, alarms = at.get("fpir", {}).get(fpir), numbers.get("false_alarms", {}).get(fpir, 0)
        text = f"{_plain(value)} (threshold {_plain(threshold)}, {alarms:,} false alarms)"
        rows.append((f"FNIR at FPIR {fpir}", text))
    for fmr, value in numbers["fmr_fnmr"].items():
        text = f"{_plain(value)} (threshold {_plain(at.get('fmr', {}).get(fmr))}; one photo against one)"
        rows.append((f"FNMR at FMR {fmr}", text))
    if numbers["seconds_per_image"]:
        rows.append(("Time per photo", f"{1000 * numbers['seconds_per_image']:.0f} ms"))
    listed = "".join(f"<dt>{escape(name)}</dt><dd>{value}</dd>" for name, value in rows)
    return _section("All figures", "for the examiner", "", f"<dl>{listed}</dl>")


def _section(title: str, term: str, text: str, content: str) -> str:
    figure = f"<figure>{content}</figure>" if content.startswith("<svg") else content
    said = f"<p>{text}</p>" if text else ""
    return f'<section><h2>{title} <span class="term">{term}</span></h2>{said}{figure}</section>'


def _tile(value: float | None, between: Sequence[float] | None, text: str) -> str:
    spread = f"between {_per_mille(between[0])} and {_per_mille(between[1])}" if between else ""
    unit = "<small>of 1,000</small>" if value is not None else "<small>not known</small>"
    return f'<li><b>{_per_mille(value)} {unit}</b>{text}<span class="between">{spread}</span></li>'


def _table(head: Sequence[str], body: Sequence[Sequence[str]], grey: Sequence[bool] = ()) -> str:
    heads = "".join(f'<th scope="col"{" class=n" if place else ""}>{name}</th>' for place, name in enumerate(head))
    rows = "".join(
        f"<tr{' class=few' if place < len(grey) and grey[place] else ''}>"
        f'<th scope="row">{first}</th>{"".join(f"<td class=n>{cell}</td>" for cell in rest)}</tr>'
        for place, (first, *rest) in enumerate(body)
    )
    return f'<div class="scroll"><table><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table></div>'


def _case(case: Case) -> str:
    named = (
        ("Same person", case.own),
        ("Somebody else" if case.own else "Reported", case.first),
    )
    shown = [_face("Searched for", case.probe), *(_face(role, one) for role, one in named if one is not None)]
    rank = f'<p class="numbers">Place of the person in the list: {case.rank:,}</p>' if case.rank else ""
    return f'<div class="faces{" two" if len(shown) == 2 else ""}">{"".join(shown)}</div>{rank}'


def _face(role: str, picture: Picture) -> str:
    said = [] if picture.score is None else [f"score {picture.score:.3f}"]
    said += [] if picture.quality is None or math.isnan(picture.quality) else [f"quality {picture.quality:.0f}"]
    image = '<div class="none">not shown</div>'
    if picture.pixels is not None:
        image = f'<img alt="" src="{_data_uri(picture.pixels)}">'
    caption = f"<b>{role}</b><bdi>{escape(picture.name)}</bdi><br>{'<br>'.join(said)}"
    return f'<figure class="face">{image}<figcaption>{caption}</figcaption></figure>'


def _data_uri(pixels: Pixels) -> str:
    scale = min(1.0, SIDE / max(pixels.shape[:2]))
    width, height = (max(1, round(side * scale)) for side in (pixels.shape[1], pixels.shape[0]))
    small = cv2.resize(pixels, (width, height), interpolation=cv2.INTER_AREA)
    _, jpeg = cv2.imencode(".jpg", cv2.cvtColor(small, cv2.COLOR_RGB2BGR), [cv2.IMWRITE_JPEG_QUALITY, 85])
    return "data:image/jpeg;base64," + base64.b64encode(jpeg.tobytes()).decode()


def _per_mille(value: float | None) -> str:
    if value is None:
        return "–"
    # "0" and "1,000" are said only where they are meant.
    each = 1000 * value
    return f"{each:.1f}" if 0 < each < 1 or 999 < each < 1000 else f"{each:,.0f}"


def _spread(value: float | None, between: Sequence[float]) -> str:
    if value is None or not between:
        return "–"
    return f"{_per_mille(value)} <small>({_per_mille(between[0])}–{_per_mille(between[1])})</small>"


def _plain(value: float | None) -> str:
    return "–" if value is None else f"{value:.4f}"
