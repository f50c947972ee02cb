"""Small pieces of markup that many templates share. A code or a level looks the same wherever it stands."""

import re
import textwrap
from datetime import date, datetime

from django import template
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from catalog import codes, icons, snapshot, wording
from catalog import markdown as rich_text
from catalog.models import Level, Section
from catalog.modifiers import is_level_one
from catalog.to_scratchpad import address

register = template.Library()

LEVEL_BADGES = {1: ("Level I", "CPT"), 2: ("Level II", "National codes"), 3: ("Level III", "Local codes")}


@register.simple_tag
def code(value: str, size: str = "", href: str = "") -> SafeString:
    """A code or modifier in its level's shape, a code's letter marked.

    ``size`` is ``xl`` on its own page; with ``href`` it is a link.
    """
    is_modifier = codes.is_modifier(value)
    level = (1 if is_level_one(value) else 2) if is_modifier else codes.level_of(value)
    css = f"code l{int(level)}" if level else "code"
    if size:
        css += f" code-{size}"
    if is_modifier:
        inner = format_html("{}", value)
    elif value[:1].isalpha():
        inner = format_html("<b>{}</b>{}", value[0], value[1:])
    elif value[-1:].isalpha():
        inner = format_html("{}<b>{}</b>", value[:-1], value[-1])
    else:
        inner = format_html("{}", value)
    if href:
        return format_html('<a class="{}" href="{}">{}</a>', css, href, inner)
    return format_html('<span class="{}">{}</span>', css, inner)


@register.filter
def spelled(text: str) -> SafeString | str:
    """Five characters like those of a code, a code or not, so that each is seen and read out by itself.

    Other texts are left as they are.
    """
    if not _LIKE_A_CODE.fullmatch(text):
        return text
    return format_html(
        '<span class="spelled" aria-hidden="true">{}</span><span class="visually-hidden">{}</span>',
        text,
        " ".join(text),
    )


_LIKE_A_CODE = re.compile("(?=.*[0-9])[0-9A-Z]{5}")


@register.simple_tag
def level(of: Level | int) -> SafeString:
    """The badge of a level: its name and what its codes are called, in the editors' words when given its row."""
    number = of.number if isinstance(of, Level) else int(of)
    name, title = (of.name, of.title) if isinstance(of, Level) else LEVEL_BADGES[number]
    return format_html('<span class="level l{}"><b>{}</b><span>{}</span></span>', number, name, title)


@register.simple_tag
def icon(name: str, css: str = "") -> SafeString:
    """See ``catalog.icons``."""
    return mark_safe(icons.svg(name, css))  # noqa: S308 - escaped there


@register.simple_tag
def scratchpad_url(*lines: str, setting: str = "", day: date | None = None) -> str:
    """The address of the scratchpad with these lines on it."""
    return address(lines, setting=setting, day=day)


@register.filter
def us_date(day: date | None) -> str:
    """``Nov 14, 2025``; empty for none."""
    return wording.us_date(day) if day else ""


@register.filter
def wrapped(text: str, room: str) -> list[str]:
    """The text in lines, where nothing wraps it, as in SVG; ``room`` is "19,4": so many characters and lines."""
    width, lines = map(int, room.split(","))
    return textwrap.wrap(text, width, max_lines=lines, placeholder=" …")


@register.simple_tag
def when(day: date | datetime | None, css: str = "") -> SafeString | str:
    """A date as people read it, with the ISO form for machines; of a moment, the date it has here."""
    if day is None:
        return ""
    if isinstance(day, datetime):
        day = timezone.localdate(day)
    return format_html('<time class="{}" datetime="{}">{}</time>', css, day.isoformat(), us_date(day))


@register.simple_tag
def moment(at: datetime | None) -> SafeString | str:
    """A moment with its time and zone, ``Nov 14, 2025, 9:05 AM EST``, and with the ISO form for machines."""
    if at is None:
        return ""
    here = timezone.localtime(at)
    return format_html(
        '<time datetime="{}">{}</time>', here.isoformat(timespec="seconds"), date_format(here, "DATETIME_FORMAT")
    )


@register.simple_tag
def ranges(section: Section, most: int | None = None) -> SafeString:
    """A section's stretches of numbers: ``90281–99199, 99500–99607``. A line may break between them only.

    With ``most``, so many of them and how many more there are; nothing when the section is named after its range.
    """
    stretches = list(map(str, section.ranges.all()))
    if most and stretches == [section.short_title]:
        return SafeString()
    shown = stretches[:most]
    more = f" and {len(stretches) - len(shown)} more" if len(stretches) > len(shown) else ""
    spans = format_html_join(", ", '<span class="rng">{}</span>', ((stretch,) for stretch in shown))
    return format_html('{}<span class="muted small">{}</span>', spans, more) if more else spans


@register.simple_tag
def reference(value: str) -> SafeString | str:
    """A value CMS gives as a cross-reference: a link when it is a code or a modifier, else the text as it is."""
    if codes.is_code(value):
        return code(value, href=reverse("code", args=[value]))
    return code(value, href=reverse("modifier", args=[value])) if codes.is_modifier(value) else value


@register.filter
def link_codes(text: str) -> SafeString:
    """A text of our own with every code in it linked to its page; the ends of a range are left as they are.

    So are codes of Level II that are not on file, as no page is sure to be there. Names with a hyphen before their
    number, such as COVID-19, keep to one line.
    """

    def link(found: re.Match) -> str:
        value = found[0]
        if not codes.is_code(value) or not _has_page(value):
            return value
        return format_html('<a class="mono" href="{}">{}</a>', reverse("code", args=[value]), value)

    return mark_safe(_MAYBE_A_CODE.sub(link, unbroken(text)))  # noqa: S308 - escaped before it is linked


@register.filter
def markdown(text: str, heading: int = rich_text.HIGHEST_HEADING) -> SafeString:
    """A text of editors as ``catalog.markdown`` has it, with every code in it linked as ``link_codes`` does."""
    return mark_safe(rich_text.html(text, link_codes, heading))  # noqa: S308 - sanitized there


@register.filter
def markdown_opening(text: str) -> SafeString:
    """The first block of such a text."""
    return mark_safe(rich_text.opening_and_rest(text, link_codes)[0])  # noqa: S308 - sanitized there


@register.filter
def markdown_rest(text: str) -> SafeString:
    """What follows its first block."""
    return mark_safe(rich_text.opening_and_rest(text, link_codes)[1])  # noqa: S308 - sanitized there


@register.filter
def unbroken(text: str) -> SafeString:
    """The text with every name such as COVID-19 on one line. Its hyphen stays one that can be searched for."""
    return mark_safe(_HYPHENED.sub(r'<span class="text-nowrap">\g<0></span>', conditional_escape(text)))  # noqa: S308 - escaped


def _has_page(value: str) -> bool:
    """Whether a code has a page: what no file can hold by its form, and what is on file, ended or not."""
    return codes.kind_of(value) is not codes.Kind.LEVEL_II or snapshot.held().index.entry(value) is not None


_HYPHENED = re.compile(r"\b[A-Z]{2,}-\d+\b")
_MAYBE_A_CODE = re.compile(r"(?<![\w–-])[0-9A-Z][0-9]{3}[0-9A-Z](?![\w–-])")
