"""``kintrace review``: faces judged blind, then everything, by two people; known pairs mixed in; how often reviewers err."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

import typer

from kintrace.cli.app import Json, app, err, out, print_json, write_whole
from kintrace.cli.candidates import CandidateId, say_evidence, settle
from kintrace.cli.cardwords import plain
from kintrace.cli.records import command
from kintrace.errors import FormError, KintraceError

if TYPE_CHECKING:
    from kintrace.casework.scope import Scope

review = typer.Typer(
    help="Reviews of candidates, the faces first and blind.", no_args_is_help=True, rich_markup_mode=None
)
app.add_typer(review, name="review")

SittingId = Annotated[
    UUID, typer.Argument(metavar="REVIEW", help="The review's id, as “kintrace review next” tells it.")
]
Judged = Annotated[str, typer.Argument(metavar="CONCLUSION", help="potential_candidate, excluded or inconclusive.")]
PhotoId = Annotated[UUID, typer.Argument(help="A photo's id, as “kintrace card show” tells it.")]


@command(review, "next")
def review_next(
    scope: "Scope",
    folder: Annotated[
        Path, typer.Option("--to", help="A new folder for the pictures; delete it when you have judged.")
    ],
    json: Json = False,
) -> None:
    """Get the next pair of faces to judge, as pictures of one size; nothing tells who they are or why they are shown."""
    from kintrace.matching.reviews import picture
    from kintrace.matching.seats import next_blind

    if folder.exists():
        raise KintraceError(f"{folder} is there already.", "It was left as it is.", "Name a new folder.")
    settle()
    sitting = next_blind(scope)
    if sitting is None:
        if json:
            print_json({"review": None})
        else:
            out.print("Nothing waits for you.")
        return
    if not all(sitting.sides):
        if json:
            print_json({"review": str(sitting.id), "pictures": []})
            return
        out.print(f"Review {sitting.id}: one of the two has no photo that can be judged.", markup=False)
        out.print("Go on with: kintrace review judge REVIEW inconclusive, then kintrace review context.", markup=False)
        return
    folder.mkdir(mode=0o700, parents=True)
    files = []
    for side, letter in enumerate("ab"):
        for number in range(sitting.sides[side]):
            file = folder / f"{letter}-{number + 1}.jpg"
            write_whole(file, picture(scope, sitting.id, side, number))
            files.append(str(file))
    if json:
        print_json({"review": str(sitting.id), "pictures": files})
        return
    out.print(
        f"Review {sitting.id}: are the people in the pictures a-… and b-… in {folder} the same person?", markup=False
    )
    out.print("Say so with: kintrace review judge, and delete the folder. The pictures are not encrypted.")


@command(review, "judge")
def review_judge(
    scope: "Scope",
    which: SittingId,
    conclusion: Judged,
    feature: Annotated[
        list[str] | None,
        typer.Option(
            help="Components of the face: nose=similar, ears=not_comparable, cheeks,mouth=different. All twelve are judged."
        ),
    ] = None,
    reason: Annotated[str, typer.Option(help="In your words.")] = "",
    json: Json = False,
) -> None:
    """Save what you say of the faces alone. It cannot be changed afterwards."""
    from kintrace.matching.reviews import record_blind

    features: dict[str, str] = {}
    for each in feature or ():
        names, sign, word = each.partition("=")
        if not sign:
            raise FormError("A component needs what you say of it.", "Nothing was kept.", "As in nose=similar.")
        for name in names.split(","):
            if features.setdefault(name.strip(), word) != word:
                raise FormError(f"Two things were said of one component: {name}.", "Nothing was kept.")
    done = record_blind(scope, which, conclusion, features, reason)
    if json:
        print_json(done)
    elif done["known"]:
        people = "one person" if done["one_person"] else "two people"
        out.print(f"Thank you. This pair was mixed in to learn how often we err: it shows {people}.")
    else:
        out.print("Saved. See everything and say again: kintrace review context, then kintrace review state.")


@command(review, "context")
def review_context(scope: "Scope", which: SittingId, json: Json = False) -> None:
    """Show everything on a pair whose faces you have judged; nothing of what other reviewers said."""
    from kintrace.matching.reviews import unveiled

    told = unveiled(scope, which)
    print_json(told) if json else say_evidence(told)


@command(review, "state")
def review_state(
    scope: "Scope",
    which: SittingId,
    conclusion: Judged,
    reason: Annotated[str, typer.Option(help="In your words.")],
    json: Json = False,
) -> None:
    """Save what you say with everything before you."""
    from kintrace.matching.reviews import record_statement

    state = record_statement(scope, which, conclusion, reason)
    if json:
        print_json({"state": state.value})
    else:
        out.print(f"Saved. Where it stands now: {plain(state.value)}.")


@command(review, "conflict")
def review_conflict(scope: "Scope", which: SittingId, json: Json = False) -> None:
    """Say that you should not judge this pair, since you know somebody in it: it goes to another reviewer."""
    from kintrace.matching.reviews import declare_conflict

    declare_conflict(scope, which)
    if json:
        print_json({"review": str(which), "given_back": True})
    else:
        out.print("It goes to somebody else.")


@command(review, "said")
def review_said(scope: "Scope", which: CandidateId, json: Json = False) -> None:
    """Show what the reviewers said of a candidate, once all have."""
    from kintrace.matching.reviews import conclusions_of

    rows = conclusions_of(scope, which)
    if json:
        print_json({"reviews": list(rows)})
        return
    for row in rows:
        out.print(
            f"{row['at'][:16]}  reviewer {row['seat']}, {plain(row['stage'])}: {plain(row['conclusion'])}", markup=False
        )
        for component, word in row.get("features", {}).items():
            out.print(f"    {plain(component)}: {plain(word)}", markup=False)
        if row.get("reason"):
            out.print(f"    {row['reason']}", markup=False)


@command(review, "control")
def review_control(
    scope: "Scope",
    photo: PhotoId,
    other: PhotoId,
    one_person: Annotated[
        bool | None, typer.Option("--one-person/--two-people", help="Whether they are known to be of one person.")
    ] = None,
    json: Json = False,
) -> None:
    """Keep two photos of which it is known whose they are, to be mixed into blind reviews."""
    from kintrace.matching.known_pairs import add_control

    if one_person is None:
        raise FormError("Say whether it is one person.", "Nothing was kept.", "--one-person or --two-people.")
    kept = add_control(scope, photo, other, one_person=one_person)
    if json:
        print_json({"control": str(kept.id), "one_person": one_person})
    else:
        out.print("Kept. It is mixed into blind reviews; whoever judges it is told afterwards.")


@command(review, "report")
def review_report(scope: "Scope", json: Json = False) -> None:
    """How often reviewers err on known pairs, and how often two of them do on the same pair, with 95 % intervals."""
    from kintrace.matching.report import error_rates

    told = error_rates(scope)
    if json:
        print_json(told)
        return
    if not told["reviewers"]:
        err.print("No known pairs were judged yet: kintrace review control")
    for name, rates in (*told["reviewers"].items(), ("two on the same pair", told["chain"])):
        out.print(f"{name}: {rates['pairs']} known pairs", markup=False)
        for kind in ("one_person", "two_people"):
            rate = rates[kind]
            if rate["judged"]:
                low, high = rate["interval"]
                words = f"{rate['wrong']} of {rate['judged']} wrong (in the long run {low:.2f} to {high:.2f} of one)"
                out.print(f"    of {plain(kind)}: {words}")
