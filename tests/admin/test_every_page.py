"""Every address and every bulk action of the admin opens for whom a table says, and for nobody else.

A new one without a decision fails here, and the message says which. Add it to `MODELS`, `PAGES` or
`ACTIONS`; where its address has parts of its own, also to `parts_of`.
"""

from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib import admin
from django.contrib.auth.models import Group, User
from django.contrib.contenttypes.models import ContentType
from django.test import Client, RequestFactory
from django.urls import URLPattern, URLResolver, reverse

from reforms.models import Promise, StatusUpdate
from tests.admin.browser import list_of
from tests.admin.conftest import Staff
from tests.admin.test_pages import fill, shown_to_all
from tests.fixtures import make_update, row

# Who: an account without a role is `stranger`; `anna` is a contributor; `root` a superuser.
PEOPLE = ("anonymous", "stranger", "anna", "reviewer", "curator", "root")
NOBODY: set[str] = set()
ROOT = {"root"}
CURATORS = {"curator", *ROOT}
JUDGES = {"reviewer", *CURATORS}
CONTRIBUTORS = {"anna", *CURATORS}
ALL_ROLES = {"anna", *JUDGES}
SIGNED_IN = {"stranger", *ALL_ROLES}
ANONYMOUS = {"anonymous"}

# The pages of a kind of object, by the last word of their names.
RECORD = {
    "changelist": ALL_ROLES,
    "change": ALL_ROLES,
    "ledger": ALL_ROLES,
    "history": JUDGES,
    "add": CURATORS,
    "withdraw": CURATORS,
    "delete": NOBODY,
}
SHOWN = {
    "changelist": ALL_ROLES,
    "change": ALL_ROLES,
    "history": JUDGES,
    "add": NOBODY,
    "delete": NOBODY,
}
LETTER = dict.fromkeys(("changelist", "change", "history", "decline", "delete"), CURATORS) | {
    "add": NOBODY
}
OF_ROOT = dict.fromkeys(("changelist", "change", "history", "add", "delete"), ROOT)
MODELS = {
    "auth_group": OF_ROOT,
    "auth_user": OF_ROOT | {"changelist": CURATORS, "change": CURATORS, "password_change": ROOT},
    "reforms_body": RECORD,
    "reforms_citation": SHOWN,
    "reforms_errorreport": LETTER | {"accept": CURATORS, "answer": CURATORS},
    "reforms_import": SHOWN
    | {"changelist": CONTRIBUTORS, "change": CONTRIBUTORS}
    | {"history": CURATORS, "errors": CONTRIBUTORS},
    "reforms_key": SHOWN
    | {"changelist": CURATORS, "change": CURATORS, "history": CURATORS, "add": CURATORS}
    | {"rotate": CURATORS, "revoke": CURATORS},
    "reforms_ledgerentry": SHOWN | {"history": NOBODY},
    "reforms_organisation": RECORD | {"history": CURATORS, "accept_licence": CURATORS},
    "reforms_paragraph": SHOWN | {"changelist": JUDGES, "change": JUDGES},
    "reforms_programme": RECORD,
    "reforms_promise": RECORD | {"import": CURATORS, "export": ALL_ROLES},
    "reforms_proposedreply": LETTER,
    "reforms_publisher": RECORD,
    "reforms_reform": RECORD,
    "reforms_reply": RECORD,
    "reforms_seedrecord": SHOWN | {"changelist": CURATORS, "change": CURATORS, "history": CURATORS},
    "reforms_source": RECORD
    | {"add": CONTRIBUTORS, "read": JUDGES, "select": CURATORS, "check_link": CURATORS}
    | {"import": CONTRIBUTORS, "export": ALL_ROLES},
    "reforms_statusupdate": {page: who for page, who in RECORD.items() if page != "withdraw"}
    | {"add": CONTRIBUTORS, "act": JUDGES, "queue": JUDGES, "review": JUDGES}
    | {"import": CONTRIBUTORS, "export": ALL_ROLES},
    "reforms_topic": RECORD,
    "reforms_webhook": SHOWN
    | {"changelist": CURATORS, "change": CURATORS, "history": CURATORS}
    | dict.fromkeys(("ping", "replay", "rotate", "enable", "disable"), CURATORS),
}
PAGES = {
    "index": SIGNED_IN,
    "login": ANONYMOUS,
    "code": NOBODY,  # before a right password
    "logout": SIGNED_IN,
    "second_factor": SIGNED_IN,
    "password_change": SIGNED_IN,
    "password_change_done": SIGNED_IN,
    "jsi18n": SIGNED_IN,
    "autocomplete": ALL_ROLES,
    "view_on_site": NOBODY,
    "app_list": ALL_ROLES,
} | {f"{model}_{page}": who for model, pages in MODELS.items() for page, who in pages.items()}
ASKED = {
    "autocomplete": {"app_label": "reforms", "model_name": "statusupdate", "field_name": "promise"}
}

