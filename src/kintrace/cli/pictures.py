"""``kintrace photo``: where a photo comes from, and what it may be used for."""

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any
from uuid import UUID

import typer

from kintrace.cli.app import Json, err, out, print_json
from kintrace.cli.inspect import TOPICS
from kintrace.cli.photos import STATES, PhotoId, photo
from kintrace.cli.records import command, reason_given
from kintrace.errors import FormError, KintraceError

if TYPE_CHECKING:
    from kintrace.casework.scope import Scope

Why = Annotated[
    str | None,
    typer.Option(
        "--why", help="The reason, in your words; it is kept with the photo, sealed. Without it you are asked."
    ),
]


@command(photo, "show")
def photo_show(
    scope: "Scope",
    which: PhotoId,
    show_private: Annotated[
        bool, typer.Option("--private", help="Also place, serial numbers and owner's names that the original holds.")
    ] = False,
    json: Json = False,
) -> None:
    """Say where a photo comes from: what its file tells, who graded it how, and what it may be used for."""
    from kintrace.casework.sources import about, private_of

    told = about(scope, which)
    kept = private_of(scope, which) if show_private else None
    if json:
        print_json(told if kept is None else {**told, "private": kept})
        return
    out.print(f"Photo {told['id']}: {STATES[told['state']]}", markup=False)
    _say_assessment(told["assessment"])
    out.print("\nWhere it comes from")
    out.print(f"  Origin: {told['origin'].replace('_', ' ')}. {told['grade_words']}", markup=False)
    if told["taken"]:
        out.print(f"  Taken: {told['taken']}", markup=False)
    for name, value in {**({"url": told["source_url"]} if told["source_url"] else {}), **told["source"]}.items():
        out.print(f"  {name.replace('_', ' ')}: {value}", markup=False)
    for step in told["custody"]:
        why = f" ({step['why']})" if step.get("why") else ""
        out.print(f"  {step['at'][:16].replace('T', ' ')} {step['by']}: {step['what']}{why}", markup=False)
    if told["same_pictures"]:
        out.print("\nThe same picture on other records")
        for each in told["same_pictures"]:
            out.print(f"  {_other(each)}", markup=False)
    if not told["checked"]:
        out.print("\nThe file was not looked into yet: kintrace worker --once")
    for topic, title in TOPICS.items():
        lines = [each["text"] for each in told["words"] if each["topic"] == topic]
        if lines:
            out.print(f"\n{title}", markup=False)
        for line in lines:
            out.print(f"  {line}", markup=False)
    if kept is not None:
        out.print("\nFor those only who may see the original")
        for name, value in kept.items():
            if value not in (None, [], False):
                out.print(f"  {name.replace('_', ' ')}: {value}", markup=False)
    out.print(f"\n{told['note']}", markup=False)


def _say_assessment(found: dict[str, Any]) -> None:
    by = "" if found["by"] == "rule" else f", by {found['by']}"
    out.print(f"It is {found['words']}{by}.", markup=False)
    for reason in found["reasons"]:
        out.print(f"  {reason}", markup=False)
    if found["cap_words"]:
        out.print(f"  {found['cap_words']}", markup=False)


def _other(each: dict[str, Any]) -> str:
    """The other side of a picture, as far as it may be known."""
    where = f"card {each['card']}" if each["card"] else "another card"
    office = f" of the office {each['office']}" if each["office"] and not each["card"] else ""
    what = "the whole picture" if each["by"] == "whole" else "the face in it"
    ends = "; that card is gone" if each["gone"] else ""
    photo = f", photo {each['photo']}" if each["photo"] else ""
    state = ""
    if each.get("two"):
        state = "; a person said that they are two pictures"
    elif each.get("contradicts"):
        state = "; settled" if each["settled"] else "; the cards contradict each other"
    return f"{where}{office}{photo}: {what}{state}{ends}"


@command(photo, "assess")
def photo_assess(
    scope: "Scope",
    which: PhotoId,
    why: Why = None,
    grade: Annotated[
        str, typer.Option(help="Grade source and information: a letter A to F and a number 1 to 6, such as B2.")
    ] = "",
    raise_it: Annotated[bool, typer.Option("--raise", help="Raise a lead to usable.")] = False,
    lower: Annotated[bool, typer.Option("--lower", help="Take back that somebody raised it.")] = False,
    json: Json = False,
) -> None:
    """Say what a photo can be trusted for: grade its source, raise a lead, or take that back."""
    from kintrace.casework.sources import grade_source, raise_lead, take_back_raise

    if sum((bool(grade), raise_it, lower)) != 1:
        raise FormError("Say one thing at a time.", "Nothing was changed.", "Use --grade, --raise or --lower.")
    act = partial(grade_source, grade=grade) if grade else raise_lead if raise_it else take_back_raise
    _changed(act(scope, which, reason=reason_given(scope, "photo.assess", why)), json)


def _changed(told: dict[str, Any], json: bool) -> None:
    if json:
        print_json(told)
    else:
        _say_assessment(told)


