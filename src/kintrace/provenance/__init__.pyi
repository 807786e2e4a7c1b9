from .apart import Inspector
from .assessing import Assessment, Decision, assess, capped, lowest_cap, made_by_signers_word
from .blocklist import Blocked, BlockList
from .clean import stripped, working_copy
from .credentials import TrustList
from .facts import Credentials, Mark, PhotoFacts, Thumbnail
from .formats import real_format
from .grading import CREDIBILITY, RELIABILITY, Grade
from .groups import Group, near_identical, together
from .index import Found, PictureIndex
from .inner import picture_hashes
from .inspecting import inspect, private
from .metadata import Private
from .overlay import SAME_EXPOSURE, agreement, agreement_of_wholes, pieces, small
from .picturehash import PictureHash, dihedral, pdq
from .same import SAME_FACE_CROP, SAME_PICTURE, Same, crop_hash, crop_probes, same_picture
from .words import Sentence, sentences

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
    "made_by_signers_word",
    "near_identical",
    "pdq",
    "picture_hashes",
    "pieces",
    "private",
    "real_format",
    "same_picture",
    "sentences",
    "small",
    "stripped",
    "together",
    "working_copy",
]