ACTIONS = {
    "group": {"delete_selected": ROOT},
    "user": {"delete_selected": ROOT},
    "statusupdate": {
        "publish": ALL_ROLES,  # a contributor only for an organisation that is trusted
        "request_changes": JUDGES,
        "reject": JUDGES,
        "remove": CURATORS,
        "withdraw": CONTRIBUTORS,
        "resubmit": CONTRIBUTORS,
        "retract": CONTRIBUTORS,
    },
    "key": {"revoke_selected": CURATORS},
    **{name: {"decline_selected": CURATORS} for name in ("errorreport", "proposedreply")},
    **{
        name: {"withdraw_selected": CURATORS}
        for name in ("body", "organisation", "programme", "promise", "reform", "reply", "topic")
    },
    **{
        name: {"withdraw_selected": CURATORS, "delete_unused": CURATORS}
        for name in ("publisher", "source")
    },
}


def routes(patterns: Any, before: str = "") -> Iterator[tuple[str, str, list[str]]]:
    """Name, address and parts of every page of the site."""
    for one in patterns:
        address = before + str(one.pattern)
        if isinstance(one, URLResolver):
            yield from routes(one.url_patterns, address)
        elif isinstance(one, URLPattern):
            parts = [*one.pattern.converters, *one.pattern.regex.groupindex]
            yield one.name or "", address, sorted(set(parts))


ROUTES = list(routes(admin.site.get_urls()))
# What only leads to a page that has a name: an object without a page, and an address without one.
LEADING_ON = ("/<path:object_id>/", "(?P<url>.*)$")


@pytest.mark.without_database
def test_every_address_has_a_decision() -> None:
    nameless = [at for name, at, _ in ROUTES if not name and not at.endswith(LEADING_ON)]
    assert nameless == [], f"give these addresses a name, and a line in PAGES: {nameless}"
    names = {name for name, _, _ in ROUTES if name}
    new, gone = sorted(names - PAGES.keys()), sorted(PAGES.keys() - names)
    assert new == [], f"PAGES does not say who may open {new}"
    assert gone == [], f"PAGES speaks of pages that are not there: {gone}"


def parts_of(staff: Staff) -> dict[str, dict[str, Any]]:
    """What stands in addresses, by the name of the page's model, or of the page."""
    found: dict[str, dict[str, Any]] = {
        "app_list": {"app_label": "reforms"},
        "view_on_site": {
            "content_type_id": ContentType.objects.get_for_model(Promise).pk,
            "object_id": Promise.objects.all()[0].pk,
        },
    }
    for model in admin.site._registry:
        if model is Group:
            thing: Any = Group.objects.get(name="curator")
        elif model is User:
            thing = staff.anna.user
        else:
            thing = model._default_manager.filter(**shown_to_all(model)).order_by("pk")[0]  # type: ignore[arg-type]
        key = {"object_id": thing.pk, "id": thing.pk, "key": thing.pk}
        found[f"{model._meta.app_label}_{model._meta.model_name}"] = key
    waiting = make_update(
        Promise.objects.all()[0], "stalled", organisation="compass", publish=False
    )
    found["reforms_statusupdate_act"] = {"key": waiting.pk, "action": "publish"}
    for model in ("promise", "source", "statusupdate"):
        found[f"reforms_{model}_export"] = {"form": "csv"}
    found["reforms_statusupdate_review"] = {"key": waiting.pk}
    return found


