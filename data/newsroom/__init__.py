"""What a newsroom asks: how local police responded, what force was used and what harm was done."""
