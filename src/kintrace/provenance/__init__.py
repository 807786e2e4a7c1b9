"""A photo file → what the file itself tells: content credentials, metadata, picture hashes; and what it may be used for.

:func:`inspect` looks into one file (:class:`Inspector`: in a process of its own, for bytes from anyone), :func:`sentences`
says in words what it found, :func:`assess` what the photo may be used for, and :class:`PictureIndex` finds the same picture
again. Nothing here opens a network connection, writes a file, or calls a photo real or false.
"""

from kintrace.provenance.apart import Inspector
from kintrace.provenance.assessing import Assessment, Decision, assess, capped, lowest_cap
from kintrace.provenance.blocklist import Blocked, BlockList
from kintrace.provenance.clean import stripped, working_copy
from kintrace.provenance.credentials import TrustList
from kintrace.provenance.facts import Credentials, Mark, PhotoFacts, Thumbnail
from kintrace.provenance.formats import real_format
from kintrace.provenance.grading import CREDIBILITY, RELIABILITY, Grade
from kintrace.provenance.groups import Group, near_identical
from kintrace.provenance.index import Found, PictureIndex
from kintrace.provenance.inner import picture_hashes
from kintrace.provenance.inspecting import inspect, private
from kintrace.provenance.metadata import Private
from kintrace.provenance.overlay import SAME_EXPOSURE, agreement, agreement_of_wholes, parts, small
from kintrace.provenance.pdq import PictureHash, dihedral, pdq
from kintrace.provenance.same import SAME_FACE_CROP, SAME_PICTURE, Same, crop_hash, crop_probes, same_picture
from kintrace.provenance.words import Sentence, sentences

__all__ = [
    "CREDIBILITY",
    "RELIABILITY",
    "SAME_EXPOSURE",
    "SAME_FACE_CROP",
    "SAME_PICTURE",
    "Assessment",
    "BlockList",
    "Blocked",
    "Credentials",
    "Decision",
    "Found",
    "Grade",
    "Group",
    "Inspector",
    "Mark",
    "PhotoFacts",
    "PictureHash",
    "PictureIndex",
    "Private",
    "Same",
    "Sentence",
    "Thumbnail",
    "TrustList",
    "agreement",
    "agreement_of_wholes",
    "assess",
    "capped",
    "crop_hash",
    "crop_probes",
    "dihedral",
    "inspect",
    "lowest_cap",
    "near_identical",
    "parts",
    "pdq",
    "picture_hashes",
    "private",
    "real_format",
    "same_picture",
    "sentences",
    "small",
    "stripped",
    "working_copy",
]
