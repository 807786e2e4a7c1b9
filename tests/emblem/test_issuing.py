"""Nothing is issued without a recorded authorisation; what is issued verifies, is issued anew in time, and can be withdrawn."""

import os
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from emblem_ct import Authority, CtLog, log_list
from emblem_make import NOW, later

from kintrace.emblem import Level, Verdict, issuing, read_logs, read_revocations, requests, verify
from kintrace.emblem.authorisation import Authorisation
from kintrace.emblem.certificates import log_of_chain, read_chain
from kintrace.emblem.issuing import Terms
from kintrace.emblem.keystore import request_for
from kintrace.emblem.profiles import write_emblem
from kintrace.emblem.publishing import name_of_key, signs, withdraw, withdrawn
from kintrace.emblem.reading import bundle, read_items
from kintrace.emblem.state import Issued, State
from kintrace.emblem.tokens import LogEntry
from kintrace.errors import EmblemError, NotAuthorised, NotReadable

OI, MINISTRY = "https://society.example", "https://ministry.example"
WORDS = "a passphrase of several words"
DAY = timedelta(days=1)


class Office:
    """An organisation with keys, an authorisation and a certificate."""

    def __init__(self, folder: Path, oi: str = OI, scope: tuple[str, ...] = ("*.society.example",)) -> None:
        self.state, self.oi, self.folder = State(folder), oi, folder
        self.state.keys.make("root", WORDS)
        self.state.keys.make("signer", WORDS)
        self.opened = {name: self.state.keys.private(name, WORDS) for name in ("root", "signer")}
        if scope:
            with self.state.changing() as records:
                records.authorisations.append(
                    Authorisation(
                        "A1", "Ministry of Defence", "IHL 7/2026", date(2026, 11, 1), date(2026, 12, 31), scope, 3, NOW
                    )
                )
        self.log: tuple[LogEntry, ...] = ()

    @property
    def open(self) -> Callable[[str], ec.EllipticCurvePrivateKey]:
        return self.opened.__getitem__

    def commit(self, ca: Authority, logs: list[CtLog]) -> None:
        self.log = log_of_chain(read_chain(ca.from_csr(request_for(self.opened["root"], self.oi, ("A", "B")), logs)))

    def issue(self, *assets: str, terms: Terms | None = None, **changes: Any) -> Issued:
        known: dict[str, Any] = {
            "key": "signer",
            "issuer": self.oi,
            "purposes": 1,
            "assets": assets or ("www.society.example",),
        }
        return issuing.issue(self.state, self.open, terms or Terms(NOW), **{**known, **changes})

    def endorse(self, terms: Terms | None = None, **changes: Any) -> Issued:
        known: dict[str, Any] = {
            "key": "root", "endorsed": "signer", "issuer": self.oi, "purposes": 3, "end": False, "log": self.log or None,
        }  # fmt: skip
        return issuing.endorse(self.state, self.open, terms or Terms(NOW), **{**known, **changes})


@pytest.fixture
def office(tmp_path: Path, quick_keys: None) -> Office:
    return Office(tmp_path / "society")


def test_nothing_is_issued_without_authorisation(tmp_path: Path, quick_keys: None) -> None:
    nobody = Office(tmp_path, scope=())
    for act in (nobody.issue, nobody.endorse):
        with pytest.raises(NotAuthorised, match="No recorded authorisation"):
            act()
    assert nobody.state.read().issued == []


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"assets": ["society.example.evil.example"]}, "does not cover"),
        ({"assets": ["www.society.example", "elsewhere.example"]}, "does not cover elsewhere.example"),
        ({"purposes": 4}, "is not for dangerous_forces"),
        ({"terms": Terms(later(-30 * 86_400))}, "holds from 2026-11-01 only"),
        ({"terms": Terms(NOW, lifetime=timedelta(days=60))}, "ends on 2026-12-31"),
        ({"terms": Terms(datetime(2027, 1, 1, tzinfo=UTC))}, "ends on 2026-12-31"),
    ],
)
def test_nothing_is_issued_beyond_the_authorisation(office: Office, changes: dict[str, Any], why: str) -> None:
    with pytest.raises(NotAuthorised) as refused:
        office.issue(**changes)
    assert why in refused.value.what
    assert office.state.read().issued == []


