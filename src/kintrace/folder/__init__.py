"""A folder of photos as a collection: its faces acquired once, kept encrypted, and searched, without a database.

This is the main job on one laptop before any card is registered. Photos enter, candidates with evidence leave; templates
are kept only in an encrypted cache, so that a second search of the same folder does not acquire them again.
"""

from kintrace.folder.cache import TemplateCache
from kintrace.folder.collection import Collection, Reference, collect, photo_paths
from kintrace.folder.nameweights import learned_place, learned_weights
from kintrace.folder.search import LOOK_ALIKES, Candidate, Search, Searcher, calibration_for, calibration_place

__all__ = [
    "LOOK_ALIKES",
    "Candidate",
    "Collection",
    "Reference",
    "Search",
    "Searcher",
    "TemplateCache",
    "calibration_for",
    "calibration_place",
    "collect",
    "learned_place",
    "learned_weights",
    "photo_paths",
]
