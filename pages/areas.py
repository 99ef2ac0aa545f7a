"""Which areas: the choropleth and the whole table."""

from ui import (
    basemap,
    cached,
    changes,
    downloads,
    drawing,
    frame,
    headline,
    layers,
    maps,
    pictures,
    tables,
)
from ui.asked import Asked

view = frame.view()
view = layers.by_layer(view)
theme = frame.theme()
answer = cached.answer(view)
frame.head(headline.title(view, answer))
headline.show(view, answer)
told = pictures.patch(view, answer, "areas", theme, Asked())
told |= basemap.told(basemap.NONE, theme) | drawing.told(view) | {"draws": False}
maps.show("map_areas", frame.map_title(view), cached.bounds(view), told)
if answer.covered and answer.placed:  # else zeros would be no zeros
    rows = changes.pick(view, answer)
    tables.wide(answer, view, rows)
    downloads.areas(view, rows)
frame.foot(view)
