import tomllib
from html import escape

import pytest
from bs4 import BeautifulSoup
from django.template.defaultfilters import linebreaks

from catalog.markdown import html, opening_and_rest, pictures, without_addresses
from catalog.starter import load


def starter_texts() -> list[str]:
    """Every text of the starter set that is read as Markdown."""
    read = {
        "levels.toml": "description",
        "misconceptions.toml": "why_wrong",
        **dict.fromkeys(load.SECTIONS, "description"),
    }
    tables = ((tomllib.loads((load.FOLDER / file).read_text("utf-8")), name) for file, name in read.items())
    return [row[name] for table, name in tables for rows in table.values() for row in rows if row.get(name)]


def as_seen(markup: str) -> str:
    return str(BeautifulSoup(markup.replace("\n", ""), "html.parser"))


def test_texts_without_marks_look_as_plain_paragraphs_do():
    texts = [*starter_texts(), "One & <b>two</b>\r\nthree\r\n\r\n\r\n“Four”, it's five"]
    assert len(texts) > 400
    assert [text for text in texts if as_seen(html(text)) != as_seen(linebreaks(text, autoescape=True))] == []


@pytest.mark.parametrize(
    ("text", "markup"),
    [
        ("*billed* **once**", "<p><em>billed</em> <strong>once</strong></p>"),
        ("- one\n- two", "<ul><li>one</li><li>two</li></ul>"),
        ("3. three\n4. four", '<ol start="3"><li>three</li><li>four</li></ol>'),
        ("> said", "<blockquote><p>said</p></blockquote>"),
        ("`J1885`", "<p><code>J1885</code></p>"),
        ("[CMS](https://cms.example/a)", '<p><a href="https://cms.example/a">CMS</a></p>'),
        ("[drugs](/sections/drugs/)", '<p><a href="/sections/drugs/">drugs</a></p>'),
        (r"5\*3\*2", "<p>5*3*2</p>"),
        ("**5*3*2** units, (*once*)", "<p><strong>5*3*2</strong> units, (<em>once</em>)</p>"),
    ],
)
def test_marks_are_read(text, markup):
    assert as_seen(html(text)) == markup


def test_a_table_scrolls_by_itself_and_sets_numbers_to_the_right_without_a_style():
    text = "Units:\n\n| Code | Units |\n|---|--:|\n| J1885 | **4** |\n\nEnd."
    offered = []
    page = BeautifulSoup(html(text, lambda words: offered.append(words) or escape(words)), "html.parser")
    frame = page.select_one("p + div.table-scroll + p").find_previous("div")
    assert (frame["tabindex"], frame["role"], frame["aria-label"]) == ("0", "group", "Table")
    assert [(cell["scope"], cell.get("class")) for cell in frame.select("th")] == [("col", None), ("col", ["num"])]
    assert [cell.get_text() for cell in frame.select("td")] == ["J1885", "4"]
    assert frame.select_one("td.num > strong")
    assert not page.select("[style]")
    assert "J1885" in offered
    assert "".join(opening_and_rest(text)) == html(text).replace("\n<div", "<div").replace("\n<p>", "<p>")


def test_pictures_are_found_by_their_marks():
    assert pictures("A ![plan](/a.png), ![](b) and [a link](/c)! [x](/d)") == ["![plan](/a.png)", "![](b)"]
    assert pictures("| A |\n|---|\n| ![x](<a b.png>) |\n\n- [![y](z)](/w)") == ["![x](a b.png)", "![y](z)"]


@pytest.mark.parametrize("text", [r"\![words](/x)", "`![x](y)`", r"!\[x](y)", "![x] (y)", "Read this![^1]"])
def test_what_only_looks_like_a_picture_is_none(text):
    assert pictures(text) == []


def test_headings_begin_where_they_are_told_to():
    assert as_seen(html("# A\n## B\n##### C")) == "<h3>A</h3><h4>B</h4><h4>C</h4>"
    assert as_seen(html("## A\n### B", heading=2)) == "<h2>A</h2><h3>B</h3>"
    assert as_seen(html("### A")) == "<h3>A</h3>"


@pytest.mark.parametrize(
    "text",
    [
        *("99213. Office visits", "2003. The end", "---", "snake_case_name", "#4 of 5", "&amp;"),
        *("5*3*2", "5*(3*2)*4", "2 * 3 * 4", "a | b"),
    ],
)
def test_what_codes_years_and_plain_typing_look_like_is_no_mark(text):
    assert as_seen(html(text)) == f"<p>{escape(text)}</p>"


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "[x](javascript:alert(1))",
        "[x](JaVaScRiPt&colon;alert(1))",
        "[x](data:text/html,<script>alert(1)</script>)",
        "![x](https://elsewhere.example/x.png)",
        '[x](/a "onmouseover=alert(1)")',
        "<https://a.example/><style>*{}</style>",
    ],
)
def test_nothing_that_could_run_or_be_fetched_comes_out(text):
    found = BeautifulSoup(html(text), "html.parser").find_all(True)
    assert {tag.name for tag in found} <= {"p", "a"}
    for tag in found:
        assert set(tag.attrs) <= {"href", "title"}
        assert not tag.get("href", "").lower().startswith(("javascript", "data"))


def test_markup_made_of_words_is_sanitized_too():
    words = '<a class="mono other" href="/codes/J1885/" onclick="x()">J1885</a><script>y()</script>'
    assert html("J1885", lambda _: words) == '<p><a class="mono" href="/codes/J1885/">J1885</a></p>'
    assert html("x", lambda _: '<a href="javascript:x()">x</a>') == "<p><a>x</a></p>"


def test_only_words_outside_links_and_code_are_offered_for_linking():
    offered = []

    def words(text: str) -> str:
        offered.append(text)
        return escape(text)

    html("J1885 *J1886* [J1887 **J1888**](/a) `J1889` J1890", words)
    assert "".join(offered).split() == ["J1885", "J1886", "J1890"]


def test_a_text_is_shown_in_two_parts_as_it_is_in_one():
    text = "First\nline.\n\nSecond.\n\n- third"
    opening, rest = opening_and_rest(text)
    assert as_seen(opening) == "<p>First<br/>line.</p>"
    assert as_seen(opening + rest) == as_seen(html(text))
    assert opening_and_rest("Only.") == ("<p>Only.</p>", "")
    assert opening_and_rest("- a\n- b\n\nEnd.") == ("<ul>\n<li>a</li>\n<li>b</li>\n</ul>", "<p>End.</p>")
    assert opening_and_rest("") == ("", "")


def test_lists_within_lists_end_somewhere():
    assert html("> " * 500 + "deep").count("<blockquote>") < 30


def test_where_links_lead_is_not_searched():
    assert without_addresses("See [the manual](https://cms.example/x) (2025).") == "See [the manual] (2025)."
