"""Two people at one text: nobody saves over what somebody else saved while a form was open."""

from __future__ import annotations

from collections.abc import Sequence
from copy import copy
from typing import NamedTuple

from django import forms
from django.contrib.admin.utils import flatten_fieldsets, unquote
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Model
from django.forms.models import BaseModelFormSet, _get_foreign_key
from django.forms.utils import pretty_name
from django.http import HttpRequest, HttpResponse, QueryDict
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.text import capfirst

from catalog import merge, trail, versions
from catalog.merge import Sent
from catalog.versions import Part, State, Version

MADE_FROM = "made_from"  # the field of a form that says which state of the text it was made from
DELETION_SEEN = "deletion_seen"  # and, of one that brings a text back, which version its deletion was


class Conflict(NamedTuple):
    """What somebody else did while a form was open; ``version`` is None where the trail does not know of it."""

    version: Version | None
    theirs: list[trail.Difference]
    address: str
    clashes: Sequence[str] = ()  # names of the fields that both have changed
    mine: Sequence[trail.Difference] = ()  # what these would become of theirs
    is_own: bool = False  # the same person, in another window or by an older page

    @property
    def who(self) -> str:
        return self.version.by.get_username() if self.version and self.version.by else "Somebody"

    @property
    def clash(self) -> str:
        if self.is_own:
            return "You have saved this otherwise. Here is the text of this page; the saved one is above."
        return f"{self.who} changed this as well. Here is your text; theirs is above."


class Refused(forms.ModelForm):
    """A form on top of somebody else's change: it shows theirs, keeps what was written, and can be sent again."""

    conflict: Conflict

    def clean(self) -> None:
        # First of all: the form may raise, and who is not told now saves over theirs the next time.
        self.add_error(None, render_to_string("admin/trail/_conflict.html", {"conflict": self.conflict}))
        for name in self.conflict.clashes:
            self.add_error(name, self.conflict.clash)
        super().clean()


