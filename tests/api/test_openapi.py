"""The OpenAPI document is complete and true: it is compared with what the service does."""

import json
from copy import deepcopy
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from django.conf import settings
from django.core.management import call_command
from django.test import override_settings
from django.urls import get_resolver

from reforms import keys, ledger, webhooks, workflow
from reforms.api import urls
from reforms.api.errors import PROBLEMS
from reforms.exports import FORMATS
from reforms.models import (
    LedgerEntry,
    Organisation,
    Programme,
    Topic,
    Webhook,
    WebhookAttempt,
)
from reforms.releases import urls as release_urls
from reforms.statistics import Grouping
from reforms.vocabulary import PUBLIC_STATES, ReviewState, Status
from reforms.webhooks import messages
from tests.api.asking import Row, ask, results
from tests.api.documents import Reader, document, operations
from tests.api.record import Record
from tests.api.sending import ANYBODY, ARTICLE, Sender, content, key_of
from tests.fixtures import rolled_back
from tests.webhooks.places import reachable

WHOLE = document()
OPERATIONS = operations(WHOLE)
WRITES = {name: one for name, one in OPERATIONS.items() if "requestBody" in one[1]}
# The only one that sends nothing.
DELETIONS = {"webhook_delete"}
READS = {name: one for name, one in OPERATIONS.items() if name not in WRITES.keys() | DELETIONS}
# What is shown to an organisation's key alone: nobody else is told anything.
KEYED = {"key_retrieve", "webhook_list", "webhook_retrieve", "webhook_delivery_list"}
EXPORTED = {name for name in OPERATIONS if name.startswith("export_")}
PARAMETERS = [
    (name, parameter)
    for name, (_, operation) in OPERATIONS.items()
    for parameter in operation.get("parameters", [])
]
# The questions of exports are those of their lists, and would take as long again: what differs is
# tested in test_exports.py.
QUESTIONS = [
    (name, parameter)
    for name, parameter in PARAMETERS
    if name in READS and name not in EXPORTED and parameter["in"] == "query"
]
# What only those may ask who say who they are.
PRIVATE = {"submission", "submitted_at", "-submitted_at"} | {
    state.value for state in ReviewState if state not in PUBLIC_STATES
}
EXPANSIONS = {
    "programme": "lead_organisation,announced_by",
    "reform": "programme",
    "promise": "programme,reform,bodies,topics",
    "update": "promise,organisation",
    "source": "publisher",
}


def id_of(case: Any) -> str:
    return f"{case[0]}:{case[1]['name']}"


# Valid.


def test_valid_without_a_warning(tmp_path: Path) -> None:
    call_command("spectacular", "--validate", "--fail-on-warn", file=str(tmp_path / "api.yaml"))


def test_served_as_yaml_and_json() -> None:
    assert ask("/api/schema/").content.startswith(b"openapi: 3.0.3")
    assert ask("/api/schema/", accept="application/json").json() == WHOLE


# Complete.


def test_every_address_is_documented() -> None:
    """And nothing else is."""
    documented = {path for path, _ in OPERATIONS.values()}
    served = set()
    for pattern in (*urls.urlpatterns, *release_urls.urlpatterns):
        route = str(pattern.pattern).removeprefix("^").replace(r"\Z", "").replace(r"\.", ".")
        for name in getattr(pattern.pattern, "regex", get_resolver().pattern.regex).groupindex:
            start = route.index(f"(?P<{name}>")
            end = start + len(f"(?P<{name}>") + route[start + len(f"(?P<{name}>") :].index(")") + 1
            shown = "id" if name == "pk" else name
            route = f"{route[:start]}{{{shown}}}{route[end:]}"
        served.add(f"/api/v1/{route}")
    assert documented == served


@pytest.mark.parametrize("name", OPERATIONS)
def test_every_operation(name: str) -> None:
    path, operation = OPERATIONS[name]
    assert operation["description"].endswith(".")
    assert operation["tags"]
    told = {status for status in operation["responses"] if status < "400"}
    assert set(operation["responses"]) - told == refusals_of(name, path)
    for status, response in operation["responses"].items():
        assert response["description"]
        kinds = kinds_of(name) if status < "400" else ["application/problem+json"]
        assert status in ("204", "304") or list(response["content"]) == kinds


