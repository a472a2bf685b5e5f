"""The questions of the worksheets: five functions of a random generator in each chapter's file."""

import importlib
import pkgutil

QUESTIONS = {
    module.name: importlib.import_module(f"{__name__}.{module.name}").QUESTIONS
    for module in pkgutil.iter_modules(__path__)
    if not module.name.startswith("_")
}