class RowForm(forms.ModelForm):
    """What is changed in a list. It sends what it showed as well, so that only what was changed is saved."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.show_hidden_initial = True
            field.widget.attrs["aria-label"] = f"{capfirst(field.label)}: {self.instance}"

    def clean(self) -> None:
        super().clean()
        for name, on_file in self.initial.items():
            if name not in self.cleaned_data or self[name].html_initial_name not in self.data:
                continue
            if name not in self.changed_data:
                self.cleaned_data[name] = on_file
            elif on_file not in (self._shown(name), self.cleaned_data[name]):
                self.add_error(name, f"Somebody has just changed this to “{on_file}”. Load the list again.")

    def _shown(self, name: str) -> object:
        return self.fields[name].to_python(self.data[self[name].html_initial_name])


class Guard:
    """A form carries the state it was made from; sent on top of another one it is merged with it, not saved.

    Every page sends that state. What sends none is a program that has seen no page: it is saved as it is, for
    there is nobody to tell, and the trail has what it replaced.
    """

    @cached_property
    def parts(self) -> list[Part]:
        """The rows that are part of a text: those of the inlines that have a history."""
        return [
            Part(inline.model, _get_foreign_key(self.model, inline.model, fk_name=inline.fk_name).attname)
            for inline in self.inlines
            if hasattr(inline.model, "history")
        ]

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict | None = None,
    ) -> HttpResponse:
        """The form; one that was made from an older state than the database has is merged with it, not saved."""
        try:
            return self._merged_with_others(request, object_id, form_url, extra_context)
        except IntegrityError:
            # In this moment somebody else took what only one text may have, as by pressing the button twice. The
            # form could not see that before; it can now, and says so.
            return self._merged_with_others(request, object_id, form_url, extra_context)

    def _merged_with_others(
        self, request: HttpRequest, object_id: str | None, form_url: str, extra_context: dict | None
    ) -> HttpResponse:
        if request.method == "POST":
            request.POST = merge.with_plain_lines(request.POST)
        pk = None if object_id is None else self.key_of(object_id)
        if request.method != "POST" or pk is None or "_saveasnew" in request.POST:
            return super().changeform_view(request, object_id, form_url, extra_context)
        with transaction.atomic():
            # Two people who save at once: the second one waits here, then sees what the first one saved.
            list(self.model._default_manager.select_for_update().filter(pk=pk).values_list("pk"))
            now = versions.on_file(self.model, pk, self.parts)
            if now.text is not None:
                self._look_for_conflict(request, now)
            elif known := versions.versions_of(self.model, pk, self.parts):
                self._fill_in_deleted(request, pk, known)
                object_id = None
            return super().changeform_view(request, object_id, form_url, extra_context)

    def _look_for_conflict(self, request: HttpRequest, now: State) -> None:
        made_from, stamp = request.POST.get(MADE_FROM), versions.stamp(now)
        if not made_from or made_from == stamp:
            return
        known, _now = versions.trail_of(self.model, now.text.pk, self.parts)
        opened = _opened(known, made_from) or now
        reader = self.reader(request)
        form = self.form_of(request, now.text)
        before, says = (merge.sent(form(instance=state.text)) for state in (opened, now))
        clashes = merge.clashes(request.POST.dict(), before, says)
        merged = self._merged(request, opened, now, before, says)
        version = known[-1] if known and versions.stamp(known[-1].state) == stamp else None
        is_own = version is not None and version.by == request.user
        if is_own and self.is_on_file(request, merged, now):  # the same button, pressed twice
            request.POST = merged
            return
        conflict = Conflict(
            version=version,
            theirs=trail.differences(reader.texts(opened), reader.texts(now)),
            address=self.address_of("history", now.text.pk),
            clashes=clashes,
            mine=_compared(form, clashes, says, request.POST.dict()),
            is_own=is_own,
        )
        request.POST = merged
        request.conflict = conflict

    def is_on_file(self, request: HttpRequest, data: QueryDict, now: State) -> bool:
        """Whether the database has all that was sent already, and saving it would do nothing."""
        form = self.form_of(request, now.text)(data, instance=copy(now.text))
        formsets = self.formsets_of(request, now.text).values()
        rows = (formset(data, instance=now.text, prefix=formset.get_default_prefix()) for formset in formsets)
        return not form.has_changed() and not any(one.has_changed() for one in rows)

    def _fill_in_deleted(self, request: HttpRequest, pk: object, known: list[Version]) -> None:
        """Somebody deleted the text while it was open: what was sent becomes the form that brings it back."""
        last = next(version.state for version in reversed(known) if version.state.text is not None)
        mine = request.POST.copy()
        for name, value in merge.sent(self.form_of(request, None)(instance=last.text)).items():
            if name not in self.form_of(request, last.text).base_fields:  # shown on its page, but not sent
                mine.setdefault(name, value)
        for formset in self.formsets_of(request, None).values():
            prefix = formset.get_default_prefix()
            rows = merge.read_rows(mine, prefix)
            for row in rows:
                row.pop(formset.fk.name, None)  # nothing to be a part of, yet
            merge.write_rows(mine, prefix, *merge.merge_rows(rows, {}, {}))
        if mine.get(MADE_FROM) and mine.get(DELETION_SEEN) != str(known[-1].number):
            is_own = known[-1].by == request.user
            address = self.address_of("history", pk)
            request.conflict = Conflict(version=known[-1], theirs=[], address=address, is_own=is_own)
        request.POST = mine
        request.brought_back = pk

    def _merged(self, request: HttpRequest, opened: State, now: State, before: Sent, says: Sent) -> QueryDict:
        """What was sent, with the fields that were left as they were opened as the database has them now."""
        mine = request.POST.copy()
        merged = merge.merge(mine.dict(), before, says)
        for name in mine.keys() - merged.keys():
            del mine[name]
        for name, value in merged.items():
            mine[name] = value
        for part, formset in self.formsets_of(request, now.text).items():
            prefix = formset.get_default_prefix()
            rows = merge.read_rows(mine, prefix)
            opened_rows, now_rows = (merge.rows_sent(formset, state.rows[part]) for state in (opened, now))
            if DELETION_SEEN in mine:
                blank = merge.sent(formset.form())
                rows, opened_rows = merge.with_new_keys(rows, opened_rows, now_rows, blank)
            merge.write_rows(mine, prefix, *merge.merge_rows(rows, opened_rows, now_rows))
        return mine

    def get_form(
        self, request: HttpRequest, obj: Model | None = None, change: bool = False, **kwargs
    ) -> type[forms.ModelForm]:
        """The form, which refuses to be saved over what somebody else saved while it was open."""
        form = super().get_form(request, obj, change, **kwargs)
        if conflict := getattr(request, "conflict", None):
            return type(form)(form.__name__, (Refused, form), {"conflict": conflict})
        return form

    def get_changelist_form(self, request: HttpRequest, **kwargs) -> type[forms.ModelForm]:
        return super().get_changelist_form(request, **{"form": RowForm} | kwargs)

    def render_change_form(self, request: HttpRequest, context: dict, *args, **kwargs) -> HttpResponse:
        obj = context.get("original")
        if obj is not None:
            context["made_from"] = versions.stamp(versions.on_file(self.model, obj.pk, self.parts))
        elif (back := getattr(request, "brought_back", None)) is not None:
            known, now = versions.trail_of(self.model, back, self.parts)
            context["made_from"] = request.POST.get(MADE_FROM) or versions.stamp(now)
            context["deletion_seen"] = known[-1].number
        return super().render_change_form(request, context, *args, **kwargs)

    def key_of(self, object_id: str) -> object | None:
        """The key of a text as an address has it; None for what cannot be one."""
        try:
            key = self.opts.pk.to_python(unquote(object_id))
            self.opts.pk.run_validators(key)  # a number that no database holds is none
        except ValidationError:
            return None
        return key

    def form_of(self, request: HttpRequest, obj: Model | None) -> type[forms.ModelForm]:
        """The form of a text as its page has it; of one that is not on file, the form that adds one."""
        fields = flatten_fieldsets(self.get_fieldsets(request, obj))
        return self.get_form(request, obj, change=obj is not None, fields=fields)

    def formsets_of(self, request: HttpRequest, obj: Model | None) -> dict[Part, type[BaseModelFormSet]]:
        """The formsets of the inlines that are parts."""
        found = {formset.model: formset for formset, _ in self.get_formsets_with_inlines(request, obj)}
        return {part: found[part.model] for part in self.parts if part.model in found}

    def reader(self, request: HttpRequest) -> versions.Reader:
        """Reads the texts of this admin in the order of its form."""
        return versions.Reader(flatten_fieldsets(self.get_fieldsets(request, None)))

    def address_of(self, page: str, *args: object) -> str:
        name = f"{self.admin_site.name}:{self.opts.app_label}_{self.opts.model_name}_{page}"
        return reverse(name, args=args)


def _opened(known: Sequence[Version], made_from: str) -> State | None:
    """The state that a page was made from; where that is a deletion, as in a return, the one before it."""
    stamps = [versions.stamp(one.state) for one in known]
    if made_from not in stamps:
        return None
    last = len(stamps) - stamps[::-1].index(made_from)
    return next(one.state for one in reversed(known[:last]) if not one.is_deletion)


def _compared(form: type[forms.ModelForm], names: Sequence[str], says: Sent, mine: Sent) -> list[trail.Difference]:
    """Fields that both have changed, word by word; what is chosen from a list has no words of its own."""
    fields = {name: form.base_fields[name] for name in names}
    return [
        trail.Difference(capfirst(field.label or pretty_name(name)), old, new, trail.compare(old, new))
        for name, field in fields.items()
        if not isinstance(field, forms.ChoiceField) and (old := says.get(name, "")) != (new := mine.get(name, ""))
    ]
