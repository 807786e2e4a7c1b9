"""What a photo may be used for, and how far its face counts."""

from dataclasses import replace

import pytest
from files import full_jpeg, photo, saved
from hypothesis import given
from hypothesis import strategies as st
from signing import MADE_BY_AI, authority, signed

from kintrace.errors import DecisionError, GradeError
from kintrace.provenance import (
    CREDIBILITY,
    RELIABILITY,
    Assessment,
    Decision,
    Grade,
    PhotoFacts,
    TrustList,
    assess,
    capped,
    inspect,
    lowest_cap,
)

ORIGINS = ("family", "authority", "own_staff", "media", "social_media")
PERSON = Decision("A. Caseworker", "the aunt sent the first file and knew the day")
UNKNOWN = Grade()


@pytest.fixture(scope="module")
def plain() -> PhotoFacts:
    return inspect(saved(photo(), "JPEG"))


@pytest.mark.parametrize("origin", ORIGINS)
def test_only_social_media_is_a_lead_by_itself(plain: PhotoFacts, origin: str) -> None:
    found = assess(plain, origin, UNKNOWN)  # type: ignore[arg-type]
    assert found.state == ("lead_only" if origin == "social_media" else "usable")
    assert found.by == "rule"
    assert found.reasons


def test_a_person_raises_a_lead_with_a_reason(plain: PhotoFacts) -> None:
    found = assess(plain, "social_media", UNKNOWN, PERSON)
    assert (found.state, found.by, found.cap) == ("usable", PERSON.by, None)
    assert any(PERSON.reason in reason for reason in found.reasons)
    assert any("social media" in reason for reason in found.reasons)


@pytest.mark.parametrize(("by", "reason"), [("", "because"), ("somebody", ""), (" ", " ")])
def test_nobody_decides_without_name_and_reason(by: str, reason: str) -> None:
    with pytest.raises(DecisionError) as refused:
        Decision(by, reason)
    assert "photo" not in str(refused.value)  # authorities of the trust list are decided on, too
    assert "Nothing was changed." in str(refused.value)


@given(st.sampled_from(sorted(RELIABILITY)), st.sampled_from(sorted(CREDIBILITY)))
def test_poor_grades_lower_and_good_ones_do_not_raise(reliability: str, credibility: int) -> None:
    grade = Grade(reliability, credibility)
    poor = reliability in "DE" or credibility in (4, 5)
    assert assess(None, "family", grade).state == ("lead_only" if poor else "usable")
    assert assess(None, "social_media", grade).state == "lead_only"
    assert Grade.parse(str(grade)) == grade
    assert RELIABILITY[reliability] in grade.words()


@pytest.mark.parametrize("text", ["", "B", "2B", "G1", "A7", "A0", "BB", "B22", "𝐁2"])
def test_what_is_no_grade(text: str) -> None:
    with pytest.raises(GradeError):
        Grade.parse(text)
    assert str(Grade.parse(" b 2 ")) == "B2"


@pytest.mark.parametrize("origin", ORIGINS)
def test_one_picture_under_two_identities_quarantines(plain: PhotoFacts, origin: str) -> None:
    found = assess(plain, origin, Grade("A", 1), PERSON, same_picture_elsewhere=True)  # type: ignore[arg-type]
    assert (found.state, found.cap) == ("quarantined", 0.0)
    assert "another identity" in found.reasons[0]


def test_a_person_settles_it() -> None:
    settled = Decision("B. Reviewer", "the other card was a mistake")
    found = assess(None, "family", UNKNOWN, same_picture_elsewhere=True, settled_by=settled)
    assert (found.state, found.by) == ("usable", "B. Reviewer")
    assert any("another identity" in reason for reason in found.reasons)
    # What was settled is whose it is; that it comes from social media is not thereby gone.
    found = assess(None, "social_media", UNKNOWN, same_picture_elsewhere=True, settled_by=settled)
    assert found.state == "lead_only"
    assert (
        assess(None, "social_media", UNKNOWN, PERSON, same_picture_elsewhere=True, settled_by=settled).by == PERSON.by
    )


