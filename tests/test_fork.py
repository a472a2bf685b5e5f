"""A fork's site leads to the fork alone; a released version leads to itself."""

import re

import pytest

from tools.testing.notebooks import SITE, make

FORK = "https://github.com/teacher/fork"
COLAB = "https://colab.research.google.com/github/teacher/fork/blob/gh-pages"


def links(html):
    """The addresses outside the site that the frame of a page leads to."""
    opening = re.findall(r'<header class="opening">.*?</header>', html, re.DOTALL)
    frame = re.sub(r"<article.*?</article>", "".join(opening), html, flags=re.DOTALL)
    return set(re.findall(r'<a [^>]*href="(https?://[^"]*)"', frame))


@pytest.mark.parametrize(
    ("site", "branch", "folder", "edited", "up", "words"),
    [
        ("https://teacher.github.io/fork/", "autumn", "", "autumn", "../", " (latest)"),
        ("https://teacher.github.io/fork/v0.1.0/", "", "v0.1.0/", "main", "../../", ""),
    ],
    ids=["latest", "released"],
)
def test_a_fork_links_to_itself(small_book, build, site, branch, folder, edited, up, words):
    book = small_book(text="```{link-builder}\n```")
    built = build(book, CE_REPOSITORY=FORK, CE_SITE=site, CE_BRANCH=branch)
    assert built.returncode == 0, built.stderr
    html = (book / "_build" / "html" / "chapters" / "one.html").read_text("utf-8")
    assert links(html) == {
        FORK,
        f"{FORK}/edit/{edited}/chapters/one.md",
        f"{COLAB}/{folder}chapters/one.ipynb",
    }
    assert 'href="one.ipynb" download' in html
    assert f'data-folder="{folder}"' in html
    version = f'<div data-versions="{up}versions.json" data-page="chapters/one.html">Version 0.1.0'
    assert f"{version}{words}</div>" in html


@pytest.mark.parametrize("site", ["", "https://teacher.github.io/fork/v0.1.0/"], ids=["", "site"])
def test_the_notebooks_of_a_site_know_it_and_the_committed_ones_name_none(small_book, build, site):
    book = small_book()
    config = (book / "_config.yml").read_text("utf-8")
    config = config.replace("check_notebooks: false", "check_notebooks: true")
    (book / "_config.yml").write_text(config.replace('  url: ""', f'  url: "{FORK}"'), "utf-8")
    assert make(book).returncode == 0
    committed = (book / "chapters" / "one.ipynb").read_text("utf-8")
    assert "teacher" not in committed
    built = build(book, CE_SITE=site)  # fails on a committed notebook that is stale
    assert built.returncode == 0, built.stderr
    published = (book / "_build" / "html" / "chapters" / "one.ipynb").read_text("utf-8")
    known = site or "https://teacher.github.io/fork/"
    assert f"or '{known}_static/ce_lib-0.1.0-py3-none-any.whl'" in published
    assert f"({known}chapters/one.html)" in published


def test_a_local_site_says_its_version_and_offers_no_other(site):
    html = (site / "index.html").read_text("utf-8")
    assert "<div>Version 0.1.0</div>" in html
    assert "data-versions=" not in html


def test_a_site_of_another_version_is_refused(monkeypatch):
    from engine.versions import folder

    assert folder("https://a.example/v1.2.3/", "1.2.3") == "v1.2.3/"
    assert folder("https://a.example/vault/", "1.2.3") == folder("", "1.2.3") == ""
    with pytest.raises(Exception, match=r"CE_SITE ends in v1\.2\.4, but pyproject.toml says 1\.2"):
        folder("https://a.example/v1.2.4/", "1.2.3")


def test_every_link_of_a_published_notebook_leads_to_a_place_of_the_site(book, site, tmp_path):
    made = make(book, "--site", SITE, "--out", str(tmp_path))
    assert made.returncode == 0, made.stderr
    text = "".join(twin.read_text("utf-8") for twin in tmp_path.glob("*.ipynb"))
    links = set(re.findall(rf"\]\({SITE}([^)#]*)(?:#([^)]+))?\)", text))
    assert len(links) > 20
    for page, anchor in links:
        built = (site / page).read_text("utf-8")
        assert not anchor or f'id="{anchor}"' in built, f"{page}#{anchor}"
