"""How local police responded, by city and month."""

from ui.newsroom import response_page

response_page.show()
