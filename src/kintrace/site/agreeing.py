"""Consent on the pages: sentences to be read aloud, one for each purpose, and what was answered as a form of casework."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy as _

SENTENCES: Mapping[str, Any] = {
    "tracing": _("We keep what you told us, and use it to look for the person. Do you agree?"),
    "face_search": _(
        "A computer compares the face in the photos with faces on other cards. People look at what it finds, and people decide. "
        "Do you agree?"
    ),
    "share_office:*": _(
        "Other offices of our movement may see that there is a card, and compare it with theirs. Do you agree?"
    ),
    "publish": _("The photo may be shown in public, where many people see it. Do you agree?"),
    "research": _("What you told us may be used, without names, to learn how to search better. Do you agree?"),
}
CAPACITIES = ("self", "guardian", "best_interest")
METHODS = ("paper", "spoken", "recorded")


def blocks(kind: str, typed: Mapping[str, Any]) -> list[dict[str, Any]]:
    """What is asked on the form of a new card: of the person, and on a request also of who asks."""
    parts = ("enquirer", "subject") if kind == "tracing_request" else ("subject",)
    # Of who is sought nobody can be asked now: the office decides, or a guardian, where nobody says otherwise.
    unasked = "best_interest" if kind == "tracing_request" else "self"
    return [block(part, typed, unasked if part == "subject" else "self") for part in parts]


def block(part: str, typed: Mapping[str, Any], unasked: str = "self") -> dict[str, Any]:
    """The questions to one person with what was answered; and who answers where that was not said."""
    key = f"consent.{part}"
    return {
        "part": part,
        "key": key,
        "questions": [
            {"name": f"{key}.{name}", "sentence": words, "answer": str(typed.get(f"{key}.{name}", ""))}
            for name, words in SENTENCES.items()
            if part == "subject" or name in ("tracing", "share_office:*")
        ],
        "capacities": CAPACITIES if part == "subject" else ("self",),
        "capacity": str(typed.get(f"{key}.capacity", unasked)),
        "given_by": str(typed.get(f"{key}.given_by", "")),
        "language": str(typed.get(f"{key}.language", "")),
        "withheld": str(typed.get(f"{key}.withheld", "")),
    }


def withheld_in(purposes: Mapping[str, bool]) -> list[str]:
    """Whom what somebody told must not reach, of the answers that hold."""
    at = "share_authority:"
    return [name.removeprefix(at) for name, yes in purposes.items() if name.startswith(at) and not yes]


def consent_in(typed: Mapping[str, Any], part: str) -> dict[str, Any] | None:
    """What was answered, as a form; None where nothing was."""
    key = f"consent.{part}"
    answers = {
        name: typed[f"{key}.{name}"] == "yes" for name in SENTENCES if typed.get(f"{key}.{name}") in ("yes", "no")
    }
    if not answers:
        return None
    withheld = [each.strip() for each in str(typed.get(f"{key}.withheld", "")).split(";") if each.strip()]
    return {
        "capacity": str(typed.get(f"{key}.capacity") or "self"),
        "given_by": str(typed.get(f"{key}.given_by", "")),
        "language": str(typed.get(f"{key}.language", "")),
        "method": "paper",
        "date": date.today().isoformat(),
        "purposes": answers,
        **({"withheld_from": withheld} if withheld else {}),
    }
