"""Kintrace: face search and digital tracing cards for people separated by war, disaster and migration.

Kintrace proposes candidates; it never identifies anyone. Two trained people decide.
"""

__version__ = "0.1.0"
