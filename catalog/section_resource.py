"""Texts of sections as rows of a file, known by the slug of their section."""

from __future__ import annotations

from difflib import get_close_matches

from django.core.exceptions import ValidationError
from django.utils import timezone
from import_export.fields import Field
from tablib import Dataset

from catalog.markdown_field import LONGEST_TEXT, faults
from catalog.models import Section, SectionRange
from catalog.text_resource import TextResource
from catalog.versions import Part


class SectionResource(TextResource):
    """Texts of sections. Sections themselves, their place and their ranges are not changed by a file."""

    needed = ("slug",)
    for_reading = ("ranges",)
    meanings = {
        "slug": "which section the row is about",
        "ranges": "its codes, to find one's way; not taken from a file",
        "title": "its name",
        "short_title": "its name in breadcrumbs and result rows",
        "who_bills": "who bills it",
        "description": "what readers see, published at once",
        "draft": "what the description is to be; only editors see it",
        "note": "a trap or a piece of history",
        "version": "of an export: keeps you from undoing what others changed since",
    }
    called = "section texts"
    parts = (Part(SectionRange, "section_id"),)
    slug = Field(attribute="slug", column_name="slug", readonly=True)
    ranges = Field(column_name="ranges", readonly=True)

    class Meta(TextResource.Meta):
        model = Section
        import_id_fields = ("slug",)
        fields = ("slug", "ranges", "title", "short_title", "who_bills", "description", "draft", "note", "version")

    def dehydrate_ranges(self, section: Section) -> str:
        return ", ".join(map(str, section.ranges.all()))

    def before_import(self, dataset: Dataset, **kwargs) -> None:
        self.by_slug = {section.slug: section for section in self.on_file()}

    def get_instance(self, instance_loader: object, row: dict[str, str]) -> Section:
        slug = row["slug"]
        if slug not in self.by_slug:
            near = get_close_matches(slug, self.by_slug, n=1)
            hint = f"Did you mean “{near[0]}”?" if near else "Sections are added at the desk, not by a file."
            raise ValidationError({"slug": f"There is no section “{slug}”. {hint}"})
        return self.by_slug[slug]

    def check_text(self, instance: Section) -> None:
        """What ``MarkdownField`` asks of a text: one that it refuses could not be saved at the desk any more."""
        errors = {}
        for field in {"description", "draft"} & {*self._taken()}:
            text = getattr(instance, field)
            if len(text) > LONGEST_TEXT:
                errors[field] = f"Such a text has at most {LONGEST_TEXT:,} characters."
            elif found := faults(text):
                errors[field] = found
        if errors:
            raise ValidationError(errors)

    def touch(self, text: Section, changed: set[str], by: str) -> set[str]:
        """A draft is somebody's, and no change for readers."""
        if "draft" in changed:
            text.draft_by = by if text.draft else ""
            text.draft_at = timezone.now() if text.draft else None
        if changed != {"draft"}:
            super().touch(text, changed, by)
        return {"updated_at", "draft_by", "draft_at"}

    def remark(self, instance: Section, changed: set[str]) -> str:
        if "description" not in changed or "draft" in changed or not instance.draft:
            return ""
        return f"A draft by {instance.draft_by or 'nobody known'} waits. Published, it replaces this text."
