"""Letters to families: who agreed is said as it was, and each line runs in its own direction, whatever the letter begins with."""

import re
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from matching_help import follow, found, only, request, somebody
from site_help import client_for

from kintrace.casework.people import Role
from kintrace.casework.scope import Scope
from kintrace.matching import conclusions, disclosures
from kintrace.matching.models import Candidate, Review, Stage, State
from kintrace.site.templatetags.kintrace import direction

C, S, F = Role.CASEWORKER, Role.SENIOR_REVIEWER, Role.FIELD_OFFICER
LETTER = re.compile(r"<textarea id=.words.([^>]*)>(.*?)</textarea>", re.S)


def agreed(scope: Scope, *, answered: bool = True, born: str = "1987-05-12", **how: Any) -> str:
    """A candidate that was concluded on and, where it was answered, approved; its address."""
    request(scope, date_of_birth=born)
    found(scope, date_of_birth=born, current_location="Dock nine (invented)", message_for_family="She is well.")
    follow()
    first, second, third, fourth, officer = (somebody("local", role) for role in (C, S, S, S, F))
    each = only().id
    for seat, reviewer in enumerate((first, second, third), 1):
        Review._all.create(
            candidate_id=each, round=1, seat=seat, reviewer_id=reviewer.user, stage=list(Stage)[seat], content=b"x",
            conclusion="potential_candidate", began_at=timezone.now(),
        )  # fmt: skip
    Candidate._all.update(state=State.AGREED)
    conclusions.conclude(second, each, ["names"], "it agrees")
    if answered:
        disclosures.ask(officer, each, "yes", **how)
        disclosures.approve(fourth, each)
    return f"/conclusions/{each}"


def letter(teller: Client, address: str, language: str = "en") -> tuple[str, str]:
    """The attributes of the field, and the letter in it."""
    attributes, words = LETTER.findall(teller.get(f"{address}?letter={language}").content.decode())[0]
    return attributes, words


@pytest.mark.parametrize(("text", "way"), [
    ("Harbour quay (invented)\n\nعزيزتي فاطمة، لقد وجدنا شخصًا قد يكون من تبحثين عنه.", "rtl"),
    ("قلم\nDear Fatima, we have found somebody.", "ltr"), ("שלום", "rtl"), ("Привіт", "ltr"), ("7/26.", "auto"), ("", "auto"),
])  # fmt: skip
def test_most_letters_decide_the_direction(text: str, way: str) -> None:
    """Not the first line, which is the office's name."""
    assert direction(text) == way


def test_a_letter_in_arabic_runs_from_right_to_left_and_each_line_as_it_is_written(scope: Scope) -> None:
    """In the field, on paper, and where it says what the family was told."""
    address = agreed(scope, where_too=True)
    teller = client_for(scope, C)
    attributes, words = letter(teller, address, "ar")
    assert 'dir="rtl"' in attributes
    assert "\u2068She is well.\u2069" in words  # its full stop stays at its end
    assert 'dir="ltr"' in letter(teller, address)[0]
    assert "\u2068" not in letter(teller, address)[1]
    printed = teller.post(address + "/letter", {"words": words}).content.decode()
    teller.post(address, {"act": "tell", "words": words})
    for page in (printed, teller.get(address).content.decode()):
        (way, lines) = re.findall(r'<div class="letter[^"]*" dir="(\w+)">(.*?)</div>', page, re.S)[0]
        assert way == "rtl"
        assert '<bdi dir="ltr">\u2068She is well.\u2069</bdi>' in lines
        assert lines.count('<bdi dir="rtl">') >= 4


@pytest.mark.parametrize("where", [True, False])
def test_who_agreed_for_the_found_person_is_not_told_as_their_own_consent(scope: Scope, where: bool) -> None:
    """A guardian's answer is told as a guardian's."""
    address = agreed(scope, where_too=where, capacity="best_interest", by_whom="the ward (invented)")
    words = letter(client_for(scope, C), address)[1]
    assert "Those who are responsible for them agreed that we tell you so." in words
    assert ("As those responsible for them agreed, we may tell you where they are: Dock nine" in words) == where
    assert ("Dock nine" in words) == where
    assert "who agreed" not in words
    assert "consent" not in words
    assert "unless they wish" not in words


def test_who_agreed_themselves_is_told_so(scope: Scope) -> None:
    """As before."""
    words = letter(client_for(scope, C), agreed(scope, where_too=True))[1]
    assert "and who agreed that we tell you so" in words
    assert "With their consent we may tell you where they are: Dock nine" in words


def test_for_a_child_a_guardian_is_asked_and_the_child_is_heard(scope: Scope) -> None:
    """Nobody reads it to the child alone."""
    asked = client_for(scope, F).get(agreed(scope, answered=False, born="2019-05-12")).content.decode()
    assert "who is responsible for the child" in asked
    assert "The child is heard, too" in asked
    assert "Ask a guardian, and hear the child" in asked
    assert ", alone: " not in asked
