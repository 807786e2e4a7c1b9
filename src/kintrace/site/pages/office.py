"""Changing the office, or bureau, that one works for now."""

from django.http import HttpResponse
from django.shortcuts import redirect

from kintrace.site.door import Asked, door, places


@door(everybody=True, methods=("POST",))
def change(request: Asked) -> HttpResponse:
    """Work for another office from now on."""
    given = request.POST.get("place", "")
    for office, bureau in places(request.user):
        if given == f"{office.id}/{bureau.id if bureau else ''}":
            request.session["office"], request.session["bureau"] = str(office.id), str(bureau.id) if bureau else None
            request.session.pop("cases", None)
    return redirect("today")
