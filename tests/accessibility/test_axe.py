"""axe-core finds nothing: every page, both themes, two widths, all figures and quizzes in use."""

from tools.testing.visits import every_visit, examine


@every_visit
def test_axe_finds_nothing(visit, name, screen):
    assert visit(name, screen)["axe"] == []


def test_axe_finds_nothing_on_slides(started):
    page = started("chapters/softmax-and-stability", "?slides")
    assert examine(page) == []
    page.set_viewport_size({"width": 360, "height": 900})
    page.evaluate("new Promise((done) => requestAnimationFrame(() => setTimeout(done)))")
    assert examine(page) == []
