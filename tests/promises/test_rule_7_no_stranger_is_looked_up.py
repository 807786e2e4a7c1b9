"""DESIGN.md §5 rule 7: no search without a case and a purpose; there is no "look up a stranger"."""

import inspect
import os
import subprocess
import sys
from dataclasses import replace

import pytest
from casework_help import roles

from kintrace.casework import facesearch, worker
from kintrace.casework.live import LiveGallery
from kintrace.casework.people import Role
from kintrace.errors import Denied
from kintrace.ledger import entries


def test_search_in_the_records_takes_a_card_and_never_a_picture():
    parameters = list(inspect.signature(facesearch.search_card).parameters)
    assert parameters[:2] == ["scope", "reference"]
    assert not {"photo", "picture", "image", "data", "path", "probe"} & set(parameters)


def test_a_search_says_its_case_and_purpose_in_the_ledger(scope, request_card, add_photo, acquirer, pairs):
    card = request_card()
    add_photo(card, pairs[0][0])
    worker.run(acquirer)
    gallery = LiveGallery(acquirer.pack, acquirer.encoder.dimensions)
    facesearch.search_card(replace(scope, purpose="tracing"), str(card.local), gallery, None)
    (entry,) = entries(action="search")
    assert entry.record == f"card:{card.id}"
    assert entry.purpose == "tracing"
    assert entry.outcome == "empty"


@pytest.mark.parametrize("role", [Role.FIELD_OFFICER, Role.ADMINISTRATOR, Role.DATA_PROTECTION_OFFICER])
def test_only_those_who_work_on_cases_search(scope, request_card, acquirer, role):
    card = request_card()
    gallery = LiveGallery(acquirer.pack, acquirer.encoder.dimensions)
    with pytest.raises(Denied):
        facesearch.search_card(roles(scope, role), str(card.local), gallery, None)
    assert [entry.outcome for entry in entries(action="face.search")] == ["refused"]


def test_the_command_offers_no_search_of_the_records_by_picture():
    ran = subprocess.run(
        [sys.executable, "-m", "kintrace", "card", "search", "--help"],
        capture_output=True, text=True, timeout=120, env={**os.environ, "COLUMNS": "200"},
    )  # fmt: skip
    assert ran.returncode == 0, ran.stderr
    for word in ("--photo", "--image", "--picture", "--probe"):
        assert word not in ran.stdout
