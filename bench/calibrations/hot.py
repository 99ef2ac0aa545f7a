"""False findings and power of hot."""

from bench.calibrations.case import Case

CASES: tuple[Case, ...] = ()
