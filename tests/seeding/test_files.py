"""Spoiled files: each mistake is named with file, line and what would be right."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
import yaml

from reforms.errors import SeedsRefused
from reforms.models import Publisher
from reforms.seeding.checking import check
from tests.seeding.tiny import Address

pytestmark = pytest.mark.django_db

REFORM = "reform-01.yaml"
FP = "fp1:" + "0" * 64

# File, what is replaced, by what, the text whose line is named, and the complaint.
SPOILED = {
    "unknown key": (
        REFORM,
        "  summary:",
        "  sumary:",
        "  sumary:",
        "reform.sumary: unknown key “sumary”; allowed: number, title, summary, note, bounds,"
        " reason; did you mean “summary”?",
    ),
    "unknown key far from any": (
        "topics.yaml",
        "name: Rivers",
        "name: Rivers, weight: 5",
        "  - {id: rivers",
        "topics[0].weight: unknown key “weight”; allowed: id, name, reason",
    ),
    "unknown top key": (
        "topics.yaml",
        "topics:",
        "topic:",
        "topic:",
        "topic: unknown key “topic”; allowed: topics; did you mean “topics”?",
    ),
    "missing key": (
        REFORM,
        "    kind: policy\n",
        "",
        "  - id: tiny2021-1-2",
        "promises[1]: has no “kind”",
    ),
    "missing fingerprint": (
        REFORM,
        "first: @2",
        "first: {ordinal: 2}",
        "    first:",
        "reform.bounds.first: has no “fingerprint”",
    ),
    "unknown status": (
        REFORM,
        "status: implemented",
        "status: implmented",
        "status: implmented",
        "promises[0].updates[0].status: “implmented” is no status; allowed: not_started,"
        " in_progress, stalled, partially_implemented, implemented, abandoned, reversed; did you"
        " mean “implemented”?",
    ),
    "not assessed": (
        REFORM,
        "status: implemented",
        "status: not_assessed",
        "status: not_assessed",
        "promises[0].updates[0].status: not_assessed is the default and is submitted by nobody:"
        " leave the update out",
    ),
    "unknown word without a near one": (
        "publishers.yaml",
        "type: state",
        "type: 17",
        "  - {id: regency",
        "publishers[0].type: “17” is no type of publisher; allowed: state, state_media, party,"
        " independent_media, ngo, international_organisation, academic, other",
    ),
    "word left empty": (
        REFORM,
        "kind: policy",
        "kind:",
        "    kind:\n",
        "promises[1].kind: is empty; allowed: constitutional_amendment, legislation, institution,"
        " appointment_rule, administrative, economic_measure, study, policy",
    ),
    "text left empty": (
        REFORM,
        "  title: Rivers",
        "  title:",
        "  title:",
        "reform.title: is empty: write something or leave the key out",
    ),
    "text of spaces": (
        REFORM,
        "  title: Rivers",
        '  title: " "',
        "  title:",
        "reform.title: is empty: write something or leave the key out",
    ),
    "unknown language": (
        REFORM,
        "  title: Rivers",
        "  title: {en: Rivers, fr: Fleuves}",
        "  title:",
        "reform.title.fr: unknown key “fr”; allowed: en, ru, kk",
    ),
    "no language": (
        REFORM,
        "  title: Rivers",
        "  title: {}",
        "  title:",
        "reform.title: is empty: at least one is needed",
    ),
    "list for text": (
        REFORM,
        "  title: Rivers",
        "  title: [Rivers]",
        "  title:",
        "reform.title: expected text, or texts by language, found a list",
    ),
    "number for text": (
        "programme.yaml",
        '"2021-09-01"',
        "2021",
        "  announced_on:",
        'programme.announced_on: expected text, found the number 2021; put it in quotes: "2021"',
    ),
    "text for a number": (
        REFORM,
        "from: 10",
        'from: "10"',
        "      - {what: inspectors",
        "promises[0].figures[0].from: expected a number, found the text “10”; write digits without"
        " quotes, spaces or commas",
    ),
    "text for a list": (
        REFORM,
        "topics: [rivers]",
        "topics: rivers",
        "    topics:",
        "promises[0].topics: expected a list, found the text “rivers”",
    ),
    "text for a mapping": (
        REFORM,
        '{date: "2022-06", wording: by the middle of the coming year}',
        "soon",
        "    deadline:",
        "promises[0].deadline: expected a mapping of keys to values, found the text “soon”",
    ),
    "empty list": (
        REFORM,
        "paragraphs: [@4]",
        "paragraphs: []",
        "        paragraphs: []",
        "promises[1].passages[0].paragraphs: is empty: at least one is needed",
    ),
    "the same body twice": (
        REFORM,
        "affects: [inspectorate]",
        "affects: [inspectorate, inspectorate]",
        "    affects:",
        "promises[0].affects: lists “inspectorate” twice",
    ),
    "id with capitals": (
        "topics.yaml",
        "id: rivers",
        "id: Rivers",
        "  - {id: Rivers",
        "topics[0].id: “Rivers” is no id: use lower-case letters a-z, digits and single hyphens",
    ),
    "programme id with a hyphen": (
        "programme.yaml",
        "id: tiny2021",
        "id: tiny-2021",
        "  id: tiny-2021",
        "programme.id: “tiny-2021” is no programme id: use lower-case letters and digits, no"
        " hyphens: kz2022",
    ),
    "promise id with a leading zero": (
        REFORM,
        "  - id: tiny2021-1-2",
        "  - id: tiny2021-1-02",
        "  - id: tiny2021-1-02",
        "promises[1].id: “tiny2021-1-02” is no promise id: write programme, reform and number,"
        " such as kz2022-4-1",
    ),
    "malformed fingerprint": (
        REFORM,
        "first: @2",
        "first: {ordinal: 2, fingerprint: fp1:abc}",
        "    first:",
        "reform.bounds.first.fingerprint: “fp1:abc” is no fingerprint: write fp1: and 64"
        " hexadecimal digits, as `manage.py fingerprint FILE` prints them",
    ),
    "ordinal zero": (
        REFORM,
        "first: @2",
        f'first: {{ordinal: 0, fingerprint: "{FP}"}}',
        "    first:",
        "reform.bounds.first.ordinal: 0 is too small: at least 1",
    ),
    "no date": (
        REFORM,
        'effective_on: "2022-05"',
        "effective_on: May 2022",
        "effective_on: May",
        "promises[0].updates[0].effective_on: “May 2022” is no date: write a day as 2022-11-05, a"
        " month as 2022-11, a year as 2022",
    ),
    "date of no calendar": (
        REFORM,
        'assessed_on: "2022-06-15"',
        "assessed_on: 2022-06-31",
        "assessed_on:",
        "promises[0].updates[0].assessed_on: “2022-06-31” is no date of the calendar",
    ),
    "date ahead": (
        "sources.yaml",
        'published_on: "2022-05"',
        'published_on: "9999"',
        'published_on: "9999"',
        "sources[2].published_on: 9999 begins after today, @today",
    ),
    "effective ahead": (
        REFORM,
        'effective_on: "2023"',
        'effective_on: "9999-12-31"',
        'effective_on: "9999',
        "promises[0].updates[1].effective_on: 9999-12-31 begins after today, @today",
    ),
    "assessed before it was effective": (
        REFORM,
        'assessed_on: "2022-06-15"',
        'assessed_on: "2021-01"',
        "assessed_on:",
        "promises[0].updates[0].assessed_on: 2021-01 ends before it became effective, 2022-05",
    ),
    "not started, and assessed at another time": (
        REFORM,
        "status: implemented",
        "status: not_started",
        "assessed_on:",
        "promises[0].updates[0].assessed_on: for not_started it is the same as effective_on",
    ),
    "unknown source": (
        REFORM,
        "{source: gazette,",
        "{source: gazete,",
        "          - {source: gazete",
        "promises[0].updates[0].citations[0].source: there is no source “gazete”; did you mean"
        " “gazette”?",
    ),
    "unknown origin": (
        REFORM,
        "origin: regency",
        "origin: throne",
        "          - {source: daily-report",
        "promises[0].updates[0].citations[1].origin: there is no publisher “throne”; known: daily,"
        " regency",
    ),
    "unknown publisher": (
        "sources.yaml",
        "publisher: daily",
        "publisher: dayly",
        "    publisher: dayly",
        "sources[3].publisher: there is no publisher “dayly”; did you mean “daily”?",
    ),
    "unknown body": (
        REFORM,
        "bodies: [water-office]",
        "bodies: [water-ofice]",
        "    bodies:",
        "promises[0].bodies[0]: there is no body “water-ofice”; did you mean “water-office”?",
    ),
    "unknown affected body": (
        REFORM,
        "affects: [inspectorate]",
        "affects: [inspection]",
        "    affects:",
        "promises[0].affects[0]: there is no body “inspection”; did you mean “inspectorate”?",
    ),
    "unknown topic": (
        REFORM,
        "topics: [rivers]",
        "topics: [lakes]",
        "    topics:",
        "promises[0].topics[0]: there is no topic “lakes”; known: rivers",
    ),
    "unknown organisation": (
        "programme.yaml",
        "lead_organisation: keepers",
        "lead_organisation: kepers",
        "  lead_organisation:",
        "programme.lead_organisation: there is no organisation “kepers”; did you mean “keepers”?",
    ),
    "organisation of an update": (
        REFORM,
        "      - key: closed-2023\n",
        "      - key: closed-2023\n        organisation: nobody\n",
        "        organisation:",
        "promises[0].updates[1].organisation: there is no organisation “nobody”; known: keepers",
    ),
    "unknown promise": (
        REFORM,
        "promise: tiny2021-1-2}",
        "promise: tiny2021-1-3}",
        "      - {kind: depends_on",
        "promises[0].relations[0].promise: there is no promise “tiny2021-1-3”; did you mean"
        " “tiny2021-1-2”?",
    ),
    "unknown source of the bounds": (
        REFORM,
        "    source: tiny-address",
        "    source: the-speech",
        "    source: the-speech",
        "reform.bounds.source: there is no source “the-speech”; known: daily-report, gazette,"
        " tiny-address, tiny-address-xx",
    ),
    "edition of itself": (
        "sources.yaml",
        "    edition_of: tiny-address",
        "    edition_of: tiny-address-xx",
        "    edition_of:",
        "sources[0].edition_of: goes in a circle: tiny-address-xx → tiny-address-xx",
    ),
    "editions in a circle": (
        "sources.yaml",
        "    language: en",
        "    language: en\n    edition_of: tiny-address-xx",
        "    edition_of: tiny-address\n",
        "sources[0].edition_of: goes in a circle: tiny-address-xx → tiny-address → tiny-address-xx",
    ),
    "successors in a circle": (
        "bodies.yaml",
        "name: River Inspectorate",
        "name: River Inspectorate, successor: water-office",
        "  - {id: water-office",
        "bodies[0].successor: goes in a circle: water-office → inspectorate → water-office",
    ),
    "id twice": (
        "publishers.yaml",
        "  - {id: daily,",
        "  - {id: regency, name: Regency, type: state}\n  - {id: daily,",
        "  - {id: regency, name: Regency",
        "publishers[1].id: the id of a publisher “regency” stands twice; first in"
        " @folder/publishers.yaml:2",
    ),
    "promise number twice": (
        REFORM,
        "  - id: tiny2021-1-2",
        "  - id: tiny2021-1-1",
        "  - id: tiny2021-1-1\n    title: Deposit",
        "promises[1].id: the id of a promise “tiny2021-1-1” stands twice; first in"
        " @folder/reform-01.yaml:10",
    ),
    "update key twice": (
        REFORM,
        "- key: closed-2023",
        "- key: act-2022-05",
        "- key: act-2022-05\n        status: reversed",
        "promises[0].updates[1].key: the key of an update “act-2022-05” stands twice; first in"
        " @folder/reform-01.yaml:27",
    ),
    "yaml key twice": (
        REFORM,
        "  title: Rivers",
        "  title: Rivers\n  title: Lakes",
        "  title: Lakes",
        "reform.title: the key stands twice; first in line 3",
    ),
    "one page, two sources": (
        "sources.yaml",
        "https://daily.example/inspectors",
        "http://www.regency.example/gazette/1/",
        '    url: "http://www',
        "sources[3].url: this page is already the source “gazette”, in @folder/sources.yaml:15",
    ),
    "source and set aside": (
        "set-aside.yaml",
        "https://daily.example/weather",
        "https://daily.example/inspectors",
        "  - {url",
        "set_aside[0].url: this page is already the source “daily-report”, in"
        " @folder/sources.yaml:21",
    ),
    "promise of another reform": (
        REFORM,
        "  - id: tiny2021-1-1",
        "  - id: tiny2021-2-1",
        "  - id: tiny2021-2-1",
        "promises[0].id: “tiny2021-2-1” is no promise of reform tiny2021-1: write tiny2021-1-1,"
        " tiny2021-1-2 and so on",
    ),
    "reform in the wrong file": (
        REFORM,
        "  number: 1",
        "  number: 4",
        "  number: 4",
        "reform.number: 4 differs from the 1 in the file's name",
    ),
    "long title": (
        REFORM,
        "title: Deposit on bottles",
        "title: one two three four five six seven eight nine ten eleven twelve thirteen",
        "    title: one",
        "promises[1].title: the title has 13 words (en); at most 12",
    ),
    "text beyond its column": (
        REFORM,
        "  title: Rivers",
        f"  title: {'r' * 301}",
        "  title:",
        "reform.title: The text in “en” has 301 characters; at most 300 are allowed.",
    ),
    "no web address": (
        "sources.yaml",
        "https://regency.example/gazette/1",
        "regency/gazette",
        '    url: "regency',
        "sources[2].url: “regency/gazette”: Enter a valid URL.",
    ),
    "no time zone": (
        "programme.yaml",
        "Pacific/Kiritimati",
        "Kiritimati",
        "  time_zone:",
        "programme.time_zone: “Kiritimati” is no time zone; write it as in Asia/Almaty.",
    ),
    "no country": (
        "publishers.yaml",
        "country: XA",
        "country: Arcadia",
        "  - {id: regency",
        "publishers[0].country: “Arcadia” is no country: use the two capital letters of ISO 3166,"
        " such as KZ",
    ),
    "relays nobody": (
        REFORM,
        ", origin: regency",
        "",
        "          - {source: daily-report",
        "promises[0].updates[0].citations[1]: relays somebody: name as origin the publisher whose"
        " assertion it is, which is not daily itself",
    ),
    "relays itself": (
        REFORM,
        "origin: regency",
        "origin: daily",
        "          - {source: daily-report",
        "promises[0].updates[0].citations[1].origin: relays somebody: name as origin the publisher"
        " whose assertion it is, which is not daily itself",
    ),
    "no support": (
        REFORM,
        "stance: supports, basis: own_finding",
        "stance: context, basis: own_finding",
        "        citations:\n          - {source: daily-report, stance: context",
        "promises[0].updates[1].citations: none of them supports the status: one at least has to",
    ),
    "figure too large": (
        REFORM,
        "to: 40",
        "to: 9007199254740992",
        "      - {what",
        "promises[0].figures[0].to: 9007199254740992 is too large: at most 9007199254740991",
    ),
    "figure with from alone": (
        REFORM,
        ", to: 40",
        "",
        "      - {what",
        "promises[0].figures[0]: a figure has from and to, or value; this one has from",
    ),
    "figure with everything": (
        REFORM,
        "to: 40",
        "to: 40, value: 40",
        "      - {what",
        "promises[0].figures[0]: a figure has from and to, or value; this one has from and to and"
        " value",
    ),
    "figure with nothing": (
        REFORM,
        "from: 10, to: 40, ",
        "",
        "      - {what",
        "promises[0].figures[0]: a figure has from and to, or value; this one has neither",
    ),
    "promise related to itself": (
        REFORM,
        "promise: tiny2021-1-2}",
        "promise: tiny2021-1-1}",
        "      - {kind: depends_on",
        "promises[0].relations[0].promise: a promise has no relation to itself",
    ),
    "passage without a place": (
        REFORM,
        "      - source: tiny-address\n        paragraphs: [@4]\n",
        "      - {source: tiny-address}\n",
        "      - {source: tiny-address}\n",
        "promises[1].passages[0]: name the paragraphs, or the place by a locator",
    ),
    "bounds the wrong way round": (
        REFORM,
        "first: @2\n    last: @4",
        "first: @4\n    last: @2",
        "  bounds:",
        "reform.bounds: ends at paragraph 2, before it begins at 4",
    ),
    "two fingerprints for one paragraph": (
        REFORM,
        "paragraphs: [@4]",
        f'paragraphs: [{{ordinal: 4, fingerprint: "{FP}"}}]',
        f'        paragraphs: [{{ordinal: 4, fingerprint: "{FP}"}}]',
        "promises[1].passages[0].paragraphs[0]: paragraph 4 of tiny-address has another"
        " fingerprint in @folder/reform-01.yaml:8",
    ),
    "source that nothing cites": (
        "sources.yaml",
        "  - id: daily-report",
        "  - {id: forgotten, title: Forgotten, kind: news, publisher: daily}\n  - id: daily-report",
        "  - {id: forgotten",
        "sources[3]: nothing cites the source “forgotten”: cite it or take it out",
    ),
}

# How many further complaints a mistake brings about.
FOLLOWED_BY = {
    "unknown top key": 1,
    "id with capitals": 1,
    "promise id with a leading zero": 1,
    "promise number twice": 1,
    "unknown source": 1,
    "edition of itself": 1,
    "reform in the wrong file": 2,
}


def test_a_sound_address_has_no_mistake(tiny: Address) -> None:
    assert tiny.complaints() == []


@pytest.mark.parametrize("name", SPOILED)
def test_each_mistake_is_named_with_its_line(tiny: Address, name: str) -> None:
    file, old, new, marked, complaint = SPOILED[name]
    tiny.edit(file, old, new)
    line = tiny.line(file, marked)
    today = datetime.now(UTC).astimezone(ZoneInfo("Pacific/Kiritimati")).date()
    expected = complaint.replace("@folder", str(tiny.folder)).replace("@today", str(today))
    complaints = tiny.complaints()
    assert f"{file}:{line}: {expected}" in complaints
    assert len(complaints) == 1 + FOLLOWED_BY.get(name, 0), complaints


# File, its bytes, the line named, and how the complaint begins.
UNREADABLE = {
    "empty": ("topics.yaml", b"", 1, "is empty"),
    "comments alone": ("topics.yaml", b"# nothing\n\n", 1, "is empty"),
    "an empty document": ("topics.yaml", b"---\n", 1, "is empty"),
    "a list at the top": (
        "topics.yaml",
        b"- {id: rivers, name: Rivers}\n",
        1,
        "expected a mapping of keys to values, found a list",
    ),
    "text at the top": (
        "topics.yaml",
        b"rivers\n",
        1,
        "expected a mapping of keys to values, found the text “rivers”",
    ),
    "not UTF-8": (
        "topics.yaml",
        "topics:\n  - {id: rivers, name: Реки}\n".encode("cp1251"),
        2,
        "is not UTF-8 from here on; save the file as UTF-8",
    ),
    "UTF-16": ("topics.yaml", "topics: []\n".encode("utf-16"), 1, "is not UTF-8"),
    "tab": (
        "topics.yaml",
        b"topics:\n  - id: rivers\n\tname: Rivers\n",
        3,
        "is indented with a tab; use spaces",
    ),
    "control character": (
        "topics.yaml",
        b"topics:\n  - {id: rivers, name: Ri\x07vers}\n",
        2,
        "the character U+0007 is not allowed in a text; remove it",
    ),
    "escaped control character": (
        "topics.yaml",
        b'topics:\n  - {id: rivers, name: "Ri\\x07vers"}\n',
        2,
        "the character U+0007 is not allowed in a text; remove it",
    ),
    "escaped null": (
        "topics.yaml",
        b'topics: [{id: r, name: "a\\0b"}]\n',
        1,
        "the character U+0000",
    ),
    "colon in a plain text": (
        "topics.yaml",
        b"topics:\n  - id: rivers\n    name: Rivers: all of them\n",
        3,
        "is not valid YAML: mapping values are not allowed",
    ),
    "quote never closed": (
        "topics.yaml",
        b'topics:\n  - id: rivers\n    name: "Rivers\n',
        4,
        "is not valid YAML: while scanning a quoted scalar: found unexpected end of stream (begun"
        " in line 3)",
    ),
    "bracket never closed": ("topics.yaml", b"topics: [{id: rivers\n", 2, "is not valid YAML"),
    "two documents": (
        "topics.yaml",
        b"topics: []\n---\ntopics: []\n",
        2,
        "a second document begins here (---); a file holds one",
    ),
    "alias": (
        "topics.yaml",
        b"topics:\n  - &one {id: rivers, name: Rivers}\n  - *one\n",
        2,
        "anchors and aliases (&, *) are not used: write the value out",
    ),
    "bomb": (
        "topics.yaml",
        b"a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\n",
        1,
        "anchors and aliases (&, *) are not used",
    ),
    "tag": (
        "topics.yaml",
        b"topics:\n  - !!python/object/apply:os.system [ls]\n",
        2,
        "tags are not used: leave “tag:yaml.org,2002:python/object/apply:os.system” out",
    ),
    "key that is a list": (
        "topics.yaml",
        b"topics:\n  - {[a]: b}\n",
        2,
        "a key is a plain word here",
    ),
    "deep nest": ("topics.yaml", b"topics: " + b"[" * 5000, 1, "is nested deeper than 20 levels"),
    "no encoding problem but no programme": (
        "programme.yaml",
        b"programme: {}\n",
        1,
        "has no “id”",
    ),
}


@pytest.mark.parametrize("parser", ["CSafeLoader", "SafeLoader"])
@pytest.mark.parametrize("name", UNREADABLE)
def test_a_file_that_cannot_be_read_is_named(
    tiny: Address, name: str, parser: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Alike where PyYAML comes without its C library."""
    monkeypatch.setattr("reforms.seeding.reading._LOADER", getattr(yaml, parser))
    file, content, line, complaint = UNREADABLE[name]
    tiny.write(file, content)
    found = tiny.complaints()
    assert any(
        one.startswith((f"{file}:{line}: {complaint}", f"{file}:{line}: programme: {complaint}"))
        for one in found
    ), found


