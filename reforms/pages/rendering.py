"""Guides in Markdown as HTML: what the repository shows and what the site shows are one text.

CommonMark with tables, as GitHub reads them; raw HTML is shown as it is written and never
interpreted, and no style stands in the text.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token

# The address on the site of what a link in a guide leads to; empty where it is not there.
Place = Callable[[str], str]

_ALIGNED = {"text-align:center": "centre", "text-align:right": "right"}


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading below the title: its level (2 or 3), its anchor and its words."""

    level: int
    anchor: str
    words: str


@dataclass(frozen=True, slots=True)
class Rendered:
    """A guide: its title, what its first paragraph says, its headings, and the HTML below it."""

    title: str
    lead: str
    headings: tuple[Heading, ...]
    html: str


class _Scrolled(RendererHTML):
    """What may be wider than the page can be scrolled, also with the keyboard."""

    def table_open(self, tokens: Sequence[Token], at: int, options: Any, env: Any) -> str:
        # Regions are told apart by their names.
        env["tables"] = env.get("tables", 0) + 1
        name = _escaped(f"Table {env['tables']}: {env.get('heading', '')}".removesuffix(": "))
        return f'<div class="wide" tabindex="0" role="region" aria-label="{name}">\n<table>\n'

    def table_close(self, tokens: Sequence[Token], at: int, options: Any, env: Any) -> str:
        return "</table>\n</div>\n"

    def heading_open(self, tokens: Sequence[Token], at: int, options: Any, env: Any) -> str:
        env["heading"] = _words(tokens[at + 1])
        return self.renderToken(tokens, at, options, env)

    def fence(self, tokens: Sequence[Token], at: int, options: Any, env: Any) -> str:
        said = _escaped(tokens[at].content)
        return f'<pre tabindex="0"><code>{said}</code></pre>\n'

    def code_block(self, tokens: Sequence[Token], at: int, options: Any, env: Any) -> str:
        return self.fence(tokens, at, options, env)


def render(text: str, place: Place) -> Rendered:
    """Render a guide; `place` says where what it links to is."""
    parser = MarkdownIt("commonmark", {"html": False}, renderer_cls=_Scrolled).enable("table")
    tokens = parser.parse(text)
    title = _title(tokens)
    _without_contents(tokens)
    lead = _lead(tokens)
    headings = tuple(_anchored(tokens))
    for token in tokens:
        _unstyled(token)
        if token.children:
            token.children = _placed(token.children, place)
    return Rendered(title, lead, headings, parser.renderer.render(tokens, parser.options, {}))


def anchor(words: str) -> str:
    """The anchor that GitHub gives a heading: its words in small letters, joined by hyphens."""
    kept = re.sub(r"[^\w\- ]", "", words.lower())
    return kept.strip().replace(" ", "-")


def _title(tokens: list[Token]) -> str:
    """Take the title out of the text: the page has it as its own."""
    if not tokens or tokens[0].type != "heading_open" or tokens[0].tag != "h1":
        return ""
    title = _words(tokens[1])
    del tokens[:3]
    return title


def _without_contents(tokens: list[Token]) -> None:
    """Take out the line of contents, which the page has as a list."""
    for place, token in enumerate(tokens):
        if token.type == "inline" and token.content.startswith("Contents: ["):
            del tokens[place - 1 : place + 2]
            return


def _lead(tokens: list[Token]) -> str:
    first = next((one for one in tokens if one.type == "inline"), None)
    return " ".join(_words(first).split()) if first else ""


def _anchored(tokens: list[Token]) -> Any:
    """Give each heading its anchor, a number behind it where another has the same words."""
    taken: dict[str, int] = {}
    for place, token in enumerate(tokens):
        if token.type != "heading_open":
            continue
        words = _words(tokens[place + 1])
        name = anchor(words)
        times = taken.get(name, 0)
        taken[name] = times + 1
        name = f"{name}-{times}" if times else name
        token.attrSet("id", name)
        level = int(token.tag[1])
        if level in (2, 3):
            yield Heading(level, name, words)


def _words(inline: Token) -> str:
    return "".join(
        " " if one.type in ("softbreak", "hardbreak") else one.content
        for one in inline.children or ()
        if one.type in ("text", "code_inline", "softbreak", "hardbreak")
    )


def _unstyled(token: Token) -> None:
    style = token.attrs.pop("style", None)
    if style in _ALIGNED:
        token.attrSet("class", _ALIGNED[str(style)])


def _placed(children: list[Token], place: Place) -> list[Token]:
    """Links and pictures with their addresses on the site; what is not there is no link."""
    kept: list[Token] = []
    dropped: list[bool] = []
    for token in children:
        if token.type == "link_open":
            address = place(str(token.attrs["href"]))
            dropped.append(not address)
            token.attrSet("href", address)
        leaves_out = bool(dropped) and dropped[-1] and token.type in ("link_open", "link_close")
        if token.type == "link_close" and dropped:
            dropped.pop()
        if token.type == "image":
            address = place(str(token.attrs["src"]))
            leaves_out = not address
            token.attrSet("src", address)
        if not leaves_out:
            kept.append(token)
    return kept


def _escaped(text: str) -> str:
    return (
        text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")
    )
