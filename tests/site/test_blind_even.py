"""Blind review is even: what is answered, what is done for it, and in which order, does not depend on the evidence."""

import io
import re
import time
from typing import Any

import pytest
from django.db import connections
from django.test import Client
from django.test.utils import CaptureQueriesContext
from matching_help import find_evidence, follow, found, request
from PIL import Image
from site_help import PARTS, client_for

from kintrace.casework import worker
from kintrace.casework.forms import PhotoForm
from kintrace.casework.people import Role
from kintrace.casework.photos import attach
from kintrace.casework.scope import Scope
from kintrace.ledger import entries
from kintrace.matching.models import Candidate, Seat, State
from kintrace.site.pages import review

ID = re.compile(r"[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}")


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    monkeypatch.setattr(review, "BEAT", 0.001)
    settings.KNOWN_PAIRS = 0


@pytest.fixture
def strong_and_weak(scope: Scope, acquirer: Any, pairs: Any) -> tuple[Candidate, Candidate]:
    """A candidate for whom everything speaks, the face too; and one of two faces that are not alike, with a name in common."""
    weak = {"date_of_birth": "", "sex": "female", "place_of_birth": "", "nationality": "", "mother_maiden_name": ""}
    name = "Zubaida Khorasani-Mwangi (invented)"
    cards = [(request(scope), pairs[0][0]), (found(scope), pairs[0][1]),
             (request(scope, name, **weak), pairs[1][0]), (found(scope, name, **weak), pairs[2][0])]  # fmt: skip
    for card, path in cards:
        attach(scope, str(card.local), path.read_bytes(), PhotoForm("photo.jpg"))
    worker.run(acquirer)
    follow()
    one, other = (Candidate._all.get(request=card) for card in (cards[0][0], cards[2][0]))
    assert find_evidence(one)["log10_lr"] > find_evidence(other)["log10_lr"] + 2
    return one, other


def begun(scope: Scope, candidate: Candidate) -> tuple[Client, str]:
    """Somebody's sitting on this candidate, and its address."""
    Candidate._all.exclude(id=candidate.id).update(state=State.INCONCLUSIVE)
    client = client_for(scope, Role.CASEWORKER, login=f"reviewer{Seat._all.count()}")
    client.get("/review")
    address = client.post("/review")["Location"]
    Candidate._all.update(state=State.BLIND)
    assert Seat._all.get(id=address.rpartition("/")[2]).candidate_id == candidate.id
    Seat._all.filter(id=address.rpartition("/")[2]).update(swapped=False)
    return client, address


def asked(client: Client, address: str) -> list[tuple[str, Any, list[str], float]]:
    """Everything a reviewer may ask before the judgement, and then the judgement: the answer, the work, the seconds."""
    told = []
    steps = [
        ("get", path, {}) for path in ("", "?a=0&b=0", "/face/0/0", "/face/1/0", "/face/1/9", "/statement", "/known")
    ]
    steps += [
        ("post", "", {"conclusion": "nonsense"}),
        ("post", "", {"conclusion": "inconclusive", "reason": "as I see it"}),
        ("post", "", {"conclusion": "inconclusive", "reason": "as I see it", **PARTS}),
    ]
    for method, path, form in steps:
        with (
            CaptureQueriesContext(connections["default"]) as records,
            CaptureQueriesContext(connections["keyring"]) as keys,
        ):
            began = time.perf_counter()
            answer = getattr(client, method)(address + path, form) if form else client.get(address + path)
            took = time.perf_counter() - began
        work = [shape(each["sql"]) for held in (records, keys) for each in held]
        told.append((f"{method} {path}", answer, work, took))
    return told


def shape(sql: str) -> str:
    """A query without its values."""
    bare = re.sub(r"'(?:[^']|'')*'|\b\d+(?:\.\d+)?\b|X'[0-9A-Fa-f]*'", "?", ID.sub("ID", sql))
    return re.sub(r"\((?:\?|ID)(?:, (?:\?|ID))*\)", "(…)", bare)


