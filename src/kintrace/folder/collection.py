"""The photos of a folder, acquired once: read, their faces found and weighed, the templates kept in the encrypted cache."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from kintrace.errors import KintraceError, PhotoError
from kintrace.faces import USABLE, Acquirer, Acquisition, Sample
from kintrace.folder.cache import TemplateCache, content_hash

SUFFIXES = frozenset(
    [
        ".jpg",
        ".jpeg",
        ".jpe",
        ".jfif",
        ".png",
        ".webp",
        ".heic",
        ".heif",
        ".hif",
        ".avif",
        ".tif",
        ".tiff",
        ".bmp",
        ".gif",
        ".pgm",
        ".ppm",
        ".pnm",
        ".pbm",
    ]
)


@dataclass(frozen=True, eq=False)
class Reference:
    """One face of the collection."""

    path: Path
    number: int
    """Which face of the photo, counting from 1, the largest first."""
    faces: int
    """How many faces the photo has."""
    sample: Sample


@dataclass(eq=False)
class Collection:
    """Every face of a set of photos, and every photo that gave none."""

    photos: int = 0
    references: list[Reference] = field(default_factory=list)
    too_poor: list[Reference] = field(default_factory=list)
    """Faces whose quality keeps them out of candidates, and things that are no face."""
    without_face: list[Path] = field(default_factory=list)
    refused: list[tuple[Path, KintraceError]] = field(default_factory=list)
    from_cache: int = 0

    def add(self, path: Path, samples: Sequence[Sample]) -> None:
        """Take in the faces of one photo."""
        self.photos += 1
        if not samples:
            self.without_face.append(path)
        for number, sample in enumerate(samples, 1):
            reference = Reference(path, number, len(samples), sample)
            (self.references if sample.quality.overall >= USABLE else self.too_poor).append(reference)

    def refuse(self, path: Path, error: KintraceError) -> None:
        """Note a photo that could not be used."""
        self.photos += 1
        self.refused.append((path, error))


def photo_paths(folder: Path) -> list[Path]:
    """Every photo below a folder by its name's ending, sorted; hidden files and folders are left out.

    Raises:
        PhotoError: the folder is not there, or holds no photos.
    """
    if not folder.is_dir():
        raise PhotoError(f"There is no folder {folder}.", todo="Name the folder that holds the photos.")
    paths = sorted(
        path
        for path in folder.rglob("*")
        if path.suffix.lower() in SUFFIXES
        and not any(part.startswith(".") for part in path.relative_to(folder).parts)
        and path.is_file()
    )
    if not paths:
        raise PhotoError(
            f"There are no photos in {folder}.",
            todo=f"Photos are found by their ending: {' '.join(sorted(SUFFIXES))}.",
        )
    return paths


def collect(
    paths: Sequence[Path],
    acquirer: Acquirer,
    cache: TemplateCache | None = None,
    progress: Callable[[int], None] = lambda done: None,
) -> Collection:
    """Acquire photos, taking from the cache what it holds; one bad file never stops the rest.

    Args:
        paths: the photos.
        acquirer: makes the templates.
        cache: where they are kept; None acquires everything anew and keeps nothing.
        progress: called with the number of photos done so far.
    """
    collection, held = Collection(), dict[Path, tuple[Sample, ...]]()

    def missing() -> Iterator[tuple[Path, Path]]:
        for path in paths:
            known = None
            if cache is not None:
                try:
                    known = cache.get(content_hash(path))
                except OSError:
                    known = None  # the reader says what is wrong with the file
            if known is None:
                yield path, path
            else:
                held[path] = known[0]

    done: dict[Path, Acquisition] = {}
    for acquisition in acquirer.acquire_many(missing()):
        path = acquisition.key
        assert isinstance(path, Path)
        done[path] = acquisition
        if cache is not None and not acquisition.error:
            cache.put(acquisition.sha256, acquisition.samples, acquisition.size)
        progress(len(done) + len(held))
    progress(len(paths))
    for path in paths:
        if path in held:
            collection.from_cache += 1
            collection.add(path, held[path])
        elif error := done[path].error:
            collection.refuse(path, error)
        else:
            collection.add(path, done[path].samples)
    return collection
