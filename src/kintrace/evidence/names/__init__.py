"""Names of two people, in any script → a likelihood ratio with its reasons; and keys to look names up by.

A name is split into words (:mod:`.splitting`); a word is read as a row of possible sounds (:mod:`.sounds`) and looked up among
known names (``known.toml``); the words of two names are joined one to one (:mod:`.joining`) and weighed (:mod:`.comparing`,
``weights.toml``). docs/names.md explains it.
"""

from kintrace.evidence.names.commonness import Commonness, KeyedCommonness, coarse
from kintrace.evidence.names.comparing import compare_names
from kintrace.evidence.names.keys import blocking_tokens
from kintrace.evidence.names.latin import latin
from kintrace.evidence.names.original import LETTERS, original
from kintrace.evidence.names.people import Names
from kintrace.evidence.names.saying import Joined, NameEvidence
from kintrace.evidence.names.splitting import script_of
from kintrace.evidence.names.weights import Weights

__all__ = [
    "LETTERS",
    "Commonness",
    "Joined",
    "KeyedCommonness",
    "NameEvidence",
    "Names",
    "Weights",
    "blocking_tokens",
    "coarse",
    "compare_names",
    "latin",
    "original",
    "script_of",
]
