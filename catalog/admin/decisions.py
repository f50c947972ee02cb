"""Deciding on a rehearsed release: look at what it would change, activate or discard it, and later roll back."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from catalog import audit_words, release_words, run_words, runs
from catalog import golden as golden_pairs
from catalog.admin.import_parts import ACTIVATE, LOAD, only_for, page
from catalog.import_form import DecisionForm, WithdrawForm
from catalog.importers import rehearsal as rehearsals
from catalog.importers import succession
from catalog.importers.files import Refused
from catalog.models import AuditEntry, Change, Dataset, Release
from catalog.templatetags.catalog import us_date
from catalog.views import edit_changes, releases

KEPT_SHOWN = 3

State = Release.State


class Other(NamedTuple):
    """A release that could be current in the place of another one, and whether that would be rolling back."""

    release: Release
    is_back: bool


class Kept(NamedTuple):
    """A current release and those that are kept beside it; or those alone, where none of their kind is current."""

    current: Release | None
    others: list[Other]

    @property
    def kind(self) -> str:
        """``PTP edits, practitioner``, and of MUE the quarter that answers for itself."""
        one = self.current or self.others[0].release
        name = run_words.kind_name(one.dataset, one.setting)
        return f"{name}, {one.title}" if one.dataset == Dataset.MUE else name

    @property
    def can_be_withdrawn(self) -> bool:
        return self.current is not None and not rehearsals.refuse_to_withdraw(self.current)


@only_for(LOAD, ACTIVATE)
@require_safe
def rehearsal(request: HttpRequest, pk: int) -> HttpResponse:
    """What a rehearsed release holds and would change; or the table of changes alone, or as a file."""
    release = _shown().filter(pk=pk).first()
    if release is None:
        return _gone(request, pk)
    if release.state != State.REHEARSED:
        return _decided(request, release)
    return _rehearsal(request, release, DecisionForm())


@only_for(ACTIVATE)
@require_POST
def activate(request: HttpRequest, pk: int) -> HttpResponse:
    """The second click."""
    return _decide(request, pk, _activate)


@only_for(LOAD)
@require_POST
def discard(request: HttpRequest, pk: int) -> HttpResponse:
    return _decide(request, pk, _discard)


@only_for(ACTIVATE)
@require_http_methods(["GET", "POST"])
def roll_back(request: HttpRequest, pk: int) -> HttpResponse:
    """Answer from a kept release again: from what to what, and then the second click."""
    release = get_object_or_404(_shown().kept(), pk=pk)
    if release.is_current:
        messages.info(request, f"{release} is active already.")
        return redirect("admin:imports")
    form = DecisionForm(request.POST if request.method == "POST" else None)
    golden = rehearsals.objections(release).golden
    if golden and not release.partial:
        form.against = "answers golden pairs otherwise than expected"
        form.fields["accept_doubts"].label = "I have read which pairs, and want to use this release all the same"
    if form.is_valid() and (release.partial or golden) and not form.cleaned_data["accept_doubts"]:
        form.add_error("accept_doubts", f"{release} {form.against}. Say that you accept it all the same.")
    if form.is_valid():
        try:
            messages.success(request, _activate(release, by=request.user.get_username(), **form.cleaned_data))
            return redirect("admin:imports")
        except Refused as reason:
            form.add_error(None, str(reason))
    current = succession.current(release)
    is_back = succession.is_way_back(release, current)
    is_again = release.activated_at is not None
    is_withdrawn = release.state == State.WITHDRAWN
    is_older = current is not None and release.dataset != Dataset.HCPCS and release.last_day < current.last_day
    context = {
        "title": f"Roll back to {release}" if is_back else f"Activate {release}{' again' if is_again else ''}",
        "release": release,
        "current": current,
        "is_back": is_back,
        "is_again": is_again,
        "place": release_words.place(release, current),
        "unchecked_after": release.last_day if is_older else None,
        "sides": [(one, release_words.held(one), _dates(one)) for one in (current, release) if one],
        "golden": golden,
        "withdrawal": AuditEntry.objects.withdrawal_of(release) if is_withdrawn else None,
        "needs_another_person": is_withdrawn and _needs_another_person(request, release),
        "form": form,
    }
    return page(request, "roll_back.html", context)


@only_for(ACTIVATE)
@require_http_methods(["GET", "POST"])
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Answer from nothing instead of a release that must not be used: what that means, then the second click."""
    release = get_object_or_404(_shown().kept(), pk=pk)
    if reason := rehearsals.refuse_to_withdraw(release):
        messages.info(request, reason)
        return redirect("admin:imports")
    form = WithdrawForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            rehearsals.withdraw(release, by=request.user.get_username(), **form.cleaned_data)
        except Refused as reason:
            form.add_error(None, str(reason))
        else:
            messages.success(request, f"{release} is withdrawn: readers are not answered from it any more.")
            return redirect("admin:imports")
    context = {
        "title": f"Withdraw {release}",
        "release": release,
        "held": release_words.held(release),
        "dates": _dates(release),
        "others": [
            one
            for group in kept()
            if group.current == release
            for one in group.others
            if not one.release.is_starter
        ],
        "form": form,
    }
    return page(request, "withdraw.html", context)


