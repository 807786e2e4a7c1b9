"""Cards: the list, one card, its history, and what is done to it as a whole."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from kintrace.casework import cards as verbs
from kintrace.casework import drafts, listing
from kintrace.casework.amending import Saved, undo, undoable
from kintrace.casework.doubts import doubts
from kintrace.casework.erasure import erase as erase_card
from kintrace.casework.forms import Stated
from kintrace.casework.scope import REASONED
from kintrace.errors import FormError, NotPossible
from kintrace.site import answers, interview
from kintrace.site.cases import case
from kintrace.site.door import Asked, counted, door
from kintrace.site.family import drawn
from kintrace.site.sentences import said

SHOWS = ("", "cards_due", "cards_expiring")
SLIPS = timedelta(hours=1)
"""After a change one is asked whether it was a slip."""


@door("card.read", methods=("GET", "HEAD"))
def cards(request: Asked) -> HttpResponse:
    """The scope's cards, a page at a time, and one's drafts."""
    show = request.GET.get("show", "")
    number = request.GET.get("page", "1")
    found = listing.page_of_cards(request.scope, show=show if show in SHOWS else "", number=counted(number, 1))
    writing = answers.begun(drafts.listed(request.scope)) if request.scope.may("card.register") else []
    return render(request, "kintrace/cards.html", {
        **found, "show": show, "shows": SHOWS, "drafts": writing, "may_register": request.scope.may("card.register"),
    })  # fmt: skip


@door("card.read")
@case
def card(request: Asked, card: UUID) -> HttpResponse:
    """One card, with all that is known on it."""
    reason = request.POST.get("reason", "").strip()
    if request.scope.roles <= REASONED and not reason:
        return render(request, "kintrace/reason.html", {"card": card})
    found = verbs.read(request.scope, str(card), reason=reason)
    may = {verb.replace(".", "_"): request.scope.may(verb) for verb in (
        "card.amend", "card.close", "card.dates", "card.transfer", "card.mark", "photo.add", "photo.withdraw", "photo.read",
        "consent.record", "consent.withdraw", "person.erase", "candidate.read", "blocklist.change",
    )}  # fmt: skip
    return render(request, "kintrace/card.html", {
        "card": found, "sections": _shown(found), "may": may, "offices": others(request), "ended": found["status"] == "closed",
        "doubtful": _doubtful(found),
        "people": [(part, found[part]) for part in ("subject", "enquirer") if part in found],
        "family": drawn(found["subject"]["facts"], found.get("enquirer", {}).get("facts", {}), request.LANGUAGE_CODE == "ar"),
        "slip": _slip(request, card),
    })  # fmt: skip


def _doubtful(found: dict[str, Any]) -> list[str]:
    """What on a card is hardly true."""
    facts = (found[part]["facts"] for part in ("subject", "enquirer") if part in found)
    return [
        said(what) for each in facts for what in doubts({name: Stated(**fact) for name, fact in each.items()}).values()
    ]


def _slip(request: Asked, card: UUID) -> Saved | None:
    """The last change made in this session, where it was to this card, not long ago, and can be put back still."""
    kept = request.session.get("slip") or {}
    saved = Saved.from_plain(kept) if kept.get("card") == str(card) else None
    if saved is None or timezone.now() - saved.ended >= SLIPS:
        return None
    return saved if undoable(request.scope, str(card), saved) else None


def others(request: Asked) -> list[str]:
    """Codes of the other offices."""
    from kintrace.casework.setup import office_codes

    return [each for each in office_codes() if each != request.scope.office_code]


def _shown(found: dict[str, Any]) -> list[dict[str, Any]]:
    """The facts that are known, under the headings of the interview."""
    shown = []
    for section in interview.SECTIONS[found["kind"]]:
        part = "enquirer" if section.part == "enquirer" else "subject"
        facts = found.get(part, {}).get("facts", {})
        rows = [(name, facts[name]) for name in section.facts if name in facts and name != "family"]
        if rows:
            shown.append({"title": section.title, "rows": rows, "part": part})
    more = {"closure_reason": found["subject"]["facts"].get("closure_reason")}
    rows = [(name, fact) for name, fact in more.items() if fact]
    return shown + ([{"title": _("The end of the case"), "rows": rows, "part": "subject"}] if rows else [])


@door("card.read")
@case
def history(request: Asked, card: UUID) -> HttpResponse:
    """Every value that any fact ever had."""
    reason = request.POST.get("reason", "").strip()
    if request.scope.roles <= REASONED and not reason:
        return render(request, "kintrace/reason.html", {"card": card})
    rows = verbs.history(request.scope, str(card), reason=reason)
    for row in rows:
        row["since"], row["until"] = (
            datetime.fromisoformat(row[key]) if row[key] else None for key in ("since", "until")
        )
    return render(request, "kintrace/history.html", {"rows": rows, "card": card})


@door("card.close", "card.dates", "card.transfer", "card.mark", "person.erase", "card.amend", methods=("POST",))
@case
def change(request: Asked, card: UUID, act: str) -> HttpResponse:
    """Close, open again, set dates, give to another office, put back, erase."""
    name = str(card)
    if act == "close":
        verbs.close(request.scope, name, request.POST.get("why", ""))
        messages.success(request, _("The card is closed. It can be opened again."), extra_tags="done")
    elif act == "reopen":
        verbs.reopen(request.scope, name)
        messages.success(request, _("The card is open again."), extra_tags="done")
    elif act == "dates":
        days = {key: _day(request.POST.get(key, "")) for key in ("review_due", "expires")}
        verbs.set_dates(request.scope, name, **days)
        messages.success(request, _("The dates are set."), extra_tags="done")
    elif act == "transfer":
        verbs.transfer(request.scope, name, request.POST.get("office", ""))
        messages.success(request, _("The card belongs to the other office now."), extra_tags="done")
        return redirect("cards")
    elif act == "undo":
        _put_back(request, card)
    elif act == "erase":
        found = request.scope.card(name)
        if request.POST.get("number", "").strip() not in (str(found.local), f"{found.opened_by.code}/{found.local}"):
            raise FormError("That is not this card's number.", "Nothing was erased.")
        erased = erase_card(request.scope, name)
        messages.success(request, _("Card %(card)s is erased for good; a tombstone with its number remains.")
                         % {"card": erased}, extra_tags="done")  # fmt: skip
        return redirect("cards")
    return redirect("card", card=card)


def _put_back(request: Asked, card: UUID) -> None:
    """Undo the change that was a slip."""
    saved = _slip(request, card)
    if saved is None:
        raise NotPossible("There is nothing to put back.", "Nothing was changed.")
    done = undo(request.scope, str(card), saved)
    del request.session["slip"]
    told = ngettext("%(count)s fact is as it was.", "%(count)s facts are as they were.", done.facts)
    messages.success(request, told % {"count": done.facts}, extra_tags="done")
    if done.holds_again:
        messages.success(request, _("The consent that was void by the slip holds again."), extra_tags="done")


def _day(text: str) -> Any:
    from datetime import date

    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError as problem:
        raise FormError("This is not a day.", "Nothing was changed.") from problem
