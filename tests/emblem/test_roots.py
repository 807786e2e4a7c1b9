"""Whether a logged certificate leads to an authority that the operator trusts, where he says whom he trusts."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from emblem_ct import Authority, CtLog
from emblem_make import Party, World, public

from kintrace.emblem import Level, Roots, Verdict, read_revocations, read_roots
from kintrace.emblem.certificates import log_of_chain, read_chain, read_leaf
from kintrace.emblem.keystore import request_for
from kintrace.emblem.profiles import key_item
from kintrace.emblem.roots import without_poison
from kintrace.errors import NotReadable


def roots(folder: Path, *authorities: Authority) -> Roots:
    file = folder / "roots.pem"
    file.write_bytes(b"".join(one.certificate_.public_bytes(Encoding.PEM) for one in authorities))
    return read_roots([file])


def committed(world: World, ca: Authority, logs: list[CtLog], **more: Any) -> Party:
    """The society, with a certificate of an authority."""
    chain = ca.from_csr(request_for(world.society.root, world.society.oi), logs, **more)
    return replace(world.society, log=log_of_chain(read_chain(chain)), serial=ca.last.serial_number)


def lists(folder: Path, *authorities: Authority, revoked: tuple[int, ...] = ()) -> Any:
    """The revocation lists of some authorities, each with its own certificate."""
    files = []
    for number, one in enumerate(authorities):
        (folder / str(number)).mkdir(exist_ok=True)
        files.append(one.crl_file(folder / str(number), *revoked))
    return read_revocations(files)


def check(world: World, party: Party, **more: Any) -> Verdict:
    keys = [key_item(public(key), "B", "key") for key in (party.root, party.signer)]
    return world.check([party.emblem(), party.endorses(party.signer), *keys], **more)


def test_both_kinds_of_logs_show_what_the_issuer_signed(own_world: World) -> None:
    """The precertificate is in the extra data of one, in the tiles of the other."""
    world, top = own_world, Authority("Root")
    sub = Authority("Sub", above=top)
    for log in (world.plain, world.tiled):
        party = committed(world, sub, [log])
        found = check(world, party, roots=roots(world.folder, top), crl=lists(world.folder, sub, top))
        assert found.level is Level.ORGANIZATIONAL, found
        assert (found.not_checked, found.remarks) == ((), ())


def test_without_roots_it_is_said_that_nobody_looked(world: World) -> None:
    found = check(world, world.society)
    assert found.level is Level.ORGANIZATIONAL
    assert "no roots were given" in " ".join(found.remarks)


def test_an_authority_that_is_not_among_the_roots(own_world: World) -> None:
    world = own_world
    found = check(world, world.society, roots=roots(world.folder, Authority("Other")))
    assert found.level is Level.INVALID
    assert "leads to no authority in the list of roots" in found.why
    assert check(world, world.society, roots=roots(world.folder, world.ca)).level is Level.ORGANIZATIONAL


def test_a_namesake_is_no_root(own_world: World) -> None:
    """Only who signed it counts, not who is called so."""
    world = own_world
    namesake = Authority()
    assert namesake.name == world.ca.name
    assert check(world, world.society, roots=roots(world.folder, namesake)).level is Level.INVALID


def test_a_signature_by_somebody_else(own_world: World) -> None:
    """A log that took a precertificate its issuer never signed."""
    world = own_world
    party = committed(world, world.ca, [world.plain], signed_by=Authority("Forger"))
    assert check(world, party).level is Level.ORGANIZATIONAL, "without roots the log is believed"
    assert check(world, party, roots=roots(world.folder, world.ca)).level is Level.INVALID


@pytest.mark.parametrize(
    "sub",
    [
        {"marked": False},
        {"may_sign": False},
        {"days": -1},
        {"only": ["elsewhere.test"]},
    ],
    ids=["it is no authority", "its key may not sign certificates", "it ended", "it may not certify these names"],
)
def test_an_authority_between_that_may_not(own_world: World, sub: dict[str, Any]) -> None:
    world, top = own_world, Authority("Root")
    between = Authority("Sub", above=top, **sub)
    party = committed(world, between, [world.plain])
    found = check(world, party, roots=roots(world.folder, top), crl=lists(world.folder, between, top))
    assert found.level is Level.INVALID, found


def test_an_authority_that_may_certify_these_names(own_world: World) -> None:
    world, top = own_world, Authority("Root")
    between = Authority("Sub", above=top, only=["society.test"])
    party = committed(world, between, [world.plain])
    found = check(world, party, roots=roots(world.folder, top), crl=lists(world.folder, between, top))
    assert found.level is Level.ORGANIZATIONAL, found


def test_an_authority_between_that_was_revoked(own_world: World) -> None:
    """And where nobody says whether it was, that is told."""
    world, top = own_world, Authority("Root")
    sub = Authority("Sub", above=top)
    party = committed(world, sub, [world.tiled])
    (world.folder / "sub").mkdir()
    files = [sub.crl_file(world.folder / "sub")]
    found = check(world, party, roots=roots(world.folder, top), crl=read_revocations(files))
    assert found.level is Level.ORGANIZATIONAL
    assert "Whether the authority CN=Sub was revoked was not checked" in " ".join(found.remarks)
    (world.folder / "top").mkdir()
    files.append(top.crl_file(world.folder / "top", sub.certificate_.serial_number))
    found = check(world, party, roots=roots(world.folder, top), crl=read_revocations(files))
    assert found.level is Level.INVALID
    assert "an authority above the certificate was revoked" in found.why


def _nothing(world: World) -> None:
    for log in (world.plain, world.tiled):
        log.handed_in = {index: (b"", []) for index in log.handed_in}


def _another(world: World) -> None:
    world.ca.certificate(["elsewhere.test"], [world.plain, world.tiled])
    for log in (world.plain, world.tiled):
        log.handed_in = dict.fromkeys(log.handed_in, log.handed_in[log.watched[-1]])


def _damaged(world: World) -> None:
    for log in (world.plain, world.tiled):
        log.handed_in = {index: (one[:-9], chain) for index, (one, chain) in log.handed_in.items()}


@pytest.mark.parametrize(
    ("change", "why"), [(_nothing, "does not give"), (_another, "is another"), (_damaged, "is damaged")]
)
def test_what_the_log_does_not_show_was_not_checked(
    own_world: World, change: Callable[[World], None], why: str
) -> None:
    """Logs do not vouch for what they keep beside the leaf: nothing is disproved by it, and nothing proved."""
    change(own_world)
    found = check(own_world, own_world.society, roots=roots(own_world.folder, own_world.ca))
    assert (found.level, found.exit_code) == (Level.SIGNED, 12)
    assert why in " ".join(found.not_checked)


def test_certificates_above_come_from_the_lists_too(own_world: World) -> None:
    """A log that forgot its chain: the issuer's certificate is with its revocation list."""
    world, top = own_world, Authority("Root")
    sub = Authority("Sub", above=top)
    party = committed(world, sub, [world.plain, world.tiled])
    for log in (world.plain, world.tiled):
        log.handed_in = {index: (one, []) for index, (one, _) in log.handed_in.items()}
    found = check(world, party, roots=roots(world.folder, top), crl=lists(world.folder, sub, top))
    assert found.level is Level.ORGANIZATIONAL, found


