"""How passwords are kept: Argon2id (RFC 9106), slow enough for who guesses, and not so slow that signing in makes others wait."""

from django.contrib.auth.hashers import Argon2PasswordHasher


class Argon2id(Argon2PasswordHasher):
    """64 MiB, gone through twice, in two lanes: nearly three times the work of OWASP's least (46 MiB once; its Password Storage
    Cheat Sheet).

    A small server has two processors: Django's own numbers, eight lanes over 100 MiB, kept both busy for a third of a second at
    each sign-in. A password kept with other numbers still opens, and is kept with these from the next sign-in on.
    """

    time_cost = 2
    memory_cost = 64 * 1024
    parallelism = 2
