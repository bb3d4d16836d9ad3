"""The whole backend, once a worker, as the proofs have it."""

from tests.proofs.conftest import _own_address, campus

__all__ = ["_own_address", "campus"]
