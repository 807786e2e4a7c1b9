"""``kintrace names``, ``kintrace calibrate names``."""

import json
import subprocess
from pathlib import Path

from deployments import Deployment

TABLE = Path(__file__).parents[1] / "evidence" / "name_pairs.csv"


def run(environment, *words: str) -> subprocess.CompletedProcess[str]:
    return Deployment(environment).run(*words)


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


def confirmed(file: Path) -> None:
    """Pairs of an agency on whose cards family names often differ: given and father's name are what people keep."""
    given = ["Petro", "Ivan", "Olena", "Taras", "Ihor", "Hanna", "Roman", "Maksym", "Sofiia", "Andrii"]
    family = ["Zborovsky", "Kalyna", "Hudz", "Prystupa", "Lozovy", "Shcherba", "Vovk", "Chubai", "Tarnavsky", "Bilozir"]
    lines = ["a,b,same"]
    for at in range(400):
        mine, yours = given[at % 10], given[(at + 1 + at // 10 % 9) % 10]
        a, b = family[at // 10 % 10], family[(at // 10 + 3 + at % 3) % 10]
        father = given[(at // 7) % 10]
        lines.append(f"{mine} {father}ovych {a},{mine} {father}ovych {b},1")
        lines.append(f"{mine} {a},{yours} {b},0")
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")


def test_weights_are_learned_and_then_used(environment, tmp_path):
    pair = ("Petro Kalyna", "Petro Hudz")
    shipped = json.loads(run(environment, "names", *pair, "--json").stdout)["llr"]
    file = tmp_path / "confirmed.csv"
    confirmed(file)
    told = run(environment, "calibrate", "names", str(file), "--json")
    assert told.returncode == 0, told.stderr
    figures = json.loads(told.stdout)
    assert figures["cllr_learned"] < figures["cllr_shipped"]
    learned = Path(environment["KINTRACE_HOME"]) / "calibrations" / "names.toml"
    assert figures["file"] == str(learned)
    assert figures["checked"] > 50
    assert json.loads(run(environment, "names", *pair, "--json").stdout)["llr"] > shipped + 0.5
    checks = {each["check"]: each for each in json.loads(run(environment, "doctor", "--json").stdout)["checks"]}
    assert f"learned from {figures['one_person']} confirmed pairs" in checks["names"]["words"]
    learned.write_text("broken")
    refused = run(environment, "names", *pair)
    assert refused.returncode == 1
    assert "kintrace calibrate names" in refused.stderr
    checks = {each["check"]: each for each in json.loads(run(environment, "doctor", "--json").stdout)["checks"]}
    assert not checks["names"]["sound"]
    learned.unlink()


def test_a_file_or_what_was_concluded_and_not_both(environment, tmp_path):
    for words in ((), (str(TABLE), "--confirmed")):
        refused = run(environment, "calibrate", "names", *words)
        assert refused.returncode == 1
        assert "Give a file of pairs, or --confirmed" in refused.stderr
    deployment = Deployment({**environment, "KINTRACE_DATA": str(tmp_path / "data"), "KINTRACE_USER": "head"})
    assert deployment.run("init").returncode == 0
    refused = deployment.run("calibrate", "names", "--confirmed")
    assert refused.returncode == 1
    assert "at least 30 are needed" in refused.stderr


def test_learned_weights_that_do_worse_are_not_used(environment):
    """The table's pairs of two people are much harder than strangers: what they teach does worse."""
    told = run(environment, "calibrate", "names", str(TABLE), "--json")
    assert told.returncode == 0, told.stderr
    figures = json.loads(told.stdout)
    assert not figures["better"]
    assert figures["file"] is None
    assert not (Path(environment["KINTRACE_HOME"]) / "calibrations" / "names.toml").exists()
