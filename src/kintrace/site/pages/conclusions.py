"""Conclusions and disclosures: what waits for whom, the conditions, and each act on the way to the family."""

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import override

from kintrace.casework.records import Capacity
from kintrace.errors import KintraceError
from kintrace.evidence.names import script_of
from kintrace.matching import acts, disclosures
from kintrace.matching import conclusions as verbs
from kintrace.matching.models import Answer
from kintrace.site.door import Asked, asked_for, door, told
from kintrace.site.saying import fact_name
from kintrace.site.sentences import isolated

SHOWS = ("conclusions", "to_ask", "to_approve", "to_tell")


@door(*acts.VERBS, methods=("GET", "HEAD"))
def conclusions(request: Asked) -> HttpResponse:
    """Candidates that are agreed or concluded on; or those that wait for one act of mine."""
    show = request.GET.get("show", "")
    if show:
        asked_for(show, SHOWS, "show")
    return render(request, "kintrace/conclusions.html", {
        "rows": acts.listed(request.scope, show), "show": show,
        "shows": [each for each in SHOWS if any(request.scope.may(verb) for verb in _VERBS_OF[each])],
    })  # fmt: skip


_VERBS_OF = {
    "conclusions": ("conclude", "conclude.death"),
    "to_ask": ("disclosure.ask",),
    "to_approve": ("disclosure.approve",),
    "to_tell": ("disclosure.tell",),
}


@door(*acts.VERBS)
def conclusion(request: Asked, candidate: UUID) -> HttpResponse:
    """One candidate's conditions and acts; with a POST one act is done. What was typed stays where it could not be done."""
    problem = None
    language = request.GET.get("letter") or request.LANGUAGE_CODE
    asked_for(language, dict(settings.LANGUAGES), "letter")
    if request.method == "POST":
        act = asked_for(request.POST.get("act"), ACTS, "act")
        try:
            ACTS[act](request, candidate)
        except KintraceError as refused:
            problem = told(refused)
        else:
            return redirect("conclusion", candidate=candidate)
    each = acts.standing(request.scope, candidate)
    held = each["disclosure"] or {}
    return render(request, "kintrace/conclusion.html", {
        "each": each, "facts": [(name, fact_name(name)) for name in each["facts"]], "problem": problem,
        "given": request.POST, "chosen": request.POST.getlist("fact"), "primary": verbs.PRIMARY,
        "ends": disclosures.ends_of(each["of_dead"]),
        "answers": [Answer.NO, Answer.CANNOT] if each["of_dead"] else [Answer.YES, Answer.LATER, Answer.NO],
        "asked": _asked(request, each), "answered": held.get("answer") in (Answer.YES, Answer.NO, Answer.CANNOT),
        "ended_later": bool(held) and held["ended"]["at"] not in ("", held["told"]["at"]),
        "stands_on": [fact_name(name) for name in (each["conclusion"] or {}).get("facts", ())],
        "letter": request.POST.get("words") or (written(request, candidate, language) if "tell" in each["may"] else ""),
        "letter_in": language, "letters": settings.LANGUAGES,
    }, status=422 if problem else 200)  # fmt: skip


def _asked(request: Asked, each: Mapping[str, Any]) -> dict[str, str]:
    """What stands in the form of the answer: what was typed, or else what was recorded; asked later again, an answer is new."""
    held = each["disclosure"] or {}
    kept = {
        "answer": "" if held.get("answer") == Answer.LATER else held.get("answer", ""),
        "where": "yes" if held.get("where_too") else "no",
        "capacity": held.get("capacity") or (Capacity.SELF if Capacity.SELF in each["may_answer"] else ""),
        "by_whom": held.get("by_whom", ""),
    }  # fmt: skip
    return {name: request.POST.get(name, value) for name, value in kept.items()}


