"""Photo bytes → upright picture → faces with landmarks, quality and template.

Use :class:`Acquirer` for the whole way; its parts are :func:`read`, :class:`Finder`, :func:`assess` and :class:`Encoder`.
Nothing of this room opens a network connection, and nothing is written to disk but model packs that are added on purpose.
"""

from kintrace.faces.acquire import Acquirer, Acquisition, Choice, Sample
from kintrace.faces.align import portrait, similarity, warp
from kintrace.faces.face import Face, Photo, Pixels, Quality, Template, Vector
from kintrace.faces.find import Finder
from kintrace.faces.install import add_pack, recipes, remove_pack, try_out
from kintrace.faces.measure import measures
from kintrace.faces.packs import Pack, active_packs, installed_packs, load_pack, set_name
from kintrace.faces.quality import USABLE, assess
from kintrace.faces.read import Limits, Reader, load, read
from kintrace.faces.runtime import engine_name
from kintrace.faces.template import Encoder, mean_vector, score

__all__ = [
    "USABLE",
    "Acquirer",
    "Acquisition",
    "Choice",
    "Encoder",
    "Face",
    "Finder",
    "Limits",
    "Pack",
    "Photo",
    "Pixels",
    "Quality",
    "Reader",
    "Sample",
    "Template",
    "Vector",
    "active_packs",
    "add_pack",
    "assess",
    "engine_name",
    "installed_packs",
    "load",
    "load_pack",
    "mean_vector",
    "measures",
    "portrait",
    "read",
    "recipes",
    "remove_pack",
    "score",
    "set_name",
    "similarity",
    "try_out",
    "warp",
]
