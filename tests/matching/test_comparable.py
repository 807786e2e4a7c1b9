"""Which cards may be compared: consent of both, office rules, withheld-from lists; the same from either side."""

import pytest
from casework_help import CONSENT
from matching_help import SHARED, found, request, somebody

from kintrace.casework import agreements, cards, setup
from kintrace.casework.people import Role
from kintrace.matching.comparable import agreed, keep_apart, may_be_compared, others


def consent(**purposes):
    return {**CONSENT, "purposes": {"tracing": True, **purposes}}


@pytest.fixture
def there(scope):
    setup.add_office(scope, "there", "Another office")
    return somebody("there", Role.FIELD_OFFICER, Role.CASEWORKER)


YES, NO = consent(), consent(tracing=False)
TO_THERE, TO_LOCAL = consent(**{"share_office:there": True}), consent(**{"share_office:local": True})
WITHHELD = {**SHARED, "withheld_from": ["there"]}


@pytest.mark.parametrize(("asks", "is_found", "within", "between"), [
    (YES, YES, True, False), (None, None, True, False), (NO, YES, False, False), (YES, NO, False, False),
    (TO_THERE, TO_LOCAL, True, True), (TO_THERE, YES, True, False), (YES, TO_LOCAL, True, False),
    (SHARED, SHARED, True, True), (TO_THERE, SHARED, True, True), (WITHHELD, SHARED, True, False),
])  # fmt: skip
def test_both_sides_and_both_offices_must_allow_it(scope, there, asks, is_found, within, between):
    asked = request(scope, consent=asks)
    for office, allowed in ((scope, within), (there, between)):
        other = found(office, consent=is_found)
        assert may_be_compared(asked, other) is allowed
        assert may_be_compared(other, asked) is allowed
        assert agreed(asked, other) is agreed(other, asked) is allowed


def test_offices_kept_apart_are(scope, there):
    asked, other = request(scope), found(there)
    assert may_be_compared(asked, other)
    keep_apart(scope, "there", "local")
    assert not may_be_compared(asked, other)
    assert not agreed(other, asked)
    keep_apart(scope, "local", "there", take_back=True)
    assert may_be_compared(other, asked)


def test_only_open_cards_of_the_other_kind(scope):
    asked, other = request(scope), found(scope)
    request(scope)
    assert list(others(asked)) == [other]
    cards.close(scope, str(other.local), "invented")
    assert not others(asked).exists()
    assert agreed(asked, other)
    assert not others(other).exists()


def test_what_is_withdrawn_counts_at_once(scope, there):
    asked, other = request(scope), found(there)
    agreements.withdraw_consent(there, str(other.local), "share_office")
    assert not may_be_compared(asked, other)