def test_what_an_unreadable_file_defines_is_not_complained_of(tiny: Address) -> None:
    tiny.write("sources.yaml", "sources: [\n")
    assert [one.split(":")[0] for one in tiny.complaints()] == ["sources.yaml"]


def test_missing_and_unknown_files(tiny: Address) -> None:
    tiny.remove("programme.yaml")
    tiny.write("topic.yaml", "topics: []\n")
    tiny.write("reform-1.yaml", "reform: {}\n")
    tiny.write("notes.yml", "a: b\n")
    tiny.write("README.md", "Anything goes here.\n")
    assert tiny.complaints() == [
        "notes.yml:1: unknown file; allowed: programme.yaml, organisations.yaml, publishers.yaml,"
        " sources.yaml, bodies.yaml, topics.yaml, replies.yaml, set-aside.yaml, and reform-01.yaml"
        " and so on; files end in .yaml",
        "programme.yaml:1: there is no such file: it says which programme the folder is about",
        "reform-1.yaml:1: unknown file; allowed: programme.yaml, organisations.yaml,"
        " publishers.yaml, sources.yaml, bodies.yaml, topics.yaml, replies.yaml, set-aside.yaml,"
        " and reform-01.yaml and so on; did you mean “reform-01”?",
        "topic.yaml:1: unknown file; allowed: programme.yaml, organisations.yaml, publishers.yaml,"
        " sources.yaml, bodies.yaml, topics.yaml, replies.yaml, set-aside.yaml, and reform-01.yaml"
        " and so on; did you mean “topics”?",
    ]


