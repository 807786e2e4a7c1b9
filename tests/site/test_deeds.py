"""What the ledger says was done is said in words: every action that the program can write has them."""

import ast
import re
from collections.abc import Callable, Iterator
from pathlib import Path

from django.db import transaction
from site_help import client_for

from kintrace.casework.people import Role
from kintrace.casework.records import Card
from kintrace.casework.scope import PERMITTED, Scope
from kintrace.ledger import entries
from kintrace.site.deeds import DEEDS

SOURCE = Path(__file__).parents[2] / "src/kintrace"
SHAPE = re.compile(r"[a-z_]+(?:\.[a-z_]+)+")
WRITERS = {"record", "note", "note_many", "note_system", "require", "refusal", "Event", "_note", "_changed", "door"}
"""Functions that take an action."""
PLAIN = ("search", "conclude")
"""Actions of one word."""
NONE = {"web.key", "demo.kintrace", "names.toml", "card.search"}
"""What looks like an action and is none: files, addresses, and what a candidate was found by."""


def trees() -> Iterator[ast.Module]:
    """Of every module that may write to the ledger."""
    for path in sorted(SOURCE.rglob("*.py")):
        if not {"migrations", "emblem", "faces", "evaluation"} & set(path.relative_to(SOURCE).parts):
            yield ast.parse(path.read_text("utf-8"))


def texts(node: ast.AST) -> Iterator[str]:
    """The constants in a piece of code."""
    for each in ast.walk(node):
        if isinstance(each, ast.Constant) and isinstance(each.value, str):
            yield each.value


def written() -> set[str]:
    """Actions in the source: what is given to a writer, and every text that is made as those are."""
    given: set[str] = set()
    said: set[str] = set()
    for tree in trees():
        said |= {each for each in texts(tree) if SHAPE.fullmatch(each)}
        for call in ast.walk(tree):
            if isinstance(call, ast.Call) and getattr(call.func, "attr", getattr(call.func, "id", "")) in WRITERS:
                for each in call.args:
                    given |= {text for text in texts(each) if SHAPE.fullmatch(text) or text in PLAIN}
    kinds = {each.partition(".")[0] for each in (*given, *PERMITTED)}
    return (given | set(PERMITTED) | {each for each in said if each.partition(".")[0] in kinds}) - NONE


def test_every_action_has_words() -> None:
    """None is left out, whatever writes it, and none is kept that nothing writes."""
    found = written()
    assert {"photo.assess", "search", "ledger.burst", "candidate.proposed", "review.statement", "web.csrf"} <= found
    assert found - DEEDS.keys() == set()
    assert DEEDS.keys() - found == set()
    words = [str(each) for each in DEEDS.values()]
    assert len(set(words)) == len(words), "two actions in the same words cannot be told apart"


def test_no_action_is_put_together() -> None:
    """An action is written whole where it is written, or the test above could not find it."""
    for tree in trees():
        for call in ast.walk(tree):
            if isinstance(call, ast.Call) and getattr(call.func, "attr", "") in {"note", "require", "refusal"}:
                assert not any(isinstance(each, ast.JoinedStr) for each in call.args[:1]), ast.unparse(call)


def test_the_ledger_is_read_in_words(scope: Scope, request_card: Callable[..., Card]) -> None:
    """The code stands only in what is opened, and an entry of another release has words, too."""
    request_card()
    with transaction.atomic():
        scope.note("photo.polished")
    page = client_for(scope, Role.DATA_PROTECTION_OFFICER).get("/protection").content.decode()
    shown = re.sub(r"<details>.*?</details>|<[^>]*>", "", page, flags=re.DOTALL)
    assert "Registering a card" in shown
    assert "Something that another release of Kintrace did" in shown
    for code in ("card.register", "photo.polished"):
        assert code in page
        assert code not in shown


def test_who_may_not_is_told_in_words_what(scope: Scope, request_card: Callable[..., Card]) -> None:
    """On the pages a refusal names the deed; the ledger keeps its code."""
    request_card()
    page = client_for(scope, Role.CASEWORKER).get("/protection").content.decode()
    assert "You may not do this here (reading the ledger)." in page
    assert "ledger.read" not in page
    assert entries(action="ledger.read", most=1)[0].outcome == "refused"
