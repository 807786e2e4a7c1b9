"""Rooms that load their modules when something is asked for: no exported name is also a module's, which would hide it."""

import ast
import importlib
from pathlib import Path

import pytest


@pytest.mark.parametrize("room", ["evidence", "provenance", "vault", "ledger"])
def test_no_name_of_a_room_is_a_module_of_it(room: str) -> None:
    found = importlib.import_module(f"kintrace.{room}")
    stub = Path(str(found.__file__)).with_suffix(".pyi")
    names = {
        each.asname or each.name
        for node in ast.parse(stub.read_text(encoding="utf-8")).body
        if isinstance(node, ast.ImportFrom)
        for each in node.names
    }
    assert names == set(found.__all__)
    assert names.isdisjoint(each.stem for each in stub.parent.iterdir())
