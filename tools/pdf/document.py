"""The book as one HTML document: the articles of the built pages, made ready for paper."""

import itertools
import json
import posixpath
import re
from html import escape
from pathlib import Path

from bs4 import BeautifulSoup
from pygments.formatters import HtmlFormatter

from engine import ROOT

# What paper has no use for. The folded code of a prediction tells its answer.
SCREEN_ONLY = (
    ".headerlink, .opening > :not(h1), .strip, .toctree-wrapper, form, button, script, "
    "section:has(> .ce-progress), "
    ".cell.answer, .parsons, .cell-why, "  # of use in the page alone
    "details.hide > summary, .cell:has(.ce-prediction) > details.hide, .ce-fit:not(.ce-fit-mid), "
    ".ce-still :is(input, .ce-slider, .ce-controls, .ce-buttons, .ce-table)"
)
LINE = 100  # letters: a first paragraph of one line stays with what follows
SHOWS_ITS_ADDRESS = re.compile(r"doi:|https?:")
ASKS = ".ce-prediction, .ce-quiz, .exercise"
ON_PAPER = (
    "On paper the figures stand still: where the text says <em>drag</em>, <em>press</em> or "
    "<em>type</em>, it speaks of the book’s pages{address}. "
    'The answers are in the <a href="#key">exercise key</a>, from page {key} on.'
)
KEY = "To each question of the book its answer, in the order of the chapters."
WITHOUT_SOLUTIONS = (
    "This copy has no solutions of the exercises, as it was made for a course that grades them."
)


def whole_book(site, toc, about):
    """Returns the HTML of the whole book.

    Args:
        site: the folder of the built pages.
        toc: what _toc.yml says.
        about: what the title page says: title, author, version, date, licence.
    """
    parts = [("", [toc["root"]])]
    for part in toc["parts"]:
        parts.append((part["caption"], [page["file"] for page in part["chapters"]]))
    names = [name for _, pages in parts for name in pages]
    soups = {
        name: BeautifulSoup((site / f"{name}.html").read_text("utf-8"), "html.parser")
        for name in names
    }
    chapters = {name: chapter(name, soup, names) for name, soup in soups.items()}
    key = exercise_key(chapters)
    contents = table_of_contents([*parts, ("Appendix", ["key"])], {**chapters, "key": key})
    canonical = soups[toc["root"]].select_one("link[rel=canonical]")
    front = title_page(about, canonical["href"] if canonical else "")
    drop_unused_ids([*chapters.values(), key])
    start = head(soups, chapters, key, about)
    body = [front, contents, *map(str, chapters.values()), str(key)]
    return f"{start}<body>{''.join(body)}</body></html>"


def anchor(page, fragment=""):
    """Returns the id in the document of a page, or of a place on it."""
    return f"{Path(page).name}.{fragment}" if fragment else Path(page).name


def new(html):
    """Returns the element that a piece of HTML describes."""
    return BeautifulSoup(html, "html.parser").find(True).extract()


def page_of(place):
    """Returns what becomes the number of the page where an id lies, once it is known."""
    return f'<span class="page-of" data-page-of="{place}">000</span>'


# The chapters


def chapter(name, soup, names):
    """Returns the article of a page with nothing in it that needs a screen."""
    article = soup.select_one("article.bd-article")
    for element in article.select(SCREEN_ONLY):
        element.decompose()
    article.attrs = {"class": "chapter", "id": anchor(name)}
    for element in article.select("[id]"):
        if not element.find_parent("svg"):
            element["id"] = anchor(name, element["id"])
    for link in article.select("a[href]"):
        resolve(link, name, names)
    for maths in article.select(".katex"):
        read_aloud(maths)
    for paragraph in article.select("p"):
        if paragraph.get_text().rstrip().endswith(":"):
            paragraph["class"] = [*paragraph.get("class", []), "leads-on"]
    for first in article.select("h2 + p, h3 + p"):
        if len(first.get_text()) < LINE:
            first["class"] = [*first.get("class", []), "leads-on"]
    for picture in article.select("svg[width$=pt]"):
        picture["width"], picture["height"] = (
            f"{float(picture[side].removesuffix('pt')) * 5 / 6}pt" for side in ("width", "height")
        )
    for summary in article.select("summary"):
        summary.name, summary["class"] = "p", ["admonition-title"]
    for fold in article.select("details:not(.ce-quiz > *, .ce-prediction > *)"):
        fold.name = "div"
    for heading in article.select("section[id] > h2"):
        heading["id"] = heading.parent["id"]
        del heading.parent["id"]
    return article


def resolve(link, name, names):
    """Makes a link lead to a place in the document, or say its address."""
    href = link["href"]
    if re.match(r"[a-z]+:", href):
        if not SHOWS_ITS_ADDRESS.match(link.get_text()):
            link.append(new(f'<span class="address"> ({escape(href)})</span>'))
        return
    path, _, fragment = href.partition("#")
    path = path.partition("?")[0]  # what follows sets a figure up
    page = posixpath.normpath(posixpath.join(posixpath.dirname(name), path)) if path else name
    page = page.removesuffix(".html")
    if page in names:
        link["href"] = f"#{anchor(page, fragment)}"
    else:  # a file of the site
        link.unwrap()