def test_an_authorisation_holds_through_its_last_day_and_from_its_first_minute(office: Office) -> None:
    midnight = datetime(2027, 1, 1, tzinfo=UTC)
    office.issue(terms=Terms(midnight - timedelta(hours=2), lifetime=timedelta(hours=2, minutes=5)))
    with pytest.raises(NotAuthorised):
        office.issue(terms=Terms(midnight - timedelta(hours=2), lifetime=timedelta(hours=2, minutes=5, seconds=1)))
    office.issue(terms=Terms(datetime(2026, 11, 1, tzinfo=UTC)))


def test_test_mode_is_for_names_under_test_only(office: Office) -> None:
    terms = Terms(NOW, test=True)
    made = office.issue("www.society.test", terms=terms, issuer="https://society.test")
    assert made.test
    assert signs(office.state, NOW)[0].test
    for changes in (
        {"assets": ["www.society.example"]},
        {"assets": ["a.test", "b.example"]},
        {"issuer": OI},
        {"assets": ["a.test.example"]},
    ):
        with pytest.raises(NotAuthorised, match=r"must end in \.test"):
            office.issue(terms=terms, **{"assets": ["x.test"], "issuer": "https://society.test", **changes})
    with pytest.raises(NotAuthorised):
        office.endorse(terms=terms)


@pytest.mark.parametrize(
    "changes",
    [
        {"authority": " "}, {"reference": ""}, {"until": date(2026, 10, 1)}, {"scope": ()}, {"scope": ("*",), "authority": ""},
        {"scope": ("a b",)},
    ],
)  # fmt: skip
def test_an_authorisation_says_who_what_and_until_when(changes: dict[str, Any]) -> None:
    known: dict[str, Any] = {
        "id": "A1", "authority": "Ministry", "reference": "7", "given": date(2026, 11, 1), "until": date(2026, 12, 1),
        "scope": ("society.example",), "purposes": 1, "recorded": NOW,
    }  # fmt: skip
    Authorisation(**known)
    with pytest.raises(EmblemError, match="Nothing was recorded"):
        Authorisation(**{**known, **changes})


# What is issued verifies


@pytest.mark.parametrize("profile", ["A", "B"])
def test_the_way_from_request_to_endorsed(tmp_path: Path, quick_keys: None, profile: Any) -> None:
    ca, log, tiles = Authority(), CtLog("one"), CtLog("two", static=True)
    society = Office(tmp_path / "society")
    ministry = Office(tmp_path / "ministry", MINISTRY, ("society.example",))
    for office in (society, ministry):
        office.commit(ca, [log, tiles])
    logs, crl = read_logs(log_list(tmp_path, log, tiles)), read_revocations([ca.crl_file(tmp_path)])

    def check(at: datetime = NOW) -> Verdict:
        (sign,) = signs(society.state, at)
        return verify(sign.items, at=at, name="www.society.example", logs=logs, crl=crl)

    terms = Terms(NOW, profile)
    society.issue(terms=terms)
    assert check().level is Level.INVALID  # it names an organisation, and nothing says that this stands behind it
    society.endorse(terms)
    assert check().level is Level.ORGANIZATIONAL

    request = requests.write_request(
        society.opened["root"], organisation_id=OI, purposes=3, names=("www.society.example",), at=NOW, note="Call us."
    )
    asked = requests.read_request(request.encode())
    assert (asked.organisation, asked.purposes, asked.names, asked.note) == (
        OI,
        3,
        ("www.society.example",),
        "Call us.",
    )
    given = issuing.endorse_other(
        ministry.state, ministry.open, terms, key="root", kid=asked.key.kid(profile), subject=asked.organisation,
        issuer=MINISTRY, purposes=1, log=ministry.log,
    )  # fmt: skip
    from kintrace.emblem.profiles import key_item

    handed = bundle([given.item, key_item(ministry.state.keys.public("root"), profile, "k")])
    (taken,) = requests.receive(society.state, list(read_items(handed.encode(), "from the ministry")), NOW)
    assert taken.key is not None
    found = check()
    assert (found.level, found.endorsers) == (Level.ENDORSED, (MINISTRY,))
    assert all(token.kept for token in found.tokens)
    assert signs(ministry.state, NOW) == []

    # Nothing is due at first; before it ends everything is issued anew, and holds on.
    assert issuing.reissue(society.state, society.open, at=NOW) == []
    soon = NOW + timedelta(days=5)
    done = issuing.reissue(society.state, society.open, at=soon)
    assert [one.problem for one in done] == ["", ""]
    assert issuing.reissue(society.state, society.open, at=soon) == []
    assert [one.problem for one in issuing.reissue(ministry.state, ministry.open, at=soon)] == [""]
    renewed = [one for one in ministry.state.read().issued if one.current(soon)]
    requests.receive(society.state, [renewed[0].item, key_item(ministry.state.keys.public("root"), profile, "k")], soon)
    assert len(society.state.read().received) == 1
    assert check(soon).level is Level.ENDORSED
    assert check(NOW + timedelta(days=10)).level is Level.ENDORSED
    assert check(soon).valid_until == soon - issuing.EARLIER + issuing.LIFETIME

    gone = withdraw(society.state, "WWW.society.example.", soon)
    assert [sign.names for sign in gone] == [("www.society.example",)]
    assert signs(society.state, soon) == []
    assert [one.withdrawn for one in withdrawn(society.state)] == [soon.isoformat()]
    with pytest.raises(EmblemError, match="to withdraw"):
        withdraw(society.state, None, soon)
    late = issuing.reissue(society.state, society.open, at=soon + timedelta(days=6))
    assert [one.old.token.kind for one in late] == ["endorsement"]  # what was withdrawn stays so


