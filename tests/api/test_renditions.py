"""Renditions: an answer that is made of them is, byte for byte, what the serializers write."""

import itertools
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reforms import staleness, statements, workflow
from reforms.api.filters import Opened, Terms
from reforms.api.renditions import answering, making, texts
from reforms.api.renditions.answering import Rendered
from reforms.api.renditions.exporting import RenderedExport
from reforms.api.views import PromiseViewSet, StatusUpdateViewSet
from reforms.models import (
    Citation,
    Paragraph,
    Programme,
    Promise,
    PromiseBody,
    PromiseRelation,
    PromiseRendition,
    Publisher,
    Reply,
    Source,
    StatusUpdate,
    UpdateRendition,
)
from reforms.statements import Statement, Statements
from reforms.vocabulary import LANGUAGES, Status
from tests.api.asking import BASE, queries
from tests.api.record import Record
from tests.api.test_promises_list import TestPromises as Promises
from tests.api.test_updates_list import TestUpdates as Updates
from tests.api.writing import WRITES, make_all
from tests.fixtures import Clock, make_promise, make_update, rolled_back

PROMISE = "/promises/demo2020-1-1/"
PATHS = (
    "/promises/",
    "/promises/?limit=3&ordering=-changed_at",
    "/promises/?reform=demo2020-1&status=implemented&count=true",
    "/promises/?search=court&ordering=relevance",
    PROMISE,
    "/promises/demo2020-1-3/",
    "/promises/demo2020-2-2/",
    "/promises/far2021-2-1/",
    "/updates/",
    "/updates/?ordering=-effective_on&limit=2",
    "/updates/?source=ministry-page",
    f"{PROMISE}updates/",
)
ORDERS = list(itertools.permutations(LANGUAGES))


def get(path: str, /, **headers: str) -> Any:
    headers = {name.replace("_", "-"): value for name, value in headers.items()}
    response = Client().get(BASE + path, headers=headers)
    assert response.status_code == 200, response.content
    told = {name: value for name, value in response.items() if name != "ETag"}
    return response.getvalue().decode(), told


@contextmanager
def by_serializers() -> Iterator[None]:
    """Inside, answers are made as if there were no renditions."""
    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.setattr(Rendered, "rendered", False)
        yield


def assert_alike(path: str, /, **headers: str) -> None:
    rendered = get(path, **headers)
    with by_serializers():
        assert get(path, **headers) == rendered


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("order", ORDERS, ids="-".join)
def test_the_same_in_every_order_of_languages(
    record: Record, path: str, order: tuple[str, ...]
) -> None:
    accept = ", ".join(f"{name};q={1 - place / 10}" for place, name in enumerate(order))
    assert_alike(path, Accept_Language=accept)


ORDERED = [
    *(f"/promises/?ordering={sign}{name}" for name in PromiseViewSet.orderings for sign in ("", "-")),
    *(f"/updates/?ordering={sign}{name}" for name in StatusUpdateViewSet.orderings for sign in ("", "-")),
]  # fmt: skip


