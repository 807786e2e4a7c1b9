"""``kintrace card search``: who on other cards may be the person on this one, by face."""

from typing import TYPE_CHECKING, Annotated

import typer

from kintrace.cli.app import Json, out, print_json
from kintrace.cli.cards import card
from kintrace.cli.cardwords import plain
from kintrace.cli.records import CardNumber, command

if TYPE_CHECKING:
    from kintrace.casework.scope import Scope


@command(card, "search")
def card_search(
    scope: "Scope",
    number: CardNumber,
    top: Annotated[int, typer.Option(help="How many candidates at most.", min=1, max=1000)] = 20,
    look_alikes: Annotated[
        float, typer.Option(help="List those at whose likeness fewer strangers than this are expected.", min=0)
    ] = 0.1,
    nearest: Annotated[bool, typer.Option("--nearest", help="List the nearest, however weak.")] = False,
    json: Json = False,
) -> None:
    """Search by face from a card: a tracing request among found persons, a found person among tracing requests.

    Only people who agreed to face search are compared, and only on cards open to you.
    """
    from kintrace.casework.facesearch import search_card
    from kintrace.casework.live import LiveGallery
    from kintrace.cli.search import evidence_json
    from kintrace.evidence import sentence
    from kintrace.faces import active_packs, set_name
    from kintrace.folder import calibration_for
    from kintrace.matching.candidates import saw_likeness

    packs = active_packs()
    gallery = LiveGallery(set_name(packs), sum(pack.dimensions for pack in packs))
    calibration = calibration_for(packs)
    found = search_card(scope, number, gallery, calibration, top=top, look_alikes=None if nearest else look_alikes)
    people, leads = found.compared, found.leads
    saw_likeness(scope, found.card, [lead.card.id for lead in leads])
    if json:
        rows = [
            {
                "rank": rank,
                "card": lead.record_id,
                "id": str(lead.card.id),
                "kind": lead.card.kind,
                "office": lead.card.office.code,
                "score": round(lead.score, 6),
                **evidence_json(lead.evidence),
            }
            for rank, lead in enumerate(leads, 1)
        ]
        print_json({"pack": found.pack, "compared": people, "unprepared": found.unprepared, "candidates": rows})
        return
    out.print(f"Compared with {people:,} {'person' if people == 1 else 'people'} who agreed to face search.")
    if found.unprepared:
        out.print(f"{found.unprepared:,} photos are not ready for the models in use, and were not: kintrace worker.")
    if not leads:
        out.print("Nobody among them looks enough like this person to be a candidate.")
    for rank, lead in enumerate(leads, 1):
        out.print(f"  {rank}. card {lead.record_id} ({plain(lead.card.kind)})", markup=False)
        out.print(f"     {sentence(lead.evidence)}", markup=False)
        for caution in lead.evidence.cautions if lead.evidence else ():
            out.print(f"     Caution: {caution}", markup=False)
    if leads:
        out.print("These are candidates for people to look at: a face alone decides nothing.")
