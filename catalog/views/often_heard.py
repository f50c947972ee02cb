"""The misconceptions among the results of the lookup: what is often said and wrong, and what is right.

They stand above the codes found for words when it is them that the words ask for, else below. Who named a code, or
narrowed the codes, is asking for codes.
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from django.utils.safestring import mark_safe

from catalog.icons import svg
from catalog.misconceptions import Heard, asks_for
from catalog.search import Results
from catalog.snapshot import Snapshot
from catalog.views.answer_parts import Group, Link
from catalog.views.asked import Asked


def about(shown: Snapshot, asked: Asked) -> Sequence[Heard]:
    return () if asked.page or asked.filters else shown.heard.about(asked.text)


def comes_first(asked: Asked, heard: Sequence[Heard], found: Results) -> bool:
    """Whether they stand above the codes. The first row shown is the one that Enter opens."""
    if not heard:
        return False
    descriptors = " ".join((found.entries[0].short, found.entries[0].long)) if found.entries else ""
    return asks_for(asked.text, heard[0], descriptors)


def way_down(heard: Sequence[Heard]) -> Link:
    """To the group, for those who would have to scroll past ten codes to see that it is there."""
    return Link("#g-heard", f"Often heard, and wrong: {len(heard)} below the codes")


def group(heard: Sequence[Heard], *, opens_first: bool) -> Group:
    """With ``opens_first`` the first one is marked as what Enter opens: nothing stands above it."""
    items = [_item(one, is_first=opens_first and at == 0) for at, one in enumerate(heard)]
    return Group("g-heard", "Often heard", "and wrong", mark_safe("\n".join(items)))  # noqa: S308 - escaped below


def _item(one: Heard, *, is_first: bool) -> str:
    css, key = ("row-link is-on", " <kbd>Enter</kbd>") if is_first else ("row-link", "")
    remark = escape(one.remark)
    if one.is_unverified:
        remark = f'<span class="tag tag-unverified">{remark}</span>'
    return (
        f'<li><a class="{css}" href="{escape(one.href)}"><span class="untrue">{svg("i-x")}Wrong</span>'
        f"<span>{escape(one.claim)} <b>In fact:</b> {escape(one.fact)}</span>"
        f'<span class="where small muted">{remark}{key}</span></a></li>'
    )
