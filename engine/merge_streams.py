"""The text that a cell prints is one box on the page, in however many pieces it arrived.

Jupyter cuts a stream by the clock, even inside a line, and myst-nb ends a line after each piece.
"""

import copy


def joined(outputs):
    """Return the outputs of a cell with one text for each stream."""
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
