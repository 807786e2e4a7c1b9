"""The index of picture hashes finds what a look at every hash finds, and forgets what is taken out."""

import threading

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from kintrace.provenance import PictureHash, PictureIndex


def hashes(count: int, seed: int = 0) -> list[PictureHash]:
    rng = np.random.default_rng(seed)
    return [PictureHash(row.tobytes(), 80) for row in rng.integers(0, 256, (count, 32), dtype=np.uint8)]


def flipped(hash: PictureHash, *bits: int) -> PictureHash:
    number = int.from_bytes(hash.bits)
    for bit in bits:
        number ^= 1 << bit
    return PictureHash(number.to_bytes(32), hash.quality)


def test_it_finds_what_a_look_at_each_finds() -> None:
    known = hashes(70_000)
    index: PictureIndex[int] = PictureIndex()
    assert index.add(enumerate(known)) == len(index) == 70_000
    probe = flipped(known[66_000], *range(0, 200, 10))
    found = index.search(probe, 95)
    assert found[0].id == 66_000
    assert found[0].distance == 20
    assert {each.id for each in found} == {id for id, hash in enumerate(known) if hash.distance(probe) <= 95}
    assert [each.distance for each in found] == sorted(each.distance for each in found)
    assert index.search(probe, 19) == []


def test_the_opposite_picture_is_not_near() -> None:
    index: PictureIndex[str] = PictureIndex()
    one = hashes(1)[0]
    index.add([("one", one)])
    assert index.search(flipped(one, *range(256)), 31) == []
    assert index.search(flipped(one, *range(256)), 256)[0].distance == 256


def test_of_several_probes_the_nearest_counts() -> None:
    index: PictureIndex[str] = PictureIndex()
    one, other = hashes(2)
    index.add([("one", one), ("other", other)])
    (found,) = index.search([flipped(one, 1, 2, 3), hashes(1, 9)[0], flipped(one, 7)], 10)
    assert (found.id, found.distance, found.turned) == ("one", 1, 2)


def test_plain_pictures_neither_enter_nor_find() -> None:
    index: PictureIndex[int] = PictureIndex()
    plain = PictureHash(b"\x55" * 32, 3)
    assert index.add([(1, plain)]) == 0
    index.add([(2, PictureHash(b"\x55" * 32, 90))])
    assert index.search(plain, 31) == []


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.sampled_from("+-"), st.integers(0, 30)), max_size=80))
def test_what_is_taken_out_is_gone(changes: list[tuple[str, int]]) -> None:
    known = hashes(31)
    index: PictureIndex[int] = PictureIndex()
    there: set[int] = set()
    for sign, id in changes:
        if sign == "-":
            assert index.remove([id]) == (id in there)
            there.discard(id)
        elif id not in there:
            index.add([(id, known[id])])
            there.add(id)
    assert len(index) == len(there)
    for id, hash in enumerate(known):
        assert [each.id for each in index.search(hash, 31)] == ([id] if id in there else [])
        assert (id in index) == (id in there)
    kept = index._words.tobytes()
    for id, hash in enumerate(known):
        if id not in there:
            assert hash.bits[:8] not in kept


def test_clear_overwrites() -> None:
    index: PictureIndex[int] = PictureIndex()
    index.add(enumerate(hashes(10)))
    index.clear()
    assert len(index) == 0
    assert not index._words.any()


def test_searches_while_others_change_it() -> None:
    known = hashes(3000)
    index: PictureIndex[int] = PictureIndex()
    index.add([(0, known[0])])
    wrong: list[object] = []

    def change() -> None:
        for id in range(1, 3000):
            index.add([(id, known[id])])
        index.remove(range(1, 3000))

    def look() -> None:
        for _ in range(300):
            found = [each.id for each in index.search(known[0], 0)]
            if found != [0]:
                wrong.append(found)

    threads = [threading.Thread(target=work) for work in (change, look, look)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong
    assert len(index) == 1
