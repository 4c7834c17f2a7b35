"""Ids that are drawn at random."""

from itertools import islice
from uuid import RFC_4122

import pytest

from reforms.workflow import random_uuids

pytestmark = pytest.mark.without_database


def test_uuids_are_random_and_say_so() -> None:
    drawn = [*islice(random_uuids(), 1_200), *islice(random_uuids(), 1_200)]
    assert len({*drawn}) == 2_400
    assert {(one.version, one.variant) for one in drawn} == {(4, RFC_4122)}
