"""Nothing unpublished leaks: everything that the API says is searched for what it must not say."""

from collections.abc import Iterator

import pytest

from reforms.models import Citation, Publisher, Source, StatusUpdate
from reforms.statistics import Grouping
from tests.api.asking import answer, ask, ids, problem
from tests.api.record import PRIVATE_PUBLISHER, PRIVATE_SOURCE, SECRET, Record

LISTS = {
    "/programmes/": "lead_organisation,announced_by",
    "/reforms/": "programme",
    "/promises/": "programme,reform,bodies,topics,citations,updates,replies",
    "/updates/": "promise,organisation",
    "/sources/": "publisher",
    "/publishers/": "",
    "/bodies/": "",
    "/topics/": "",
    "/organisations/": "",
    "/replies/": "",
}
PUBLIC = ["published", "superseded", "retracted", "removed"]
HIDDEN_STATES = ["submitted", "changes_requested", "rejected", "withdrawn"]


def everything() -> Iterator[tuple[str, str]]:
    """Each answer that the API has, as raw text, with its address."""
    yield "/", ask("/").content.decode()
    yield "/api/schema/", ask("/api/schema/").content.decode()
    for path in ("agreement/", "timeseries/", *(f"?group_by={one}" for one in Grouping.values())):
        yield f"/statistics/{path}", ask(f"/statistics/{path}").content.decode()
    for path, expand in LISTS.items():
        for lang in ("en", "ru", "kk"):
            query = {"lang": lang, "count": "true"} | ({"expand": expand} if expand else {})
            yield path, ask(path, query).content.decode()
        for row in answer(path)["results"]:
            expanded = [
                one
                for one in expand.split(",")
                if one not in ("", "citations", "updates", "replies")
            ]
            one = {"expand": ",".join(expanded)} if expanded else {}
            for query in ({}, one):
                yield row["api_url"], ask(row["api_url"], query).content.decode()
            if path == "/promises/":
                for below in ("updates", "assessments"):
                    address = f"{row['api_url']}{below}/"
                    yield address, ask(address).content.decode()


def test_the_secrets_are_there(record: Record) -> None:
    """Otherwise searching for them would show nothing."""
    assert StatusUpdate.objects.filter(external_id__contains=SECRET).count() == 5
    assert StatusUpdate.objects.exclude(review_note="").count() == 3
    assert Citation.objects.filter(locator__contains=SECRET).count() == 8
    assert Source.objects.filter(pk=PRIVATE_SOURCE, public_since=None).exists()
    assert Publisher.objects.filter(pk=PRIVATE_PUBLISHER, public_since=None).exists()
    assert [one.review_state for one in record.hidden.values()] == HIDDEN_STATES


def test_no_answer_tells_a_secret(record: Record) -> None:
    forbidden = [
        SECRET.lower(),
        "wombat",
        PRIVATE_SOURCE,
        PRIVATE_PUBLISHER,
        *(str(one.pk) for one in record.hidden.values()),
        *(f'"{name}"' for name in ("gazette-page", "neighbour-page")),
        "uncited words",
    ]
    seen = 0
    for address, text in everything():
        seen += 1
        for secret in forbidden:
            assert secret not in text.lower(), f"{address} tells {secret}"
    assert seen > 100


def test_nor_does_an_error(record: Record) -> None:
    hidden = record.hidden["submitted"].pk
    for path, query in (
        (f"/updates/{hidden}/", ""),
        (f"/sources/{PRIVATE_SOURCE[:-1]}/", ""),
        ("/promises/", f"source={PRIVATE_SOURCE[:-1]}"),
        ("/promises/", "source=secre-source&source_not=gazete-page"),
        ("/sources/", "language=x&edition_of=secret-sourc"),
        (f"/publishers/{PRIVATE_PUBLISHER[:-1]}/", ""),
        ("/sources/", "publisher=secret-pres"),
        ("/publishers/", "type=academi"),
        ("/updates/", "source=neighbor-page"),
        ("/promises/", "organisation=secret"),
    ):
        told = ask(path, query)
        assert told.status_code in (400, 404)
        body = told.content.decode()
        asked = f"{path} {query}"
        for secret in (
            *(SECRET, PRIVATE_SOURCE, PRIVATE_PUBLISHER, "Press"),
            *("gazette-page", "neighbour-page"),
        ):
            assert secret not in body.replace(str(hidden), "") or secret in asked, (
                f"{asked}: {body}"
            )


