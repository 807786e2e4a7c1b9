"""Every rule of the validation holds, and is broken once. In both profiles, where both have it."""

from dataclasses import replace
from datetime import datetime

import pytest
from emblem_make import LIFE, NOW, Party, World, later, public

from kintrace.emblem import Item, Level, verify
from kintrace.emblem.items import Profile
from kintrace.emblem.keys import text_of
from kintrace.emblem.keystore import new_private_key
from kintrace.emblem.profiles import Life, key_item
from kintrace.errors import EmblemError

BOTH = pytest.mark.parametrize("profile", ["A", "B"])


@BOTH
def test_a_whole_set_is_endorsed(world: World, profile: Profile) -> None:
    found = world.check(world.set(profile))
    assert found.level is Level.ENDORSED
    assert found.issuer == "https://society.test"
    assert found.endorsers == ("https://ministry.test",)
    assert found.assets == ("tracing.society.test",)
    assert found.purposes == 1
    assert found.not_checked == ()
    assert found.profile == profile
    assert found.exit_code == 0
    assert all(token.kept for token in found.tokens)
    assert found.valid_until == datetime.fromtimestamp(LIFE.until, NOW.tzinfo)


@BOTH
def test_the_order_of_records_means_nothing(world: World, profile: Profile) -> None:
    items = world.set(profile)
    for turn in range(len(items)):
        assert world.check(items[turn:] + items[:turn]).level is Level.ENDORSED
    assert world.check(items[::-1] + items).level is Level.ENDORSED


@BOTH
def test_without_an_authority_it_is_organizational(world: World, profile: Profile) -> None:
    found = world.check(world.set(profile, external=None))
    assert (found.level, found.endorsers, found.exit_code) == (Level.ORGANIZATIONAL, (), 10)


@BOTH
def test_without_an_issuer_it_is_signed(world: World, profile: Profile) -> None:
    alone = world.society.emblem(profile, issuer=None)
    assert world.check([alone, *world.keys(profile)]).level is Level.SIGNED
    above = world.society.endorses(world.society.signer, profile, issuer=None, subject=None)
    found = world.check([alone, above, *world.keys(profile)])
    assert (found.level, found.exit_code) == (Level.SIGNED, 12)
    assert "names no organisation" in found.not_checked[0]


# Step 1: signature, nbf, exp


@BOTH
def test_a_changed_signature_drops_the_token(world: World, profile: Profile) -> None:
    emblem = world.society.emblem(profile)
    other = world.society.emblem(profile, assets=["other.society.test"])
    if profile == "B":
        data = emblem.data[:-1] + bytes([emblem.data[-1] ^ 1])
    else:
        data = emblem.data.rpartition(b".")[0] + b"." + other.data.rpartition(b".")[2]
    found = world.check(world.set(profile, emblem=replace(emblem, data=data)))
    assert found.level is Level.INVALID
    assert [token.why for token in found.tokens if not token.kept] == ["its signature is wrong"]
    assert (found.issuer, found.assets, found.endorsers) == (None, (), ())


@BOTH
def test_expired_by_a_second(world: World, profile: Profile) -> None:
    start, until = int(NOW.timestamp()), int(NOW.timestamp()) + 100
    items = world.set(profile, emblem=world.society.emblem(profile, life=Life(start, until)))
    assert world.check(items, at=later(99.999)).level is Level.ENDORSED
    for seconds, why in ((100, "it has expired"), (101, "it has expired"), (-1, "it is not valid yet")):
        found = world.check(items, at=later(seconds))
        assert found.level is Level.INVALID
        assert [token.why for token in found.tokens if not token.kept] == [why]


@BOTH
def test_an_expired_endorsement_is_as_if_it_were_not_there(world: World, profile: Profile) -> None:
    life = Life(int(NOW.timestamp()) - 100, int(NOW.timestamp()))
    internal = world.society.endorses(world.society.signer, profile, life=life)
    assert world.check(world.set(profile, internal=internal)).level is Level.INVALID
    external = world.authority.endorses(world.society.root, profile, subject=world.society.oi, end=True, life=life)
    assert world.check(world.set(profile, external=external)).level is Level.ORGANIZATIONAL


@BOTH
def test_a_missing_key_drops_the_token(world: World, profile: Profile) -> None:
    items = [item for item in world.set(profile) if item != world.keys(profile)[1]]
    found = world.check(items)
    assert found.level is Level.INVALID
    assert found.tokens[0].why == "the key that signed it is not there"


