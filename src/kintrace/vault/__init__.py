"""Keys, sealed fields and files, erasure. Secrets and persons enter, ciphertext leaves; whoever destroys a key has erased.

Three levels of keys: the deployment's root key wraps each office's, that wraps each person's, and under a person's key
everything known of that person is sealed. Keys live in a database of their own, the keyring. Names are loaded when they
are asked for, because Django's models must not load before its settings.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from kintrace.vault.place import Place

if TYPE_CHECKING:
    from kintrace.vault.ages import KeyAges, key_ages
    from kintrace.vault.blobs import blob_ids, delete_blob, get_blob, put_blob
    from kintrace.vault.fields import BlobField, SealedField, SealedModel, sealed_models
    from kintrace.vault.index import common, find_names, find_rare, index_many, index_names
    from kintrace.vault.keyring import secret
    from kintrace.vault.keys import (
        destroy,
        is_destroyed,
        living,
        move_person,
        new_office_key,
        new_person_key,
        new_person_keys,
    )
    from kintrace.vault.people import rotate_person_keys
    from kintrace.vault.root import RootSource, make_root_key
    from kintrace.vault.rotation import rotate_office, rotate_root
    from kintrace.vault.sealing import seal, seal_many, unseal, unseal_many
    from kintrace.vault.soundness import check

_HOMES = {
    "ages": ("KeyAges", "key_ages"),
    "blobs": ("blob_ids", "delete_blob", "get_blob", "put_blob"),
    "fields": ("BlobField", "SealedField", "SealedModel", "sealed_models"),
    "index": ("common", "find_names", "find_rare", "index_many", "index_names"),
    "keyring": ("secret",),
    "keys": (
        "destroy",
        "is_destroyed",
        "living",
        "move_person",
        "new_office_key",
        "new_person_key",
        "new_person_keys",
    ),
    "people": ("rotate_person_keys",),
    "root": ("RootSource", "make_root_key"),
    "rotation": ("rotate_office", "rotate_root"),
    "sealing": ("seal", "seal_many", "unseal", "unseal_many"),
    "soundness": ("check",),
}
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names}

__all__ = [
    "BlobField",
    "KeyAges",
    "Place",
    "RootSource",
    "SealedField",
    "SealedModel",
    "blob_ids",
    "check",
    "common",
    "delete_blob",
    "destroy",
    "find_names",
    "find_rare",
    "get_blob",
    "index_many",
    "index_names",
    "is_destroyed",
    "key_ages",
    "living",
    "make_root_key",
    "move_person",
    "new_office_key",
    "new_person_key",
    "new_person_keys",
    "put_blob",
    "rotate_office",
    "rotate_person_keys",
    "rotate_root",
    "seal",
    "seal_many",
    "sealed_models",
    "secret",
    "unseal",
    "unseal_many",
]


def __getattr__(name: str) -> Any:
    """One of the room's public names, from the module that has it."""
    if name not in _HOME_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOME_OF[name]}"), name)
