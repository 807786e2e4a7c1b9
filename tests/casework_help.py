"""Forms about invented people, and scopes in other roles, for tests of the records."""

from typing import Any

from kintrace.casework.people import Role
from kintrace.casework.scope import Scope

CONSENT = {
    "given_by": "invented",
    "capacity": "best_interest",
    "language": "en",
    "method": "paper",
    "purposes": {"tracing": True, "face_search": True},
}
SETTLED = [
    ("here", ("usable", "quarantined")),
    ("there", ("quarantined", "usable")),
    ("both", ("usable", "usable")),
    ("neither", ("quarantined", "quarantined")),
]
"""What a person says of one picture on two cards, and what the two photos are after it."""


def request_form(name: str = "Amal Sayegh (invented)", **more: Any) -> dict[str, Any]:
    """A tracing request as a form."""
    return {
        "kind": "tracing_request",
        "sought": {"full_name": name, "date_of_birth": "1987-05", "sex": "female"},
        "enquirer": {"full_name": "Karim Sayegh (invented)", "relationship": "father", "contact": "tent 12"},
        "consent": CONSENT,
        **more,
    }


def found_form(name: str = "Amal Sayegh (invented)", **more: Any) -> dict[str, Any]:
    """A found-person card as a form."""
    return {
        "kind": "found_person",
        "found": {"full_name": name, "found_kind": "patient", "found_place": "Field hospital 3 (invented)"},
        "consent": CONSENT,
        **more,
    }


def roles(scope: Scope, *names: Role) -> Scope:
    """The same user in other roles."""
    return Scope(scope.user, scope.office, scope.office_code, frozenset(names), scope.purpose, scope.bureau)
