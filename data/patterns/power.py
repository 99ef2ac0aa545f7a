"""The smallest rise that would usually have shown, in words beside a finding of nothing."""

from collections.abc import Callable

USUALLY = 0.8  # four times in five
# rises to try, the smallest first, and their names in a sentence
RISES = (
    (1.25, "a rise by a quarter"),
    (1.5, "a rise by half"),
    (2.0, "a doubling"),
    (3.0, "a tripling"),
    (4.0, "four times as many"),
    (6.0, "six times as many"),
    (10.0, "ten times as many"),
)


def smallest(found: Callable[[float], float]) -> float | None:
    """The smallest of `RISES` of which `found` (a factor to the share of times that such a rise
    is found) says four times in five or more; None where ten times as many is still missed."""
    return next((factor for factor, _ in RISES if found(factor) >= USUALLY), None)


def words_of(factor: float | None, where: str) -> str:
    """The sentence beside a finding of nothing.

    `factor` is one of `RISES` or None; `where` says for how long and where such a rise would have
    been: "for two weeks in one neighborhood".
    """
    if factor is None:
        return f"Even ten times as many {where} would often have been missed: there are too few records to tell."
    name = dict(RISES)[factor]
    return f"{name[0].upper()}{name[1:]} {where} would usually have shown (four times in five)."
