"""Where somebody sits at a terminal they are asked for what is missing; a script is told."""

import os
import subprocess
import sys

import pytest

pytestmark = [pytest.mark.slow, pytest.mark.skipif(os.name != "posix", reason="pseudo-terminals")]


def at_a_terminal(deployment, *words: str, typed: str) -> tuple[int, str]:
    """Run the command at a terminal of its own; its exit code, and what stood on the terminal."""
    import pty

    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "kintrace", *words]
    with subprocess.Popen(command, env=deployment.environment, stdin=theirs, stdout=theirs, stderr=theirs) as running:
        os.close(theirs)
        os.write(ours, typed.encode())
        told = b""
        while True:
            try:
                piece = os.read(ours, 4096)
            except OSError:  # Linux: the other side was closed
                break
            if not piece:
                break
            told += piece
    os.close(ours)
    return running.returncode, told.decode()


def test_a_reason_that_is_missing_is_asked_for(deployment, tmp_path):
    (tmp_path / "form.yaml").write_text("{kind: found_person, found: {full_name: Rana (invented)}}", encoding="utf-8")
    deployment.kintrace("card", "new", "--from", str(tmp_path / "form.yaml"))
    for words in (["card", "close", "1"], ["card", "edit", "1", "--set", "occupation=baker"]):
        script = deployment.run(*words, told="her father said so\n")
        assert script.returncode == 1
        assert "Say why: --why." in script.stderr
    assert deployment.json("card", "show", "1", "--json")["status"] == "open"

    code, told = at_a_terminal(deployment, "card", "edit", "1", "--set", "occupation=baker", typed="\nhe said so\n")
    assert code == 0, told
    assert "A reason is needed" in told
    code, told = at_a_terminal(deployment, "card", "close", "1", typed="the family asked\n")
    assert code == 0, told
    card = deployment.json("card", "show", "1", "--json")
    assert (card["status"], card["closure_reason"]) == ("closed", "the family asked")
    assert "closed" in deployment.kintrace("card", "show", "1")
    row = next(each for each in deployment.json("card", "history", "1", "--json")["facts"] if each["why"])
    assert (row["value"], row["why"]) == ("baker", "he said so")
