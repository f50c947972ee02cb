import pytest

from catalog.text_plan import Problem


@pytest.mark.parametrize(
    ("given", "reason", "told"),
    [
        ("=1+2", "“=1+2” does not have the shape of a code.", ""),
        ("g12", "“G12” does not have the shape of a code.", ""),
        ("G12", "Write the code with five characters.", "G12"),
        ("", "A row needs a term.", ""),
    ],
)
def test_what_a_cell_says_is_told_once(given, reason, told):
    assert Problem(3, "code", given, reason).unquoted == told
