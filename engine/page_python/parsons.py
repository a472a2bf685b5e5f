"""The Parsons step before a code exercise: its lines, which parsons.mjs moves."""

from html import escape

from ce_lib.exercises import answer_name, parsons

LINE = (
    '<li><button type="button" data-depth="{depth}" style="--depth: {depth}">'
    '<span class="parsons-grip" aria-hidden="true">⋮</span><code>{text}</code></button></li>'
)
STEP = """\
<details class="parsons" open data-exercise="{name}" data-answer="{answer}">
<summary>Put the lines in order<span class="parsons-solved"></span></summary>
<p>Tap a line to take it, and again to put it back. Drag it by its dots, or move it with the arrow \
keys. Some lines are wrong: leave them.</p>
<ol class="parsons-bank" aria-label="Lines to choose from">{lines}</ol>
<div class="parsons-answer">{head}<ol aria-label="Your lines, in order"></ol></div>
<div class="cell-bar"><button type="button" class="cell-run">Check</button>\
<button type="button" hidden>Stop</button><button type="button" hidden>Reset</button>\
<button type="button" hidden>Copy into the cell below</button></div>
<output class="cell-said"></output>
</details>"""


def step(name):
    """Return the HTML of the step of an exercise."""
    lines = (LINE.format(depth=ln.depth, text=escape(ln.text)) for ln in parsons.shuffled(name))
    head = parsons.head(name)
    return STEP.format(
        name=name,
        answer=answer_name(name),
        lines="".join(lines),
        head=f"<code>{escape(head)}</code>" if head else "",
    )
