"""Templates of invented people, with what makes pairs depend on each other: hard faces, look-alikes, kin, poor photos.

Close to SFace on Labeled Faces in the Wild: mated scores about 0.62 ± 0.14 for fair photos, strangers' 0.03 ± 0.11.
"""

import numpy as np

from kintrace.evidence import Comparisons

WIDTH = 128


def templates(seed: int, people: int, photos: int = 3) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Vectors (n, 128) of length 1, overall qualities (n,), and people (n,)."""
    rng, world = np.random.default_rng(seed), np.random.default_rng(99)
    spectrum = np.exp(-np.arange(WIDTH) / 60)
    spectrum /= np.sqrt((spectrum**2).sum())
    groups = world.normal(size=(12, WIDTH)) * spectrum * 0.45
    common = world.normal(size=WIDTH) / np.sqrt(WIDTH) * 0.22
    families = rng.normal(size=(people // 4, WIDTH)) * spectrum
    near = np.where(rng.random((people, 1)) < 0.15, 0.8, 0.2)
    person = rng.normal(size=(people, WIDTH)) * spectrum + groups[rng.integers(0, 12, people)]
    person += near * families[rng.integers(0, people // 4, people)]
    hardness = rng.gamma(4, 0.25, people)
    who = np.repeat(np.arange(people), photos)
    quality = np.clip(rng.normal(78, 15, len(who)), 20, 100)
    noise = 0.95 * np.sqrt(hardness[who]) * np.exp((80 - quality) / 60)
    vectors = person[who] + common + rng.normal(size=(len(who), WIDTH)) / np.sqrt(WIDTH) * noise[:, None]
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True), quality, who


def comparisons(seed: int, people: int, photos: int = 3) -> Comparisons:
    """All pairs of photos of :func:`templates`."""
    vectors, quality, who = templates(seed, people, photos)
    i, j = np.triu_indices(len(who), 1)
    scores = (vectors.astype(np.float32) @ vectors.astype(np.float32).T)[i, j]
    return Comparisons(scores, np.minimum(quality[i], quality[j]).astype(np.float32), who[i], who[j])
