"""Claims checked against records, kept between reruns."""

from datetime import datetime

import streamlit as st

from data.claims import check_claims
from data.claims.check_claims import CheckedClaim
from data.claims.claims_file import ClaimEntry, load_claims
from data.views import coverage
from ui.cached import views


@st.cache_resource(max_entries=8, hash_funcs={ClaimEntry: repr}, show_spinner="Asking the records")
def _checked(
    stamp: str, entries: tuple[ClaimEntry, ...], hour: datetime
) -> tuple[CheckedClaim, ...]:
    settings = views.current_settings()
    return check_claims.check_entries(
        views.current(stamp), settings, views.store().root, hour, entries
    )


def checked_claims(stamp: str) -> tuple[CheckedClaim, ...]:
    """The claims of the place, each with its verdict; the file is read at every run.

    Problem where it cannot be read at all. Do not change them.
    """
    entries = load_claims(coverage.local_today(views.meta(stamp)))
    # reports settle with the hours: a View is of the hour that it is asked in
    return _checked(stamp, entries, views.now().replace(minute=0, second=0, microsecond=0))
