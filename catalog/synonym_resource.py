"""Synonyms as rows of a file, known by their number, else by their meaning."""

from __future__ import annotations

from collections.abc import Iterator

from django.core.exceptions import ValidationError
from django.db.models import CharField, Value
from django.db.models.functions import Cast, Concat
from import_export.fields import Field
from tablib import Dataset

from catalog.models import Synonym
from catalog.text_resource import ZEROS, TextResource

_EITHER = next(
    one.violation_error_message for one in Synonym._meta.constraints if one.name == "means_words_or_a_code"
)


class SynonymResource(TextResource):
    """Synonyms. With a number in ``id`` a row changes that synonym, without one it adds a meaning."""

    needed = ("term",)
    meanings = {
        "id": "the number of the synonym that the row changes; empty to add one",
        "term": "what people type, in lower case",
        "means": "the words to search for as well",
        "code": "the code it names, instead of such words",
        "note": "for editors",
        "version": "of an export: keeps you from undoing what others changed since; empty in new rows",
    }
    adds = "Rows without a number are added, unless they are on file already."
    id = Field(attribute="id", column_name="id", readonly=True)

    class Meta(TextResource.Meta):
        model = Synonym
        fields = ("id", "term", "means", "code", "note", "version")

    def before_import(self, dataset: Dataset, **kwargs) -> None:
        on_file = self.on_file()
        self.by_number = {str(synonym.pk): synonym for synonym in on_file}
        self.by_meaning = {_meaning(synonym): synonym for synonym in on_file}
        self.by_term = {synonym.term: (str(synonym.pk), str(synonym)) for synonym in on_file}
        self.named = {number and number.strip() for number in (dataset["id"] if "id" in dataset.headers else ())}

    def tidy(self, column: str, text: str) -> str:
        text = " ".join(text.split())
        return {"term": text.lower(), "code": text.upper()}.get(column, text)

    def before_import_row(self, row: dict[str, str], **kwargs) -> None:
        super().before_import_row(row, **kwargs)
        code = row.get("code") or ""
        if code.isdecimal() and len(code) < 5:
            raise ValidationError({"code": ZEROS})

    def get_instance(self, instance_loader: object, row: dict[str, str]) -> Synonym | None:
        number = row.get("id")
        if not number:
            held = self.by_meaning.get((row["term"], row.get("means") or "", row.get("code") or ""))
            return None if held and str(held.pk) in self.named else held
        if number not in self.by_number:
            raise ValidationError({"id": "There is no synonym of this number. Leave it empty to add one."})
        return self.by_number[number]

    def names(self, instance: Synonym) -> Iterator[tuple[object, str]]:
        yield from super().names(instance)
        yield _meaning(instance), "The same term and meaning"

    def check_text(self, instance: Synonym) -> None:
        if bool(instance.means) == bool(instance.code):
            raise ValidationError(_EITHER)

    def clash(self, instance: Synonym) -> str:
        """Another one may give its meaning to this one, if it is another row of the file that says so."""
        held = self.by_meaning.get(_meaning(instance), instance)
        stays = held is not instance and _meaning(held) == _meaning(instance)
        return "There is such a synonym already." if stays else ""

    def make_way(self, changed: list[Synonym]) -> set[str]:
        """No two mean the same, not even while rows are written: who gives a meaning away has no term first.

        A term that begins like this can stand in no file, as tidying takes it for a blank.
        """
        taken = {_meaning(synonym) for synonym in changed}
        leaving = [held.pk for meaning, held in self.by_meaning.items() if meaning in taken - {_meaning(held)}]
        no_term = Concat(Value("\x1f"), Cast("pk", CharField()))
        return {"term"} if Synonym.objects.filter(pk__in=leaving).update(term=no_term) else set()

    def remark(self, instance: Synonym, changed: set[str]) -> str:
        """That a row without a number is not the synonym it may have been meant to change."""
        number, held = self.by_term.get(instance.term, ("", ""))
        if instance.pk or not number or number in self.named:
            return ""
        return f"“{held}” is on file and stays. To change that one instead, put its number, {number}, in “id”."


def _meaning(synonym: Synonym) -> tuple[str, str, str]:
    return synonym.term, synonym.means, synonym.code
