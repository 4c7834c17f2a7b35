"""What the entries of seed files must be beyond their shape: ids, dates, evidence, paragraphs."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from reforms import workflow
from reforms.dates import PartialDate, day_in
from reforms.errors import RuleBroken
from reforms.seeding.complaints import Path
from reforms.seeding.content import texts
from reforms.seeding.folders import Entry, Folder, number_in_name
from reforms.seeding.references import Known, parts
from reforms.vocabulary import Basis, Stance
from reforms.workflow.checking import said

MOST_WORDS_IN_TITLE = 12


def check_rules(folders: Iterable[Folder], known: Known) -> None:
    """Complain of everything that the record would refuse, or that a reader would stumble over."""
    folders = list(folders)
    entries = [entry for folder in folders for entry in folder.entries]
    _check_ids(entries)
    _check_set_aside(entries)
    _check_addresses(entries)
    _check_paragraphs(entries)
    for entry in entries:
        for rule in _RULES.get(entry.type, ()):
            rule(entry, known)


def _check_ids(entries: Iterable[Entry]) -> None:
    first: dict[tuple[str, str], Entry] = {}
    for entry in entries:
        if not entry.id:
            continue
        before = first.setdefault((entry.type, entry.id), entry)
        if before is not entry:
            noun = "key of an update" if entry.type == "update" else f"id of a {entry.type}"
            shown = entry.data.get("key", entry.id)
            entry.complain(
                _naming(entry), f"the {noun} “{shown}” stands twice; first in {before.where()}"
            )


def _naming(entry: Entry) -> Path:
    names = {"update": "key", "reform": "number"}
    return (names.get(entry.type, "id"),)


def _check_addresses(entries: Iterable[Entry]) -> None:
    """No page is two sources, none is both a source and set aside."""
    first: dict[str, Entry] = {}
    for entry in entries:
        url = entry.data.get("url")
        if entry.type not in ("source", "set_aside") or not url:
            continue
        before = first.setdefault(_page(url), entry)
        if before is entry:
            continue
        what = f"the source “{before.id}”" if before.type == "source" else "set aside"
        entry.complain(("url",), f"this page is already {what}, in {before.where()}")


def _check_set_aside(entries: Iterable[Entry]) -> None:
    """A page that was set aside is named by its address, or by its title where it has none."""
    for entry in entries:
        if entry.type == "set_aside" and not (entry.data.get("url") or entry.data.get("title")):
            entry.complain(
                (), "name the page: give its url, or its title where no address is known"
            )


def _page(url: str) -> str:
    """What two addresses of one page have in common."""
    try:
        parsed = urlsplit(url.strip())
    except ValueError:
        return url
    host = parsed.netloc.lower().removeprefix("www.")
    return f"{host}{parsed.path.rstrip('/')}?{parsed.query}"


def _check_paragraphs(entries: Iterable[Entry]) -> None:
    """One place in one document has one fingerprint, wherever it is cited."""
    first: dict[tuple[str, int], tuple[str, str]] = {}
    for entry in entries:
        for path, source, paragraph in _paragraphs(entry):
            ordinal, print_ = paragraph.get("ordinal"), paragraph.get("fingerprint")
            if not (source and ordinal and print_):
                continue
            where = entry.where(path)
            before, there = first.setdefault((source, ordinal), (print_, where))
            if before != print_:
                text = f"paragraph {ordinal} of {source} has another fingerprint in {there}"
                entry.complain(path, text)


def _paragraphs(entry: Entry) -> Iterator[tuple[Path, str, dict[str, Any]]]:
    """Path, source and value of every paragraph that an entry names."""
    bounds = entry.data.get("bounds") or {}
    for end in ("first", "last"):
        if bounds.get(end):
            yield ("bounds", end), bounds.get("source", ""), bounds[end]
    for key in ("passages", "citations"):
        for path, cited in parts(entry.data, key):
            for place, paragraph in parts(cited, "paragraphs"):
                yield (*path, *place), cited.get("source", ""), paragraph


def _check_title(entry: Entry, _known: Known) -> None:
    for language, title in texts(entry.data.get("title")).items():
        count = len(title.split())
        if count > MOST_WORDS_IN_TITLE:
            text = f"the title has {count} words ({language}); at most {MOST_WORDS_IN_TITLE}"
            entry.complain(("title",), text)


def _check_number(entry: Entry, _known: Known) -> None:
    number, in_name = entry.data.get("number"), number_in_name(entry.file)
    if number is not None and number != in_name:
        entry.complain(("number",), f"{number} differs from the {in_name} in the file's name")


def _check_bounds(entry: Entry, _known: Known) -> None:
    bounds = entry.data.get("bounds") or {}
    first, last = ((bounds.get(end) or {}).get("ordinal") for end in ("first", "last"))
    if first and last and first > last:
        entry.complain(("bounds",), f"ends at paragraph {last}, before it begins at {first}")


def _check_promise_id(entry: Entry, _known: Known) -> None:
    reform = entry.parent.id if entry.parent else ""
    if reform and entry.id and entry.id.rpartition("-")[0] != reform:
        text = (
            f"“{entry.id}” is no promise of reform {reform}: write {reform}-1, {reform}-2 and so on"
        )
        entry.complain(("id",), text)


def _check_reply_id(entry: Entry, _known: Known) -> None:
    promise = entry.data.get("promise")
    if promise and entry.id and not entry.id.startswith(f"{promise}-"):
        text = f"“{entry.id}” is no reply to {promise}: write {promise}- and a word of your own"
        entry.complain(("id",), text)


def _check_relations(entry: Entry, _known: Known) -> None:
    for path, relation in parts(entry.data, "relations"):
        if entry.id and relation.get("promise") == entry.id:
            entry.complain((*path, "promise"), "a promise has no relation to itself")


def _check_figures(entry: Entry, _known: Known) -> None:
    for path, figure in parts(entry.data, "figures"):
        given = {name for name in ("from", "to", "value") if name in figure}
        if given not in ({"from", "to"}, {"value"}):
            found = " and ".join(sorted(given)) or "neither"
            entry.complain(path, f"a figure has from and to, or value; this one has {found}")


def _check_passages(entry: Entry, known: Known) -> None:
    for path, passage in parts(entry.data, "passages"):
        if "paragraphs" not in passage and "locator" not in passage:
            entry.complain(path, "name the paragraphs, or the place by a locator")
        _check_origin(entry, path, passage, known)


def _check_citations(entry: Entry, known: Known) -> None:
    cited = list(parts(entry.data, "citations"))
    for path, citation in cited:
        _check_origin(entry, path, citation, known)
    # A citation whose stance is misspelt may be the one that is missing.
    if cited and all(one.get("stance") not in (None, Stance.SUPPORTS) for _, one in cited):
        entry.complain(("citations",), "none of them supports the status: one at least has to")


def _check_origin(entry: Entry, path: Path, cited: dict[str, Any], known: Known) -> None:
    if cited.get("basis") != Basis.RELAYS:
        return
    source = known.given("source", cited.get("source", ""))
    publisher = source.data.get("publisher") if source else None
    origin = cited.get("origin")
    if origin is None or origin == publisher:
        named = f", which is not {publisher} itself" if publisher else ""
        text = f"relays somebody: name as origin the publisher whose assertion it is{named}"
        entry.complain((*path, "origin") if origin else path, text)


def _check_not_ahead(name: str) -> Callable[[Entry, Known], None]:
    def rule(entry: Entry, _known: Known) -> None:
        date, today = _date(entry, name), _today(entry.folder)
        if date is not None and today is not None and date.first > today:
            entry.complain((name,), f"{date} begins after today, {today}")

    return rule


def _check_assessment(entry: Entry, _known: Known) -> None:
    effective, assessed = _date(entry, "effective_on"), _date(entry, "assessed_on")
    today, status = _today(entry.folder), entry.data.get("status")
    if effective is None or today is None or status is None:
        return
    for name, complaints in workflow.date_complaints(status, effective, assessed, today).items():
        for text in complaints:
            entry.complain((name,), text)


def _check_reason(entry: Entry, path: Path, reason: Any) -> None:
    """A reason is public, and as long as the record can hold."""
    if not isinstance(reason, str):
        return
    try:
        said(reason)
    except RuleBroken as error:
        for text in error.fields["reason"]:
            entry.complain(path, text)


def _check_own_reason(entry: Entry, _known: Known) -> None:
    _check_reason(entry, ("reason",), entry.data.get("reason"))


def _check_retracted(entry: Entry, _known: Known) -> None:
    listed = {update.get("key") for _, update in parts(entry.data, "updates")}
    seen = set()
    for path, one in parts(entry.data, "retracted"):
        _check_reason(entry, (*path, "reason"), one.get("reason"))
        if (key := one.get("update")) is None:
            continue
        if key in listed:
            text = f"“{key}” stands among the updates as well: leave it in one of the lists"
            entry.complain((*path, "update"), text)
        if key in seen:
            entry.complain((*path, "update"), f"“{key}” stands twice")
        seen.add(key)


def _date(entry: Entry, name: str) -> PartialDate | None:
    written = entry.data.get(name)
    return PartialDate.parse(written) if written else None


def _today(folder: Folder) -> Any:
    """The date in the programme's time zone; None while that is unknown."""
    zone = folder.programme.data.get("time_zone") if folder.programme else None
    try:
        ZoneInfo(zone or "")
    except (ValueError, OSError, LookupError):
        return None
    return day_in(zone or "")


_RULES: dict[str, tuple[Callable[[Entry, Known], None], ...]] = {
    "organisation": (_check_own_reason,),
    "publisher": (_check_own_reason,),
    "source": (_check_own_reason, _check_not_ahead("published_on")),
    "body": (_check_own_reason,),
    "topic": (_check_own_reason,),
    "programme": (_check_own_reason, _check_not_ahead("announced_on")),
    "reform": (_check_own_reason, _check_number, _check_bounds),
    "promise": (
        _check_own_reason,
        _check_promise_id,
        _check_title,
        _check_relations,
        _check_figures,
        _check_passages,
        _check_retracted,
    ),
    "reply": (_check_own_reason, _check_reply_id, _check_not_ahead("dated_on")),
    "update": (_check_own_reason, _check_assessment, _check_citations),
}
