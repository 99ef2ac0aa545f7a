"""What Streamlit's server must not do.

The public's gives out no file that a team's dashboard wrote into static/: both may run from one
checkout, and the shapes of hexagons say where something happened. No server asks another host.
"""

from data.settings import ROOT

OWN = ("areas", "basemap")  # what the team's dashboard writes there


def alone() -> None:
    """Ask no service of others what our address is, as Streamlit does (and waits) for every
    visitor whose page is not ours; such a visitor is refused anyway."""
    from streamlit import net_util

    net_util.get_external_ip = lambda: None


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
