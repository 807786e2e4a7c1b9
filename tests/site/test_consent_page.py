"""Consent on the pages: whom nothing may reach is not forgotten, and a name that is no office is said to be none."""

from collections.abc import Callable

from site_help import client_for

from kintrace.casework.agreements import agreed_to_share
from kintrace.casework.people import Role
from kintrace.casework.records import Card, Person
from kintrace.casework.scope import Scope
from kintrace.casework.setup import add_office


def test_whom_nothing_may_reach(scope: Scope, request_card: Callable[..., Card]) -> None:
    add_office(scope, "north", "North Station")
    card = request_card()
    address = f"/card/{card.id}/consent/subject"
    client = client_for(scope, Role.CASEWORKER)
    client.post(f"/card/{card.id}/purpose", {"purpose": "tracing"})
    answers = {"consent.subject.tracing": "yes", "consent.subject.share_office:*": "yes"}
    said = {
        **answers,
        "consent.subject.capacity": "best_interest",
        "consent.subject.withheld": "North station; the militia",
    }
    told = client.post(address, said, follow=True).content.decode()
    assert "No office here is called the militia" in told
    assert "North" not in told.split("No office here is called", 1)[1].split("</", 1)[0]
    assert not agreed_to_share(Person._all.get(card=card), "north")
    assert 'value="North station; the militia"' in client.get(address).content.decode(), "asked anew, it is not dropped"
