"""The bottom sheet of a phone: the container "panel" lies over the map and is drawn up and down."""

from ui.parts import component


def show_sheet() -> None:
    """The handle of the sheet: to be called first within the container "panel"."""
    component.component("sheet")(key="sheet")
