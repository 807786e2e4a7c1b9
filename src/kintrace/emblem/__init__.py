"""Keys and assets → digital emblems issued, published, discovered, verified.

A digital emblem lets anyone who looks see that a server is protected under international humanitarian law, and check who says so
(ADEM: Linker & Basin, CCS 2023, and the IETF drafts that followed). Two profiles of tokens are spoken, behind one interface.
"""

from kintrace.emblem.items import Item

__all__ = ["Item"]
