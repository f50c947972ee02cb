"""Small pieces of markup that many templates share. A code or a level looks the same wherever it stands."""

from datetime import date

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from catalog import codes

register = template.Library()

LEVEL_BADGES = {1: ("Level I", "CPT"), 2: ("Level II", "National codes"), 3: ("Level III", "Local codes")}


@register.simple_tag
def code(value: str, size: str = "", href: str = "") -> SafeString:
    """A code in its level's shape, its letter marked; ``size`` ``xl`` on its own page, a link when ``href`` is given."""
    level = codes.level_of(value)
    css = f"code l{int(level)}" if level else "code"
    if size:
        css += f" code-{size}"
    if value[:1].isalpha():
        inner = format_html("<b>{}</b>{}", value[0], value[1:])
    elif value[-1:].isalpha():
        inner = format_html("{}<b>{}</b>", value[:-1], value[-1])
    else:
        inner = format_html("{}", value)
    if href:
        return format_html('<a class="{}" href="{}">{}</a>', css, href, inner)
    return format_html('<span class="{}">{}</span>', css, inner)


@register.simple_tag
def level(number: int) -> SafeString:
    """The badge of a level: its name and what its codes are called."""
    name, title = LEVEL_BADGES[number]
    return format_html('<span class="level l{}"><b>{}</b><span>{}</span></span>', int(number), name, title)


@register.simple_tag
def icon(name: str, css: str = "") -> SafeString:
    """A picture from ``_icons.svg``; decoration, so the words beside it must say the same."""
    return format_html('<svg class="ic {}" aria-hidden="true"><use href="#{}"/></svg>', css, name)


@register.filter
def us_date(day: date | None) -> str:
    """``Nov 14, 2025``; empty for none."""
    return f"{day:%b} {day.day}, {day.year}" if day else ""


@register.simple_tag
def when(day: date | None, css: str = "") -> SafeString | str:
    """A date as people read it, with the ISO form for machines."""
    if day is None:
        return ""
    return format_html('<time class="{}" datetime="{}">{}</time>', css, day.isoformat(), us_date(day))
