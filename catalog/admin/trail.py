"""Texts with a trail: every save is recorded, compared word by word, and can be returned to; and nobody saves over
somebody else's change unawares.

``class SectionAdmin(Trail, admin.ModelAdmin)`` is all that an admin of a model with ``history`` needs. Rows in its
inlines are part of the text when their model has a ``history`` too.
"""

from __future__ import annotations

from copy import copy
from itertools import chain
from typing import NamedTuple

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db import transaction
from django.db.models import Field, Model, QuerySet
from django.forms.models import BaseModelFormSet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils import timezone

from catalog import merge, trail, versions
from catalog.admin.guard import MADE_FROM, Guard
from catalog.versions import State, Version

RETURN = "_return"  # the button that fills the form from an older version


class Step(NamedTuple):
    """A version beside what it changed."""

    version: Version
    differences: list[trail.Difference]
    is_last: bool


class Trail(Guard):
    """Goes before ``admin.ModelAdmin`` in the bases of an admin."""

    versions_per_page = 20
    kept_on_return: tuple[str, ...] = ()  # fields that a return leaves as they are, unless they are empty

    @property
    def media(self) -> forms.Media:
        return super().media + forms.Media(css={"all": ["css/trail.css"]})

    def get_urls(self) -> list[URLPattern]:
        name = f"{self.opts.app_label}_{self.opts.model_name}"
        wrapped = self.admin_site.admin_view
        return [
            path("deleted/", wrapped(self.deleted_view), name=f"{name}_deleted"),
            path("<path:object_id>/history/<int:number>/", wrapped(self.version_view), name=f"{name}_version"),
            path(
                "<path:object_id>/history/<int:number>/return/", wrapped(self.return_view), name=f"{name}_return"
            ),
            *super().get_urls(),
        ]

    # --- Recorded ------------------------------------------------------------------------------------------

    def save_model(self, request: HttpRequest, obj: Model, form: forms.ModelForm, change: bool) -> None:
        """Save the text, after what was on file before it is in the trail; where nothing is new, save nothing."""
        request.saved_at = timezone.now()
        if change:
            before = self.model._default_manager.get(pk=obj.pk)
            if not _differ(before, obj):
                return  # rows below it may have changed yet: save_related sees
            self._keep(request, before)
        elif returned := getattr(request, "brought_back", None):
            obj.pk = returned
        self._mark(request, obj)
        super().save_model(request, obj, form, change)

    def save_related(
        self, request: HttpRequest, form: forms.ModelForm, formsets: list[BaseModelFormSet], change: bool
    ) -> None:
        """Save the rows below a text; where they alone were changed, the text with them: they are part of it."""
        obj = form.instance
        if change and not hasattr(obj, "_history_date") and any(formset.has_changed() for formset in formsets):
            self._keep(request, obj)
            self._mark(request, obj)
            super().save_model(request, obj, form, change)
        super().save_related(request, form, formsets, change)

    def save_formset(
        self, request: HttpRequest, form: forms.ModelForm, formset: BaseModelFormSet, change: bool
    ) -> None:
        """Save the rows, each with the moment of the text."""
        for row in formset.forms:
            row.instance._history_date = request.saved_at
        super().save_formset(request, form, formset, change)

    def _keep(self, request: HttpRequest, before: Model) -> None:
        versions.keep(before, self.parts)
        request.saved_at = timezone.now()

    def _mark(self, request: HttpRequest, obj: Model) -> None:
        obj._history_date = request.saved_at
        obj._change_reason = getattr(request, "reason", "")

    def delete_model(self, request: HttpRequest, obj: Model) -> None:
        """Delete the text with its parts; all of it stays in the trail, as one version.

        Two people who delete at once, or one who presses twice: the second one waits here, then finds it gone.
        """
        before = self.model._default_manager.select_for_update().filter(pk=obj.pk).first()
        if before is None:
            return
        versions.keep(before, self.parts)
        obj._history_date = timezone.now()
        for row in chain(*versions.on_file(self.model, obj.pk, self.parts).rows.values()):
            row._history_date = obj._history_date
            row.delete()
        super().delete_model(request, obj)

    @transaction.atomic
    def delete_queryset(self, request: HttpRequest, queryset: QuerySet) -> None:
        for obj in queryset:
            self.delete_model(request, obj)

    # --- Read ----------------------------------------------------------------------------------------------

    def changelist_view(self, request: HttpRequest, extra_context: dict | None = None) -> HttpResponse:
        return super().changelist_view(
            request, {"can_bring_back": self.has_add_permission(request)} | (extra_context or {})
        )

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict | None = None
    ) -> HttpResponse:
        """All versions of one text, the newest first, each with what it changed."""
        known, now = self._asked_for(request, object_id)
        pages = Paginator(range(len(known) - 1, -1, -1), self.versions_per_page)
        page = pages.get_page(request.GET.get("p"))
        reader = self.reader(request)
        steps = [self._step(known, at, reader) for at in page.object_list]
        return self._render(
            request, "history", known, now, title="Trail", steps=steps, page=page, **(extra_context or {})
        )

    def version_view(self, request: HttpRequest, object_id: str, number: int) -> HttpResponse:
        """One version whole, with what it changed and how it differs from the text as it is now."""
        known, now = self._asked_for(request, object_id)
        version = _numbered(known, number)
        reader = self.reader(request)
        said, says = reader.texts(version.state), reader.texts(now)
        return self._render(
            request,
            "version",
            known,
            now,
            title=f"Version {number}",
            step=self._step(known, number - 1, reader),
            texts=said,
            returning=trail.differences(says, reader.texts(self._returned(version.state, now))),
        )

    def deleted_view(self, request: HttpRequest) -> HttpResponse:
        """The texts that were deleted, the last one first, each with the way to its trail."""
        if not self.has_view_or_change_permission(request):
            raise PermissionDenied
        gone = self.model.history.latest_of_each().filter(history_type=versions.DELETED)
        pages = Paginator(gone.select_related("history_user"), self.versions_per_page)
        page = pages.get_page(request.GET.get("p"))
        context = self._context(request, title=f"Deleted {self.opts.verbose_name_plural}")
        rows = [{"record": record, "text": record.instance} for record in page.object_list]
        return TemplateResponse(request, "admin/trail/deleted.html", context | {"page": page, "rows": rows})

    # --- Returned to ---------------------------------------------------------------------------------------

    def return_view(self, request: HttpRequest, object_id: str, number: int) -> HttpResponse:
        """Save an older version anew, or bring back what was deleted, through the form that changes the text.

        So it is checked as any other change is. What is sent without the button is that form, filled in by hand
        after it was refused.
        """
        known, now = self._asked_for(request, object_id)
        version = _numbered(known, number)
        if request.method != "POST" or version.is_deletion:
            return HttpResponseRedirect(self.address_of("version", object_id, number))
        request.reason = f"Saved from version {number}"
        is_by_hand = RETURN not in request.POST
        if not is_by_hand:
            if request.POST.get(MADE_FROM) != versions.stamp(now):
                messages.error(request, "Nothing was returned to: the text has just been changed. Look again.")
                return HttpResponseRedirect(self.address_of("history", object_id))
            request.POST = self._as_sent(request, self._returned(version.state, now), now)
            request.reason = f"Returned to version {number}"
        if now.text is not None:
            return self.changeform_view(request, object_id)
        extra = {"title": f"Bring back {self.opts.verbose_name}", "is_brought_back": True}
        if is_by_hand:
            # The page may be from before the deletion and name rows that are gone. Under the key of the text, what
            # was sent is made fit to bring it back, as it is for a page that changes a text.
            return self.changeform_view(request, object_id, extra_context=extra)
        request.brought_back = self.key_of(object_id)
        return self.changeform_view(request, None, extra_context=extra)

    def _returned(self, state: State, now: State) -> State:
        """What a return to an older state makes of the text, with what it leaves alone as it is now."""
        kept = {name: value for name in self.kept_on_return if (value := getattr(now.text, name, None))}
        if state.text is None or not kept:
            return state
        text = copy(state.text)
        for name, value in kept.items():
            setattr(text, name, value)
        return state._replace(text=text)

    def _as_sent(self, request: HttpRequest, state: State, now: State) -> QueryDict:
        """What the browser sends to make the text, as it is now, what it was in an older state."""
        data = QueryDict(mutable=True)
        data["csrfmiddlewaretoken"] = request.POST.get("csrfmiddlewaretoken", "")
        data[MADE_FROM] = versions.stamp(now)
        data["_save"] = "Save"
        data.update(merge.sent(self.form_of(request, now.text)(instance=state.text)))
        for part, formset in self.formsets_of(request, now.text).items():
            was, held = (merge.rows_sent(formset, one.rows[part]) for one in (state, now))
            on_file = [was.get(key, row | {"DELETE": "on"}) | {"id": key} for key, row in held.items()]
            new = [row for key, row in was.items() if key not in held]
            merge.write_rows(data, formset.get_default_prefix(), on_file, new)
        return data

    def response_change(self, request: HttpRequest, obj: Model) -> HttpResponse:
        if reason := getattr(request, "reason", ""):
            messages.success(request, f"{reason}. The text before it is in the trail as well.")
            return HttpResponseRedirect(self.address_of("history", obj.pk))
        return super().response_change(request, obj)

    def response_add(self, request: HttpRequest, obj: Model, *args, **kwargs) -> HttpResponse:
        if hasattr(request, "brought_back"):
            messages.success(request, f"“{obj}” was brought back.")
            return HttpResponseRedirect(self.address_of("history", obj.pk))
        return super().response_add(request, obj, *args, **kwargs)

    # --- Asked for -----------------------------------------------------------------------------------------

    def _asked_for(self, request: HttpRequest, object_id: str) -> tuple[list[Version], State]:
        """The versions and the present state of a text that somebody may read."""
        if (pk := self.key_of(object_id)) is None:
            raise Http404
        known, now = versions.trail_of(self.model, pk, self.parts)
        if not self.has_view_or_change_permission(request, now.text):
            raise PermissionDenied
        if now.text is None and not known:
            raise Http404
        return known, now

    def _step(self, known: list[Version], at: int, reader: versions.Reader) -> Step:
        before = reader.texts(known[at - 1].state) if at else {}
        changed = trail.differences(before, reader.texts(known[at].state))
        return Step(known[at], changed, is_last=at == len(known) - 1)

    def _context(self, request: HttpRequest, **context: object) -> dict:
        return {**self.admin_site.each_context(request), "opts": self.opts, "media": self.media} | context

    def _render(
        self, request: HttpRequest, template: str, known: list[Version], now: State, **context: object
    ) -> HttpResponse:
        text = now.text or next(version.state.text for version in reversed(known) if version.state.text)
        may = self.has_change_permission(request, now.text) if now.text else self.has_add_permission(request)
        request.current_app = self.admin_site.name
        context |= {
            "object": text,
            "is_deleted": now.text is None,
            "may_return": may,
            "on_file": versions.stamp(now),
            "is_unrecorded": now.text and known and versions.stamp(known[-1].state) != versions.stamp(now),
            "subtitle": str(text),
        }
        return TemplateResponse(request, f"admin/trail/{template}.html", self._context(request, **context))


def _differ(before: Model, after: Model) -> bool:
    """Whether saving would change more than the moment of the last save, line ends, and blanks around a text.

    Forms drop these; texts that were loaded otherwise may have them, and nobody who saves means to change that.
    """
    fields = (field for field in before._meta.concrete_fields if not getattr(field, "auto_now", False))
    return any(_said(before, field) != _said(after, field) for field in fields)


def _said(text: Model, field: Field) -> object:
    value = getattr(text, field.attname)
    return value.replace("\r\n", "\n").strip() if isinstance(value, str) else value


def _numbered(known: list[Version], number: int) -> Version:
    if not 1 <= number <= len(known):
        raise Http404
    return known[number - 1]
