"""What the tests of reports share."""

from tests.small_result import small_result

__all__ = ["small_result"]
