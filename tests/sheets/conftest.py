from collections.abc import Iterator

import pytest
from django.contrib.auth.models import Permission, User

from reforms import ledger
from tests.fixtures import People

CURATES = [
    f"{verb}_{what}" for verb in ("add", "change") for what in ("promise", "source", "statusupdate")
]


@pytest.fixture
def curator(people: People) -> User:
    permissions = Permission.objects.filter(codename__in=CURATES)
    people.curator.user_permissions.add(*permissions)
    return User.objects.get(pk=people.curator.pk)


@pytest.fixture
def anna(people: People) -> User:
    submits = ("add_statusupdate", "change_statusupdate", "add_source", "change_source")
    people.anna.user_permissions.add(*Permission.objects.filter(codename__in=submits))
    return User.objects.get(pk=people.anna.pk)


@pytest.fixture(autouse=True)
def as_curator() -> Iterator[None]:
    """The admin says in which role somebody acts."""
    with ledger.acting(ledger.by_role("curator")):
        yield
