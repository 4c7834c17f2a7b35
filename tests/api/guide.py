"""A guide whose examples build on one another: commands and calls of curl, each with its output.

What differs from run to run (ids, keys, moments) is translated: whatever the guide shows first
stands for what is real now, wherever the guide shows it again. In a shown object, the key "…"
stands for the properties that are not shown; a line "…" for headers that are not.
"""

import io
import json
import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.core.management import call_command
from django.test import Client

ROOT = Path(__file__).resolve().parents[2]
_EXAMPLE = re.compile(r"```sh\n(.*?)\n```(?:\n+```(?:json|http)?\n(.*?)\n```)?", re.S)
_VARYING = re.compile(
    r"rt_[a-z0-9]{12}_[\w-]{43}"  # a key
    r"|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"  # the id of a status update
    r"|\b[sp]-[a-z0-9]{10}\b"  # that of a private source or publisher
    r"|\d{4}-\d\d-\d\dT[\d:.]+Z"
    r'|(?<="\d-)[0-9a-f]+(?=")'  # the hash of an ETag
    r"|\b[a-z2-9]{12}(?=[ :])"  # the id of a key
)
_ELLIPSIS = "…"


@dataclass
class Example:
    """What to type, and what is shown as its output; None where nothing is."""

    command: str
    shown: str | None


def chapter(path: str, heading: str) -> str:
    """What stands below a heading of a guide, as far as the next of the same level."""
    text = (ROOT / path).read_text(encoding="utf-8")
    level = heading.partition(" ")[0]
    start = text.index(f"\n{heading}\n") + len(heading)
    return re.split(rf"\n{level} ", text[start:], maxsplit=1)[0]


def examples(path: str, heading: str) -> Iterator[Example]:
    """The examples below a heading of a guide."""
    for command, shown in _EXAMPLE.findall(chapter(path, heading)):
        yield Example(command, shown or None)


class Reader:
    """Somebody who types the examples one after another, with the ids that they got instead."""

    def __init__(self) -> None:
        self.real: dict[str, str] = {}
        self.files: dict[str, str] = {}

    def follow(self, example: Example) -> None:
        """Type an example, and fail unless it prints what is shown."""
        command = self.translated(example.command)
        words = shlex.split(command.replace("\\\n", " "))
        if words[0] == "curl":
            self._call(words[1:], example)
        elif words[:2] == [".venv/bin/python", "manage.py"]:
            out = io.StringIO()
            call_command(*words[2:], stdout=out, stderr=out)
            if example.shown is not None:
                self.compare(example.shown, out.getvalue().strip(), example.command)
        elif words[0] == "echo" and words[2] == ">":
            self.files[words[3]] = words[1]
        else:
            raise AssertionError(f"The guide types what the tests cannot: {example.command}")

    def _call(self, words: list[str], example: Example) -> None:
        call = _Call.parse(words, self.files)
        client = Client(raise_request_exception=False)
        response = client.generic(
            call.method,
            call.path,
            call.body,
            content_type=call.headers.pop("Content-Type", ""),
            headers=call.headers | {"host": "localhost:8000"},
        )
        if example.shown is None:
            assert response.status_code < 300, response.content
            return
        head, _, body = ("", "", example.shown)
        if call.shows_headers:
            head, _, body = example.shown.partition("\n\n")
        for line in head.splitlines():
            self._compare_header(line, response, example.command)
        if body:
            content = response.content.decode()
            if response.headers["Content-Type"].endswith("json"):
                self.compare(json.loads(body), json.loads(content), example.command)
            else:
                self.compare(body, content.strip(), example.command)

    def _compare_header(self, line: str, response: Any, where: str) -> None:
        name, _, value = line.partition(": ")
        if line == _ELLIPSIS:
            return
        if line.startswith("HTTP/"):
            shown = line.split(maxsplit=1)[1]
            self.compare(shown, f"{response.status_code} {response.reason_phrase}", where)
        else:
            self.compare(value, response.headers.get(name, "is not there"), f"{where}\n{name}")

    def compare(self, shown: Any, real: Any, where: str) -> None:
        """Fail unless what is shown is real; learn what stands for what."""
        if isinstance(shown, dict) and isinstance(real, dict):
            wanted = shown.keys() - {_ELLIPSIS}
            assert wanted <= real.keys() if _ELLIPSIS in shown else wanted == real.keys(), (
                f"{where}\nshown: {sorted(wanted)}\nreal:  {sorted(real)}"
            )
            for name in (one for one in shown if one != _ELLIPSIS):
                self.compare(shown[name], real[name], f"{where}\n{name}")
        elif isinstance(shown, list) and isinstance(real, list):
            known = shown[:-1] if shown[-1:] == [_ELLIPSIS] else shown
            assert len(real) >= len(known) if known is not shown else len(real) == len(known), where
            for one, other in zip(known, real, strict=False):
                self.compare(one, other, where)
        elif isinstance(shown, str) and isinstance(real, str):
            self._learn(shown, real)
            assert self.translated(shown) == real, where
        else:
            assert shown == real, where

    def _learn(self, shown: str, real: str) -> None:
        for one, other in zip(_VARYING.findall(shown), _VARYING.findall(real), strict=False):
            self.real.setdefault(one, other)
            if one.startswith("rt_"):
                self.real.setdefault(one.split("_")[1], other.split("_")[1])

    def translated(self, text: str) -> str:
        """The text with what is real in the place of what the guide shows."""
        return _VARYING.sub(lambda match: self.real.get(match[0], match[0]), text)


@dataclass
class _Call:
    method: str
    path: str
    headers: dict[str, str]
    body: str
    shows_headers: bool

    @classmethod
    def parse(cls, words: list[str], files: dict[str, str]) -> "_Call":
        """A call of curl, as far as the guides use it."""
        method, url, headers, body, shows = "", "", {}, "", False
        rest = iter(words)

        def text(value: str) -> str:
            """A value, or the content of the file that it names."""
            if not value.startswith("@"):
                return value
            name = value.removeprefix("@")
            return files[name] if name in files else (ROOT / name).read_text(encoding="utf-8")

        for word in rest:
            match word:
                case "-s" | "-si":
                    shows = shows or "i" in word
                case "-X":
                    method = next(rest)
                case "-H":
                    name, _, value = text(next(rest)).partition(": ")
                    headers[name] = value
                case "--json":
                    body = text(next(rest))
                    headers |= {"Content-Type": "application/json", "Accept": "application/json"}
                case "--data-binary":
                    body = text(next(rest))
                case _:
                    assert not word.startswith("-"), f"The tests know no option {word} of curl"
                    url = word
        address = urlsplit(f"//{url}" if "://" not in url else url)
        assert address.netloc == "localhost:8000", url
        path = f"{address.path}?{address.query}" if address.query else address.path
        return cls(method or ("POST" if body else "GET"), path, headers, body, shows)
