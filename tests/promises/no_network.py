"""Run a program with every outbound connection forbidden, and note each attempt. Used by the test of rule 8.

Where the system allows it, the program also runs in a network namespace without any interface, so that native code, which
Python's audit events do not see, reaches nothing either.
"""

import os
import socket
import sys

FORBIDDEN = {"socket.connect", "socket.getaddrinfo", "socket.gethostbyname", "socket.sendto", "urllib.Request"}


def forbid(note: str) -> None:
    """Refuse, and write down, every attempt to reach anything by network."""

    def watch(event: str, arguments: tuple[object, ...]) -> None:
        if event not in FORBIDDEN:
            return
        if event == "socket.connect" and isinstance(arguments[1], str):
            return  # a socket of this machine's file system
        with open(note, "a", encoding="utf-8") as file:
            file.write(f"{event} {arguments[1:]!r}\n")
        raise OSError(f"forbidden: {event}")

    sys.addaudithook(watch)


if __name__ == "__main__":
    forbid(sys.argv[1])
    try:
        socket.create_connection(("192.0.2.1", 9), timeout=1)
        os._exit(97)  # the prohibition does not work
    except OSError:
        os.truncate(sys.argv[1], 0)
    sys.argv = ["kintrace", *sys.argv[2:]]
    from kintrace.cli import main

    main()