def read_aloud(maths):
    """Gives a formula its TeX as the text that stands for it: PDF readers know no MathML."""
    maths["role"], maths["aria-label"] = "img", maths.select_one("annotation").get_text()
    maths.select_one(".katex-mathml").decompose()
    for drawn in maths.select("[aria-hidden]"):
        del drawn["aria-hidden"]


# The key


def exercise_key(chapters):
    """Moves the answers out of the chapters, and returns the chapter that holds them."""
    key = new('<article class="chapter" id="key"><h1>Exercise key</h1></article>')
    key.append(new(f"<p>{KEY}</p>"))
    articles = chapters.values()
    if not any(article.select_one(".solution") for article in articles):
        key.append(new(f"<p>{WITHOUT_SOLUTIONS}</p>"))
    for name, article in chapters.items():
        answers = list(taken_answers(name, article))
        if answers:
            title = article.h1.decode_contents()
            key.append(new(f'<h2 id="key.{anchor(name)}">{title}</h2>'))
            key.extend(answers)
    return key


def taken_answers(name, article):
    """Takes the answers out of a chapter and links each question with its own; returns them."""
    number = article.select_one("h1 > .section-number")
    number = f"{number.get_text().strip(' .')}." if number else ""
    counts = {"Prediction": itertools.count(1), "Quiz": itertools.count(1)}
    solutions = {s.find_previous(class_="exercise")["id"]: s for s in article.select(".solution")}
    for solution in solutions.values():
        solution.extract()
    for question in article.select(ASKS):
        if "exercise" in question["class"]:
            answer, title = solutions.get(question["id"]), question.p
            label = title.get_text().strip()
        else:
            kind = "Quiz" if "ce-quiz" in question["class"] else "Prediction"
            answer = question.details.extract()
            label = f"{kind} {number}{next(counts[kind])}"
            question["id"] = anchor(name, label.replace(" ", "-").lower())
            title = new(f'<p class="admonition-title">{label}</p>')
            question.insert(0, title)
        if answer:
            place = f"key.{question['id']}"
            title.append(new(f'<a class="to-key" href="#{place}">key: page {page_of(place)}</a>'))
            answer.select_one(".admonition-title").decompose()
            answer.name, answer.attrs = "div", {"class": "answer"}
            back = f'<a href="#{question["id"]}">{escape(label)}</a>'
            back += f", page {page_of(question['id'])}"
            answer.insert(0, new(f'<h3 id="{place}">{back}</h3>'))
            yield answer


# What stands before the chapters


def title_page(about, address):
    note = ON_PAPER.format(
        address=f', <a href="{escape(address)}">{escape(address)}</a>' if address else "",
        key=page_of("key"),
    )
    about = {name: escape(text) for name, text in about.items()}
    lines = [about["author"], f"Version {about['version']}", about["date"], about["licence"]]
    lines = "".join(f"<p>{line}</p>" for line in lines if line)
    return (
        f'<div class="title-page"><p class="title">{about["title"]}</p>{lines}'
        f'<p class="note">{note}</p></div>'
    )


def table_of_contents(parts, chapters):
    rows = []
    for caption, names in parts:
        rows.append(f'<p class="part">{caption}</p>' if caption else "")
        for name in names:
            rows.append(entry(chapters[name].h1, anchor(name), "chapter-entry"))
            rows += [entry(h, h["id"], "") for h in chapters[name].select("h2[id]")]
    return f'<nav class="contents"><h1>Contents</h1>{"".join(rows)}</nav>'


def entry(heading, place, kind):
    title = f"<span>{heading.decode_contents()}</span>"
    return f'<p class="entry {kind}"><a href="#{place}">{title}{page_of(place)}</a></p>'


# The frame


def head(soups, chapters, key, about):
    """Returns the head of the document, with the styles of its content and its running titles."""
    katex = ROOT / "node_modules" / "katex" / "dist"
    styles = [
        HtmlFormatter(style="a11y-high-contrast-light").get_style_defs(".highlight"),
        *sorted({rule for soup in soups.values() for rule in rules_of_attributes(soup)}),
        (ROOT / "ce_lib" / "widgets" / "kit" / "figure.css").read_text("utf-8"),
        (Path(__file__).parent / "print.css").read_text("utf-8"),
    ]
    for i, article in enumerate([*chapters.values(), key]):
        title = json.dumps(article.h1.get_text(), ensure_ascii=False)
        styles.append(f"@page p{i} {{ @bottom-left {{ content: {title}; }} }}")
        article["style"] = f"page: p{i}"
    return (
        '<!DOCTYPE html><html lang="en"><head><meta charset="utf-8">'
        f"<title>{escape(about['title'])}</title>"
        f'<link rel="stylesheet" href="{(katex / "katex.min.css").as_uri()}">'
        f"<style>{chr(10).join(styles)}</style></head>"
    )


def rules_of_attributes(soup):
    """Returns the rules that replace style attributes (engine/content_policy.py)."""
    text = "".join(style.get_text() for style in soup.select("head > style"))
    return re.findall(r"\.s[0-9a-f]{6}\{[^{}]*\}", text)


def drop_unused_ids(articles):
    """Takes away the ids that nothing leads to: Sphinx uses some of them on every page."""
    used = {link["href"] for article in articles for link in article.select("a[href]")}
    for article in articles:
        for element in article.select("[id]:not(h2, svg *)"):
            if f"#{element['id']}" not in used and element is not article:
                del element["id"]
