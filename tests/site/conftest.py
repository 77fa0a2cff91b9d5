"""The server that the site's tests ask."""

from collections.abc import Iterator

import pytest
from serving import Site, running, write_book


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """One server for all tests that only ask."""
    folder = tmp_path_factory.mktemp("site")
    with running(write_book(folder / "book"), folder / "data") as running_site:
        yield running_site
