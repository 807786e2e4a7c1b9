"""What one typed and sent after having been signed out: to look at, to send again, or to throw away."""

from django.http import HttpResponse
from django.shortcuts import redirect, render

from kintrace.site import unsent as kept
from kintrace.site.door import Asked, door


@door(everybody=True)
def unsent(request: Asked) -> HttpResponse:
    """The form, as it was; with a POST it is thrown away."""
    if request.method == "POST":
        kept.throw_away(request.user)
        return redirect("today")
    found = kept.kept(request.user)
    if found is None:
        return redirect("today")
    if found.office and request.session.get("office") != found.office:
        request.session["office"], request.session["bureau"] = found.office, found.bureau
        return redirect("unsent")
    return render(request, "kintrace/unsent.html", {"form": found})
