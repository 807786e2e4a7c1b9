"""A deployment in the test databases, with its local officer, and one loaded acquirer for all tests."""

import itertools
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from casework_help import found_form, request_form
from deployments import Deployment, deployed
from django.conf import settings as django_settings

from kintrace.casework.forms import PhotoForm, card_form
from kintrace.casework.photos import attach
from kintrace.casework.records import Card
from kintrace.casework.registration import register
from kintrace.casework.scope import Scope
from kintrace.casework.setup import initialise
from kintrace.faces import Acquirer, active_packs


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Whoever uses a deployment writes to both databases, in real transactions."""
    for item in items:
        if "scope" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.django_db(transaction=True, databases=["default", "keyring"]))


@pytest.fixture
def scope(transactional_db: None) -> Scope:
    """The local officer of a new deployment, who has every role a new installation gives."""
    shutil.rmtree(django_settings.DATA / "blobs", ignore_errors=True)  # of the test before: the databases are emptied
    return initialise("test.kintrace", "local", "The first office", "officer")


@pytest.fixture(scope="session")
def acquirer() -> Iterator[Acquirer]:
    """The default packs, loaded once."""
    with Acquirer(active_packs("sface"), threads=1) as loaded:
        yield loaded


@pytest.fixture
def request_card(scope: Scope) -> Callable[..., Card]:
    """Makes tracing requests about invented people."""
    return lambda name="Amal Sayegh (invented)", **more: register(scope, card_form(request_form(name, **more)))


@pytest.fixture
def found_card(scope: Scope) -> Callable[..., Card]:
    """Makes found-person cards about invented people."""
    return lambda name="Amal Sayegh (invented)", **more: register(scope, card_form(found_form(name, **more)))


@pytest.fixture
def add_photo(scope: Scope) -> Callable[[Card, Path], Any]:
    """Attaches a file to a card."""
    return lambda card, path: attach(scope, str(card.id), path.read_bytes(), PhotoForm(path=path.name))[0]


@pytest.fixture(scope="session")
def pairs(lfw_photos: list[Path], acquirer: Acquirer) -> list[tuple[Path, Path]]:
    """Two photos each of the same person, with that one face in them, of eight people."""
    people = itertools.groupby(lfw_photos, key=lambda path: path.parent)
    several = ((next(photos), next(photos, None)) for _, photos in people)
    alone = (
        pair
        for pair in several
        if pair[1] is not None and all(len(acquirer.acquire(each).samples) == 1 for each in pair)
    )
    return list(itertools.islice(alone, 8))


@pytest.fixture
def deployment(tmp_path: Path, environment: dict[str, str]) -> Iterator[Deployment]:
    """A deployment in a folder of its own, worked on with the command."""
    with deployed(tmp_path / "data", environment) as made:
        yield made
