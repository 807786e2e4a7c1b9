"""``python -m kintrace`` is the ``kintrace`` command."""

from kintrace.cli import main

main()
