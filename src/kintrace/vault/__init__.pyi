from .ages import KeyAges, key_ages
from .blobs import blob_ids, delete_blob, get_blob, put_blob
from .fields import BlobField, SealedField, SealedModel, sealed_models
from .index import common, find_names, find_rare, index_many, index_names
from .keyring import batches, secret
from .keys import destroy, is_destroyed, living, move_person, new_office_key, new_person_key, new_person_keys
from .people import rotate_person_keys
from .place import Place
from .root import RootSource, make_root_key
from .rotation import rotate_office, rotate_root
from .sealing import seal, seal_many, unseal, unseal_many
from .soundness import check

__all__ = [
    "BlobField",
    "KeyAges",
    "Place",
    "RootSource",
    "SealedField",
    "SealedModel",
    "batches",
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
