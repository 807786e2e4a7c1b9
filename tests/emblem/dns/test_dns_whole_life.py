"""The whole life of an emblem, on loopback with real DNS packets: from the authorisation until nothing is left of it."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import dns.rrset
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from emblem_ct import Authority, CtLog, log_list
from emblem_dns import responder, stub

from kintrace.emblem import Level, read_logs, read_revocations
from kintrace.emblem.authorisation import Authorisation
from kintrace.emblem.certificates import log_of_chain, read_chain
from kintrace.emblem.dns import Checked, Folder, check, checked_records, host, items_by_name, remains
from kintrace.emblem.issuing import Terms, endorse, endorse_other, issue, reissue
from kintrace.emblem.keystore import request_for
from kintrace.emblem.profiles import key_item
from kintrace.emblem.publishing import signs, withdraw
from kintrace.emblem.requests import read_request, receive, write_request
from kintrace.emblem.state import State
from kintrace.errors import NotAuthorised, RecordError

AT = datetime(2026, 11, 23, 12, tzinfo=UTC)
SOCIETY, MINISTRY = "https://society.example.org", "https://ministry.example.net"
SERVER = "records.society.example.org"
PASSPHRASE = "several words to lock it"


class Organisation:
    """A folder with keys, and whoever knows the passphrase."""

    def __init__(self, folder: Path, oi: str, scope: str) -> None:
        self.oi, self.scope, self.state = oi, scope, State(folder)
        self.open: dict[str, ec.EllipticCurvePrivateKey] = {}
        for name in ("root", "server"):
            self.state.keys.make(name, PASSPHRASE)

    def authorise(self) -> None:
        given = Authorisation(
            "A1", "Ministry of Defence", "MoD 2026/17", date(2026, 1, 1), date(2027, 12, 31), (self.scope,), 1, AT
        )
        with self.state.changing() as records:
            records.authorisations.append(given)

    def key(self, name: str) -> ec.EllipticCurvePrivateKey:
        if name not in self.open:  # opening takes long, so that guessing does
            self.open[name] = self.state.keys.private(name, PASSPHRASE)
        return self.open[name]

    def commitment(self, ca: Authority, *logs: CtLog) -> bytes:
        """A logged certificate for the root key, by way of a request as one sends it to a certificate authority."""
        return ca.from_csr(request_for(self.key("root"), self.oi, ("A", "B")), logs)


@pytest.mark.parametrize("profile", ["B", "A"])
def test_the_whole_life_of_an_emblem(tmp_path: Path, profile: str) -> None:
    society = Organisation(tmp_path / "society", SOCIETY, "*.society.example.org")
    ministry = Organisation(tmp_path / "ministry", MINISTRY, "*.example.org")
    terms = Terms(AT, profile, timedelta(days=7))  # type: ignore[arg-type]

    def issued(at: datetime) -> None:
        issue(
            society.state, society.key, replace(terms, at=at), key="server", assets=[SERVER], issuer=SOCIETY, purposes=1
        )

    # Law first: without an authorisation nothing is issued.
    with pytest.raises(NotAuthorised):
        issued(AT)
    society.authorise()

    # The certificate of a test authority, in test logs of both kinds, commits the society to its root key.
    ca, log, tiles = Authority(), CtLog("one"), CtLog("two", static=True)
    chain = society.commitment(ca, log, tiles)
    endorse(
        society.state, society.key, replace(terms, lifetime=timedelta(days=60)), key="root", endorsed="server", issuer=SOCIETY,
        purposes=1, end=False, log=log_of_chain(read_chain(chain)),
    )  # fmt: skip
    issued(AT)

    there = Folder(tmp_path / "published")
    there.publish(host(SERVER), [dns.rrset.from_text(host(SERVER), 300, "IN", "A", "192.0.2.1")])

    def publish(at: datetime) -> None:
        for name, items in items_by_name(signs(society.state, at)).items():
            there.publish(name, checked_records(name, items, at))

    publish(AT)
    with responder(there.path, poll=3600) as served, stub(served.addresses[0]) as (resolver, queries):

        def seen(at: datetime) -> Checked:
            """What somebody else sees, who knows the name and has lists of logs and revocations of his own."""
            served.reload()
            lists = tmp_path / "lists"
            lists.mkdir(exist_ok=True)
            return check(
                SERVER, at=at, servers=[resolver], logs=read_logs(log_list(lists, log, tiles)),
                crl=read_revocations([ca.crl_file(lists, when=at - timedelta(hours=1))]),
            )  # fmt: skip

        found = seen(AT)
        assert found.verdict.level is Level.ORGANIZATIONAL, found.verdict
        assert (found.verdict.issuer, found.verdict.endorsers) == (SOCIETY, ())
        assert found.verdict.not_checked == ()
        assert queries, "nothing went through the stub resolver"

        # An authority endorses the society: asked by a signed request, it gives an endorsement, that the society publishes.
        asked = read_request(
            write_request(society.key("root"), organisation_id=SOCIETY, purposes=1, names=(SERVER,), at=AT).encode()
        )
        ministry.authorise()
        given = endorse_other(
            ministry.state, ministry.key, replace(terms, lifetime=timedelta(days=60)), key="root",
            kid=asked.key.kid(terms.profile), subject=asked.organisation, issuer=MINISTRY, purposes=asked.purposes,
            log=log_of_chain(read_chain(ministry.commitment(ca, log, tiles))),
        )  # fmt: skip
        receive(
            society.state, [given.item, key_item(ministry.state.keys.public("root"), terms.profile, "ministry")], AT
        )
        assert seen(AT).verdict.level is Level.ORGANIZATIONAL, "it is not published yet"
        publish(AT)
        found = seen(AT)
        assert found.verdict.level is Level.ENDORSED, found.verdict
        assert found.verdict.endorsers == (MINISTRY,)
        assert found.verdict.exit_code == 0

        # It ends to the second, and is issued anew.
        end = found.verdict.valid_until
        assert end is not None
        assert seen(end - timedelta(seconds=1)).verdict.level is Level.ENDORSED
        expired = seen(end)
        assert expired.verdict.level is Level.INVALID
        assert [token.why for token in expired.verdict.tokens if not token.kept] == ["it has expired"]
        with pytest.raises(RecordError, match="INVALID"):
            checked_records(host(SERVER), found.found.items, end)
        assert [bool(each.new) for each in reissue(society.state, society.key, at=end)] == [True]
        publish(end)
        assert seen(end).verdict.level is Level.ENDORSED

        # Withdrawn, nothing of it is left anywhere; the server's address still is.
        gone = withdraw(society.state, SERVER, end)
        removed = [line for name in items_by_name(gone) for line in there.withdraw(name)]
        assert len(removed) == len(found.found.items)
        served.reload()
        for server in (served.addresses[0], resolver):
            assert remains(host(SERVER), server).gone
        left = seen(end)
        assert (left.found.items, left.verdict.exit_code) == ((), 14)
        assert (there.path / f"{SERVER}.zone").read_text() == f"{SERVER}. 300 IN A 192.0.2.1\n"
        assert signs(society.state, end) == []
        assert reissue(society.state, society.key, at=end + timedelta(days=6)) == [], (
            "what was withdrawn comes not back"
        )