@BOTH
def test_a_forged_identifier_finds_no_key(world: World, profile: Profile) -> None:
    """A thief signs with a key of their own and names ours."""
    thief = new_private_key()
    from kintrace.emblem import profile_a, profile_b, profiles

    class Pretending(type(public(thief))):  # type: ignore[misc]
        def kid(self, profile: str) -> bytes:
            return public(world.society.signer).kid(profile)  # type: ignore[arg-type]

    pretending = Pretending(public(thief).suite, public(thief).x, public(thief).y)
    times = {"valid_from": LIFE.start, "valid_until": LIFE.until}
    what = {"issuer": world.society.oi, "purposes": 1, "assets": ("evil.test",)}
    if profile == "A":
        data = profile_a.write(profile_a.emblem_claims(**what, **times), thief, pretending)  # type: ignore[arg-type]
    else:
        claims = profile_b.emblem_claims(**what, **times)  # type: ignore[arg-type]
        data = profile_b.write(claims, pretending, lambda message: profiles.sign(thief, message))
    forged = Item(profile, "token", data, "forged")
    for keys in (world.keys(profile), [key_item(public(thief), profile, "k"), *world.keys(profile)]):
        found = world.check([forged, *keys], name="evil.test")
        assert found.level is Level.INVALID
        assert found.tokens[0].why == "its signature is wrong"


# Step 2: one emblem


@BOTH
def test_two_emblems(world: World, profile: Profile) -> None:
    items = [*world.set(profile), world.society.emblem(profile, assets=["other.society.test"])]
    found = world.check(items)
    assert found.level is Level.INVALID
    assert "more than one emblem" in found.why


@BOTH
def test_an_expired_emblem_beside_a_good_one_is_no_second(world: World, profile: Profile) -> None:
    """Times are looked at first: what is left is one."""
    life = Life(int(NOW.timestamp()) - 100, int(NOW.timestamp()))
    found = world.check([world.society.emblem(profile, life=life), *world.set(profile)])
    assert found.level is Level.ENDORSED
    assert [token.why for token in found.tokens if not token.kept] == ["it has expired"]


@BOTH
def test_no_emblem(world: World, profile: Profile) -> None:
    found = world.check(world.set(profile, emblem=None))
    assert found.level is Level.INVALID
    assert found.exit_code == 13
    nothing = verify([], at=NOW)
    assert (nothing.level, nothing.exit_code) == (Level.INVALID, 14)
    assert verify(world.keys(profile), at=NOW).exit_code == 14


@BOTH
def test_the_same_emblem_twice_is_one(world: World, profile: Profile) -> None:
    """Signed anew: ECDSA gives another signature for the same words."""
    items = [*world.set(profile), world.society.emblem(profile)]
    found = world.check(items)
    assert found.level is Level.ENDORSED
    assert [token.why for token in found.tokens if not token.kept] == ["it is there twice"]


# Step 3: the chain


def longer(world: World, profile: Profile, end: bool = True, purposes: int = 3) -> list[Item]:
    """emblem ← signer ← middle ← root"""
    society, middle = world.society, new_private_key()
    return [
        society.emblem(profile),
        society.endorses(society.signer, profile, signer=middle, log=None),
        society.endorses(middle, profile, end=end, purposes=purposes),
        key_item(public(middle), profile, "middle"),
        *world.keys(profile),
    ]


@BOTH
def test_a_longer_chain(world: World, profile: Profile) -> None:
    found = world.check(longer(world, profile))
    assert found.level is Level.ORGANIZATIONAL
    assert [token.why.partition(";")[0] for token in found.tokens] == [
        "the emblem", "endorses the key of the emblem", "endorses the key below it",
    ]  # fmt: skip


@BOTH
def test_end_missing(world: World, profile: Profile) -> None:
    found = world.check(longer(world, profile, end=False))
    assert found.level is Level.INVALID
    assert "(end)" in found.why


@BOTH
def test_end_is_free_for_the_one_above_the_emblem(world: World, profile: Profile) -> None:
    for end in (True, False):
        internal = world.society.endorses(world.society.signer, profile, end=end)
        assert world.check(world.set(profile, internal=internal)).level is Level.ENDORSED


@BOTH
def test_a_chain_that_branches(world: World, profile: Profile) -> None:
    other = new_private_key()
    branch = world.society.endorses(world.society.signer, profile, signer=other)
    found = world.check([*world.set(profile), branch, key_item(public(other), profile, "other")])
    assert found.level is Level.INVALID
    assert "branch" in found.why


