"""What a browser sends from the page of a section in the admin."""

from __future__ import annotations

from bs4 import BeautifulSoup
from django.http import HttpResponse
from django.urls import reverse

from catalog.models import Section


def address(section: Section | None = None) -> str:
    if section is None:
        return reverse("admin:catalog_section_add")
    return reverse("admin:catalog_section_change", args=[section.pk])


def filled_in(page: HttpResponse) -> dict[str, str]:
    """Every field of the form as the page has it, without its buttons."""
    form = BeautifulSoup(page.content, "html.parser").find(id="section_form")
    fields = {}
    for field in form.select("input[name], select[name], textarea[name]"):
        if field.name == "textarea":
            fields[field["name"]] = field.get_text().removeprefix("\n").replace("\n", "\r\n")
        elif field.name == "select":
            chosen = field.find("option", selected=True)
            fields[field["name"]] = chosen["value"] if chosen else ""
        elif field.get("type") == "checkbox":
            fields |= {field["name"]: "on"} if field.has_attr("checked") else {}
        elif field.get("type") not in ("submit", "button"):
            fields[field["name"]] = field.get("value", "")
    return fields


def send(client, section: Section | None, button: str = "_save", value: str = "1", **fields: str) -> HttpResponse:
    """Open the page of the section, fill in these fields, and press the button."""
    filled = filled_in(client.get(address(section))) | fields
    return client.post(address(section), filled | {button: value})
