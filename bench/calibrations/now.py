"""False findings and power of now."""

from bench.calibrations.case import Case

CASES: tuple[Case, ...] = ()
