"""What the benchmark makes of its measurements: ratios, goals, a table, a picture; and that it
measures nobody who answers otherwise.
"""

import json
import threading
from collections.abc import Iterator
from copy import deepcopy
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import islice, repeat
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element

import pytest
from benchmark import agreement, load, picture, report, sets
from benchmark.agreement import Disagreement
from benchmark.rounds import Measured
from defusedxml.ElementTree import fromstring
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.scripts.results import made

pytestmark = pytest.mark.without_database

ROOT = Path(__file__).resolve().parents[2]
RESULTS = ROOT / "docs" / "benchmark" / "results.json"
SVG = "{http://www.w3.org/2000/svg}"


def measured(**rates: list[float]) -> Measured:
    rest = [{name: [1.0] * len(some) for name, some in rates.items()} for _ in range(4)]
    return Measured(rates, *rest)


class TestRatios:
    def test_are_of_the_rounds(self) -> None:
        """A machine that is slow for a round is slow for both: their ratio stays."""
        found = report.summed(measured(ours=[100, 50, 120], raw=[200, 100, 120]))
        assert found["raw"]["ratio"] == 0.5
        assert (found["raw"]["lowest"], found["raw"]["highest"]) == (0.5, 1.0)
        assert found["ours"]["rate"] == 100

    @settings(max_examples=50)
    @given(st.lists(st.tuples(*[st.floats(1, 1e5)] * 2), min_size=1, max_size=9))
    def test_lie_within_their_spread(self, rates: list[tuple[float, float]]) -> None:
        ours, raw = (list(some) for some in zip(*rates, strict=True))
        found = report.summed(measured(ours=ours, raw=raw))
        assert found["ours"]["ratio"] == 1
        assert found["raw"]["lowest"] <= found["raw"]["ratio"] <= found["raw"]["highest"]


class TestGoals:
    @pytest.mark.parametrize("goal", report.GOALS, ids=lambda goal: goal.work)
    def test_are_reached_by_the_bound_itself(self, goal: report.Goal) -> None:
        results, bound = made(), goal.bound
        at = report.Goal(goal.work, lambda _: bound, bound, goal.most)
        off = report.Goal(
            goal.work, lambda _: bound + (0.01 if goal.most else -0.01), bound, goal.most
        )
        assert at.reached(results)
        assert not off.reached(results)
        assert isinstance(goal.found(results), int | float)

    def test_which_are_missed_is_said(self) -> None:
        by_work = {goal.work: goal for goal in report.GOALS}
        few, many = made(0.5), made(30)
        raw = by_work["list of 50, filtered, not cached ÷ raw"]
        deep = by_work["page 1,800, or the last, against page 1: time"]
        assert not raw.reached(few)
        assert raw.reached(many)
        assert not deep.reached(few), "twice the time"
        assert deep.reached(many)

    def test_have_a_row_each(self) -> None:
        rows = report.table(made()).splitlines()[2:]
        assert len(rows) == len(report.GOALS)
        assert rows[0] == (
            "| list of 50, filtered, not cached ÷ raw | at least 0.8 × | 1 × | 0.9 to 1.1 | reached |"
        )
        assert all(row.endswith(("| reached |", "| not reached |")) for row in rows)


class TestPicture:
    def drawn(self, *bars: picture.Bar) -> Element:
        root: Element = fromstring(picture.drawn(list(bars)))
        return root

    def test_says_what_it_shows(self) -> None:
        root = self.drawn(*report.bars(made()))
        assert root.get("role") == "img"
        title, text = root.find(f"{SVG}title"), root.find(f"{SVG}desc")
        assert title is not None
        assert text is not None
        assert root.get("aria-labelledby") == f"{title.get('id')} {text.get('id')}"
        said = [one.text for one in root.iter(f"{SVG}text")]
        assert {goal.work for goal in report.GOALS} <= set(said)

    def test_needs_nothing_that_a_strict_page_refuses(self) -> None:
        for one in self.drawn(*report.bars(made())).iter():
            assert one.tag not in {f"{SVG}script", f"{SVG}style"}
            assert not [name for name in one.attrib if name == "style" or name.startswith("on")]

    def test_escapes_names(self) -> None:
        said = [one.text for one in self.drawn(picture.Bar("a < b & c", 1, True, "1 <")).iter()]
        assert "a < b & c" in said
        assert "1 < ✓" in said

    @settings(max_examples=50)
    @given(st.floats(0, 1e9))
    def test_stays_within_its_frame(self, passed: float) -> None:
        root = self.drawn(picture.Bar("one", passed, passed >= 1, ""))
        bar = list(root.iter(f"{SVG}rect"))[1]
        assert 0 < float(bar.get("width", 0)) <= picture.WIDTH
        goal = picture.WIDTH * -picture.LEAST / (picture.MOST - picture.LEAST)
        if passed >= 1:
            assert float(bar.get("width", 0)) >= goal
        elif passed < 0.99:
            assert float(bar.get("width", 0)) < goal


