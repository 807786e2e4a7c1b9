"""Names are found by keyed fingerprints."""

import hmac
from collections.abc import Callable
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from kintrace.errors import KeyDestroyed, KeyMissing
from kintrace.vault import destroy, find_names, index_many, index_names, secret

pytestmark = pytest.mark.django_db(databases=["default", "keyring"], transaction=True)
Another = Callable[[], UUID]


def test_names_are_found_by_how_many_tokens_they_share(person: UUID, another: Another) -> None:
    other = another()
    index_names(person, {"name": ["ahmad", "khalil"], "sound": ["AMT"]})
    index_names(other, {"name": ["ahmad"], "sound": ["KLL"]})
    assert find_names({"name": ["ahmad", "khalil", "khalil"], "sound": ["AMT"]}) == {person: 3, other: 1}
    assert find_names({"sound": ["ahmad"]}) == {}
    assert find_names({}) == {}


def test_new_tokens_take_the_place_of_the_former(person: UUID) -> None:
    index_names(person, {"name": ["ahmad"]})
    index_names(person, {"name": ["leyla", "leyla"]})
    assert find_names({"name": ["ahmad"]}) == {}
    assert find_names({"name": ["leyla"]}) == {person: 1}
    index_names(person, {})
    assert find_names({"name": ["leyla"]}) == {}


def test_a_fingerprint_is_keyed_and_short(person: UUID) -> None:
    from kintrace.vault.models import NameToken

    index_names(person, {"name": ["ahmad"]})
    token = bytes(NameToken.objects.get().token)
    assert token == hmac.digest(secret("blind-index"), b"name:ahmad", "sha256")[:16]


def test_many_persons_at_once_or_none(person: UUID, another: Another) -> None:
    other, erased = another(), another()
    destroy([erased])
    for wrong, error in ((erased, KeyDestroyed), (uuid4(), KeyMissing)):
        with pytest.raises(error):
            index_many({person: {"name": ["ahmad"]}, wrong: {"name": ["ahmad"]}})
    assert find_names({"name": ["ahmad"]}) == {}
    index_many({person: {"name": ["ahmad"]}, other: {"name": ["ahmad"]}})
    assert find_names({"name": ["ahmad"]}) == {person: 1, other: 1}


def test_more_tokens_than_one_query_takes(vault: Path, person: UUID) -> None:
    tokens = {"name": [str(number) for number in range(1700)]}
    index_names(person, tokens)
    assert find_names(tokens) == {person: 1700}
