"""docs/evidence.md and docs/waterfall.svg are what the program gives."""

from two_cards import BANNED
from worked_example import PAGE, PICTURE, example, page, picture

from kintrace.evidence.weights import weights

AGAIN = "run: PYTHONPATH=src python tests/evidence/worked_example.py --write"


def test_the_page_is_what_the_program_gives() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), AGAIN


def test_the_picture_is_what_the_program_gives() -> None:
    assert PICTURE.read_text(encoding="utf-8") == picture(), AGAIN


def test_every_weight_is_explained() -> None:
    text = PAGE.read_text(encoding="utf-8")
    assert [name for name in weights() if f"| `{name}` |" not in text] == []


def test_the_example_has_all_three_outcomes_and_no_verdict() -> None:
    evidence = example()
    assert {fact.outcome.value for fact in evidence.facts} == {"agree", "differ", "blank"}
    told = " ".join([evidence.sentence(), *evidence.cautions, *(fact.sentence() for fact in evidence.facts)]).lower()
    assert not [banned for banned in BANNED if banned in told]