def test_a_folder_that_is_none(tiny: Address) -> None:
    seeds = tiny.folder.parent
    for path, complaint in [
        (seeds / "tiny2012", "there is no such folder; did you mean “tiny2021”?"),
        (tiny.folder / "topics.yaml", "is a file: name the folder that holds it"),
    ]:
        with pytest.raises(SeedsRefused) as refused:
            check([path])
        assert refused.value.complaints == [f"{path}:1: {complaint}"]
    with pytest.raises(SeedsRefused) as refused:
        check([seeds])
    assert "name one of the folders in it: tiny2021" in str(refused.value)


def test_everything_is_reported_at_once(tiny: Address) -> None:
    tiny.edit("topics.yaml", "name: Rivers", "nmae: Rivers")
    tiny.edit(REFORM, "stance: supports", "stance: support")
    tiny.edit(REFORM, 'effective_on: "2023"', 'effective_on: "9999"')
    tiny.edit(REFORM, "bodies: [water-office]", "bodies: [lake-office]")
    tiny.write("bodies.yaml", "bodies: {}\n")
    found = tiny.complaints()
    assert [one.rsplit(": ", 1)[0].split(": ")[0] for one in found] == sorted(
        one.split(": ")[0] for one in found
    )
    assert len(found) == 5


def test_what_the_record_has_may_be_referred_to(tiny: Address) -> None:
    tiny.edit("publishers.yaml", "  - {id: daily, name: The Daily, type: independent_media}\n", "")
    assert any("there is no publisher “daily”" in one for one in tiny.complaints())
    Publisher.objects.create(id="daily", name={"en": "The Daily"}, type="independent_media")
    assert tiny.complaints() == []


