"""The replies of the promisor: a list of their own, and beside the status of a promise."""

from datetime import date

from reforms import ledger, workflow
from reforms.api.embedded_replies import SHOWN
from reforms.models import Promise, Reply
from tests.api.asking import Row, answer, ask, ids, problem, queries, results, unrendered
from tests.api.endpoint import DetailTests, ListTests, url
from tests.api.record import Record
from tests.fixtures import make_reply

FIRST, SECOND, FAR = "demo2020-2-2-first", "demo2020-2-2-second", "far2021-2-1-only"
FEE = "/promises/demo2020-2-2/"


def reply() -> Row:
    return {
        "id": FIRST,
        "api_url": url(f"/replies/{FIRST}/"),
        "promise": "demo2020-2-2",
        "signed_by": "Office of the President",
        "dated_on": "2024-01-19",
        "text": "The fee is ready to be signed.",
        "url": "https://president.example/replies/1",
        "public_since": "2024-01-20T09:00:00Z",
        "language": "en",
        "languages": ["en", "ru"],
    }


class TestReplies(ListTests):
    basename = "reply"
    path = "/replies/"
    rows = [SECOND, FAR, FIRST]  # the last that was filed comes first
    filters = {
        "programme": [("demo2020", f"{FIRST} {SECOND}"), ("far2021", FAR)],
        "programme_not": [("demo2020", FAR)],
        "reform": [("demo2020-2", f"{FIRST} {SECOND}"), ("demo2020-1", "")],
        "reform_not": [("demo2020-1", f"{FIRST} {SECOND} {FAR}")],
        "promise": [("demo2020-2-2", f"{FIRST} {SECOND}"), ("demo2020-1-1", "")],
        "promise_not": [("demo2020-2-2", FAR)],
    }
    combinations = [({"programme": "demo2020", "promise_not": "demo2020-2-2"}, "")]
    contradictions = [
        ({"programme": "far2021", "promise": "demo2020-2-2"}, ["promise"]),
        ({"programme": "far2021", "reform": "demo2020-2"}, ["reform"]),
        ({"reform": "demo2020-1", "promise": "demo2020-2-2"}, ["promise"]),
    ]
    orderings = {"public_since": [FIRST, FAR, SECOND], "dated_on": [FAR, SECOND, FIRST]}
    alone = {"ordering": "public_since", "limit": "1"}
    queries = ["reply"]

    def row(self, record: Record) -> Row:
        return reply()


class TestReply(DetailTests):
    basename = "reply"
    path = "/replies/"
    queries = ["reply"]

    def whole(self, record: Record) -> Row:
        return reply()

    def test_another_language(self, record: Record) -> None:
        told = answer(f"/replies/{FIRST}/", {"lang": "ru"})
        assert (told["signed_by"], told["text"]) == ("Администрация", "Пошлина готова.")

    def test_what_was_withdrawn_says_why(self, record: Record) -> None:
        workflow.withdraw_object(Reply.objects.get(pk=FAR), "It was forged.")
        assert "It was forged." in problem(ask(f"/replies/{FAR}/"), 410, "gone")["detail"]
        assert ids("/replies/") == [SECOND, FIRST]


def test_a_promise_shows_its_replies_latest_day_first(record: Record) -> None:
    told = answer(FEE)
    assert [one["id"] for one in told["replies"]] == [FIRST, SECOND]
    assert told["replies"][0] == reply()
    assert answer("/promises/far2021-2-1/")["changed_at"] == "2024-01-21T09:00:00Z"
    assert "replies" not in results("/promises/")[0]
    expanded = results("/promises/", {"expand": "replies", "fields": "id,replies"})
    assert {row["id"]: len(row["replies"]) for row in expanded}["demo2020-2-2"] == 2


def test_a_promise_shows_as_many_as_it_has_room_for(record: Record) -> None:
    unrendered()
    before = queries(FEE)
    promise = Promise.objects.get(pk="demo2020-2-2")
    for day in range(1, SHOWN + 1):
        make_reply(promise, dated_on=date(2023, 1, day))
    now = f"?known_at={ledger.head().sequence}"
    for path in (FEE, FEE + now):
        shown = [one["dated_on"] for one in answer(path)["replies"]]
        assert shown == sorted(shown, reverse=True)
        assert (len(shown), shown[0]) == (SHOWN, "2024-01-19")
    assert queries(FEE) == before


def test_both_clocks(record: Record) -> None:
    then = ledger.head().sequence
    filed = Reply.objects.get(pk=FIRST)
    filed.dated_on, filed.text = date(2023, 12, 9), {"en": "The fee is signed."}
    workflow.save(filed, "It was entered wrongly.")
    workflow.withdraw_object(Reply.objects.get(pk=SECOND), "It was forged.")

    def shown(query: Row) -> list[tuple[str, str]]:
        return [(one["id"], one["dated_on"]) for one in answer(FEE, query)["replies"]]

    assert shown({}) == [(FIRST, "2023-12-09")]
    assert shown({"as_of": "2023-12-08"}) == []
    assert shown({"known_at": str(then)}) == [(FIRST, "2024-01-19"), (SECOND, "2024-01-05")]
    assert shown({"known_at": str(then), "as_of": "2024-01-10"}) == [(SECOND, "2024-01-05")]
    far = answer("/promises/far2021-2-1/", {"known_at": str(then)})
    assert far["changed_at"] == "2024-01-21T09:00:00Z"
    assert ids("/replies/", {"known_at": str(then)}) == [SECOND, FAR, FIRST]
    remembered = answer(f"/replies/{FIRST}/", {"known_at": str(then)})
    assert {name: remembered[name] for name in reply()} == reply()


def test_the_ledger_tells_of_them_under_their_promise(record: Record) -> None:
    history = results(f"{FEE}history/", {"type": "reply"})
    assert [(one["action"], one["object_id"]) for one in history] == [
        ("create", SECOND),
        ("create", FIRST),
    ]
    assert [one["object_id"] for one in results("/changes/", {"type": "reply"})] == [
        FIRST,
        FAR,
        SECOND,
    ]
    workflow.withdraw_object(Reply.objects.get(pk=FAR), "It was forged.")
    for query in ({"programme": "far2021"}, {"reform": "far2021-2"}, {"promise": "far2021-2-1"}):
        [row] = results("/corrections/", query | {"action": "withdraw"})
        assert (row["object_id"], row["reason"]) == (FAR, "It was forged.")
