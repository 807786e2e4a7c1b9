"""What the commands of ``kintrace emblem`` share: the folder, passphrases, names, and how a verdict is shown."""

import os
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kintrace.cli.app import err, out, print_json
from kintrace.errors import EmblemError, EmblemKeyError, NotReadable

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric import ec

    from kintrace.emblem import Logs, PublicKey, Revocations, Roots, Verdict
    from kintrace.emblem.items import Profile
    from kintrace.emblem.state import State
    from kintrace.emblem.tokens import LogEntry

TEST_LINE = "TEST: this is no emblem. It was made to try things out, and protects nothing."
NOTHING = "No emblem was found. That does not mean that the server is not protected."
PASSPHRASE = "KINTRACE_EMBLEM_PASSPHRASE"  # noqa: S105

Folder = Annotated[
    Path | None,
    typer.Option(
        "--folder", envvar="KINTRACE_EMBLEM", help="Folder of keys and tokens; emblem in Kintrace's home by default."
    ),
]
PassphraseFile = Annotated[
    Path | None,
    typer.Option("--passphrase-file", help=f"File with the keys' passphrase; else {PASSPHRASE}, else it is asked for."),
]
OutFile = Annotated[Path | None, typer.Option("--out", help="Write to this file, not to the screen.")]
LogsFile = Annotated[
    Path | None,
    typer.Option("--logs", help="List of Certificate Transparency logs you trust, as browsers publish theirs."),
]
CrlFiles = Annotated[
    list[Path] | None,
    typer.Option("--crl", help="Revocation lists, and in PEM the certificates of those who signed them."),
]
RootFiles = Annotated[
    list[Path] | None,
    typer.Option(
        "--roots",
        help="Certificates, in PEM, of the authorities you trust: a logged certificate must lead to one of them.",
    ),
]
TrustFiles = Annotated[
    list[Path] | None, typer.Option("--trust", help="A public key you know beforehand: PEM, JWK or COSE_Key.")
]
Offline = Annotated[bool, typer.Option("--offline", help="Ask no log by network; folders in the list are read.")]
At = Annotated[
    str | None, typer.Option("--at", help="Check for this time, such as 2026-11-20T12:00:00Z; now by default.")
]


def state_of(folder: Path | None) -> "State":
    """The organisation's state."""
    from kintrace.emblem.state import State

    home = os.environ.get("KINTRACE_HOME") or Path.home() / ".kintrace"
    return State(folder or Path(home) / "emblem")


def key_opener(state: "State", file: Path | None) -> "Callable[[str], ec.EllipticCurvePrivateKey]":
    """Opens keys with the passphrase from the file, the environment, or whoever sits there; each is asked for once."""
    opened: dict[str, ec.EllipticCurvePrivateKey] = {}

    def open_key(name: str) -> "ec.EllipticCurvePrivateKey":
        if name not in opened:
            state.keys.public(name)  # before anybody is asked for a passphrase
            opened[name] = state.keys.private(name, _given(file) or _asked(f"Passphrase of the key {name}"))
        return opened[name]

    return open_key


def new_passphrase(file: Path | None) -> str:
    """A passphrase for a new key, asked for twice where nothing gives it."""
    return _given(file) or str(typer.prompt("Passphrase", hide_input=True, confirmation_prompt=True, err=True))


def profile_of(text: str) -> "Profile":
    """``A`` or ``B``.

    Raises:
        EmblemError: neither.
    """
    profile = text.strip().upper()
    if profile == "A":
        return "A"
    if profile == "B":
        return "B"
    raise EmblemError(f"There is no profile {text}.", "Nothing was made.", "Use A or B.")


def purposes_of(names: Sequence[str] | None) -> int:
    """The bitmap; protective where nothing is said."""
    from kintrace.emblem.purposes import bits_of

    return bits_of(names or ["protective"])


def log_from(chain: Path, key: "PublicKey", issuer: str | None, profile: "Profile") -> "tuple[LogEntry, ...]":
    """The claim ``log`` from a chain, once its certificate is seen to be for the key. When that ends is told.

    Raises:
        EmblemError: the file is no chain, or the certificate commits nobody to this key.
    """
    from kintrace.emblem.certificates import log_of_chain, names_in, read_chain
    from kintrace.emblem.commitment import names_needed

    if issuer is None:
        raise EmblemError(
            "A certificate commits an organisation, and none was named.", "Nothing was issued.", "Add --org."
        )
    try:
        certificates = read_chain(chain.read_bytes())
    except OSError as problem:
        raise NotReadable(f"{chain} cannot be read ({problem.strerror}).", "Nothing was issued.") from problem
    except NotReadable as problem:
        raise NotReadable(
            f"{chain} holds no chain of certificates in PEM.",
            "Nothing was issued.",
            "Give what the certificate authority handed out, not the request to it: fullchain.pem.",
        ) from problem
    log = log_of_chain(certificates)
    ends = certificates[0].not_valid_after_utc
    if ends <= datetime.now(UTC):
        raise EmblemError(
            f"The certificate ended on {ends:%Y-%m-%d}: no checker counts it any more.",
            "Nothing was issued.",
            "Have it renewed, and give the new chain.",
        )
    missing = [name for name in names_needed(issuer, key, profile)[:2] if name not in names_in(certificates[0])]
    if missing:
        raise EmblemError(
            f"The certificate is not for {' and '.join(missing)}.",
            "Nothing was issued.",
            "Ask for one with: kintrace emblem key csr",
        )
    err.print(f"The certificate ends on {ends:%Y-%m-%d}: endorse again before that, with the chain of the renewed one.")
    return log


