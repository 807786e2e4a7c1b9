"""The cache of templates: sealed at rest, named by nothing that can be known, forgotten when damaged."""

import os
import stat
from pathlib import Path

import numpy as np
import pytest

from kintrace.errors import CacheError
from kintrace.faces import Face, Quality, Sample, Template
from kintrace.folder import TemplateCache

SHA = "ab" * 32


def sample(seed: int) -> Sample:
    rng = np.random.default_rng(seed)
    vector = rng.standard_normal(128).astype(np.float32)
    vector /= np.linalg.norm(vector)
    landmarks = rng.uniform(0, 100, (5, 2)).astype(np.float32)
    return Sample(
        Face((1.5, 2.5, 30.0, 40.0), landmarks, 0.93, 90),
        Quality(71.5, {"sharpness": 0.2}, ("Come closer.",)),
        Template("sface", vector),
    )


def test_what_is_put_in_comes_out(tmp_path: Path) -> None:
    kept = (sample(1), sample(2))
    with TemplateCache(tmp_path, "key", "sface") as cache:
        cache.put(SHA, kept, (640, 480))
        cache.put("cd" * 32, (), (10, 20))
    with TemplateCache(tmp_path, "key", "sface") as cache:
        found = cache.get(SHA)
        assert cache.get("cd" * 32) == ((), (10, 20))
        assert len(cache) == 2
    assert found is not None
    samples, size = found
    assert size == (640, 480)
    for one, other in zip(kept, samples, strict=True):
        np.testing.assert_array_equal(one.template.vector, other.template.vector)
        np.testing.assert_array_equal(one.face.landmarks, other.face.landmarks)
        assert (one.face.box, one.face.score, one.face.turned) == (other.face.box, other.face.score, other.face.turned)
        assert one.quality == other.quality


def test_another_model_or_setting_has_its_own_entries(tmp_path: Path) -> None:
    with TemplateCache(tmp_path, "one model", "sface") as cache:
        cache.put(SHA, (sample(1),), (1, 1))
    with TemplateCache(tmp_path, "another", "sface") as cache:
        assert cache.get(SHA) is None


def test_nothing_known_is_readable_on_disk(tmp_path: Path) -> None:
    kept = sample(1)
    with TemplateCache(tmp_path, "key", "sface") as cache:
        cache.put(SHA, (kept,), (640, 480))
        contents = b"".join(path.read_bytes() for path in tmp_path.iterdir() if path.name != "cache.key")
    vector = kept.template.vector
    for secret in (
        vector.tobytes(),
        vector[:4].tobytes(),
        SHA.encode(),
        bytes.fromhex(SHA),
        b"sharpness",
        b"Come closer",
    ):
        assert secret not in contents


@pytest.mark.skipif(os.name != "posix", reason="file modes")
def test_files_are_for_their_owner_only_and_an_open_key_is_refused(tmp_path: Path) -> None:
    with TemplateCache(tmp_path, "key", "sface"):
        pass
    for name in ("cache.key", "cache.sqlite"):
        assert stat.S_IMODE((tmp_path / name).stat().st_mode) == 0o600
    (tmp_path / "cache.key").chmod(0o644)
    with pytest.raises(CacheError, match="read by others"):
        TemplateCache(tmp_path, "key", "sface")


def test_a_damaged_or_moved_entry_is_worth_nothing(tmp_path: Path) -> None:
    with TemplateCache(tmp_path, "key", "sface") as cache:
        cache.put(SHA, (sample(1),), (1, 1))
        cache.put("cd" * 32, (sample(2),), (1, 1))
        rows = cache._file.execute("SELECT name, sealed FROM entry").fetchall()
        # Swap two entries: each decrypts only under its own name.
        cache._file.execute("UPDATE entry SET sealed = ? WHERE name = ?", (rows[1][1], rows[0][0]))
        cache._file.execute("UPDATE entry SET sealed = ? WHERE name = ?", (rows[1][1][:-1] + b"x", rows[1][0]))
        assert cache.get(SHA) is None
        assert cache.get("cd" * 32) is None


def test_a_file_that_is_no_cache_is_a_clear_error(tmp_path: Path) -> None:
    (tmp_path / "cache.sqlite").write_text("not a database, but long enough to be taken for one at first sight" * 20)
    with pytest.raises(CacheError, match="cannot be opened"):
        TemplateCache(tmp_path, "key", "sface")
    for damaged in ("", "{}", '{"keyset": "x", "names": "zz"}'):
        folder = tmp_path / f"k{len(damaged)}"
        folder.mkdir()
        (folder / "cache.key").write_text(damaged)
        (folder / "cache.key").chmod(0o600)
        with pytest.raises(CacheError):
            TemplateCache(folder, "key", "sface")


def test_forgetting(tmp_path: Path) -> None:
    with TemplateCache(tmp_path, "key", "sface") as cache:
        cache.put(SHA, (sample(1),), (1, 1))
        cache.forget(SHA)
        assert cache.get(SHA) is None
        assert len(cache) == 0
