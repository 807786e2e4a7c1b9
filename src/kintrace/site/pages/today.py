"""What waits for me today."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from kintrace.matching.waiting import waiting
from kintrace.site.door import Asked, door

TILES: tuple[tuple[str, Any, str, Any], ...] = (
    (
        "first_reviews",
        ngettext_lazy("pair of faces for a first, blind review", "pairs of faces for a first, blind review", "count"),
        "review",
        _("Review"),
    ),
    (
        "second_reviews",
        ngettext_lazy("pair of faces for a second review", "pairs of faces for a second review", "count"),
        "review",
        _("Review"),
    ),
    (
        "arbitrations",
        ngettext_lazy(
            "pair on which two reviewers differ, or must be three",
            "pairs on which two reviewers differ, or must be three",
            "count",
        ),
        "review",
        _("Review"),
    ),
    (
        "statements",
        ngettext_lazy(
            "pair you judged waits for your statement on everything",
            "pairs you judged wait for your statement on everything",
            "count",
        ),
        "statements",
        _("Go on"),
    ),
    (
        "conclusions",
        ngettext_lazy("candidate on which the reviews agree", "candidates on which the reviews agree", "count"),
        "conclusions",
        _("Look"),
    ),
    (
        "to_ask",
        ngettext_lazy(
            "found person to be asked whether the family may know",
            "found people to be asked whether their families may know",
            "count",
        ),
        "conclusions",
        _("Look"),
    ),
    (
        "to_approve",
        ngettext_lazy("disclosure to be approved", "disclosures to be approved", "count"),
        "conclusions",
        _("Look"),
    ),
    (
        "to_tell",
        ngettext_lazy(
            "family to be told, or what came of it is to be recorded",
            "families to be told, or what came of it is to be recorded",
            "count",
        ),
        "conclusions",
        _("Look"),
    ),
    (
        "cards_due",
        ngettext_lazy("card to be looked at again", "cards to be looked at again", "count"),
        "cards",
        _("Look"),
    ),
    (
        "cards_expiring",
        ngettext_lazy("card that expires within 30 days", "cards that expire within 30 days", "count"),
        "cards",
        _("Look"),
    ),
    (
        "photos",
        ngettext_lazy(
            "photo that needs you: no face, several, or too poor",
            "photos that need you: no face, several, or too poor",
            "count",
        ),
        "photos",
        _("Look"),
    ),
    (
        "quarantined",
        ngettext_lazy(
            "photo in quarantine: no search uses it until somebody says whom it shows",
            "photos in quarantine: no search uses them until somebody says whom they show",
            "count",
        ),
        "photos",
        _("Look"),
    ),
)
"""Each: what is counted, its words, the page that shows it, and what the button says."""


@door(everybody=True, methods=("GET", "HEAD"))
def today(request: Asked) -> HttpResponse:
    """Counts of what waits for this person in this office; nothing about colleagues."""
    counts = waiting(request.scope)
    tiles = [
        {
            "name": name,
            "count": counts[name],
            "words": words % {"count": counts[name]},
            "url": _page(page, name),
            "act": act,
        }
        for name, words, page, act in TILES
        if name in counts
    ]
    return render(request, "kintrace/today.html", {
        "tiles": [each for each in tiles if each["count"]], "none": [each for each in tiles if not each["count"]],
    })  # fmt: skip


def _page(name: str, what: str) -> str:
    try:
        address = reverse(name)
    except NoReverseMatch:
        return ""
    return f"{address}?show={what}" if name in ("cards", "photos", "conclusions") else address
