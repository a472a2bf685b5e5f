"""The frame of every page: its policy, its own words, its colours, its list of chapters."""

import base64
import hashlib
import json
import re
from html import unescape

import pytest
from playwright.sync_api import expect

from tools.testing.browser import every_page
from tools.testing.sources import PAGES, TITLE

EVERY = [*PAGES, "search"]


def read(site, name):
    return (site / f"{name}.html").read_text("utf-8")


def policy(html):
    content = re.search(r'<meta http-equiv="Content-Security-Policy" content="([^"]*)">', html)[1]
    return {rule.split()[0]: rule.split()[1:] for rule in content.split(";")}


# ------------------------------------------------------------------ the policy


@pytest.mark.parametrize("name", EVERY)
def test_the_policy_allows_this_site_alone(site, name):
    html = read(site, name)
    rules = policy(html)
    assert rules["default-src"] == ["'self'"]
    assert rules["object-src"] == rules["base-uri"] == ["'none'"]
    allowed = {source for sources in rules.values() for source in sources}
    python = {"'wasm-unsafe-eval'", "blob:"} if " data-python=" in html else set()
    known = {"'self'", "'none'", "data:"} | python
    assert {s for s in allowed if not s.startswith("'sha256-")} == known
    assert "blob:" not in rules["script-src"]  # but for the worker that Python runs in
    assert html.index("Content-Security-Policy") < html.index("<script")  # it binds what follows


@pytest.mark.parametrize("name", EVERY)
def test_what_stands_in_a_page_is_what_its_policy_names(site, name):
    html = read(site, name)
    for tag in ("script", "style"):
        inline = re.findall(rf"<{tag}>(.*?)</{tag}>", html, re.DOTALL)
        hashes = [base64.b64encode(hashlib.sha256(t.encode()).digest()).decode() for t in inline]
        named = [s for s in policy(html)[f"{tag}-src"] if s.startswith("'sha256-")]
        assert named == [f"'sha256-{digest}'" for digest in hashes]
    assert re.findall(r"<[^<>]*\s(?:style|on\w+)=[\"'][^<>]*>", html) == []
    assert re.findall(r"<style\s|href=\"javascript:", html) == []


def test_the_policy_stops_what_is_planted(site, serve, browser, tmp_path):
    html = read(site, "index").replace("</body>", '<p id="p" onclick="0">x</p><script>p=1</script>')
    (tmp_path / "index.html").write_text(html, "utf-8")
    page = browser.new_page()
    stopped = []
    page.on("console", lambda message: stopped.append(message.text))
    page.goto(serve(tmp_path))
    page.locator("#p").click()
    assert sum("Content Security Policy" in text for text in stopped) >= 2
    assert page.evaluate("typeof p") != "number"
    page.close()


# ------------------------------------------------------------------ what a page says of itself


def test_each_page_has_a_title_and_a_description_of_its_own(site):
    titles, descriptions = [], []
    for name in PAGES:
        html = read(site, name)
        titles.append(re.search(r"<title>(.*?)</title>", html)[1])
        found = re.findall(r'<meta name="description" content="([^"]*)">', html)
        assert len(found) == 1, name
        descriptions.append(unescape(found[0]))
        assert 70 <= len(descriptions[-1]) <= 160, name
    assert len(set(titles)) == len(set(descriptions)) == len(PAGES)


@every_page
def test_a_page_describes_itself_to_machines(site, name):
    found = re.findall(r'<script type="application/ld\+json">(.*?)</script>', read(site, name))
    data = [json.loads(text) for text in found]
    assert len(data) == 1
    assert data[0]["@type"] == ("Course" if name == "index" else "LearningResource")
    assert data[0]["license"].startswith("https://creativecommons.org/")
    if name == "index":
        assert [part["position"] for part in data[0]["hasPart"]] == [1, 2, 3, 4, 5, 6]
    else:
        assert data[0]["isPartOf"]["name"] == TITLE


def test_without_an_address_of_the_site_nothing_names_one(site):
    for name in PAGES:
        assert re.findall(r"canonical|og:url|og:image", read(site, name)) == []
    assert not (site / "sitemap.xml").exists()