@BOTH
def test_an_endorsement_beside_the_chain(world: World, profile: Profile) -> None:
    stray = world.society.endorses(new_private_key(), profile)
    found = world.check([*world.set(profile), stray])
    assert found.level is Level.INVALID
    assert "no chain" in found.why


@BOTH
def test_a_chain_that_loops(world: World, profile: Profile) -> None:
    society, middle = world.society, new_private_key()
    items = [
        society.emblem(profile),
        society.endorses(society.signer, profile, signer=middle, end=True),
        society.endorses(middle, profile, end=True),
        society.endorses(society.root, profile, signer=middle, end=True),
        key_item(public(middle), profile, "middle"),
        *world.keys(profile),
    ]
    found = world.check(items)
    assert found.level is Level.INVALID
    assert "circle" in found.why


@BOTH
def test_a_key_that_endorses_itself(world: World, profile: Profile) -> None:
    society = world.society
    for key in (society.root, society.signer):
        itself = society.endorses(key, profile, signer=key, end=True)
        assert world.check([*world.set(profile), itself]).level is Level.INVALID
    emblem = society.emblem(profile, key=society.root)
    alone = [emblem, society.endorses(society.root, profile, end=True), *world.keys(profile)]
    assert world.check(alone).level is Level.INVALID


@BOTH
def test_prp_too_wide_inside(world: World, profile: Profile) -> None:
    emblem = world.society.emblem(profile, purposes=3)
    for internal in (1, 2):
        narrow = world.society.endorses(world.society.signer, profile, purposes=internal)
        found = world.check(world.set(profile, emblem=emblem, internal=narrow))
        assert found.level is Level.INVALID
        assert "does not allow the purpose" in found.why
    # The whole chain counts, not only what is next to the emblem.
    items = [emblem, *longer(world, profile, purposes=1)[1:]]
    assert world.check(items).level is Level.INVALID
    assert world.check([emblem, *longer(world, profile, purposes=3)[1:]]).level is Level.ORGANIZATIONAL


@BOTH
def test_the_subject_must_be_the_issuer(world: World, profile: Profile) -> None:
    for subject in (None, "https://elsewhere.test"):
        internal = world.society.endorses(world.society.signer, profile, subject=subject)
        assert world.check(world.set(profile, internal=internal)).level is Level.INVALID


@BOTH
def test_a_foreign_issuer(world: World, profile: Profile) -> None:
    """The emblem claims to be of somebody who endorsed nothing."""
    emblem = world.society.emblem(profile, issuer="https://elsewhere.test")
    found = world.check(world.set(profile, emblem=emblem))
    assert found.level is Level.INVALID
    assert "no endorsement says where its commitment" in found.why


# Step 5: the commitment


@BOTH
def test_an_issuer_without_log(world: World, profile: Profile) -> None:
    internal = world.society.endorses(world.society.signer, profile, log=None)
    for logs in (world.logs(), None):
        found = world.check(world.set(profile, internal=internal), logs=logs)
        assert found.level is Level.INVALID
    assert world.check([world.society.emblem(profile), *world.keys(profile)]).level is Level.INVALID


@BOTH
def test_log_must_be_at_the_top(world: World, profile: Profile) -> None:
    society, middle = world.society, new_private_key()
    items = [
        society.emblem(profile),
        society.endorses(society.signer, profile, signer=middle, log=society.log),
        society.endorses(middle, profile, end=True, log=None),
        key_item(public(middle), profile, "middle"),
        *world.keys(profile),
    ]
    assert world.check(items).level is Level.INVALID


# Step 6: endorsers


def external(world: World, profile: Profile, **changes: object) -> list[Item]:
    known = {"subject": world.society.oi, "end": True, **changes}
    return world.set(profile, external=world.authority.endorses(world.society.root, profile, **known))


