"""Pictures that tests draw or find without a network, the same on every machine."""

import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]


def patterns() -> dict[str, Pixels]:
    """Drawn pictures of many shapes: name → (height, width, 3) or (height, width)."""
    rng = np.random.default_rng(20)
    noise = {f"noise {h}x{w}": rng.integers(0, 256, (h, w, 3), dtype=np.uint8) for h, w in SHAPES}
    down, across = np.mgrid[:300, :420]
    rings = 127 + 127 * np.sin(np.hypot(down - 120, across - 250) / 9)
    slope = np.clip(down * 0.5 + across * 0.2, 0, 255)
    drawn = {
        "rings": np.stack([rings, 255 - rings, slope], axis=2),
        "slope": np.stack([slope] * 3, axis=2),
        "board": np.where((down // 37 + across // 29) % 2, 230, 20),
        "grey rings": rings,
    }
    return {**noise, **{name: np.rint(picture).astype(np.uint8) for name, picture in drawn.items()}}


SHAPES = ((5, 5), (5, 400), (64, 64), (63, 65), (128, 128), (129, 127), (250, 250), (511, 777), (1200, 900))


def portraits(count: int = 6) -> list[Pixels]:
    """Photos without people that scikit-image carries, (height, width, 3)."""
    from skimage import data

    names = ("astronaut", "chelsea", "coffee", "rocket", "immunohistochemistry", "retina")[:count]
    return [np.ascontiguousarray(getattr(data, name)()[..., :3], dtype=np.uint8) for name in names]
