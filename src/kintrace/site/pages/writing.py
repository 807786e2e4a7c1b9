"""Writing a card, or changes to one: one long form, kept as it is typed, sealed, until it is sent off."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from kintrace.casework import amending, drafts, listing
from kintrace.casework import cards as verbs
from kintrace.casework.draftrecords import Draft
from kintrace.casework.forms import card_form
from kintrace.casework.registration import register
from kintrace.errors import FormError, KintraceError
from kintrace.evidence.names import LETTERS, original
from kintrace.evidence.names import latin as romanised
from kintrace.site import agreeing, answers, interview, unsent
from kintrace.site.cases import case, keep_purpose
from kintrace.site.door import Asked, asked_for, door, told
from kintrace.site.kinship import KINSHIP

VOID = gettext_lazy(
    "By what is known now this person may be under 18: the consent they gave alone holds no more. Record that of a guardian, "
    "or a decision in their best interest."
)
USUAL = {"uk": "ukrainian", "ru": "russian"}
"""In which letters names are proposed first, by the language of the page; else in Arabic ones."""
REMEMBERED = 20
"""Drafts sent off in one session, of which it is known what card each became."""


@door("card.register")
def new_card(request: Asked) -> HttpResponse:
    """Which kind of card; then its form. One's drafts are offered first."""
    if request.method == "POST":
        draft = drafts.begin(request.scope, asked_for(request.POST.get("kind"), tuple(interview.SECTIONS), "kind"))
        return redirect("draft", draft=draft.id)
    return render(request, "kintrace/new_card.html", {"drafts": answers.begun(drafts.listed(request.scope))})


@door("card.register", "card.amend")
def draft(request: Asked, draft: UUID) -> HttpResponse:
    """The form. A POST sends it off; where something cannot be used it is said beside the field, and all that was typed stays."""
    if sent := request.session.get("sent", {}).get(str(draft)):
        unsent.keep(request)  # from another window: what is new in it is not lost
        messages.success(request, _("This was sent off already: here is the card."), extra_tags="note")
        return redirect("card", card=sent)
    held = drafts.mine(request.scope, draft)
    before = _before(request, held)
    if request.method != "POST":
        typed = drafts.typed(held) or before
        return _page(request, held, _current(held, typed, before)[0])
    typed, errors = _current(held, answers.typed_of(request.POST), before)
    drafts.keep(request.scope, draft, typed)
    found, wrong = answers.facts_in(held.kind, typed)
    errors |= wrong
    problem: KintraceError | None = None
    if not errors:
        try:
            return _change(request, held, found, before) if held.card else _register(request, held, found, typed)
        except FormError as refused:
            problem = refused
    return _page(request, held, typed, errors, problem, status=422)


def _current(held: Draft, typed: dict[str, str], now: dict[str, str]) -> tuple[dict[str, str], dict[str, str]]:
    """The form of a change with what others changed since it was opened, and what to say where both changed a field."""
    if held.card is None:
        return typed, {}
    made, both = answers.brought_up(held.kind, typed, now)
    told_words = _("Somebody changed this while you had the form open: the card says “%(now)s” now. "
                   "Send it off again if yours should stand.")  # fmt: skip
    return made, {name: told_words % {"now": now.get(name) or "–"} for name in both}


def _register(request: Asked, held: Draft, found: dict[str, dict[str, Any]], typed: dict[str, str]) -> HttpResponse:
    part = "sought" if held.kind == "tracing_request" else "found"
    form: dict[str, Any] = {"kind": held.kind, part: found["subject"], **found["card"]}
    agreed = agreeing.consent_in(typed, "subject")
    form |= {"consent": agreed} if agreed else {}
    if held.kind == "tracing_request":
        asks = agreeing.consent_in(typed, "enquirer")
        form["enquirer"] = {**found["enquirer"], **({"consent": asks} if asks else {})} if found["enquirer"] else None
    card = register(request.scope, card_form(form))
    _sent(request, held, card.id)
    keep_purpose(request, card.id, "registration")
    messages.success(request, _("The card is open, with the number %(number)s. Add photos now, if there are any.")
                     % {"number": f"{request.scope.office_code}/{card.local}"}, extra_tags="done")  # fmt: skip
    _look_again(request, card.id, answers.doubts_in(found).values())
    return redirect("card_photos", card=card.id)


def _change(request: Asked, held: Draft, found: dict[str, dict[str, Any]], now_typed: dict[str, str]) -> HttpResponse:
    card, why = str(held.card), request.POST.get("why", "").strip()
    before, _errors = answers.facts_in(held.kind, now_typed)
    parts: dict[str, dict[str, Any]] = {}
    for part in ("subject", "enquirer"):
        now = {**found[part], **(found["card"] if part == "subject" else {})}
        was = {**before[part], **(before["card"] if part == "subject" else {})}
        changes = {name: now.get(name) for name in {*now, *was} if now.get(name) != was.get(name)}
        parts |= {part: changes} if changes else {}
    count = 0
    if parts:
        done, saved = amending.change(request.scope, card, parts, why=why)
        count = done.facts
        request.session["slip"] = {"card": card, **saved.plain()}
        if done.consent_void:
            messages.warning(request, VOID, extra_tags="problem")
    _sent(request, held, held.card)
    told_words = ngettext(
        "%(count)s fact is changed; the earlier value is kept in the history.",
        "%(count)s facts are changed; the earlier values are kept in the history.",
        count,
    )
    messages.success(request, told_words % {"count": count}, extra_tags="done")
    return redirect("card", card=held.card)


