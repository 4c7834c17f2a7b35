"""What is said of settings before a site is opened."""

from typing import Any

import pytest
from django.core.checks import run_checks

from tracker.checks import secrets_are_shared

pytestmark = pytest.mark.without_database


@pytest.mark.parametrize(
    ("several", "kept", "said"),
    [
        ([], ["SECRET_KEY", "INSTANCE_ID"], False),
        (["REPLICA_URL"], [], False),
        (["CACHE_URL"], ["CHECKPOINT_KEY"], True),
        (["CACHE_URL", "REPLICA_URL"], ["SECRET_KEY", "CHECKPOINT_KEY"], True),
    ],
)
def test_several_machines_have_the_same_secrets(
    settings: Any, several: list[str], kept: list[str], said: bool
) -> None:
    settings.SHARED_BY_SEVERAL, settings.KEPT_HERE = several, kept
    warnings = secrets_are_shared()
    assert [one.id for one in warnings] == ["tracker.W001"] * said
    for one in warnings:
        assert all(name in one.msg for name in (*several, *kept))
        assert all(name in one.hint for name in kept)
        assert one in run_checks(include_deployment_checks=True, tags=["security"])
