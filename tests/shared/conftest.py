"""The whole backend, once a worker."""

import pytest

from tests.campus import Campus, User, somewhere


@pytest.fixture(scope="session")
def campus(database_url: str) -> Campus:
    return Campus()


@pytest.fixture(autouse=True)
def _own_address(campus: Campus) -> None:
    """Limits of an address are counted for each test alone."""
    campus.address = somewhere()


@pytest.fixture
def user(campus: Campus) -> User:
    """A fresh tenant on the free plan."""
    return campus.user()


@pytest.fixture
def premium(campus: Campus) -> User:
    """A fresh tenant on the premium plan."""
    return campus.user(tier="premium")


@pytest.fixture
def admin(campus: Campus) -> User:
    """A platform admin."""
    return campus.user(role="admin")
