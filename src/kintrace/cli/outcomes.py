"""``kintrace conclude`` and ``disclosure``: what people decide, on conditions the program holds them to."""

from typing import TYPE_CHECKING, Annotated

import typer

from kintrace.cli.app import Json, app, out, print_json
from kintrace.cli.candidates import CandidateId
from kintrace.cli.cardwords import plain
from kintrace.cli.records import command

if TYPE_CHECKING:
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


@command(disclosure, "ask")
def disclosure_ask(
    scope: "Scope",
    which: CandidateId,
    answer: Annotated[str, typer.Argument(help="yes, no, not_asked; of the dead cannot_be_asked.")],
    where_too: Annotated[
        bool, typer.Option("--where-too", help="They also said that the family may know where they are.")
    ] = False,
    json: Json = False,
) -> None:
    """Record what the found person answered: may the family know? It takes an approval back."""
    from kintrace.matching.conclusions import ask

    ask(scope, which, answer, where_too=where_too)
    if json:
        print_json({"candidate": str(which), "answer": answer, "where_too": where_too and answer == "yes"})
    else:
        out.print("Recorded.")


@command(disclosure, "approve")
def disclosure_approve(scope: "Scope", which: CandidateId, json: Json = False) -> None:
    """Approve that the family is told: another senior than the one who concluded."""
    from kintrace.matching.conclusions import approve

    approve(scope, which)
    if json:
        print_json({"candidate": str(which), "approved": True})
    else:
        out.print("Approved. The office that holds the request may tell the family: kintrace disclosure tell")


@command(disclosure, "tell")
def disclosure_tell(
    scope: "Scope",
    which: CandidateId,
    end: Annotated[str, typer.Argument(help="contact_restored, reunified or fate_clarified.")],
    words: Annotated[str, typer.Option(help="What the family was told; kept sealed.")],
    json: Json = False,
) -> None:
    """Record that the family was told, in what words, and what came of it."""
    from kintrace.matching.conclusions import tell

    tell(scope, which, words, end)
    if json:
        print_json({"candidate": str(which), "end": end})
    else:
        out.print(f"Recorded: {plain(end)}.", markup=False)