def _conclude(request: Asked, candidate: UUID) -> None:
    verbs.conclude(
        request.scope, candidate, request.POST.getlist("fact"), request.POST.get("reason", ""),
        primary_identifier=request.POST.get("primary_identifier", ""),
        authority_reference=request.POST.get("authority_reference", ""),
    )  # fmt: skip
    messages.success(
        request, _("Concluded. Nobody is told by this: the found person is asked first."), extra_tags="done"
    )


def _ask(request: Asked, candidate: UUID) -> None:
    disclosures.ask(
        request.scope, candidate, request.POST.get("answer", ""), where_too=request.POST.get("where") == "yes",
        capacity=request.POST.get("capacity", Capacity.SELF), by_whom=request.POST.get("by_whom", "")[:200],
    )  # fmt: skip
    messages.success(request, _("The answer is recorded."), extra_tags="done")


def _approve(request: Asked, candidate: UUID) -> None:
    disclosures.approve(request.scope, candidate)
    messages.success(request, _("Approved. The office that holds the request may tell the family."), extra_tags="done")


def _refuse(request: Asked, candidate: UUID) -> None:
    disclosures.refuse(request.scope, candidate, request.POST.get("reason", "")[:4000])
    messages.success(request, _("It is not approved. Who may ask the found person again sees why."), extra_tags="done")


def _tell(request: Asked, candidate: UUID) -> None:
    disclosures.tell(request.scope, candidate, request.POST.get("words", "")[:8000], request.POST.get("end", ""))
    messages.success(request, _("It is recorded what the family was told."), extra_tags="done")


def _come_of(request: Asked, candidate: UUID) -> None:
    disclosures.come_of(request.scope, candidate, request.POST.get("end", ""))
    messages.success(request, _("It is recorded what came of it."), extra_tags="done")


def _take_back(request: Asked, candidate: UUID) -> None:
    still_told = disclosures.take_back(request.scope, candidate).told_at
    taken = (
        _("Taken back: it is not known yet what came of it.")
        if still_told
        else _("Taken back: the family counts as not told yet.")
    )
    messages.success(request, taken, extra_tags="done")


ACTS: Mapping[str, Callable[[Asked, UUID], None]] = {
    "conclude": _conclude, "ask": _ask, "approve": _approve, "refuse": _refuse, "tell": _tell,
    "come_of": _come_of, "take_back": _take_back,
}  # fmt: skip


def written(request: Asked, candidate: UUID, language: str) -> str:
    """A letter proposed to the family, in a language of the pages: no more than the found person agreed to."""
    told = acts.letter(request.scope, candidate)
    told |= {name: _written_for(told[name], language) for name in ("enquirer", "sought")}
    with override(language):
        text = render_to_string("kintrace/letter.txt", {name: _apart(value) for name, value in told.items()})
    lines = [line.strip() for line in text.strip().split("\n")]
    return "\n".join(line for at, line in enumerate(lines) if line or (at and lines[at - 1]))


def _apart(value: Any) -> Any:
    """What is put into a letter, each line apart where it runs in the other direction: its full stop stays at its end."""
    return "\n".join(isolated(line) for line in value.splitlines()) if isinstance(value, str) else value


SCRIPTS = {"ar": "arabic", "uk": "cyrillic", "ru": "cyrillic"}
"""Of the languages of the pages; of the others: latin."""


def _written_for(name: list[str], language: str) -> str:
    """The writing of a name that who reads this language can read, if there is one."""
    readable = [each for each in name if script_of(each) == SCRIPTS.get(language, "latin")]
    return (readable or name or [""])[0]


@door("disclosure.tell", methods=("POST",))
def letter(request: Asked, candidate: UUID) -> HttpResponse:
    """The letter as it was edited, alone on a page, for printing; nothing is kept by this."""
    acts.letter(request.scope, candidate)  # only where the family may be told
    return render(request, "kintrace/letter.html", {
        "words": request.POST.get("words", "")[:8000], "candidate": candidate, "end": request.POST.get("end", ""),
    })  # fmt: skip
