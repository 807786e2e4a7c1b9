"""Turn faces into templates: one model pack, or several whose templates are joined so that their scores add."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kintrace.errors import PackInvalid, PackMismatch
from kintrace.faces.align import warp
from kintrace.faces.face import Face, Pixels, Template, Vector
from kintrace.faces.packs import Pack, set_name
from kintrace.faces.runtime import Network, compile_network

FULL_CONTRAST = 150  # grey levels between the 1st and 99th percentile of a face


class Encoder:
    """One or more model packs, ready to make templates; for one thread at a time.

    Fusion is at score level: the joined vector holds √w · template of each pack, so that the inner product of two joined
    vectors is the weighted sum of the packs' cosine scores, and one exact search serves any number of packs.
    """

    def __init__(
        self,
        packs: Sequence[Pack],
        weights: Mapping[str, float] | None = None,
        *,
        engine: str | None = None,
        threads: int = 0,
    ) -> None:
        """Load the packs' models.

        Args:
            packs: at least one.
            weights: share of each pack's score by its name, from a calibration; equal by default.
            engine: see :func:`kintrace.faces.runtime.engine_name`.
            threads: processor threads; 0 means all.

        Raises:
            PackHashMismatch, PackNotFound, PackInvalid: a pack cannot be used.
        """
        share = np.array([(weights or {}).get(pack.name, 1.0 if not weights else 0.0) for pack in packs])
        if not len(packs) or share.sum() <= 0 or (share < 0).any():
            raise PackInvalid("The packs have no positive weight together.", todo="Calibrate them: kintrace calibrate.")
        self.packs = tuple(packs)
        self._engine, self._threads = engine, threads
        self.name = set_name(list(packs))
        self.weights = {pack.name: float(part) for pack, part in zip(packs, share / share.sum(), strict=True)}
        parts = [f"{p.name}/{p.version}/{p.sha256[:12]}/{p.mirror}/{self.weights[p.name]:.4f}" for p in packs]
        self.key = "+".join(parts)
        self.dimensions = sum(pack.dimensions for pack in packs)
        self._networks: list[tuple[Pack, Network]] = [
            (pack, compile_network(pack.read_model(), engine=engine, threads=threads)) for pack in packs
        ]

    def twin(self) -> "Encoder":
        """Another encoder that makes the same templates, for another thread."""
        return Encoder(self.packs, self.weights, engine=self._engine, threads=self._threads)

    def encode(self, faces: Sequence[tuple[Pixels, Face]]) -> list["Encoded"]:
        """Templates of faces, in their order; faces may come from different photos.

        Raises:
            PackInvalid: a model gave numbers that are no template.
        """
        if not faces:
            return []
        parts, lengths = [], None
        for pack, network in self._networks:
            vectors, length = _embedded(pack, network, faces)
            parts.append(vectors * np.sqrt(self.weights[pack.name]))
            if pack.length_tells and lengths is None:
                lengths = length
        joined = np.concatenate(parts, axis=1).astype(np.float32)
        return [
            Encoded(Template(self.name, vector), None if lengths is None else float(lengths[i]))
            for i, vector in enumerate(joined)
        ]


@dataclass(frozen=True, eq=False)
class Encoded:
    """A template, and what the model let slip about the face's quality."""

    template: Template
    length: float | None
    """Length of the model's raw output: short where the face is hard to read. None where no pack in use tells."""


def _embedded(
    pack: Pack, network: Network, faces: Sequence[tuple[Pixels, Face]]
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """(n, dimensions) vectors of length 1, and the (n,) lengths of the raw ones."""
    crops = np.stack([lifted(warp(pixels, face.landmarks, pack.landmarks, pack.size)) for pixels, face in faces])
    straight = _raw(pack, network, crops)
    length = np.linalg.norm(straight, axis=1)
    straight = straight / np.maximum(length, 1e-9)[:, None]
    if not pack.mirror:
        return straight, length
    mirrored = _raw(pack, network, crops[:, :, ::-1])
    mirrored /= np.maximum(np.linalg.norm(mirrored, axis=1, keepdims=True), 1e-9)
    both = straight + mirrored
    both /= np.maximum(np.linalg.norm(both, axis=1, keepdims=True), 1e-9)
    return both, length


def lifted(crop: Pixels) -> Pixels:
    """A dark or faded face with its contrast stretched; any other as it is.

    On lfw-dev's half A made dark or faded, the mean mated score rose from 0.647 to 0.683 and from 0.585 to 0.659, with no
    change for photos of full contrast (benchmarks/fit_quality.py --lift).
    """
    dark, bright = np.percentile(crop[::2, ::2], (1, 99))
    if bright - dark >= FULL_CONTRAST:
        return crop
    stretched = (crop.astype(np.float32) - dark) * (255.0 / max(float(bright - dark), 8.0))
    return np.asarray(np.clip(stretched, 0, 255), dtype=np.uint8)


def _raw(pack: Pack, network: Network, crops: NDArray[np.uint8]) -> NDArray[np.float32]:
    """The model's raw output (n, dimensions) for (n, size, size, 3) RGB crops."""
    ordered = crops if pack.channels == "RGB" else crops[..., ::-1]
    tensor = ((ordered.transpose(0, 3, 1, 2).astype(np.float32)) - pack.mean) / pack.scale
    rows: list[NDArray[np.float32]] = []
    for start in range(0, len(tensor), pack.batch):
        piece = tensor[start : start + pack.batch]
        # Whole batches and single faces are the only shapes, so that few copies of the network are compiled.
        pieces = [piece] if len(piece) == pack.batch else [piece[i : i + 1] for i in range(len(piece))]
        try:
            rows.extend(network(each)[0].reshape(len(each), -1) for each in pieces)
        except Exception as problem:  # the engines' own error types have no common base
            raise PackInvalid(
                f"The model of the pack “{pack.name}” does not take faces of {pack.size}×{pack.size} pixels.",
                todo="Check that pack.toml describes this model.",
            ) from problem
    raw = np.concatenate(rows)
    if raw.shape[1] != pack.dimensions or not np.isfinite(raw).all():
        raise PackInvalid(
            f"The model of the pack “{pack.name}” gave {raw.shape[1]} numbers per face where its pack.toml says "
            f"{pack.dimensions}, or gave numbers that are not finite.",
            todo="Check the pack's description and file with “kintrace models verify”.",
        )
    return raw


def score(one: Template, other: Template) -> float:
    """The comparison score of two templates, −1…1: the inner product.

    Raises:
        PackMismatch: they come from different packs.
    """
    if one.pack != other.pack:
        raise PackMismatch(
            f"A template of “{one.pack}” cannot be compared with one of “{other.pack}”.",
            todo="Make both anew with the same model packs.",
        )
    return float(one.vector @ other.vector)


def mean_vector(vectors: NDArray[np.float32]) -> Vector:
    """The mean of several templates of one person, (n, dimensions) → (dimensions,), of length 1."""
    mean = vectors.mean(axis=0)
    return np.asarray(mean / max(float(np.linalg.norm(mean)), 1e-9), dtype=np.float32)
