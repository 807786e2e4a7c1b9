"""Pages without second factors, unless a test asks for them; two offices at work for tests that walk all pages."""

from typing import Any

import pytest
from django.core.cache import cache
from site_world import World
from site_world import world as made

from kintrace.casework.scope import Scope


@pytest.fixture(autouse=True)
def _no_second_factor(settings: Any) -> None:
    settings.SECOND_FACTOR = "none"


@pytest.fixture(autouse=True)
def _nobody_tried_before() -> None:
    """What counts how often something was tried."""
    cache.clear()


@pytest.fixture
def world(scope: Scope, acquirer: Any, pairs: Any) -> World:
    """Two offices at work; see :mod:`site_world`."""
    return made(scope, acquirer, pairs)