@pytest.mark.parametrize("path", ORDERED)
def test_every_page_there_and_back(record: Record, path: str) -> None:
    path += "&search=o&limit=2" if path.endswith("relevance") else "&limit=2"
    pages = []
    for way in ("next", "previous"):
        following = path
        while following:
            path = following
            assert_alike(path)
            answer = Client().get(BASE + path).json()
            pages.append([one["id"] for one in answer["results"]])
            following = (answer[way] or "").partition(BASE)[2]
    there, back = pages[: len(pages) // 2], pages[len(pages) // 2 :]
    assert len(there) > 2
    assert back == there[::-1]


ASKED = [
    f"{tests.path}?{name}={value}"
    for tests in (Promises, Updates)
    for name, cases in tests.filters.items()
    for value, _ in cases
]


def test_every_filter_with_every_value(record: Record) -> None:
    """Statements are kept, and take other values when they are asked again."""
    for path in (*ASKED, *reversed(ASKED)):
        assert_alike(path)


def test_what_rests_on_today_is_not_kept(record: Record, clock: Clock) -> None:
    """And pages of other lengths are other pages."""
    promise = make_promise(30, deadline="2024-01-20")
    make_update(promise, "in_progress", "2023-05")
    asked = "/promises/?timeliness=overdue&programme=demo2020"
    for day, is_overdue in (("2024-01-10", False), ("2024-01-25", True)):
        clock.at(f"{day}T12:00Z")
        assert (f'"id":"{promise.pk}"' in get(asked)[0]) == is_overdue
        assert_alike(asked)
    for limit in (2, 5, 3):
        assert len(Client().get(f"{BASE}/promises/?limit={limit}").json()["results"]) == limit


@pytest.mark.without_database
def test_a_filter_of_its_own_kind_says_how_it_is_kept() -> None:
    class Own(Terms):
        def filter(self, qs: Any, value: Any) -> Any:
            return qs

    class Told(Own):
        def opened(self, name: str, value: Any) -> Opened:
            return Opened("told", value, {})

    assert Terms("status", Status, about="Words.").opened("status", ["stalled"]) is not None
    assert Own("status", Status, about="Words.").opened("status", ["stalled"]) is None
    assert Told("status", Status, about="Words.").opened("status", ["stalled"]) is not None


def test_a_statement_is_made_once_for_each_kind_of_question(record: Record) -> None:
    made = []
    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.setattr(answering, "_LISTS", Statements())
        monkeypatch.setattr(statements, "Statement", lambda rows: made.append(1) or Statement(rows))
        for reform in ("demo2020-1", "demo2020-2", "demo2020-10"):
            for words in ("court", "a seat", '"the court"'):
                get(f"/promises/?reform={reform}")
                get(f"/promises/?reform={reform}&status=implemented&limit=2")
                get(f"/promises/?search={words}&reform={reform}&ordering=relevance")
                get(f"/updates/?reform={reform}&effective_after=2022-01-0{len(words) % 9 + 1}")
    assert len(made) == 4


def test_where_the_api_is(record: Record) -> None:
    assert_alike("/promises/", Host="127.0.0.1:8000")
    told, _ = get("/promises/", Host="127.0.0.1:8000")
    assert '"api_url":"http://127.0.0.1:8000/api/v1/promises/demo2020-0-1/"' in told
    assert_alike("/promises/", Accept="application/json; indent=2")


@pytest.mark.parametrize(
    "day", ["2022-09-30", "2022-10-01", "2022-12-31", "2023-01-01", "2031-01-01"]
)
def test_a_deadline_passes_without_any_write(record: Record, clock: Clock, day: str) -> None:
    """In the programme's own time zone: on Kiritimati it is tomorrow already."""
    for hour in ("09:59", "10:01", "23:00"):
        clock.at(f"{day}T{hour}:00Z")
        for path in ("/promises/", PROMISE):
            assert_alike(path)


def test_only_plain_questions_are_answered_with_them(record: Record) -> None:
    assert queries("/promises/") == ["promise"]
    assert queries("/updates/") == ["statusupdate"]
    assert queries(PROMISE) == ["promiserendition", "statusupdate"]
    assert queries(f"{PROMISE}updates/") == ["promise", "statusupdate"]
    for more in ("fields=id", "omit=title", "expand=reform", "as_of=2023-01-01"):
        assert len(queries(f"/promises/?{more}")) > 1, more


def test_what_has_none_is_answered_by_the_serializers(record: Record) -> None:
    UpdateRendition.objects.filter(update__promise="demo2020-1-1").delete()
    PromiseRendition.objects.filter(promise="demo2020-1-1", part="promise").delete()
    for path in PATHS:
        assert_alike(path)


def test_what_other_code_has_rendered_is_not_used(
    record: Record, monkeypatch: pytest.MonkeyPatch
) -> None:
    UpdateRendition.objects.update(body=f"{texts.SPOKEN}{{}}")
    PromiseRendition.objects.update(body=f"{texts.SPOKEN}[]")
    assert get("/updates/")[0].count("{}") > 3
    monkeypatch.setattr("reforms.api.renditions.answering.form", lambda: "another")
    for path in PATHS:
        assert_alike(path)


def test_an_upgrade_renders_everything_anew(
    record: Record, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = rows()
    for module in ("answering", "making"):
        monkeypatch.setattr(f"reforms.api.renditions.{module}.form", lambda: "another")
    call_command("render_answers", verbosity=0)
    assert rows() == [(*key, "another", body) for *key, _, body in before]
    assert queries(PROMISE) == ["promiserendition", "statusupdate"]


def test_what_somebody_changed_by_hand_can_be_rendered_again(record: Record, capsys: Any) -> None:
    before = rows()
    UpdateRendition.objects.update(body="{}")
    call_command("render_answers")
    assert capsys.readouterr().out == "Rendered: 0.\n"
    call_command("render_answers", again=True)
    objects = UpdateRendition.objects.values("update").distinct().count()
    parts = PromiseRendition.objects.values("promise", "part").distinct().count()
    assert capsys.readouterr().out == f"Rendered: {objects + parts}.\n"
    assert rows() == before


def test_what_drifted_is_named(record: Record, capsys: Any) -> None:
    assert list(making.drift()) == []
    one = UpdateRendition.objects.first()
    assert one is not None
    UpdateRendition.objects.filter(pk=one.pk).update(body="{}")
    replies = PromiseRendition.objects.filter(promise="demo2020-1-1", part="replies")
    for told in replies:
        languages, _, text = told.body.partition(texts.SPOKEN)
        replies.filter(readers=told.readers).update(body=f"{languages},xx{texts.SPOKEN}{text}")
    named = [
        *(f"rendition demo2020-1-1 replies {readers}" for readers in ("ab", "cd", "ef")),
        f"rendition {one.update_id} {one.readers}",
    ]
    assert list(making.drift()) == named
    with pytest.raises(CommandError, match="values differ"):
        call_command("check_integrity")
    told = capsys.readouterr().err
    assert all(f"{name}: is not what it is made of" in told for name in named)
    call_command("render_answers", again=True)
    assert list(making.drift()) == []


def made() -> list[Any]:
    """The updates in the order in which they are rendered, one at a time."""
    found: list[Any] = []
    while making.make(1):
        rendered = UpdateRendition.objects.exclude(form="").values_list("update", flat=True)
        found += set(rendered) - set(found)
    return found


def latest_first() -> list[Any]:
    rows = StatusUpdate.objects.public().order_by("-published_at", "-id")
    return list(rows.values_list("pk", flat=True))


def test_updates_are_rendered_in_the_order_of_lists(record: Record) -> None:
    """So that what is read together lies together."""
    UpdateRendition.objects.all().delete()
    StatusUpdate.objects.update(note=TEXT)
    assert made() == latest_first()


def test_and_marked_in_that_order(record: Record, monkeypatch: pytest.MonkeyPatch) -> None:
    """Some are rendered while others are not yet marked; of one moment there may be more than are
    marked at once.
    """
    StatusUpdate.objects.standing().update(published_at=MOMENT)
    make_all()
    monkeypatch.setattr(making, "PAGE", 2)
    UpdateRendition.objects.update(form="another")
    found = []
    for _ in making.mark_others():
        marked = UpdateRendition.objects.filter(form="").values_list("update", flat=True)
        assert not set(marked) & set(found)
        found += [key for key in latest_first() if key in set(marked)]
        make_all()
    assert found == latest_first()
    assert not UpdateRendition.objects.filter(form="another").exists()


def test_in_whatever_order_they_lie(record: Record) -> None:
    """Lists and files have theirs; and where an update is looked up, what is said of another moment
    is not used.
    """
    paths = [path for path in PATHS if "updates" in path] + ["/export/updates.jsonl"]
    stored = list(UpdateRendition.objects.order_by("published_at", "pk"))
    for rows in (stored, stored[::-1]):
        UpdateRendition.objects.all().delete()
        UpdateRendition.objects.bulk_create(rows)
        for path in paths:
            assert_alike(path)
    UpdateRendition.objects.update(published_at=MOMENT, body=f"{texts.SPOKEN}{{}}")
    for path in [*paths[:-1], f"{paths[-1]}?status=implemented"]:
        assert_alike(path)


@pytest.mark.parametrize("languages", ["en", "ru", "kk, ru"])
@pytest.mark.parametrize("ordering", ["published_at", "-published_at"])
def test_a_file_of_all_is_read_from_renditions_alone(
    record: Record, monkeypatch: pytest.MonkeyPatch, ordering: str, languages: str
) -> None:
    """Only where all are there: one that waits, or that other code has made, is looked up."""
    path = f"/export/updates.jsonl?ordering={ordering}"
    make_all()
    looked_up: list[str] = []
    look_up = RenderedExport.looked_up

    def noting(self: Any, rows: Any) -> Any:
        looked_up.append(path)
        return look_up(self, rows)

    monkeypatch.setattr(RenderedExport, "looked_up", noting)
    asked = {"accept_language": languages}
    assert_alike(path, **asked)
    assert not looked_up
    one = StatusUpdate.objects.public().order_by("pk")[1]
    renditions = UpdateRendition.objects.filter(update=one)
    renditions.update(form="another")
    assert_alike(path, **asked)
    assert len(looked_up) == 1
    renditions.exclude(readers=renditions.values_list("readers", flat=True)[0]).delete()
    renditions.update(readers="", form="")
    assert_alike(path, **asked)
    assert len(looked_up) == 2
    for others in (
        "effective_on",
        "published_at&status=implemented",
        "published_at&programme=demo2020",
    ):
        get(f"/export/updates.jsonl?ordering={others}")
    assert len(looked_up) == 5


def test_what_is_not_public_waits_for_nothing(record: Record) -> None:
    """And of what is, the mark says when it was published."""
    Citation.objects.update(locator="p. 7")
    StatusUpdate.objects.update(note=TEXT)
    marks = UpdateRendition.objects.filter(form="", readers="")
    public = StatusUpdate.objects.public().values_list("pk", "published_at")
    assert set(marks.values_list("update", "published_at")) == set(public)
    assert not UpdateRendition.objects.exclude(form="").exists()


def test_a_mark_learns_of_another_moment(record: Record) -> None:
    update = StatusUpdate.objects.standing()[0]
    Citation.objects.filter(update=update).update(locator="p. 7")
    StatusUpdate.objects.filter(pk=update.pk).update(published_at=MOMENT)
    marks = UpdateRendition.objects.filter(update=update, readers="")
    assert marks.filter(published_at=MOMENT).count() == 1


def test_a_rendition_in_the_wrong_place_is_named(record: Record) -> None:
    make_all()
    assert list(making.drift()) == []
    some = UpdateRendition.objects.all()[:1]
    UpdateRendition.objects.filter(pk__in=[one.pk for one in some]).update(published_at=MOMENT)
    assert len(list(making.drift())) == 1


def test_marking_gives_others_their_turn_at_each_page(
    record: Record, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where hardly anything is of other code: to look at all takes long."""
    make_all()
    monkeypatch.setattr(making, "PAGE", 1)
    oldest = latest_first()[-1]
    UpdateRendition.objects.filter(update=oldest).update(form="another")
    pages = list(making.mark_others())
    assert len(pages) == StatusUpdate.objects.public().count()
    assert (sum(pages), pages[-1]) == (1, 1)


def test_what_is_rendered_is_not_marked_as_if_it_were_new(record: Record) -> None:
    make_all()
    staleness.mark_all(connection)
    assert not UpdateRendition.objects.filter(form="").exists()
    assert not PromiseRendition.objects.filter(form="").exists()
    key = latest_first()[0]
    UpdateRendition.objects.filter(update=key).delete()
    staleness.mark_all(connection)
    assert [one.update_id for one in UpdateRendition.objects.filter(form="")] == [key]
    make_all()
    assert list(making.drift()) == []


def test_of_a_withdrawn_promise_nothing_is_left(record: Record) -> None:
    promise = make_promise(30)
    make_all()
    assert PromiseRendition.objects.filter(promise=promise).count() == 3
    workflow.withdraw_object(promise, "It was never made.")
    assert list(making.drift()) == []
    make_all()
    assert list(making.drift()) == []
    assert not PromiseRendition.objects.filter(promise=promise).exists()
    assert Client().get(f"{BASE}/promises/{promise.pk}/").status_code == 410
    for path in ("/promises/", "/updates/"):
        assert_alike(path)


def rows() -> list[Any]:
    columns = ("readers", "form", "body")
    return [
        *PromiseRendition.objects.order_by("pk").values_list("promise", "part", *columns),
        *UpdateRendition.objects.order_by("pk").values_list("update", *columns),
    ]


def test_one_text_for_all_who_would_read_the_same(record: Record) -> None:
    """And none for what is not public."""
    for texts_of in (PromiseRendition, UpdateRendition):
        for one in texts_of._default_manager.all():
            assert one.readers
            assert one.form == texts.form()
            languages, _, text = one.body.partition(texts.SPOKEN)
            assert set(languages.split(",")) <= {"", *LANGUAGES}
            assert text[0] in "{["
    english = make_promise(30)
    make_all()
    found = PromiseRendition.objects.filter(promise=english, part="promise")
    assert [one.readers for one in found] == [texts.EVERYBODY]
    hidden = StatusUpdate.objects.filter(published_at=None)
    assert hidden.exists()
    assert not UpdateRendition.objects.filter(update__in=hidden).exists()


# What takes renditions away.

MOMENT = "2024-05-31T00:00:00Z"
TEXT = {"en": "Another."}
OF_THE_UPDATE = {"update__promise": "demo2020-1-1", "update__review_state": "published"}
OF_THE_PROMISE = {"promise": "demo2020-1-1"}
MADE_OF: list[tuple[Any, dict[str, Any], dict[str, Any]]] = [
    (Promise, {"pk": "demo2020-1-1"}, {"title": TEXT}),
    (Promise, {"pk": "demo2020-1-1"}, {"statement": TEXT}),
    (Promise, {"pk": "demo2020-1-1"}, {"kind": "study"}),
    (Promise, {"pk": "demo2020-1-1"}, {"commitment": "aspiration"}),
    (Promise, {"pk": "demo2020-1-1"}, {"condition": TEXT}),
    (Promise, {"pk": "demo2020-1-1"}, {"deadline_wording": TEXT}),
    (Promise, {"pk": "demo2020-1-1"}, {"deadline_on": date(2024, 5, 31)}),
    (Promise, {"pk": "demo2020-1-1"}, {"deadline_precision": "day"}),
    (Promise, {"pk": "demo2020-1-1"}, {"figures": [{"what": "seats", "value": 7}]}),
    (Promise, {"pk": "demo2020-1-1"}, {"status": "stalled"}),
    (Promise, {"pk": "demo2020-1-1"}, {"status_since": date(2024, 1, 5)}),
    (Promise, {"pk": "demo2020-1-1"}, {"verification": "official_claim"}),
    (Promise, {"pk": "demo2020-1-1"}, {"changed_at": MOMENT}),
    (Promise, {"pk": "demo2020-1-1"}, {"last_published_at": MOMENT}),
    (PromiseBody, OF_THE_PROMISE, {"role": "affected"}),
    (PromiseRelation, {"promise__programme": "demo2020"}, {"kind": "restates"}),
    (StatusUpdate, OF_THE_PROMISE, {"status": "stalled"}),
    (StatusUpdate, OF_THE_PROMISE, {"effective_on": date(2021, 1, 5)}),
    (StatusUpdate, OF_THE_PROMISE, {"assessed_on": date(2024, 5, 5), "assessed_precision": "day"}),
    (StatusUpdate, OF_THE_PROMISE, {"note": TEXT}),
    (StatusUpdate, OF_THE_PROMISE | {"review_state": "published"}, {"published_at": MOMENT}),
    *(
        (Citation, owner, change)
        for owner in (OF_THE_UPDATE, OF_THE_PROMISE)
        for change in (
            {"source": "blog-page"},
            {"stance": "disputes"},
            {"basis": "draft_act"},
            {"origin": "blog"},
            {"locator": "p. 7"},
            {"note": TEXT},
            {"paragraphs": [{"ordinal": 7, "fingerprint": "fp1:" + "a" * 64}]},
        )
    ),
    *(
        (Source, {"citations__in": citations}, change)
        for citations in (
            Citation.objects.filter(**OF_THE_UPDATE),
            Citation.objects.filter(**OF_THE_PROMISE),
        )
        for change in (
            {"title": TEXT},
            {"kind": "report"},
            {"publisher": "blog"},
            {"url": "https://another.example/"},
            {"archived_url": "https://copy.example/"},
            {"published_on": date(2020, 1, 2), "published_precision": "day"},
        )
    ),
    (Publisher, {"pk__in": ["ministry", "gazette", "daily"]}, {"name": TEXT}),
    (Publisher, {"pk__in": ["ministry", "gazette", "daily"]}, {"type": "other"}),
    (Paragraph, {}, {"text": "Other words."}),
    (Paragraph, {}, {"source": "blog-page"}),
    (Reply, {"promise": "demo2020-2-2"}, {"text": TEXT}),
    (Reply, {"promise": "demo2020-2-2"}, {"dated_on": date(2019, 1, 1)}),
    (Reply, {"promise": "demo2020-2-2"}, {"withdrawn_at": MOMENT}),
]
SHOWING = (PROMISE, "/promises/demo2020-2-2/", "/promises/?programme=demo2020", "/updates/")


def _name(one: Any) -> str:
    return getattr(one, "__name__", "") or ",".join(one)


@pytest.mark.parametrize(("model", "where", "change"), MADE_OF, ids=_name)
def test_a_statement_past_everything_takes_them_away(
    record: Record, model: Any, where: Any, change: Any
) -> None:
    """Whoever writes, and by whatever means: the database itself sees to it."""
    with by_serializers():
        before = [get(path) for path in SHOWING]
    keys = list(model.objects.filter(**where).values_list("pk", flat=True))
    assert model.objects.filter(pk__in=keys).update(**change)
    with by_serializers():
        after = [get(path) for path in SHOWING]
    assert after != before, "the case is about something that is shown"
    assert [get(path) for path in SHOWING] == after
    make_all()
    assert [get(path) for path in SHOWING] == after


def test_a_programme_whose_day_is_another_one(record: Record) -> None:
    due = {"deadline_on": date(2024, 6, 1), "deadline_precision": "day"}
    Promise.objects.filter(pk="demo2020-1-10").update(**due)
    make_all()
    path = "/promises/demo2020-1-10/?fields=timeliness"
    before = get(path)
    for zone in ("Pacific/Kiritimati", "Pacific/Pago_Pago"):
        Programme.objects.filter(pk="demo2020").update(time_zone=zone)
        assert_alike("/promises/demo2020-1-10/")
    assert get(path) != before


@pytest.mark.parametrize(
    ("model", "where"),
    [
        (Citation, OF_THE_UPDATE),
        (Citation, OF_THE_PROMISE),
        (PromiseBody, OF_THE_PROMISE),
        (PromiseRelation, {"promise__programme": "demo2020"}),
        (Promise.topics.through, OF_THE_PROMISE),
        (Paragraph, {}),
        (Reply, {"promise": "demo2020-2-2"}),
    ],
    ids=_name,
)
def test_what_belongs_to_something_comes_and_goes(record: Record, model: Any, where: Any) -> None:
    rows = list(model.objects.filter(**where))
    before = [get(path) for path in SHOWING]
    model.objects.filter(pk__in=[row.pk for row in rows]).delete()
    assert [get(path) for path in SHOWING] != before
    for path in SHOWING:
        assert_alike(path)
    make_all()
    model.objects.bulk_create(rows)
    assert [get(path) for path in SHOWING] == before


@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    steps=st.lists(
        st.tuples(
            st.sampled_from(sorted(WRITES)),
            st.sampled_from(list(Status)[1:]),
            st.lists(st.sampled_from(PATHS), min_size=1, max_size=3),
        ),
        min_size=2,
        max_size=8,
    )
)
def test_no_answer_is_ever_stale(record: Record, steps: Any) -> None:
    """Whatever is written, rendered and read in between, in any order."""
    with rolled_back():
        for number, (write, status, paths) in enumerate(steps, 20):
            WRITES[write](number, status)
            for path in paths:
                assert_alike(path)
