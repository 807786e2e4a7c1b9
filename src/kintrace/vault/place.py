"""Where a sealed value belongs."""

import json
from typing import NamedTuple
from uuid import UUID


class Place(NamedTuple):
    """The one place in which a sealed value opens: moved to another row or field it is worth nothing."""

    table: str
    row: str
    field: str


def associated(person: UUID, place: Place) -> bytes:
    """The associated data of a value: whose it is and where it belongs. JSON, so that no two places read the same."""
    return json.dumps([str(person), *place]).encode()