def test_norway_and_unquoted_dates_are_text(tiny: Address) -> None:
    tiny.edit("publishers.yaml", "country: XA", "country: NO")
    tiny.edit(REFORM, 'effective_on: "2022-05"', "effective_on: 2022-05-01")
    assert tiny.complaints() == []


JUNK = [None, True, 5, -1.5, "", "x y", [], [None], {}, {"en": None}, {"x": ["y"]}]


def _places(data: object, path: tuple[object, ...] = ()) -> list[tuple[object, ...]]:
    inside: list[tuple[object, ...]] = [path]
    if isinstance(data, dict):
        for key, value in data.items():
            inside += _places(value, (*path, key))
    if isinstance(data, list):
        for index, value in enumerate(data):
            inside += _places(value, (*path, index))
    return inside


@pytest.mark.parametrize("file", ["programme.yaml", "sources.yaml", "publishers.yaml", REFORM])
def test_junk_anywhere_is_complained_of_and_never_a_traceback(tiny: Address, file: str) -> None:
    sound = tiny.read(file)
    for index, place in enumerate(_places(yaml.safe_load(sound))[1:]):
        for junk in JUNK[index % 4 :: 4]:
            data = yaml.safe_load(sound)
            holder = data
            for part in place[:-1]:
                holder = holder[part]
            holder[place[-1]] = junk
            tiny.write(file, yaml.safe_dump(data, allow_unicode=True))
            lines = tiny.read(file).count("\n") + 1
            for complaint in tiny.complaints():
                name, line, _ = complaint.split(":", 2)
                assert name.endswith(".yaml")
                if name == file:
                    assert 1 <= int(line) <= lines


def test_a_file_cut_off_anywhere_is_never_a_traceback(tiny: Address) -> None:
    sound = tiny.read(REFORM)
    for end in range(0, len(sound), 41):
        tiny.write(REFORM, sound[:end])
        tiny.complaints()
