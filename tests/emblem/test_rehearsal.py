"""The rehearsal: the commands of docs/emblem.md, as they stand there; and that it serves for nothing else."""

import os
import re
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from emblem_dns import free_port
from emblem_make import public

from kintrace.emblem import Level, merkle, read_logs, read_revocations, read_roots, verify
from kintrace.emblem.certificates import log_of_chain, read_chain
from kintrace.emblem.items import Item
from kintrace.emblem.keystore import new_private_key, request_for
from kintrace.emblem.profiles import Life, key_item, write_emblem, write_endorsement
from kintrace.emblem.rehearsal import Rehearsal
from kintrace.errors import EmblemError, NotReadable

DOCS = Path(__file__).parents[2] / "docs" / "emblem.md"


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="the page is for a shell")
def test_the_page_can_be_typed_line_by_line(tmp_path: Path) -> None:
    """Every command ends as the page says: those that check with their level, the others with 0."""
    page = DOCS.read_text(encoding="utf-8")
    part = page[page.index("## Rehearse it") : page.index("## Issue it, step by step")]
    lines = re.findall(r"^    (\S.*)$", part, re.MULTILINE)
    assert len(lines) > 20
    script = ["set -m", 'say() { echo "[$?]"; }']
    for line in lines:
        script += [line, "say" if "&" not in line else "sleep 3"]
    port = free_port()
    text = "\n".join(script).replace("127.0.0.1:5300", f"127.0.0.1:{port}")
    text = text.replace("emblem serve &", f"emblem serve --listen 127.0.0.1:{port} &")
    text = text.replace("emblem withdraw", f"emblem withdraw --server 127.0.0.1:{port}")
    text = text.replace(
        "emblem publish\nsay", "emblem publish\nsay\nsleep 1.5"
    )  # serve looks at the folder once a second
    (tmp_path / "kintrace").write_text(f"#!/bin/sh\nexec '{sys.executable}' -m kintrace \"$@\"\n")
    (tmp_path / "kintrace").chmod(0o755)
    (tmp_path / "empty").mkdir()
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("KINTRACE", "DJANGO"))}
    done = subprocess.run(
        ["bash", "-c", text], cwd=tmp_path / "empty", capture_output=True, text=True, timeout=300,
        env={**kept, "PATH": f"{tmp_path}:{os.environ['PATH']}", "COLUMNS": "200"},
    )  # fmt: skip
    codes = re.findall(r"^\[(\d+)\]$", done.stdout, re.MULTILINE)
    levels = re.findall(r"^(SIGNED|ORGANIZATIONAL|ENDORSED|INVALID)[:-]", done.stdout, re.MULTILINE)
    assert levels == ["SIGNED", "ORGANIZATIONAL", "ENDORSED"], done.stdout + done.stderr
    assert [code for code in codes if code != "0"] == ["12", "10"], done.stdout + done.stderr
    assert len(codes) == len(lines) - 1
    assert "is gone" in done.stdout
    assert "Stopped." in done.stderr


def test_what_it_certifies_counts_only_with_its_own_lists(tmp_path: Path) -> None:
    """And a second name leaves the first one's proof as good as it was."""
    now = datetime.now(UTC)
    life = Life(int(now.timestamp()) - 300, int(now.timestamp()) + 3600)
    items = {}
    for name in ("one.test", "two.test", "three.test"):
        oi, root, signer = f"https://{name}", new_private_key(), new_private_key()
        chain = Rehearsal(tmp_path / "r", now).certify(request_for(root, oi, ("A", "B")))
        assert chain.name == f"{name}.pem"
        log = log_of_chain(read_chain(chain.read_bytes()))
        emblem = write_emblem("B", signer, issuer=oi, purposes=1, assets=[name], life=life)
        internal = write_endorsement(
            "B", root, issuer=oi, subject=oi, key=public(signer).kid("B"), end=False, purposes=1, log=log, life=life
        )
        keys = [key_item(public(key), "B", "key") for key in (root, signer)]
        items[name] = [Item("B", "token", emblem, "e"), Item("B", "token", internal, "i"), *keys]
    for name, given in items.items():
        for folder, level in (("r", Level.ORGANIZATIONAL), ("other", Level.SIGNED)):
            if folder == "other" and not (tmp_path / "other").exists():
                Rehearsal(tmp_path / "other", now).certify(request_for(new_private_key(), "https://x.test"))
            here = tmp_path / folder
            found = verify(
                given, at=now + timedelta(seconds=1), name=name, logs=read_logs(here / "logs.json"),
                crl=read_revocations([here / "crl.pem"]), roots=read_roots([here / "roots.pem"]),
            )  # fmt: skip
            assert found.level is level, found
            assert (found.not_checked == ()) is (level is Level.ORGANIZATIONAL)
    assert os.name != "posix" or all(file.stat().st_mode & 0o077 == 0 for file in (tmp_path / "r").glob("*.key"))


def test_real_names_are_not_certified(tmp_path: Path) -> None:
    for oi in ("https://redcross.example", "https://test.example", "https://x.test.org"):
        with pytest.raises(EmblemError, match=r"does not end in \.test"):
            Rehearsal(tmp_path / "r", datetime.now(UTC)).certify(request_for(new_private_key(), oi))
    for bad in (b"", b"hello", request_for(new_private_key(), "https://x.test")[:-40]):
        with pytest.raises(NotReadable):
            Rehearsal(tmp_path / "r", datetime.now(UTC)).certify(bad)
    assert not (tmp_path / "r").exists()


def test_proofs_of_trees_of_many_sizes() -> None:
    for size in range(1, 40):
        leaves = [merkle.leaf_hash(bytes([number])) for number in range(size)]
        for number, leaf in enumerate(leaves):
            assert merkle.included(leaf, number, size, merkle.path_of(number, leaves), merkle.root_of(leaves))
