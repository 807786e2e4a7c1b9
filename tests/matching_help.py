"""Two offices with their people, and cards in both, for tests of matching."""

import uuid
from typing import Any

from casework_help import CONSENT, found_form, request_form

from kintrace.casework.forms import card_form
from kintrace.casework.people import Membership, Office, Role, User
from kintrace.casework.records import Card
from kintrace.casework.registration import register
from kintrace.casework.scope import Scope, scope_for
from kintrace.matching import joint, reviews, standing
from kintrace.matching.models import Candidate, Seat
from kintrace.matching.seats import next_blind

SHARED = {**CONSENT, "purposes": {"tracing": True, "face_search": True, "share_office:*": True}}
FACE = dict.fromkeys(reviews.COMPONENTS, "similar")
"""What a reviewer says of each part of two faces."""
ENGINE = standing.Engine()
"""Searches by everything but faces."""
ABOUT = {
    "date_of_birth": "1987-05-12", "sex": "female", "place_of_birth": "Aleppo", "nationality": "Syrian",
    "mother_maiden_name": "Rania Haddad (invented)",
}  # fmt: skip
NAME = "Amal Qasimova (invented)"


def somebody(office: Office | str, *roles: Role, login: str = "") -> Scope:
    """A new user with roles in an office."""
    held = Office._all.get(code=office) if isinstance(office, str) else office
    user = User(username=login or uuid.uuid4().hex[:12])
    user.set_unusable_password()
    user.save()
    Membership._all.bulk_create(Membership(user=user, office=held, role=role) for role in roles)
    return scope_for(user, held, "tracing")


def request(scope: Scope, name: str = NAME, consent: Any = SHARED, **facts: Any) -> Card:
    """A tracing request in the scope's office."""
    form = request_form(name, consent=consent)
    form["sought"] = {"full_name": name, **ABOUT, **facts}
    return register(scope, card_form(form))


def found(scope: Scope, name: str = NAME, consent: Any = SHARED, **facts: Any) -> Card:
    """A found person in the scope's office."""
    form = found_form(name, consent=consent)
    form["found"] |= {**ABOUT, **facts}
    return register(scope, card_form(form))


def follow() -> int:
    """Let the standing search do what waits for it."""
    return standing.follow(ENGINE)


def only() -> Candidate:
    """The one candidate there is."""
    return Candidate._all.get()


def judge(scope: Scope, conclusion: str = "potential_candidate", *, then: str | None = None) -> Seat:
    """A whole review by somebody: the faces, then everything."""
    sitting = next_blind(scope, control_rate=0)
    assert sitting is not None
    reviews.record_blind(scope, sitting.id, conclusion, FACE, "as I see it")
    reviews.record_statement(scope, sitting.id, then or conclusion, "names and dates")
    return Seat._all.get(id=sitting.id)


def find_evidence(candidate: Candidate) -> dict[str, Any]:
    """The evidence of a candidate, behind the verbs' back."""
    content = joint.unseal(joint.key_of(candidate), f"candidate:{candidate.id}", bytes(candidate.content))
    evidence: dict[str, Any] = content["evidence"]
    return evidence
