"""The Markdown that editors write their texts in: CommonMark without raw HTML, pictures and program code.

There are paragraphs, emphasis, lists, quotes, headings, links and tables. Text that has none of their marks comes
out as plain paragraphs do, a new line for every line typed. A star between letters or digits is a star: 5*3*2.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import lru_cache
from html import escape

import nh3
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.rules_block import StateBlock, list_block
from markdown_it.rules_core import StateCore
from markdown_it.rules_inline.state_inline import Delimiter, StateInline
from markdown_it.token import Token

Words = Callable[[str], str]
"""Makes markup of plain words: at least escapes them. Not asked about words that are a link or code already."""

TEXTS_KEPT = 1_024
DEEPEST_NESTING = 20
HIGHEST_HEADING = 3

_SANITIZER = nh3.Cleaner(
    tags={
        *("p", "br", "em", "strong", "ul", "ol", "li", "blockquote", "h2", "h3", "h4", "a", "code", "span"),
        *("div", "table", "thead", "tbody", "tr", "th", "td"),
    },
    attributes={
        "a": {"href"},
        "ol": {"start"},
        "div": {"tabindex", "role", "aria-label"},
        "th": {"scope"},
    },
    allowed_classes={
        "a": {"mono"},
        "span": {"text-nowrap"},
        "div": {"table-scroll"},
        "table": {"table", "t"},
        "th": {"num"},
        "td": {"num"},
    },
    url_schemes={"http", "https", "mailto"},
    link_rel=None,
)
_LONG_NUMBER = re.compile(r"[0-9]{4}")
_TARGET = re.compile(r"\]\([^()\s]*\)")


def html(text: str, words: Words = escape, heading: int = HIGHEST_HEADING) -> str:
    """The text as sanitized markup, with headings that fit into the outline of the page.

    The highest kind of them in the text is of level ``heading``, 2 or 3, and all others are one level below.
    """
    return _rendered(_tokens(text), words, heading)


def opening_and_rest(text: str, words: Words = escape) -> tuple[str, str]:
    """The first block of the text and what follows it, as ``html`` makes them; empty where there is none."""
    tokens = _tokens(text)
    ends = (at for at, token in enumerate(tokens, 1) if token.level == 0 and token.nesting <= 0)
    first = next(ends, 0)
    return _rendered(tokens[:first], words), _rendered(tokens[first:], words)


def pictures(text: str) -> list[str]:
    """The marks of pictures in a text, of which a reader would see the words alone, as a link."""
    blocks = _PARSER_OF_PICTURES.parse(text)
    found = (token for block in blocks for token in block.children or () if token.type == "image")
    return [f"![{one.content}]({_PARSER.normalizeLinkText(one.attrGet('src'))})" for one in found]


def without_addresses(text: str) -> str:
    """The text as typed, less where its links lead: the words that somebody may search for."""
    return _TARGET.sub("]", text)


# --- Parsing -----------------------------------------------------------------------------------------------


@lru_cache(TEXTS_KEPT)
def _tokens(text: str) -> tuple[Token, ...]:
    return tuple(_PARSER.parse(text))


def _list(state: StateBlock, start_line: int, end_line: int, silent: bool) -> bool:
    """A list, but not from a year or a code at the head of a line: “99213. Office visits …”."""
    line = state.src[state.bMarks[start_line] + state.tShift[start_line] : state.eMarks[start_line]]
    return not _LONG_NUMBER.match(line) and list_block(state, start_line, end_line, silent)


def _emphasis(state: StateInline, silent: bool) -> bool:
    """Stars and underscores between blanks and signs; one with a letter or digit on both sides is no mark.

    As the rule of the parser, which asks this of underscores alone.
    """
    marker = state.src[state.pos]
    if silent or marker not in "*_":
        return False
    scanned = state.scanDelims(state.pos, False)
    for _ in range(scanned.length):
        state.push("text", "", 0).content = marker
        state.delimiters.append(
            Delimiter(
                marker=ord(marker),
                length=scanned.length,
                token=len(state.tokens) - 1,
                end=-1,
                open=scanned.can_open,
                close=scanned.can_close,
            )
        )
    state.pos += scanned.length
    return True


def _set_links_apart(state: StateCore) -> None:
    """Mark the words of links, in which there can be no other link."""
    for block in state.tokens:
        depth = 0
        for token in block.children or ():
            depth += token.nesting if token.type in ("link_open", "link_close") else 0
            if depth and token.type == "text":
                token.type = "link_text"


# --- Rendering ---------------------------------------------------------------------------------------------


def _rendered(tokens: Sequence[Token], words: Words, heading: int = HIGHEST_HEADING) -> str:
    highest = min((token.tag for token in tokens if token.type == "heading_open"), default="")
    env = {"words": words, "heading": heading, "highest": highest}
    markup = _PARSER.renderer.render(tokens, _PARSER.options, env)
    return _SANITIZER.clean(markup).strip()


def _words(self: RendererHTML, tokens: Sequence[Token], at: int, options: object, env: dict) -> str:
    return env["words"](tokens[at].content)


def _link_words(self: RendererHTML, tokens: Sequence[Token], at: int, options: object, env: dict) -> str:
    return escape(tokens[at].content)


def _heading(self: RendererHTML, tokens: Sequence[Token], at: int, options: object, env: dict) -> str:
    level = env["heading"] + (tokens[at].tag != env["highest"])
    return f"<{'/' if tokens[at].nesting < 0 else ''}h{level}>"


def _table(self: RendererHTML, tokens: Sequence[Token], at: int, options: object, env: dict) -> str:
    """A table as the rest of the site has them; on a phone it scrolls by itself, for keyboards too."""
    if tokens[at].nesting < 0:
        return "</table></div>"
    return '<div class="table-scroll" tabindex="0" role="group" aria-label="Table"><table class="table t">'


def _cell(self: RendererHTML, tokens: Sequence[Token], at: int, options: object, env: dict) -> str:
    """What is set to the right are numbers. The parser says so by a style, which no page may have."""
    cell = tokens[at]
    number = ' class="num"' if cell.attrGet("style") == "text-align:right" else ""
    scope = ' scope="col"' if cell.tag == "th" else ""
    return f"<{cell.tag}{scope}{number}>"


def _made_parser() -> MarkdownIt:
    parser = MarkdownIt("zero", {"breaks": True, "maxNesting": DEEPEST_NESTING})
    parser.enable(["heading", "list", "blockquote", "newline", "escape", "backticks", "emphasis", "link", "table"])
    parser.inline.ruler.at("emphasis", _emphasis)
    parser.block.ruler.at("list", _list, {"alt": ["paragraph", "reference", "blockquote"]})
    parser.core.ruler.push("set_links_apart", _set_links_apart)
    parser.add_render_rule("text", _words)
    parser.add_render_rule("link_text", _link_words)
    parser.add_render_rule("table_open", _table)
    parser.add_render_rule("table_close", _table)
    parser.add_render_rule("th_open", _cell)
    parser.add_render_rule("td_open", _cell)
    parser.add_render_rule("heading_open", _heading)
    parser.add_render_rule("heading_close", _heading)
    return parser


_PARSER = _made_parser()
_PARSER_OF_PICTURES = _made_parser().enable("image")
