"""Which areas: the choropleth and the whole table."""

from ui.cached import views
from ui.explore import areas_page
from ui.frame import downloads, frame
from ui.map import area_layer, layers, leaflet
from ui.parts import breakdown, headline, tables

view = frame.view()
view = area_layer.by_layer(view)
theme = frame.theme()
answer = views.answer(view)
frame.head(headline.title(view, answer))
headline.show(view, answer)
told = layers.still(view, answer, theme)
leaflet.show("map_areas", frame.map_title(view), views.bounds(view), told)
if answer.covered and answer.placed:  # else zeros would be no zeros
    rows = areas_page.pick(view, answer)
    tables.wide(answer, view, rows)
    downloads.areas(view, rows)
if answer.headline["n"]:
    breakdown.show(view, theme)
frame.say_changes(view)
frame.foot(view)
