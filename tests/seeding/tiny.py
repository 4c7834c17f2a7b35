"""Two tiny invented addresses: small enough to be read at a glance, large enough to be spoiled."""

import re
from pathlib import Path

from reforms.errors import SeedsRefused
from reforms.seeding.checking import check
from reforms.seeding.fingerprints import paragraphs
from reforms.seeding.loader import load
from reforms.seeding.report import Report

DOCUMENT = """The address on rivers

We begin with the rivers.
An inspectorate with forty inspectors will watch them; today there are ten.
Bottles will carry a deposit.

We thank everybody.
We thank everybody.
"""

# `@3` stands for the third paragraph of the document with its fingerprint.
TINY = {
    "programme.yaml": """\
programme:
  id: tiny2021
  title: Clean rivers
  jurisdiction: XA
  promisor: The Regent
  announced_on: "2021-09-01"
  announced_by: [tiny-address]
  time_zone: Pacific/Kiritimati
  lead_organisation: keepers
""",
    "organisations.yaml": """\
organisations:
  - {id: keepers, name: Keepers of the record, url: "https://keepers.example/"}
""",
    "publishers.yaml": """\
publishers:
  - {id: regency, name: The Regency, aliases: [Court], type: state, country: XA}
  - {id: daily, name: The Daily, type: independent_media}
""",
    "sources.yaml": """\
sources:
  - id: tiny-address-xx
    title: The address, in another language
    kind: address
    publisher: regency
    language: kk
    edition_of: tiny-address
  - id: tiny-address
    title: The address
    kind: address
    publisher: regency
    url: "https://regency.example/address"
    published_on: "2021-09-01"
    language: en
  - id: gazette
    title: Act on the inspectorate
    kind: legal_act
    publisher: regency
    url: "https://regency.example/gazette/1"
    published_on: "2022-05"
  - id: daily-report
    title: Inspectors at work
    kind: news
    publisher: daily
    url: "https://daily.example/inspectors"
    archived_url: "https://archive.example/daily.example/inspectors"
""",
    "bodies.yaml": """\
bodies:
  - {id: water-office, name: Water Office, successor: inspectorate}
  - {id: inspectorate, name: River Inspectorate}
""",
    "topics.yaml": """\
topics:
  - {id: rivers, name: Rivers}
""",
    "reform-01.yaml": """\
reform:
  number: 1
  title: Rivers
  summary: What is to be done for the rivers.
  bounds:
    source: tiny-address
    first: @2
    last: @4
promises:
  - id: tiny2021-1-1
    title: An inspectorate watches the rivers
    statement: An inspectorate with 40 inspectors instead of 10 is to watch the rivers.
    kind: institution
    commitment: specific
    bodies: [water-office]
    affects: [inspectorate]
    topics: [rivers]
    deadline: {date: "2022-06", wording: by the middle of the coming year}
    figures:
      - {what: inspectors, from: 10, to: 40, unit: people}
    relations:
      - {kind: depends_on, promise: tiny2021-1-2}
    passages:
      - source: tiny-address
        paragraphs: [@3]
    updates:
      - key: act-2022-05
        status: implemented
        effective_on: "2022-05"
        assessed_on: "2022-06-15"
        note: The act on the inspectorate is in force.
        citations:
          - {source: gazette, stance: supports, basis: act_in_force, locator: "art. 1"}
          - {source: daily-report, stance: supports, basis: relays, origin: regency}
      - key: closed-2023
        status: reversed
        effective_on: "2023"
        note: The inspectorate was closed again.
        citations:
          - {source: daily-report, stance: supports, basis: own_finding}
  - id: tiny2021-1-2
    title: Deposit on bottles
    statement: Bottles are to carry a deposit.
    kind: policy
    commitment: aspiration
    bodies: []
    passages:
      - source: tiny-address
        paragraphs: [@4]
""",
    "set-aside.yaml": """\
set_aside:
  - {url: "https://daily.example/weather", reason: Says nothing about a promise., category: general}
""",
}

# Another country, another time zone, texts in three languages.
STEPPE = {
    "programme.yaml": """\
programme:
  id: dala2024
  title: {kk: Дала бағдарламасы, ru: Степная программа, en: The programme of the steppe}
  summary: {ru: Одно направление.}
  jurisdiction: XB
  promisor: {kk: Хан, ru: Хан, en: The Khan}
  announced_on: "2024-01"
  announced_by: [dala-address]
  time_zone: Asia/Kathmandu
  lead_organisation: keepers
  licence: CC0-1.0
""",
    "publishers.yaml": """\
publishers:
  - {id: khan, name: {kk: Хан кеңсесі, ru: Канцелярия хана}, type: state, country: XB}
""",
    "sources.yaml": """\
sources:
  - {id: dala-address, title: {kk: Жолдау}, kind: address, publisher: khan, language: kk}
""",
    "reform-01.yaml": """\
reform:
  number: 1
  title: {kk: Құдықтар, ru: Колодцы}
promises:
  - id: dala2024-1-1
    title: {kk: Әр ауылға құдық, ru: Колодец каждому аулу, en: A well for every village}
    statement: {ru: В каждом ауле будет колодец.}
    kind: policy
    commitment: specific
    bodies: []
    passages:
      - {source: dala-address, locator: third page}
    updates:
      - key: begun-2024
        status: in_progress
        effective_on: "2024-02"
        note: {ru: Выкопано несколько колодцев.}
        citations:
          - {source: dala-address, stance: supports, basis: own_finding}
""",
}


class Address:
    """A folder of seed files that a test may spoil, check and load."""

    def __init__(self, folder: Path, files: dict[str, str]) -> None:
        self.folder = folder
        folder.mkdir(parents=True)
        for name, text in files.items():
            self.write(name, text)

    def write(self, name: str, text: str | bytes) -> None:
        if isinstance(text, str):
            text = _with_fingerprints(text).encode()
        (self.folder / name).write_bytes(text)

    def read(self, name: str) -> str:
        return (self.folder / name).read_text(encoding="utf-8")

    def edit(self, name: str, old: str, new: str) -> None:
        """Replace the first occurrence of a text that must be there."""
        text = self.read(name)
        old, new = _with_fingerprints(old), _with_fingerprints(new)
        assert old in text, f"{name} does not hold {old!r}"
        self.write(name, text.replace(old, new, 1))

    def remove(self, name: str) -> None:
        (self.folder / name).unlink()

    def line(self, name: str, text: str) -> int:
        """The number of the line in which a text begins."""
        before, found, _ = self.read(name).partition(_with_fingerprints(text))
        assert found, f"{name} does not hold {text!r}"
        return before.count("\n") + 1

    def check(self) -> None:
        check([self.folder])

    def complaints(self) -> list[str]:
        """What the check complains of, with the folder left out."""
        try:
            self.check()
        except SeedsRefused as error:
            return [complaint.removeprefix(f"{self.folder}/") for complaint in error.complaints]
        return []

    def load(self, dry_run: bool = False) -> Report:
        return load(check([self.folder]), dry_run=dry_run)


def _with_fingerprints(text: str) -> str:
    found = {one.ordinal: one.fingerprint for one in paragraphs(DOCUMENT)}
    return re.sub(
        "@([0-9])",
        lambda match: f'{{ordinal: {match[1]}, fingerprint: "{found[int(match[1])]}"}}',
        text,
    )
