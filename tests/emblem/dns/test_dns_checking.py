"""A name checked through real DNS packets: several sets of tokens, both profiles, and the live answers, offline."""

from datetime import UTC, datetime
from pathlib import Path

import dns.rrset
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from emblem_dns import responder, stub

from kintrace.emblem import Item, Level, verify
from kintrace.emblem.dns import Folder, check, host, read_txt, records, token_sets
from kintrace.emblem.keys import of_native
from kintrace.emblem.profiles import Life, key_item, write_emblem

NAME = host("records.example.org")
AT = datetime(2026, 11, 23, 12, tzinfo=UTC)
LIFE = Life(int(AT.timestamp()) - 60, int(AT.timestamp()) + 60)
KEY = ec.generate_private_key(ec.SECP256R1())


def emblem(profile: str, *assets: str) -> Item:
    data = write_emblem(profile, KEY, issuer=None, purposes=1, assets=assets, life=LIFE)  # type: ignore[arg-type]
    return Item(profile, "token", data, "test")  # type: ignore[arg-type]


def key(profile: str) -> Item:
    return key_item(of_native(KEY.public_key()), profile, "test")  # type: ignore[arg-type]


@pytest.mark.parametrize("profile", ["A", "B"])
def test_an_emblem_is_checked_by_its_name(tmp_path: Path, profile: str) -> None:
    Folder(tmp_path).publish(NAME, records(NAME, [emblem(profile, "records.example.org"), key(profile)]))
    with responder(tmp_path) as served, stub(served.addresses[0]) as (address, _):
        checked = check("RECORDS.example.org", at=AT, servers=[address])
        assert checked.verdict.level is Level.SIGNED
        assert checked.verdict.exit_code == 12
        assert checked.verdict.tokens[0].source == f"{'TXT' if profile == 'A' else 'IHLE'}, records.example.org"
        trusted = check("records.example.org", at=AT, servers=[address], trusted_keys=[of_native(KEY.public_key())])
        assert trusted.verdict.exit_code == 11
        later = check("records.example.org", at=datetime(2027, 1, 1, tzinfo=UTC), servers=[address])
        assert later.verdict.level is Level.INVALID
        assert "expired" in later.verdict.tokens[0].why


def test_both_profiles_at_one_name_are_two_views_of_one_emblem(tmp_path: Path) -> None:
    items = [each for profile in "AB" for each in (emblem(profile, "records.example.org"), key(profile))]
    Folder(tmp_path).publish(NAME, records(NAME, items))
    with responder(tmp_path) as served:
        checked = check("records.example.org", at=AT, servers=served.addresses)
    assert checked.verdict.level is Level.SIGNED
    assert len(checked.verdict.tokens) == 2
    assert not checked.others


def test_sets_with_identifiers_are_verified_each_for_itself(tmp_path: Path) -> None:
    rrsets = records(NAME, [emblem("A", "other.example.org"), key("A")], identifier="one")
    rrsets += records(NAME, [emblem("A", "records.example.org")], identifier="two")
    for rrset in rrsets:
        there = Folder(tmp_path).get(NAME)
        merged = [*(there.rrsets.values() if there else ()), rrset]
        whole = dns.rrset.RRset(NAME, rrset.rdclass, rrset.rdtype)
        for each in merged:
            for rdata in each:
                whole.add(rdata, 300)
        Folder(tmp_path).publish(NAME, [whole])
    with responder(tmp_path) as served:
        checked = check("records.example.org", at=AT, servers=served.addresses)
    assert checked.verdict.level is Level.SIGNED
    assert [other.level for other in checked.others] == [Level.INVALID]
    assert checked.as_json()["other_sets"][0]["level"] == "INVALID"


def test_an_emblem_of_addresses_holds_where_the_name_has_no_others(tmp_path: Path) -> None:
    rrsets = records(NAME, [emblem("A", "[192.0.2.0/28]"), key("A")])
    Folder(tmp_path).publish(NAME, [*rrsets, dns.rrset.from_text(NAME, 60, "IN", "A", "192.0.2.1", "192.0.2.2")])
    with responder(tmp_path, poll=3600) as served:
        assert check("records.example.org", at=AT, servers=served.addresses).verdict.level is Level.SIGNED
        Folder(tmp_path).publish(NAME, [*rrsets, dns.rrset.from_text(NAME, 60, "IN", "A", "192.0.2.1", "198.51.100.1")])
        served.reload()
        assert check("records.example.org", at=AT, servers=served.addresses).verdict.level is Level.INVALID


def test_no_emblem_has_an_exit_code_of_its_own(tmp_path: Path) -> None:
    Folder(tmp_path).publish(NAME, [dns.rrset.from_text(NAME, 60, "IN", "A", "192.0.2.1")])
    with responder(tmp_path) as served:
        assert check("records.example.org", at=AT, servers=served.addresses).verdict.exit_code == 14


def test_live_answers_at_the_frozen_clock(emblem_vectors: Path) -> None:
    """Parsed as dig prints them, and verified without any DNS: other organisations' emblems are never served."""
    for file, endorsers in (("emblem.felixlinker.de.txt", 1), ("cyberstar.online.txt", 0)):
        text = (emblem_vectors / "jws_live_txt" / file).read_text()
        (found,) = token_sets([read_txt(text)], where=file)
        verdict = verify(found.items, at=datetime(2026, 6, 17, 0, 10, tzinfo=UTC), offline=True)
        assert verdict.level is Level.SIGNED
        assert all(token.kept for token in verdict.tokens)
        foreign = {token.issuer for token in verdict.tokens if token.kind == "endorsement"} - {verdict.issuer}
        assert len(foreign) == endorsers
