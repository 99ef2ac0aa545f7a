"""The point where the name of an area stands."""

import numpy as np
import shapely


def label_point(shape: shapely.Geometry, decimals: int = 5) -> list[float]:
    """The middle of the largest circle that fits: where a name has most room."""
    parts = shapely.get_parts(shape)
    largest = parts[np.argmax(shapely.area(parts))]
    line = shapely.maximum_inscribed_circle(largest, tolerance=1e-4)
    x, y = shapely.get_coordinates(line)[0]
    return [round(float(x), decimals), round(float(y), decimals)]
