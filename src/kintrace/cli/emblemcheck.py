"""``kintrace emblem``: verify, log-claim."""

from pathlib import Path
from typing import Annotated

import typer

from kintrace.cli.app import Json, out, print_json
from kintrace.cli.emblem import emblem_app
from kintrace.cli.emblemcommon import (
    At,
    CrlFiles,
    LogsFile,
    Offline,
    RootFiles,
    TrustFiles,
    evidence_from,
    profile_of,
    roots_from,
    show_verdict,
    time_of,
    trusted_from,
)
from kintrace.cli.emblemnames import in_ascii
from kintrace.cli.emblemterms import ProfileOption
from kintrace.errors import EmblemError, NotReadable


@emblem_app.command()
def verify(
    files: Annotated[
        list[Path], typer.Argument(help="Output of dig, a zone file, JWS lines, JWK, CBOR, hexadecimal, or a bundle.")
    ],
    name: Annotated[str | None, typer.Option(help="The name or address that the emblem should protect.")] = None,
    at: At = None,
    trust: TrustFiles = None,
    logs: LogsFile = None,
    crl: CrlFiles = None,
    roots: RootFiles = None,
    offline: Offline = False,
    json: Json = False,
) -> None:
    """Check an emblem from files.

    Exit code: 0 endorsed, 10 organizational, 11 signed and leading to a key you trust, 12 signed, 13 invalid, 14 no token.
    """
    from kintrace.emblem import verify as check
    from kintrace.emblem.reading import read_files

    when, trusted = time_of(at), trusted_from(trust)
    log_list, revocations = evidence_from(logs, crl)
    items = read_files(files)
    verdict = check(items, at=when, name=in_ascii(name) if name else None, trusted_keys=trusted, logs=log_list, crl=revocations,
        roots=roots_from(roots), offline=offline,)  # fmt: skip
    show_verdict(verdict, json)


@emblem_app.command("log-claim")
def log_claim(
    chain: Annotated[Path, typer.Argument(help="A certificate with embedded SCTs, and its issuer's: fullchain.pem.")],
    profile: ProfileOption = "B",
    logs: LogsFile = None,
) -> None:
    """Print where a certificate is logged, as the claim log of an endorsement; with --logs, check the logs' signatures."""
    from kintrace.emblem import cbor, profile_a, profile_b
    from kintrace.emblem.certificates import entries_of_chain, log_of_chain, read_chain

    try:
        certificates = read_chain(chain.read_bytes())
    except OSError as problem:
        raise NotReadable(f"{chain} cannot be read ({problem.strerror}).") from problem
    entries = log_of_chain(certificates)
    log_list, _ = evidence_from(logs, None)
    if log_list is not None:
        for sct, entry in entries_of_chain(certificates):
            log = log_list.of(sct.log_id)
            # An SCT signs what the leaf holds: the same bytes.
            if log is None or not log.vouches(sct.signature, entry.leaf):
                which = log.name if log else sct.log_id.hex()
                what = "is not in the list" if log is None else "did not sign the SCT that bears its name"
                raise EmblemError(
                    f"The log {which} {what}.", "Nothing was printed.", "Look at the list and the certificate."
                )
    if profile_of(profile) == "A":
        print_json(profile_a.log_claim(entries))
    else:
        out.print(cbor.encode(profile_b.log_claim(entries)).hex(), markup=False)