@command(photo, "source")
def photo_source(
    scope: "Scope",
    which: PhotoId,
    url: Annotated[str, typer.Option(help="Address of the page it was found on.")] = "",
    captured: Annotated[str, typer.Option(help="When the page was saved: 2026-11-24T10:30+02:00.")] = "",
    page: Annotated[
        Path | None, typer.Option(help="The page as you saved it, a file of any kind. It is sealed, never opened.")
    ] = None,
    json: Json = False,
) -> None:
    """Record where on the web a photo was found, when, and the saved page. Kintrace fetches nothing."""
    from kintrace.casework.sources import record_source

    data = None
    if page is not None:
        try:
            data = page.read_bytes()
        except OSError as problem:
            raise KintraceError(f"{page} cannot be opened ({problem.strerror}).", "Nothing was kept.") from problem
    told = record_source(
        scope, which, url=url, captured=captured, page=data, page_name=page.name if page is not None else ""
    )
    _changed(told, json)


@command(photo, "custody")
def photo_custody(
    scope: "Scope",
    which: PhotoId,
    what: Annotated[str, typer.Argument(help="The step: who had the photo, gave it, copied it.")],
    json: Json = False,
) -> None:
    """Add a step to a photo's chain of custody."""
    from kintrace.casework.sources import hand_over

    _changed(hand_over(scope, which, what), json)


@command(photo, "settle")
def photo_settle(
    scope: "Scope",
    which: PhotoId,
    belongs: Annotated[
        str,
        typer.Argument(
            help="Where the picture belongs: here, there, both (several people in it, or one person) or neither."
        ),
    ],
    why: Why = None,
    other: Annotated[UUID | None, typer.Option("--with", help="Only what stands between it and this photo.")] = None,
    json: Json = False,
) -> None:
    """Settle a photo in quarantine, once it is known whose picture it is."""
    from kintrace.casework.quarantine import settle_picture

    told = settle_picture(scope, which, belongs, reason_given(scope, "photo.settle", why), other=other)
    if json:
        print_json(told)
        return
    out.print(f"The photo is {told['assessment'].replace('_', ' ')}.", markup=False)
    if told["waits_for_another_office"]:
        out.print("It stays in quarantine until the other office has answered, too.")


@command(photo, "two")
def photo_two(
    scope: "Scope",
    which: PhotoId,
    other: Annotated[UUID, typer.Argument(help="The other photo, as “kintrace photo show” tells it.")],
    why: Why = None,
    take_back: Annotated[bool, typer.Option("--take-back", help="They count as one picture again.")] = False,
    json: Json = False,
) -> None:
    """Say that two photos that count as one picture are two, as of one sitting: their faces count beside each other again."""
    from kintrace.casework.twopictures import say_one, say_two

    say = say_one if take_back else say_two
    told = say(scope, which, other, reason_given(scope, "photo.settle", why))
    if json:
        print_json(told)
        return
    out.print("They count as one picture again." if take_back else "They count as two pictures.")
    out.print(f"The photo is {told['assessment'].replace('_', ' ')}.", markup=False)


@command(photo, "quarantine")
def photo_quarantine(scope: "Scope", json: Json = False) -> None:
    """List your office's photos in quarantine: what waits for a person to settle it."""
    from kintrace.casework.quarantine import waiting_pictures

    rows = waiting_pictures(scope)
    if json:
        print_json({"photos": rows})
        return
    for row in rows:
        out.print(f"Photo {row['photo']} of card {row['card']} (owner: {row['owner'] or 'nobody'})", markup=False)
        for reason in row["reasons"]:
            out.print(f"  {reason}", markup=False)
        for each in row["same_picture"]:
            out.print(f"  On {_other(each)}", markup=False)
    out.print("Settle one: kintrace photo settle PHOTO here|there|both|neither --why …" if rows else "None is.")


@command(photo, "groups")
def photo_groups(
    scope: "Scope",
    at_least: Annotated[
        float | None,
        typer.Option(
            help="Score from which two faces are near-identical; below 0.9 all are compared now, which takes minutes for 100,000."
        ),
    ] = None,
    json: Json = False,
) -> None:
    """Show near-identical faces that one submitter or one site gave for unrelated cards. What that means, people find out."""
    from kintrace.faces import active_packs, set_name
    from kintrace.matching.manyfaces import NEAR_IDENTICAL, same_face, waiting_to_compare

    pack = set_name(active_packs())
    score = at_least if at_least is not None else NEAR_IDENTICAL
    waiting = waiting_to_compare(scope, pack) if score >= NEAR_IDENTICAL else 0
    groups = same_face(scope, pack, score)
    if json:
        print_json({"groups": groups, "not_compared": waiting})
        return
    if waiting:
        err.print(
            f"{waiting:,} photos were not compared yet and may be missing here; a worker does it: kintrace worker"
        )
    for group in groups:
        who = "submitted by" if group["by"] == "submitter" else "from"
        cards = ", ".join(group["cards"])
        out.print(f"{who} {group['source']}: cards {cards} (score {group['least_score']:.2f} or more)", markup=False)
    if groups:
        out.print("It may be a false front, a group photo, or a family that registered twice.")
    else:
        err.print("No such faces among the cards open to you.")
