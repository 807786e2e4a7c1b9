"""``kintrace conclude`` and ``disclosure``: what people decide, on conditions the program holds them to."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from kintrace.cli.app import Json, app, out, print_json
from kintrace.cli.candidates import CandidateId
from kintrace.cli.cardwords import plain
from kintrace.cli.records import command

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from kintrace.casework.scope import Scope

disclosure = typer.Typer(
    help="Telling the family: after the found person was asked, with an approval of its own.",
    no_args_is_help=True,
    rich_markup_mode=None,
)
app.add_typer(disclosure, name="disclosure")


@command(app, "conclude")
def conclude_(
    scope: "Scope",
    which: CandidateId,
    fact: Annotated[list[str], typer.Option(help="A fact it stands on, such as names; never the face alone.")],
    reason: Annotated[str, typer.Option(help="In your words; kept with it, sealed.")],
    primary_identifier: Annotated[str, typer.Option(help="Of a death: fingerprints, dental or dna.")] = "",
    authority_reference: Annotated[str, typer.Option(help="Of a death: the competent authority's.")] = "",
    json: Json = False,
) -> None:
    """Conclude that two records may be acted on as of one person, once two reviews agree."""
    from kintrace.matching.conclusions import conclude, conditions

    conclude(scope, which, fact, reason, primary_identifier=primary_identifier, authority_reference=authority_reference)
    told = conditions(scope, which)
    if json:
        print_json(told)
        return
    out.print("Concluded. Nobody is told by this; the found person is asked first: kintrace disclosure ask")


@command(disclosure, "conditions")
def disclosure_conditions(scope: "Scope", which: CandidateId, json: Json = False) -> None:
    """What a conclusion and a disclosure need, and whether it is there."""
    from kintrace.matching.conclusions import conditions

    told = conditions(scope, which)
    if json:
        print_json(told)
        return
    for name, met in told.items():
        out.print(f"{'✓' if met else '·'} {plain(name)}", markup=False)


@command(disclosure, "show")
def disclosure_show(scope: "Scope", which: CandidateId, json: Json = False) -> None:
    """Show how far it is: what the found person answered and who for them, who approved or why not, what the family was told."""
    from kintrace.matching.acts import standing

    told = standing(scope, which)
    if json:
        print_json({name: told[name] for name in ("id", "request", "found", "disclosure", "next", "may")})
        return
    for line in _said(told["disclosure"]) if told["disclosure"] else ("Nothing was concluded on this candidate.",):
        out.print(line, markup=False)
    if told["next"]["act"]:
        who = f" ({_who(told['next'])})" if told["next"]["roles"] else ""
        out.print(f"next: {plain(told['next']['act'])}{' again' if told['next']['again'] else ''}{who}", markup=False)


def _who(following: "Mapping[str, Any]") -> str:
    """Who does what comes next, and before that, where it was not approved, who mends it."""
    roles = ", ".join(plain(role) for role in following["roles"])
    if following["not_by"]:
        roles += f", another than {following['not_by']}"
    mend = following["mend"]
    return f"who mends it: {', '.join(plain(role) for role in mend['roles'])}; who approves: {roles}" if mend else roles


def _said(act: "Mapping[str, Any]") -> "Iterator[str]":
    by = f", answered by {plain(act['capacity'])}" if act["capacity"] else ""
    name = f": {act['by_whom']}" if act["by_whom"] else ""
    where = f", {'also' if act['where_too'] else 'not'} where they are" if act["answer"] == "yes" else ""
    yield f"answer: {plain(act['answer'])}{where}{by}{name}"
    steps = {"asked": "", "refused": act["refusal"], "approved": "", "told": act["words"], "ended": plain(act["end"])}
    for step, words in steps.items():
        if act[step]["at"]:
            done = {"refused": "not approved", "ended": "what came of it"}.get(step, step)
            yield f"{done}: {act[step]['at'][:16]} by {act[step]['by']}{': ' if words else ''}{words}"


@command(disclosure, "ask")
def disclosure_ask(
    scope: "Scope",
    which: CandidateId,
    answer: Annotated[str, typer.Argument(help="yes, no, later, not_asked; of the dead cannot_be_asked.")],
    where_too: Annotated[
        bool, typer.Option("--where-too", help="They also said that the family may know where they are.")
    ] = False,
    capacity: Annotated[
        str, typer.Option(help="Who answered: self, guardian, or best_interest; of a child never self.")
    ] = "self",
    by_whom: Annotated[
        str, typer.Option(help="Name of the guardian, or of who decided in the best interest; kept sealed.")
    ] = "",
    json: Json = False,
) -> None:
    """Record what the found person answered: may the family know? It takes an approval back."""
    from kintrace.matching.acts import standing
    from kintrace.matching.disclosures import ask

    ask(scope, which, answer, where_too=where_too, capacity=capacity, by_whom=by_whom)
    if json:
        kept = standing(scope, which)["disclosure"]
        print_json(
            {"candidate": str(which), **{name: kept[name] for name in ("answer", "where_too", "capacity", "by_whom")}}
        )
    else:
        out.print("Recorded.")


@command(disclosure, "approve")
def disclosure_approve(scope: "Scope", which: CandidateId, json: Json = False) -> None:
    """Approve that the family is told: another senior than the one who concluded."""
    from kintrace.matching.disclosures import approve

    approve(scope, which)
    if json:
        print_json({"candidate": str(which), "approved": True})
    else:
        out.print("Approved. The office that holds the request may tell the family: kintrace disclosure tell")


@command(disclosure, "refuse")
def disclosure_refuse(
    scope: "Scope",
    which: CandidateId,
    reason: Annotated[str, typer.Option(help="Why, and what would mend it; kept sealed.")],
    json: Json = False,
) -> None:
    """Do not approve that the family is told, and say why; it can be approved once that is mended."""
    from kintrace.matching.disclosures import refuse

    refuse(scope, which, reason)
    if json:
        print_json({"candidate": str(which), "approved": False})
    else:
        out.print("Recorded: not approved. Who may ask the found person sees why: kintrace disclosure show")


@command(disclosure, "tell")
def disclosure_tell(
    scope: "Scope",
    which: CandidateId,
    words: Annotated[str, typer.Option(help="What the family was told; kept sealed.")],
    end: Annotated[
        str,
        typer.Option(
            help="What came of it, where it is known: contact_restored, reunified or fate_clarified (of the dead always this)."
        ),
    ] = "",
    json: Json = False,
) -> None:
    """Record that the family was told, in what words, and, where it is known, what came of it."""
    from kintrace.matching.disclosures import tell

    tell(scope, which, words, end)
    if json:
        print_json({"candidate": str(which), "told": True, "end": end})
    else:
        came = plain(end) if end else "told. Once it is known what came of it: kintrace disclosure ended"
        out.print(f"Recorded: {came}. Was it not so? Within an hour: kintrace disclosure take-back", markup=False)


@command(disclosure, "ended")
def disclosure_ended(
    scope: "Scope",
    which: CandidateId,
    end: Annotated[str, typer.Option(help="contact_restored, reunified or fate_clarified.")],
    json: Json = False,
) -> None:
    """Record what came of it, where that was not known yet when the family was told."""
    from kintrace.matching.disclosures import come_of

    come_of(scope, which, end)
    if json:
        print_json({"candidate": str(which), "told": True, "end": end})
    else:
        out.print(f"Recorded: {plain(end)}. Was it not so? Within an hour: kintrace disclosure take-back", markup=False)


@command(disclosure, "take-back")
def disclosure_take_back(scope: "Scope", which: CandidateId, json: Json = False) -> None:
    """Take back what was recorded last, within an hour and by who recorded it: what came of it, or that the family was told.

    Where it was not told, the words are deleted.
    """
    from kintrace.matching.disclosures import take_back

    told = take_back(scope, which).told_at is not None
    if json:
        print_json({"candidate": str(which), "told": told})
    elif told:
        out.print("Taken back: it is not known yet what came of it, and both cards say what they did before.")
    else:
        out.print("Taken back: the family counts as not told yet, and both cards say what they did before.")
