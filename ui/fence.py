"""The public's server gives out no file that a team's dashboard wrote into static/.

Both may run from one checkout. The shapes of hexagons say where something happened.
"""

from data.settings import ROOT

OWN = ("areas", "basemap")  # what the team's dashboard writes there


def install() -> None:
    """Let Streamlit find no file below those folders."""
    from streamlit.web.server.starlette import starlette_routes as routes

    found = routes.build_safe_abspath
    if getattr(found, "fenced", False):
        return

    apart = [str((ROOT / "static" / name).resolve()) for name in OWN]

    def fenced(component_root: str, relative_url_path: str) -> str | None:
        safe = found(component_root, relative_url_path)
        if safe and any(safe == place or safe.startswith(f"{place}/") for place in apart):
            return None
        return safe

    fenced.fenced = True  # type: ignore[attr-defined]
    routes.build_safe_abspath = fenced
