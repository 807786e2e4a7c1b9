"""What somebody typed and sent, and what was not taken: since they had been signed out meanwhile, or something was wrong with it.

It is kept for them alone, in memory, until they send it again. Nothing of it is written anywhere. It is gone after an hour, with
the server's end, and once it was sent.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.core.cache import cache
from django.http import HttpRequest
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from kintrace.site import interview
from kintrace.site.templatetags.kintrace import consent, say

HOUR = 3600
MOST = 200_000
"""Characters: more than any form of ours takes."""
LONG = 40
"""Characters from which on one word, too, was typed; a shorter one is a choice or a name of something."""
LEFT = "left"
PARTS = ("subject", "enquirer", "card")
"""Before the point in the names of a card's fields: see :mod:`kintrace.site.interview`."""
WRITTEN: Mapping[str, Any] = {
    "why": _("Why"), "reason": _("Reason"), "words": _("What the family is told"),
    "authority_reference": _("Reference of the competent authority"), "card": _("The card's number"),
    "url": _("Address of the page it was found on"), "title": _("Keep this search as"), "q_name": _("Name"),
    "q_born": _("Date of birth"), "q_place": _("Place"), "q_number": _("Number"), "code": _("Code"), "name": _("Name"),
    "given_by": _("Name of who consents"), "language": _("Language it was asked in"), "withheld": _("Must not reach"),
    "source": _("Source"), "source_date": _("As of"), "script": _("as they write it"), "relation": _("Relation"),
}  # fmt: skip
"""Fields that people write in, with their labels. What is typed to confirm something is none of them."""
CHOSEN: Mapping[str, Any] = {
    "conclusion": _("All in all"), "primary_identifier": _("Primary identifier"), "answer": _("May the family know?"),
    "where": _("May the family know where they are, too?"), "fact": _("Facts it stands on; the face alone is never enough"),
    "end": _("What came of it"), "review_due": _("Look again on"), "expires": _("Its last day"), "office": _("Office"),
    "role": _("Role"), "purpose": _("What for"), "q_office": _("Held by"), "q_status": _("Where it stands"),
    "q_kind": _("Kind"), "capacity": _("Who consents"), "certainty": _("How sure"), "captured": _("When the page was saved"),
    "grade": _("Grade of the source"), "other": _("The other"), "one": _("One office"),
}  # fmt: skip
"""Fields in which something is chosen, with their labels."""


@dataclass(frozen=True)
class Entry:
    """One field as the page shows it."""

    name: str
    value: str

    @property
    def kind(self) -> str:
        """A ``text``, a ``line``, what was ``chosen``, or what the page itself sent ``along``."""
        if not self.value.strip() or _is_id(self.value):
            return "along"
        known = self._last in CHOSEN or self._of_a_card or self._judged
        if _written(self.name) or (not known and _looks_written(self.value)):
            return "text" if len(self.value) > LONG or "\n" in self.value else "line"
        return "chosen" if known else "along"

    @property
    def label(self) -> str:
        """What it is called where it was typed."""
        own = str(WRITTEN.get(self._last) or CHOSEN.get(self._last) or "")
        if self._judged:
            return say(self.name.removeprefix("part-"))
        if not self._of_a_card:
            return own or gettext("What you typed")
        part, fact, *more = self.name.split(".")
        if part == "consent":
            return own if own else str(consent(self._last))
        return f"{say(fact)} ({own})" if more and own else say(fact)

    @property
    def told(self) -> str:
        """What was chosen, in the language of the page."""
        return say(self._last if self.value == "on" else self.value)

    @property
    def _last(self) -> str:
        return self.name.rpartition(".")[2]

    @property
    def _of_a_card(self) -> bool:
        part, point, _rest = self.name.partition(".")
        return bool(point) and part in (*PARTS, "consent")

    @property
    def _judged(self) -> bool:
        return self.name.startswith("part-")


@dataclass(frozen=True)
class Unsent:
    """A form as it was sent."""

    path: str
    fields: tuple[tuple[str, str], ...]
    office: str | None = None
    bureau: str | None = None

    @property
    def entries(self) -> tuple[Entry, ...]:
        """Its fields, each with its label."""
        return tuple(Entry(name, value) for name, value in self.fields)


def leaving(request: HttpRequest) -> dict[str, Any]:
    """Who is signed out, and where they worked: to be put into the session that follows, under :data:`LEFT`."""
    office, bureau = request.session.get("office"), request.session.get("bureau")
    return {"user": str(request.user.pk), "office": office, "bureau": bureau}


def keep(request: HttpRequest) -> bool:
    """Keep a form for who sent it, if they typed anything into it: who is signed in, or was until nothing was done for a while.

    Files and passwords are not kept.
    """
    left = leaving(request) if request.user.is_authenticated else request.session.get(LEFT, {})
    fields = tuple(
        (name, value)
        for name, many in request.POST.lists()
        for value in many
        if name not in ("csrfmiddlewaretoken", "turn", "before")
    )
    if (
        request.method != "POST"
        or not left
        or request.FILES
        or not any(Entry(name, value).kind in ("text", "line") for name, value in fields)
        or any("password" in name for name, _value in fields)
        or sum(len(name) + len(value) for name, value in fields) > MOST
    ):
        return False
    cache.set(_key(left["user"]), Unsent(request.get_full_path(), fields, left["office"], left["bureau"]), HOUR)
    return True


def kept(user: Any) -> Unsent | None:
    """What is kept for somebody."""
    found: Unsent | None = cache.get(_key(user.pk))
    return found


def waits(user: Any) -> bool:
    """Whether anything is."""
    return _key(user.pk) in cache


def take(request: HttpRequest) -> Unsent | None:
    """What is kept of just the form that is being sent: it is kept no more."""
    found = kept(request.user) if request.method == "POST" and waits(request.user) else None
    if found is None or found.path != request.get_full_path():
        return None
    throw_away(request.user)
    return found


def put_back(user: Any, found: Unsent | None) -> None:
    """Keep it again: it was refused."""
    if found is not None:
        cache.set(_key(user.pk), found, HOUR)


def throw_away(user: Any) -> None:
    """Keep it no more."""
    cache.delete(_key(user.pk))


def _written(name: str) -> bool:
    """Whether people write in a field of this name, rather than choose."""
    part, _point, rest = name.partition(".")
    if part in PARTS and rest and "." not in rest:
        return interview.Field(part, rest).kind not in ("family", "priority", "choice")
    return name.rpartition(".")[2] in WRITTEN and name != "language"


def _looks_written(value: str) -> bool:
    """Whether people wrote it in whatever field: it has several words, or many letters."""
    return len(value) > LONG or " " in value.strip()


def _is_id(value: str) -> bool:
    try:
        UUID(value)
    except ValueError:
        return False
    return True


def _key(user: Any) -> str:
    return f"unsent-{user}"
