"""Replies of the promisor in seed files: loaded, exported again, and corrected for a reason alone."""

from pathlib import Path

import pytest

from reforms import workflow
from reforms.models import Reply
from reforms.seeding.report import Notice, Outcome
from tests.seeding.exports import loaded
from tests.seeding.looking import refusal
from tests.seeding.test_export import assert_round_trip
from tests.seeding.tiny import Address

pytestmark = pytest.mark.django_db

REPLIES = """\
replies:
  - id: tiny2021-1-1-letter
    promise: tiny2021-1-1
    signed_by: {en: Office of the Regent, kk: Регент кеңсесі}
    dated_on: "2022-03-01"
    text: |-
      The inspectors are at work.

      See the gazette.
    url: "https://regency.example/letters/1"
"""


def complaint(address: Address) -> str:
    return "\n".join(address.complaints())


def test_a_reply_is_loaded_and_comes_out_again(tiny: Address, tmp_path: Path) -> None:
    tiny.write("replies.yaml", REPLIES)
    assert_round_trip("tiny2021", tmp_path, tiny.load)
    loaded(tmp_path / "first")
    reply = Reply.objects.get()
    assert reply.is_public
    assert reply.text == {"en": "The inspectors are at work.\n\nSee the gazette."}


def test_what_it_says_changes_for_a_reason_alone(tiny: Address) -> None:
    tiny.write("replies.yaml", REPLIES)
    tiny.load()
    tiny.edit("replies.yaml", "2022-03-01", "2022-03-02")
    assert "is public and says otherwise here (dated_on): say why" in refusal(tiny)[0]
    tiny.edit("replies.yaml", "    url:", "    reason: Misread.\n    url:")
    assert tiny.load().number(Outcome.UPDATED) == 1


def test_a_withdrawn_reply_does_not_come_back(tiny: Address) -> None:
    tiny.write("replies.yaml", REPLIES)
    tiny.load()
    workflow.withdraw_object(Reply.objects.get(), "It was forged.")
    assert tiny.load().number(Notice.WITHDRAWN) == 1


def test_mistakes_are_named(tiny: Address) -> None:
    tiny.write("replies.yaml", REPLIES.replace("tiny2021-1-1-letter", "letter"))
    assert "“letter” is no reply to tiny2021-1-1: write tiny2021-1-1- and" in complaint(tiny)
    tiny.write("replies.yaml", REPLIES.replace("2022-03-01", "2022-03"))
    assert "dated_on: “2022-03” is no day: write it as 2026-11-05" in complaint(tiny)
    tiny.write("replies.yaml", REPLIES.replace("promise: tiny2021-1-1", "promise: tiny2021-9-9"))
    assert "there is no promise “tiny2021-9-9”" in complaint(tiny)
