from datetime import date

import pytest
from django.db import connection
from django.utils import timezone

from catalog.models import Release
from tests.builders import make_code, make_release, make_section


@pytest.mark.django_db
def test_healthz_tells_database_index_and_current_releases(client):
    make_section("all-j", ("J0000", "J9999"))
    make_code("J1885", make_release("2025Q4", revision=1))
    response = client.get("/healthz")
    assert response.status_code == 200
    answer = response.json()
    assert (answer["status"], answer["database"]) == ("ok", "ok")
    assert (answer["index"]["codes"], answer["index"]["sections"]) == (1, 1)
    (release,) = answer["releases"]
    assert release.pop("quarters_behind") >= 0
    assert release == {
        "dataset": "hcpcs",
        "setting": None,
        "quarter": "2025Q4",
        "revision": 1,
        "origin": "cms",
        "partial": False,
    }


@pytest.mark.django_db
def test_the_current_release_of_every_table_and_setting_is_told(client):
    make_release(dataset="ptp", setting="practitioner", partial=True)
    make_release(dataset="ptp", setting="outpatient_hospital", current=False)
    for quarter in ("2026Q1", "2026Q2"):
        make_release(quarter, dataset="mue", setting="dme_supplier")
    told = client.get("/healthz").json()["releases"]
    assert [(one["dataset"], one["setting"], one["quarter"], one["partial"]) for one in told] == [
        ("mue", "dme_supplier", "2026Q2", False),
        ("mue", "dme_supplier", "2026Q1", False),
        ("ptp", "practitioner", "2025Q4", True),
    ]


@pytest.mark.django_db
def test_what_is_of_a_quarter_that_is_over_is_told_as_stale(client, monkeypatch):
    monkeypatch.setattr(timezone, "localdate", lambda: date(2026, 1, 1))
    make_release("2026Q1")
    make_release("2025Q4", dataset="ptp", setting="practitioner")
    for quarter in ("2025Q2", "2025Q3"):
        make_release(quarter, dataset="mue", setting="dme_supplier")
    make_release("2024Q3", dataset="addon", origin=Release.Origin.STARTER)
    answer = client.get("/healthz")
    assert (answer.status_code, answer.json()["status"]) == (200, "ok")
    assert answer.json()["stale"] == [
        {"dataset": "ptp", "setting": "practitioner", "quarter": "2025Q4", "quarters_behind": 1},
        {"dataset": "mue", "setting": "dme_supplier", "quarter": "2025Q3", "quarters_behind": 2},
    ]


@pytest.mark.django_db
def test_nothing_is_stale_while_its_quarter_lasts(client, monkeypatch):
    monkeypatch.setattr(timezone, "localdate", lambda: date(2025, 12, 31))
    make_release("2025Q4")
    assert client.get("/healthz").json()["stale"] == []


@pytest.mark.django_db
def test_a_site_without_a_release_is_healthy_and_says_so(client):
    response = client.get("/healthz")
    assert response.status_code == 200
    assert response.json()["releases"] == []


@pytest.mark.django_db
def test_healthz_names_what_no_release_answers_for(client):
    make_release("2025Q4")
    make_release("2025Q4", dataset="ptp", setting="practitioner", state=Release.State.WITHDRAWN)
    missing = client.get("/healthz").json()["missing"]
    assert {"dataset": "ptp", "setting": "practitioner"} in missing
    assert {"dataset": "addon", "setting": None} in missing
    assert {"dataset": "hcpcs", "setting": None} not in missing


@pytest.mark.django_db
def test_healthz_names_what_only_starter_data_answers_for_and_calls_none_of_it_behind(client):
    make_release("2024Q3", dataset="mue", setting="dme_supplier", origin=Release.Origin.STARTER)
    make_release("2024Q3", dataset="mue", setting="practitioner")
    answer = client.get("/healthz").json()
    assert answer["starter"] == [{"dataset": "mue", "setting": "dme_supplier"}]
    assert [one["setting"] for one in answer["stale"]] == ["practitioner"]
    behind = {one["setting"]: one["quarters_behind"] > 0 for one in answer["releases"]}
    assert behind == {"practitioner": True, "dme_supplier": False}


@pytest.mark.django_db
def test_no_cache_keeps_the_answer(client):
    assert "no-store" in client.get("/healthz").headers["Cache-Control"]


@pytest.mark.django_db(transaction=True)
def test_without_its_database_the_site_is_unavailable_and_gives_no_details(client, monkeypatch):
    monkeypatch.setitem(connection.settings_dict, "NAME", "/no/such/database")
    connection.close()
    response = client.get("/healthz")
    connection.close()
    assert response.status_code == 503
    assert response.json() == {"status": "unavailable", "database": "unreachable"}
