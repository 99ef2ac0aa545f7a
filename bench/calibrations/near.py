"""False findings and power of near."""

from bench.calibrations.case import Case

CASES: tuple[Case, ...] = ()
