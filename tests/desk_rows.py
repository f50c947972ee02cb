"""A row of every model that has pages at the desk, and as little more as makes its forms whole."""

from __future__ import annotations

from datetime import date

from axes.models import AccessAttempt, AccessFailureLog, AccessLog
from django.contrib.auth.models import Group
from django_tasks_db.models import DBTaskResult

from catalog.models import (
    AuditEntry,
    CodeNote,
    ComparisonRow,
    DecisionStep,
    GoldenPair,
    ImportRun,
    Level,
    Misconception,
    PracticeItem,
    Release,
    Section,
    Statement,
    Synonym,
)
from catalog.models.hcpcs import ProcessingNote
from catalog.starter.training import load_training
from tests.builders import (
    make_addon,
    make_change,
    make_code,
    make_level,
    make_modifier,
    make_mue,
    make_ptp,
    make_release,
    make_section,
)
from tests.desk import make_run, make_user

WITH_TRAIL = (
    *(Section, Level, Synonym, CodeNote, GoldenPair, PracticeItem, Misconception),
    *(ComparisonRow, Statement, DecisionStep),
)


def fill_desk() -> None:
    """Texts, each with a version in its trail; releases with rows, one rehearsed; an import; accounts and logs."""
    for number in (1, 2, 3):
        make_level(number, description="A level.")
    drugs = make_section("drugs", ("J0000", "J9999"), description="Drugs given by **injection**.")
    make_section("j-injected", ("J1800", "J1999"), parent=drugs)
    Synonym.objects.create(term="toradol", code="J1885")
    CodeNote.objects.create(code="J1885", text="A note")
    GoldenPair.objects.create(
        setting="practitioner",
        column_one="11042",
        column_two="97597",
        day=date(2026, 7, 15),
        expected="indicator_1",
        source="CMS",
    )
    load_training()
    for model in WITH_TRAIL:
        model.objects.first().save()
    _fill_releases()
    _fill_logs()


def _fill_releases() -> None:
    before, codes = make_release("2025Q3", current=False), make_release("2025Q4")
    make_code("J1885", codes)
    make_modifier("LT", codes)
    make_change("J1885", "added", codes, before)
    ProcessingNote.objects.create(release=codes, number="1", text="Note")
    make_ptp("11042", "97597", make_release("2026Q2", dataset="ptp", setting="practitioner"))
    make_release(
        "2026Q3",
        dataset="ptp",
        setting="practitioner",
        state=Release.State.REHEARSED,
        run=make_run(state=ImportRun.State.REHEARSED),
    )
    make_mue("J1885", 8)
    make_addon("97598", "97597")


def _fill_logs() -> None:
    AuditEntry.objects.record(AuditEntry.Action.LOADED, by="mary", release=Release.objects.current().first())
    for model in (AccessAttempt, AccessFailureLog, AccessLog):
        counted = {"failures_since_start": 1} if model is AccessAttempt else {}
        model.objects.create(username="x", ip_address="192.0.2.1", user_agent="x", path_info="/", **counted)
    DBTaskResult.objects.create(task_path="x.y", args_kwargs={"args": [], "kwargs": {}}, backend_name="default")
    make_user("mary")
    Group.objects.create(name="Trainers")
