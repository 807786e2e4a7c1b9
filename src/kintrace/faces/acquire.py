"""The way of a photo, once and without detour: bytes → picture → faces → quality → templates, for one photo or thousands."""

import os
import queue
from collections import deque
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from kintrace.errors import NoFace, PhotoError, SeveralFaces
from kintrace.faces.face import Face, Photo, Quality, Template
from kintrace.faces.find import Finder
from kintrace.faces.measure import measures
from kintrace.faces.packs import Pack, active_packs
from kintrace.faces.quality import assess
from kintrace.faces.read import Limits, Reader
from kintrace.faces.template import Encoder

Choice = Literal["largest", "central", "only"] | int
AHEAD = 8  # photos whose faces are gathered before the model runs once over all of them
AHEAD_PIXELS = 100_000_000  # bytes of decoded pictures that are held while they wait
MOST_FACES = 200  # faces per photo that get a template; a crowd's smallest are left out


@dataclass(frozen=True, eq=False)
class Sample:
    """One face of a photo, with all that was made of it."""

    face: Face
    quality: Quality
    template: Template


@dataclass(frozen=True, eq=False)
class Acquisition:
    """What came of one photo: samples, the largest face first, or the error that stood in the way."""

    key: Hashable
    samples: tuple[Sample, ...] = ()
    sha256: str = ""
    size: tuple[int, int] = (0, 0)
    """Width and height of the upright photo, pixels."""
    error: PhotoError | None = None
    photo: Photo | None = None
    """The picture itself, only where it was asked to be kept."""

    def choose(self, choice: Choice = "only") -> Sample:
        """The one face that is meant.

        Args:
            choice: "only" (an error where there are several), "largest", "central" (large and near the middle), or a number,
                counting from 1 in the order of size.

        Raises:
            PhotoError: the photo could not be read.
            NoFace: there is no face, or none with this number.
            SeveralFaces: there are several and ``choice`` is "only".
        """
        if self.error:
            raise self.error
        found = len(self.samples)
        if not found:
            raise NoFace(
                "No face was found in this photo.",
                todo="Use a photo in which the face is larger, sharper or better lit.",
            )
        if isinstance(choice, int):
            if not 1 <= choice <= found:
                raise NoFace(
                    f"This photo has {found} face{'s' * (found > 1)}; there is no number {choice}.",
                    todo=f"Choose a number from 1 to {found}.",
                )
            return self.samples[choice - 1]
        if choice == "only" and found > 1:
            raise SeveralFaces(
                f"This photo has {found} faces, and it was not said which one is meant.",
                todo=f"Choose one: a number from 1 (the largest) to {found}, “largest” or “central”.",
            )
        return max(self.samples, key=self._prominence) if choice == "central" else self.samples[0]

    def _prominence(self, sample: Sample) -> float:
        """Size, less the farther the face is from the middle of the photo."""
        left, top, width, height = sample.face.box
        across, down = self.size
        away = ((left + width / 2 - across / 2) ** 2 + (top + height / 2 - down / 2) ** 2) ** 0.5
        return float((width * height) ** 0.5 * 2.718281828 ** -((away / max(across, 1) / 0.25) ** 2))


