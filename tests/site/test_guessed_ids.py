"""Ids that somebody guesses: another office's are answered as those that nothing has, by every page, and the ledger tells."""

from typing import Any

import pytest
from site_world import NOBODY, Page, World, pages

from kintrace.ledger import entries
from kintrace.site.pages import review

OF_ALL = ("account", "account_change")
"""Accounts are every administrator's, whatever the office."""
FILLED = {
    "act": "conclude", "purpose": "tracing", "reason": "because", "why": "because", "fact": "names", "conclusion": "excluded",
    "kind": "found_person", "subject.full_name": "Another", "number": "1", "office": "local", "part": "subject",
    "since": "2026-01-01T00:00:00+00:00", "grade": "A1", "belongs": "subject", "words": "Dear family", "answer": "yes",
    "consent.subject.tracing": "yes", "expires": "2030-01-01",
}  # fmt: skip
"""What forms ask for, so that none is refused before it is asked whose the thing is."""


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(review, "BEAT", 0.001)


def guessable() -> list[Page]:
    """Pages whose address has an id in it."""
    return [page for page in pages() if page.takes_id and page.name not in OF_ALL]


def _asked(world: World, page: Page, ids: dict[str, str], method: str) -> list[tuple[str, Any, str]]:
    """Each address, what was answered, and the body with the id taken out."""
    found = []
    for address in page.addresses(ids):
        answer = getattr(world.here, method)(address, FILLED if method == "post" else {})
        shown = answer.content.decode("utf-8", "replace")
        for each in ids.values():
            shown = shown.replace(each, "ID")
        shown = "".join(line for line in shown.splitlines() if "csrf" not in line.lower())
        found.append((address, answer, shown))
    return found


@pytest.mark.parametrize("method", ["get", "post"])
def test_what_is_anothers_is_answered_as_what_is_not_there(world: World, method: str) -> None:
    """The same status, the same words, the same headers; and in the ledger somebody asked and got nothing."""
    nothing = dict.fromkeys(world.ids, NOBODY)
    for page in guessable():
        at = len(entries(most=1_000_000))
        theirs = _asked(world, page, world.ids, method)
        told = entries(most=1_000_000)
        told = told[: len(told) - at]
        nobodys = _asked(world, page, nothing, method)
        for (address, one, body), (_, other, none) in zip(theirs, nobodys, strict=True):
            assert one.status_code == other.status_code, address
            assert one.status_code != 500, address
            assert body == none, address
            assert set(one.headers) == set(other.headers), address
            for secret in world.secrets:
                assert secret not in body, (address, secret)
        if any(answer.status_code not in (302, 405) for _, answer, _ in theirs):
            assert {each.outcome for each in told} & {"refused", "empty"}, (page.path, [each.action for each in told])
        assert "done" not in {each.outcome for each in told if each.action != "card.purpose"}, page.path


def test_who_may_sees_it(world: World) -> None:
    """The same addresses open to their own office: the test above is not about pages that are never there."""
    closed = {
        "review_known",
        "statement",
        "candidate",
        "candidate_face",
        "conclusion",
        "letter",
        "consent",
        "consent_withdraw",
    }
    for page in guessable():
        address = next(page.addresses(world.ids))
        answer = world.there.get(address)
        if answer.status_code == 302:  # a purpose is asked first
            world.there.post(f"/card/{world.ids['card']}/purpose", {"purpose": "tracing"})
            answer = world.there.get(address)
        assert answer.status_code in (200, 302, 405) or page.name in closed, (address, answer.status_code)


def test_nor_do_forms_and_queries_tell(world: World) -> None:
    """Ids and numbers that are typed, not part of an address."""
    for theirs, nobodys in (
        (world.ids["card"], NOBODY),
        ("there/1", "there/999"),
        ("test.kintrace/there/1", "nowhere/1"),
    ):
        for address, name in (
            ("/registry/case", "card"),
            ("/protection/erasing", "number"),
            ("/protection/erasing", "card"),
        ):
            one, other = (world.here.post(address, {"purpose": "tracing", name: each}) for each in (theirs, nobodys))
            assert one.status_code == other.status_code, address
            bodies = [
                "".join(line for line in each.content.decode().splitlines() if "csrf" not in line.lower())
                for each in (one, other)
            ]
            assert bodies[0].replace(theirs, "ID") == bodies[1].replace(nobodys, "ID"), address
    before = dict(world.here.session)
    where = f"{world.scope.office}/"
    assert world.here.post("/office", {"place": where}).status_code == 302
    assert world.here.session.get("office") == before.get("office"), "nobody works for an office they have no role in"
