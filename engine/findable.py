"""What search engines and messengers read: a description, a card, structured data, a sitemap.

Addresses in them must be whole, so most of it needs to know where the site is: the environment
variable CE_SITE, else the Pages of the repository where that is on GitHub. Where neither says it,
a page still has its title, its description and its structured data.
"""

import json
import os
import re
import textwrap
from html import escape
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
from docutils import nodes
from sphinx.errors import ExtensionError

import ce_lib as ce
from ce_lib.figures import style

LICENSE = "https://creativecommons.org/licenses/by/4.0/"


def site(repository):
    """Returns the address of the site with a slash at its end, or "" where nothing says it."""
    if said := os.environ.get("CE_SITE", ""):
        if not re.fullmatch(r"https?://[\w.:/~-]+", said):
            raise ExtensionError(f"CE_SITE must be like https://you.github.io/book/, got {said}")
        return said.rstrip("/") + "/"
    found = re.fullmatch(r"https://github\.com/([\w.-]+)/([\w.-]+)", repository)
    if not found:
        return ""
    owner, name = found[1].lower(), found[2]
    home = f"{owner}.github.io"
    return f"https://{home}/" if name.lower() == home else f"https://{home}/{name}/"


def configure(app, config):
    config.html_baseurl = site(config.html_theme_options.get("repository_url", ""))


def describe(doctree):
    """Returns what the page says of itself, in its first lines."""
    if doctree is None:
        return ""
    metas = doctree.findall(nodes.meta)
    return next((meta["content"] for meta in metas if meta.get("name") == "description"), "")


def structured(app, page, title, description):
    """Returns the page as schema.org has it: the book is a course, its pages are its parts."""
    config, env = app.config, app.env
    data = {
        "@context": "https://schema.org",
        "@type": "Course" if page == config.root_doc else "LearningResource",
        "name": title,
        "description": description,
        "inLanguage": config.language,
        "license": LICENSE,
        "isAccessibleForFree": True,
        "provider": {"@type": "Organization", "name": config.author},
    }
    if config.html_baseurl:
        data["url"] = config.html_baseurl + app.builder.get_target_uri(page)
    if page == config.root_doc:
        parts = [
            name for name in env.toctree_includes.get(page, []) if env.toc_secnumbers.get(name)
        ]
        data["hasPart"] = [
            {"@type": "LearningResource", "name": env.titles[name].astext(), "position": n}
            for n, name in enumerate(parts, 1)
        ]
    else:
        data["isPartOf"] = {"@type": "Course", "name": config.html_title}
    return json.dumps(data, ensure_ascii=False).replace("<", "\\u003c")


def head(app, page, template, context, doctree):
    """Adds what a page says of itself to its head."""
    description = describe(doctree)
    if not description:  # the page of the search
        context["head"] = '<meta name="robots" content="noindex">'
        return
    base, title = app.config.html_baseurl, app.env.titles[page].astext()
    tags = {
        "og:type": "website" if page == app.config.root_doc else "article",
        "og:site_name": app.config.html_title,
        "og:title": title,
        "og:description": description,
    }
    if base:
        tags["og:url"] = base + app.builder.get_target_uri(page)
        tags["og:image"] = f"{base}_static/cards/{Path(page).name}.png"
        tags["og:image:alt"] = f"The loss curve of cross-entropy, with the words: {title}"
    lines = [f'<meta name="description" content="{escape(description)}">']
    lines += [f'<meta property="{key}" content="{escape(tags[key])}">' for key in tags]
    if base:
        lines.append('<meta name="twitter:card" content="summary_large_image">')
        lines.append(f'<link rel="canonical" href="{escape(tags["og:url"])}">')
    data = structured(app, page, title, description)
    lines.append(f'<script type="application/ld+json">{data}</script>')
    context["head"] = "\n".join(lines)


def card(path, book, title, number):
    """Draws the picture that a messenger shows beside a link."""
    figure = plt.figure(figsize=(12, 6.3), dpi=100, facecolor="#14181d")
    axes = figure.add_axes((0.52, 0.0, 0.48, 1.0))
    z = np.linspace(-8, 8, 200)
    loss = ce.binary_cross_entropy_with_logits(z, np.ones_like(z), reduction="none")
    axes.fill_between(z, loss, color=style.P, alpha=0.25, linewidth=0)
    axes.plot(z, loss, color="#82b8ff", linewidth=6)
    axes.set(xlim=(-8, 8), ylim=(0, 9))
    axes.axis("off")
    words = textwrap.fill(number + title, 18)
    figure.text(0.05, 0.55, words, fontsize=40, weight="bold", color="#ffffff", va="center")
    figure.text(0.05, 0.12, book, fontsize=22, color="#d9a06a")
    figure.savefig(path)
    plt.close(figure)


def finish(app, exception):
    """Writes the cards and the sitemap, where the address of the site is known."""
    base, env = app.config.html_baseurl, app.env
    if exception or app.builder.format != "html" or not base:
        return
    cards = Path(app.outdir) / "_static" / "cards"
    cards.mkdir(exist_ok=True)
    pages = [app.config.root_doc, *env.toctree_includes[app.config.root_doc]]
    addresses = []
    for page in pages:
        number = env.toc_secnumbers.get(page, {}).get("")
        card(
            cards / f"{Path(page).name}.png",
            app.config.html_title,
            env.titles[page].astext(),
            f"{number[0]}  " if number else "",
        )
        addresses.append(f"<url><loc>{escape(base + app.builder.get_target_uri(page))}</loc></url>")
    text = "\n".join(
        [
            '<?xml version="1.0" encoding="utf-8"?>',
            '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">',
            *addresses,
            "</urlset>\n",
        ]
    )
    (Path(app.outdir) / "sitemap.xml").write_text(text, "utf-8")
    (Path(app.outdir) / "robots.txt").write_text(f"Sitemap: {base}sitemap.xml\n", "utf-8")


def setup(app):
    app.connect("config-inited", configure, priority=600)  # after the repository is known
    app.connect("html-page-context", head, priority=960)
    app.connect("build-finished", finish)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
