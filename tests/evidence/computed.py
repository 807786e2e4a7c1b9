"""Numbers of ``weights.toml`` whose basis is a computation: ``python tests/evidence/computed.py slips``."""

import sys
from datetime import date, timedelta


def mean_slips() -> float:
    """Dates one slip of typing away from a date (a digit wrong, or two neighbours changed about), over 1930 to 2020."""
    days = [date(1930, 1, 1) + timedelta(days=step) for step in range(0, 33_000, 37)]
    return sum(len(_one_slip(f"{day:%Y%m%d}")) for day in days) / len(days)


def _one_slip(text: str) -> set[str]:
    wrong = {text[:place] + digit + text[place + 1 :] for place in range(8) for digit in "0123456789"}
    turned = {text[:place] + text[place + 1] + text[place] + text[place + 2 :] for place in range(7)}
    return {each for each in wrong | turned if each != text and _is_date(each)}


def _is_date(text: str) -> bool:
    try:
        return 1850 <= date(int(text[:4]), int(text[4:6]), int(text[6:])).year <= 2026
    except ValueError:
        return False


if __name__ == "__main__":
    print({"slips": mean_slips}[sys.argv[1]]())
