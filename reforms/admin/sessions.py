"""Sessions of the admin: when one begins, how long it lasts, and which of them may open a page."""

import time
from typing import Any

from django.conf import settings
from django.contrib.auth.signals import user_logged_in
from django.dispatch import receiver

from reforms import second_factor

# What a session knows: when it began, when it was last used (roughly), with which second factor
# it was opened, and who gave a right password and still owes a code.
SINCE, SEEN, FACTOR, OWING = "since", "seen", "second_factor", "owing"
# Seconds after which it is noted again that a session is used: noting it is a write.
NOTED_EVERY = 300
# What staff who have to set up a second factor may open until they did.
FOR_SETTING_UP = ("second_factor", "logout", "jsi18n")


@receiver(user_logged_in)
def begin(request: Any, **_: Any) -> None:
    """Note when the session began."""
    request.session[SINCE] = request.session[SEEN] = int(time.time())


def keep(request: Any) -> None:
    """Put off the end of a session that is in use."""
    if request.user.is_authenticated and time.time() - request.session.get(SEEN, 0) > NOTED_EVERY:
        request.session[SEEN] = int(time.time())


def stands(request: Any) -> bool:
    """Whether it began not too long ago, with the second factor that the account has now.

    So setting one up, and taking it away, ends all sessions that were opened before.
    """
    began = request.session.get(SINCE, 0)
    factor = request.session.get(FACTOR)
    young = time.time() - began < settings.SESSION_HOURS * 3_600
    return young and factor == second_factor.of(request.user)


def must_set_up(user: Any) -> bool:
    """Whether the account may do nothing before it has a second factor."""
    return settings.SECOND_FACTOR == "required" and second_factor.of(user) is None


def lets_in(request: Any) -> bool:
    """Whether this session may open the page that is asked for; `request.user` is staff."""
    if not stands(request):
        return False
    match = request.resolver_match
    return not must_set_up(request.user) or (match and match.url_name in FOR_SETTING_UP)
