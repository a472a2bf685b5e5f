"""What a cell prints is on the page as it was printed, in however many pieces it came.

The pieces are cut by the clock, between a text and the end of its line too, and myst-nb would end
a line after each.
"""

import copy

import myst_nb.core.render


def joined(outputs):
    """The outputs of a cell with one text for all that it prints to the same stream."""
    kept, streams = [], {}
    for output in map(copy.copy, outputs):
        if output["output_type"] != "stream":
            kept.append(output)
        elif output["name"] in streams:
            streams[output["name"]]["text"] += output["text"]
        else:
            streams[output["name"]] = output
            kept.append(output)
    for output in streams.values():
        output["text"] = output["text"].rstrip() + "\n"
    return kept


def setup(app):
    myst_nb.core.render.coalesce_streams = joined
    return {"parallel_read_safe": True, "parallel_write_safe": True}
