"""The commitment to a root key: proved, disproved, or not looked at. The last gives neither ORGANIZATIONAL nor INVALID."""

import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from emblem_ct import Authority, CtLog, b64, log_list, served
from emblem_make import NOW, Party, World, later, public

from kintrace.emblem import Item, Level, Logs, Verdict, read_logs, read_revocations
from kintrace.emblem.items import Profile
from kintrace.emblem.keys import text_of
from kintrace.emblem.profiles import key_item
from kintrace.emblem.tokens import LogEntry
from kintrace.errors import NotReadable

BOTH = pytest.mark.parametrize("profile", ["A", "B"])


def check(world: World, party: Party, profile: Profile = "B", **more: Any) -> Verdict:
    """The emblem of a party, with an internal endorsement only."""
    items = [party.emblem(profile), party.endorses(party.signer, profile)]
    keys = [key_item(public(key), profile, "key") for key in (party.root, party.signer)]
    return world.check([*items, *keys], **more)


def kid_name(party: Party, profile: Profile) -> str:
    return f"{text_of(public(party.root).kid(profile))}.adem-configuration.society.test"


# Names in the certificate


@BOTH
@pytest.mark.parametrize(
    ("names", "level"),
    [
        (["{kid}", "adem-configuration.society.test"], "ORGANIZATIONAL"),
        (["{kid}", "adem-configuration.society.test", "*.society.test"], "ORGANIZATIONAL"),
        (["{KID}", "ADEM-configuration.society.test"], "ORGANIZATIONAL"),
        (["*.adem-configuration.society.test", "adem-configuration.society.test"], "INVALID"),
        (["*.adem-configuration.society.test", "*.society.test", "society.test"], "INVALID"),
        (["{kid}", "*.society.test"], "INVALID"),
        (["{kid}"], "INVALID"),
        (["adem-configuration.society.test", "society.test"], "INVALID"),
        (["{other}", "adem-configuration.society.test"], "INVALID"),
        (["{kid}.evil.test", "adem-configuration.society.test.evil.test"], "INVALID"),
    ],
)
def test_names(own_world: World, profile: Profile, names: list[str], level: str) -> None:
    world = own_world
    kid = kid_name(world.society, profile)
    other = kid_name(world.society, "A" if profile == "B" else "B")
    written = [one.format(kid=kid, KID=kid.upper(), other=other) for one in names]
    found = check(world, world.commit(world.society, names=written), profile)
    assert found.level == level
    if level == "INVALID":
        assert "is not for" in found.why


@pytest.mark.parametrize(("profile", "level"), [("A", "ORGANIZATIONAL"), ("B", "INVALID")])
def test_certificates_of_the_older_form_serve_profile_a(own_world: World, profile: Profile, level: str) -> None:
    """Live deployments have the organisation's own name in place of adem-configuration."""
    party = own_world.commit(own_world.society, names=[kid_name(own_world.society, profile), "society.test"])
    found = check(own_world, party, profile)
    assert found.level == level
    assert not found.remarks or "older form" in found.remarks[0]


def test_a_certificate_of_another_organisation(own_world: World) -> None:
    evil = own_world.commit(replace(own_world.society, oi="https://evil.test"))
    found = check(own_world, replace(evil, oi="https://society.test"))
    assert found.level is Level.INVALID


# What is not looked at


def test_without_logs_or_revocation_list_it_stays_signed(world: World) -> None:
    for more, why in (
        ({"logs": None}, "no list of logs was given"),
        ({"crl": None}, "no revocation list was given"),
        ({"logs": Logs({})}, "is not in the list"),
    ):
        found = check(world, world.society, **more)
        assert (found.level, found.exit_code) == (Level.SIGNED, 12)
        assert why in " ".join(found.not_checked)


