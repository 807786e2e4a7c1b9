"""A photo file → what the file itself tells: content credentials, metadata, picture hashes."""

from kintrace.provenance.index import Found, PictureIndex
from kintrace.provenance.pdq import PictureHash, dihedral, pdq

__all__ = ["Found", "PictureHash", "PictureIndex", "dihedral", "pdq"]
