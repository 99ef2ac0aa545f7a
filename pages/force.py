"""What force was used and what harm was done, by month and area."""

from ui.newsroom import force_page

force_page.show()