def test_an_endorser_nobody_looked_at_does_not_count(own_world: World) -> None:
    world = own_world
    mine = world.logs()
    other = CtLog("three")
    ministry = Party("https://ministry.test")
    from kintrace.emblem.certificates import log_of_chain, read_chain
    from kintrace.emblem.keystore import request_for

    chain = world.ca.from_csr(request_for(ministry.root, ministry.oi), [other])
    ministry.log = log_of_chain(read_chain(chain))
    external = ministry.endorses(world.society.root, subject=world.society.oi, end=True)
    items = [*world.set(external=external), key_item(public(ministry.root), "B", "k")]
    found = world.check(items, logs=mine)
    assert (found.level, found.endorsers) == (Level.ORGANIZATIONAL, ())
    assert "https://ministry.test" in found.not_checked[0]


def test_an_authority_does_not_lift_what_was_not_looked_at(own_world: World) -> None:
    """The ministry's commitment is proved, the society's stands in a log that is not in the list: SIGNED, and no endorser."""
    world = own_world
    society = replace(world.society, log=(LogEntry(b"another log, of 32 bytes........", hash=b"h" * 32),))
    found = world.check(world.set(internal=society.endorses(society.signer)))
    assert (found.level, found.endorsers) == (Level.SIGNED, ())
    assert "https://society.test" in found.not_checked[0]


def test_one_log_of_two_is_enough_and_the_other_is_told(own_world: World) -> None:
    world = own_world
    for log in (world.plain, world.tiled):
        logs = world.logs()
        only = replace(logs, logs={log.id: logs.logs[log.id]})
        found = check(world, world.society, logs=only)
        assert found.level is Level.ORGANIZATIONAL
        assert any("is not in the list" in line for line in found.remarks)


# Logs that do not prove it


def changed(world: World, file: str, change: Any) -> Logs:
    """The mirror of the logs with one file changed."""
    logs = world.logs()
    (path,) = list(world.folder.glob(file))
    path.write_bytes(change(path.read_bytes()))
    return logs


def in_json(**changes: Any) -> Any:
    def change(data: bytes) -> bytes:
        value = json.loads(data)
        for name, how in changes.items():
            value[name] = how(value[name])
        return json.dumps(value).encode()

    return change


def flip(at: int) -> Any:
    return lambda data: data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]


def longer(text: str) -> str:
    return b64(b"x" + b"y" * 40)


@pytest.mark.parametrize(
    ("file", "change"),
    [
        ("one/ct/v1/get-sth", in_json(tree_size=lambda n: n - 1)),
        ("one/ct/v1/get-sth", in_json(timestamp=lambda n: n + 1)),
        ("one/ct/v1/get-sth", in_json(sha256_root_hash=lambda _: b64(b"x" * 32))),
        ("one/ct/v1/get-sth", in_json(tree_head_signature=longer)),
        ("one/ct/v1/get-sth", lambda _: b"{}"),
        ("one/ct/v1/get-sth", lambda _: b"[]"),
        ("one/ct/v1/get-sth", lambda _: b"[" * 100_000),
        ("one/ct/v1/get-sth", in_json(tree_size=lambda n: "6")),
        ("one/ct/v1/get-sth", in_json(timestamp=lambda n: 2**70)),
        ("one/ct/v1/get-proof-by-hash*", in_json(audit_path=lambda _: 5)),
        ("one/ct/v1/get-entries*", in_json(entries=lambda _: "x")),
        ("one/ct/v1/get-entries*", in_json(entries=lambda _: {"leaf_input": ""})),
        ("one/ct/v1/get-sth", lambda _: b"no JSON"),
        ("one/ct/v1/get-proof-by-hash*", in_json(leaf_index=lambda n: n - 1)),
        ("one/ct/v1/get-proof-by-hash*", in_json(audit_path=lambda path: path[:-1])),
        ("one/ct/v1/get-proof-by-hash*", in_json(audit_path=lambda path: [*path, b64(b"x" * 32)])),
        ("one/ct/v1/get-proof-by-hash*", in_json(audit_path=lambda _: [b64(b"x" * 32)])),
        ("one/ct/v1/get-entries*", in_json(entries=lambda _: [])),
        ("one/ct/v1/get-entries*", in_json(entries=lambda _: [{"leaf_input": b64(b"\0" * 60)}])),
        ("two/checkpoint", lambda data: data.replace(b"two.ct.test/log", b"tow.ct.test/log")),
        ("two/checkpoint", lambda data: data.replace(b"\n301\n", b"\n300\n")),
        ("two/checkpoint", lambda data: data.replace(b"\n301\n", b"\n99999999999999\n")),
        ("two/checkpoint", lambda data: data.partition(b"\n\n")[0] + b"\n\n"),
        ("two/checkpoint", lambda data: data.replace(b"\n\n", b"\nextension\n\n")),
        ("two/checkpoint", lambda _: b"\xff"),
        ("two/tile/0/001.p/45", flip(0)),
        ("two/tile/0/001.p/45", lambda data: data[:-1]),
        ("two/tile/1/000.p/1", flip(5)),
        ("two/tile/data/001.p/45", lambda data: data.replace(b"adem-configuration", b"adem-donfiguration")),
        ("two/tile/data/001.p/45", lambda data: data[:-3]),
        ("two/tile/data/001.p/45", lambda _: b""),
        ("two/tile/data/001.p/45", lambda _: b"\x1f\x8b damaged"),
    ],
)  # fmt: skip
def test_a_log_that_lies_disproves(own_world: World, file: str, change: Any) -> None:
    world = own_world
    if file.startswith("two"):
        world.tiled.leaves = world.tiled.leaves[:301]  # the society's entry is the last
    else:
        world.plain.leaves, world.plain.watched = world.plain.leaves[:6], world.plain.watched[:1]
    assert check(world, world.society).level is Level.ORGANIZATIONAL
    found = check(world, world.society, logs=changed(world, file, change))
    assert found.level is Level.INVALID, found
    assert "does not show the certificate" in found.why


