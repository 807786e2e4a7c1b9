"""Templates in memory, and the nearest references to a probe: exact, and filtered inside the search.

What enters are templates (unit vectors) with the id of the template and of the person it belongs to. What
leaves are persons, nearest first, each with its nearest template and an inner product. The gallery is derived
from the database: it keeps nothing on disk and can be rebuilt at any time. Callers hold a `Gallery`;
`LocalGallery` is the engine for one machine, on FAISS. docs/gallery.md tells how it works and what it costs.
"""

from kintrace.gallery.interface import Gallery, Neighbour, Pair, Progress, Reduce
from kintrace.gallery.local import LocalGallery

__all__ = ["Gallery", "LocalGallery", "Neighbour", "Pair", "Progress", "Reduce"]
