"""What is found sound without `full_clean`, it finds sound too, and leaves as it is."""

import copy
from datetime import UTC, date, datetime
from typing import Any
from uuid import uuid4

import pytest
from django.core.exceptions import ValidationError
from django.db import models
from hypothesis import given, settings
from hypothesis import strategies as st

from reforms import bulk
from reforms.models import Citation, Source, StatusUpdate
from reforms.vocabulary import Status
from reforms.workflow.soundness import is_plainly_sound, references

pytestmark = pytest.mark.without_database

ODD = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=5),
    st.sampled_from(["", "day", "supports", "in_progress", Status.STALLED, "x" * 5001, "a\x00"]),
    st.sampled_from(
        [[], {}, (), ["en"], {"en": "a"}, {"de": "a"}, {"en": " "}, {"en": "x" * 6000}]
    ),
    st.sampled_from([date(2022, 1, 1), datetime(2022, 1, 1), datetime(2022, 1, 1, tzinfo=UTC)]),  # noqa: DTZ001
    st.just(uuid4()),
)
SOUND: dict[type[models.Model], dict[str, Any]] = {
    StatusUpdate: {
        "status": "in_progress",
        "effective_on": date(2022, 1, 1),
        "note": {"en": "Said."},
        "submitted_at": datetime(2022, 1, 1, tzinfo=UTC),
    },
    Citation: {"locator": "art. 5", "note": {"en": "Said."}},
    Source: {"id": "a-page", "title": {"en": "A page"}, "kind": "article", "language": "en"},
}


def a_row(model: type[models.Model], **given_: Any) -> Any:
    row = bulk.new(model, **SOUND[model], **given_)
    for column in references(model):
        if not column.blank and column.editable:  # what it points to is there
            target = column.related_model(pk="there")
            target._state.adding = False
            setattr(row, column.name, target)
    if model is Citation:
        row.origin = row.source.publisher = Source.publisher.field.related_model(pk="there")
        row.origin._state.adding = False
    return row


@pytest.mark.parametrize("model", SOUND)
def test_what_is_plain_needs_no_full_clean(model: type[models.Model]) -> None:
    assert is_plainly_sound(a_row(model), ())


@settings(max_examples=300)
@given(model=st.sampled_from([*SOUND]), data=st.data())
def test_nothing_is_plainly_sound_that_full_clean_refuses_or_changes(
    model: type[models.Model], data: st.DataObject
) -> None:
    row = a_row(model)
    pointing = {column.name for column in references(model)}
    names = [one.attname for one in model._meta.concrete_fields if one.name not in pointing]
    name = data.draw(st.sampled_from(names))
    setattr(row, name, data.draw(ODD))
    if not is_plainly_sound(row, ()):
        return
    before = copy.copy(vars(row))
    try:
        row.full_clean(exclude=pointing, validate_unique=False, validate_constraints=False)
    except ValidationError as error:
        pytest.fail(f"{name}={before[name]!r}: {error}")
    assert vars(row) == before
    assert type(vars(row)[name]) is type(before[name])


@pytest.mark.parametrize("model", SOUND)
def test_a_new_row_is_what_its_constructor_makes(model: type[models.Model]) -> None:
    made, plain = bulk.new(model, **SOUND[model]), model(**SOUND[model])
    names = [one.attname for one in model._meta.concrete_fields if one.attname != "id"]
    assert [getattr(made, name) for name in names] == [getattr(plain, name) for name in names]
    assert made._state.adding
    assert vars(made).keys() == vars(plain).keys()