def test_a_decision_to_settle_settles_nothing_where_nothing_was_quarantined() -> None:
    assert assess(None, "family", UNKNOWN, settled_by=PERSON).by == "rule"


def test_blocked_pictures_are_quarantined() -> None:
    assert assess(None, "own_staff", Grade("A", 1), blocked=True).state == "quarantined"


def test_signed_as_generated() -> None:
    trust = TrustList.read(authority().pem)
    data = signed(saved(photo(), "JPEG"), source_type=MADE_BY_AI)
    assert assess(inspect(data, trust=trust), "family", UNKNOWN).state == "quarantined"
    # Nobody the agency trusts says so: it is asked about, and goes no further than a lead.
    assert assess(inspect(data), "family", UNKNOWN).state == "lead_only"
    captured = inspect(signed(saved(photo(), "JPEG")), trust=trust)
    assert assess(captured, "family", UNKNOWN).state == "usable"


def test_metadata_that_say_generated() -> None:
    assert assess(inspect(full_jpeg()), "family", UNKNOWN).state == "lead_only"


def test_credentials_that_are_not_of_this_file() -> None:
    data = bytearray(signed(saved(photo(), "JPEG")))
    data[-200] ^= 1
    facts = inspect(bytes(data), trust=TrustList.read(authority().pem))
    found = assess(facts, "family", UNKNOWN)
    assert found.state == "lead_only"
    assert any("Ask for the file" in reason for reason in found.reasons)
    assert assess(facts, "family", UNKNOWN, PERSON).state == "usable"


def test_trusted_credentials_raise_nothing() -> None:
    facts = inspect(signed(saved(photo(), "JPEG")), trust=TrustList.read(authority().pem))
    assert facts.credentials.state == "trusted"
    assert assess(facts, "social_media", UNKNOWN).state == "lead_only"


def test_the_cap_holds_both_ways() -> None:
    lead, no, usable = (Assessment(state, ("x",), "rule") for state in ("lead_only", "quarantined", "usable"))  # type: ignore[arg-type]
    assert (lead.cap, no.cap, usable.cap) == (1.0, 0.0, None)
    assert [capped(value, lead.cap) for value in (5.0, 0.4, -5.0)] == [1.0, 0.4, -1.0]
    assert capped(5.0, no.cap) == capped(-5.0, no.cap) == 0
    assert capped(5.0, usable.cap) == 5.0
    assert lowest_cap([usable, lead]) == 1.0
    assert lowest_cap([no, lead]) == 0.0
    assert lowest_cap([usable, usable]) is None
    assert lowest_cap([]) is None
    assert "10 times at most" in lead.cap_words()
    assert "nothing" in no.cap_words()
    assert usable.cap_words() == ""


@given(st.floats(-12, 12), st.sampled_from([None, 0.0, 1.0, 2.0]))
def test_a_cap_never_strengthens_nor_turns_round(value: float, cap: float | None) -> None:
    found = capped(value, cap)
    assert abs(found) <= abs(value)
    assert found * value >= 0


def test_assessments_do_not_depend_on_private_facts(plain: PhotoFacts) -> None:
    other = replace(plain, metadata=replace(plain.metadata, place=True, serial=True))
    assert assess(plain, "family", UNKNOWN) == assess(other, "family", UNKNOWN)


def test_what_a_person_settled_not_to_belong_here_waits_for_nobody() -> None:
    """It stays in quarantine, in the words and with the name of who settled it; what else keeps it there is told, too."""
    said = Decision("mara", "Her mother never saw it.")
    found = assess(None, "family", UNKNOWN, same_picture_elsewhere=True, settled_by=said, belongs=False)
    assert (found.state, found.by) == ("quarantined", "mara")
    assert found.reasons[0].startswith("mara settled that it does not belong here")
    assert found.reasons[0].endswith("Her mother never saw it.")
    assert not any("must settle" in each for each in found.reasons)
    blocked = assess(None, "family", UNKNOWN, same_picture_elsewhere=True, blocked=True, settled_by=said, belongs=False)
    assert any("block list" in each for each in blocked.reasons)
