"""Administration: offices, bureaus, and offices whose records are never compared."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from kintrace.casework.setup import add_bureau, add_office, offices_and_bureaus
from kintrace.matching.comparable import keep_apart, kept_apart
from kintrace.site.door import Asked, asked_for, door


@door("office.manage")
def listed(request: Asked) -> HttpResponse:
    """All of them; with a POST, one more, or two kept apart."""
    scope, given = request.scope, request.POST
    if request.method == "POST":
        what = asked_for(given.get("what"), ("office", "bureau", "apart", "together"), "what")
        if what == "office":
            add_office(scope, given.get("code", "").strip(), given.get("name", "").strip())
            messages.success(request, _("The office was added, with a key of its own. Give somebody a role there."))
        elif what == "bureau":
            add_bureau(scope, given.get("code", "").strip(), given.get("name", "").strip())
            messages.success(request, _("The bureau was added. Its members are given a role in it."))
        else:
            keep_apart(scope, given.get("one", ""), given.get("other", ""), take_back=what == "together")
            messages.success(request, _("Done. Candidates between them follow with the next search."))
        return redirect("offices")
    told = offices_and_bureaus(scope)
    names = {each["code"]: each["name"] for each in told["offices"]}
    apart = [{"one": one, "other": other, "names": (names[one], names[other])} for one, other in kept_apart(scope)]
    return render(request, "kintrace/offices.html", {**told, "apart": apart})