def test_a_new_emblem_replaces_that_of_the_same_names(office: Office) -> None:
    first = office.issue("a.society.example", "b.society.example")
    second = office.issue("B.society.example.", "a.society.example")
    (sign,) = signs(office.state, NOW)
    assert sign.emblem.id == second.id != first.id
    other = office.issue("c.society.example")
    assert {one.emblem.id for one in signs(office.state, NOW)} == {second.id, other.id}
    with pytest.raises(EmblemError, match="has an emblem already"):
        office.issue("a.society.example")
    office.issue("a.society.example", terms=Terms(NOW, "A"))  # profiles do not stand in each other's way
    assert signs(office.state, NOW + 8 * DAY) == []


def test_an_address_of_ipv4_is_written_as_the_draft_says(tmp_path: Path, quick_keys: None) -> None:
    """Tokens of earlier versions have it in brackets as it is: a new one stands in their place, not beside them."""
    office = Office(tmp_path, scope=("[192.0.2.0/24]",))
    terms = Terms(NOW, "A")
    old = write_emblem(
        "A", office.opened["signer"], issuer=OI, purposes=1, assets=["[192.0.2.7]", "[192.0.2.0/28]"], life=terms.life
    )
    with office.state.changing() as records:
        records.put(Issued("T1", "A", old, "signer", "A1"), instead_of=[])
    (done,) = issuing.reissue(office.state, office.open, at=NOW + timedelta(days=6))
    assert done.new
    assert done.new.token.assets == ("[::FFFF:192.0.2.7]", "[::FFFF:192.0.2.0/124]")
    assert [one.emblem.id for one in signs(office.state, NOW)] == [done.new.id]


def test_a_key_is_endorsed_once(office: Office) -> None:
    """Two endorsements of one key would branch, which is invalid."""
    office.issue()
    office.endorse()
    office.endorse(purposes=1)
    (sign,) = signs(office.state, NOW)
    assert [item.kind for item in sign.items] == ["token", "token", "key", "key"]
    with pytest.raises(EmblemError, match="cannot endorse itself"):
        office.endorse(endorsed="root")


def test_reissue_says_what_it_may_not_issue_any_more(office: Office) -> None:
    office.issue(terms=Terms(datetime(2026, 12, 24, tzinfo=UTC)))
    late = datetime(2026, 12, 30, tzinfo=UTC)
    (one,) = issuing.reissue(office.state, office.open, at=late)
    assert one.new is None
    assert "ends on 2026-12-31" in one.problem
    assert len(signs(office.state, late)) == 1  # the old one holds to its end


def test_reissue_keeps_everything_but_the_time(office: Office) -> None:
    terms = Terms(NOW, lifetime=3 * DAY, cwt_tag=False)
    old = office.issue(terms=terms, purposes=3)
    (one,) = issuing.reissue(office.state, office.open, at=NOW + 2 * DAY)
    assert one.new is not None
    before, after = old.token, one.new.token
    assert (after.assets, after.issuer, after.purposes, after.kid) == (
        before.assets,
        before.issuer,
        before.purposes,
        before.kid,
    )
    assert after.valid_until - after.valid_from == 3 * 86_400
    assert one.new.data[0] == old.data[0] == 0xD2
    assert [due.id for due in issuing.due(office.state.read(), NOW + 2 * DAY, before=DAY)] == []
    assert [due.id for due in issuing.due(office.state.read(), NOW + 4 * DAY + DAY / 2, before=DAY)] == [one.new.id]


