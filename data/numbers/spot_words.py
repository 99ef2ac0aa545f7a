"""Plain words for the patterns of emerging hot spots: busy for hot, quiet for cold."""

from geo.emerging import NOTHING

# word of geo.emerging -> its meaning in short
MEANS = {
    "new": "for the first time in the latest step",
    "consecutive": "only in the latest steps in a row",
    "intensifying": "nearly always, and more and more so",
    "persistent": "nearly always, without a trend",
    "diminishing": "nearly always, but less and less",
    "sporadic": "on and off",
    "oscillating": "now, but the other way before",
    "historical": "nearly always, but not in the latest step",
}
# spot and word of geo.emerging -> plain words, as they follow on "2 areas"; see conjugate_label
PLAIN = {
    "hot": {
        "new": "has just become busy",
        "consecutive": "has become busy lately",
        "intensifying": "is busy and getting busier",
        "persistent": "is always busy",
        "diminishing": "is busy, but calming down",
        "sporadic": "is busy on and off",
        "oscillating": "is busy now, was quiet before",
        "historical": "was always busy, is not now",
    },
    "cold": {
        "new": "has just become quiet",
        "consecutive": "has become quiet lately",
        "intensifying": "is quiet and getting quieter",
        "persistent": "is always quiet",
        "diminishing": "is quiet, but filling up",
        "sporadic": "is quiet on and off",
        "oscillating": "is quiet now, was busy before",
        "historical": "was always quiet, is not now",
    },
}
_SEVERAL = {"has": "have", "is": "are", "was": "were"}


def spell_label(label: str) -> str:
    """Return a label of geo.emerging in plain words, of one area."""
    word, spot, *_ = label.split(" ")
    return "no clear pattern" if label == NOTHING else PLAIN[spot][word]


def conjugate_label(label: str, n: int) -> str:
    """Return a label in plain words, as it is said of so many areas."""
    said = spell_label(label).split(" ")
    return " ".join(said if n == 1 else [_SEVERAL.get(word, word) for word in said])