def refusals_of(name: str, path: str) -> set[str]:
    """The statuses of all that may go wrong."""
    statuses = {"400", "401", "406", "429", "500"}
    if name in DELETIONS:
        statuses |= {"403", "404", "503"}
    elif name == "release_file_retrieve":
        statuses = statuses - {"406"} | {"404"}
    elif name in EXPORTED:
        # The address says the format; several at once have to wait.
        statuses = statuses - {"406"} | {"404", "503"}
    elif name in WRITES:
        statuses |= {"403", "413", "415", "422", "503"}
        statuses |= {"404"} if "{id}" in path else set()
        # What an organisation sets for itself, no other changes behind its back.
        if "{id}" in path and not name.startswith("webhook_"):
            statuses |= {"409", "412", "428"}
    elif "{" in path:
        statuses |= {"404"} if path.endswith("/history/") else {"404", "410"}
    return statuses


def kinds_of(name: str) -> list[str]:
    """The media types of what is answered."""
    if name in EXPORTED:
        return [one.media_type.partition(";")[0] for one in FORMATS.values()]
    return ["application/octet-stream" if name == "release_file_retrieve" else "application/json"]


@pytest.mark.parametrize("name", WRITES)
def test_every_write(name: str) -> None:
    """It says who may, what is sent, with an example that is right, and how it is tried out."""
    _, operation = WRITES[name]
    assert operation["security"] == [{"key": []}, {"cookieAuth": []}]
    headers = {one["name"] for one in operation["parameters"] if one["in"] == "header"}
    assert ("If-Match" in headers) == ("428" in operation["responses"])
    assert ("Idempotency-Key" in headers) == (name not in ("update_revise", "webhook_change"))
    assert "dry_run" in {one["name"] for one in operation["parameters"]}
    content = operation["requestBody"]["content"]["application/json"]
    jsonschema.Draft202012Validator(content["schema"]).validate(content["example"])
    created = operation["responses"].get("201")
    assert created is None or "Location" in created["headers"]


@pytest.mark.parametrize("name", READS)
def test_reading_needs_no_name(name: str) -> None:
    assert ({} in READS[name][1]["security"]) == (name not in KEYED)


@pytest.mark.parametrize("case", PARAMETERS, ids=id_of)
def test_every_parameter(case: tuple[str, Row]) -> None:
    """It is described, and shows its values or an example."""
    _, parameter = case
    assert parameter["description"].endswith("."), parameter
    schema = parameter["schema"]
    values = schema.get("items", schema)
    assert (
        "example" in parameter
        or "enum" in values
        or values["type"] in ("boolean", "integer")
        or parameter["name"] == "cursor"
    ), parameter
    if schema["type"] == "array":
        assert (parameter["style"], parameter["explode"]) == ("form", False)


def test_every_word_is_explained() -> None:
    """A vocabulary in the document says what its words mean."""
    schema = WHOLE["components"]["schemas"]["StatusEnum"]
    assert schema["enum"] == Status.values()
    for term in Status:
        assert f"`{term.value}` - {term.meaning}" in schema["description"]


def test_every_problem() -> None:
    types = WHOLE["components"]["schemas"]["Problem"]["properties"]["type"]["enum"]
    assert types == [f"urn:reform-tracker:problem:{name}" for name in PROBLEMS]


# True.


def ask_documented(name: str, query: Row, **headers: str) -> Any:
    path, _ = OPERATIONS[name]
    ids = {
        "{promise}": "demo2020-1-1",
        "programme": "demo2020",
        "reform": "demo2020-1",
        "promise": "demo2020-1-1",
        "source": "daily-page",
        "publisher": "daily",
        "body": "court",
        "topic": "courts",
        "organisation": "editors",
        "reply": "far2021-2-1-only",
    }
    if name.startswith("webhook_"):
        headers["authorization"] = f"Bearer {subscriber().bearer}"
        ids["webhook"] = str(Webhook.objects.all()[0].pk)
        path = path.replace("{webhook}", ids["webhook"])
    path = path.replace("{promise}", ids["{promise}"]).replace("{extension}", "jsonl")
    if name.startswith("release_"):
        # What may be asked is looked at first; tests/releases has the rest.
        path = path.replace("{id}", "2024-01-01-1").replace("{path}", "datapackage.json")
    elif "{id}" in path:
        singular = name.removesuffix("_retrieve")
        if singular == "update":
            ids["update"] = results("/updates/", {"limit": "1"})[0]["id"]
        path = path.replace("{id}", ids[singular])
    response = ask(path, query, **headers)
    if response.streaming:  # a file that is not read to its end keeps its place
        assert b"".join(response.streaming_content) or response.headers["Export-Rows"] == "0"
    return response


