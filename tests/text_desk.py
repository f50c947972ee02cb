"""What an editor does with one text at the desk, as the browser does it: from the pages as they are."""

from __future__ import annotations

from bs4 import BeautifulSoup

from tests.training_forms import page


class Desk:
    def __init__(self, client):
        self.client = client

    def open(self, text) -> dict:
        """The form as the browser holds it, with everything that it would send untouched."""
        soup = self.soup(page(type(text), "change", text.pk))
        return fields_of(soup)

    def send(self, on_file, /, **changes):
        """Open the form, fill in the changes, save."""
        return self.save(on_file, self.open(on_file) | changes)

    def save(self, text, sent: dict):
        return self.client.post(page(type(text), "change", text.pk), sent)

    def trail(self, text) -> list[str]:
        """Each version in words, the newest first."""
        soup = self.soup(page(type(text), "history", text.pk))
        return [" ".join(item.get_text(" ").split()) for item in soup.select(".trail > li")]

    def give_back(self, text, number: int):
        """Press the button of a version on the page of the trail."""
        soup = self.soup(page(type(text), "history", text.pk))
        address = page(type(text), "return", text.pk, number)
        form = soup.select_one(f'form[action="{address}"]')
        assert form, "no button"
        sent = {field["name"]: field.get("value", "") for field in form.select("[name]")}
        return self.client.post(address, sent)

    def soup(self, address: str) -> BeautifulSoup:
        response = self.client.get(address)
        assert response.status_code == 200, address
        return BeautifulSoup(response.content, "html.parser")


def fields_of(soup: BeautifulSoup) -> dict:
    sent = {}
    for field in soup.select("form[id$=_form] [name]"):
        kind = field.get("type")
        if field.name == "button" or kind == "submit" or "__prefix__" in field["name"]:
            continue
        if kind == "checkbox":
            if field.has_attr("checked"):
                sent[field["name"]] = "on"
        elif field.name == "select":
            chosen = field.select_one("option[selected]") or field.select_one("option")
            sent[field["name"]] = chosen["value"] if chosen else ""
        elif field.name == "textarea":
            sent[field["name"]] = field.get_text().removeprefix("\n").removeprefix("\r\n")
        else:
            sent[field["name"]] = field.get("value", "")
    return sent
