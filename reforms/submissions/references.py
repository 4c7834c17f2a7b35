"""What a submission refers to: promises, sources and publishers that its organisation may see.

Somebody else's private source is as good as none: no answer tells that it is there.
"""

import re
from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from django.db.models import Q

from reforms import addresses, bulk, roles, workflow
from reforms.models import Organisation, Programme, Promise, Publisher, Source
from reforms.models.fields import SLUG
from reforms.models.publisher import name_key
from reforms.submissions.complaints import Place, printable
from reforms.workflow import Proposal

_SLUG = re.compile(SLUG)
_LISTED = 5
# As many are known from one chunk to the next.
_KEPT = 20_000


class References:
    """What `organisation` may refer to, through `who`.

    `learn` asks the database for all that some submissions name; afterwards nothing is asked. It is
    used while the ledger is held, so that what was public once stays as it is.
    """

    def __init__(self, organisation: Organisation, who: Any = None) -> None:
        self.organisation = organisation
        self.who = who
        # Of new updates, many drawn at a time: a thread that asks the system for random bytes gives
        # up its turn and takes it back at once, so that one that waits for it would wait ever anew.
        self.new_ids = workflow.random_uuids()
        self._promises: dict[str, Promise] = {}
        self._programmes: dict[str, Programme] = {}
        self._sources: dict[str, Source] = {}
        self._by_digest: dict[str, Source] = {}
        self._publishers: dict[str, Publisher] = {}
        self._named: defaultdict[str, set[str]] = defaultdict(set)
        self._unclaimed: set[Source | Publisher] = set()
        # Where what is private is known, under which key.
        self._passing: list[tuple[dict[str, Source], str]] = []

    # What there is ---------------------------------------------------------------------------

    def learn(self, submissions: Iterable[dict[str, Any]]) -> None:
        """Look up all that these refer to, forgetting what was looked up before and is private."""
        promises, sources, digests, names = set(), set(), set(), set()
        for values in submissions:
            promises.add(values.get("promise"))
            for cited in values.get("citations") or []:
                if cited is None:
                    continue
                sources.add(cited.get("source"))
                if url := cited.get("url"):
                    digests.add(addresses.digest(url))
                names |= {*_names(cited.get("publisher")), *_names(cited.get("origin"))}
        self._unclaimed = set()
        self._forget()
        self._learn_promises(promises)
        visible = self._own_or_public(Source).select_related("publisher")
        found = _by_id(visible, sources - self._sources.keys())
        self._passing += [(self._sources, id_) for id_ in found if not found[id_].is_public]
        self._sources |= found
        digests.difference_update(self._by_digest, ("",))
        for source in visible.filter(address_digest__in=digests) if digests else ():
            # One's own is left behind where the same document became public otherwise.
            if source.is_public or source.address_digest not in self._by_digest:
                self._by_digest[source.address_digest] = source
                if not source.is_public:
                    self._passing.append((self._by_digest, source.address_digest))
        self._learn_publishers(names)

    def _forget(self) -> None:
        """Forget what may become public or another by the next chunk, and what is too much."""
        for known, key in self._passing:
            known.pop(key, None)
        self._passing.clear()
        for each in (self._promises, self._sources, self._by_digest):
            if len(each) > _KEPT:
                each.clear()

    def _learn_promises(self, ids: set[Any]) -> None:
        # Promises have many columns, of which nobody asks; their programmes are few.
        public = Promise.objects.public().filter(pk__among=_fit(ids - self._promises.keys()))
        found = public.order_by().values_list("pk", "programme_id", "withdrawn_at")
        if new := {programme for _, programme, _ in found} - self._programmes.keys():
            programmes = Programme.objects.select_related("lead_organisation")
            self._programmes |= programmes.in_bulk(new)
        for id_, programme, withdrawn_at in found:
            self._promises[id_] = bulk.stored(
                Promise,
                id=id_,
                programme=self._programmes[programme],
                withdrawn_at=withdrawn_at,
            )

    def _learn_publishers(self, names: set[str]) -> None:
        self._named = defaultdict(set)
        self._publishers = {}
        if not names:
            return
        for publisher in self._own_or_public(Publisher):
            for name in (publisher.pk, *publisher.name.values(), *publisher.aliases):
                if (key := name_key(name)) in names:
                    self._named[key].add(publisher.pk)
                    self._publishers[publisher.pk] = publisher

    def _own_or_public(self, model: Any) -> Any:
        public = model.objects.public().values("pk")
        own = Q(submitted_by=self.organisation, withdrawn_at=None)
        return model.objects.filter(Q(pk__in=public) | own)

    def add(self, proposal: Proposal) -> None:
        """What is proposed is there for whoever names it next."""
        if isinstance(proposal, Source):
            self._by_digest[proposal.address_digest] = proposal
            self._passing.append((self._by_digest, proposal.address_digest))
            return
        self._publishers[proposal.pk] = proposal
        for name in proposal.name.values():
            self._named[name_key(name)].add(proposal.pk)

    def release(self, proposals: Iterable[Proposal]) -> None:
        """Whoever brought these along is refused; another may name them and bring them instead."""
        self._unclaimed.update(proposals)

    def claim(self, proposal: Source | Publisher) -> bool:
        """Whether it was released; if so, whoever asks brings it along."""
        if proposal not in self._unclaimed:
            return False
        self._unclaimed.discard(proposal)
        return True

    # What is meant ---------------------------------------------------------------------------

    def promise(self, id_: str, place: Place) -> Promise | None:
        """The public promise with this id."""
        promise = self._promises.get(id_)
        if promise is None:
            place.complain("not_found", f"There is no public promise “{printable(id_)}”.")
        elif not roles.is_within(self.who, promise.programme_id):
            detail = f"This key writes about {self.who.programme_id} only."
            place.complain("out_of_reach", detail)
            return None
        return promise

    def source(self, id_: str, place: Place) -> Source | None:
        """The source with this id that is public or the organisation's own."""
        source = self._sources.get(id_)
        if source is None:
            place.complain("not_found", f"There is no source “{printable(id_)}”.")
        return source

    def source_at(self, url: str) -> Source | None:
        """The source with this address, however it is spelt."""
        return self._by_digest.get(addresses.digest(url))

    def publisher(self, names: Iterable[str], place: Place) -> Publisher | None:
        """The publisher that is called so, if there is one; complains where there are several."""
        meant: set[str] = set()
        for name in names:
            if name in self._publishers:  # an id is meant before any name
                return self._publishers[name]
            meant |= self._named.get(name_key(name), set())
        public = {id_ for id_ in meant if self._publishers[id_].is_public}
        meant = public or meant
        if len(meant) > 1:
            detail = "Several publishers are called so; give the id of the one that is meant."
            place.complain("ambiguous", detail, allowed=sorted(meant)[:_LISTED])
        return self._publishers[min(meant)] if meant else None


def _by_id(things: Any, ids: set[Any]) -> dict[str, Any]:
    fit = _fit(ids)
    found: dict[str, Any] = things.in_bulk(fit) if fit else {}
    return found


def _fit(ids: Iterable[Any]) -> set[str]:
    """Those that may be ids at all."""
    return {id_ for id_ in ids if id_ and _SLUG.match(id_)}


def _names(publisher: Any) -> Iterable[str]:
    """The keys of all names by which a publisher was given."""
    if isinstance(publisher, dict):
        return [name_key(name) for name in (publisher.get("name") or {}).values()]
    return [name_key(publisher)] if publisher else []