def subscriber() -> Sender:
    """A key of lantern, which has a webhook."""
    sender = key_of("lantern", "webhooks")
    if not Webhook.objects.exists():
        lantern = Organisation.objects.get(pk="lantern")
        webhooks.subscribe(lantern, name="x", url="https://x.example/", origin="http://testserver")
    return sender


def values_of(parameter: Row) -> list[Any]:
    """The values that the document lists, and those at its bounds."""
    schema = parameter["schema"]
    match schema["type"]:
        case "boolean":
            return ["true", "false"]
        case "integer":
            return [schema[key] for key in ("minimum", "maximum", "default") if key in schema]
    return list(schema.get("items", schema).get("enum", ()))


def default_of(parameter: Row) -> str:
    if parameter["name"] == "ordering":
        return parameter["description"].rpartition("Without it: `")[2].removesuffix("`.")  # type: ignore[no-any-return]
    return str(parameter["schema"].get("default", "")).replace("False", "false")


@pytest.mark.parametrize("case", [one for one in QUESTIONS if values_of(one[1])], ids=id_of)
def test_every_documented_value_is_accepted(record: Record, case: tuple[str, Row]) -> None:
    name, parameter = case
    for value in values_of(parameter):
        query = {parameter["name"]: value}
        if name.endswith("_list") and "assessment" not in name:
            query = {"limit": "1"} | query
        if value in ("relevance", "-relevance"):
            query["search"] = "court"
        headers = {}
        if value in PRIVATE:
            headers["authorization"] = f"Bearer {key_of('editors', 'review').bearer}"
            query |= {"review_state": "submitted"} if "submitted_at" in value else {}
        response = ask_documented(name, query, **headers)
        if (parameter["name"], value) == ("status", "not_assessed") and "update" in name:
            assert response.status_code == 400  # no update asserts it
        else:
            assert response.status_code == 200, (query, response.content)


@pytest.mark.parametrize("case", [one for one in QUESTIONS if default_of(one[1])], ids=id_of)
def test_every_default(record: Record, case: tuple[str, Row]) -> None:
    name, parameter = case
    with_it = ask_documented(name, {parameter["name"]: default_of(parameter)})
    assert with_it.json() == ask_documented(name, {}).json()


@pytest.mark.parametrize("name", READS)
def test_unknown_parameters_are_refused_everywhere(record: Record, name: str) -> None:
    assert ask_documented(name, {"staus": "x"}).status_code == 400


