"""What the browser sends when editors save what trainers teach from, and what they are told."""

from __future__ import annotations

from django.urls import reverse

ITEM = {
    "prompt": "Which level?",
    "slug": "which-level",
    "asks": "scenario",
    "topic": "form",
    "difficulty": 1,
    "rationale": "The first character says so.",
    "source": "CMS",
    "mark": "V",
    "sort": 0,
    "is_published": "on",
}
MISCONCEPTION = {
    "claim": "All CPT codes are numbers",
    "slug": "numbers",
    "why_wrong": "Only those of Category I are.",
    "fact": "Others end in a letter.",
    "source": "AMA",
    "mark": "V",
    "sort": 0,
}
STEP = {"text": "Is it a thing?", "slug": "thing", "source": "CMS", "mark": "V", "sort": 0}


def page(model, name="changelist", *args) -> str:
    return reverse(f"admin:catalog_{model._meta.model_name}_{name}", args=args)


def rows(prefix: str, new: list[dict], held: int = 0) -> dict:
    """What the browser sends for the rows below a text: ``new`` ones, after ``held`` that it names itself."""
    sent = {f"{prefix}-TOTAL_FORMS": held + len(new), f"{prefix}-INITIAL_FORMS": held}
    return sent | {
        f"{prefix}-{at}-{field}": value for at, row in enumerate(new, held) for field, value in row.items()
    }


def choices(*texts: str) -> dict:
    """The choices of an item; those that begin with a star are marked as right."""
    marked = [
        {"text": text.removeprefix("*")} | ({"is_right": "on"} if text.startswith("*") else {}) for text in texts
    ]
    return rows("choices", marked)


def as_sent(form, *formsets) -> dict:
    """What the browser sends when nothing was changed."""
    sent = {}
    for one in (form, *(part for formset in formsets for part in (formset.management_form, *formset.forms))):
        for field in one:
            if (value := field.value()) is not None and value is not False:
                sent[field.html_name] = value
    return sent


def refusal(response) -> str:
    """The messages of a form that was not saved; empty when it was."""
    if response.status_code == 302:
        return ""
    context = response.context
    messages = list(context["adminform"].form.errors.values())
    for inline in context["inline_admin_formsets"]:
        messages += [inline.formset.non_form_errors(), *(form.errors for form in inline.formset.forms)]
    return " ".join(message for errors in messages for message in _lines(errors))


def _lines(errors) -> list[str]:
    return [word for one in errors.values() for word in one] if isinstance(errors, dict) else list(errors)
