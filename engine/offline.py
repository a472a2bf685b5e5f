"""The book without a network: a service worker, a manifest to install it, and the site as a zip."""

import base64
import hashlib
import json
import posixpath
import re
import zipfile
from pathlib import Path
from urllib.parse import quote

from engine.assets import THEME

NAME = "cross-entropy-interactively"
TEXTS = {".html", ".css", ".js", ".mjs", ".webmanifest"}  # these can name other files
KINDS = TEXTS | {".json", ".svg", ".png", ".woff2"}
PYTHON = "_static/python/"  # loaded, and kept, at the first Run only
ONLINE = {"sw.js", "site.webmanifest", f"{NAME}.zip"}  # not in the zip: of no use on file://


RARE = {  # font of the maths → the classes of what is set in it; most books use few of them
    "AMS": "amsrm|mathbb|textbb",
    "Caligraphic": "mathcal",
    "Fraktur": "mathfrak|textfrak",
    "Main-Bold": "mathbf|textbf",
    "Main-Italic": "mathit|textit",
    "Math-BoldItalic": "boldsymbol",
    "SansSerif": "mathsf|textsf",
    "Script": "mathscr|textscr",
    "Typewriter": "mathtt|texttt",
}


# The service worker


def unused_fonts(pages):
    """Return the beginnings of the names of fonts in which no formula of these pages is set."""
    classes = " ".join(found for page in pages for found in re.findall(r'class="([^"]+)"', page))
    return tuple(
        f"KaTeX_{font}" for font, used in RARE.items() if not re.search(rf"\b({used})\b", classes)
    )


def used(folder):
    """Return the paths of the pages, and of the files that they, their styles and scripts name."""
    files = {f.relative_to(folder).as_posix(): f for f in sorted(folder.rglob("*"))}
    files = {
        path: f
        for path, f in files.items()
        if f.suffix in KINDS and path != "sw.js" and not path.startswith(PYTHON)
    }
    found = [path for path in files if path.endswith(".html")]
    unused = unused_fonts(files[path].read_text("utf-8") for path in found)
    files = {path: f for path, f in files.items() if not f.name.startswith(unused)}
    for path in found:  # grows as it goes
        if files[path].suffix not in TEXTS:
            continue
        text = re.sub(r"<meta\b[^>]*>", "", files[path].read_text("utf-8"))  # not the cards
        names = set(re.findall(r"[\w.-]+", text))
        found += [p for p in files if p not in found and posixpath.basename(p) in names]
    return sorted(found)


def versions(folder, paths):
    """Return the ?v=… with which the pages ask for a file, by its path."""
    asked = {}
    for page in paths:
        if page.endswith(".html"):
            text = (folder / page).read_text("utf-8")
            named = r'(?:src="|href="|url\()([^"?#:()]+)(\?v=[\w.-]+)[")]'
            for path, query in re.findall(named, text):
                asked[posixpath.normpath(posixpath.join(posixpath.dirname(page), path))] = query
    return asked


def write_worker(folder):
    """Write sw.js, which knows each file of the site by its content."""
    paths = used(folder)
    asked = versions(folder, paths)
    files = {}
    for path in paths:
        digest = hashlib.sha256((folder / path).read_bytes()).digest()
        integrity = "sha256-" + base64.b64encode(digest).decode()
        files[quote(path)] = [integrity, asked.get(path, "")]
    worker = (THEME / "js" / "service_worker.js").read_text("utf-8")
    listed = json.dumps(files, indent=0)
    (folder / "sw.js").write_text(
        worker.replace("const FILES = {};", f"const FILES = {listed};"), "utf-8"
    )


# The installable page


def write_manifest(folder, title):
    """Write site.webmanifest; its icons are in theme/static/."""
    icons = [{"src": "_static/favicon.svg", "sizes": "any", "type": "image/svg+xml"}]
    for size, purpose in ((192, "any"), (512, "any"), (512, "maskable")):
        path = f"_static/icon-{size}{'-maskable' if purpose == 'maskable' else ''}.png"
        icons.append(
            {"src": path, "sizes": f"{size}x{size}", "type": "image/png", "purpose": purpose}
        )
    manifest = {
        "name": title,
        "short_name": "Cross-Entropy",
        "lang": "en",
        "start_url": ".",
        "scope": ".",
        "display": "minimal-ui",  # a reader needs Back, and a figure's state is in the address
        "theme_color": "#ffffff",
        "background_color": "#ffffff",
        "icons": icons,
    }
    (folder / "site.webmanifest").write_text(json.dumps(manifest, indent=1) + "\n", "utf-8")


# The zip


def write_zip(folder):
    """Write the site as one zip into the site itself: the same bytes for the same site."""
    target = folder / f"{NAME}.zip"
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(f.relative_to(folder).as_posix() for f in folder.rglob("*")):
            if path in ONLINE or path.startswith(".") or (folder / path).is_dir():
                continue
            data = (folder / path).read_bytes()
            if path.endswith(".html"):
                links = r'<link\b[^>]*\brel="(?:manifest|preload)"[^>]*>\s*'  # file:// refuses both
                text = re.sub(links, "", data.decode())
                text = re.sub(rf'<a [^>]*href="(?:\.\./)*{NAME}\.zip"[^>]*>(.*?)</a>', r"\1", text)
                data = text.encode()
            entry = zipfile.ZipInfo(f"{NAME}/{path}")  # its time is always 1 January 1980
            entry.compress_type, entry.external_attr = zipfile.ZIP_DEFLATED, 0o644 << 16
            archive.writestr(entry, data)
    return target


def write(app):
    """Write the manifest, the worker and the zip, from the files of the site as they lie there."""
    folder = Path(app.outdir)
    write_manifest(folder, app.config.html_title or app.config.project)
    write_worker(folder)
    write_zip(folder)