def test_with_an_address_each_page_names_its_own(small_book, build):
    book = small_book()
    chapter = book / "chapters" / "one.md"
    meta = '---\nmyst: {html_meta: {description: "One & only."}}\njupytext'
    chapter.write_text(chapter.read_text("utf-8").replace("---\njupytext", meta, 1), "utf-8")
    assert build(book, CE_SITE="https://a.example/book").returncode == 0
    html = book / "_build" / "html"
    address = "https://a.example/book/chapters/one.html"
    page = (html / "chapters" / "one.html").read_text("utf-8")
    assert f'<link rel="canonical" href="{address}">' in page
    assert 'content="One &amp; only."' in page
    assert f"<loc>{address}</loc>" in (html / "sitemap.xml").read_text("utf-8")
    assert "https://a.example/book/sitemap.xml" in (html / "robots.txt").read_text("utf-8")
    card = re.search(r'og:image" content="https://a.example/book/([^"]*)"', page)[1]
    assert (html / card).read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize(
    ("repository", "said", "address"),
    [
        ("", "", ""),
        ("", "https://a.example/b", "https://a.example/b/"),
        ("https://github.com/A-teacher/book", "", "https://a-teacher.github.io/book/"),
        ("https://github.com/me/me.github.io", "", "https://me.github.io/"),
        ("https://gitlab.com/me/book", "", ""),
        ("https://github.com/me/book", "https://a.example/", "https://a.example/"),
    ],
    ids=["unknown", "said", "pages", "home", "another-forge", "said-goes-first"],
)
def test_where_the_site_is(monkeypatch, repository, said, address):
    from engine import metadata

    monkeypatch.setenv("CE_SITE", said)
    assert metadata.site(repository) == address


def test_an_address_that_is_none_is_refused(monkeypatch):
    from engine import metadata

    monkeypatch.setenv("CE_SITE", 'https://a.example/"><script>')
    with pytest.raises(Exception, match="CE_SITE must be like"):
        metadata.site("")


# ------------------------------------------------------------------ colours


def test_the_colours_are_the_systems_or_the_chosen_ones_also_on_the_next_page(open_page):
    page = open_page(color_scheme="light")
    page.goto("index.html")
    ground = "getComputedStyle(document.body).backgroundColor"
    light = page.evaluate(ground)
    button = page.locator(".theme-button")
    expect(button).to_have_text("Dark")
    button.click()
    expect(button).to_have_text("Light")
    expect(button).to_have_accessible_name("Light colours")
    dark = page.evaluate(ground)
    assert dark != light
    page.goto("chapters/notation.html")
    assert page.evaluate(ground) == dark
    page.get_by_role("button", name="Light colours").click()
    assert page.evaluate(ground) == light  # the system's again
    assert page.evaluate("localStorage.length") == 0


def test_hostile_colours_in_the_storage_are_ignored(open_page):
    page = open_page(color_scheme="dark")
    page.add_init_script("localStorage.setItem('ce-theme', '\"><img src=x>')")
    page.goto("index.html")
    assert page.locator("html").get_attribute("data-theme") is None
    expect(page.get_by_role("button", name="Light colours")).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_without_scripts_the_colours_are_the_systems(open_page, scheme):
    page = open_page(color_scheme=scheme, java_script_enabled=False)
    page.goto("index.html")
    expect(page.locator(".theme-button")).to_be_hidden()
    found = page.locator("body").evaluate("e => getComputedStyle(e).colorScheme")
    assert found == scheme


MEANINGS = {"truth": "truth", "model": "model", "paid": "loss", "pull": "gradient"}


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_meaning_has_one_colour_in_the_text_and_in_formulas(
    small_book, build, serve, browser, scheme
):
    coloured = " ".join(f"[word]{{.{name}}} $\\{name}{{x}}$" for name in MEANINGS)
    book = small_book(text=coloured)
    assert build(book).returncode == 0
    page = browser.new_page(color_scheme=scheme)
    page.goto(f"{serve(book / '_build' / 'html')}chapters/one.html")
    for name, colour in MEANINGS.items():
        probe = f"""document.body.style.outlineColor = getComputedStyle(document.documentElement)
            .getPropertyValue("--{colour}"), getComputedStyle(document.body).outlineColor"""
        expected = page.evaluate(probe)
        parts = page.locator(f"article .{name}")
        expect(parts).to_have_count(2)
        found = parts.evaluate_all("all => all.map((part) => getComputedStyle(part).color)")
        assert found == [expected] * 2, name
        assert "\\" + name not in page.content()
    page.close()


