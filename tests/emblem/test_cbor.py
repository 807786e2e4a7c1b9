"""CBOR is read strictly: what two readers could take differently is refused."""

import cbor2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kintrace.emblem import cbor
from kintrace.errors import NotReadable

REFUSED = {
    "nothing": "",
    "trailing byte": "0100",
    "duplicate key": "a201020103",
    "duplicate text key": "a2616101616102",
    "one key as whole number and as true": "a20101f501",
    "one key as whole number and as float": "a20101f93c0001",
    "indefinite text": "7f6161ff",
    "indefinite array": "9f01ff",
    "indefinite map": "bf0101ff",
    "number not in its shortest form": "1817",
    "two-byte number not in its shortest form": "190017",
    "length not in its shortest form": "580161",
    "tag inside": "a101c101",
    "shared value": "d81c01",
    "undefined": "f7",
    "simple value": "e0",
    "two-byte simple value": "f820",
    "break alone": "ff",
    "reserved head": "1c",
    "cut off text": "6361",
    "cut off number": "19",
    "huge array": "9bffffffffffffffff",
    "huge map": "bb7fffffffffffffff",
    "huge text": "7bffffffffffffffff",
    "text that is no UTF-8": "61ff",
    "array as key": "a1800100",
    "too deep": "81" * 8 + "01",
}


@pytest.mark.parametrize("case", REFUSED)
def test_refused(case: str) -> None:
    with pytest.raises(NotReadable):
        cbor.decode(bytes.fromhex(REFUSED[case]))


def test_too_long() -> None:
    with pytest.raises(NotReadable):
        cbor.decode(b"\x5a" + (70_000).to_bytes(4, "big") + b"x" * 70_000)


def test_tags_stand_where_they_are_expected_only() -> None:
    assert cbor.decode(bytes.fromhex("d83dd201"), tags=(61, 18)) == 1
    for data in ("01", "d201", "d2d83d01", "d83dd2d201", "d83d01"):
        with pytest.raises(NotReadable):
            cbor.decode(bytes.fromhex(data), tags=(61, 18))


values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**64), 2**64 - 1) | st.binary(max_size=40) | st.text(max_size=20)
    | st.floats(allow_nan=False),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.integers(-9, 99) | st.text(max_size=4), inner, max_size=4),
    max_leaves=12,
)  # fmt: skip


@given(values)
def test_what_is_written_is_read(value: object) -> None:
    data = cbor.encode([value])
    assert cbor.decode(data) == [value]
    assert cbor.split(data + data) == [data, data]


def test_the_order_of_keys_is_that_of_rfc_8949() -> None:
    assert cbor.encode({"b": 1, 100: 2, -1: 3, 10: 4, "aa": 5}).hex() == "a50a041864022003616201626161" + "05"


@given(st.binary(max_size=200))
def test_whatever_the_bytes_they_are_read_or_refused(data: bytes) -> None:
    try:
        value = cbor.decode(data)
    except NotReadable:
        return
    assert repr(cbor2.loads(data)) == repr(value)
