import os
from argparse import ArgumentParser
from getpass import getpass
from typing import Any

from django.contrib.auth.models import Group, User
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

PASSWORD_VARIABLE = "CURATOR_PASSWORD"  # noqa: S105 - a name, no password
ROLES = ("curator", "reviewer", "contributor")


class Command(BaseCommand):
    help = (
        "Make an account for the admin. The password is asked for twice, or read from the"
        f" environment variable {PASSWORD_VARIABLE}."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("name", help="the name to sign in with")
        parser.add_argument("--role", choices=ROLES, default=ROLES[0])
        parser.add_argument("--email", default="")

    def handle(self, *args: Any, **options: Any) -> None:
        role = Group.objects.filter(name=options["role"]).first()
        if role is None:
            raise CommandError(
                f"There is no role “{options['role']}” yet: run “manage.py loaddata roles” first."
            )
        user = User(username=options["name"], email=options["email"], is_staff=True, is_active=True)
        self._check(user)
        user.set_password(_password(user))
        with transaction.atomic():
            user.save()
            user.groups.add(role)
        self.stdout.write(f"{user} can sign in to the admin as {role}.")

    def _check(self, user: User) -> None:
        if User.objects.filter(username=user.username).exists():
            raise CommandError(f"There is an account called “{user.username}” already.")
        try:
            user.full_clean(exclude=["password"])
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from None


def _password(user: User) -> str:
    """The password from the environment or, typed twice, from the terminal."""
    password = os.environ.get(PASSWORD_VARIABLE)
    if password is None:
        try:
            password = getpass("Password: ")
            again = getpass("The same again: ")
        except (EOFError, KeyboardInterrupt):
            raise CommandError("No password was given; nothing was made.") from None
        if password != again:
            raise CommandError("The two passwords differ; nothing was made.")
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise CommandError(" ".join(error.messages)) from None
    return password
