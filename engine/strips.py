"""The strip under the title of a chapter: a row of what the chapter is about, drawn at the build.

It runs off the page, and the reader cannot read it yet. At the end of the chapter it comes back
with its words.
"""

import random

HEIGHT = 8  # pixels of the row itself
SHORT, LONG, GAP = 0.01, 14, 11  # pixels of the clicks, whose ends are round, and between them
SKY = {"clear": 1 / 2, "cloud": 1 / 4, "rain": 1 / 8, "storm": 1 / 8}
CODE = {"clear": ".", "cloud": "-.", "rain": "--.", "storm": "---"}
LETTER = 7.4  # pixels, about
WIDEST = 2600  # pixels: no screen has more beside the margin


def clicks(code):
    """Return the path of a word in clicks, and how long it is."""
    sizes = [LONG if click == "-" else SHORT for click in code]
    path = "".join(f"h{size}m{GAP} 0" for size in sizes)
    return path, sum(sizes) + GAP * len(sizes)


def svg(width, height, label, inside):
    return (
        f'<svg width="{width:.0f}" height="{height}" viewBox="0 0 {width:.0f} {height}" role="img" '
        f'aria-label="{label}">{inside}</svg>'
    )


def line(path):
    style = 'fill="none" stroke="currentColor" stroke-width="4" stroke-linecap="round"'
    return f'<path d="{path}" {style}/>'


def box(classes, drawing, caption):
    return f'<div class="{classes}">{drawing}<p>{caption}</p></div>'


def tape():
    """Return the words that Ines sent, as clicks, and the same wire with its words."""
    sky = random.Random(1948)
    words = sky.choices(list(SKY), SKY.values(), k=WIDEST // GAP)
    path, x = "M2 4", 2
    for word in words:
        if x > WIDEST:
            break
        drawn, long = clicks(CODE[word])
        path, x = path + drawn, x + long
    label = "Some weeks of weather as short and long clicks"
    unread = box(
        "strip",
        svg(WIDEST, HEIGHT, label, line(path)),
        "Her first weeks on the wire. By the end of the chapter you can read it.",
    )
    path, texts, x = "", "", 2
    for word in words:
        if x > WIDEST / 2:
            break
        drawn, long = clicks(CODE[word])
        path += f"M{x:.0f} 4{drawn}"
        texts += f'<text x="{x - 2:.0f}" y="30">{word}</text>'
        x += max(long, LETTER * len(word) + GAP)
    label = "The first days of the wire, with the words under their clicks"
    read = box(
        "strip read",
        svg(x, 36, label, line(path) + texts),
        "The same wire, read: no word is the beginning of another.",
    )
    return unread, read


def mails():
    """Return a morning's mail as a filter sorted it, and the same with its two mistakes marked."""
    sort = random.Random(2)
    wide, high, step = 27, 18, 38
    number = WIDEST // step
    spam = [sort.random() < 0.4 for _ in range(number)]
    bodies, flaps = ["", ""], ["", ""]  # of what is kept, of what is spam
    for n in range(number):
        corner = f"M{n * step + 1} 1"
        bodies[spam[n]] += f"{corner}h{wide}v{high}h-{wide}z"
        flaps[spam[n]] += f"{corner}l{wide / 2} 11l{wide / 2} -11"
    kept = f'<path d="{bodies[0]}{flaps[0]}" fill="none" stroke="currentColor"/>'
    sorted_out = (
        f'<path d="{bodies[1]}" fill="currentColor" stroke="currentColor"/>'
        f'<path d="{flaps[1]}" fill="none" stroke="var(--ground)"/>'
    )
    mistakes = (spam[3:].index(True) + 3, spam[8:].index(False) + 8)
    marks = "".join(f"M{n * step + 1} 26h{wide}" for n in mistakes)
    marked = f'<path d="{marks}" stroke="var(--loss)" stroke-width="4" stroke-linecap="round"/>'
    unread = box(
        "strip",
        svg(WIDEST, 20, "A row of envelopes, some of them filled", kept + sorted_out),
        "A Monday’s mail as the filter sorted it: filled is spam. Two of these are mistakes.",
    )
    read = box(
        "strip read",
        svg(WIDEST, 29, "The same envelopes, two of them marked", kept + sorted_out + marked),
        "The same mail, read: the two mistakes are marked.",
    )
    return unread, read


STRIPS = {"entropy": tape, "binary": mails}  # key of a chapter → what draws its strip


def drawn(key):
    """Return the HTML under the title of a chapter, and that at its end; or nothing."""
    return STRIPS[key]() if key in STRIPS else ("", "")
