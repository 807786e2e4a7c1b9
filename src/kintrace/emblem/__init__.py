"""Keys and assets → digital emblems issued, published, discovered, verified.

A digital emblem lets anyone who looks see that a server is protected under international humanitarian law, and check who says so
(ADEM: Linker & Basin, CCS 2023, and the IETF drafts that followed). Two profiles of tokens are spoken, behind one interface.
"""

from kintrace.emblem.items import Item
from kintrace.emblem.keys import PublicKey
from kintrace.emblem.logs import Logs, read_logs
from kintrace.emblem.revocation import Revocations, read_revocations
from kintrace.emblem.roots import Roots, read_roots
from kintrace.emblem.validation import verify
from kintrace.emblem.verdict import Level, TokenReport, Verdict

__all__ = [
    "Item",
    "Level",
    "Logs",
    "PublicKey",
    "Revocations",
    "Roots",
    "TokenReport",
    "Verdict",
    "read_logs",
    "read_revocations",
    "read_roots",
    "verify",
]
