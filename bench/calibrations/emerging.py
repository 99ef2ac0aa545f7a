"""False findings and power of emerging."""

from bench.calibrations.case import Case

CASES: tuple[Case, ...] = ()
