"""Searching the registry: for a case and a purpose, by name in any script, and never more than the scope may see."""

from collections.abc import Callable

import pytest
from casework_help import CONSENT, found_form, roles
from matching_help import somebody

from kintrace.casework import registry
from kintrace.casework.cards import close
from kintrace.casework.forms import card_form
from kintrace.casework.people import Role
from kintrace.casework.records import Card
from kintrace.casework.registration import register
from kintrace.casework.registry import Question, search
from kintrace.casework.scope import Scope
from kintrace.casework.setup import add_office
from kintrace.errors import Denied, FormError, NotPossible
from kintrace.ledger import entries


@pytest.fixture
def case(request_card: Callable[..., Card]) -> str:
    """The card one searches for."""
    return str(request_card("Nobody Else (invented)").id)


def found(scope: Scope, name: str, consent: object = CONSENT, **facts: object) -> Card:
    """A found person's card."""
    form = found_form(name, consent=consent)
    form["found"] |= facts
    return register(scope, card_form(form))


def cards(scope: Scope, case: str, **asked: str) -> list[str]:
    """Ids of what is found, in its order."""
    return [str(hit.id) for hit in search(scope, case, Question(**asked)).hits]


def test_a_name_is_found_in_any_script_the_most_alike_first(scope: Scope, case: str) -> None:
    """Written in Latin, searched in Cyrillic and Arabic, and in another spelling; others stay away."""
    olena = found(scope, "Olena Shevchuk")
    near = found(scope, "Olena Bondar")
    yusuf = found(scope, "يوسف حداد")
    other = found(scope, "Goran Babić")
    assert cards(scope, case, name="Олена Шевчук")[0] == str(olena.id)
    assert cards(scope, case, name="Elena Schewtschuk")[0] == str(olena.id)
    assert cards(scope, case, name="Yusuf Haddad") == [str(yusuf.id)]
    assert cards(scope, case, name="Shevchuk") == [str(olena.id)]
    assert str(other.id) not in cards(scope, case, name="Olena Shevchuk")
    both = cards(scope, case, name="Olena")
    assert set(both) == {str(olena.id), str(near.id)}


def test_birth_and_place_narrow_and_what_is_not_told_stays(scope: Scope, case: str) -> None:
    """A year off is borne with; another decade is not; a card without a birth date is not lost."""
    young = found(scope, "Amal Haddad", date_of_birth="2001-05-03", place_of_birth="Aleppo")
    old = found(scope, "Amal Haddad", date_of_birth="1961")
    untold = found(scope, "Amal Haddad")
    assert set(cards(scope, case, name="Amal Haddad", born="2002")) == {str(young.id), str(untold.id)}
    assert cards(scope, case, name="Amal Haddad", born="2001-05")[0] == str(young.id)
    assert str(young.id) in cards(scope, case, name="Amal Haddad", place="Haleb")
    assert str(young.id) not in cards(scope, case, name="Amal Haddad", place="Kyiv")
    assert cards(scope, case, born="1961", place="")[0] == str(old.id)
    assert str(young.id) in cards(scope, case, born="2001", place="Aleppo")
    assert str(young.id) in cards(scope, case, place="Aleppo")
    with pytest.raises(FormError):
        search(scope, case, Question(name="Amal", born="soon"))


def test_a_number_office_status_and_enquirers(scope: Scope, case: str) -> None:
    """By a soldier's number with a slip, by a card's number, by whom a family says they are."""
    soldier = found(scope, "Ivan Petrenko", serial_number="AB-104482")
    assert cards(scope, case, number="AB-104499") == []  # two characters: not one slip
    assert cards(scope, case, number="AB-104483") == [str(soldier.id)]
    assert cards(scope, case, number=f"local/{soldier.local}") == [str(soldier.id)]
    assert cards(scope, case, number="999") == []
    (hit,) = search(scope, case, Question(name="Karim Sayegh")).hits
    assert (str(hit.id), hit.part) == (case, "enquirer")
    assert set(cards(scope, case, kind="found_person")) == {str(soldier.id)}
    close(scope, str(soldier.id), "a slip")
    assert cards(scope, case, status="closed") == [str(soldier.id)]
    for wrong in ({"status": "lost"}, {"kind": "x"}):
        with pytest.raises(FormError):
            search(scope, case, Question(**wrong))


