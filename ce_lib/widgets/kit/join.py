"""A figure as the one file that anywidget needs."""

import functools
import re
from pathlib import Path

IMPORT = re.compile(r'^import (\{[^}]*\}) from "(\.[^"]+)";\n', re.MULTILINE)
EXPORT = re.compile(r"^export ((?:async )?(?:const|let|function\*?|class) (\w+))", re.MULTILINE)


def front_end(folder):
    """Returns the module and the styles of the figure in a folder."""
    return join(folder / "figure.js"), Path(__file__).with_name("figure.css").read_text("utf-8")


@functools.cache
def join(file):
    """Returns a module with all that it imports, as the one file that anywidget needs.

    Each imported module becomes a function that returns its exports, so that two modules may
    declare one name. An import or an export of another form than those of the figures is an error.
    """
    before = {}

    def imported(path):
        if path not in before:
            text = with_imports(path)
            exports = ", ".join(name for _, name in EXPORT.findall(text))
            body = EXPORT.sub(r"\1", text)
            if found := re.search(r"^export\b.*", body, re.MULTILINE):
                raise ValueError(f"{path.name} must export by declaration, got {found[0]}")
            call = f"(() => {{\n{body}\nreturn {{ {exports} }};\n}})()"
            before[path] = f"const $module_{len(before)} = {call};\n"
        return f"$module_{list(before).index(path)}"

    def with_imports(path):
        def as_constant(match):
            names = match[1].replace(" as ", ": ")
            return f"const {names} = {imported((path.parent / match[2]).resolve())};\n"

        text = IMPORT.sub(as_constant, path.read_text("utf-8"))
        if found := re.search(r"^import\b.*", text, re.MULTILINE):
            raise ValueError(f'{path.name} must import {{ names }} from "./x.js", got {found[0]}')
        return text

    figure = with_imports(file.resolve())
    return "".join(before.values()) + figure
