"""The registry's page: a case asked once, nothing personal in addresses, kept searches that are sealed and one's own."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from site_help import client_for

from kintrace.casework.people import Role
from kintrace.casework.records import Card
from kintrace.casework.scope import Scope
from kintrace.ledger import entries
from kintrace.matching.savedsearches import drop_expired
from kintrace.matching.searchrecords import SavedSearch
from kintrace.vault import is_destroyed


@pytest.fixture
def client(scope: Scope, request_card: Callable[..., Card]) -> Client:
    """A field officer with a case in hand."""
    case = request_card("Amal Haddad (invented)")
    client = client_for(scope, Role.FIELD_OFFICER)
    client.post("/registry/case", {"card": str(case.local), "purpose": "registration"})
    return client


def text(answer: Any) -> str:
    return answer.content.decode()


def test_nothing_is_looked_up_without_a_case(scope: Scope, request_card: Callable[..., Card]) -> None:
    """The form asks for it first; a search without one is refused; the purpose goes to the ledger with each search."""
    case = request_card("Amal Haddad (invented)")
    client = client_for(scope, Role.FIELD_OFFICER)
    assert "q_name" not in text(client.get("/registry"))
    assert client.post("/registry", {"q_name": "Amal"}).status_code == 404
    assert client.post("/registry/case", {"card": "77", "purpose": "tracing"}).status_code == 404
    assert client.post("/registry/case", {"card": str(case.local), "purpose": "curiosity"}).status_code == 422
    client.post("/registry/case", {"card": str(case.local), "purpose": "registration"})
    assert "Amal Haddad" in text(client.post("/registry", {"q_name": "Amal Haddad"}))
    last = entries(action="registry.search", most=1)[0]
    assert (last.record, last.purpose) == (f"card:{case.id}", "registration")
    client.post("/registry/case", {"end": "1"})
    assert "q_name" not in text(client.get("/registry"))


def test_an_empty_answer_is_said_calmly_and_a_wrong_date_too(client: Client) -> None:
    """With what may help, and without what was typed in any address."""
    assert "That is an answer" in text(client.post("/registry", {"q_name": "Zyx Qwerty"}))
    wrong = client.post("/registry", {"q_name": "Amal Q.", "q_born": "soon"})
    assert wrong.status_code == 422
    assert all(f'value="{typed}"' in text(wrong) for typed in ("Amal Q.", "soon"))
    assert client.post("/registry", {"q_name": "<script>x</script>"}).status_code == 200
    assert "<script>x" not in text(client.post("/registry", {"q_name": "<script>x</script>"}))


def test_a_birth_date_is_understood_as_on_a_card(scope: Scope, request_card: Callable[..., Card]) -> None:
    """In words and in other digits; what was typed stays in the form as it was typed."""
    case = request_card("Amal Haddad (invented)")
    client = client_for(scope, Role.FIELD_OFFICER)
    client.post("/registry/case", {"card": str(case.local), "purpose": "registration"})
    for typed in ("1987-05", "May 1987", "٣ مايو ١٩٨٧", "03.05.1987", "1985–1990"):
        page = text(client.post("/registry", {"q_name": "Amal Haddad", "q_born": typed}))
        assert "the birth date fits" in page, typed
        assert f'value="{typed}"' in page
    assert client.post("/registry", {"q_name": "Amal", "q_born": "3/5/1987"}).status_code == 422


def test_a_kept_search_is_sealed_ones_own_and_goes(client: Client, scope: Scope) -> None:
    """Its words are in no column; another user has no such search; deleting destroys its key."""
    for _pressed in range(2):
        client.post("/registry/kept", {"title": "the boy (invented)", "q_name": "Amal Haddad", "q_born": "1987"})
    row = SavedSearch._all.get()
    assert b"Haddad" not in bytes(row.content)
    filled = text(client.post(f"/registry/kept/{row.id}"))
    assert 'value="Amal Haddad"' in filled
    assert "the boy (invented)" in filled
    other = client_for(scope, Role.FIELD_OFFICER)
    assert other.post(f"/registry/kept/{row.id}").status_code == 404
    assert other.post(f"/registry/kept/{row.id}", {"drop": "1"}).status_code == 404
    client.post(f"/registry/kept/{row.id}", {"drop": "1"})
    assert not SavedSearch._all.exists()
    assert is_destroyed(row.id)
    assert client.post("/registry/kept", {"title": "nothing to look for"}).status_code == 422


def test_kept_searches_end(client: Client) -> None:
    """After their last day they are shown no more, and the daily work deletes them with their keys."""
    client.post("/registry/kept", {"title": "old (invented)", "q_name": "Amal"})
    SavedSearch._all.update(expires=timezone.now().date() - timedelta(days=1))
    row = SavedSearch._all.get()
    assert "old (invented)" not in text(client.get("/registry"))
    assert drop_expired() == 1
    assert is_destroyed(row.id)
    assert drop_expired() == 0
