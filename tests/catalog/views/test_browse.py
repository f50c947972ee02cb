import csv
import io
from datetime import UTC, date, datetime

import pytest
from openpyxl import load_workbook

from catalog.models import HcpcsCode, Level, Release, Section
from tests.builders import make_code, make_level, make_release, make_section
from tests.catalog.views.page import codes_listed, links, main, text, words

pytestmark = pytest.mark.django_db

QUERIES_OF_THE_TREE = 1
QUERIES_OF_A_SECTION = 4
QUERIES_OF_ITS_TABLE = 3


@pytest.fixture
def drugs():
    """Section J with one sub-section, and 60 codes of which every tenth has ended."""
    drugs = make_section("j-drugs", ("J0000", "J9999"), title="Drugs", short_title="J, drugs")
    make_section("j-injected", ("J0120", "J3591"), title="Injected drugs", parent=drugs)
    release = make_release()
    for number in range(1000, 1060):
        ended = date(2024, 3, 31) if number % 10 == 0 else None
        make_code(f"J{number}", release, termination_date=ended)
    return drugs


def exported(answer) -> list[list[str]]:
    return list(csv.reader(io.StringIO(b"".join(answer).decode().removeprefix("\ufeff"))))


# --- The tree ---


def test_the_tree_shows_every_level_with_its_sections(client, drugs):
    make_section("medicine", ("90281", "99199"), level=make_level(1), kind="cpt_i", title="Medicine")
    make_section("local", ("W0000", "W9999"), ("Z0000", "Z9999"), level=make_level(3), kind="local", title="Local")
    tree = main(client.get("/sections/"))
    assert [text(tile) for tile in tree.select(".tile")] == ["9", "W–Z", "LT", "J"]
    assert {"/sections/medicine/", "/sections/local/", "/sections/j-drugs/", "/modifiers/"} <= links(
        client.get("/sections/")
    )


def test_the_head_of_a_level_says_what_its_editors_say_of_it(client):
    make_level(
        3,
        title="Regional codes",
        description="Made by states.\r\n\r\nNot for a claim.",
        maintainer="Agencies",
        shape="W to Z first",
        who_bills="Nobody",
        started="Early",
        ended=date(2003, 12, 31),
        sources=["45 CFR 162", "HL7"],
    )
    Level.objects.update(updated_at=datetime(2026, 11, 3, 12, tzinfo=UTC))
    part = main(client.get("/sections/")).find(attrs={"aria-labelledby": "level-3"})
    assert "Level III Regional codes" in text(part.find("h2"))
    assert text(part.find("p")) == "Made by states."
    assert text(part.find("details")) == (
        "About Level III Not for a claim. Shape W to Z first Maintained by Agencies Who bills Nobody "
        "Started Early Last valid day Dec 31, 2003 Sources 45 CFR 162; HL7 "
        "Last edited Nov 3, 2026"
    )


def test_the_tree_does_not_take_codes_that_have_not_begun_for_codes_in_force(client, drugs):
    make_code("J1100", added_date=date(2999, 1, 1))
    tree = main(client.get("/sections/"))
    assert "of those on file" in text(tree.find(id="level-2"))
    assert text(tree.find(id="j-drugs").find(class_="num")) == "54 of 61"


def test_the_tree_counts_codes_in_force_and_all(client, drugs):
    branch = main(client.get("/sections/")).find(id="j-drugs")
    assert text(branch.find(class_="num")) == "54 of 60"
    assert text(branch.find(class_="rng")) == "J1000–J1059"


@pytest.mark.parametrize(
    ("ranges", "tile"),
    [
        ([("00100", "01999"), ("99100", "99140")], "0"),
        ([("10004", "69990")], "1–6"),
        ([("98000", "98016"), ("99202", "99499")], "99"),
        ([("0001F", "9007F")], "F"),
    ],
)
def test_a_tile_says_what_the_codes_of_a_section_begin_or_end_with(client, ranges, tile):
    make_section("only", *ranges, level=make_level(1), kind="cpt_i")
    assert text(main(client.get("/sections/")).select_one("#only .tile")) == tile


def test_many_sub_sections_are_one_click_away(client):
    equipment = make_section("equipment", ("E0000", "E9999"))
    for number in range(1, 9):
        make_section(f"part-{number}", (f"E{number}000", f"E{number}999"), parent=equipment, sort=number)
    branch = main(client.get("/sections/")).find(id="equipment")
    assert text(branch.find("summary")) == "4 more in Equipment"
    assert len(branch.select(".subs a")) == 8


