"""Uploads stay in memory: a photo never lies unsealed in a temporary file."""

import re

from django.core.files.uploadhandler import MemoryFileUploadHandler, StopUpload
from django.http import HttpRequest

LARGEST = 64_000_000
"""Bytes of one upload; what :mod:`kintrace.faces` takes is less, and it says so better."""

_UNSEEN = re.compile("[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


def unseen_left_out(text: str) -> str:
    """A text without control characters and marks that turn the direction of writing."""
    return _UNSEEN.sub("", text)


def shown_name(name: str) -> str:
    """A file's name as it is said back: nothing in it turns or hides what stands beside it. No file is ever called so here."""
    return unseen_left_out(name)[:80]


def too_large(request: HttpRequest) -> bool:
    """Whether what was sent was cut off, being larger than :data:`LARGEST`; files that came whole before are there."""
    return bool(getattr(request, "upload_too_large", False))


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
            self.request.upload_too_large = True
            raise StopUpload(connection_reset=True)
        super().receive_data_chunk(raw_data, start)
