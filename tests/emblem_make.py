"""Organisations with keys, commitments and tokens, for tests of the emblem."""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from emblem_ct import NOW, Authority, CtLog, log_list

from kintrace.emblem import Item, Logs, Revocations, Verdict, read_logs, read_revocations, verify
from kintrace.emblem.certificates import log_of_chain, read_chain
from kintrace.emblem.items import Profile
from kintrace.emblem.keys import PublicKey, of_native
from kintrace.emblem.keystore import new_private_key, request_for
from kintrace.emblem.profiles import Life, key_item, write_emblem, write_endorsement
from kintrace.emblem.tokens import LogEntry

VECTORS = Path(__file__).parents[2] / "shared" / "emblem" / "vectors"
LIFE = Life(int(NOW.timestamp()) - 300, int(NOW.timestamp()) + 7 * 86_400)


def public(key: ec.EllipticCurvePrivateKey) -> PublicKey:
    return of_native(key.public_key())


@dataclass
class Party:
    """An organisation: a root key it committed to, and a key that signs emblems."""

    oi: str
    root: ec.EllipticCurvePrivateKey = field(default_factory=new_private_key)
    signer: ec.EllipticCurvePrivateKey = field(default_factory=new_private_key)
    log: tuple[LogEntry, ...] | None = None
    serial: int = 0
    """Of the certificate."""

    def emblem(self, profile: Profile = "B", **changes: Any) -> Item:
        known: dict[str, Any] = {
            "key": self.signer, "issuer": self.oi, "purposes": 1, "assets": ["tracing.society.test"], "life": LIFE,
        }  # fmt: skip
        return Item(profile, "token", write_emblem(profile, **{**known, **changes}), "emblem")

    def endorses(self, whom: ec.EllipticCurvePrivateKey, profile: Profile = "B", **changes: Any) -> Item:
        """By default with the root key, of a key of our own."""
        known: dict[str, Any] = {
            "signer": self.root, "issuer": self.oi, "subject": self.oi, "key": public(whom).kid(profile), "end": False,
            "purposes": 3, "log": self.log, "life": LIFE,
        }  # fmt: skip
        return Item(profile, "token", write_endorsement(profile, **{**known, **changes}), "endorsement")


@dataclass
class World:
    """A society, an authority, those who certify them, and the logs that say so."""

    folder: Path
    ca: Authority
    plain: CtLog
    tiled: CtLog
    society: Party
    authority: Party

    def keys(self, profile: Profile = "B") -> list[Item]:
        found = [self.society.root, self.society.signer, self.authority.root]
        return [key_item(public(key), profile, "key") for key in found]

    def set(self, profile: Profile = "B", **changes: Item | None) -> list[Item]:
        """A whole set: emblem, internal and external endorsement, keys. Give another, or None, to change one."""
        known: dict[str, Item | None] = {
            "emblem": self.society.emblem(profile),
            "internal": self.society.endorses(self.society.signer, profile),
            "external": self.authority.endorses(self.society.root, profile, subject=self.society.oi, end=True),
        }
        return [item for item in {**known, **changes}.values() if item is not None] + self.keys(profile)

    def commit(self, party: Party, *, names: list[str] | None = None, **more: Any) -> Party:
        """A certificate for a party's root key, logged."""
        logs = [self.plain, self.tiled]
        if names is None:
            chain = self.ca.from_csr(request_for(party.root, party.oi, ("A", "B")), logs, **more)
        else:
            chain = self.ca.certificate(names, logs, **more)
        return replace(party, log=log_of_chain(read_chain(chain)), serial=self.ca.last.serial_number)

    def logs(self) -> Logs:
        """The list as it is now."""
        return read_logs(log_list(self.folder, self.plain, self.tiled))

    def crl(self, *revoked: int, **more: Any) -> Revocations:
        return read_revocations([self.ca.crl_file(self.folder, *revoked, **more)])

    def check(self, items: list[Item], **more: Any) -> Verdict:
        """With everything at hand that there is to check with."""
        known: dict[str, Any] = {"at": NOW, "name": "tracing.society.test"}
        known |= {} if "logs" in more else {"logs": self.logs()}
        known |= {} if "crl" in more else {"crl": self.crl()}
        return verify(items, **{**known, **more})


def make_world(folder: Path) -> World:
    world = World(
        folder, Authority(), CtLog("one"), CtLog("two", static=True, others=300),
        Party("https://society.test"), Party("https://ministry.test"),
    )  # fmt: skip
    world.society, world.authority = world.commit(world.society), world.commit(world.authority)
    return world


def later(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)
