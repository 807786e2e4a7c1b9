"""Whatever comes in, the check ends, with no error and no more than SIGNED for what nobody signed."""

import contextlib
import json
from dataclasses import replace
from typing import Any

from emblem_make import LIFE, NOW, World, public
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kintrace.emblem import Item, Level, Logs, Revocations, verify
from kintrace.emblem.certificates import leaf_index, names_in, read_leaf, read_tile
from kintrace.emblem.keystore import new_private_key
from kintrace.emblem.profiles import key_item, write_emblem, write_endorsement
from kintrace.emblem.tokens import LogEntry
from kintrace.errors import NotReadable

shared = settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow], deadline=None)
many = settings(shared, max_examples=80)
RANKS = {"INVALID": 0, "SIGNED": 1}
_kept: dict[int, tuple[Logs, Revocations]] = {}


def rank(world: World, items: list[Item], **more: Any) -> int:
    """Of the verdict, with all evidence at hand; the report must be one, too."""
    if id(world) not in _kept:
        _kept[id(world)] = (world.logs(), world.crl())
    logs, crl = _kept[id(world)]
    found = verify(items, **{"at": NOW, "name": "tracing.society.test", "logs": logs, "crl": crl, **more})
    json.dumps(found.as_json())
    if found.level is Level.INVALID:
        assert (found.issuer, found.endorsers, found.assets, found.trusted) == (None, (), (), None)
    return found.level.rank


@many
@given(
    st.lists(st.tuples(st.sampled_from("AB"), st.sampled_from(["token", "key"]), st.binary(max_size=120)), max_size=8)
)
def test_any_bytes(world: World, raw: list[tuple[Any, Any, bytes]]) -> None:
    items = [Item(profile, kind, data, "fuzz") for profile, kind, data in raw]
    assert rank(world, items) == 0
    assert rank(world, items + world.set()) <= 3


@many
@given(st.data())
def test_changed_bytes_of_good_sets(world: World, data: st.DataObject) -> None:
    """A change in a set of tokens never gives more than the set without what was changed."""
    items = world.set(data.draw(st.sampled_from("AB")))
    which = data.draw(st.integers(0, len(items) - 1))
    body = bytearray(items[which].data)
    for _ in range(data.draw(st.integers(1, 3))):
        at = data.draw(st.integers(0, len(body) - 1))
        action = data.draw(st.sampled_from(["flip", "cut", "add"]))
        if action == "flip":
            body[at] ^= 1 << data.draw(st.integers(0, 7))
        elif action == "cut":
            del body[at : at + data.draw(st.integers(1, 9))]
        else:
            body[at:at] = data.draw(st.binary(min_size=1, max_size=9))
        if not body:
            break
    if bytes(body) == items[which].data:
        return
    changed = replace(items[which], data=bytes(body))
    without = rank(world, [item for item in items if item is not items[which]])
    assert (
        rank(world, [changed if item is items[which] else item for item in items]) in {without, 0}
        or changed.kind == "key"
    )


THIEF, THIEF_ROOT = new_private_key(), new_private_key()
oi = st.sampled_from([None, "https://society.test", "https://ministry.test", "https://thief.test"])


@many
@given(st.data())
def test_a_thief_with_keys_of_their_own_and_all_our_tokens(world: World, data: st.DataObject) -> None:
    """Signed as one likes, with any claims, beside our own endorsements and our own log entries: never above SIGNED."""
    draw = data.draw
    profile = draw(st.sampled_from("AB"))
    keys = [THIEF, THIEF_ROOT]
    logs = [
        None,
        world.society.log,
        world.authority.log,
        (LogEntry(world.plain.id, hash=b"h" * 32),),
        (LogEntry(world.tiled.id, index=3),),
    ]
    items = [
        Item(profile, "token", write_emblem(
            profile, draw(st.sampled_from(keys)), issuer=draw(oi), purposes=draw(st.integers(1, 3)),
            assets=["tracing.society.test"], life=LIFE,
        ), "emblem")
    ]  # fmt: skip
    known = [*keys, world.society.root, world.society.signer, world.authority.root]
    for _ in range(draw(st.integers(0, 4))):
        items.append(Item(profile, "token", write_endorsement(
            profile, draw(st.sampled_from(keys)), issuer=draw(oi), subject=draw(oi),
            key=public(draw(st.sampled_from(known))).kid(profile), end=draw(st.booleans()), purposes=draw(st.integers(1, 3)),
            log=draw(st.sampled_from(logs)), life=LIFE,
        ), "endorsement"))  # fmt: skip
    items += draw(st.sampled_from([[], world.set(profile, emblem=None), world.keys(profile)]))
    items += [key_item(public(key), profile, "thief") for key in keys]
    assert rank(world, draw(st.permutations(items))) <= 1
    trusted = rank(world, items, trusted_keys=[public(world.authority.root), public(world.society.root)])
    assert trusted <= 1


@shared
@given(st.data())
def test_damaged_log_entries(world: World, data: st.DataObject) -> None:
    """Whatever stands in a leaf: read, or refused with a sentence."""
    good = data.draw(st.sampled_from([world.plain.leaves[-1], world.tiled.leaves[-1]]))
    body = bytearray(good)
    for _ in range(data.draw(st.integers(1, 3))):
        body[data.draw(st.integers(0, len(body) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    leaf = bytes(body[: data.draw(st.integers(0, len(body)))]) if data.draw(st.booleans()) else bytes(body)
    for read in (
        lambda: names_in(read_leaf(leaf).certificate()),
        lambda: [entry.certificate() for entry in read_tile(leaf[2:] + b"\0\0\0\0\0")],
        lambda: leaf_index(leaf[-8:]),
    ):
        with contextlib.suppress(NotReadable):
            read()


@shared
@given(st.text(max_size=40), st.lists(st.text(max_size=30), max_size=3))
def test_any_name(world: World, name: str, addresses: list[str]) -> None:
    assert rank(world, world.set(), name=name, addresses=addresses) in (0, 3)
