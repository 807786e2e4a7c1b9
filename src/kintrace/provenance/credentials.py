"""Content credentials (C2PA 2.x): is the file as it was signed, by whom, and what did they record?

The C2PA project's own library verifies; nothing is fetched: neither credentials that a file says lie on a server, nor whether a
certificate was revoked. Whom to trust is the agency's decision: a :class:`TrustList`. The library's is not used.
"""

import io
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from kintrace.errors import TrustListError
from kintrace.provenance.facts import Credentials, CredentialState, Step
from kintrace.provenance.text import shown

_TYPES = {
    "JPEG": "image/jpeg", "PNG": "image/png", "WEBP": "image/webp", "GIF": "image/gif", "TIFF": "image/tiff",
    "HEIF": "image/heif", "AVIF": "image/avif",
}  # fmt: skip
OFFLINE: Mapping[str, Any] = {
    "verify": {
        "verify_after_reading": True, "verify_trust": True, "verify_timestamp_trust": True,
        "remote_manifest_fetch": False, "ocsp_fetch": False,
    },
    "core": {"allowed_network_hosts": []},
}  # fmt: skip
"""The library's settings: verify everything, ask nobody."""
_MOST_STEPS = 100

PROBLEMS = {
    "assertion.dataHash.mismatch": "The file was changed after it was signed.",
    "assertion.bmffHash.mismatch": "The file was changed after it was signed.",
    "assertion.boxesHash.mismatch": "The file was changed after it was signed.",
    "assertion.hashedURI.mismatch": "What was recorded about the picture was changed after it was signed.",
    "claimSignature.mismatch": "The signature is not that of this record.",
    "claimSignature.outsideValidity": "The certificate was not valid at the time of signing, or that time cannot be shown.",
    "signingCredential.untrusted": "The signer is not on the agency's trust list.",
    "signingCredential.expired": "The certificate has expired, and no time stamp shows that it was valid at signing.",
    "signingCredential.invalid": "The signer's certificate is not one that may sign content credentials.",
    "signingCredential.revoked": "The certificate was revoked.",
    "signingCredential.ocsp.revoked": "The certificate was revoked.",
}
"""What the library's codes mean; others are shown as they are."""


@dataclass(frozen=True)
class TrustList:
    """The certificate authorities whose signers an agency trusts, as PEM. Not to be had from the net: the agency keeps it."""

    pem: str

    @classmethod
    def read(cls, data: bytes) -> "TrustList":
        """Read certificates in PEM, one after the other; everything between them is left out.

        Raises:
            TrustListError: there is none, or one is not a certificate of an authority.
        """
        try:
            certificates = x509.load_pem_x509_certificates(data)
        except ValueError as error:
            raise TrustListError(
                f"The trust list holds no certificate that can be read ({error}).",
                "Nothing is trusted by it.",
                "Give certificates of authorities in PEM: blocks that begin with BEGIN CERTIFICATE.",
            ) from error
        for certificate in certificates:
            if not _authority(certificate):
                raise TrustListError(
                    f"“{shown(certificate.subject.rfc4514_string())}” is no certificate of an authority.",
                    "Nothing is trusted by this list.",
                    "List the authorities that certify signers, not the signers.",
                )
        return cls("".join(each.public_bytes(Encoding.PEM).decode() for each in certificates))


def credentials(data: bytes, format: str, trust: TrustList | None, *, points_elsewhere: bool = False) -> Credentials:
    """The content credentials of a file. Never raises.

    The library is asked only where the file holds the four letters that every store of credentials begins with, or XMP that
    points to one.

    Args:
        data: the file.
        format: its real one, as :func:`~kintrace.provenance.real_format` says.
        trust: whom the agency trusts; None: nobody yet.
        points_elsewhere: XMP holds ``dcterms:provenance``, the address of credentials on a server.
    """
    if b"c2pa" not in data and not points_elsewhere:
        return Credentials("absent")
    import c2pa

    kind = _TYPES.get(format)
    if kind is None:
        return Credentials("absent")
    try:
        with c2pa.Reader(kind, io.BytesIO(data), context=_context(trust.pem if trust else "")) as reader:
            state, store = str(reader.get_validation_state()), json.loads(reader.json())
    except c2pa.C2paError.ManifestNotFound:
        return Credentials("absent")
    except c2pa.C2paError as error:
        if str(error).startswith("Remote"):
            return Credentials("absent", elsewhere=True)
        return Credentials("invalid", problems=(f"They cannot be read: {shown(str(error), 120)}",))
    except Exception as error:  # the library is native code, and met something strange
        return Credentials("invalid", problems=(f"They cannot be read ({type(error).__name__}).",))
    return _account(state, store, trust)


