"""False findings and power of change."""

from bench.calibrations.case import Case

CASES: tuple[Case, ...] = ()
