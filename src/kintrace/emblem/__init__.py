"""Keys and assets → digital emblems issued, published, discovered, verified."""

from kintrace.emblem.items import Item

__all__ = ["Item"]
