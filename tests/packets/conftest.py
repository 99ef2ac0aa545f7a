"""The town of the tests of corrections."""

from tests.corrections.conftest import filled as filled
from tests.corrections.conftest import town as town
