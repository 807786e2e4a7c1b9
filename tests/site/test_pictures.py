"""The documentation's pictures: each is there, small enough for a slow line, and said in words; none is left over."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PICTURES = sorted((ROOT / "docs/pictures").glob("*.png"))
SHOWN = [
    (page, words, (page.parent / target).resolve())
    for page in (ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")))
    for words, target in re.findall(r"!\[([^]]*)\]\(([^)]+)\)", page.read_text("utf-8"))
]


@pytest.mark.parametrize(("page", "words", "picture"), SHOWN, ids=[f"{each[0].name}-{each[2].name}" for each in SHOWN])
def test_a_picture_that_is_shown_is_there_and_said_in_words(page, words, picture):
    assert picture.is_file()
    assert len(words.split()) >= 4, words


def test_no_picture_is_large_or_left_over():
    assert set(PICTURES) <= {picture for _page, _words, picture in SHOWN}
    for each in PICTURES:
        assert each.stat().st_size <= 150_000, each.name
