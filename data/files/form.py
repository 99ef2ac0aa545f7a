"""The stated form of a file with a table in it, where it is not to be found again."""

from collections.abc import Sequence
from dataclasses import dataclass

from data.files.text_file import MOST_BYTES
from data.settings import Problem


@dataclass(frozen=True)
class Form:
    """What a person stated of a file; None, () and False where it is to be found.

    `sheet` is a sheet of a workbook by name or number, `records` the path of the records in JSON
    (keys with "/" between), `member` a pattern of names in a zip.
    """

    encoding: str | None = None
    delimiter: str | None = None
    columns: tuple[str, ...] = ()
    no_header: bool = False
    sheet: str | None = None
    records: str | None = None
    member: str | None = None
    most_bytes: int = MOST_BYTES


class MissingHeader(Problem):
    """A file without a header, and how many columns wait for a name."""

    def __init__(self, sentence: str, width: int) -> None:
        super().__init__(sentence)
        self.width = width


class NeedsChoice(Problem):
    """A file with several tables, of which only a person can say which one is meant.

    `word` is the field of Form that the answer belongs to (sheet, records or member), `choices`
    what it may be, `question` the sentence that says what there is, for a person at the keyboard.
    """

    def __init__(self, sentence: str, word: str, choices: Sequence[str]) -> None:
        super().__init__(f'{sentence} Say which one: --{word} "{choices[0]}".')
        self.question = f"{sentence} Which one?"
        self.word, self.choices = word, tuple(choices)
