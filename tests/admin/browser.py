"""A person at the admin: opens pages, fills in the forms that they hold, presses buttons."""

from collections.abc import Mapping
from functools import cached_property
from html.parser import HTMLParser
from typing import Any

from django.contrib.auth.models import User
from django.db import models
from django.test import Client
from django.urls import reverse

Fields = dict[str, list[str]]


class FormParser(HTMLParser):
    """Collects what the page's last form would send, as a browser does."""

    def __init__(self) -> None:
        super().__init__()
        self.fields: Fields = {}
        self.select = ""
        self.textarea = ""
        self.option: str | None = None
        self.ignored = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        name, value = given.get("name") or "", given.get("value")
        match tag:
            case "form":
                # The header's forms (log out, search) come before the one that is meant.
                self.ignored = given.get("id") in ("logout-form", "changelist-search")
                self.fields = self.fields if self.ignored else {}
            case _ if self.ignored:
                pass
            case "input" if name and given.get("type") not in ("submit", "checkbox", "radio"):
                self.fields.setdefault(name, []).append(value or "")
            case "input" if name and given.get("type") in ("checkbox", "radio"):
                if "checked" in given:
                    self.fields.setdefault(name, []).append(value or "on")
            case "textarea":
                self.textarea = name
                self.fields[name] = [""]
            case "select":
                self.select = name
            case "option" if self.select and "selected" in given:
                self.fields.setdefault(self.select, []).append(value or "")

    def handle_endtag(self, tag: str) -> None:
        match tag:
            case "textarea" if self.textarea:
                self.fields[self.textarea] = [self.fields[self.textarea][0].removeprefix("\n")]
                self.textarea = ""
            case "select":
                self.select = ""
            case "form":
                self.ignored = True

    def handle_data(self, data: str) -> None:
        if self.textarea:
            self.fields[self.textarea][0] += data


class Page:
    """An answer of the admin."""

    def __init__(self, response: Any) -> None:
        self.response = response
        self.status = response.status_code
        self.text = response.content.decode() if not response.streaming else ""

    @property
    def fields(self) -> Fields:
        """What the page's form would send if nothing were changed."""
        parser = FormParser()
        parser.feed(self.text)
        return parser.fields

    @property
    def messages(self) -> list[str]:
        context = self.response.context or {}
        return [str(one) for one in context.get("messages", [])]

    @property
    def complaints(self) -> list[str]:
        """Every complaint of the form and of its inlines."""
        errors = self.response.context["errors"] if self.response.context else []
        return [
            str(one) for group in errors for one in (group if isinstance(group, list) else [group])
        ]

    @property
    def rows(self) -> list[Any]:
        """The objects of a list."""
        return list(self.response.context["cl"].result_list)

    @property
    def results(self) -> dict[str, str]:
        """What became of each row of a bulk action."""
        return {one.label: one.words for one in self.response.context["outcomes"]}


class Person:
    """Somebody signed in to the admin."""

    def __init__(self, user: User) -> None:
        self.user = user

    @cached_property
    def client(self) -> Client:
        client = Client()
        client.force_login(self.user)
        return client

    def get(self, address: str, **query: Any) -> Page:
        return Page(self.client.get(address, query))

    def post(self, address: str, data: Mapping[str, Any]) -> Page:
        return Page(self.client.post(address, data, follow=True))

    def save(self, address: str, button: str = "_continue", **changes: Any) -> Page:
        """Open a form, change fields of it (`citations__0__source` is `citations-0-source`)."""
        fields: dict[str, Any] = dict(self.get(address).fields)
        for name, value in changes.items():
            fields[name.replace("__", "-")] = value
        return self.post(address, {**fields, button: "Save"})

    def act(self, action: str, *things: models.Model, confirm: bool = True, **more: Any) -> Page:
        """Choose rows of a list and an action; answer the page that asks."""
        address = list_of(type(things[0])) + more.pop("query", "")
        chosen = {"action": action, "_selected_action": [thing.pk for thing in things]}
        if confirm:
            chosen |= {"confirmed": "1", **more}
        return self.post(address, chosen)


def list_of(model: type[models.Model]) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")


def add(model: type[models.Model]) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_add")


def page_of(thing: models.Model, name: str = "change") -> str:
    return reverse(
        f"admin:{thing._meta.app_label}_{thing._meta.model_name}_{name}", args=[thing.pk]
    )


def step_of(update: models.Model, action: str) -> str:
    return reverse("admin:reforms_statusupdate_act", args=[update.pk, action])


def new_citation(place: int = 0, **fields: Any) -> dict[str, Any]:
    """The fields of a citation added to a form that has `place` of them."""
    given = {
        "source": "",
        "stance": "supports",
        "basis": "own_finding",
        "origin": "",
        "locator": "",
        "position": "",
        "paragraphs": "",
        **fields,
    }
    data = {f"citations__{place}__{name}": value for name, value in given.items()}
    return {**data, "citations__TOTAL_FORMS": str(place + 1)}