def test_the_tree_asks_the_database_only_whether_it_is_up_to_date(client, drugs, django_assert_num_queries):
    client.get("/sections/")
    with django_assert_num_queries(QUERIES_OF_THE_TREE):
        client.get("/sections/")


# --- A section of Level II ---


def test_a_section_says_what_is_in_it_and_from_which_release(client, drugs):
    facts = text(main(client.get("/sections/j-injected/")).find(class_="kv"))
    assert "Range J0120–J3591" in facts
    assert "On file J1000–J1059" in facts
    assert "54 in force, 6 ended" in facts
    assert "Release October 2025" in facts


def test_codes_that_have_not_begun_are_not_counted_as_ended(client, drugs):
    make_code("J1100", added_date=date(2999, 1, 1))
    assert "54 in force, 6 ended, 1 not begun" in words(client.get("/sections/j-injected/"))


def test_a_leaf_shows_its_siblings_and_an_inner_section_its_parts(client, drugs):
    make_section("j-cancer", ("J9000", "J9999"), parent=drugs)
    for slug in ("j-injected", "j-drugs"):
        nav = main(client.get(f"/sections/{slug}/")).find(attrs={"aria-labelledby": "h-sub"})
        assert [link["href"] for link in nav.find_all("a")] == ["/sections/j-cancer/", "/sections/j-injected/"]


def test_the_text_of_a_section_links_the_codes_it_names_but_no_range(client):
    make_code("U0001")
    make_section("lab", ("U0000", "U9999"), description="See U0001, and U0003–U0005.\n\nTwo.", note="Not 0001U.")
    answer = client.get("/sections/lab/")
    assert {"/codes/U0001/", "/codes/0001U/"} <= links(answer)
    assert not {"/codes/U0003/", "/codes/U0005/"} & links(answer)


def test_text_of_editors_is_escaped(client):
    make_section("lab", ("U0000", "U9999"), description="<script>U0001</script>", note="<b>U0002</b>")
    content = client.get("/sections/lab/").content.decode()
    assert "&lt;script&gt;" in content
    assert "&lt;b&gt;" in content


def test_a_narrower_section_keeps_its_codes_to_itself(client, drugs):
    make_section("j-one", ("J1005", "J1005"), parent=drugs)
    assert "J1005" not in codes_listed(client.get("/sections/j-injected/"))
    assert codes_listed(client.get("/sections/j-one/")) == ["J1005"]


def test_the_table_comes_in_pages_of_25(client, drugs):
    answer = client.get("/sections/j-injected/", {"page": 3})
    assert codes_listed(answer) == [f"J{number}" for number in range(1050, 1060)]
    assert "51–60 of 60" in words(answer)


@pytest.mark.parametrize("page", ["0", "-1", "99", "x", ""])
def test_a_page_that_does_not_exist_leads_to_one_that_does(client, drugs, page):
    assert client.get("/sections/j-injected/", {"page": page}).status_code == 200


def test_the_table_is_narrowed_by_every_word_and_by_code(client, drugs):
    make_code("J2000", long_descriptor="Injection, ketorolac tromethamine, 15 mg")
    make_code("J2001", long_descriptor="Injection, lidocaine", short_descriptor="Ketorolac-like")
    for asked, found in [("ketorolac inj", ["J2000", "J2001"]), ("15 KETOROLAC", ["J2000"]), ("j200", None)]:
        assert codes_listed(client.get("/sections/j-injected/", {"f": asked})) == (found or ["J2000", "J2001"])


def test_the_table_is_narrowed_by_status(client, drugs):
    ended = client.get("/sections/j-injected/", {"st": "ended"})
    assert codes_listed(ended) == [f"J10{tens}0" for tens in range(6)]
    assert "54" in words(client.get("/sections/j-injected/", {"st": "active"}))


@pytest.mark.parametrize(
    "asked", [{"st": "later"}, {"f": "x" * 101}, {"f": "a\x00b"}, {"sort": "nothing"}, {"f": "%"}]
)
def test_what_cannot_be_read_narrows_nothing_and_breaks_nothing(client, drugs, asked):
    assert client.get("/sections/j-injected/", asked).status_code == 200


def test_nothing_found_says_so(client, drugs):
    assert "No code of this section fits the filter." in words(client.get("/sections/j-injected/", {"f": "zzz"}))


