from collections.abc import Iterator

import pytest

from tests.links.site import Site, standing


@pytest.fixture
def site() -> Iterator[Site]:
    with standing() as found:
        yield found
