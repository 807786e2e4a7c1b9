"""``kintrace photo inspect``: what a photo file tells of itself, without a database."""

from pathlib import Path
from typing import Annotated

import typer

from kintrace.cli.app import Json, out, print_json
from kintrace.cli.photos import photo, read_photo
from kintrace.errors import TrustListError
from kintrace.provenance import Inspector, PhotoFacts, Private, Sentence, TrustList, sentences

TOPICS = {
    "file": "The file",
    "metadata": "What is written beside the picture",
    "compression": "Compression",
    "thumbnail": "Small pictures in the file",
    "marks": "Signs of programs and services",
    "credentials": "Content credentials",
    "hash": "Picture hash",
    "problems": "Could not be read",
}
NOTE = "None of this shows that a photo is real or false. It tells what to ask whoever brought it."


@photo.command("inspect")
def photo_inspect(
    file: Annotated[Path, typer.Argument(help="A photo. It is only read, and nothing of it is kept.")],
    trust: Annotated[
        Path | None,
        typer.Option(help="The agency's trust list: certificates of authorities (PEM) whose signers it trusts."),
    ] = None,
    show_private: Annotated[
        bool, typer.Option("--private", help="Also show place, serial numbers and owner's names that the file holds.")
    ] = False,
    json: Json = False,
) -> None:
    """Say what a photo file tells of itself: metadata, compression, content credentials, hashes. Needs no records."""
    trusted = _trust_list(trust) if trust else None
    data = read_photo(file, kept="")
    with Inspector(trusted) as inspector:
        facts = inspector.inspect(data, name=file.name)
        kept = inspector.private(data) if show_private else None
    told = sentences(facts)
    if json:
        print_json(_as_json(file, facts, told, kept))
        return
    found = facts.file
    size = f", {found.width} × {found.height}" if found.width else ""
    out.print(f"{file.name}: {found.format or 'of no known kind'}{size}, {found.size:,} bytes", markup=False)
    for topic, title in TOPICS.items():
        lines = [each.text for each in told if each.topic == topic]
        if topic == "hash" and facts.hash is not None:
            lines.insert(0, f"{facts.hash.hex} (quality {facts.hash.quality} of 100)")
        if lines:
            out.print(f"\n{title}", markup=False)
        for line in lines:
            out.print(f"  {line}", markup=False)
    if kept is not None:
        out.print("\nFor those only who may see the original", markup=False)
        for line in _private_lines(kept) or ["Nothing that Kintrace reads."]:
            out.print(f"  {line}", markup=False)
    out.print(f"\n{NOTE}", markup=False)


def _trust_list(file: Path) -> TrustList:
    try:
        return TrustList.read(file.read_bytes())
    except OSError as problem:
        raise TrustListError(
            f"{file} cannot be opened ({problem.strerror}).", "Nothing is trusted by it.", "Name another file."
        ) from problem


def _as_json(file: Path, facts: PhotoFacts, told: tuple[Sentence, ...], kept: Private | None) -> dict[str, object]:
    document: dict[str, object] = {
        "photo": str(file),
        **facts.as_dict(),
        "words": [{"topic": each.topic, "text": each.text} for each in told],
        "note": NOTE,
    }
    if kept is not None:
        document["private"] = {
            "latitude": kept.latitude,
            "longitude": kept.longitude,
            "places": [[each.where, each.what, each.value] for each in kept.places],
            "serials": [[each.where, each.what, each.value] for each in kept.serials],
            "makers_note": kept.makers_note,
        }
    return document


def _private_lines(kept: Private) -> list[str]:
    lines = []
    if kept.latitude is not None and kept.longitude is not None:
        lines.append(f"Place by GPS, as EXIF says: {kept.latitude:+.6f}, {kept.longitude:+.6f}")
    lines += [each.sentence() for each in (*kept.places, *kept.serials)]
    if kept.makers_note:
        lines.append("EXIF holds a block of the camera's maker, which is not read here; it often has serial numbers.")
    return lines
