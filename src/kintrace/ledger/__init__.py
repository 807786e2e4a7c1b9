"""What happened: an append-only log that shows tampering, and holds nothing about a person but random ids.

:func:`record` writes an entry in the transaction of what it records. Entries form one chain of SHA-256 values;
:func:`verify` finds the first that was altered, removed, reordered or inserted, and :func:`checkpoint` signs the chain so that
a copy kept elsewhere shows a ledger that was cut short or written anew. docs/ledger.md tells how, and what it cannot do.

What is named here is in ``__init__.pyi``; each module is loaded when something of it is first asked for: Django's models must not
load before its settings.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