@BOTH
@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"end": False}, "further (end)"),
        ({"purposes": 2}, "does not allow the purpose protective"),
        ({"subject": "https://elsewhere.test"}, "does not endorse the root key"),
        ({"subject": None}, "does not endorse the root key"),
        ({"key": b"x" * 32}, "does not endorse the root key"),
        ({"issuer": None}, "it names no issuer"),
        ({"log": None}, "names no log entry"),
    ],
)
def test_endorsers_drop_one_by_one(world: World, profile: Profile, changes: dict[str, object], why: str) -> None:
    found = world.check(external(world, profile, **changes))
    assert (found.level, found.endorsers) == (Level.ORGANIZATIONAL, ())
    (dropped,) = [token for token in found.tokens if not token.kept]
    assert why in dropped.why
    both = world.check([*external(world, profile, **changes), *world.set(profile)])
    assert (both.level, both.endorsers) == (Level.ENDORSED, ("https://ministry.test",))


@BOTH
def test_an_endorsement_of_the_emblems_key_is_not_one_of_the_root(world: World, profile: Profile) -> None:
    wrong = world.authority.endorses(world.society.signer, profile, subject=world.society.oi, end=True)
    assert world.check(world.set(profile, external=wrong)).level is Level.ORGANIZATIONAL


@BOTH
def test_two_authorities(own_world: World, profile: Profile) -> None:
    world = own_world
    second = world.commit(Party("https://second.test"))
    more = second.endorses(world.society.root, profile, subject=world.society.oi, end=True)
    items = [*world.set(profile), more, key_item(public(second.root), profile, "k")]
    assert set(world.check(items).endorsers) == {"https://ministry.test", "https://second.test"}


@BOTH
def test_an_authority_must_have_committed_to_its_key(own_world: World, profile: Profile) -> None:
    world = own_world
    liar = Party("https://ministry.test", log=world.society.log)  # the society's entry, not the ministry's
    lie = liar.endorses(world.society.root, profile, subject=world.society.oi, end=True)
    items = [*world.set(profile, external=lie), key_item(public(liar.root), profile, "k")]
    found = world.check(items)
    assert (found.level, found.endorsers) == (Level.ORGANIZATIONAL, ())


# Step 7: the name


@BOTH
@pytest.mark.parametrize("name", ["TRACING.society.TEST", "tracing.society.test."])
def test_case_and_the_last_dot_mean_nothing(world: World, profile: Profile, name: str) -> None:
    assert world.check(world.set(profile), name=name).level is Level.ENDORSED
    emblem = world.society.emblem(profile, assets=["a.test", "Tracing.Society.Test."])
    assert world.check(world.set(profile, emblem=emblem), name=name).level is Level.ENDORSED


@BOTH
@pytest.mark.parametrize(
    "name",
    ["society.test", "x.tracing.society.test", "tracing.society.tes", "192.0.2.1", "", "*", "tracing", "ümlaut.test"],
)
def test_the_wrong_name(world: World, profile: Profile, name: str) -> None:
    found = world.check(world.set(profile), name=name)
    assert found.level is Level.INVALID
    assert "does not protect" in found.why


@BOTH
def test_no_name_is_told_of(world: World, profile: Profile) -> None:
    found = world.check(world.set(profile), name=None)
    assert found.level is Level.ENDORSED
    assert any("no name was given" in line for line in found.not_checked)


def test_profile_b_has_no_wildcards_nor_addresses(world: World) -> None:
    for asset in ("*.society.test", "[192.0.2.1]", "192.0.2.1", "society"):
        with pytest.raises(EmblemError):
            world.society.emblem("B", assets=[asset])


def test_profile_a_has_wildcards_and_addresses(world: World) -> None:
    emblem = world.society.emblem(
        "A", assets=["*.society.test", "[2001:db8::/32]", "[::FFFF:192.0.2.1]", "[198.51.100.7]"]
    )
    items = world.set("A", emblem=emblem)
    for name in (
        "society.test",
        "a.b.society.test",
        "2001:db8::1",
        "[2001:db8:ffff::]",
        "192.0.2.1",
        "::ffff:198.51.100.7",
    ):
        assert world.check(items, name=name).level is Level.ENDORSED, name
    for name in ("asociety.test", "2001:db9::1", "192.0.2.2"):
        assert world.check(items, name=name, addresses=["203.0.113.1"]).level is Level.INVALID, name


def test_a_name_with_protected_addresses(world: World) -> None:
    items = world.set("A", emblem=world.society.emblem("A", assets=["[192.0.2.1]", "[2001:db8::1]"]))
    found = world.check(items, addresses=["192.0.2.1", "2001:db8::1"])
    assert found.level is Level.ENDORSED
    assert world.check(items, addresses=["192.0.2.1", "192.0.2.9"]).level is Level.INVALID
    unknown = world.check(items)
    assert (unknown.level, unknown.endorsers) == (Level.SIGNED, ())
    assert "has the protected addresses was not checked" in unknown.not_checked[0]


