"""Tink's keysets: made, wrapped, given a new primary key, and rid of the older ones.

Python's Tink has no keyset manager, so the last two edit Tink's own protocol buffer.
"""

import tink
from tink import aead, secret_key_access
from tink.proto import tink_pb2

aead.register()


def new_keyset() -> tink.KeysetHandle:
    """A keyset with one AES-256-GCM key."""
    return tink.new_keyset_handle(aead.aead_key_templates.AES256_GCM)


def wrap(keyset: tink.KeysetHandle, key: aead.Aead, name: str) -> bytes:
    """The keyset encrypted under ``key``; it opens only under the same ``name``."""
    return bytes(tink.proto_keyset_format.serialize_encrypted(keyset, key, name.encode()))


def unwrap(wrapped: bytes, key: aead.Aead, name: str) -> tink.KeysetHandle:
    """What :func:`wrap` wrapped.

    Raises:
        tink.TinkError: wrapped by another key, under another name, or damaged.
    """
    return tink.proto_keyset_format.parse_encrypted(bytes(wrapped), key, name.encode())


def primary(keyset: tink.KeysetHandle) -> int:
    """Id of the key that encrypts."""
    return int(keyset.keyset_info().primary_key_id)


def size(keyset: tink.KeysetHandle) -> int:
    """How many keys the keyset holds."""
    return len(keyset.keyset_info().key_info)


def sealer(ciphertext: bytes) -> int | None:
    """Id of the key that made a ciphertext, from the prefix Tink puts before it (0x01, then the id in four bytes)."""
    head = bytes(ciphertext[:5])
    return int.from_bytes(head[1:], "big") if len(head) == 5 and head[0] == 1 else None


def wrapper(wrapped: bytes) -> int | None:
    """Id of the key that wrapped a keyset."""
    return sealer(tink_pb2.EncryptedKeyset.FromString(bytes(wrapped)).encrypted_keyset)


def with_new_primary(keyset: tink.KeysetHandle) -> tink.KeysetHandle:
    """The keyset with one more key, which encrypts from now on; the older ones still decrypt."""
    proto = _proto(keyset)
    used = {key.key_id for key in proto.key}
    fresh = _proto(new_keyset())
    while fresh.primary_key_id in used:
        fresh = _proto(new_keyset())
    proto.key.append(fresh.key[0])
    proto.primary_key_id = fresh.primary_key_id
    return _handle(proto)


def only_primary(keyset: tink.KeysetHandle) -> tink.KeysetHandle:
    """The keyset with the key that encrypts and no other."""
    proto = _proto(keyset)
    kept = [key for key in proto.key if key.key_id == proto.primary_key_id]
    del proto.key[:]
    proto.key.extend(kept)
    return _handle(proto)


def _proto(keyset: tink.KeysetHandle) -> tink_pb2.Keyset:
    return tink_pb2.Keyset.FromString(tink.proto_keyset_format.serialize(keyset, secret_key_access.TOKEN))


def _handle(proto: tink_pb2.Keyset) -> tink.KeysetHandle:
    return tink.proto_keyset_format.parse(proto.SerializeToString(), secret_key_access.TOKEN)
