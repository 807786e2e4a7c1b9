"""A photo file → what the file itself tells: content credentials, metadata, picture hashes; and what it may be used for.

:func:`inspect` looks into one file (:class:`Inspector`: in a process of its own, for bytes from anyone), :func:`sentences`
says in words what it found, :func:`assess` what the photo may be used for, and :class:`PictureIndex` finds the same picture
again. Nothing here opens a network connection, writes a file, or calls a photo real or false.

What is named here is in ``__init__.pyi``; each module is loaded when something of it is first asked for.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
