"""The embed's style: static/embed/style.css with the colors of data/palette.py put in."""

from data.palette import DARK, LIGHT, Theme, five_classes, ink_on
from data.published.number_classes import CLASS_LOOKS
from data.settings import ROOT

_NAMED = ("paper", "card", "ink", "quiet", "rule", "accent", "control", "hatch")


def style() -> str:
    """The text of style.css."""
    text = (ROOT / "static" / "embed" / "style.css").read_text("utf-8")
    for name, theme in (("$light", LIGHT), ("$dark", DARK)):
        text = text.replace(f"{name} }}", f"{_variables(theme)} }}")
    return text


def _variables(theme: Theme) -> str:
    """The colors of a theme as CSS says them: r0 to r4 of the classes, o0 to o4 of what is read
    on them."""
    colors = dict(zip(CLASS_LOOKS, five_classes(theme)))
    told = {name: getattr(theme, name) for name in _NAMED} | colors
    told |= {f"o{look[1:]}": ink_on(theme, color) for look, color in colors.items()}
    return " ".join(f"--{name}: {color};" for name, color in told.items())


def picture_colors() -> dict[str, object]:
    """The colors of a saved picture, which is light whatever the reader's theme: of the paper, of
    texts, of the looks of areas and of what is read on them."""
    ramp = five_classes(LIGHT)
    on = [ink_on(LIGHT, color) for color in ramp]
    return {"paper": LIGHT.paper, "ink": LIGHT.ink, "quiet": LIGHT.quiet, "ramp": ramp, "on": on}
