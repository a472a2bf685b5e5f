import mpmath
import pytest

from engine.chapters import BY_KEY


@pytest.fixture(autouse=True)
def many_digits():
    with mpmath.workdps(40):
        yield


@pytest.fixture
def chapter(request, executed):
    """What the cells of the chapter of a test file gave when the book was built."""
    key = request.module.__name__.rpartition("test_")[2]
    return executed(BY_KEY[key].name)
