"""How the tests write to the API: with a key, or as somebody who is signed in.

| fixture | who |
|---|---|
| `lantern`, `compass` | keys of two watchdog organisations, with the scopes `submit` and `sources` |
| `trusted` | a key of `lantern`, which is trusted, with the scope `publish` as well |
| `desk` | a key of the editors, who lead the programme, with the scope `review` |
| `anna` | a contributor of `lantern`, signed in |

With each of them comes the promise `demo2020-1-1`.
"""

import json
from dataclasses import dataclass
from typing import Any

import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client

from reforms import keys, workflow
from reforms.models import Key, Organisation, Programme, Promise
from tests.api.asking import BASE, Row
from tests.fixtures import People

PAGE = {"source": "demo2020-address"}
ARTICLE = {
    "url": "https://daily.example/2022/threshold",
    "title": {"en": "Five thousand are enough"},
    "publisher": "Daily",
    "published_on": "2022-11-05",
}


def content(**more: Any) -> Row:
    """A submission without fault; `more` replaces its fields."""
    whole = {
        "promise": "demo2020-1-1",
        "status": "implemented",
        "effective_on": "2022-11",
        "note": {"en": "In force."},
        "citations": [PAGE],
    }
    return whole | more


@dataclass(slots=True)
class Sender:
    """Somebody who sends requests: `bearer` is a key's text, `user` somebody who is signed in."""

    bearer: str = ""
    user: User | None = None
    key: Key | None = None

    def send(
        self, method: str, path: str, body: Any = None, query: str = "", **headers: str
    ) -> Any:
        """The response to a request; `path` is below /api/v1, or a whole address."""
        path = path.removeprefix("http://testserver")
        path = path if path.startswith("/api/") else BASE + path
        client = Client(raise_request_exception=False)
        if self.user is not None:
            client.force_login(self.user)
        if self.bearer:
            headers["authorization"] = f"Bearer {self.bearer}"
        data: Row = {}
        if body is not None:
            text = body if isinstance(body, str | bytes) else json.dumps(body)
            data = {"data": text, "content_type": "application/json"}
        if "content_type" in headers:
            data["content_type"] = headers.pop("content_type")
        return client.generic(
            method,
            f"{path}?{query}" if query else path,
            **data,
            headers={name.replace("_", "-"): value for name, value in headers.items()},
        )

    def get(self, path: str, query: str = "", **headers: str) -> Any:
        """The response to a GET."""
        return self.send("GET", path, None, query, **headers)

    def post(self, path: str, body: Any = None, query: str = "", **headers: str) -> Any:
        """The response to a POST."""
        return self.send("POST", path, body, query, **headers)

    def patch(self, path: str, body: Any = None, query: str = "", **headers: str) -> Any:
        """The response to a PATCH; of whatever version, unless `if_match` says otherwise."""
        return self.send("PATCH", path, body, query, **({"if_match": "*"} | headers))

    def act(self, update: Any, action: str, reason: str = "", **headers: str) -> Any:
        """The response to an action on a status update, given by itself, its row or its id."""
        body = {"reason": reason} if reason else None
        path = f"/updates/{id_of(update)}/{action}/"
        return self.post(path, body, **({"if_match": "*"} | headers))

    def submitted(self, query: str = "", **more: Any) -> Row:
        """The row of a submission that has to be accepted."""
        return told(self.post("/updates/", content(**more), query), 201)


ANYBODY = Sender()


def id_of(update: Any) -> str:
    """The id of a status update, given by itself, its row or its id."""
    if isinstance(update, dict):
        update = update["id"]
    return str(getattr(update, "pk", update))


def told(response: Any, status: int = 200) -> Row:
    """The body of an answer that has to have this status."""
    assert response.status_code == status, response.content.decode()
    assert response.headers["Content-Type"] == "application/json"
    body: Row = response.json()
    return body


def pointers(response: Any) -> list[tuple[str, str]]:
    """What a 422 says is wrong, as pairs of pointer and code."""
    body = response.json()
    assert response.status_code == 422, body
    assert body["type"].endswith(":refused"), body
    for one in body["errors"]:
        assert one.keys() <= {"pointer", "code", "detail", "allowed", "nearest"}
        assert one["detail"].endswith((".", "?")), one["detail"]
    return [(one["pointer"], one["code"]) for one in body["errors"]]


def key_of(organisation: str, *scopes: str, programme: str = "") -> Sender:
    """A key of an organisation, which accepts the data licence first."""
    owner = Organisation.objects.get(pk=organisation)
    if not owner.licence_accepted:
        workflow.accept_licence(owner)
        owner.refresh_from_db()
    limit = Programme.objects.get(pk=programme) if programme else None
    key, text = keys.issue(owner, "Script", scopes, programme=limit)
    return Sender(bearer=text, key=key)


def signed_in(user: User, *permissions: str) -> Sender:
    """A user with these permissions of the app, signed in."""
    found = Permission.objects.filter(content_type__app_label="reforms", codename__in=permissions)
    assert len(found) == len(permissions)
    user.user_permissions.add(*found)
    return Sender(user=User.objects.get(pk=user.pk))


@pytest.fixture
def lantern(promise: Promise) -> Sender:
    return key_of("lantern", "submit", "sources")


@pytest.fixture
def compass(promise: Promise) -> Sender:
    return key_of("compass", "submit", "sources")


@pytest.fixture
def trusted(promise: Promise) -> Sender:
    Organisation.objects.filter(pk="lantern").update(trusted=True)
    return key_of("lantern", "submit", "publish")


@pytest.fixture
def desk(promise: Promise) -> Sender:
    return key_of("editors", "review")


@pytest.fixture
def anna(promise: Promise, people: People) -> Sender:
    workflow.accept_licence(Organisation.objects.get(pk="lantern"))
    return signed_in(
        people.anna, "add_statusupdate", "change_statusupdate", "add_source", "change_source"
    )
