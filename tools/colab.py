"""Renews the versions and the date of tests/colab.txt from what Colab publishes.

python -m tools.colab [FREEZE]   FREEZE is a path or an address of a pip-freeze.txt
"""

import datetime
import re
import sys
from pathlib import Path
from urllib.request import urlopen

from engine import ROOT

PINS = ROOT / "tests" / "colab.txt"
FREEZE = "https://raw.githubusercontent.com/googlecolab/backend-info/main/pip-freeze.txt"
PIN = re.compile(r"(?m)^([\w.-]+)==(\S+)$")


def key(name):
    return re.sub(r"[-_.]+", "-", name).lower()


def renew(text, freeze, today):
    """Returns the text with the versions of the freeze, of the packages that it already lists."""
    published = {key(name): version for name, version in PIN.findall(freeze)}
    if len(published) < 100:
        raise ValueError(f"a list of {len(published)} packages cannot be Colab's")
    versions = PIN.sub(lambda pin: f"{pin[1]}=={published.get(key(pin[1]), pin[2])}", text)
    changed = [pin for pin in versions.splitlines() if pin not in text.splitlines()]
    kept = sum(key(name) not in published for name, _ in PIN.findall(text))
    taken = f"# Taken from Colab's pip-freeze.txt of {today}.\n"
    return taken + re.sub(r"\A# Taken from .*\n", "", versions), changed, kept


def main(source=FREEZE):
    try:
        if "://" in source:
            with urlopen(source, timeout=30) as answer:
                freeze = answer.read().decode("utf-8")
        else:
            freeze = Path(source).read_text("utf-8")
        today = datetime.date.today().isoformat()
        text, changed, kept = renew(PINS.read_text("utf-8"), freeze, today)
    except (OSError, ValueError) as error:
        return f"tests/colab.txt stays as it was: {error}."
    PINS.write_text(text, "utf-8")
    print(f"Changed: {', '.join(changed) or 'no version'}; {kept} kept that Colab does not list.")
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