class Acquirer:
    """Reads photos, finds their faces and makes templates. A context manager; for one thread at a time."""

    def __init__(
        self,
        packs: Sequence[Pack] | None = None,
        weights: Mapping[str, float] | None = None,
        *,
        engine: str | None = None,
        threads: int = 0,
        limits: Limits | None = None,
        readers: int = 1,
    ) -> None:
        """Load the models.

        Args:
            packs: model packs; by default the active ones.
            weights: share of each pack in the score, from their calibration.
            engine: "openvino", "onnxruntime" or "auto".
            threads: processor threads for the models; 0 means all.
            limits: how large a photo may be.
            readers: processes that decode photos.
        """
        self._threads = threads or os.cpu_count() or 1
        self._engine = engine
        chosen = list(packs) if packs is not None else active_packs()
        self.encoder = Encoder(chosen, weights, engine=engine, threads=1)
        # A finder and an encoder for each thread, on one core each: faster than one pair on all cores (docs/speed.md).
        self._idle: queue.LifoQueue[tuple[Finder, Encoder] | None] = queue.LifoQueue()
        for _ in range(self._threads - 1):
            self._idle.put(None)
        self._idle.put((Finder(engine=engine, threads=1), self.encoder))
        self._reader = Reader(limits or Limits(), processes=readers)

    def __enter__(self) -> "Acquirer":
        """Use in a ``with`` block, so that the decoding processes end."""
        return self

    def __exit__(self, *_: object) -> None:
        """End the decoding processes."""
        self.close()

    def close(self) -> None:
        """End the decoding processes."""
        self._reader.close()

    @property
    def pack(self) -> str:
        """Name of the pack set whose templates come out."""
        return self.encoder.name

    def acquire(self, source: bytes | Path, *, keep: bool = False) -> Acquisition:
        """Acquire one photo; a photo that cannot be read gives an acquisition with its error."""
        return next(self.acquire_many([(source if isinstance(source, Path) else "photo", source)], keep=keep))

    def acquire_many(
        self, sources: Iterable[tuple[Hashable, bytes | Path]], *, keep: bool = False
    ) -> Iterator[Acquisition]:
        """Acquire many, in order: photos are decoded ahead, and the model runs over the faces of several at once.

        Args:
            sources: pairs of any key and a photo's bytes or path.
            keep: keep the decoded picture in the acquisition.
        """
        pending: deque[Future[list[Acquisition]]] = deque()
        pool = ThreadPoolExecutor(self._threads, thread_name_prefix="kintrace-acquire")
        try:
            for chunk in _chunks(self._reader.read_many(sources)):
                pending.append(pool.submit(self._acquired, chunk, keep))
                if len(pending) > self._threads:
                    yield from pending.popleft().result()
            while pending:
                yield from pending.popleft().result()
        finally:
            pool.shutdown(wait=True, cancel_futures=True)

    def acquire_photo(self, photo: Photo, key: Hashable = "photo", *, keep: bool = False) -> Acquisition:
        """Acquire a photo that is decoded already."""
        return self._acquired([(key, photo)], keep)[0]

    def _acquired(self, photos: Sequence[tuple[Hashable, Photo | PhotoError]], keep: bool) -> list[Acquisition]:
        """Several photos, the templates of their faces made together, with a finder and an encoder of this thread's own."""
        tools = self._idle.get()
        try:
            if tools is None:
                tools = Finder(engine=self._engine, threads=1), self.encoder.twin()
            finder, encoder = tools
            waiting = [
                (key, photo, [] if isinstance(photo, PhotoError) else finder.find(photo.pixels)[:MOST_FACES])
                for key, photo in photos
            ]
            return _finished(waiting, encoder, keep)
        finally:
            self._idle.put(tools)


def _chunks(
    photos: Iterable[tuple[Hashable, Photo | PhotoError]],
) -> Iterator[list[tuple[Hashable, Photo | PhotoError]]]:
    """Photos a few at a time, fewer where they are large."""
    chunk: list[tuple[Hashable, Photo | PhotoError]] = []
    held = 0
    for key, photo in photos:
        chunk.append((key, photo))
        held += 0 if isinstance(photo, PhotoError) else photo.pixels.size
        if len(chunk) >= AHEAD or held > AHEAD_PIXELS:
            yield chunk
            chunk, held = [], 0
    if chunk:
        yield chunk


def _finished(
    waiting: list[tuple[Hashable, Photo | PhotoError, list[Face]]], encoder: Encoder, keep: bool
) -> list[Acquisition]:
    """Templates and quality for the faces of several photos."""
    pairs = [(photo.pixels, face) for _, photo, faces in waiting if isinstance(photo, Photo) for face in faces]
    encoded = iter(zip(pairs, encoder.encode(pairs), strict=True))
    done = []
    for key, photo, faces in waiting:
        if isinstance(photo, PhotoError):
            done.append(Acquisition(key, error=photo))
            continue
        samples = []
        for _ in faces:
            (pixels, face), made = next(encoded)
            length = {} if made.length is None else {"template_length": made.length}
            quality = assess(measures(pixels, face) | length)
            samples.append(Sample(face, quality, made.template))
        height, width = photo.pixels.shape[:2]
        done.append(Acquisition(key, tuple(samples), photo.sha256, (width, height), photo=photo if keep else None))
    return done
