"""Guess the next letter: three who expect it, a text of one's own, and what a letter costs."""

import re
from collections import Counter

import mpmath
from playwright.sync_api import expect

from ce_lib.widgets import NextLetter
from ce_lib.widgets.next_letter.widget import letters_of_the_story
from tools.testing.figures import assert_heard, hands, inside, open_table, place, show

WHERE = place("next_letter")
EXAMPLES = {
    "plain": lambda: NextLetter(),
    "markup": lambda: NextLetter(text="own", own="A text, <b>!"),
}
REFUSED = [
    (lambda: NextLetter(text="other"), "text"),
    (lambda: NextLetter(own="a" * 301), "own must have at most 300 characters, got 301"),
    (lambda: NextLetter(n=171), "n"),
    (lambda: NextLetter(order=4), "order"),
    (lambda: NextLetter(ranks=[28]), "ranks"),
]
OWN = "next-letter.text=own&next-letter.own="


def says(figure, sentence):
    expect(figure.get_by_role("img")).to_have_accessible_name(re.compile(sentence))


def table(figure, row):
    """The cells of a row of the first data table."""
    cells = figure.get_by_role("row", name=re.compile(f"^{row}")).first.get_by_role("cell")
    return cells.first


def test_over_the_whole_story_letters_alone_need_what_chapter_1_says():
    story = letters_of_the_story()
    counts = Counter(story).values()
    n = mpmath.mpf(len(story))
    assert sum(counts) == 10241
    entropy = mpmath.fsum(-c / n * mpmath.log(c / n, 2) for c in counts)
    assert abs(entropy - mpmath.mpf("3.97165")) < 5e-6
    # letters.test.mjs holds the figure to the same number


def test_the_state_of_a_page_has_the_story_once():
    state = NextLetter().state()
    assert sum(state["story"] in str(value) for value in state.values()) == 1
    assert state["story"][state["start"] :].startswith("a word is worth ")


def test_each_control_is_heard(page):
    assert_heard(
        page,
        WHERE,
        "Guess the next letter",
        [
            ("button", "z", "Enter", r"^Not z\. The longer you guess"),
            ("button", "s", "Enter", r"^s, at the second guess: \d\.\d bits for you"),
            ("button", "Read on", "Enter", r"^Know only how often letters come"),
            ("radio", "two letters", "ArrowDown", r"Remember three letters"),
            ("button", "Reset", "Enter", r"Remember two letters"),
        ],
    )


def test_typing_plays_and_the_space_bar_is_a_letter(page):
    figure = show(page, WHERE)
    figure.get_by_role("button", name="q", exact=True).focus()
    page.keyboard.type("so")
    says(figure, r"^o, at the first guess")
    page.keyboard.type("m")
    says(figure, r"^m, at the first guess")
    page.keyboard.type("ething")
    says(figure, r"^9 letters: you pay \d\.\d bits each")
    page.keyboard.press("Space")
    says(figure, r"^10 letters: you pay \d\.\d bits each, the memory of two letters \d\.\d")
    page.keyboard.press("ArrowRight")  # from q to r
    expect(figure.get_by_role("button", name="r", exact=True)).to_be_focused()
    page.keyboard.press("Space")  # now it presses the key
    says(figure, r"^Not r\.")


def test_a_wrong_guess_is_forgotten_where_a_link_goes_on(page):
    figure = show(page, WHERE)
    figure.get_by_role("button", name="z", exact=True).click()
    says(figure, "^Not z")
    expect(figure.locator(".ce-tried")).to_have_count(1)
    figure.get_by_role("button", name="Read on").click()
    says(figure, "^Know only")
    expect(figure.locator(".ce-tried")).to_have_count(0)


@hands
def test_a_hand_taps_a_letter(screen, hand):
    figure = show(screen, WHERE)
    key = inside(figure.get_by_role("button", name="s", exact=True), 0.5, 0.5)
    hand(screen, key, key)
    says(figure, r"^s, at the first guess")


def test_the_keys_show_what_the_memory_expects(page):
    figure = show(page, WHERE, "next-letter.hint=true")
    expect(figure.get_by_role("button", name=re.compile(r"^s, expected \d+ %"))).to_be_visible()
    expect(figure.get_by_role("button", name=re.compile(r"^[a-z]+, expected \d+ %"))).to_have_count(
        27
    )


def test_letters_alone_charge_an_anagram_the_same(page):
    figure = show(page, WHERE, f"{OWN}the clerk sold the mule")
    open_table(figure)
    says(figure, "This reads like the story")
    before = table(figure, "letters alone").inner_text()
    memory = table(figure, "memory").inner_text()
    field = figure.get_by_role("textbox", name="your own text")
    field.fill("eht krelc dlos eht elum")
    says(figure, "Memory makes it dearer|Memory hardly helps")
    expect(table(figure, "memory")).not_to_have_text(memory)
    assert table(figure, "letters alone").inner_text() == before


def test_a_letter_never_seen_costs_infinity_where_one_page_was_read(page):
    figure = show(page, WHERE, f"{OWN}zebra quiz")
    says(figure, r"^\d\.\d bits a letter for letters alone")
    open_table(figure)
    figure.get_by_role("radio", name="read the whole story").press("ArrowDown")
    says(figure, r"^One page of the story has no z: by letters alone this costs ∞\..*pays \d\.\d")
    expect(table(figure, "letters alone")).to_have_text("∞")
    figure.get_by_role("textbox").fill("")
    says(figure, "^Your own text, then")


def test_a_typed_text_is_in_the_address_and_only_text(screen):
    figure = show(screen, WHERE)
    figure.get_by_role("radio", name="your text").check()
    field = figure.get_by_role("textbox", name="your own text")
    field.press_sequentially("<img src=x> Zebra, quiz!")
    says(figure, r"^\d\.\d bits a letter")
    expect(screen).to_have_url(re.compile(r"next-letter\.own=%3Cimg"))
    screen.reload()
    figure = show(screen, WHERE, screen.url.partition("?")[2].partition("#")[0])
    expect(figure.get_by_role("textbox")).to_have_value("<img src=x> Zebra, quiz!")
    assert figure.locator("img").count() == 0
    too_long = show(screen, WHERE, f"{OWN}{'a' * 301}")
    expect(too_long.get_by_role("textbox")).to_have_value("")
