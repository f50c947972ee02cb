"""Pictures of ``_icons.svg`` (pure)."""

from __future__ import annotations

from html import escape


def svg(name: str, css: str = "") -> str:
    """One of them by its id; decoration, so the words beside it must say the same."""
    more = f" {css}" if css else ""
    return f'<svg class="ic{escape(more)}" aria-hidden="true"><use href="#{escape(name)}"/></svg>'
