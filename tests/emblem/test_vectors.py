"""What other implementations made gives here what they say it gives."""

import gzip
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from kintrace.emblem import Item, Level, merkle, profile_a, verify
from kintrace.emblem.certificates import log_of_chain, read_chain, read_tile
from kintrace.emblem.commitment import names_needed
from kintrace.emblem.keys import from_cose, from_jwk, text_of
from kintrace.emblem.keystore import read_public
from kintrace.emblem.logs import _base64
from kintrace.emblem.reading import read_files

LIVE = datetime(2026, 6, 17, 0, 10, tzinfo=UTC)


def test_jwk_thumbprints(vectors: Path) -> None:
    cases = json.loads((vectors / "jws_jwk_thumbprints.json").read_text())["vectors"]
    assert len(cases) == 5
    for case in cases:
        assert text_of(from_jwk(json.dumps(case["jwk"]).encode()).kid("A")) == case["kid"]


def test_cose_key_thumbprints(vectors: Path) -> None:
    cases = json.loads((vectors / "cwt" / "cose_key_thumbprints.json").read_text())["vectors"]
    assert len(cases) == 6
    for case in cases:
        kid = from_cose(bytes.fromhex(case["cose_key"])).kid("B")
        assert case.get("kid", text_of(kid)) == text_of(kid)
        assert case.get("kid_hex", kid.hex()) == kid.hex()


def test_the_zone_file_holds_one_key(vectors: Path) -> None:
    (item,) = read_files([vectors / "cwt" / "adem_proto_example.zone"])
    assert (item.profile, item.kind) == ("B", "key")
    assert from_cose(item.data).kid("B").hex().startswith("496bd8af")


def peer(vectors: Path, *tokens: str) -> list[Item]:
    (case,) = json.loads((vectors / "cwt" / "go_cose_peer_tokens_es256.json").read_text())
    keys = ["emblem_cose_key", "root_cose_key", "authority_cose_key"]
    return [Item("B", "token", bytes.fromhex(case[name]), name) for name in tokens] + [
        Item("B", "key", bytes.fromhex(case[name]), name) for name in keys
    ]


def test_tokens_of_a_peer_library(vectors: Path) -> None:
    chain = peer(vectors, "emblem", "internal_endorsement", "external_endorsement")
    at = datetime.fromtimestamp(1_800_000_000, UTC)
    found = verify(chain, at=at, name="tracing.example.org")
    assert found.level is Level.SIGNED
    assert [token.kept for token in found.tokens] == [True] * 3
    assert found.issuer == "https://issuer.example.org"
    assert any("no list of logs was given" in line for line in found.not_checked)
    (authority,) = [item for item in chain if item.source == "authority_cose_key"]
    assert verify(chain, at=at, trusted_keys=[from_cose(authority.data)]).level is Level.SIGNED_TRUSTED

    alone = verify(peer(vectors, "emblem_no_iss"), at=at)
    assert (alone.level, alone.issuer) == (Level.SIGNED, None)
    for second, level in (
        (1_789_999_999, "INVALID"),
        (1_790_000_000, "SIGNED"),
        (1_889_999_999, "SIGNED"),
        (1_890_000_000, "INVALID"),
    ):
        assert verify(chain, at=datetime.fromtimestamp(second, UTC)).level == level


def test_tokens_of_the_prototype(vectors: Path) -> None:
    files = sorted((vectors / "jws_proto_exm").glob("*.jw?"))
    assert len(files) == 6
    found = verify(read_files(files), at=LIVE, name="[2a01:4f9:c010:d8e4::1]")
    assert found.level is Level.SIGNED
    assert [token.kept for token in found.tokens] == [True] * 3
    assert verify(read_files(files), at=datetime(2027, 4, 9, tzinfo=UTC)).level is Level.INVALID


@pytest.mark.parametrize(
    ("name", "tokens", "keys", "issuer", "assets"),
    [
        ("emblem.felixlinker.de", 3, 3, "https://emblem.felixlinker.de", ("[2a01:4f9:c010:d8e4::1]",)),
        (
            "cyberstar.online", 2, 2, "https://cyberstar.online",
            ("[185.230.63.171]", "[185.230.63.107]", "[185.230.63.186]", "cyberstar.online"),
        ),
    ],
)  # fmt: skip
def test_live_answers(vectors: Path, name: str, tokens: int, keys: int, issuer: str, assets: tuple[str, ...]) -> None:
    items = read_files([vectors / "jws_live_txt" / f"{name}.txt"])
    assert [item.kind for item in items].count("token") == tokens
    assert [item.kind for item in items].count("key") == keys
    for asked in (None, assets[0], assets[-1]):
        found = verify(items, at=LIVE, name=asked)
        assert (found.level, found.issuer, found.assets) == (Level.SIGNED, issuer, assets)
        assert all(token.kept for token in found.tokens)
        assert any("commitment" in line for line in found.not_checked)
    assert verify(items, at=LIVE, name="elsewhere.example").exit_code in (12, 13)
    assert verify(items, at=datetime(2026, 1, 1, tzinfo=UTC)).level is Level.INVALID


def test_the_live_emblem_is_endorsed_by_the_authority_it_says(vectors: Path) -> None:
    items = read_files([vectors / "jws_live_txt" / "emblem.felixlinker.de.txt"])
    found = verify(items, at=LIVE)
    endorsers = [token for token in found.tokens if token.why.startswith("endorses the emblem's organisation")]
    assert [token.issuer for token in endorsers] == ["https://auth.felixlinker.de"]
    assert found.endorsers == ()  # nobody looked at its commitment
    authority = read_public((vectors / "ct_certs" / "auth.felixlinker.de.pub.pem").read_bytes())
    trusted = verify(items, at=LIVE, trusted_keys=[authority])
    assert (trusted.level, trusted.exit_code) == (Level.SIGNED_TRUSTED, 11)


@pytest.mark.parametrize("name", ["auth.felixlinker.de", "emblem.felixlinker.de"])
def test_log_claims_of_certificates(vectors: Path, name: str) -> None:
    folder = vectors / "ct_certs"
    entries = log_of_chain(read_chain((folder / f"{name}.fullchain.pem").read_bytes()))
    assert profile_a.log_claim(entries) == json.loads((folder / f"{name}.logs.json").read_text())
    key = read_public((folder / f"{name}.pub.pem").read_bytes())
    told = json.loads((folder / f"{name}.pub.json").read_text())
    assert text_of(key.kid("A")) == told["kid"]
    assert read_public(json.dumps(told).encode()) == key
    assert names_needed(f"https://{name}", key, "A")[1] == f"{told['kid']}.adem-configuration.{name}"


def test_inclusion_proofs(vectors: Path) -> None:
    files = sorted((vectors / "merkle_inclusion").rglob("*.json"))
    assert len(files) > 60
    for file in files:
        case = json.loads(file.read_text())
        path = [_base64(one) for one in case["proof"] or []]
        held = merkle.included(
            _base64(case["leafHash"]), case["leafIdx"], case["treeSize"], path, _base64(case["root"])
        )
        assert held is not case["wantErr"], file


def test_leaves_of_a_static_log(vectors: Path) -> None:
    data = (vectors / "static_ct" / "tile_data_000").read_bytes()
    data = gzip.decompress(data) if data[:2] == b"\x1f\x8b" else data
    entries = read_tile(data)
    hashes = (vectors / "static_ct" / "tile_0_000").read_bytes()
    assert len(entries) == 256
    for number, entry in enumerate(entries):
        assert merkle.leaf_hash(entry.leaf) == hashes[32 * number : 32 * number + 32]
        assert entry.index == number
        entry.certificate()