# Keys that the operator knows


@BOTH
def test_trusted_keys(world: World, profile: Profile) -> None:
    society = world.society

    def check(key: object, **more: object) -> tuple[Level, Level | None]:
        found = world.check(world.set(profile), trusted_keys=[public(key)], **more)  # type: ignore[arg-type]
        return found.level, found.trusted

    assert check(new_private_key()) == (Level.ENDORSED, None)
    assert check(society.signer) == (Level.ENDORSED, Level.SIGNED_TRUSTED)
    assert check(society.root) == (Level.ENDORSED, Level.ORGANIZATIONAL_TRUSTED)
    assert check(world.authority.root) == (Level.ENDORSED_TRUSTED, Level.ENDORSED_TRUSTED)
    for key in (society.signer, society.root, world.authority.root):
        assert check(key, logs=None) == (Level.SIGNED_TRUSTED, Level.SIGNED_TRUSTED)
    assert check(new_private_key(), logs=None) == (Level.SIGNED, None)


@BOTH
def test_a_trusted_key_checks_what_came_without_its_key(world: World, profile: Profile) -> None:
    alone = [world.society.emblem(profile, issuer=None)]
    assert world.check(alone).level is Level.INVALID
    found = world.check(alone, trusted_keys=[public(world.society.signer)])
    assert found.level is Level.SIGNED_TRUSTED


@BOTH
def test_trust_makes_nothing_valid(world: World, profile: Profile) -> None:
    items = [*world.set(profile), world.society.emblem(profile, assets=["other.test"])]
    trusted = [public(key) for key in (world.society.signer, world.society.root, world.authority.root)]
    found = world.check(items, trusted_keys=trusted)
    assert (found.level, found.trusted) == (Level.INVALID, None)


# Two profiles


def test_keys_of_one_profile_do_not_serve_the_other(world: World) -> None:
    for mine, other in (("A", "B"), ("B", "A")):
        items = [item for item in world.set(mine) if item.kind == "token"] + world.keys(other)  # type: ignore[arg-type]
        found = world.check(items)
        assert found.level is Level.INVALID
        assert all(token.why == "the key that signed it is not there" for token in found.tokens)


def test_endorsements_of_one_profile_do_not_serve_the_other(world: World) -> None:
    mixed = [world.society.emblem("B"), *world.set("A", emblem=None), *world.keys("B")]
    assert world.check(mixed).level is Level.INVALID
    # nor does an endorsement that names the other profile's identifier of the key
    wrong = world.society.endorses(world.society.signer, "B", key=public(world.society.signer).kid("A"))
    assert world.check(world.set("B", internal=wrong)).level is Level.INVALID


def test_an_item_said_to_be_of_the_other_profile_is_unreadable(world: World) -> None:
    items = [replace(item, profile="A" if item.profile == "B" else "B") for item in world.set("B") + world.set("A")]
    found = world.check(items)
    assert found.level is Level.INVALID
    assert all(token.kind == "unreadable" for token in found.tokens)


def test_both_profiles_side_by_side(world: World) -> None:
    found = world.check(world.set("A") + world.set("B"))
    assert (found.level, found.profile) == (Level.ENDORSED, "B")
    assert len(found.tokens) == 6
    weaker = world.check(world.set("A") + world.set("B", internal=None))
    assert (weaker.level, weaker.profile) == (Level.ENDORSED, "A")
    assert any("By profile B alone: INVALID" in line for line in weaker.remarks)


# Limits


def test_too_many_items(world: World) -> None:
    many = [Item("B", "token", b"%d" % number, "t") for number in range(600)]
    assert world.check(world.set() + many).level is Level.INVALID


def test_a_time_without_zone_is_refused(world: World) -> None:
    with pytest.raises(EmblemError, match="time zone"):
        verify(world.set(), at=datetime(2026, 11, 20))


def test_the_report_is_complete(world: World) -> None:
    told = world.check(world.set(), name=None, trusted_keys=[public(world.authority.root)]).as_json()
    assert told["level"] == "ENDORSED-TRUSTED"
    assert set(told) >= {"level", "issuer", "endorsers", "assets", "tokens", "not_checked"}
    assert told["tokens"][0]["key"] == text_of(public(world.society.signer).kid("B"))
    assert told["valid_until"].endswith("Z")