@pytest.mark.parametrize(
    ("path", "parameter", "private"),
    [
        ("/publishers/{}/", "", PRIVATE_PUBLISHER),
        ("/sources/{}/", "", PRIVATE_SOURCE),
        ("/publishers/{}/", "known_at=1", PRIVATE_PUBLISHER),
        ("/sources/{}/", "known_at=1", PRIVATE_SOURCE),
        ("/sources/", "publisher={}", PRIVATE_PUBLISHER),
        ("/sources/", "edition_of={}", PRIVATE_SOURCE),
        ("/promises/", "source={}", PRIVATE_SOURCE),
        ("/updates/", "source_not={}", PRIVATE_SOURCE),
    ],
)
def test_what_is_private_is_as_good_as_not_there(
    record: Record, path: str, parameter: str, private: str
) -> None:
    """Asking for it is answered as asking for what does not exist, word for word."""
    missing = "zq-" + "0" * (len(private) - 3)

    def told(id_: str) -> tuple[int, str]:
        response = ask(path.format(id_), parameter.format(id_))
        return response.status_code, response.content.decode().replace(id_, "…")

    assert told(private) == told(missing)
    assert told(private)[0] in (400, 404)


@pytest.mark.parametrize("word", [SECRET, "wombat", *HIDDEN_STATES, "review", "aside"])
def test_search_finds_nothing_hidden(record: Record, word: str) -> None:
    assert ids("/promises/", {"search": word}) == []


def test_what_ended_is_found_no_more(record: Record) -> None:
    """Notes of updates that stand are searched, and only those."""
    from reforms import workflow
    from reforms.models import Promise
    from tests.fixtures import make_update

    promise = Promise.objects.get(pk="far2021-2-1")
    update = make_update(promise, "stalled", note={"en": "A platypus stopped it."})
    assert ids("/promises/", {"search": "platypus"}) == ["far2021-2-1"]
    workflow.retract(update, "It was an echidna.")
    assert ids("/promises/", {"search": "platypus"}) == []


def test_hidden_updates_count_nowhere(record: Record) -> None:
    assert answer("/updates/", {"count": "true"})["count"] == len(record.updates)
    assert answer("/promises/demo2020-0-1/")["status"] == "not_assessed"
    assert answer("/promises/demo2020-0-1/updates/", {"count": "true"})["count"] == 0
    # Its only update by this organisation was rejected.
    assert "far2021-1-2" not in ids("/promises/", {"organisation": "lantern"})
    # It was withdrawn with this source; the promise itself cites nothing.
    assert "demo2020-0-1" not in ids("/promises/", {"source": "daily-page"})
    assert answer("/promises/demo2020-0-1/")["changed_at"] == "2024-01-02T06:00:00Z"


@pytest.mark.parametrize("state", HIDDEN_STATES)
def test_hidden_states_cannot_be_asked_for(record: Record, state: str) -> None:
    """In the list of all updates their organisations may, so that it takes a name to ask."""
    response = ask("/promises/demo2020-1-1/updates/", {"review_state": state})
    assert response.status_code == 400
    assert response.json()["errors"][0]["allowed"] == PUBLIC
    for states in (state, f"published,{state}"):
        problem(ask("/updates/", {"review_state": states}), 401, "unauthenticated")
    response = ask("/updates/", {"review_state_not": state})
    assert response.status_code == 400
    assert response.json()["errors"][0]["allowed"] == PUBLIC


def test_a_source_becomes_public_with_what_cites_it(record: Record) -> None:
    """And with it the document of which it is an edition, whose id it shows."""
    from reforms import workflow
    from reforms.models import Promise
    from reforms.workflow import Cited
    from tests.fixtures import make_update

    workflow.save(
        Source(
            id="translation",
            title={"ru": "Перевод"},
            kind="report",
            publisher_id="blog",
            edition_of_id="neighbour-page",
        )
    )
    assert ask("/sources/translation/").status_code == 404
    promise = Promise.objects.get(pk="far2021-2-1")
    update = make_update(promise, "stalled", citations=[Cited("translation")], publish=False)
    assert ask("/sources/translation/").status_code == 404
    workflow.publish(update)
    assert answer("/sources/translation/")["edition_of"] == "neighbour-page"
    assert ask("/sources/neighbour-page/").status_code == 200


def test_a_public_source_names_no_private_original(record: Record) -> None:
    from reforms import workflow

    page = Source.objects.get(pk="daily-page")
    page.edition_of_id = "gazette-page"
    workflow.save(page, "It is a translation.")
    original = answer("/sources/daily-page/")["edition_of"]
    assert ask(f"/sources/{original}/").status_code == 200
