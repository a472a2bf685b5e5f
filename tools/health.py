"""Makes the page that says which chapter works in which environment, and since when.

python -m tools.health FOLDER results.json ...   adds results to what the folder already says
python -m tools.health --all FOLDER ...          and says which rows should have run and did not
"""

import argparse
import json
import re
from datetime import datetime, timezone
from html import escape
from pathlib import Path

ROWS = Path(__file__).resolve().parent.parent / "tests" / "environments.yml"

PASSED = {"state": "passed", "why": ""}
STYLE = """:root{color-scheme:light dark;--ok:#0072b2;--bad:#b34700}
@media(prefers-color-scheme:dark){:root{--ok:#7cc4f0;--bad:#ffb07c}}
body{font:1rem/1.4 system-ui,sans-serif;margin:1rem}
div{overflow-x:auto}table{border-collapse:collapse}
th,td{border:1px solid;padding:.4rem;text-align:left;vertical-align:top;min-width:7rem}
.passed b{color:var(--ok)}.failed b{color:var(--bad)}
small{font-weight:400;overflow-wrap:anywhere}"""


def failed(why):
    """A check that failed, and in one line why."""
    return {"state": "failed", "why": why}


def not_run(why):
    """A check that was not run, and in one line why."""
    return {"state": "not run", "why": why}


def read(file):
    """Returns the rows of an earlier run; none where the file is missing or torn."""
    try:
        rows = json.loads(file.read_text("utf-8"))["rows"]
        return {row["row"]: row for row in rows if all(x["since"] for x in row["checks"].values())}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return {}


def silent(results, before, date):
    """Returns the earlier rows of which no result came, as rows in which nothing ran."""
    came = {row["row"] for row in results}
    return [
        row
        | {"date": date, "commit": "no result", "machine": ""}
        | {"checks": dict.fromkeys(row["checks"], not_run("no result came"))}
        for name, row in before.items()
        if name not in came
    ]


def merge(results, before):
    """Adds results to earlier ones; a check that is as it was keeps the date since when."""
    merged = dict(before)
    for row in results:
        was = before.get(row["row"], {"checks": {}})["checks"]
        checks = {}
        for name, check in row["checks"].items():
            same = name in was and was[name]["state"] == check["state"]
            checks[name] = check | {"since": was[name]["since"] if same else row["date"]}
        merged[row["row"]] = row | {"checks": checks}
    return merged


def cell(check):
    """One check as a cell of the table."""
    if check is None:
        return "<td>not run</td>"
    why = f"<br><small>{escape(check['why'])}</small>" if check["why"] else ""
    kind = check["state"].replace(" ", "-")
    return f'<td class="{kind}"><b>{check["state"]}</b><br>since {escape(check["since"])}{why}</td>'


def heading(row):
    """What an environment is, at the head of its column."""
    versions = ", ".join(f"{name} {version}" for name, version in row["versions"].items())
    torch = f"without torch: {row['torch']}" if row["torch"] else ""
    run = ", ".join(filter(None, (row["date"], row["commit"], row["machine"])))
    facts = "<br>".join(escape(x) for x in (f"Python {row['python']}", versions, torch, run) if x)
    return f'<th scope="col">{escape(row["row"])}<br><small>{facts}</small></th>'


def page(rows):
    """Returns the whole page."""
    names = list(dict.fromkeys(name for row in rows.values() for name in row["checks"]))
    lines = [
        f'<tr><th scope="row">{escape(name)}</th>'
        + "".join(cell(row["checks"].get(name)) for row in rows.values())
        + "</tr>"
        for name in names
    ]
    head = "".join(map(heading, rows.values()))
    return f"""<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>What works where</title>
<meta name="viewport" content="width=device-width"><style>{STYLE}</style></head>
<body><h1>What works where</h1>
<p>The library's tests and each chapter's notebook, run in each environment.
<a href="health.json">The same as data</a></p>
<div tabindex="0" role="region" aria-label="Results"><table>
<thead><tr><th scope="col">checked</th>{head}</tr></thead>
<tbody>
{chr(10).join(lines)}
</tbody></table></div></body></html>
"""


def publish(results, folder, all_ran=False):
    """Adds results to those of a folder, and writes its page."""
    folder.mkdir(parents=True, exist_ok=True)
    before = read(folder / "health.json")
    if all_ran:
        # health.yml runs this with a bare Python, which has no YAML.
        expected = re.findall(r"(?m)^([\w.-]+): ", ROWS.read_text("utf-8"))
        before = {name: row for name, row in before.items() if name in expected}
        results = [*results, *silent(results, before, f"{datetime.now(timezone.utc):%Y-%m-%d}")]
    rows = merge(results, before)
    for name, text in {
        "health.json": json.dumps({"rows": list(rows.values())}, indent=1),
        "index.html": page(rows),
    }.items():
        (folder / f"{name}.part").write_text(text, "utf-8")
        (folder / f"{name}.part").replace(folder / name)  # whole or not at all


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("results", type=Path, nargs="*")
    parser.add_argument("--all", action="store_true", help="every row should have run")
    options = parser.parse_args()
    found = [json.loads(file.read_text("utf-8")) for file in options.results]
    publish([row for file in found for row in file["rows"]], options.folder, options.all)
