"""Whether the server lives, can work, and how busy it is: for machines. Counts only, nothing about a person."""

from django.conf import settings
from django.db import DatabaseError, connections
from django.http import HttpRequest, HttpResponse
from prometheus_client import CollectorRegistry, Gauge, generate_latest

from kintrace.matching.waiting import counts
from kintrace.site.door import anybody

WORDS = {
    "cards": "Cards", "photos": "Photos", "photos_waiting": "Photos that wait for a worker", "templates": "Templates",
    "candidates": "Candidates", "search_behind": "Changes the standing search has not followed",
    "worker_attends": "Whether a worker looked just now",
}  # fmt: skip


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
    for name, value in counts().items():
        Gauge(f"kintrace_{name}", WORDS[name], registry=registry).set(value)
    return HttpResponse(generate_latest(registry), content_type="text/plain; version=0.0.4")