OURS: dict[str, Any] = {
    "id": "bench1-1-1",
    "programme": "bench1",
    "number": 1,
    "statement": "A law is to be passed.",
    "kind": "study",
    "status": "implemented",
    "status_since": "2022-01-01",
    "verification": "documented",
    "contested": False,
    "deadline": None,
    "changed_at": "2026-06-01T00:00:00Z",
    "topics": ["topic-1", "topic-2"],
    "updates": [
        {"id": "u1", "citations": [{"source": {"id": "s1"}}]},
        {"id": "u2", "citations": []},
    ],
}
# The same as columns of a table say it, and as the framework does.
THEIRS: dict[str, Any] = {
    **{
        name: OURS[name]
        for name in ("id", "number", "kind", "status", "status_since", "verification")
    },
    "programme_id": "bench1",
    "statement": '{"en": "A law is to be passed.", "kk": "Заң қабылданады."}',
    "contested": 0,
    "deadline_on": None,
    "changed_at": "2026-06-01 00:00:00.000000",
    "topics": '["topic-2", "topic-1"]',
    "updates": [
        {"id": "u2", "citations": []},
        {"id": "u1", "citations": [{"source": {"id": "s1"}}]},
    ],
    "statement_digest": "what we do not have",
}


class TestAgreement:
    def test_is_of_meaning_and_not_of_spelling(self) -> None:
        agreement.compare(agreement.rows({"results": [OURS]}), agreement.rows({"rows": [THEIRS]}))
        agreement.compare(agreement.rows(OURS), agreement.rows(OURS), whole=True)

    @pytest.mark.parametrize(
        ("name", "value", "place"),
        [
            ("status", "stalled", "bench1-1-1.status"),
            ("statement", '{"en": "Another."}', "bench1-1-1.statement"),
            ("contested", 1, "bench1-1-1.contested"),
            ("programme_id", "bench2", "bench1-1-1.programme"),
            ("changed_at", "2026-06-01 00:00:01", "bench1-1-1.changed_at"),
            ("topics", '["topic-1"]', "bench1-1-1.topics"),
            ("updates", [{"id": "u1"}, {"id": "u3"}], r"bench1-1-1.updates\[1\].id"),
        ],
    )
    def test_fails_on_any_other_value(self, name: str, value: Any, place: str) -> None:
        with pytest.raises(Disagreement, match=place):
            agreement.compare([OURS], agreement.rows([THEIRS | {name: value}]))

    def test_goes_down_to_the_last_citation(self) -> None:
        other = deepcopy(OURS)
        other["updates"][0]["citations"][0]["source"]["id"] = "s2"
        with pytest.raises(Disagreement, match=r"citations\[0\].source.id is 's2'"):
            agreement.compare([OURS], [other])

    def test_fails_on_other_rows_and_another_order(self) -> None:
        second = OURS | {"id": "bench1-1-2"}
        for found in ([OURS], [second, OURS], []):
            with pytest.raises(Disagreement, match="ids"):
                agreement.compare([OURS, second], found)

    def test_the_raw_limit_may_leave_out_nothing(self) -> None:
        less = {name: value for name, value in OURS.items() if name != "deadline"}
        agreement.compare([OURS], [less])
        with pytest.raises(Disagreement, match="lacks deadline"):
            agreement.compare([OURS], [less], whole=True)


class Answers(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        body = self.path.encode()
        chunked = self.path.startswith("/chunked")
        self.send_response(404 if self.path == "/absent" else 200)
        self.send_header(
            *(("Transfer-Encoding", "chunked") if chunked else ("Content-Length", str(len(body))))
        )
        self.end_headers()
        self.wfile.write(b"%x\r\n%s\r\n0\r\n\r\n" % (len(body), body) if chunked else body)

    def log_message(self, *_: Any) -> None:
        pass


class TestClient:
    @pytest.fixture
    def port(self) -> Iterator[int]:
        with ThreadingHTTPServer(("127.0.0.1", 0), Answers) as server:
            server.handle_error = lambda *_: None  # the client leaves before its last answer
            threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
            yield server.server_port
            server.shutdown()

    def test_reads_answers_of_both_kinds(self, port: int) -> None:
        assert load.ask(port, "/plain") == (200, b"/plain")
        assert load.ask(port, "/chunked") == (200, b"/chunked")

    def test_counts_answers_of_the_right_status_only(self, port: int) -> None:
        taken = load.press(port, repeat("/chunked"), 0.05, 200, lambda _: "")
        assert taken.rate * taken.seconds == pytest.approx(len(taken.latencies))
        assert all(0 < one <= taken.seconds for one in taken.latencies)
        with pytest.raises(SystemExit, match="answered 404"):
            load.press(port, repeat("/absent"), 0.05, 200, lambda _: "")


@settings(max_examples=50)
@given(st.integers(100, 1_000_000))
def test_questions_are_about_every_programme_once_before_any_comes_again(promises: int) -> None:
    programmes = promises // 100
    few = min(programmes, 300)
    asked = [reform for reform, _ in islice(sets.questions(promises), few)]
    assert len(set(asked)) == few
    assert all(
        1 <= int(one.removeprefix("bench").removesuffix("-1")) <= programmes for one in asked
    )


def test_the_document_says_what_was_measured() -> None:
    """`make bench` writes both; whoever edits one of them by hand is told here."""
    text = report.DOCUMENT.read_text(encoding="utf-8")
    found = text[text.index(report.BEGIN) : text.index(report.END) + len(report.END)]
    if not RESULTS.exists():
        assert found == f"{report.BEGIN}\n\n{report.END}", "figures that nobody has measured"
        return
    results = json.loads(RESULTS.read_text(encoding="utf-8"))
    assert found == report.written(results)
    assert RESULTS.with_name("ratios.svg").read_text(encoding="utf-8") == picture.drawn(
        report.bars(results)
    )