def test_the_sorted_column_says_so_and_dates_that_are_missing_come_last(client):
    make_section("j-injected", ("J0120", "J3591"))
    make_code("J1000", termination_date=date(2020, 1, 1))
    make_code("J1001")
    make_code("J1002", termination_date=date(2024, 1, 1))
    for sort, order in [("ended", ["J1000", "J1002", "J1001"]), ("-ended", ["J1002", "J1000", "J1001"])]:
        answer = client.get("/sections/j-injected/", {"sort": sort})
        assert codes_listed(answer) == order
        header = main(answer).find("th", attrs={"aria-sort": True})
        assert text(header) == "Ended"
        assert header["aria-sort"] == ("ascending" if sort == "ended" else "descending")


def test_the_day_a_code_was_added_is_not_a_change(client):
    make_section("j-injected", ("J0120", "J3591"))
    make_code("J1000", added_date=date(2009, 1, 1), action_effective_date=date(2009, 1, 1))
    make_code("J1001", added_date=date(2009, 1, 1), action_effective_date=date(2018, 1, 1))
    rows = [text(row) for row in main(client.get("/sections/j-injected/")).select("tbody tr")]
    assert rows[0].count("2009") == 1
    assert rows[1].endswith("Jan 1, 2009 Jan 1, 2018")


def test_links_of_the_table_keep_what_was_asked(client, drugs):
    answer = client.get("/sections/j-injected/", {"f": "long", "st": "active", "sort": "-code", "page": "2"})
    following = main(answer).find(id="page-next")
    assert set(following["href"].lstrip("?").split("&")) == {"f=long", "st=active", "sort=-code", "page=3"}
    assert following["hx-get"] == following["href"]
    resorted = main(answer).find(id="sort-added")["href"]
    assert "page=" not in resorted
    assert "f=long" in resorted


def test_htmx_gets_the_table_alone_when_it_asks_for_the_table(client, drugs):
    fragment = client.get("/sections/j-injected/", headers={"HX-Request": "true", "HX-Target": "codes"})
    page = client.get("/sections/j-injected/", headers={"HX-Request": "true"})
    assert b"<html" not in fragment.content
    assert main(fragment).find(id="codes")
    assert b"<html" in page.content
    assert "HX-Target" in fragment["Vary"]


def test_a_section_takes_the_same_queries_however_many_codes_it_has(client, drugs, django_assert_num_queries):
    client.get("/sections/j-injected/")
    for _ in range(2):
        with django_assert_num_queries(QUERIES_OF_A_SECTION):
            client.get("/sections/j-injected/")
        with django_assert_num_queries(QUERIES_OF_ITS_TABLE):
            client.get("/sections/j-injected/", headers={"HX-Request": "true", "HX-Target": "codes"})
        for number in range(2000, 2200):
            HcpcsCode.objects.get_or_create(code=f"J{number}", release=Release.objects.get())


def test_an_export_holds_what_was_narrowed_and_sorted_without_pages(client, drugs):
    answer = client.get("/sections/j-injected/", {"st": "active", "sort": "-code", "_export": "csv"})
    header, *rows = exported(answer)
    assert header[:3] == ["Code", "Descriptor", "Added"]
    assert [row[0] for row in rows][:2] == ["J1059", "J1058"]
    assert len(rows) == 54
    assert "injected-drugs-j0120-j3591-filtered-october-2025" in answer["Content-Disposition"]


def test_a_workbook_says_what_it_was_taken_from_and_narrowed_by(client, drugs):
    asked = {"f": "long", "st": "bogus", "_export": "xlsx"}
    about = load_workbook(io.BytesIO(client.get("/sections/j-injected/", asked).content))["About"]
    assert [row[0].value for row in about.iter_rows()] == [
        "Injected drugs, J0120–J3591",
        "HCPCS Level II, October 2025",
        "Filter: words “long”",
    ]


def test_an_export_has_whole_descriptors_and_raw_values(client):
    make_section("j-injected", ("J0120", "J3591"))
    make_code("J1885", long_descriptor="word " * 100, pricing_indicators=["51", "57"], coverage_code="D")
    *_, header, row = exported(client.get("/sections/j-injected/", {"_export": "csv"}))
    cells = dict(zip(header, row, strict=True))
    assert cells["Descriptor"] == "word " * 100
    assert (cells["Pricing"], cells["Coverage"], cells["Added"]) == ("51 57", "D", "2001-01-01")
    assert cells["Ended"] == ""


