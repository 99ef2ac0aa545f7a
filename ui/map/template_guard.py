"""Keeps branca from compiling what folium has rendered as a second template.

Outside text that reached a folium element would otherwise run on the server.
"""

import sys
from typing import Any

import branca.element

Plain = branca.element.Element
# the one real template that branca passes as text (Div); it equals the default
DIV = "{% for name, element in this._children.items() %}{{element.render(**kwargs)}}{% endfor %}"


class Kind(type):
    """The metaclass by which every element passes isinstance(popup, Element), as folium asks."""

    def __instancecheck__(cls, thing: object) -> bool:
        return isinstance(thing, Plain)


class RawElement(branca.element.Element, metaclass=Kind):
    """An element whose given text is returned as it is."""

    def __init__(self, template: str | None = None, template_name: str | None = None) -> None:
        super().__init__(None, template_name)
        self._raw = None if template == DIV else template

    def render(self, **kwargs: Any) -> Any:
        """The text as it was given; a template only where a class brings its own."""
        return super().render(**kwargs) if self._raw is None else self._raw


def install() -> None:
    """Replace branca's element wherever folium has imported it."""
    import folium
    import folium.plugins  # noqa: F401  # every module that names Element must be loaded

    for name, module in sys.modules.copy().items():
        if name.split(".")[0] not in ("folium", "branca"):
            continue
        if getattr(module, "Element", None) is Plain:
            module.Element = RawElement  # type: ignore[attr-defined]
