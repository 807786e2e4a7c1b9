"""Each page has a door, and each role meets a closed one where it should: every page × every role."""

import re
import uuid
from typing import Any

import pytest
from django.test import Client
from site_help import client_for

from kintrace.casework.people import Role
from kintrace.casework.scope import PERMITTED, Scope
from kintrace.site.door import closed, doors

SOME = {"uuid": str(uuid.UUID(int=7)), "int": "1", "str": "x", "slug": "x", "path": "x"}


def address(path: str) -> str:
    """A path with something in place of its parameters."""
    filled = re.sub(r"<(?:(\w+):)?\w+>", lambda found: SOME[found[1] or "str"], path)
    return "/" + filled


def ours() -> list[Any]:
    """Pages behind doors; those of allauth and those for anybody have other tests."""
    return [each for each in doors() if hasattr(each[2], "everybody")]


def test_no_page_is_without_a_door() -> None:
    """A page that somebody forgot to guard would be open to all."""
    assert [path for path in closed() if not path.startswith("account/")] == []


def test_every_verb_of_a_door_is_one_that_somebody_may_use() -> None:
    """A slip of the pen in a door would shut everybody out."""
    for path, _, view in ours():
        for verb in view.door:
            assert verb in PERMITTED, (path, verb)


def test_nobody_comes_in_without_signing_in(scope: Scope, client: Client) -> None:
    """Every page sends to sign-in, by any method, and says nothing else."""
    for path, _, _ in ours():
        for ask in (client.get, client.post):
            answer = ask(address(path))
            assert answer.status_code == 302, path
            assert answer["Location"].startswith("/account/login/"), path


@pytest.mark.parametrize("role", list(Role))
def test_each_role_meets_closed_doors(scope: Scope, role: Role) -> None:
    """403 exactly where no verb of the door is the role's; the refusal is in the ledger."""
    from kintrace.ledger import entries

    client = client_for(scope, role)
    for path, _, view in ours():
        opens = view.everybody or any(role in PERMITTED[verb] for verb in view.door)
        before = len(entries(most=1_000_000))
        answer = client.get(address(path))
        assert (answer.status_code != 403) == opens, (path, role, answer.status_code)
        if not opens:
            told = entries(most=1_000_000)
            assert len(told) > before, path


def test_somebody_without_a_role_sees_nothing(scope: Scope) -> None:
    """A user who was given no role, or lost it."""
    client = client_for(scope)
    for path, _, _ in ours():
        assert client.get(address(path)).status_code == 403, path


def test_somebody_shut_out_is_out_at_once(scope: Scope) -> None:
    """Disabling a user ends what their session could do with the very next page."""
    from kintrace.casework.people import User

    client = client_for(scope, Role.CASEWORKER, login="gone")
    assert client.get("/").status_code == 200
    User.objects.filter(username="gone").update(is_active=False)
    assert client.get("/").status_code == 302
