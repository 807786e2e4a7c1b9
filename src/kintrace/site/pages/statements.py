"""The second step of a review: everything before one, and a statement on it; then the next pair."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from kintrace.matching import reviews, sides
from kintrace.matching.models import Judgement
from kintrace.site import saying
from kintrace.site.door import Asked, door
from kintrace.site.pages.review import VERBS, following


@door(*VERBS, methods=("GET", "HEAD"))
def statements(request: Asked) -> HttpResponse:
    """Pairs whose faces I judged, and on which I have not said what I think of everything."""
    return render(request, "kintrace/statements.html", {"rows": reviews.to_state(request.scope)})


@door(*VERBS)
def statement(request: Asked, sitting: UUID) -> HttpResponse:
    """Everything on a pair whose faces I judged; with a POST what I say of it."""
    if request.method == "POST":
        said, reason = request.POST.get("conclusion", ""), request.POST.get("reason", "")[:4000]
        reviews.record_statement(request.scope, sitting, said, reason)
        messages.success(request, _("Your statement is saved."), extra_tags="done")
        return following(request) if "next" in request.POST else redirect("statements")
    told = reviews.unveiled(request.scope, sitting)
    records = sides.of_sitting(request.scope, sitting)
    counts, turned = told["counts"], int(told["swapped"])
    return render(request, "kintrace/statement.html", {
        "sitting": sitting, "evidence": saying.evidence(told), "judged": told["judged"], "records": records,
        "rows": saying.sides(records), "judgements": Judgement.values(),
        "faces": [(turned, range(counts[turned])), (1 - turned, range(counts[1 - turned]))],
    })  # fmt: skip
