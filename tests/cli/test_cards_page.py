"""docs/cards.md is true: its examples are accepted, all keys are in it, and its table of roles is the program's."""

import csv
import io
import re
from pathlib import Path

import pytest

from kintrace.casework.forms import CARD, ENQUIRER, FOUND, IDENTITY, TOP, card_form
from kintrace.casework.importing import _form
from kintrace.casework.people import Role
from kintrace.casework.records import PhotoState, Purpose
from kintrace.casework.scope import PERMITTED
from kintrace.cli.formfile import read_form
from kintrace.cli.photos import STATES

PAGE = (Path(__file__).parents[2] / "docs" / "cards.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)


@pytest.mark.parametrize("number", [0, 1])
def test_the_examples_are_accepted(number, tmp_path):
    (tmp_path / "form.yaml").write_text(blocks("yaml")[number], encoding="utf-8")
    form = card_form(read_form(tmp_path / "form.yaml"))
    assert form.kind == ["tracing_request", "found_person"][number]
    assert form.consent
    assert form.photos


def test_the_rows_of_the_table_are_accepted():
    rows = list(csv.DictReader(io.StringIO(blocks("csv")[0])))
    assert [card_form(_form(row)).kind for row in rows] == ["tracing_request", "found_person"]


def test_every_key_purpose_and_state_is_told():
    told = set(re.findall(r"`([a-z_]+)", PAGE)) | set(re.findall(r"^\| ([a-z_]+) \|", PAGE, re.MULTILINE))
    keys = {*TOP, *CARD, *IDENTITY, *ENQUIRER, *FOUND, *Purpose.values(), *PhotoState.values()}
    assert not keys - told
    assert set(STATES) == set(PhotoState.values())


def test_the_table_of_roles_is_the_programs():
    rows = [[cell.strip() for cell in row.split("|")[1:-1]] for row in PAGE.splitlines() if row.startswith("| `")]
    table = {row[0].strip("`"): row[1:] for row in rows if len(row) == len(Role) + 1}
    assert table == {verb: ["yes" if role in roles else "" for role in Role] for verb, roles in PERMITTED.items()}
