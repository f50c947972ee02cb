from datetime import date

import pytest
from django.http import QueryDict

from catalog.filters import RecordFilter
from catalog.models import Change, HcpcsCode, Modifier
from catalog.tables import ChangeTable, ModifierTable, RecordTable
from tests.builders import make_change, make_code, make_modifier, make_release

pytestmark = pytest.mark.django_db

DAY = date(2025, 11, 14)


def cells(table) -> list[dict[str, object]]:
    header, *rows = table.as_values()
    return [dict(zip(header, row, strict=True)) for row in rows]


def test_records_with_equal_dates_keep_the_order_of_codes():
    for code in ("J0003", "J0001", "J0002"):
        make_code(code, added_date=date(2001, 1, 1))
    for order in ("added", "-added"):
        table = RecordTable(HcpcsCode.objects.all(), DAY, order_by=order)
        assert [record.code for record in table.data] == ["J0001", "J0002", "J0003"]


def test_an_export_says_in_words_what_the_release_did():
    make_code("J0001", action_code="A")
    make_code("J0002", action_code="?")
    exported = cells(RecordTable(HcpcsCode.objects.all(), DAY, order_by="code"))
    assert [row["Action in this release"] for row in exported] == ["A Added", "?"]


def test_a_modifier_names_its_ncci_group():
    make_modifier("LT")
    make_modifier("GA")
    exported = cells(ModifierTable(Modifier.objects.all(), DAY, order_by="-code"))
    assert [(row["Code"], row["NCCI group"]) for row in exported] == [("LT", "Anatomic"), ("GA", "")]


@pytest.mark.parametrize("kind", Change.Kind.values)
def test_every_kind_of_change_has_columns(kind):
    july, october = make_release("2025Q3", current=False), make_release()
    make_code("J0001", july if kind == "vanished" else october, termination_date=date(2025, 9, 30))
    make_change("J0001", kind, october, july, termination_date=[None, "2025-09-30"])
    [row] = cells(ChangeTable(Change.objects.all(), kind, order_by="code"))
    assert row["Code"] == "J0001"
    assert set(row) > {"Code"}


def test_a_change_of_a_modifier_has_the_modifiers_descriptor():
    july, october = make_release("2025Q3", current=False), make_release()
    make_modifier("ZZ", october, long_descriptor="A modifier")
    make_change("ZZ", "added", october, july)
    [row] = cells(ChangeTable(Change.objects.all(), "added"))
    assert row["Descriptor"] == "A modifier"


def test_an_unbound_filter_leaves_everything_and_says_so():
    make_code("J0001")
    chosen = RecordFilter(QueryDict(""), HcpcsCode.objects.all(), DAY)
    assert chosen.qs.count() == 1
    assert chosen.sentence == "Filter: none"


def test_a_filter_narrows_by_what_can_be_read_and_says_that_alone():
    make_code("J0001", long_descriptor="Ketorolac")
    make_code("J0002", termination_date=date(2020, 1, 1))
    for asked, found, sentence in [
        ("f=ketorolac&st=bogus", ["J0001"], "Filter: words “ketorolac”"),
        ("f=a%00b&st=ended", ["J0002"], "Filter: ended on 2025-11-14"),
        ("f=a%00b&st=bogus", ["J0001", "J0002"], "Filter: none"),
    ]:
        chosen = RecordFilter(QueryDict(asked), HcpcsCode.objects.all(), DAY)
        assert [record.code for record in chosen.qs] == found
        assert chosen.sentence == sentence


def test_of_a_long_text_the_beginning_narrows_and_is_what_is_said():
    make_code("J0001", long_descriptor="x" * 100)
    make_code("J0002")
    chosen = RecordFilter(QueryDict("f=" + "x" * 101), HcpcsCode.objects.all(), DAY)
    assert [record.code for record in chosen.qs] == ["J0001"]
    assert chosen.words == "x" * 100


def test_a_filter_says_what_it_narrowed_to():
    chosen = RecordFilter(QueryDict("f=ketorolac+inj&st=ended"), HcpcsCode.objects.all(), DAY)
    assert chosen.sentence == "Filter: words “ketorolac inj”; ended on 2025-11-14"
