from urllib.parse import parse_qsl

from hypothesis import given
from hypothesis import strategies as st

from catalog.query_string import readable


def test_the_signs_of_a_line_stay_readable():
    line = "97597-59x2@2026-07-15..2026-07-16~B"
    assert readable([("setting", "practitioner"), ("line", line)]) == f"setting=practitioner&line={line}"


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"]))))
def test_every_text_comes_back_whatever_is_in_it(texts):
    query = readable(("line", text) for text in texts)
    assert [value for _, value in parse_qsl(query, keep_blank_values=True)] == texts
