"""Uploads stay in memory: a photo never lies unsealed in a temporary file."""

from django.core.files.uploadhandler import MemoryFileUploadHandler, StopUpload
from django.http import HttpRequest

LARGEST = 64_000_000
"""Bytes of one upload; what :mod:`kintrace.faces` takes is less, and it says so better."""


class InMemory(MemoryFileUploadHandler):
    """Django's own, for files of any size it is allowed to take."""

    def __init__(self, request: HttpRequest | None = None) -> None:
        super().__init__(request)
        self.held = 0

    def handle_raw_input(self, *args: object, **named: object) -> None:
        """Every file is for this handler."""
        self.activated = True

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        """Keep a part, up to :data:`LARGEST`."""
        self.held += len(raw_data)
        if self.held > LARGEST:
            raise StopUpload(connection_reset=True)
        super().receive_data_chunk(raw_data, start)
