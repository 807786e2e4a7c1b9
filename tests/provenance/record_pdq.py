"""Record what pdqhash, Meta's own implementation, says of pictures that the tests can reach.

pdqhash has no wheels; it is built from its source package, in an environment of its own:

    python -m venv /tmp/pdq
    /tmp/pdq/bin/pip install numpy cython setuptools wheel versioneer-518 pillow scikit-image
    /tmp/pdq/bin/pip install --no-deps --no-build-isolation --no-binary=pdqhash pdqhash
    /tmp/pdq/bin/python tests/provenance/record_pdq.py

It writes ``tests/provenance/vectors/pdq.json``: for each picture the SHA-256 of its pixels, the eight hashes, and the quality.
"""

import hashlib
import json
from importlib.metadata import version
from pathlib import Path

import numpy as np
from drawn import patterns, portraits
from PIL import Image

HERE = Path(__file__).parent
LFW = HERE.parents[2] / "shared/faces/lfw-dev/images"
PHOTOS = 60


def pictures() -> dict[str, np.ndarray]:
    """Drawn patterns, scikit-image's photos, and photos of lfw-dev spread evenly over its people."""
    found = {**patterns(), **{f"sample {number}": picture for number, picture in enumerate(portraits())}}
    photos = sorted(LFW.glob("*/*.jpg"))
    for photo in photos[:: len(photos) // PHOTOS][:PHOTOS]:
        found[f"{photo.parent.name}/{photo.name}"] = np.asarray(Image.open(photo).convert("RGB"))
    return found


def record() -> dict[str, object]:
    """What the reference says of each."""
    import pdqhash

    told = {}
    for name, picture in pictures().items():
        colour = np.stack([picture] * 3, axis=2) if picture.ndim == 2 else picture
        bits, quality = pdqhash.compute_dihedral(np.ascontiguousarray(colour))
        told[name] = {
            "pixels": hashlib.sha256(picture.tobytes()).hexdigest(),
            "hashes": [np.packbits(each.astype(np.uint8)).tobytes().hex() for each in bits],
            "quality": int(quality),
        }
    return {
        "made_by": "python tests/provenance/record_pdq.py",
        "with": f"pdqhash {version('pdqhash')}",
        "pictures": told,
    }


if __name__ == "__main__":
    (HERE / "vectors/pdq.json").write_text(json.dumps(record(), indent=1) + "\n", encoding="utf-8")
