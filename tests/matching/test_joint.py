"""What joins two people opens only while both their keys exist, at its own place, also after new keys and a restore."""

import pytest
from matching_help import find_evidence, follow, found, only, request

from kintrace.casework import backup, erasure
from kintrace.casework.restore import restore
from kintrace.casework.soundness import check_records
from kintrace.errors import SealBroken
from kintrace.matching import joint
from kintrace.matching.models import Candidate, Share
from kintrace.vault import rotate_person_keys


@pytest.fixture
def pair(scope):
    """A request and a found person that are a candidate."""
    cards = request(scope), found(scope)
    follow()
    return cards


def test_new_keys_of_the_people_still_open_it(pair):
    before = find_evidence(only())
    halves = {bytes(share.half) for share in Share._all.all()}
    rotate_person_keys(settle=0)
    assert find_evidence(only()) == before
    assert not halves & {bytes(share.half) for share in Share._all.all()}


def test_neither_half_tells_the_key(pair):
    one, other = (share.unseal("half") for share in Share._all.all())
    key = joint.key_of(only())
    assert key not in (one, other)
    assert len({one, other, key}) == 3


def test_what_was_moved_or_changed_does_not_open(pair):
    held = only()
    key = joint.key_of(held)
    with pytest.raises(SealBroken):
        joint.unseal(key, "candidate:another", bytes(held.content))
    changed = bytearray(held.content)
    changed[-1] ^= 1
    with pytest.raises(SealBroken):
        joint.unseal(key, f"candidate:{held.id}", bytes(changed))
    Share._all.filter(person=pair[0].subject).delete()
    with pytest.raises(SealBroken, match="half"):
        joint.key_of(held)


def test_a_backup_brings_candidates_back_and_erasure_takes_them_from_it(scope, pair, tmp_path):
    before = find_evidence(only())
    made = backup.make_backup(scope, tmp_path)
    Candidate._all.all().delete()
    restore(scope, made.records)
    assert find_evidence(only()) == before
    erasure.erase(scope, str(pair[1].local))
    restore(scope, made.records)
    assert not Candidate._all.exists()
    assert not Share._all.exists()
    assert check_records() == []
