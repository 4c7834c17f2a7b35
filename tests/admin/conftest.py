import json
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest
from django.conf import settings
from django.contrib.auth.models import Group, Permission, User

from reforms.models import Organisation, Source
from tests.admin.browser import Person
from tests.fixtures import People

ROLES = {
    "curator": "curator",
    "reviewer": "reviewer",
    "anna": "contributor",
    "boris": "contributor",
    "stranger": "",
}
# The others are private to the editors until something public cites them.
PUBLIC_SOURCES = ["demo2020-address", "daily-page", "watch-page"]


@dataclass(frozen=True)
class Staff:
    """The cast at the admin, each with the role that the fixture gives."""

    root: Person
    curator: Person
    reviewer: Person
    anna: Person
    boris: Person
    stranger: Person


def create_roles() -> None:
    """The roles that `loaddata roles` would create, without its cost for every test."""
    permissions = {
        (one.codename, one.content_type.app_label, one.content_type.model): one
        for one in Permission.objects.select_related("content_type")
    }
    for entry in json.loads((settings.BASE_DIR / "fixtures/roles.json").read_text()):
        group = Group.objects.create(name=entry["fields"]["name"])
        group.permissions.set(permissions[tuple(key)] for key in entry["fields"]["permissions"])


@pytest.fixture
def lantern_is_trusted(cast: None) -> None:
    """Lantern may publish its own updates without review."""
    Organisation.objects.filter(pk="lantern").update(trusted=True)


@pytest.fixture
def staff(people: People) -> Staff:
    create_roles()
    found = {}
    for name, role in ROLES.items():
        user: User = getattr(people, name)
        user.user_permissions.clear()
        user.groups.set(Group.objects.filter(name=role))
        user.is_staff = True
        user.save()
        found[name] = Person(User.objects.get(pk=user.pk))
    Organisation.objects.get(pk="editors").members.add(people.curator)
    Source.objects.filter(pk__in=PUBLIC_SOURCES).update(
        public_since=datetime(2021, 1, 1, tzinfo=UTC)
    )
    root = User.objects.create_superuser("root", password=None)
    return Staff(root=Person(root), **found)
