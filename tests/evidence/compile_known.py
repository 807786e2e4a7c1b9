"""Make known.json of known.toml, after a change of that table or of how names are split and sound:

.venv/bin/python tests/evidence/compile_known.py
"""

import json
import tomllib
from pathlib import Path
from typing import Any

from kintrace.evidence.names import sounds
from kintrace.evidence.names.splitting import bare, split

FOLDER = Path(sounds.__file__).parent
GIVEN_SHARE = 0.005


def compiled() -> list[dict[str, Any]]:
    """The lines of ``known.toml`` with what can be told of their spellings beforehand."""
    kept = tomllib.loads((FOLDER / "known.toml").read_text(encoding="utf-8"))
    made = []
    for section, lines in kept.items():
        for name, line in lines.items():
            about, *spellings = (part.split() for part in line.split("|"))
            share = float(about[1]) if len(about) > 1 else GIVEN_SHARE
            rows = [
                [raw.script, raw.text, bare(raw.text), at > 0, skeletons_of(raw.text, raw.script)]
                for at, part in enumerate(spellings)
                for spelling in part
                for raw in split(spelling)
            ]
            made.append({"section": section, "name": name, "sex": about[0], "share": share, "spellings": rows})
    return made


def skeletons_of(text: str, script: str) -> list[str]:
    return list(dict.fromkeys(sounds.skeleton(reading) for reading in sounds.readings(text, script)))


def as_file(lines: list[dict[str, Any]]) -> str:
    """Compiled lines as they are kept, a name a line."""
    return "[\n" + ",\n".join(json.dumps(line, ensure_ascii=False, separators=(",", ":")) for line in lines) + "\n]\n"


if __name__ == "__main__":
    (FOLDER / "known.json").write_text(as_file(compiled()), encoding="utf-8")