def _sent(request: Asked, held: Draft, card: UUID | None) -> None:
    """End a draft that was sent off; who comes to it again in this session is led to the card."""
    drafts.discard(request.scope, held.id)
    sent = {**request.session.get("sent", {}), str(held.id): str(card)}
    request.session["sent"] = dict(list(sent.items())[-REMEMBERED:])


def _look_again(request: Asked, card: UUID | None, doubtful: Iterable[str]) -> None:
    """Say what is hardly true of what was kept, with a way to mend it."""
    if said := " ".join(doubtful):
        what = _("It is kept as you wrote it; please look again. %(doubts)s") % {"doubts": said}
        mend = format_html(' <a href="{}">{}</a>', reverse("card_edit", args=[card]), _("Change or add"))
        messages.warning(request, format_html("{}{}", what, mend), extra_tags="note warn")


def _before(request: Asked, held: Draft) -> dict[str, str]:
    """What a card says now, as its form; nothing for a new one."""
    return answers.typed_from(verbs.read(request.scope, str(held.card))) if held.card else {}


def _page(
    request: Asked, held: Draft, typed: dict[str, str], errors: dict[str, str] | None = None,
    problem: KintraceError | None = None, status: int = 200,
) -> HttpResponse:  # fmt: skip
    errors = errors or {}
    doubtful = answers.doubts_in(answers.facts_in(held.kind, typed)[0])
    sections = [
        {"section": section, "fields": (fields := interview.fields_of(section, typed, errors, doubtful)),
         "open": not section.closed or any(each.value or each.rows or each.chosen or each.error for each in fields)}
        for section in interview.SECTIONS[held.kind]
    ]  # fmt: skip
    return render(request, "kintrace/card_form.html", {
        "draft": held, "sections": sections, "typed": typed, "before": typed.get("before", ""), "errors": errors,
        "new": held.card is None, "letters": LETTERS, "usual": USUAL.get(request.LANGUAGE_CODE, LETTERS[-1]),
        "problem": told(problem) if problem else None,
        "relations": KINSHIP.values(), "consents": [] if held.card else agreeing.blocks(held.kind, typed),
    }, status=status)  # fmt: skip


@door("card.amend")
@case
def edit(request: Asked, card: UUID) -> HttpResponse:
    """Go on with one's changes to a card, or begin them."""
    return redirect("draft", draft=drafts.begin_changes(request.scope, str(card)).id)


@door("card.register", "card.amend", methods=("POST",), sent=False)
def keep(request: Asked, draft: UUID) -> HttpResponse:
    """Keep what was typed so far; answers with a line that says so, with what is hardly true, said beside its field, and with
    cards that may be the same."""
    typed = answers.typed_of(request.POST)
    held = drafts.keep(request.scope, draft, typed)
    found, _errors = answers.facts_in(held.kind, typed)
    near = listing.like(request.scope, held.kind, answers.stated_in(found["subject"]), but=str(held.card or ""))
    doubtful = answers.doubts_in(found)
    fields = [
        each
        for section in interview.SECTIONS[held.kind]
        for each in interview.fields_of(section, typed, {}, doubtful)
        if each.doubtful
    ]
    return render(request, "kintrace/_kept.html", {"at": timezone.localtime(), "near": near, "fields": fields})


@door("card.register", "card.amend", methods=("POST",))
def discard(request: Asked, draft: UUID) -> HttpResponse:
    """Throw a draft away."""
    held = drafts.mine(request.scope, draft)
    drafts.discard(request.scope, draft)
    messages.success(request, _("The draft is thrown away; nothing of it is kept."), extra_tags="done")
    return redirect("card", card=held.card) if held.card else redirect("new_card")


@door("card.register", "card.amend", methods=("POST",), sent=False)
def latin(request: Asked) -> HttpResponse:
    """A proposal of Latin letters for what stands in the field of the original script, or the other way, with ``into``; people
    correct it."""
    name = request.POST.get("field", "")
    part, _point, fact = name.partition(".")
    script, plain = request.POST.get(f"{name}.script", ""), request.POST.get(name, "")
    if "into" in request.POST:
        letters = asked_for(request.POST.get("letters"), LETTERS, "letters")
        proposed = interview.Field(part, fact, plain, original(plain, letters) or script)
        return render(request, "kintrace/_original.html", {"field": proposed})
    found = interview.Field(part, fact, romanised(script) or plain, script)
    return render(request, "kintrace/_latin.html", {"field": found})
