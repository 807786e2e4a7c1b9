"""The demonstration agency after some days of work: pairs judged, one agreed on, one concluded on, and known pairs for practice.

All of it is done by the verbs, as by the people themselves.
"""

import json
from pathlib import Path
from uuid import UUID

from kintrace.casework.forms import card_form
from kintrace.casework.records import Card
from kintrace.casework.registration import register
from kintrace.casework.scope import Scope
from kintrace.matching import acts, conclusions, disclosures, known_pairs, reviews
from kintrace.matching.seats import next_blind
from kintrace.site.demo import CONSENT, add_photos, scope_of

PRACTICE = "For practice"
OWN = {**CONSENT, "purposes": {"tracing": True, "face_search": True, "share_office:*": False}}
POTENTIAL = "potential_candidate"


def prepare(portraits: Path) -> None:
    """Cards with whose photos people practise: in each office one of one person with four photos, and two of two people."""
    for officer, volunteers in (("rana", (33, 34, 35)), ("lena", (36, 37, 38))):
        scope = scope_of(officer)
        for number, volunteer in enumerate(volunteers):
            found = {
                "full_name": f"{PRACTICE} {volunteer} (invented)", "found_kind": "alive_self_registered",
                "found_date": "2020", "occupation": "volunteer", "sex": "unknown",
            }  # fmt: skip
            card = register(scope, card_form({"kind": "found_person", "found": found, "consent": OWN}))
            add_photos(scope, card, portraits / f"s{volunteer}", (1, 3, 5, 7) if number == 0 else (1, 3), "2020")


def work() -> None:
    """Judge, agree, conclude and ask; call it when photos and searches are settled."""
    for senior in ("mona", "jonas"):
        _known(scope_of(senior, "review"))
    for login in ("sami", "sami", "jonas", "jonas", "mona"):
        _judge(scope_of(login, "review"))
    _judge(scope_of("sami", "review"), whole=False)
    concluding = scope_of("jonas", "review")
    ready = [each for each in acts.listed(concluding, "conclusions") if not each["stricter"]]
    if ready:
        which = UUID(ready[0]["id"])
        facts = acts.standing(concluding, which)["facts"]
        conclusions.conclude(concluding, which, facts[:3], "Faces, names and birth agree.")
        disclosures.ask(scope_of("lena"), which, "yes")


def _judge(scope: Scope, *, whole: bool = True) -> None:
    sitting = next_blind(scope, control_rate=0)
    if sitting is None:
        return
    seen = dict.fromkeys(reviews.COMPONENTS, "similar") | dict.fromkeys(("scars_marks", "neck"), "not_comparable")
    reviews.record_blind(scope, sitting.id, POTENTIAL, seen, "The nose and the ears are alike in all photos.")
    if whole:
        reviews.record_statement(scope, sitting.id, POTENTIAL, "Names, birth and place agree as well.")


def _known(scope: Scope) -> None:
    cards = scope.cards().filter(kind="found_person").order_by("local")
    practice = [_photos(scope, card) for card in cards if _is_practice(card)]
    if len(practice) == 3 and all(len(photos) > 1 for photos in practice):
        one, other, third = practice
        known_pairs.add_control(scope, one[0], one[-1], one_person=True)
        known_pairs.add_control(scope, other[0], third[0], one_person=False)


def _is_practice(card: Card) -> bool:
    row = card.subject.facts.filter(name="full_name", superseded_at=None).first()
    return row is not None and str(json.loads(row.unseal_text("content"))["value"]).startswith(PRACTICE)


def _photos(scope: Scope, card: Card) -> list[UUID]:
    rows = scope.photos().filter(person=card.subject_id).exclude(crop="").order_by("made_at")
    return list(rows.values_list("id", flat=True))
