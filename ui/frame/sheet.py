"""The bottom sheet of a phone: the container "panel" lies over the map and is drawn up and down."""

from data.palette import DARK, LIGHT
from ui.parts import component

# how it stands before its script runs, and on wide screens; the script alone moves it
STYLE = f"""
.st-key-sheet {{ display: none; }}
@media (max-width: 699px) {{
  .st-key-panel {{ position: fixed !important; left: 0; right: 0; bottom: 0; z-index: 90;
    height: 38vh; overflow: hidden auto; box-sizing: border-box; padding: 0 14px 14px;
    gap: .4rem; flex-wrap: nowrap; background: {LIGHT.paper}; border-radius: 14px 14px 0 0;
    border-top: 1px solid {LIGHT.rule}; box-shadow: 0 -4px 18px rgb(0 0 0 / .16); }}
  .st-key-panel[data-stop="headline"] {{ overflow: hidden; }}
  .st-key-panel > * {{ flex-shrink: 0; }}
  .st-key-sheet {{ display: block; position: sticky; top: 0; z-index: 1; height: 44px;
    margin-bottom: -.4rem; background: inherit; }}
  .st-key-panel > :has(> .st-key-sheet) {{ position: sticky; top: 0; z-index: 1;
    background: inherit; }} }}
@media (max-width: 699px) and (prefers-color-scheme: dark) {{
  .st-key-panel {{ background: {DARK.paper}; border-top-color: {DARK.rule}; }} }}
"""


def show_sheet() -> None:
    """The handle of the sheet: to be called first within the container "panel"."""
    component.component("sheet")(key="sheet")