def test_answers_are_as_documented(record: Record) -> None:
    """Every answer about the record fits the document, and holds nothing that it leaves out."""
    reader = Reader(WHOLE)
    reader.check("root", ask("/"))
    for singular in ("programme", "reform", "promise", "update", "source"):
        _check_all(reader, singular, EXPANSIONS[singular])
    for singular in ("publisher", "body", "topic", "organisation", "reply"):
        _check_all(reader, singular, "")
    for row in results("/promises/"):
        for below, operation in (
            ("updates", "promise_update_list"),
            ("assessments", "promise_assessment_list"),
            ("history", "promise_history_list"),
        ):
            reader.check(operation, ask(f"{row['api_url']}{below}/"))
    reader.check("change_list", ask("/changes/", {"limit": "1000"}))
    reader.check("change_head_retrieve", ask("/changes/head/"))
    reader.check("correction_list", ask("/corrections/"))
    for query in ({}, {"as_of": "2024-06-01"}, {"organisation": "lantern"}):
        reader.check("statistics_agreement_retrieve", ask("/statistics/agreement/", query))
    for query in ({}, {"as_of": "2024-06-01"}, *({"group_by": one} for one in Grouping.values())):
        reader.check("statistics_retrieve", ask("/statistics/", query))
    for query in ({}, {"as_of": "2024-06-01"}, {"interval": "year", "status": "stalled"}):
        reader.check("statistics_timeseries_retrieve", ask("/statistics/timeseries/", query))
    reader.check("promise_list", ask("/promises/", {"expand": "citations,updates,replies"}))
    reader.check("promise_list", ask("/promises/", {"limit": "1", "count": "true"}))
    reader.check("promise_list", ask("/promises/", {"staus": "implemented"}))
    reader.check("promise_retrieve", ask("/promises/nobody/"))
    reader.check("promise_list", ask("/promises/", accept="text/html"))
    today = {"as_of": "2024-06-01"}
    reader.check("promise_list", ask("/promises/", today))
    for below in ("assessment", "update"):
        address = f"/promises/demo2020-1-1/{below}s/"
        reader.check(f"promise_{below}_list", ask(address, today))
    with rolled_back():
        topic = Topic(id="gone", name={"en": "Gone"})
        workflow.save(topic)
        workflow.withdraw_object(topic, "Nobody needs it.")
        reader.check("topic_retrieve", ask("/topics/gone/"))
    with rolled_back():
        _check_writes(reader)
    unmet = {
        (component, name)
        for component, name in reader.properties() - reader.met
        # Releases are made by a command, and compared with the document in tests/releases.
        if component not in ("PaginatedReleaseList", "Release", "ReleaseFile", "Licence")
        and not (component.startswith("Paginated") and name in ("next", "previous", "count"))
        and not component.endswith("Enum")
    }
    assert unmet == set(), "documented, and in no answer"


def _check_writes(reader: Reader) -> None:
    """The life of a submission, with every sort of refusal."""
    lantern, desk = key_of("lantern", "submit", "sources"), key_of("editors", "review")
    with override_settings(LIMITS=settings.LIMITS | {"key-read": [(600, "min", 60)]}):
        reader.check("key_retrieve", lantern.get("/key/"))
        _, text = keys.issue(
            Organisation.objects.get(pk="lantern"),
            "Limited",
            ["submit"],
            programme=Programme.objects.get(pk="far2021"),
            expires_at=datetime.now(UTC) + timedelta(days=1),
        )
        reader.check("key_retrieve", Sender(bearer=text).get("/key/"))
    _check_webhooks(reader)
    reader.check("source_create", lantern.post("/sources/", ARTICLE))
    reader.check("source_create", lantern.post("/sources/", ARTICLE, "dry_run=true"))
    body = content(promise="demo2020-0-1", external_id="x")
    reader.check("update_create", lantern.post("/updates/", body, "dry_run=true"))
    response = lantern.post("/updates/", body)
    reader.check("update_create", response)
    row = response.json()
    reader.check("update_create", lantern.post("/updates/", {"stutus": 1}))
    reader.check("update_create", lantern.post("/updates/", "{"))
    reader.check("update_create", lantern.post("/updates/", body, content_type="text/plain"))
    reader.check("update_create", ANYBODY.post("/updates/", body))
    reader.check("update_create", desk.post("/updates/", body))
    reader.check("update_list", lantern.get("/updates/", "review_state=submitted"))
    reader.check("update_revise", lantern.patch(row["api_url"], {"status": "stalled"}))
    reader.check("update_revise", lantern.patch(row["api_url"], {}, if_match='"9-x"'))
    reader.check("update_request_changes", desk.act(row, "request-changes", "Which article?"))
    reader.check("update_retrieve", lantern.get(row["api_url"]))
    reader.check("update_resubmit", lantern.act(row, "resubmit"))
    reader.check("update_publish", desk.post(f"/updates/{row['id']}/publish/"))
    reader.check("update_publish", desk.act(row, "publish"))
    reader.check("update_publish", desk.act(row, "publish"))
    del body["promise"], body["external_id"]
    path = f"/updates/{row['id']}/supersede/"
    response = lantern.post(path, body | {"reason": "It stopped."}, if_match="*")
    reader.check("update_supersede", response)
    reader.check("update_withdraw", lantern.act(response.json(), "withdraw"))
    reader.check("update_remove", desk.act(row, "remove", "A private person."))
    reader.check("update_retract", lantern.act(row, "retract", "We misread it."))
    other = lantern.submitted(promise="demo2020-0-1")
    rows = [content(external_id="y"), content(status="no")]
    batch = "/updates/batch/"
    reader.check("update_batch_create", lantern.post(batch, json.dumps(rows)))
    reader.check("update_batch_create", lantern.post(batch, json.dumps(rows), "partial=true"))
    reader.check("update_batch_create", lantern.post(batch, json.dumps(rows[:1]), "dry_run=true"))
    table = "promise,status,effective_on,url\ndemo2020-1-1,no,2022,x"
    reader.check("update_batch_create", lantern.post(batch, table, content_type="text/csv"))
    reader.check("update_reject", desk.act(other, "reject", "About another law."))


