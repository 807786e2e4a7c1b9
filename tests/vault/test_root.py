"""The root key: whole, private, never overwritten."""

import os
from pathlib import Path
from uuid import UUID

import pytest
import tink
from tink import aead

from kintrace.errors import MissingPart, RootKeyError, SealBroken
from kintrace.vault import Place, RootSource, keyring, make_root_key, rotate_root, seal, unseal

HERE = Place("fact", "17", "content")
stored = pytest.mark.django_db(databases=["default", "keyring"], transaction=True)


def test_a_root_key_is_private_and_alone_in_its_folder(tmp_path: Path) -> None:
    make_root_key(tmp_path / "new" / "root.key")
    assert os.listdir(tmp_path / "new") == ["root.key"]
    assert (tmp_path / "new" / "root.key").stat().st_mode & 0o777 == 0o600


def test_a_root_key_is_never_overwritten(tmp_path: Path) -> None:
    make_root_key(tmp_path / "root.key")
    before = (tmp_path / "root.key").read_bytes()
    with pytest.raises(RootKeyError):
        make_root_key(tmp_path / "root.key")
    assert (tmp_path / "root.key").read_bytes() == before
    assert os.listdir(tmp_path) == ["root.key"]


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o604, 0o660, 0o602])
def test_a_root_key_others_can_read_is_refused(tmp_path: Path, mode: int) -> None:
    make_root_key(tmp_path / "root.key")
    (tmp_path / "root.key").chmod(mode)
    with pytest.raises(RootKeyError, match="read by others"):
        RootSource(file=tmp_path / "root.key").aead()


@pytest.mark.parametrize(
    "content", [b"", b"{}", b"not a key at all", b"\xff\xfe", b'{"primaryKeyId": 1, "key": [{"keyId": 1}]}']
)
def test_a_damaged_root_key_is_refused_without_being_shown(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "root.key"
    file.write_bytes(content)
    file.chmod(0o600)
    with pytest.raises(RootKeyError) as refused:
        RootSource(file=file).aead()
    assert "not a key " not in str(refused.value)
    assert refused.value.__suppress_context__


def test_an_absent_root_key_is_told(tmp_path: Path) -> None:
    with pytest.raises(RootKeyError, match="No such file"):
        RootSource(file=tmp_path / "root.key").aead()


@pytest.mark.parametrize("scheme", ["gcp-kms", "aws-kms"])
def test_a_service_needs_its_client(scheme: str) -> None:
    pytest.importorskip("tink")
    try:
        RootSource(uri=f"{scheme}://no/such/key").aead()
    except (MissingPart, RootKeyError) as problem:
        assert problem.todo  # noqa: PT017  # which of the two depends on what is installed


def test_an_unknown_service_is_refused() -> None:
    with pytest.raises(RootKeyError):
        RootSource(uri="ftp://key").aead()


@stored
def test_the_key_itself_can_be_a_setting(vault: Path, person: UUID, settings: object) -> None:
    sealed = seal(person, HERE, b"Ahmad")
    settings.ROOT_KEY = (vault / "root.key").read_text()  # type: ignore[attr-defined]
    (vault / "root.key").unlink()
    keyring.forget()
    assert unseal(person, HERE, sealed) == b"Ahmad"
    with pytest.raises(RootKeyError):
        rotate_root()


@stored
def test_another_root_key_opens_nothing(vault: Path, person: UUID, settings: object) -> None:
    sealed = seal(person, HERE, b"Ahmad")
    make_root_key(vault / "other.key")
    settings.ROOT_KEY_FILE = vault / "other.key"  # type: ignore[attr-defined]
    keyring.forget()
    with pytest.raises(SealBroken):
        unseal(person, HERE, sealed)


class _Service(tink.KmsClient):
    """A key management service within the test."""

    def __init__(self) -> None:
        self.key = tink.new_keyset_handle(aead.aead_key_templates.AES256_GCM).primitive(aead.Aead)

    def does_support(self, key_uri: str) -> bool:
        return key_uri == "test-kms://key"

    def get_aead(self, key_uri: str) -> aead.Aead:
        return self.key


@stored
def test_the_root_key_moves_into_a_service(vault: Path, person: UUID, settings: object) -> None:
    sealed = seal(person, HERE, b"Ahmad")
    tink.register_kms_client(_Service())
    rotate_root(RootSource(uri="test-kms://key"))
    rotate_root(RootSource(uri="test-kms://key"))  # the settings are changed by hand: until then it may be run again
    (vault / "root.key").unlink()
    settings.ROOT_KEY_URI = "test-kms://key"  # type: ignore[attr-defined]
    keyring.forget()
    assert unseal(person, HERE, sealed) == b"Ahmad"
    rotate_root()
    assert unseal(person, HERE, sealed) == b"Ahmad"