def _withdrawn_before(release: Release) -> AuditEntry | None:
    """How a release with some of the same files was withdrawn that has not been removed yet."""
    hashes = release.files.values("sha256")
    same = Release.objects.filter(state=State.WITHDRAWN, dataset=release.dataset, files__sha256__in=hashes).first()
    return same and AuditEntry.objects.withdrawal_of(same)


def kept() -> list[Kept]:
    """The current releases that others are kept beside, and those; of starter sets only where nothing else is.

    An incomplete one is told of with nothing beside it as well: people look here for the way back. So is what is
    kept where no release is active, as one was withdrawn or loaded only.
    """
    kinds: dict[tuple[str, ...], list[Release]] = {}
    for one in Release.objects.kept().newest_first():
        quarter = one.quarter if one.dataset == Dataset.MUE else ""
        kinds.setdefault((one.dataset, one.setting, quarter), []).append(one)
    found = []
    for group in kinds.values():
        current = next((one for one in group if one.is_current), None)
        others = [one for one in group if not one.is_current]
        others = [one for one in others if not one.is_starter] or (others if current else [])
        if others or (current and current.partial):
            others = [Other(one, succession.is_way_back(one, current)) for one in others[:KEPT_SHOWN]]
            found.append(Kept(current, others))
    return found


def _shown():
    return Release.objects.exclude(state=State.LOADING).select_related(
        "run__asked_by", "compared_with", "compared_current"
    )


def _decide(request: HttpRequest, pk: int, decide: Callable[..., str]) -> HttpResponse:
    """Have a decision on a rehearsed release take effect and tell so; or show the release again, and why not."""
    release = _shown().filter(pk=pk).first()
    if release is None:
        return _gone(request, pk)
    if release.state != State.REHEARSED:
        return _decided(request, release)
    form = DecisionForm(request.POST)
    if form.is_valid():
        run = release.run
        try:
            messages.success(request, decide(release, by=request.user.get_username(), **form.cleaned_data))
            return redirect(run or "admin:imports")
        except Refused as reason:
            now = _shown().filter(pk=pk).first()
            if now is None:
                return _gone(request, pk)
            if now.state != State.REHEARSED:
                return _decided(request, now)
            form.add_error(None, str(reason))
    return _rehearsal(request, release, form)


def _activate(release: Release, **decided: object) -> str:
    again = " again" if release.activated_at else ""
    rehearsals.activate(release, **decided)
    return f"{release} is active{again}: readers are answered from it now."


def _discard(release: Release, *, by: str, note: str, **_of_activating: object) -> str:
    name = str(release)
    rehearsals.discard(release, by=by, note=note)
    return f"The rehearsal of {name} is discarded. Nothing has changed for readers."


