"""The second half of ``kintrace demo``: a demonstration agency to walk about in, served on this machine."""

import os
import shutil
from pathlib import Path

from kintrace.cli.app import out, progress

MARK = "made-by-kintrace-demo"
OWN = ("DATABASE_URL", "KEYRING_URL", "BLOBS_URL", "ROOT_KEY", "ROOT_KEY_FILE", "ROOT_KEY_URI", "USER", "OFFICE")
"""What names an agency's own records: a demonstration never touches them."""


def build(place: Path, portraits: Path) -> None:
    """Make the agency's data folder anew, and let the worker look at its photos and search from its cards."""
    data = place.resolve() / "agency"
    if data.exists() and (data / MARK).exists():
        shutil.rmtree(data)
    os.environ["KINTRACE_DATA"] = str(data)
    for name in (
        "KINTRACE_DATABASE_URL",
        "KINTRACE_KEYRING_URL",
        "KINTRACE_BLOBS_URL",
        "KINTRACE_ROOT_KEY",
        "KINTRACE_ROOT_KEY_FILE",
    ):
        os.environ.pop(name, None)  # a demonstration never touches an agency's own records
    os.environ["KINTRACE_SECOND_FACTOR"] = "none"
    from kintrace.cli.candidates import settle
    from kintrace.cli.records import begun

    begun()
    from kintrace.site import demo, demoreviews

    with progress("Filling a demonstration agency") as bar:
        demo.build(portraits, bar)
    (data / MARK).touch()
    demoreviews.prepare(portraits)
    settle()
    demoreviews.work()


def say() -> None:
    """Who may sign in."""
    from kintrace.site.demo import OFFICES, PASSWORD, USERS

    out.print(
        f"\nA demonstration agency is filled with invented cards. The password of all its users: {PASSWORD}",
        markup=False,
    )
    for login, (office, roles) in USERS.items():
        out.print(f"  {login:6} {', '.join(each.label for each in roles)}, {OFFICES[office]}", markup=False)


def serve(port: int) -> None:
    """Serve it until Ctrl-C."""
    from kintrace.cli.serve import pages

    pages("127.0.0.1", port)
