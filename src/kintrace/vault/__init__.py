"""Keys, sealed fields and files, erasure. Secrets and persons enter, ciphertext leaves; whoever destroys a key has erased.

Three levels of keys: the deployment's root key wraps each office's, that wraps each person's, and under a person's key
everything known of that person is sealed. Keys live in a database of their own, the keyring.

What is named here is in ``__init__.pyi``; each module is loaded when something of it is first asked for: Django's models must not
load before its settings.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
