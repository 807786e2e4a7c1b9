"""Whether the server lives, can work, and how busy it is: for machines. Counts only, nothing about a person."""

from django.conf import settings
from django.db import DatabaseError, connections
from django.http import HttpRequest, HttpResponse
from prometheus_client import CollectorRegistry, Gauge, generate_latest

from kintrace.casework import worker
from kintrace.casework.records import Card, Photo, Template
from kintrace.matching import standing
from kintrace.matching.models import Candidate
from kintrace.site.door import anybody


@anybody
def alive(request: HttpRequest) -> HttpResponse:
    """The process answers."""
    return HttpResponse("ok\n", content_type="text/plain")


@anybody
def ready(request: HttpRequest) -> HttpResponse:
    """Both databases answer."""
    try:
        for each in connections.all():
            with each.cursor() as cursor:
                cursor.execute("SELECT 1")
    except DatabaseError:
        return HttpResponse("a database does not answer\n", content_type="text/plain", status=503)
    return HttpResponse("ready\n", content_type="text/plain")


@anybody
def metrics(request: HttpRequest) -> HttpResponse:
    """For Prometheus; only for this machine, or with the token of the settings."""
    near = request.META.get("REMOTE_ADDR") in ("127.0.0.1", "::1") and "X-Forwarded-For" not in request.headers
    token = settings.METRICS_TOKEN
    if not near and not (token and request.headers.get("Authorization") == f"Bearer {token}"):
        return HttpResponse(status=404)
    registry = CollectorRegistry()
    for name, words, value in (
        ("kintrace_cards", "Cards", Card._all.count()),
        ("kintrace_photos_waiting", "Photos that wait for a worker", worker.waiting()),
        ("kintrace_photos", "Photos", Photo._all.count()),
        ("kintrace_templates", "Templates", Template._all.count()),
        ("kintrace_candidates", "Candidates", Candidate._all.count()),
        ("kintrace_search_behind", "Changes the standing search has not followed", standing.behind()),
        ("kintrace_worker_attends", "Whether a worker looked just now", int(standing.attended())),
    ):
        Gauge(name, words, registry=registry).set(value)
    return HttpResponse(generate_latest(registry), content_type="text/plain; version=0.0.4")
