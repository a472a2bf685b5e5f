"""The last touch to the whole of a page: its styles in one place, and its content security policy.

The policy lets a page load from its own site alone, and run no script and use no style but those of
the site. Styles in attributes would need an exception, so they become classes. Regular expressions
do this because Beautiful Soup takes some seconds to read a chapter full of formulas.
"""

import base64
import hashlib
import re

POLICY = (
    "default-src 'self'; img-src 'self' data:; script-src 'self' {script}; "
    "style-src 'self' {style}; object-src 'none'; base-uri 'none'; form-action 'self'"
)
PYTHON = "; worker-src 'self' blob:"  # its worker has the policy of the page
PLACEHOLDER = "POLICY-OF-THE-PAGE"
MATPLOTLIB = r"<style type=\"text/css\">\*\{stroke[^<]*</style>"  # it would reach the whole page
BETTER = {  # HTML of extensions → HTML that a screen reader understands
    'role="doc-biblioentry"': 'role="listitem"',
    '<th class="head"><p></p></th>': '<td class="head"></td>',
}
FONTS = {  # font of the maths → the HTML that needs it
    "Main-Regular": r'class="katex"',
    "Math-Italic": "mathnormal",
    "Size1-Regular": "small-op|delimsizing size1|delim-size1",
    "Size2-Regular": "large-op|delimsizing size2",
    "Size3-Regular": "delimsizing size3",
    "Size4-Regular": "delimsizing size4|delim-size4",
}


def preloads(html):
    """Return links that fetch the faces of the text and of its maths before the first paint.

    Without them lines and formulas change their width when the fonts arrive, and break anew.
    """
    maths = re.search(r"url\(([^()]*KaTeX_)Main-Regular(\.woff2[^()]*)\)", html)
    text = re.findall(r"url\(([^()]*faces/\w+\.woff2[^()]*)\)", html)
    needed = [
        f"{maths[1]}{font}{maths[2]}"
        for font, used in FONTS.items()
        if re.search(used, html.partition("</head>")[2])
    ]
    link = '<link rel="preload" as="font" type="font/woff2" crossorigin href="{}">'
    return "".join(link.format(address) for address in text + needed)


def finish(html):
    """Return the whole page with its styles in one place and its policy."""
    html = re.sub(MATPLOTLIB, "", html.lstrip())  # content.css has these rules
    for found, better in BETTER.items():
        html = html.replace(found, better)
    rules = {}

    def as_class(match):
        tag, style = match[0].replace(match[1], ""), match[2]
        name = "s" + hashlib.sha256(style.encode()).hexdigest()[:6]
        # as strong as in an attribute
        rules[name] = ";".join(f"{d.strip()}!important" for d in style.split(";") if d.strip())
        if ' class="' in tag:
            return tag.replace(' class="', f' class="{name} ', 1)
        return re.sub(r"^<[\w-]+", rf'\g<0> class="{name}"', tag)

    html = re.sub(r"<[a-z][^<>]*?(\sstyle=\"([^\"]*)\")[^<>]*>", as_class, html)
    extra = "".join(f".{name}{{{rule}}}" for name, rule in sorted(rules.items()))
    html = html.replace("</style>", f"{extra}</style>", 1)
    html = html.replace("<style>", f"{preloads(html)}<style>", 1)

    def hashes(tag):
        found = re.findall(rf"<{tag}>(.*?)</{tag}>", html, re.DOTALL)
        digests = [base64.b64encode(hashlib.sha256(f.encode()).digest()).decode() for f in found]
        return " ".join(f"'sha256-{digest}'" for digest in digests)

    runs = " data-python=" in html[:500]
    script = hashes("script") + (" 'wasm-unsafe-eval'" if runs else "")
    policy = POLICY.format(script=script, style=hashes("style")) + (PYTHON if runs else "")
    return html.replace(PLACEHOLDER, policy, 1)