def test_a_log_that_shows_another_entry_than_the_one_it_proves(own_world: World) -> None:
    """The token names an entry of somebody else, which is in the log; for it the log hands out the society's own."""
    import hashlib

    world = own_world
    other = world.plain.leaves[0]
    world.plain.watched.append(0)
    logs = world.logs()
    folder = world.folder / "one" / "ct" / "v1"
    (folder / "get-entries,start=0,end=0").write_bytes((folder / "get-entries,start=5,end=5").read_bytes())
    entry = LogEntry(world.plain.id, hash=hashlib.sha256(b"\0" + other).digest())
    found = check(world, replace(world.society, log=(entry,)), logs=logs)
    assert found.level is Level.INVALID
    assert "the entry it gives is another" in found.why


def test_a_log_with_another_key(own_world: World) -> None:
    logs = own_world.logs()
    one = logs.logs[own_world.plain.id]
    wrong = replace(one, key=ec.generate_private_key(ec.SECP256R1()).public_key())
    found = check(own_world, own_world.society, logs=replace(logs, logs={one.id: wrong}))
    assert found.level is Level.INVALID


def test_what_is_missing_from_a_folder_was_not_looked_at(own_world: World) -> None:
    logs = own_world.logs()
    (own_world.folder / "one/ct/v1/get-sth").unlink()
    (own_world.folder / "two/checkpoint").unlink()
    found = check(own_world, own_world.society, logs=logs)
    assert found.level is Level.SIGNED
    assert "is not in the folder" in found.not_checked[0]


@pytest.mark.parametrize("entry", [LogEntry(b"", hash=b"h" * 32), LogEntry(b"", index=10**9), LogEntry(b"", index=2)])
def test_an_entry_that_is_not_there_or_another(own_world: World, entry: LogEntry) -> None:
    log = own_world.tiled if entry.hash is None else own_world.plain
    party = replace(own_world.society, log=(replace(entry, id=log.id),))
    with served(own_world.plain) as one, served(own_world.tiled) as two:
        logs = read_logs(log_list(own_world.folder, own_world.plain, own_world.tiled, places={"one": one, "two": two}))
        assert check(own_world, party, logs=logs).level is Level.INVALID


