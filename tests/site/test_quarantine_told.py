"""Who is told of a quarantined photo, on which pages; and that an office learns no more of the other than it may."""

import html

import pytest
from casework_help import CONSENT, roles
from matching_help import SHARED, request, somebody
from site_help import client_for

from kintrace.casework import quarantine, worker
from kintrace.casework.forms import PhotoForm
from kintrace.casework.people import Role, User
from kintrace.casework.photos import attach
from kintrace.casework.records import Card
from kintrace.casework.setup import add_office

ONE, MANY = "photo in quarantine", "photos in quarantine"


@pytest.fixture
def offices(scope, acquirer, pairs):
    """One picture on a card of each of two offices, each owned by a field officer; the cards, by office."""

    def made(consent):
        add_office(roles(scope, Role.ADMINISTRATOR), "north", "North")
        owners = (
            somebody("local", Role.FIELD_OFFICER, login="leyla"),
            somebody("north", Role.FIELD_OFFICER, login="nils"),
        )
        names = "Amal Sayegh (invented)", "Olena Pryklad (invented)"
        cards = [request(each, name, consent) for each, name in zip(owners, names, strict=True)]
        for owner, card in zip(owners, cards, strict=True):
            attach(owner, str(card.local), pairs[0][0].read_bytes(), PhotoForm("p.jpg"))
        worker.run(acquirer)
        return cards

    return made


def as_user(login):
    from django.test import Client

    client = Client()
    client.force_login(User.objects.get(username=login))
    return client


def page(client, address):
    return html.unescape(client.get(address).content.decode())


def told(client):
    """How many quarantined photos Today tells of; None where it says nothing of them."""
    tiles = client.get("/").context
    found = [each["count"] for each in [*tiles["tiles"], *tiles["none"]] if each["name"] == "quarantined"]
    return found[0] if found else None


@pytest.mark.parametrize("consent", [CONSENT, SHARED])
def test_both_case_owners_are_told_and_neither_of_the_other(scope, offices, consent):
    cards = offices(consent)
    for login, card, other, away in (
        ("leyla", cards[0], cards[1], "Olena"),
        ("nils", cards[1], cards[0], "Amal"),
    ):
        client = as_user(login)
        assert told(client) == 1
        today, waiting = page(client, "/"), page(client, "/photos?show=quarantined")
        assert ONE in today
        assert f"Case owner: <bdi>{login}</bdi>" in waiting
        assert f"{card.opened_by.code}/{card.local}" in waiting
        for secret in (
            away,
            str(other.id),
            f"{other.opened_by.code}/{other.local}",
            "nils" if login == "leyla" else "leyla",
        ):
            assert secret not in today + waiting, secret
        assert ("card of the office" in waiting) == (consent is SHARED)


def test_each_office_is_told_of_its_own_and_others_of_nothing(scope, offices):
    offices(CONSENT)
    for role, count in (
        (Role.CASEWORKER, 1),
        (Role.SENIOR_REVIEWER, 1),
        (Role.FIELD_OFFICER, 0),  # not the owner
        (Role.FORENSIC_OFFICER, 0),
        (Role.DATA_PROTECTION_OFFICER, None),
        (Role.ADMINISTRATOR, None),
    ):
        for office in ("local", "north"):
            assert told(client_for(scope, role, office=office)) == count, (role, office)


def test_a_settled_picture_waits_for_nobody(scope, offices):
    mine, theirs = offices(CONSENT)
    here, north = (somebody(office, Role.CASEWORKER, login=f"c-{office}") for office in ("local", "north"))
    quarantine.settle_picture(here, mine.subject.photos.get().id, "here", "The print.")
    assert told(as_user("leyla")) == 1, "the other office has not answered"
    quarantine.settle_picture(north, theirs.subject.photos.get().id, "neither", "A stranger sent it.")
    assert told(as_user("leyla")) == 0
    assert told(as_user("c-local")) == 0
    assert told(as_user("nils")) == 0, "it is not theirs: it stays out of searches, and nobody is asked again"


def test_a_case_that_was_handed_to_another_office_has_no_owner_and_is_told_to_who_settles_there(scope, offices):
    mine, _ = offices(SHARED)
    Card._all.filter(id=mine.id).update(owner=None)
    assert told(as_user("leyla")) == 0
    client = client_for(scope, Role.CASEWORKER)
    assert told(client) == 1
    assert "Nobody owns this case now." in page(client, "/photos")