def test_a_workbook_is_exported_too_and_nothing_else(client, drugs):
    assert client.get("/sections/j-injected/", {"_export": "xlsx"}).content.startswith(b"PK")
    assert client.get("/sections/j-injected/", {"_export": "exe"}).status_code == 404


# --- Other sections ---


def test_a_cpt_section_says_why_it_has_no_codes_and_how_to_look_one_up(client):
    cpt = {"level": make_level(1), "kind": "cpt_i"}
    anesthesia = make_section("anesthesia", ("00100", "01999"), **cpt)
    make_section("head", ("00100", "00222"), title="Anesthesia, head", parent=anesthesia, **cpt)
    answer = client.get("/sections/anesthesia/")
    assert "Why there is no list of codes" in words(answer)
    assert "a number inside a range may not exist" in words(answer)
    assert "/sections/head/" in links(answer)
    assert main(answer).find("form", role="search")["action"] == "/"
    assert main(answer).find("table") is None


def test_the_dental_section_has_no_table(client):
    make_section("dental", ("D0000", "D9999"), kind="dental")
    answer = client.get("/sections/dental/")
    assert "No dental codes are loaded" in words(answer)
    assert main(answer).find("table") is None


def test_the_local_section_is_history(client):
    make_section("local", ("W0000", "W9999"), level=make_level(3), kind="local")
    assert "Not valid on a claim today" in words(client.get("/sections/local/"))


def test_bounds_that_were_not_verified_say_so(client):
    make_section("lab", ("U0000", "U9999"), mark="S")
    make_section("eye", ("V0000", "V9999"), mark="V")
    assert "Bounds From a secondary source" in words(client.get("/sections/lab/"))
    assert "Bounds" not in words(client.get("/sections/eye/"))


def test_a_section_that_is_not_there_is_not_found(client):
    assert client.get("/sections/nowhere/").status_code == 404


def test_without_a_release_a_section_still_has_its_text(client):
    make_section("lab", ("U0000", "U9999"), description="Virus tests.")
    assert "Virus tests." in words(client.get("/sections/lab/"))
    assert "No release is loaded." in words(client.get("/sections/lab/"))


# --- Drafts ---


@pytest.fixture
def drafted():
    draft = {
        "draft": "# Head\n\nNot *yet*.",
        "draft_by": "mira",
        "draft_at": datetime(2026, 11, 3, 12, tzinfo=UTC),
    }
    return make_section("lab", ("U0000", "U9999"), description="Published.", **draft)


def test_readers_see_nothing_of_a_draft(client, drafted):
    answer = client.get("/sections/lab/")
    assert "Published." in words(answer)
    assert "yet" not in words(answer)
    assert "raft" not in words(answer)
    assert "public" in answer["Cache-Control"]


def test_editors_see_the_draft_and_that_it_is_one_on_a_page_that_nothing_keeps(admin_client, drafted):
    answer = admin_client.get("/sections/lab/")
    assert "Draft. Only editors see this text, by mira, Nov 3, 2026" in words(answer)
    assert "Head Not yet ." in words(answer)
    assert "Published." not in words(answer)
    assert text(main(answer).select_one(".rich h2")) == "Head"
    assert {"no-store", "private"} <= set(answer["Cache-Control"].split(", "))
    assert "ETag" not in answer


def test_editors_can_see_what_readers_see(admin_client, drafted):
    answer = admin_client.get("/sections/lab/", {"published": ""})
    assert "Published. " in words(answer)
    assert "Not yet" not in words(answer)
    assert "no-store" in answer["Cache-Control"]


def test_a_page_that_was_kept_does_not_hide_a_draft(admin_client):
    lab = make_section("lab", ("U0000", "U9999"), description="Published.")
    kept = admin_client.get("/sections/lab/")["ETag"]
    Section.objects.filter(pk=lab.pk).update(draft="Not yet.")
    answer = admin_client.get("/sections/lab/", headers={"If-None-Match": kept})
    assert "Not yet." in words(answer)


def test_a_draft_shows_to_nobody_who_may_not_change_sections(client, drafted, django_user_model):
    client.force_login(django_user_model.objects.create_user("dana", is_staff=True))
    assert "Not yet" not in words(client.get("/sections/lab/"))


def test_a_draft_costs_readers_no_query(client, drugs, django_assert_num_queries):
    Section.objects.filter(slug="j-injected").update(draft="Not yet.")
    client.get("/sections/j-injected/")
    with django_assert_num_queries(QUERIES_OF_A_SECTION):
        client.get("/sections/j-injected/")
