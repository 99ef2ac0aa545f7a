"""The command about claims: what offices said, checked against the records."""

from collections.abc import Iterator
from datetime import UTC, datetime

import typer

from data.claims import claim_words
from data.claims.check_claims import CheckedClaim, check_claims
from data.commands.main import app, opened, say, speaking
from data.settings import Problem, first_step


@app.command()
def claims() -> None:
    """Check claims.toml, and print each claim beside what the records say of it."""
    with speaking():
        store, settings = opened()
        stamp = store.stamp()
        if stamp is None or not store.at(stamp).meta["rows"]:
            raise Problem(first_step(settings))
        found = check_claims(store.at(stamp), settings, store.root, datetime.now(UTC))
        if not found:
            raise Problem(
                "No claims yet. Copy data/claims/sample.toml to claims.toml beside porchlight.toml."
            )
        for one in found:
            for line in _lines(one):
                say(line)
        say(f"Data {stamp}.")
        wrong = [one.problem for one in found if one.problem]
        for problem in wrong:
            typer.echo(f"Stopped: {problem}", err=True)
        if wrong:
            raise typer.Exit(1)


def _lines(one: CheckedClaim) -> Iterator[str]:
    """A claim in lines for a terminal; none where its entry cannot be used."""
    if one.claim is None:
        return
    yield f"{one.claim.who}: {one.claim.what} ({claim_words.say_where(one.claim)})"
    yield f"  {claim_words.say_verdict(one.verdict, one.why)}."
    for part in one.parts:
        verdict = claim_words.say_verdict(part.outcome.verdict, part.outcome.why)
        if part.part.of:
            yield f"  {part.part.of}: {verdict}."
        number = (claim_words.say_number(part), claim_words.say_interval(part))
        told = (claim_words.say_test(part.part), *number, part.outcome.detail)
        months, note = claim_words.say_months(part), claim_words.say_note(part)
        for line in (*told, part.sentence, months, note):
            if line:
                yield f"    {line}"
        if part.part.tells:
            yield f"    What would tell: {part.part.tells}"
    yield ""