def test_a_log_of_the_other_kind_was_not_asked(world: World) -> None:
    party = replace(world.society, log=(LogEntry(world.plain.id, index=1), LogEntry(world.tiled.id, hash=b"h" * 32)))
    assert check(world, party).level is Level.SIGNED


# Asking by network


def test_logs_are_asked_at_their_address(own_world: World, tmp_path: Path) -> None:
    world = own_world
    with served(world.plain) as one, served(world.tiled) as two:
        logs = read_logs(log_list(tmp_path, world.plain, world.tiled, places={"one": one, "two": two}))
        assert world.check(world.set(), logs=logs).level is Level.ENDORSED
        offline = world.check(world.set(), logs=logs, offline=True)
        assert offline.level is Level.SIGNED
        assert "nothing is asked by network" in offline.not_checked[0]
    gone = world.check(world.set(), logs=logs)
    assert gone.level is Level.SIGNED
    assert "could not be asked" in gone.not_checked[0]


def test_folders_are_read_offline(world: World) -> None:
    assert world.check(world.set(), offline=True).level is Level.ENDORSED


def test_only_https_is_asked_beyond_this_machine(world: World, tmp_path: Path) -> None:
    places = {"one": "http://log.example/", "two": "ftp://log.example/"}
    logs = read_logs(log_list(tmp_path, world.plain, world.tiled, places=places))
    found = world.check(world.set(), logs=logs)
    assert found.level is Level.SIGNED
    assert "is neither https nor a folder" in found.not_checked[0]


@pytest.mark.parametrize("others", [0, 1, 2, 6, 254, 255, 256, 257, 511, 700])
def test_trees_of_many_sizes(tmp_path: Path, others: int) -> None:
    ca, log, tiled = Authority(), CtLog("p", others=others), CtLog("t", static=True, others=others)
    chain = ca.certificate(["a.test"], [log, tiled])
    ca.certificate(["b.test"], [log, tiled])
    from kintrace.emblem.certificates import log_of_chain, names_in, read_chain

    logs = read_logs(log_list(tmp_path, log, tiled))
    for entry in log_of_chain(read_chain(chain)):
        one = logs.of(entry.id)
        assert one is not None
        assert names_in(one.entry(entry, logs.fetch).certificate()) == {"a.test"}


# Revocation and validity


def test_revoked(own_world: World) -> None:
    world = own_world
    assert check(world, world.society, crl=world.crl(12345)).level is Level.ORGANIZATIONAL
    found = check(world, world.society, crl=world.crl(world.society.serial))
    assert found.level is Level.INVALID
    assert "revoked" in found.why


def test_of_two_lists_that_hold_the_one_that_revokes_counts(own_world: World, tmp_path: Path) -> None:
    """An authority publishes a new list before the old one ends: in whatever order they are given, revoked is revoked."""
    world, files = own_world, []
    for name, revoked in (("old", []), ("new", [world.society.serial])):
        (tmp_path / name).mkdir()
        files.append(world.ca.crl_file(tmp_path / name, *revoked))
    for order in (files, files[::-1]):
        assert check(world, world.society, crl=read_revocations(order)).level is Level.INVALID


def test_an_authority_that_was_revoked_does_not_endorse(own_world: World) -> None:
    world = own_world
    found = world.check(world.set(), crl=world.crl(world.authority.serial))
    assert (found.level, found.endorsers) == (Level.ORGANIZATIONAL, ())


@pytest.mark.parametrize(
    ("more", "why"),
    [
        ({"when": NOW - timedelta(days=40)}, "does not hold at this time"),
        ({"when": NOW + timedelta(days=1)}, "does not hold at this time"),
        ({"point": "http://crl.test/7"}, "for other certificates"),
        ({"key": ec.generate_private_key(ec.SECP256R1())}, "that its issuer signed"),
    ],
)
def test_a_list_that_does_not_count(own_world: World, more: dict[str, Any], why: str) -> None:
    found = check(own_world, own_world.society, crl=own_world.crl(own_world.society.serial, **more))
    assert found.level is Level.SIGNED
    assert why in found.not_checked[0]


