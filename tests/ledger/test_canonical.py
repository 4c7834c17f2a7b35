"""Our canonical form is the reference's, byte for byte: rfc8785 decides, whatever JSON it is."""

from typing import Any

import pytest
import rfc8785
from hypothesis import example, given
from hypothesis import strategies as st

from reforms.ledger import chain
from reforms.vocabulary import Status

pytestmark = pytest.mark.without_database

# Characters that JSON escapes, that sort otherwise in UTF-16, and that are no characters at all.
TEXTS = st.text(
    st.one_of(st.characters(), st.sampled_from('"\\/\n\x00\x1f\x7f\ue000\U0001f600\ud800'))
)
NUMBERS = st.one_of(st.integers(), st.floats(), st.integers(-(2**54), 2**54))
SCALARS = st.one_of(st.none(), st.booleans(), NUMBERS, TEXTS, st.sampled_from(Status))
VALUES: Any = st.recursive(
    SCALARS,
    lambda inner: st.one_of(
        st.lists(inner),
        st.tuples(inner, inner),
        st.dictionaries(st.one_of(TEXTS, st.integers(), st.booleans(), st.none()), inner),
        st.dictionaries(
            st.sampled_from(["id", "título", "\ue000", "\U0001f600", "a", "b\n"]), inner
        ),
    ),
)


def reference(value: Any) -> str | None:
    """What the reference writes; None for what JSON cannot hold."""
    try:
        return rfc8785.dumps(value).decode()
    except ValueError:
        return None


@given(value=VALUES)
@example(value={"\ue000": 1, "\U0001f600": 2})
@example(value={"a": {1: 2}, "b": "\ud800"})
@example(value={1: "a", "b": 2, None: 3})
@example(value=[1e21, -0.0, 5e-324, 2**53, True, None])
def test_it_is_the_references(value: Any) -> None:
    expected = reference(value)
    if expected is None:
        with pytest.raises(ValueError, match=r"\w"):
            chain.canonical(value)
    else:
        assert chain.canonical(value) == expected
