"""The page of a search: who was sought, who may be the same person, how strong that is, and who was rightly not found."""

import base64
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape
from importlib.resources import files
from pathlib import Path
from string import Template

import cv2

from kintrace.errors import PhotoError
from kintrace.evidence import sentence
from kintrace.faces import Face, Pixels, Reader, portrait
from kintrace.folder.search import Candidate, Search


@dataclass(frozen=True, eq=False)
class Shown:
    """One search on the page."""

    name: str
    """Of the photo or person sought."""
    paths: tuple[Path, ...]
    """The photos of the person sought, one for each of the search's probe samples."""
    search: Search
    note: str = ""
    """What is known about the outcome, in a demonstration."""
    truth: Callable[[Candidate], str] | None = None
    """What is known about a candidate, in a demonstration."""


def render(title: str, lead: Sequence[str], searches: Sequence[Shown]) -> str:
    """The page as one HTML document that refers to nothing outside it.

    Args:
        title: plain text.
        lead: paragraphs of plain text.
        searches: in the order shown.
    """
    with Reader() as reader:
        body = "\n".join(_search(shown, reader) for shown in searches)
    return Template(files(__package__).joinpath("page.html").read_text("utf-8")).substitute(
        title=escape(title),
        lead="\n".join(f'<p class="lead">{escape(words)}</p>' for words in lead),
        body=body,
    )


def _search(shown: Shown, reader: Reader) -> str:
    search = shown.search
    pictures = "".join(
        _figure(path, sample.face, shown.name if number == 0 else "", reader)
        for number, (path, sample) in enumerate(zip(shown.paths, search.probe, strict=True))
    )
    advice = {words for sample in search.probe for words in sample.quality.advice}
    hints = "".join(f'<p class="caution">{escape(words)}</p>' for words in sorted(advice))
    found = "".join(_candidate(candidate, shown, reader) for candidate in search.candidates) or (
        '<p class="none">Nobody in this collection looks enough like this person to be a candidate. '
        "That is a good answer: the person is not in it, or not in a photo that shows it.</p>"
    )
    note = f'<p class="truth">{escape(shown.note)}</p>' if shown.note else ""
    return (
        f'<section class="search"><div class="sought"><p class="quiet">Person sought</p>{pictures}{hints}</div>'
        f'<div class="found">{found}{note}</div></section>'
    )


def _candidate(candidate: Candidate, shown: Shown, reader: Reader) -> str:
    reference, evidence = candidate.reference, candidate.evidence
    which = f" (face {reference.number} of {reference.faces})" if reference.faces > 1 else ""
    if evidence is None:
        words = "<p>The strength of this likeness is not stated: these model packs have no calibration.</p>"
    else:
        words = f"<p>{escape(sentence(evidence))}</p>"
        words += "".join(f'<p class="caution">{escape(caution)}</p>' for caution in evidence.cautions)
    truth = f'<p class="truth">{escape(shown.truth(candidate))}</p>' if shown.truth else ""
    name = f"{reference.path.parent.name}/{reference.path.name}{which}"
    figure = _figure(reference.path, reference.sample.face, name, reader)
    return (
        f'<div class="candidate">{figure}'
        f'<div><p class="strength">Candidate {candidate.rank}</p>{words}{truth}</div></div>'
    )


def _figure(path: Path, face: Face, caption: str, reader: Reader) -> str:
    try:
        picture = portrait(reader.read(path).pixels, face.landmarks)
    except PhotoError:
        return f"<figure><figcaption>{escape(caption)} (the photo can no longer be read)</figcaption></figure>"
    return f'<figure><img alt="" src="{_inline(picture)}"><figcaption>{escape(caption)}</figcaption></figure>'


def _inline(pixels: Pixels) -> str:
    sound, encoded = cv2.imencode(".jpg", pixels[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, 85])
    if not sound:
        raise RuntimeError("OpenCV could not encode a JPEG")
    return f"data:image/jpeg;base64,{base64.b64encode(encoded.tobytes()).decode()}"
