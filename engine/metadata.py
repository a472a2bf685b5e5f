"""The parts that search engines and messengers read: description, card, structured data, sitemap.

Most of them hold whole addresses, and so need the address of the site: the environment variable
CE_SITE, else the Pages of the repository if it is on GitHub. Without an address, a page still has
its title, its description and its structured data. sphinxext-opengraph and sphinx-sitemap would
replace some 40 of these lines by two dependencies, and draw no curve on the card.
"""

import json
import os
import re
from html import escape
from pathlib import Path

from docutils import nodes
from sphinx.errors import ExtensionError

LICENSE = "https://creativecommons.org/licenses/by/4.0/"


def site(repository):
    """Return the address of the site with a slash at its end, or "" if it is not known."""
    if given := os.environ.get("CE_SITE", ""):
        if not re.fullmatch(r"https?://[\w.:/~-]+", given):
            raise ExtensionError(f"CE_SITE must be like https://you.github.io/book/, got {given}")
        return given.rstrip("/") + "/"
    found = re.fullmatch(r"https://github\.com/([\w.-]+)/([\w.-]+)", repository)
    if not found:
        return ""
    owner, name = found[1].lower(), found[2]
    home = f"{owner}.github.io"
    return f"https://{home}/" if name.lower() == home else f"https://{home}/{name}/"


def configure(app, config):
    config.html_baseurl = site(config.ce_repository)


def describe(doctree):
    """Return the description in the first lines of the page's source, or ""."""
    if doctree is None:
        return ""
    metas = doctree.findall(nodes.meta)
    return next((meta["content"] for meta in metas if meta.get("name") == "description"), "")


def structured(app, page, title, description):
    """Return the page in the words of schema.org: the book is a course of these pages."""
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


def write_head(app, page, template, context, doctree):
    """Describe the page in its head."""
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


def write_cards_and_sitemap(app):
    """Write the cards and the sitemap, if the address of the site is known."""
    base, env = app.config.html_baseurl, app.env
    if not base:
        return
    from engine.social_card import card  # and matplotlib, which takes a second

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
