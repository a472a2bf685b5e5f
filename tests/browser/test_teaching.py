"""The links of the page for teachers open what they say."""

import re

from playwright.sync_api import expect

PAGE = "chapters/teaching.html"


def test_each_link_opens_a_section_and_changes_its_figure(page):
    page.goto(PAGE)
    links = page.locator("a[href*='.html?']").evaluate_all("all => all.map(a => a.href)")
    assert len(links) >= 18
    for link in links:
        page.goto(link)
        expect(page.locator(f"[id='{link.partition('#')[2]}']")).to_have_count(1)
        wanted = dict(re.findall(r"[?&]([\w.-]+)=([^&#]*)", link))
        for name, text in wanted.items():
            key, trait = name.split(".")
            stem, n = re.fullmatch(r"([a-z-]+?)(?:-(\d+))?", key).groups()
            figure = page.locator(f".ce-figure[data-key={stem}]").nth(int(n or 1) - 1)
            figure.scroll_into_view_if_needed()
            taken = figure.evaluate(
                """async (figure, [trait, text]) => {
                    const { valid } = await import(`../_static/ce/${figure.dataset.figure}.js`);
                    const state = JSON.parse(figure.dataset.state);
                    const like = state[trait];
                    const value = Array.isArray(like) ? text.split(",").map(Number)
                        : typeof like === "number" ? Number(text)
                        : typeof like === "boolean" ? text === "true" : text.replaceAll("+", " ");
                    const moved = JSON.stringify(value) !== JSON.stringify(like);
                    return moved && valid[trait](value, state);
                }""",
                [trait, text],
            )
            assert taken, f"{name}={text}"
