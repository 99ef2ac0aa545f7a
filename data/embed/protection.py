"""What a release promises to the people in it, in numbers: read from its manifest alone."""

from math import exp
from typing import Any, NamedTuple

from data.privacy.policy import Policy
from data.privacy.tables import MEASURED_TABLES, ORDINARY, PROFILES, Manifest, Table
from geo import noise_odds

_BY_NAME = {table.name: table for table in MEASURED_TABLES.values()}
_FINEST = ("city", "district", "group")
_USUAL = Policy()
EVENTS = (1, 2, 3, 5)  # of one person, as the page lists them


class Protection(NamedTuple):
    """The promise of a release: `table` is the measured one of its smallest areas, `epsilons`
    those of all tables that an ordinary event is in, by table; days are those of the policy."""

    epsilon: float
    table: Table
    epsilons: dict[Table, float]
    redone: tuple[str, ...]
    residents: int
    city_days: int
    area_days: int
    late_month: int
    kinds: tuple[str, ...]
    settings: tuple[str, ...]

    @property
    def of_table(self) -> float:
        """The epsilon of the table of the smallest areas."""
        return self.epsilons[self.table]

    def odds(self, times: int = 1) -> float:
        """How many times the odds change at most, where an event counts `times` times."""
        return exp(self.epsilon * times)

    def table_odds(self) -> float:
        """How many times as likely one of two numbers of the table is at most."""
        return exp(self.of_table)

    def right_of_table(self) -> float:
        """The share of right guesses from one number of the table."""
        return noise_odds.right_guesses([self.of_table])

    def right_of_all(self) -> float:
        """The share of right guesses from all tables."""
        return noise_odds.right_guesses(list(self.epsilons.values()))


def read_protection(manifest: Manifest) -> Protection:
    """The promise of a release; of the newest year, else of the declared volume."""
    years = manifest["years"]
    spent = {_BY_NAME[name]: e for name, e in years[max(years)].items()} if years else {}
    own = {table: e for table, e in spent.items() if table.sort == ORDINARY}
    own = own or {
        table: float(share) * manifest["epsilon"]
        for table, share in PROFILES[manifest["volume"]].items()
    }
    policy = {name: _value(manifest, name) for name in manifest["policy"]}

    def get(name: str) -> Any:
        return policy.get(name, getattr(_USUAL, name))

    return Protection(
        epsilon=float(manifest["epsilon"]),
        table=max(own, key=lambda t: (_FINEST.index(t.where), own[t])),
        epsilons=own,
        redone=tuple(manifest["redone"]),
        residents=int(get("least_residents")),
        city_days=int(get("decided_after_days")),
        area_days=int(get("area_after_days")),
        late_month=int(get("late_month")),
        kinds=tuple(get("sensitive_kinds")),
        settings=tuple(get("sensitive_settings")),
    )


def _value(manifest: Manifest, name: str) -> Any:
    return manifest["policy"][name]["value"]
