"""Keys of organisations: made, found, rotated and revoked. A secret is seen once, when it is made.

A key reads `rt_<id>_<secret>`. The prefix lets scanners of published code find one that leaked; the
secret has 256 random bits, so that a plain SHA-256 of it is as good as a slow hash.
"""

import hashlib
import hmac
import re
import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import OperationalError, connection, transaction
from django.db.models import Q

from reforms.dates import now
from reforms.errors import RuleBroken, TrackerError, let_go
from reforms.models import Key, Organisation, Programme
from reforms.scopes import Scope

_KEY = re.compile(r"rt_([a-z0-9]{12})_([A-Za-z0-9_-]{43})")
_LETTERS = "abcdefghijkmnpqrstuvwxyz23456789"


class KeyRefused(TrackerError):
    """A key that lets nobody in; `str(error)` says why, and never repeats the key."""


def issue(
    organisation: Organisation,
    name: str,
    scopes: Sequence[str],
    *,
    programme: Programme | None = None,
    expires_at: datetime | None = None,
    by: Any = None,
) -> tuple[Key, str]:
    """Make a key; return it and its text, which nobody can ever read again.

    Raises RuleBroken for a bad name, scope or expiry, and for an organisation that has not accepted
    the data licence, or that is not trusted with the scope `publish`.
    """
    complaints: dict[str, list[str]] = {}
    if organisation.withdrawn_at is not None:
        complaints["organisation"] = [f"{organisation} was withdrawn from the record"]
    elif not organisation.licence_accepted:
        complaints["organisation"] = [
            f"{organisation} has not accepted the data licence; record that first"
        ]
    if Scope.PUBLISH in scopes and not may_publish_somewhere(organisation):
        complaints["scopes"] = [
            f"{organisation} is not trusted to publish without review; leave out publish"
        ]
    if expires_at is not None and expires_at <= now():
        complaints["expires_at"] = ["it is not in the future"]
    if complaints:
        raise RuleBroken(complaints)
    return _store(organisation, name, list(scopes), programme, expires_at, by)


def may_publish_somewhere(organisation: Organisation) -> bool:
    """Whether it may publish its own updates: where it is trusted, or leads a programme."""
    return organisation.trusted or organisation.led_programmes.public().exists()


def _store(
    organisation: Organisation,
    name: str,
    scopes: list[str],
    programme: Programme | None,
    expires_at: datetime | None,
    by: Any,
) -> tuple[Key, str]:
    id_ = "".join(secrets.choice(_LETTERS) for _ in range(12))
    secret = secrets.token_urlsafe(32)
    key = Key(
        id=id_,
        organisation=organisation,
        name=name.strip(),
        scopes=scopes,
        programme=programme,
        digest=_digest(secret),
        created_at=now(),
        created_by=by,
        expires_at=expires_at,
    )
    try:
        key.full_clean()
    except ValidationError as error:
        complaints = error.message_dict
        raise RuleBroken(
            {"" if name == NON_FIELD_ERRORS else name: said for name, said in complaints.items()}
        ) from None
    key.save(force_insert=True)
    return key, f"rt_{id_}_{secret}"


def find(text: str) -> Key:
    """The key with this text; raises KeyRefused where there is none, or it has ended."""
    match = _KEY.fullmatch(text)
    if match is None:
        raise KeyRefused("This is no key: one reads rt_…_… and is 59 characters long.")
    id_, secret = match.groups()
    key = Key.objects.select_related("organisation").filter(pk=id_).first()
    # The comparison takes the same time whether or not there is such a key.
    same = hmac.compare_digest(key.digest if key else _digest(""), _digest(secret))
    if key is None or not same:
        raise KeyRefused("There is no such key. Copy it again, or ask a curator for another one.")
    if key.revoked_at is not None:
        raise KeyRefused(f"The key {id_} was revoked. Ask a curator for another one.")
    if key.expires_at is not None and key.expires_at <= now():
        raise KeyRefused(f"The key {id_} has expired. Ask a curator for another one.")
    if key.organisation.withdrawn_at is not None:
        raise KeyRefused("The organisation of this key is no longer part of the record.")
    return key


def rotate(key: Key, overlap: timedelta = timedelta(0), by: Any = None) -> tuple[Key, str]:
    """Make another key in the place of this one, which ends after `overlap`, at once by default.

    The new one lasts as long from now as the old one was to last from its making. Raises
    RuleBroken for a key that has ended already.
    """
    with transaction.atomic():
        key = Key.objects.select_for_update().get(pk=key.pk)
        if not is_alive(key):
            raise RuleBroken(f"the key {key.pk} has ended; issue another one")
        moment = now()
        lasts = key.expires_at and moment + (key.expires_at - key.created_at)
        made = _store(key.organisation, key.name, key.scopes, key.programme, lasts, by)
        if overlap > timedelta(0):
            key.expires_at = min(key.expires_at or moment + overlap, moment + overlap)
            key.save(update_fields=["expires_at"])
        else:
            revoke(key)
    return made


def revoke(key: Key) -> None:
    """End a key now and for good; one that was revoked stays so."""
    Key.objects.filter(pk=key.pk, revoked_at=None).update(revoked_at=now())
    key.refresh_from_db()


def is_alive(key: Key) -> bool:
    """Whether it still lets its organisation in."""
    return (
        key.revoked_at is None
        and (key.expires_at is None or key.expires_at > now())
        and key.organisation.withdrawn_at is None
    )


def living() -> Q:
    """The condition for keys that still let their organisation in; see `is_alive`."""
    unexpired = Q(expires_at=None) | Q(expires_at__gt=now())
    return unexpired & Q(revoked_at=None, organisation__withdrawn_at=None)


def note_use(key: Key) -> None:
    """Remember that the key was used, to the hour: who worked when is nobody's business.

    Nobody waits for it: while somebody else writes it is left to the next request.
    """
    hour = now().replace(minute=0, second=0, microsecond=0)
    if key.last_used_at == hour:
        return
    free = Key.objects.filter(pk=key.pk).select_for_update(skip_locked=True)
    try:
        with _without_waiting():
            if Key.objects.filter(pk__in=free.values("pk")).update(last_used_at=hour):
                key.last_used_at = hour
    except OperationalError as error:
        let_go(error)


@contextmanager
def _without_waiting() -> Iterator[None]:
    """A transaction that fails at once where SQLite is being written."""
    if connection.vendor != "sqlite":
        with transaction.atomic():
            yield
        return
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA busy_timeout = 0")
        try:
            with transaction.atomic():
                yield
        finally:
            cursor.execute(f"PRAGMA busy_timeout = {settings.LOCK_WAIT * 1000}")


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