def time_of(text: str | None) -> datetime:
    """A time from ISO 8601, in UTC where no zone is given; now where nothing is.

    Raises:
        EmblemError: it is none.
    """
    if text is None:
        return datetime.now(UTC)
    try:
        when = datetime.fromisoformat(text)
    except ValueError:
        raise EmblemError(
            f"{text} is no time.", "Nothing was checked.", "Write it as in 2026-11-20T12:00:00Z."
        ) from None
    return when if when.tzinfo else when.replace(tzinfo=UTC)


def trusted_from(files: Sequence[Path] | None) -> "list[PublicKey]":
    """Public keys from files.

    Raises:
        NotReadable: one holds none.
    """
    from kintrace.emblem.keystore import read_public

    keys = []
    for file in files or ():
        try:
            keys.append(read_public(file.read_bytes()))
        except OSError as problem:
            raise NotReadable(f"{file} cannot be read ({problem.strerror}).", "Nothing was checked.") from problem
        except NotReadable as problem:
            raise NotReadable(f"{file} holds no public key. {problem.what}", "Nothing was checked.") from problem
    return keys


def evidence_from(logs: Path | None, crl: Sequence[Path] | None) -> "tuple[Logs | None, Revocations | None]":
    """The log list and the revocation lists from files.

    Raises:
        NotReadable: one is none.
    """
    from kintrace.emblem import read_logs, read_revocations

    return (read_logs(logs) if logs else None), (read_revocations(crl) if crl else None)


def roots_from(files: Sequence[Path] | None) -> "Roots | None":
    """Authorities from files; None where there is no file.

    Raises:
        NotReadable: one holds none.
    """
    from kintrace.emblem import read_roots

    return read_roots(files) if files else None


def show_verdict(verdict: "Verdict", json: bool) -> None:
    """Print a verdict, and leave with the exit code of its level."""
    from kintrace.emblem.purposes import names_of
    from kintrace.emblem.verdict import SENTENCES

    if json:
        print_json(verdict.as_json())
        raise typer.Exit(verdict.exit_code)
    if not verdict.tokens:
        out.print(NOTHING)
        for line in verdict.remarks:
            out.print(f"{'remark':>15}  {line}", markup=False)
        raise typer.Exit(verdict.exit_code)
    if verdict.test:
        out.print(TEST_LINE)
    out.print(f"{verdict.level}: {SENTENCES[verdict.level]}", markup=False)
    out.print(f"  {verdict.why}", markup=False)
    if verdict.trusted and verdict.trusted is not verdict.level:
        out.print(f"  {verdict.trusted}: {SENTENCES[verdict.trusted]}", markup=False)
    claimed = "organisation" if verdict.level.rank > 1 else "claims to be of"
    for what, words in (
        (claimed, [verdict.issuer] if verdict.issuer else []),
        ("endorsed by", verdict.endorsers),
        ("protects", verdict.assets),
        ("purposes", names_of(verdict.purposes)),
        ("holds", [f"{verdict.valid_from:%Y-%m-%d %H:%M} to {verdict.valid_until:%Y-%m-%d %H:%M} UTC"]
            if verdict.valid_from and verdict.valid_until else []),
    ):  # fmt: skip
        if words:
            out.print(f"{what:>15}  {', '.join(words)}", markup=False)
    for token in verdict.tokens:
        mark = "kept" if token.kept else "dropped"
        out.print(f"{mark:>15}  {token.kind} ({token.source}): {token.why}", markup=False)
        for warning in token.warnings:
            out.print(f"{'':>15}  {warning}", markup=False)
    for title, lines in (("not checked", verdict.not_checked), ("remark", verdict.remarks)):
        for line in lines:
            out.print(f"{title:>15}  {line}", markup=False)
    raise typer.Exit(verdict.exit_code)


def _given(file: Path | None) -> str:
    """The passphrase from a file or the environment; empty where neither gives one."""
    if file is None:
        return os.environ.get(PASSPHRASE, "")
    try:
        text = file.read_text(encoding="utf-8").rstrip("\r\n")
    except (OSError, ValueError) as problem:
        why = getattr(problem, "strerror", None) or "it is no text in UTF-8"
        raise EmblemKeyError(
            f"The passphrase file {file} cannot be read ({why}).", "No key was used.", "Name another file."
        ) from problem
    if not text:
        raise EmblemKeyError(
            f"The passphrase file {file} is empty.", "No key was used.", "Write the passphrase in its first line."
        )
    return text


def _asked(words: str) -> str:
    return str(typer.prompt(words, hide_input=True, err=True))