def _check_webhooks(reader: Reader) -> None:
    """The life of a subscription."""
    lantern = key_of("lantern", "webhooks")
    body = {
        "name": "Newsroom",
        "url": "https://site.test/",
        "filters": {
            "type": ["update"],
            "action": ["publish"],
            "programme": ["demo2020"],
            "reform": ["demo2020-1"],
            "promise": ["demo2020-1-1"],
            "organisation": ["lantern"],
        },
    }
    with reachable():
        reader.check("webhook_create", lantern.post("/webhooks/", body, "dry_run=true"))
        made = lantern.post("/webhooks/", body)
        reader.check("webhook_create", made)
        address = f"/webhooks/{made.json()['id']}/"
        change = {"name": "Desk", "filters": {}}
        reader.check("webhook_change", lantern.patch(address, change, if_match=""))
    reader.check("webhook_change", lantern.patch(address, {"url": "http://10.0.0.1/"}))
    reader.check("webhook_rotate_secret", lantern.post(f"{address}rotate-secret/"))
    reader.check("webhook_ping", lantern.post(f"{address}ping/", query="dry_run=true"))
    reader.check("webhook_ping", lantern.post(f"{address}ping/"))
    for entry in LedgerEntry.objects.all():
        reader.check_event(messages.of_entry(entry, "http://testserver").body)
    reader.check("webhook_replay", lantern.post(f"{address}replay/", {"after": 3}))
    moment = datetime.now(UTC)
    failing = {"failures": 1, "failing_since": moment, "next_attempt_at": moment}
    Webhook.objects.update(**failing)
    reader.check("webhook_retrieve", lantern.get(address))
    Webhook.objects.update(previous_until=moment + timedelta(days=1))
    reader.check("webhook_disable", lantern.post(f"{address}disable/"))
    reader.check("webhook_enable", lantern.post(f"{address}enable/", {"resume_from": "now"}))
    WebhookAttempt.objects.create(
        webhook=Webhook.objects.get(),
        message="entry_1",
        type="update.publish",
        sequence=1,
        number=1,
        at=moment,
        milliseconds=20,
        outcome="refused",
        status=500,
        detail="It answered 500.",
        answer="Oh no.",
    )
    reader.check("webhook_delivery_list", lantern.get(f"{address}deliveries/", "limit=1"))
    reader.check("webhook_list", lantern.get("/webhooks/"))
    assert lantern.send("DELETE", address).status_code == 204
    reader.check("webhook_delete", lantern.send("DELETE", address))


def _check_all(reader: Reader, singular: str, expand: str) -> None:
    path, _ = OPERATIONS[f"{singular}_list"]
    known = {"known_at": str(ledger.head().sequence)}
    for query in ({}, {"lang": "kk"}, known, *([{"expand": expand}] if expand else [])):
        reader.check(f"{singular}_list", ask(path, query))
        for row in results(path, {"fields": "api_url"}):
            if "lang" not in query:
                reader.check(f"{singular}_retrieve", ask(row["api_url"], query))


def test_the_example_of_an_error_is_one(record: Record) -> None:
    content = OPERATIONS["promise_list"][1]["responses"]["400"]["content"]
    example = deepcopy(content["application/problem+json"]["example"])
    told = ask("/promises/", {"stauts": "implemented"}).json()
    allowed = example["errors"][0].pop("allowed")
    assert set(allowed) - {"…"} <= set(told["errors"][0].pop("allowed"))
    assert told == example
