"""False findings and power of trend."""

from bench.calibrations.case import Case

CASES: tuple[Case, ...] = ()