def test_only_cards_of_the_scope_whose_people_did_not_refuse(scope: Scope, case: str) -> None:
    """Another office's cards are not found, nor those of people who refused tracing, nor the dead but by forensic officers."""
    add_office(scope, "north", "The north (invented)")
    north = somebody("north", Role.FIELD_OFFICER)
    found(north, "Amal Haddad", consent={**CONSENT, "purposes": {"tracing": True, "share_office:*": True}})
    found(scope, "Amal Haddad", consent={**CONSENT, "purposes": {"tracing": False}})
    dead = found(scope, "Amal Haddad", found_kind="deceased_unidentified", body_label="B-1001")
    assert cards(scope, case, name="Amal Haddad") == []
    assert str(dead.id) not in cards(scope, case)
    forensic = roles(scope, Role.FORENSIC_OFFICER)
    assert cards(forensic, case, name="Amal Haddad") == [str(dead.id)]


def test_there_is_no_search_without_a_case_that_is_open_to_who_asks(scope: Scope, case: str) -> None:
    """Not for another office's card, not for a closed one, and not by those who only look after the data."""
    add_office(scope, "north", "The north (invented)")
    theirs = found(somebody("north", Role.FIELD_OFFICER), "Amal Haddad")
    with pytest.raises(Denied):
        search(scope, str(theirs.id), Question(name="Amal"))
    with pytest.raises(Denied):
        search(scope, "", Question(name="Amal"))
    with pytest.raises(Denied):
        search(roles(scope, Role.DATA_PROTECTION_OFFICER), case, Question(name="Amal"))
    with pytest.raises(Denied):
        search(roles(scope, Role.ADMINISTRATOR), case, Question(name="Amal"))
    close(scope, case, "found")
    with pytest.raises(NotPossible):
        search(scope, case, Question(name="Amal"))


def test_each_search_is_in_the_ledger_with_whom_it_showed_and_no_name(scope: Scope, case: str) -> None:
    """Also one that found nobody; what was typed is not in it."""
    card = found(scope, "Amal Haddad")
    search(scope, case, Question(name="Amal Haddad"))
    search(scope, case, Question(name="Xyz Qwerty"))
    empty, done = entries(action="registry.search", most=2)
    assert (empty.outcome, done.outcome) == ("empty", "done")
    assert done.record == f"card:{case}"
    assert done.facts == {"asked": ["name"], "found": 1, "page": 1, "shown": [str(card.id)[:8]]}
    assert "Haddad" not in done.details


def test_many_searches_for_one_case_are_a_burst(scope: Scope, case: str) -> None:
    """Whoever tries name after name is seen, though it is all one case."""
    for number in range(61):
        search(scope, case, Question(name=f"Name{number}"))
    assert entries(action="ledger.burst", most=1)


def test_words_too_common_are_looked_through_or_said_to_be(
    scope: Scope, case: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An empty list is never the answer where there were too many to look at."""
    made = [found(scope, f"Mohammed {family}") for family in ("Haddad", "Sayegh", "Aziz")]
    monkeypatch.setattr(registry, "REACH", 2)
    assert set(cards(scope, case, name="Mohammed")) == {str(card.id) for card in made}
    monkeypatch.setattr(registry, "SCANNED", 2)
    told = search(scope, case, Question(name="Mohammed"))
    assert told.partly
    assert told.looked == 2


def test_pages(scope: Scope, case: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each card once, whichever page; a page beyond the end is the last."""
    for number in range(5):
        found(scope, f"Person {number} (invented)")
    monkeypatch.setattr(registry, "PAGE", 2)
    pages = [search(scope, case, Question(), page) for page in (1, 2, 3, 9)]
    ids = [hit.id for each in pages[:3] for hit in each.hits]
    assert len(ids) == len(set(ids)) == pages[0].total == 6
    assert pages[3].page == pages[3].pages == 3
