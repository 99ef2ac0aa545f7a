"""Which areas: the choropleth and the whole table."""

from ui import (
    breakdown,
    cached,
    changes,
    downloads,
    frame,
    headline,
    layers,
    maps,
    pictures,
    tables,
)

view = frame.view()
view = layers.by_layer(view)
theme = frame.theme()
answer = cached.answer(view)
frame.head(headline.title(view, answer))
headline.show(view, answer)
told = pictures.still(view, answer, theme)
maps.show("map_areas", frame.map_title(view), cached.bounds(view), told)
if answer.covered and answer.placed:  # else zeros would be no zeros
    rows = changes.pick(view, answer)
    tables.wide(answer, view, rows)
    downloads.areas(view, rows)
if answer.headline["n"]:
    breakdown.show(view, theme)
frame.say_changes(view)
frame.foot(view)