def test_a_list_for_a_part_of_the_certificates(own_world: World) -> None:
    world = own_world
    party = world.commit(world.society, points=["http://crl.test/7", "http://crl.test/8"])
    assert check(world, party, crl=world.crl(point="http://crl.test/7")).level is Level.ORGANIZATIONAL
    assert check(world, party, crl=world.crl(party.serial, point="http://crl.test/8")).level is Level.INVALID
    assert check(world, party, crl=world.crl(party.serial, point="http://crl.test/9")).level is Level.SIGNED


def test_a_list_of_a_namesake(own_world: World, tmp_path: Path) -> None:
    """Another authority with the same name, which never revokes anything."""
    namesake = Authority()
    (tmp_path / "x").mkdir()
    crl = read_revocations([namesake.crl_file(tmp_path / "x")])
    found = check(own_world, own_world.society, crl=crl)
    assert found.level is Level.SIGNED
    assert "no revocation list of its issuer" in found.not_checked[0]


def test_a_certificate_that_ended_or_did_not_begin(own_world: World) -> None:
    world = own_world
    ended = world.commit(world.society, start=NOW - timedelta(days=90), end=NOW - timedelta(seconds=1))
    found = check(world, ended)
    assert found.level is Level.SIGNED
    assert "the certificate ended" in found.not_checked[0]
    coming = world.commit(world.society, start=NOW + timedelta(hours=1))
    assert check(world, coming).level is Level.INVALID
    assert check(world, coming, at=later(3 * 3600)).level is Level.ORGANIZATIONAL


# Lists


def test_lists_that_are_none(tmp_path: Path, world: World) -> None:
    file = tmp_path / "list"
    good = world.plain.listed("https://log.example/")
    for value in (
        "", "[]", "{}", '{"operators": 5}', json.dumps({"operators": [{"logs": [{**good, "log_id": b64(b"x" * 32)}]}]}),
        json.dumps({"operators": [{"logs": [{**good, "key": "AAAA"}]}]}), json.dumps({"operators": [{"logs": [{}]}]}),
    ):  # fmt: skip
        file.write_text(value)
        with pytest.raises(NotReadable):
            read_logs(file)
    with pytest.raises(NotReadable):
        read_logs(tmp_path / "absent")
    for data in (b"", b"hello", b"-----BEGIN X509 CRL-----\nAAAA\n-----END X509 CRL-----\n"):
        file.write_bytes(data)
        with pytest.raises(NotReadable):
            read_revocations([file])
    with pytest.raises(NotReadable):
        read_revocations([tmp_path / "absent"])


@pytest.mark.parametrize(
    ("state", "known"),
    [("usable", True), ("retired", True), ("readonly", True), ("rejected", False), ("pending", False)],
)
def test_logs_that_browsers_reject_are_left_out(tmp_path: Path, world: World, state: str, known: bool) -> None:
    file = tmp_path / "logs.json"
    listed = {**world.plain.listed("https://log.example/"), "state": {state: {"timestamp": "2026-01-01T00:00:00Z"}}}
    file.write_text(json.dumps({"operators": [{"logs": [listed]}]}))
    assert (read_logs(file).of(world.plain.id) is not None) is known


def test_an_rsa_log(own_world: World) -> None:
    """Some logs of the past have RSA keys."""
    import hashlib

    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import padding, rsa

    from kintrace.emblem.logs import Log

    key = rsa.generate_private_key(65537, 2048)
    log = Log(hashlib.sha256(b"").digest(), key.public_key(), False, "file:x", "rsa")
    signature = key.sign(b"head", padding.PKCS1v15(), hashes.SHA256())
    assert log.vouches(signature, b"head")
    assert not log.vouches(signature, b"tail")


def test_items_are_not_changed(world: World) -> None:
    items = world.set()
    before = list(items)
    world.check(items)
    assert items == before
    assert all(isinstance(item, Item) for item in items)
