"""The settings of Sphinx and its extensions that belong to the engine and not to the book."""

SETTINGS = {
    "html_theme": "cross_entropy",
    "html_math_renderer": "katex",  # printed when the book is built: no script, no jump
    "html_use_index": False,  # the search and the API page find everything in it
    "html_domain_indices": False,
    "html_permalinks_icon": "#",
    "html_secnumber_suffix": " ",  # 1.1, and no full stop after it
    "nb_execution_raise_on_error": True,  # else a failing cell passes where warnings do
    "nb_execution_show_tb": True,
    "nb_merge_streams": True,  # by merge_streams.py
    "nb_code_prompt_show": "Code",
    "nb_code_prompt_hide": "Code",
    "nb_ipywidgets_js": {},  # a page has no kernel: its figures run by figures.js
    "nb_mime_priority_overrides": [("html", "text/html", 1)],  # the page's figure, not the widget
}


def apply(app, config):
    for name, value in SETTINGS.items():
        setattr(config, name, value)