def test_lives_have_an_end(office: Office) -> None:
    for lifetime in (timedelta(days=371), timedelta(0), timedelta(days=-1)):
        with pytest.raises(EmblemError):
            office.issue(terms=Terms(NOW, lifetime=lifetime))


# The state


def test_the_state_is_private_and_whole(office: Office) -> None:
    office.issue()
    if os.name == "posix":
        assert office.state.file.stat().st_mode & 0o777 == 0o600
        assert office.state.folder.stat().st_mode & 0o777 == 0o700
    before = office.state.file.read_bytes()

    def fail() -> None:
        with office.state.changing() as records:
            records.issued.clear()
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert office.state.file.read_bytes() == before
    assert sorted(one.name for one in office.state.folder.iterdir()) == [".lock", "emblem.json", "keys"]
    again = State(office.folder).read()
    assert again == office.state.read()
    assert again.issued[0].token.assets == ("www.society.example",)


@pytest.mark.skipif(os.name != "posix", reason="modes of files")
def test_a_state_that_others_may_read_is_refused(office: Office) -> None:
    office.state.file.chmod(0o644)
    with pytest.raises(EmblemError, match="can be read by others"):
        office.issue()


@pytest.mark.parametrize(
    "text",
    ["", "{", "[]", "{}", '{"schema": 2}', '{"schema": 1, "authorisations": [], "issued": [{}], "received": []}'],
)
def test_a_damaged_state_is_told_of_and_left(office: Office, text: str) -> None:
    office.state.file.write_text(text)
    with pytest.raises(EmblemError):
        office.issue()
    assert office.state.file.read_text() == text


def test_two_at_once_lose_nothing(office: Office) -> None:
    from threading import Thread

    def add(number: int) -> None:
        office.issue(f"n{number}.society.example")

    threads = [Thread(target=add, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(one.id for one in office.state.read().issued) == sorted(f"T{number}" for number in range(1, 9))


def test_names_of_keys(office: Office) -> None:
    assert name_of_key(office.state, office.state.keys.public("root").kid("A")) == "root"
    assert len(name_of_key(office.state, b"x" * 32)) == 52


# Requests


def test_requests_that_are_none(office: Office) -> None:
    good = requests.write_request(office.opened["root"], organisation_id=OI, purposes=1, names=(), at=NOW)
    requests.read_request(good.encode() + b"\n")
    head, body, signature = good.split(".")
    emblem = office.issue(terms=Terms(NOW, "A")).data
    for bad in (
        b"", b"hello", b"a.b.c", emblem, f"{head}.{body[:-4]}AAAA.{signature}".encode(), f"{head}.{body}.".encode(),
        b"x" * 30_000, f"{head}.{body}.{signature}.x".encode(), "ä.ä.ä".encode(),
    ):  # fmt: skip
        with pytest.raises(NotReadable):
            requests.read_request(bad)


def test_a_note_cannot_write_over_the_key_to_compare(office: Office) -> None:
    note = "Ask for Änn.\x1b[1A\x1b[2KKey: another\r\n\u202e" + "!" * 2000
    text = requests.write_request(
        office.opened["root"], organisation_id=OI, purposes=1, names=(), at=NOW, note=note
    ).encode()
    read = requests.read_request(text).note
    assert read.startswith("Ask for Änn. [1A [2KKey: another   !!!")
    assert (len(read), read.isprintable()) == (1000, True)


def test_a_request_is_no_token(office: Office) -> None:
    from kintrace.emblem import Item

    text = requests.write_request(office.opened["root"], organisation_id=OI, purposes=1, names=(), at=NOW)
    found = verify([Item("A", "token", text.encode(), "request")], at=NOW)
    assert (found.level, found.tokens[0].kind) == (Level.INVALID, "unreadable")


def test_only_endorsements_of_our_keys_are_received(office: Office) -> None:
    own = office.endorse()
    for items in ([], [office.issue().item], [own.item]):
        with pytest.raises(EmblemError, match="no endorsement to take"):
            requests.receive(office.state, items, NOW)
    assert office.state.read().received == []