def test_an_endorser_whose_certificate_leads_nowhere_drops(own_world: World) -> None:
    world, other = own_world, Authority("Other")
    chain = other.from_csr(request_for(world.authority.root, world.authority.oi), [world.plain])
    ministry = replace(world.authority, log=log_of_chain(read_chain(chain)))
    external = ministry.endorses(world.society.root, subject=world.society.oi, end=True)
    crl = lists(world.folder, world.ca, other)
    assert world.check(world.set(external=external), crl=crl).level is Level.ENDORSED
    found = world.check(world.set(external=external), crl=crl, roots=roots(world.folder, world.ca))
    assert (found.level, found.endorsers) == (Level.ORGANIZATIONAL, ())
    both = roots(world.folder, world.ca, other)
    assert world.check(world.set(external=external), crl=crl, roots=both).level is Level.ENDORSED


def test_without_poison_is_what_logs_have_in_their_leaves() -> None:
    """Of short and long certificates, whose lengths are written in one byte and in three."""
    ca, log = Authority(), CtLog("one")
    for names in (["a.test"], [f"{number}.long-name-of-a-server.example.test" for number in range(90)]):
        ca.certificate(names, [log])
        submitted, _ = log.handed_in[log.watched[-1]]
        entry = read_leaf(log.leaves[log.watched[-1]])
        assert without_poison(x509.load_der_x509_certificate(submitted).tbs_certificate_bytes) == entry.logged


def test_files_that_are_none(tmp_path: Path) -> None:
    (tmp_path / "roots.pem").write_text("nothing")
    for file in (tmp_path / "roots.pem", tmp_path / "absent"):
        with pytest.raises(NotReadable, match=r"roots|absent"):
            read_roots([file])
