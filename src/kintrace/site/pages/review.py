"""Blind review: two faces, and nothing else, until the judgement of them is saved.

No answer before that holds more than the numbers of photos, and pictures of one size; each takes as long, whatever is behind it.
"""

import time
from collections.abc import Callable
from functools import wraps
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from kintrace.errors import NotPossible
from kintrace.matching import known_pairs, reviews
from kintrace.matching.models import Judgement
from kintrace.matching.seats import next_blind, sitting_of
from kintrace.site.door import Asked, counted, door, told

VERBS = ("review.first", "review.second", "review.arbitrate")
BEAT = 0.2
"""Seconds: an answer before the judgement waits for the next beat, so that its time does not tell which way it went."""


def even(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Answer on the beat."""

    @wraps(view)
    def answered(*args: Any, **named: Any) -> HttpResponse:
        began = time.monotonic()
        try:
            return view(*args, **named)
        finally:
            time.sleep(rest(time.monotonic() - began, BEAT))

    return answered


def rest(took: float, beat: float) -> float:
    """Seconds to wait after an answer that took so many, until the next beat: never more than one beat."""
    return beat - took % beat


@door(*VERBS)
@even
def begin(request: Asked) -> HttpResponse:
    """What a blind review is; with a POST the next pair."""
    if request.method == "POST":
        return following(request)
    return render(request, "kintrace/review.html")


def following(request: Asked) -> HttpResponse:
    """On to the next pair, or the news that none waits."""
    sitting = next_blind(request.scope)
    if sitting is None:
        messages.info(request, _("Nothing waits for your review now."), extra_tags="done")
        return redirect("review")
    return redirect("review_sitting", sitting=sitting.id)


@door(*VERBS)
@even
def judge(request: Asked, sitting: UUID) -> HttpResponse:
    """Two faces; with a POST what this person says of them. What was chosen stays where it could not be saved."""
    problem = None
    if request.method == "POST":
        try:
            return _judged(request, sitting)
        except NotPossible as refused:
            problem = told(refused)
    given = sitting_of(request.scope, sitting)
    sides = [
        {"side": side, "photos": range(count), "now": _chosen(request.GET.get("ab"[side]), count)}
        for side, count in enumerate(given.sides)
    ]
    if not all(given.sides):
        return render(request, "kintrace/review_no_faces.html", {"sitting": sitting}, status=422 if problem else 200)
    return render(request, "kintrace/review_sitting.html", {
        "sitting": sitting, "sides": sides, "words": reviews.FEATURES, "judgements": Judgement.values(), "problem": problem,
        "parts": [(each, request.POST.get(f"part-{each}", "")) for each in reviews.COMPONENTS], "said": request.POST,
    }, status=422 if problem else 200)  # fmt: skip


def _chosen(text: str | None, count: int) -> int:
    return given if (given := counted(text)) < count else 0


def _judged(request: Asked, sitting: UUID) -> HttpResponse:
    given = {name: request.POST.get(f"part-{name}", "") for name in reviews.COMPONENTS}
    features = {name: word for name, word in given.items() if word}
    said = request.POST.get("conclusion", "")
    done = reviews.record_blind(request.scope, sitting, said, features, request.POST.get("reason", "")[:4000])
    return redirect("review_known" if done["known"] else "statement", sitting=sitting)


@door(*VERBS, methods=("GET", "HEAD"))
@even
def face(request: Asked, sitting: UUID, side: int, number: int) -> HttpResponse:
    """One face of a pair."""
    return HttpResponse(reviews.picture(request.scope, sitting, side, number), content_type="image/jpeg")


@door(*VERBS, methods=("POST",))
@even
def conflict(request: Asked, sitting: UUID) -> HttpResponse:
    """This person should not judge this pair."""
    reviews.declare_conflict(request.scope, sitting)
    messages.success(request, _("Thank you for saying so. This pair goes to somebody else."), extra_tags="done")
    return redirect("review")


@door(*VERBS, methods=("GET", "HEAD"))
def known(request: Asked, sitting: UUID) -> HttpResponse:
    """How a known pair is, once it was judged."""
    return render(request, "kintrace/review_known.html", {"told": known_pairs.told_of(request.scope, sitting)})