@lru_cache(maxsize=4)
def _context(anchors: str) -> Any:
    import c2pa

    return c2pa.Context.from_dict({**OFFLINE, "trust": {"trust_anchors": anchors} if anchors else {}})


def _account(state: str, store: Mapping[str, Any], trust: TrustList | None) -> Credentials:
    manifests = store.get("manifests") or {}
    active = manifests.get(store.get("active_manifest")) or {}
    signature = active.get("signature_info") or {}
    generators = active.get("claim_generator_info") or [{}]
    problems = _problems(store.get("validation_status") or ())
    stands: CredentialState = {"Valid": "untrusted", "Trusted": "trusted"}.get(state, "invalid")  # type: ignore[assignment]
    if trust is None and stands == "trusted":  # by a list that came with the library: not the agency's decision
        stands = "untrusted"
    # What the signer vouches for, and what came with pictures that went into this one, by signers nobody here trusts.
    named = str(store.get("active_manifest"))
    vouched = [name for name in manifests if name == named or (stands == "trusted" and name in _trusted(store))]
    own = [step for name in vouched for step in _actions(manifests[name])]
    others = [step for name in manifests if name not in vouched for step in _actions(manifests[name])]
    return Credentials(
        state=stands,
        signer=shown(str(signature.get("common_name") or "")),
        issuer=shown(str(signature.get("issuer") or "")),
        time=shown(str(signature.get("time") or ""), 40),
        generator=shown(" ".join(str(generators[0].get(part) or "") for part in ("name", "version"))),
        actions=tuple(_step(step) for step in own[:_MOST_STEPS]),
        source_types=_source_types(own),
        problems=problems,
        parts_actions=tuple(_step(step) for step in others[:_MOST_STEPS]),
        parts_source_types=_source_types(others),
    )


def _trusted(store: Mapping[str, Any]) -> set[str]:
    """Labels of the manifests of what went into the picture, directly or not, whose own signers are on the agency's list.

    A manifest keeps what its signer found of them; the library then says in what today's answer, by today's list, differs.
    """
    then = [
        part.get("validation_results") or {}
        for manifest in (store.get("manifests") or {}).values()
        for part in manifest.get("ingredients") or ()
    ]
    today = (store.get("validation_results") or {}).get("ingredientDeltas") or ()
    results = [each.get("activeManifest") or {} for each in then] + [
        each.get("validationDeltas") or {} for each in today
    ]
    told: dict[str, bool] = {}
    for result in results:
        for each in (*(result.get("success") or ()), *(result.get("failure") or ())):
            code = str(each.get("code"))
            if code in ("signingCredential.trusted", "signingCredential.untrusted"):
                told[str(each.get("url")).partition("/c2pa/")[2].partition("/")[0]] = code.endswith(".trusted")
    return {label for label, there in told.items() if there}


def _source_types(steps: Iterable[Mapping[str, Any]]) -> tuple[str, ...]:
    found = (_last(step["digitalSourceType"]) for step in steps if step.get("digitalSourceType"))
    return tuple(dict.fromkeys(found))[:_MOST_STEPS]


def _problems(status: Iterable[Mapping[str, Any]]) -> tuple[str, ...]:
    codes = (str(each.get("code")) for each in status)
    return tuple(dict.fromkeys(PROBLEMS.get(code, f"The library reports: {shown(code, 80)}.") for code in codes))[:20]


def _actions(manifest: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """What was recorded in one manifest; of what went into the picture each keeps its own."""
    found: list[Mapping[str, Any]] = []
    for assertion in manifest.get("assertions") or ():
        if str(assertion.get("label", "")).startswith("c2pa.actions"):
            data = assertion.get("data")
            steps = data.get("actions") if isinstance(data, Mapping) else ()
            found += [step for step in steps or () if isinstance(step, Mapping)]
    return found


def _step(step: Mapping[str, Any]) -> Step:
    agent = step.get("softwareAgent") or ""
    if isinstance(agent, Mapping):
        agent = " ".join(str(agent.get(part) or "") for part in ("name", "version"))
    return Step(_last(step.get("action")), shown(str(step.get("when") or ""), 40), shown(str(agent), 120))


def _last(address: object) -> str:
    """``c2pa.edited`` → ``edited``; a source type's address → its last part."""
    return shown(str(address or "").rstrip("/").rpartition("/")[2].removeprefix("c2pa."), 60)


def _authority(certificate: x509.Certificate) -> bool:
    try:
        return bool(certificate.extensions.get_extension_for_class(x509.BasicConstraints).value.ca)
    except (x509.ExtensionNotFound, ValueError):
        return False
