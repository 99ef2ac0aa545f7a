"""How each number is made: one row a number, shown on the page of methods."""

from typing import NamedTuple


class Method(NamedTuple):
    """A number that screens show, how it is made, after whom, and what to mind."""

    number: str
    how: str
    source: str
    mind: str


METHODS = (
    Method(
        "Count of an area",
        "Records of the View by area. The source's own label wins where it names an area of the set (renamed areas by a table of aliases); otherwise the area that holds the point.",
        "Point in polygon, exact; on a shared border the first area by name.",
        "Records known only to the city, or outside the areas, are counted in the View but in no area.",
    ),
    Method(
        "Heat",
        "Kernel density: a Gaussian with the bandwidth as its standard deviation, in metres on the ground, divided near the outline by the share of the kernel that lies inside. In incidents per km2 per week.",
        "Diggle (1985), Applied Statistics 34; Baddeley, Rubak and Turner (2015), section 6.5.",
        "Only records whose place is known to the block or better. It smooths: a warm street may be one busy corner.",
    ),
    Method(
        "Rate per 1,000 residents",
        "Incidents of the period divided by residents, with the exact 95 % Poisson interval; marked unreliable below 20 incidents.",
        "Garwood (1936), Biometrika 28.",
        "People are stopped where they drive, shop and work, not only where they live. No rate without residents or where the population is not known.",
    ),
    Method(
        "Smoothed rate",
        "The rate drawn towards that of the whole place, the more so the fewer the residents (empirical Bayes, method of moments).",
        "Marshall (1991), Applied Statistics 40.",
        "It tells which rates are high beyond what small numbers do by chance.",
    ),
    Method(
        "Change",
        "The ratio of incidents a week (a day, where a period has fewer than four whole weeks) of the two periods; partial weeks are cut. The 95 % interval is widened by how much weekly counts vary more than chance (quasi-Poisson; the area's own factor drawn towards that of all areas, moderated t). Exact conditional Poisson where the factor is 1.2 or less.",
        "McCullagh and Nelder (1989), section 6.2; Smyth (2004); Przyborowski and Wilenski (1940).",
        "Higher or lower is said only where the whole interval lies on one side of 1. With 87 areas about 4 are flagged by chance alone.",
    ),
    Method(
        "Classes of the map",
        "Natural breaks of the positive values (quantiles for more than 200 units), limits rounded up.",
        "Fisher (1958); Jenks (1977); mapclassify.",
        "Classes are those of the View: compare two maps by their legends.",
    ),
    Method(
        "Areas learned from points",
        "Points whose label disagrees with most of their neighbors are dropped; Voronoi cells of the rest are joined by label, clipped to a concave hull of all points and simplified together.",
        "Aurenhammer (1991), ACM Computing Surveys 23, for the cells.",
        "Approximate, and marked so. Replace them: python -m data areas FILE.",
    ),
    Method(
        "Hexagons",
        "The cell of Uber's H3 grid that holds the point (stored at resolution 10).",
        "H3, version 4.",
        "Hexagons have no residents: counts only.",
    ),
)
