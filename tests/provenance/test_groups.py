"""The same face on unrelated cards of one source."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kintrace.provenance import near_identical

DIMENSIONS = 32


def unit(rows: np.ndarray) -> np.ndarray:
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)


def faces(people: list[int], noise: float = 0.02, seed: int = 0) -> np.ndarray:
    """Templates: of one person near each other, of two far."""
    rng = np.random.default_rng(seed)
    ideal = unit(rng.standard_normal((max(people) + 1, DIMENSIONS)))
    return unit(ideal[people] + noise * rng.standard_normal((len(people), DIMENSIONS)))


def test_one_face_on_three_cards_of_one_source() -> None:
    people = [0, 1, 0, 2, 0, 3]
    (group,) = near_identical(faces(people), ["front"] * 6, list("abcdef"), 0.9)
    assert group.source == "front"
    assert group.rows == (0, 2, 4)
    assert group.cards == ("a", "c", "e")
    assert 0.9 <= group.least_score <= 1


def test_other_sources_and_unknown_ones_are_not_grouped() -> None:
    people = [0, 0, 0, 0]
    assert near_identical(faces(people), ["x", "y", None, None], list("abcd"), 0.9) == []


def test_one_card_may_show_one_person_often() -> None:
    assert near_identical(faces([0, 0, 0]), ["x"] * 3, ["a", "a", "a"], 0.9) == []


def test_related_cards_may_show_one_person() -> None:
    people, cards = [0, 0, 0], ["request", "found", "other"]
    assert near_identical(faces(people[:2]), ["x"] * 2, cards[:2], 0.9, related=[("found", "request")]) == []
    (group,) = near_identical(faces(people), ["x"] * 3, cards, 0.9, related=[("found", "request")])
    assert group.cards == ("request", "found", "other")


def test_largest_first() -> None:
    groups = near_identical(faces([0, 0, 1, 1, 1]), ["x"] * 5, list("abcde"), 0.9)
    assert [group.rows for group in groups] == [(2, 3, 4), (0, 1)]


def test_many_templates_of_one_source_in_blocks() -> None:
    people = list(range(5000))
    people[4999], people[2500] = 0, 1
    groups = near_identical(faces(people, noise=0.001), ["x"] * 5000, people_cards := list(range(5000)), 0.97)
    assert people_cards
    assert {group.rows for group in groups} == {(0, 4999), (1, 2500)}


def test_lengths_must_agree() -> None:
    with pytest.raises(ValueError, match="2 templates"):
        near_identical(faces([0, 0]), ["x"], ["a", "b"], 0.9)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 4), st.sampled_from("xy"), st.integers(0, 5)), min_size=1, max_size=25))
def test_as_looking_at_every_pair_says(rows: list[tuple[int, str, int]]) -> None:
    people, sources, cards = [row[0] for row in rows], [row[1] for row in rows], [row[2] for row in rows]
    templates = faces(people)
    edges = [
        (i, j)
        for i in range(len(rows))
        for j in range(i)
        if sources[i] == sources[j] and cards[i] != cards[j] and templates[i] @ templates[j] >= 0.9
    ]
    groups = near_identical(templates, sources, cards, 0.9)
    held = {row: number for number, group in enumerate(groups) for row in group.rows}
    assert all(held[i] == held[j] for i, j in edges)
    assert set(held) == {row for edge in edges for row in edge}
    assert all(len(group.cards) >= 2 for group in groups)