# ------------------------------------------------------------------ chapters, folds, code


@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("script", [True, False], ids=["script", "no-script"])
def test_the_chapters_are_questions_behind_a_button(open_page, script, width):
    page = open_page(viewport={"width": width, "height": 700}, java_script_enabled=script)
    page.goto("chapters/entropy.html")
    chapters = page.get_by_role("navigation", name="Chapters")
    expect(chapters).to_be_hidden()
    page.get_by_role("button", name="Contents").press("Enter")
    expect(chapters).to_be_visible()
    page.keyboard.press("Escape")
    expect(chapters).to_be_hidden()
    page.get_by_role("button", name="Contents").click()
    expect(chapters.locator("[aria-current=page]")).to_have_text(re.compile(r"^1 .*\? \d+ min$"))
    chapters.get_by_role("link", name=re.compile("^2 ")).click()
    expect(page).to_have_url(re.compile("/binary-cross-entropy.html$"))


def test_the_first_tab_leads_to_the_text(page):
    page.goto("chapters/entropy.html")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the text")).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    inside = "document.querySelector('main').contains(document.activeElement)"
    assert page.evaluate(inside)


def test_the_section_that_is_read_is_marked_on_the_wire(page):
    page.goto("chapters/entropy.html#perplexity")
    wire = page.get_by_role("navigation", name="Sections of this page")
    current = wire.locator("[aria-current=location]")
    expect(current).to_have_count(1)
    expect(current).to_have_text("Perplexity")
    read = """link => Number(getComputedStyle(link).getPropertyValue("--read"))"""
    dashes = wire.get_by_role("link")
    expect(dashes.first).to_have_text("Start")
    assert [dashes.nth(n).evaluate(read) for n in (0, 1, 2)] == [1, 1, 1]
    assert dashes.last.evaluate(read) == 0
    page.keyboard.press("End")
    expect(wire.locator("[aria-current=location]")).to_have_text("Further reading")
    expect(dashes.last).to_have_attribute("style", re.compile("--read: 1"))


def test_the_wire_leads_to_each_section_and_stays_in_sight(page):
    page.goto("chapters/entropy.html")
    wire = page.get_by_role("navigation", name="Sections of this page")
    sections = page.locator("article > section > section").evaluate_all("all => all.map(s => s.id)")
    links = wire.get_by_role("link").evaluate_all("all => all.map((link) => link.hash.slice(1))")
    assert links[1:] == sections
    wire.get_by_role("link", name="Soft labels").click()
    expect(wire).to_be_in_viewport()
    bottom = wire.evaluate("wire => wire.getBoundingClientRect().bottom")
    top = page.locator("#soft-labels-the-floor h2").evaluate("h => h.getBoundingClientRect().top")
    assert bottom <= top < 300


def test_a_solution_opens_without_a_script(open_page):
    page = open_page(java_script_enabled=False)
    page.goto("chapters/entropy.html#exercises")
    solution = page.locator("details.solution").first
    answer = solution.locator("> p").first
    expect(answer).to_be_hidden()
    solution.locator("summary").click(position={"x": 5, "y": 5})
    expect(answer).to_be_visible()


def test_the_button_beside_code_copies_what_one_would_type(open_page):
    page = open_page(permissions=["clipboard-read", "clipboard-write"])
    page.goto("chapters/api.html")
    box = page.locator(".doctest .highlight").first
    box.hover()
    box.get_by_role("button", name="Copy this code").click()
    expect(box.get_by_role("button", name="Copy this code")).to_have_text("Copied")
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied.startswith("print(ce.entropy(") and ">>>" not in copied and "1.213" not in copied


def test_only_a_box_that_scrolls_is_a_stop_of_the_tab_key(open_page):
    page = open_page(viewport={"width": 360, "height": 700})
    page.goto("chapters/entropy.html")
    boxes = page.locator(".highlight pre:visible")
    expect(page.locator(".highlight pre[tabindex]").first).to_be_attached()
    for box in boxes.all():
        scrolls = box.evaluate("e => e.scrollWidth > e.clientWidth + 1")
        assert (box.get_attribute("tabindex") == "0") == scrolls