def _decided(request: HttpRequest, release: Release) -> HttpResponse:
    """Where to go when somebody has decided already, and who it was."""
    steps = AuditEntry.Action
    decisions = (steps.ACTIVATED, steps.LOADED, steps.ROLLED_BACK, steps.WITHDRAWN)
    decided = AuditEntry.objects.filter(release_number=release.pk, action__in=decisions).first()
    who = audit_words.sentence(decided) if decided else f"It is {release.get_state_display().lower()}."
    messages.info(request, f"{release} does not wait for a decision any more. {who}")
    return redirect(release.run or "admin:imports")


def _gone(request: HttpRequest, pk: int) -> HttpResponse:
    """Where to go when nothing is left to decide on: to the rehearsal that took its place, if one did."""
    became = AuditEntry.objects.filter(
        release_number=pk, action__in=(AuditEntry.Action.REPLACED, AuditEntry.Action.DISCARDED)
    ).first()
    if became is None:
        messages.info(
            request, "That rehearsal is not there any more: it was discarded or rehearsed again meanwhile."
        )
    elif became.action == AuditEntry.Action.DISCARDED:
        messages.info(request, f"That rehearsal of {became.subject} was discarded by {became.by}.")
    else:
        messages.info(request, f"A new rehearsal of {became.subject} by {became.by} has taken its place since.")
        return redirect("admin:rehearsal", pk=became.detail["rehearsed_again_as"])
    return redirect("admin:imports")


def _rehearsal(request: HttpRequest, release: Release, form: DecisionForm) -> HttpResponse:
    current = succession.current(release)
    instead = Change.every.after_activating(release) if _is_compared_with(release, current) else None
    is_asked = instead is not None and request.GET.get("than") == "current"
    changes_of = releases.changes if release.dataset == Dataset.HCPCS else edit_changes.changes
    changed = changes_of(request, release, instead if is_asked else None)
    if not isinstance(changed, dict):
        return changed
    golden, doubts, outdated = rehearsals.objections(release)
    beside = [one for one in (release.compared_with, current if instead is not None else None) if one]
    context = {
        "title": f"Rehearsal: {release}",
        "release": release,
        "run": release.run,
        "current": current,
        "is_first": not Release.objects.of_a_kind(release).kept().exists(),
        "is_of_quarter": release.dataset == Dataset.MUE,
        "withdrawn_before": _withdrawn_before(release),
        "place": release_words.place(release, current),
        "is_replaced": current in succession.superseded(release),
        "to_decide": True,
        "beside": beside,
        "counts": list(run_words.counts(release, beside)),
        "tally": release_words.changes(release, release.changes.tally()),
        "tally_instead": None if instead is None else release_words.changes(release, instead.tally()),
        "instead_of_current": is_asked,
        "tried": golden_pairs.check(release) if release.dataset == Dataset.PTP else None,
        "golden": golden,
        "doubts": doubts,
        "outdated": outdated,
        "needs_another_person": _needs_another_person(request, release),
        "is_blocked": bool(golden or outdated),
        "can_try_again": release.run is not None and runs.can_try_again(release.run),
        "form": form,
    }
    return page(request, "rehearsal.html", context | changed)


def _needs_another_person(request: HttpRequest, release: Release) -> bool:
    return settings.SECOND_PERSON and rehearsals.asked_by(release) == request.user.get_username()


def _is_compared_with(release: Release, current: Release | None) -> bool:
    """Whether it was compared with what readers are answered from, where that is not the one before it."""
    return current is not None and current == release.compared_current


def _dates(release: Release) -> str:
    """The dates of service it answers for while it is current, as a table shows them."""
    if release.dataset == Dataset.HCPCS:
        return f"to {us_date(release.last_day)}"
    return f"{us_date(release.first_covered_day)} to {us_date(release.last_day)}"
