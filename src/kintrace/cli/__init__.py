"""The ``kintrace`` command: each sub-command mirrors a function of the rooms.

Exit codes: 0 done; 1 it could not be done, and why; 2 the command was not understood; 3 done, but some photos could not be
used; 130 stopped by Ctrl-C.
"""

from kintrace.cli.app import main

__all__ = ["main"]
