"""The areas: the choropleth and the whole table."""

import streamlit as st

from ui.cached import views
from ui.explore import areas_page
from ui.filters import way_out
from ui.frame import downloads, frame
from ui.map import layers, leaflet, map_picture
from ui.parts import breakdown, headline, pictures, printed, tables

view = frame.view()
view = views.measured(view)
theme = frame.theme()
answer = views.answer(view)
frame.head(headline.headline_title(view, answer))
headline.show_headline(view, answer)
if way_out.is_empty(view):
    way_out.show_way_out(view)
told = layers.still(view, answer, theme)
pictures.add_picture(lambda: map_picture.map_picture(view, told, theme.dark))
picture, beside = st.columns([1, 2.3])
with picture:
    leaflet.draw("map_areas", frame.map_title(view), views.bounds(view), told)
with beside:
    if answer.covered and answer.placed:  # else zeros would be no zeros
        rows = areas_page.pick_list(view, answer)
        tables.wide(answer, view, rows)
        printed.print_ranks(view, answer)
        downloads.area_buttons(view, rows)
if answer.headline["n"]:
    breakdown.show_breakdowns(view, theme)
frame.say_changes(view)
frame.foot(view)
