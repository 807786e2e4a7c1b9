"""What one typed and sent after having been signed out: to look at, to send again, or to throw away."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import Resolver404, resolve, reverse

from kintrace.casework.cards import record_id
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
    return render(request, "kintrace/unsent.html", {"form": found, **_about(request, found.path)})


def _about(request: Asked, path: str) -> dict[str, str]:
    """The page of what the form was about, and the number of a card that is open to this scope."""
    try:
        named = resolve(path.partition("?")[0]).kwargs
    except Resolver404:
        return {}
    for name, page in (("draft", "draft"), ("candidate", "conclusion"), ("photo", "photo"), ("card", "card")):
        if name in named:
            cards = request.scope.cards().select_related("opened_by").filter(id=named[name] if name == "card" else None)
            number = next((record_id(card) for card in cards), "")
            return {"about": reverse(page, args=[named[name]]), "card": number}
    return {}
