"""The second factor of an account: an app that shows codes (TOTP), and codes kept for its loss.

An account has one app or none. Of the backup codes only digests are stored, each of 60 random bits,
salted with the account; an app's secret has to be stored as it is, since it is what is computed
with, and is shown to nobody after it was set up.
"""

import re
import secrets
from base64 import b32encode, urlsafe_b64encode
from binascii import unhexlify
from hashlib import sha256
from typing import Any

from django.contrib.auth.backends import ModelBackend
from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import OuterRef, Subquery
from django_otp.plugins.otp_static.models import StaticDevice, StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice

from reforms.errors import RuleBroken

BACKUP_CODES = 10
APP, BACKUP = "Authenticator app", "Backup codes"
_LETTERS = "abcdefghijkmnpqrstuvwxyz23456789"


class Accounts(ModelBackend):
    """Signs in by name and password; knows of each account whether it has a second factor.

    Every page of the admin needs to know it, and so it comes with the account, in one query.
    """

    def get_user(self, user_id: int) -> Any:
        apps = TOTPDevice.objects.filter(user=OuterRef("pk"), confirmed=True)
        found = User.objects.annotate(second_factor=Subquery(apps.values("pk")[:1]))
        user = found.filter(pk=user_id).first()
        return user if user is not None and self.user_can_authenticate(user) else None


def of(user: Any) -> int | None:
    """The id of the account's app; None for an account without a second factor."""
    if not hasattr(user, "second_factor"):
        apps = TOTPDevice.objects.filter(user=user, confirmed=True)
        user.second_factor = apps.values_list("pk", flat=True).first()
    found: int | None = user.second_factor
    return found


def new_secret() -> str:
    """A secret for an app, in hexadecimal."""
    return secrets.token_hex(20)


def for_typing(secret: str) -> str:
    """The secret as apps take it, in groups of four."""
    text = b32encode(unhexlify(secret)).decode()
    return " ".join(text[start : start + 4] for start in range(0, len(text), 4))


def address_of(user: Any, secret: str) -> str:
    """What the picture says that apps read: secret, account and whose it is."""
    return str(TOTPDevice(user=user, key=secret).config_url)


def enrol(user: Any, secret: str, code: str) -> list[str]:
    """Let the app with that secret be the account's second factor; return its backup codes.

    Raises RuleBroken if `code` is not what the app shows now, or if there is a second factor.
    """
    with transaction.atomic():
        _hold(user)
        if TOTPDevice.objects.filter(user=user).exists():
            raise RuleBroken("There is a second factor already: switch it off first")
        app = TOTPDevice.objects.create(user=user, key=secret, name=APP)
        if not app.verify_token(_plain(code)):
            raise RuleBroken(
                "This is not the code that the app shows now. Wait for the next one; if that is"
                " refused too, see whether the clock of your phone is right"
            )
        user.second_factor = app.pk
        return renew_codes(user)


def renew_codes(user: Any) -> list[str]:
    """Make new backup codes, in the place of all older ones; nobody can read them again."""
    codes = [_new_code() for _ in range(BACKUP_CODES)]
    with transaction.atomic():
        _hold(user)
        kept, _ = StaticDevice.objects.get_or_create(user=user, defaults={"name": BACKUP})
        kept.token_set.all().delete()
        StaticToken.objects.bulk_create(
            StaticToken(device=kept, token=_digest(user, _plain(code))) for code in codes
        )
    return codes


def accepts(user: Any, code: str) -> bool:
    """Whether it is what the app shows, or a backup code; either is good for one time."""
    code = _plain(code)
    of_the_app = re.fullmatch(r"[0-9]{6}", code) is not None
    model = TOTPDevice if of_the_app else StaticDevice
    with transaction.atomic():
        device = model.objects.select_for_update().filter(user=user, confirmed=True).first()
        if device is None:
            return False
        right = bool(device.verify_token(code if of_the_app else _digest(user, code)))
        if right:
            for one in (TOTPDevice, StaticDevice):
                one.objects.filter(user=user).update(throttling_failure_count=0)
        return right


def wrong_codes(user: Any) -> int:
    """How many wrong codes were given since the last right one."""
    counts = [
        model.objects.filter(user=user).values_list("throttling_failure_count", flat=True)
        for model in (TOTPDevice, StaticDevice)
    ]
    return sum(sum(one) for one in counts)


def codes_left(user: Any) -> int:
    """How many backup codes were not used yet."""
    return int(StaticToken.objects.filter(device__user=user).count())


def remove(user: Any) -> bool:
    """Take the second factor from the account; return whether it had one."""
    with transaction.atomic():
        _hold(user)
        removed, _ = TOTPDevice.objects.filter(user=user).delete()
        StaticDevice.objects.filter(user=user).delete()
    user.second_factor = None
    return bool(removed)


def _hold(user: Any) -> None:
    """Of two that change it at once, one waits for the other."""
    User.objects.select_for_update().filter(pk=user.pk).first()


def _new_code() -> str:
    letters = "".join(secrets.choice(_LETTERS) for _ in range(12))
    return "-".join(letters[start : start + 4] for start in (0, 4, 8))


def _plain(code: str) -> str:
    """As it was made, however it was typed."""
    return re.sub(r"[\s-]", "", code).lower()


def _digest(user: Any, code: str) -> str:
    """What is stored of a backup code: 96 bits, which is what the column holds."""
    hashed = sha256(f"{user.pk} {code}".encode("utf-8", "replace")).digest()
    return urlsafe_b64encode(hashed[:12]).decode()