def plain(answer: Any, address: str) -> Any:
    """An answer without what is of a session or a sitting by its nature."""
    number = address.rpartition("/")[2]
    headers = {name: value.replace(number, "ID") for name, value in answer.headers.items()}
    if answer["Content-Type"] == "image/jpeg":
        picture = Image.open(io.BytesIO(answer.content))
        form = picture.size, picture.mode, picture.quantization, picture.layer, sorted(picture.info)
        return answer.status_code, {**headers, "Content-Length": ""}, form
    text = re.sub(r"[A-Za-z0-9]{64}", "TOKEN", answer.content.decode()).replace(number, "ID")
    return answer.status_code, headers, re.sub(r"reviewer\d", "NAME", text)


def test_strong_and_weak_evidence_answer_alike_and_cost_alike(scope: Scope, strong_and_weak: Any) -> None:
    """Byte for byte but for the pictures' own pixels, header for header, query for query. Times are printed (``pytest -s``), not
    asserted: answers wait for the next beat, which is another test's."""
    one, other = (asked(*begun(scope, candidate)) for candidate in strong_and_weak)
    addresses = [f"/review/{Seat._all.get(candidate=candidate).id}" for candidate in strong_and_weak]
    for (name, strong, its_work, _), (_, weak, work, _) in zip(one, other, strict=True):
        assert plain(strong, addresses[0]) == plain(weak, addresses[1]), name
        assert its_work == work, name
        assert its_work, "nothing was watched"
        for answer in (strong, weak):
            assert answer.get("ETag") is None
            assert answer.get("Last-Modified") is None
            assert answer.get("Server-Timing") is None
            assert answer["Cache-Control"] == "no-store"
    for (name, _, _, took), (_, _, _, other_took) in zip(one, other, strict=True):
        print(f"{name:14} strong {1000 * took:6.1f} ms, weak {1000 * other_took:6.1f} ms")


def test_the_work_of_a_blind_page_never_opens_the_evidence(scope: Scope, strong_and_weak: Any) -> None:
    """Before the judgement no query even fetches the sealed evidence's key shares, and no reading of the evidence is noted."""
    client, address = begun(scope, strong_and_weak[0])
    with CaptureQueriesContext(connections["default"]) as records:
        for path in ("", "/face/0/0", "/face/1/0"):
            assert client.get(address + path).status_code == 200
    touched = " ".join(each["sql"] for each in records)
    for table in ("matching_share", "matching_review", "casework_fact", "casework_template"):
        assert table not in touched, table
    assert not entries(action="candidate.read")


def test_neither_side_is_always_the_same_persons(scope: Scope, strong_and_weak: Any) -> None:
    """Drawn anew for each seat."""
    seen = set()
    for _ in range(30):
        Candidate._all.exclude(id=strong_and_weak[0].id).update(state=State.INCONCLUSIVE)
        client = client_for(scope, Role.CASEWORKER)
        seat = Seat._all.get(id=client.post("/review")["Location"].rpartition("/")[2])
        seen.add(seat.swapped)
        seat.delete()
        if len(seen) == 2:
            return
    pytest.fail("thirty seats in a row had the same side first")


def test_the_order_in_which_pairs_come_is_not_that_of_the_evidence(scope: Scope) -> None:
    """A search finds the strongest first; candidates are made, listed and given in the order of random numbers."""
    asks = request(scope)
    for born in ("1987-05-12", "1987", "", "1988-05-12"):
        found(scope, date_of_birth=born)
    follow()
    rows = list(Candidate._all.filter(request=asks).order_by("made_at"))
    assert len(rows) >= 3
    assert [each.found_id for each in rows] == sorted(each.found_id for each in rows)
    assert len({find_evidence(each)["log10_lr"] for each in rows}) >= 3
