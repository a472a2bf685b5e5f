"""What others have linked to stays where it is: no anchor of the list disappears."""

from tools import anchors


def gone(site):
    return sorted(anchors.promised() - anchors.anchors(site))


def test_every_promised_anchor_is_still_there(site):
    assert len(anchors.promised()) > 200
    assert gone(site) == [], "keep each as a target of its own, `(its-name)=`: see CONTRIBUTING.md"


def test_an_anchor_that_is_gone_is_named(site, tmp_path):
    page = (site / "chapters" / "api.html").read_text("utf-8")
    (tmp_path / "chapters").mkdir()
    for name in ("index.html", *(f"chapters/{file.name}" for file in site.glob("chapters/*.html"))):
        (tmp_path / name).write_bytes((site / name).read_bytes())
    without = page.replace('id="ce_lib.entropy"', 'id="ce_lib.entropies"')
    (tmp_path / "chapters" / "api.html").write_text(without, "utf-8")
    assert gone(tmp_path) == ["chapters/api.html#ce_lib.entropy"]


def test_a_renamed_section_keeps_its_old_anchor_as_a_target_and_numbered_ids_are_no_promise(
    small_book, build
):
    text = "(old-name)=\n## New name\n\nBy {cite}`shannon1948mathematical`."
    text += "\n\n```{bibliography}\n```"
    book = small_book(text=text)
    built = build(book)
    assert built.returncode == 0, built.stderr
    found = anchors.anchors(book / "_build" / "html")
    assert {"chapters/one.html#old-name", "chapters/one.html#new-name"} <= found
    assert 'id="id1"' in (book / "_build" / "html" / "chapters" / "one.html").read_text("utf-8")
    assert not [anchor for anchor in found if "#id" in anchor]
