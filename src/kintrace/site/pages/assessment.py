"""Data protection: the impact assessment, filled with what is configured and measured here, as a PDF."""

from django.http import HttpResponse
from django.shortcuts import render

from kintrace.site.assessment import sections, to_pdf
from kintrace.site.door import Asked, door


@door("ledger.read")
def assessment(request: Asked) -> HttpResponse:
    """The report on the page; with a POST, as a PDF."""
    told = sections(request.scope)
    if request.method == "POST":
        request.scope.require("ledger.read")
        headers = {"Content-Disposition": 'attachment; filename="kintrace-impact-assessment.pdf"'}
        return HttpResponse(to_pdf(request.scope, told), "application/pdf", headers=headers)
    return render(request, "kintrace/assessment.html", {"sections": told})
