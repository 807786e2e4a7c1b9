"""Kintrace: face search and digital tracing cards for people separated by war, disaster and migration.

Kintrace proposes candidates; it never identifies anyone. Two trained people decide.
"""

import os
from pathlib import Path

__version__ = "0.1.0"


def home() -> Path:
    """Kintrace's own folder on this machine, for model packs and the encrypted cache."""
    return Path(os.environ.get("KINTRACE_HOME") or Path.home() / ".kintrace")
