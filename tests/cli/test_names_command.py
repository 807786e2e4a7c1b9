"""``kintrace names``, ``kintrace calibrate names``."""

import json
import subprocess
import sys
from pathlib import Path

TABLE = Path(__file__).parents[1] / "evidence" / "name_pairs.csv"


def run(environment, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "kintrace", *words], capture_output=True, text=True, env=environment, encoding="utf-8"
    )


def test_one_pair_in_words_and_as_json(environment):
    told = run(environment, "names", "Mohammed Al-Husseini", "محمد الحسيني", "--json")
    assert told.returncode == 0, told.stderr
    read = json.loads(told.stdout)
    assert read["llr"] > 1.5
    assert read["state"] == "agree"
    assert [each["place"] for each in read["joined"]] == ["given name", "family name"]
    plain = run(environment, "names", "Іван Коваль", "Petro Koval")
    assert "May be a relative" in plain.stdout
    assert "%" not in plain.stdout


def test_a_file_of_pairs_gives_a_line_each(environment, tmp_path):
    file = tmp_path / "pairs.csv"
    file.write_text("a,b,note\nIvan Koval,Іван Коваль,x\nIvan Koval,,y\n", encoding="utf-8")
    told = run(environment, "names", "--file", str(file))
    assert told.returncode == 0, told.stderr
    lines = [json.loads(line) for line in told.stdout.splitlines()]
    assert [line["state"] for line in lines] == ["agree", "blank"]
    file.write_text("one,other\n")
    refused = run(environment, "names", "--file", str(file))
    assert refused.returncode == 1
    assert "It needs the columns a, b" in refused.stderr


def test_weights_are_learned_and_then_used(environment, tmp_path):
    told = run(environment, "calibrate", "names", str(TABLE), "--json")
    assert told.returncode == 0, told.stderr
    figures = json.loads(told.stdout)
    learned = Path(figures["file"])
    assert learned == Path(environment["KINTRACE_HOME"]) / "calibrations" / "names.toml"
    assert figures["checked"] > 50
    before = json.loads(run(environment, "names", "Ivan Koval", "Petro Koval", "--json").stdout)["llr"]
    learned.write_text("broken")
    refused = run(environment, "names", "Ivan Koval", "Petro Koval")
    assert refused.returncode == 1
    assert "kintrace calibrate names" in refused.stderr
    learned.unlink()
    shipped = json.loads(run(environment, "names", "Ivan Koval", "Petro Koval", "--json").stdout)["llr"]
    assert before != shipped
