"""``kintrace card find``: look for cards by name, birth, place, number, office or status, for a case."""

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from kintrace.cli.app import Json, out, print_json
from kintrace.cli.cards import card
from kintrace.cli.cardwords import plain
from kintrace.cli.records import CardNumber, command

if TYPE_CHECKING:
    from kintrace.casework.scope import Scope


@command(card, "find")
def card_find(
    scope: "Scope",
    case: CardNumber,
    name: Annotated[str, typer.Option(help="A name, or a part of one, in any script.")] = "",
    born: Annotated[str, typer.Option(help="Date of birth as far as known: 1987, 1987-05, 1985..1990.")] = "",
    place: Annotated[str, typer.Option(help="A place of birth, home, last contact, separation, or where found.")] = "",
    number: Annotated[str, typer.Option(help="Number of a card, a soldier, or a body label.")] = "",
    held_by: Annotated[str, typer.Option("--held-by", help="Code of the office that holds the card.")] = "",
    status: Annotated[str, typer.Option(help="Where the work on the card stands, such as open.")] = "",
    kind: Annotated[str, typer.Option(help="tracing_request or found_person.")] = "",
    page: Annotated[int, typer.Option(min=1, help="Which page of the list.")] = 1,
    json: Json = False,
) -> None:
    """Look for cards by what is known of somebody, for the card given: there is no looking up of strangers.

    Names are found in any script, the most alike first. Only cards open to you are searched, and each search is in the ledger.
    """
    from kintrace.casework.registry import Question, search

    asked = Question(name, born, place, number, held_by, status, kind)
    found = search(scope, case, asked, page)
    if json:
        told = [asdict(hit) | {"id": str(hit.id), "opened": hit.opened.isoformat()} for hit in found.hits]
        print_json({"total": found.total, "page": found.page, "pages": found.pages, "looked": found.looked,
                    "partly": found.partly, "cards": told})  # fmt: skip
        return
    for hit in found.hits:
        said = hit.name.value if hit.name else "name not known"
        script = f" ({hit.name.original_script})" if hit.name and hit.name.original_script else ""
        who = "" if hit.part == "subject" else ", who asks"
        out.print(f"  {hit.card}  {said}{script}{who}  {hit.born}  {hit.place}  {plain(hit.status)}", markup=False)
    if not found.hits:
        out.print("Nobody on the cards open to you answers this.")
    elif found.pages > 1:
        out.print(f"Page {found.page} of {found.pages}; {found.total} cards. The next: --page {found.page + 1}")
    if found.partly:
        out.print(
            f"There are more than the {found.looked} cards looked at: say more of the name, the birth or the number."
        )