def address_of(name: str, parts: list[str], known: dict[str, dict[str, Any]]) -> str:
    given = known.get(name) or known.get("_".join(name.split("_")[:2]), {})
    missing = [part for part in parts if part not in given]
    assert missing == [], f"parts_of does not say what {missing} is in the address of {name}"
    return reverse(f"admin:{name}", kwargs={part: given[part] for part in parts})


def opens(answer: Any) -> bool:
    """Whether it shows something, leads on to what does, or waits for a form to be sent: who may
    not is led to the home page.
    """
    refused = ("/admin/", "/admin/login/")
    return bool(
        answer.status_code in (200, 405)
        or (answer.status_code == 302 and answer.url.partition("?")[0] not in refused)
    )


def test_every_page_opens_for_whom_it_is_meant(staff: Staff) -> None:
    fill(1)
    known = parts_of(staff)
    clients = {name: getattr(staff, name).client for name in PEOPLE[1:]}
    clients["anonymous"] = Client()
    wrong = []
    for name, _, parts in sorted(ROUTES):
        if not name or name == "logout":
            continue
        address = address_of(name, parts, known)
        opened = set()
        for person, client in clients.items():
            answer = client.get(address, ASKED.get(name))
            assert answer.status_code in (200, 302, 403, 404, 405), f"{name}: {answer.status_code}"
            if opens(answer):
                opened.add(person)
        if name in PAGES and opened != PAGES[name]:
            wrong.append(f"{name} opens for {sorted(opened)}, not {sorted(PAGES[name])}")
    assert not wrong, "\n".join(wrong)


def test_signing_out_takes_a_form(staff: Staff) -> None:
    """The one page that is posted to; whoever is not signed in is led to the home page."""
    for name in PAGES["logout"]:
        assert getattr(staff, name).client.get("/admin/logout/").status_code == 405
        assert getattr(staff, name).client.post("/admin/logout/").status_code == 200
    assert Client().post("/admin/logout/").status_code == 302


@pytest.mark.usefixtures("lantern_is_trusted")
def test_every_bulk_action_is_for_whom_it_is_meant(staff: Staff) -> None:
    """Who is not offered it cannot take it either."""
    fill(1)
    wrong, tried = [], 0
    for model, model_admin in admin.site._registry.items():
        kind = str(model._meta.model_name)
        offered: dict[str, set[str]] = {}
        for name in PEOPLE[1:]:
            request: Any = RequestFactory().get("/")
            request.user = getattr(staff, name).user
            if not model_admin.has_view_permission(request):
                continue
            for action in model_admin.get_actions(request):
                offered.setdefault(action, set()).add(name)
        if offered != ACTIONS.get(kind, {}):
            wrong.append(f"{kind} offers {offered}; ACTIONS says {ACTIONS.get(kind, {})}")
        thing = model._default_manager.order_by("pk").first()
        before = row(thing)
        for action, who in offered.items():
            for name in {*PEOPLE[1:]} - who:
                chosen = {"action": action, "_selected_action": [thing.pk], "confirmed": "1"}
                getattr(staff, name).client.post(list_of(model), {**chosen, "reason": "Why not?"})
                tried += 1
                assert row(thing) == before, f"{name} took {action} on {kind}"
    assert not wrong, "\n".join(wrong)
    assert tried > len(ACTIONS)
    assert StatusUpdate.objects.exists()
