"""Real photos with the face each is about, found once for all tests of this room."""

from dataclasses import dataclass
from pathlib import Path

import pytest

from kintrace.faces import Acquirer, Face, Finder, Photo, Pixels, Sample, read


@dataclass(frozen=True, eq=False)
class Portrait:
    """A photo of lfw-dev and the face nearest its middle."""

    path: Path
    photo: Photo
    faces: list[Face]
    face: Face

    @property
    def pixels(self) -> Pixels:
        """The picture."""
        return self.photo.pixels


@pytest.fixture(scope="session")
def finder() -> Finder:
    """A finder with the default engine."""
    return Finder()


@pytest.fixture(scope="session")
def acquirer() -> Acquirer:
    """An acquirer with the built-in pack alone."""
    from kintrace.faces import active_packs

    acquirer = Acquirer(active_packs("sface"))
    yield acquirer
    acquirer.close()


@pytest.fixture(scope="session")
def portraits(lfw_photos: list[Path], finder: Finder) -> list[Portrait]:
    """Sixty photos of sixty people, spread evenly over lfw-dev."""
    one_each = list({path.parent: path for path in reversed(lfw_photos)}.values())[::-1]
    found = []
    for path in one_each[:: len(one_each) // 60][:60]:
        photo = read(path)
        faces = finder.find(photo.pixels)
        assert faces, f"no face was found in {path}"
        found.append(Portrait(path, photo, faces, min(faces, key=lambda face: _from_middle(face, photo.pixels))))
    return found


@pytest.fixture(scope="session")
def samples(portraits: list[Portrait], acquirer: Acquirer) -> list[Sample]:
    """The sample of each portrait's face."""
    return [
        next(
            sample
            for sample in acquirer.acquire_photo(portrait.photo).samples
            if abs(sample.face.landmarks - portrait.face.landmarks).max() < 1
        )
        for portrait in portraits
    ]


def _from_middle(face: Face, pixels: Pixels) -> float:
    middle = face.landmarks.mean(axis=0)
    return float(abs(middle - [pixels.shape[1] / 2, pixels.shape[0] / 2]).sum())
