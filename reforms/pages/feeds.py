"""Atom feeds: status updates and corrections, of everything or of what somebody follows."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any, ClassVar
from urllib.parse import urlencode

from django.conf import settings
from django.urls import URLPattern, path, re_path, reverse

from reforms.api import languages, views
from reforms.api.errors import BadParameter, QuestionRefused
from reforms.feeds import atom, entries
from reforms.models import LedgerEntry
from reforms.pages import chosen, following
from reforms.pages.addresses import address_of, address_of_all
from reforms.pages.asking import Asking
from reforms.pages.file import EPOCH, File

# What can be followed: the plural in the address, the API's view, and the field with its name.
FOLLOWED: dict[str, tuple[str, type[Any], str]] = {
    "programme": ("programmes", views.ProgrammeViewSet, "title"),
    "reform": ("reforms", views.ReformViewSet, "title"),
    "promise": ("promises", views.PromiseViewSet, "title"),
    "organisation": ("organisations", views.OrganisationViewSet, "name"),
}


class Feed(File):
    """A feed of everything, or of the object of the type `of` that the address names."""

    parameters = ("archive",)
    content_type = f"{atom.CONTENT_TYPE}; charset=utf-8"
    of = ""
    what: ClassVar[str]
    about: ClassVar[str]
    listed: ClassVar[Callable[..., Any]]

    def write(self, **kwargs: str) -> bytes:
        return atom.write(self.feed(kwargs.get("pk", "")))

    def feed(self, pk: str) -> atom.Feed:
        """The document that the address asks for. Refusals are raised as the API raises them."""
        self.lang = self.given.get("lang", "en")
        self.ask = Asking(self.request, {"lang": self.lang})
        name = self._name(pk) if self.of else ""
        queryset = type(self).listed(self.of, pk)
        number = self._number()
        if number is None:
            document = following.newest(queryset, self.head.sequence)
        else:
            document = following.archive(queryset, self.head.sequence, number)
        told = list(self.entries(document.entries)) if document.entries else []
        return atom.Feed(
            id=atom.urn(settings.INSTANCE_ID, self.basename, self.of, pk, self.lang),
            title=f"{entries.SERVICE}: {self.what}" + (f" – {name}" if name else ""),
            subtitle=self.about,
            updated=max((one.updated for one in told), default=_beginning()),
            author=atom.Person(entries.SERVICE, self.here(reverse("pages:home"))),
            links=list(self._links(pk, document, number)),
            entries=told,
            version=str(settings.SPECTACULAR_SETTINGS["VERSION"]),
            archive=number is not None,
        )

    def entries(self, told: Iterable[following.Told]) -> Iterator[atom.Entry]:
        """What the feed says about these entries of the ledger, newest first."""
        raise NotImplementedError

    def page_of(self, type_: str, id_: str) -> str:
        """The whole address of the page about an object."""
        return self.here(address_of(type_, id_))

    def _name(self, pk: str) -> str:
        _, view, field = FOLLOWED[self.of]
        found = self.ask.ask(view, "retrieve", {"fields": f"id,{field}"}, pk=pk)
        return str(found[field])

    def _number(self) -> int | None:
        text = self.given.get("archive")
        if text is None:
            return None
        if not (text.isascii() and text.isdigit() and len(text) < 16):
            detail = f"“{text[:20]}” is no archive: write a whole number, from 1."
            raise QuestionRefused([BadParameter("archive", "out_of_range", detail)])
        return int(text)

    def _document(self, number: int | None) -> str:
        """The address of a document of this feed; None for the first."""
        asked = {"archive": str(number)} if number else {}
        asked |= {"lang": self.lang} if self.lang != "en" else {}
        return self.here(f"{self.request.path}{'?' if asked else ''}{urlencode(asked)}")

    def _links(
        self, pk: str, document: following.Document, number: int | None
    ) -> Iterator[atom.Link]:
        page = address_of(self.of, pk) if self.of else address_of_all(self.what)
        api = reverse(f"{self.basename}-list") + (f"?{urlencode({self.of: pk})}" if self.of else "")
        first = self._document(None)
        yield atom.Link("self", self._document(number), atom.CONTENT_TYPE)
        yield atom.Link("alternate", self.here(page), "text/html")
        yield atom.Link("alternate", self.here(api), "application/json")
        yield atom.Link("first", first, atom.CONTENT_TYPE)
        if number is not None:
            newer = self._document(document.newer)
            yield atom.Link("current", first, atom.CONTENT_TYPE)
            yield atom.Link("previous", newer, atom.CONTENT_TYPE)
            if document.newer:
                yield atom.Link("next-archive", newer, atom.CONTENT_TYPE)
        if document.older:
            older = self._document(document.older)
            yield atom.Link("next", older, atom.CONTENT_TYPE)
            yield atom.Link("prev-archive", older, atom.CONTENT_TYPE)

    basename: ClassVar[str]


class UpdatesFeed(Feed):
    """Status updates, the one of which something was said last first, as they stand now."""

    what = "status updates"
    about = "What organisations say became of what was promised, and on what evidence."
    basename = "update"
    listed = following.updates

    def entries(self, told: Iterable[following.Told]) -> Iterator[atom.Entry]:
        changed: dict[str, datetime] = {}
        for one in told:
            changed.setdefault(one.object_id, one.recorded_at)
        ids = ",".join(changed)
        parameters = {"expand": "promise,organisation"}
        found = self.ask.ask(chosen.ChosenUpdates, "list", parameters, chosen=ids)["results"]
        updates = {one["id"]: one for one in found}
        licences = self._licences(updates.values())
        for id_, at in changed.items():
            update = updates[id_]
            licence = licences.get(_programme_of(update), "")
            yield entries.of_update(update, at, self.page_of, licence)

    def _licences(self, updates: Iterable[Mapping[str, Any]]) -> dict[str, str]:
        ids = ",".join(sorted({_programme_of(one) for one in updates}))
        view, parameters = chosen.ChosenProgrammes, {"fields": "id,licence"}
        found = self.ask.ask(view, "list", parameters, chosen=ids)["results"]
        return {one["id"]: one["licence"] for one in found}


class CorrectionsFeed(Feed):
    """What was taken back or said differently, and why, newest first."""

    what = "corrections"
    about = "What was wrong in the record, and how it was put right."
    basename = "correction"
    listed = following.corrections

    def entries(self, told: Iterable[following.Told]) -> Iterator[atom.Entry]:
        ids = ",".join(str(one.sequence) for one in told)
        # Entries are the same in every language.
        ask = Asking(self.request, {})
        found = ask.ask(chosen.ChosenCorrections, "list", {}, chosen=ids)["results"]
        rows = sorted(found, key=lambda row: -row["sequence"])
        names = self._names(rows)
        preferred = languages.preferred("", self.lang)
        changes = self.here(reverse("change-list"))
        for row in rows:
            entry = f"{changes}?after={row['sequence'] - 1}&limit=1"
            yield entries.of_correction(row, names, self.page_of, entry, preferred)

    def _names(self, rows: list[dict[str, Any]]) -> dict[tuple[str, str], str]:
        """The titles and names of all that the entries speak of, if anybody may read them."""
        ids: dict[str, set[str]] = {"promise": set(), "organisation": set()}
        for row in rows:
            document = row["payload"]["document"] or {}
            kind, _, actor = row["actor"].partition(":")
            said = {row["object_type"]: row["object_id"]}
            if row["object_type"] == "update":
                said |= {name: document.get(name) for name in ids}
            for type_, id_ in (*said.items(), (kind, actor)):
                if type_ in ids and id_:
                    ids[type_].add(id_)
        names = {}
        for type_, view, field in (
            ("promise", chosen.ChosenPromises, "title"),
            ("organisation", chosen.ChosenOrganisations, "name"),
        ):
            if ids[type_]:
                parameters = {"fields": f"id,{field}"}
                together = ",".join(sorted(ids[type_]))
                for one in self.ask.ask(view, "list", parameters, chosen=together)["results"]:
                    names[type_, one["id"]] = one[field]
        return names


def feeds_of(type_: str = "", id_: str = "", name: str = "") -> list[tuple[str, str]]:
    """The addresses and titles of the feeds about an object, or about everything: what a page says
    as its `feeds`.
    """
    whose = f" – {name}" if name else ""
    args = [id_] if type_ else []
    return [
        (
            reverse(f"pages:{type_}-{feed}-feed" if type_ else f"pages:{feed}-feed", args=args),
            f"{view.what.capitalize()}{whose}",
        )
        for feed, view in FEEDS.items()
    ]


FEEDS: dict[str, type[Feed]] = {"updates": UpdatesFeed, "corrections": CorrectionsFeed}


def _programme_of(update: Mapping[str, Any]) -> str:
    """The programme that an update is about: ids begin with theirs."""
    promise = update["promise"]
    return str(promise if isinstance(promise, str) else promise["id"]).partition("-")[0]


def _beginning() -> datetime:
    """When the record began: until a feed has entries, it was last changed then."""
    first = LedgerEntry.objects.order_by("sequence").first()
    return first.recorded_at if first else EPOCH


def _addresses() -> Iterator[URLPattern]:
    for feed, view in FEEDS.items():
        yield path(f"feeds/{feed}.atom", view.as_view(), name=f"{feed}-feed")
        for type_, (plural, _, _) in FOLLOWED.items():
            yield re_path(
                rf"^feeds/{plural}/(?P<pk>[a-z0-9-]+)/{feed}\.atom\Z",
                view.as_view(of=type_),
                name=f"{type_}-{feed}-feed",
            )


urlpatterns = list(_addresses())
