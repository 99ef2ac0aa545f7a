"""Data and methods: sources, rows, columns, methods, and a place to drop a file."""

from ui.explore import methods_page
from ui.files import upload
from ui.frame import frame

view = frame.view()
frame.head("Data and methods")
methods_page.stamp(view)
methods_page.show_contents()
methods_page.show_section("Sources")
methods_page.sources(view)
methods_page.show_section("What happened to every row")
methods_page.rows(view)
methods_page.show_section("Areas")
methods_page.show_areas(view)
methods_page.show_section("How each number is made")
methods_page.methods()
methods_page.show_section("Dictionary")
methods_page.dictionary()
methods_page.show_section("Bring a file")
upload.show_upload()
upload.show_own_place()
frame.foot(view)
