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
        "Kernel density: a Gaussian with the bandwidth as its standard deviation, in metres on the ground (the Mercator map is corrected by latitude, row by row), divided near the outline by the share of the kernel that lies inside. Counted by map pixel with the mean place in it, so that each value is within 1 % of the sum over all points where the bandwidth is 4 pixels or more. In incidents per km2 per week. The bandwidth is by Scott's rule on all records of the source, to the nearest step from 150 to 1,500 m, unless the reader chooses one.",
        "Diggle (1985), Applied Statistics 34; Baddeley, Rubak and Turner (2015), section 6.5; Scott (1992), section 6.3; Jones and Lotwick (1984), Applied Statistics 33.",
        "Only records whose place is known to the block or better. One color is one density at every zoom and in every frame; the scale is the View's until the reader refits it. It smooths: a warm street may be one busy corner.",
    ),
    Method(
        "Heat of two periods, and their difference",
        "Both periods cut to whole weeks (or days) on one scale. The difference is drawn only where it stands: each pixel's variance is that of a Poisson process through the squared kernel, times how much the kernel's own weekly sums vary more than chance, drawn towards the mean of all pixels; two-sided t; Benjamini-Hochberg over all pixels with at least 10 incidents within reach, at 5 %.",
        "Diggle (1985); McCullagh and Nelder (1989), section 6.2; Benjamini and Hochberg (1995); Benjamini and Yekutieli (2001).",
        "Where nothing is drawn chance explains the difference: that is not the same as no difference. A test deals weeks of the sample to two periods at random, and hardly ever anything is flagged.",
    ),
    Method(
        "Frames of the time player",
        "The View by day, week, month or hour of the day; a frame spans one of them or several together. Only whole ones that the source covers, the newest 60. The heat of a frame is divided by the weeks that it covers (frames by hour: by those of the View), and all frames have one scale.",
        "Kernel density as for heat.",
        "A frame holds few incidents: much of what moves is chance. Incidents in part of a week, or known less exactly than the unit, are in no frame and counted below it.",
    ),
    Method(
        "Incidents on the map",
        "Counts by the cells of a grid that nest from zoom to zoom, by kind; one by one where fewer than 300 are in sight. Of sources that are not official, places are drawn no finer than a block (about 100 m).",
        "Cells of the Web Mercator pyramid.",
        "A ring of dashes is a place known to 1 km or less. The title counts what is drawn in sight, of all in the View.",
    ),
    Method(
        "Drawn shape",
        "Points in a polygon (even-odd rule) or a circle, in metres of the place's own coordinate system. Corners, centres and radii are rounded to 50 m; a shape covers at least 0.05 km2, so that a link does not say which house somebody watches.",
        "Shimrat (1962), Communications of the ACM 5.",
        "Records without a point are left out and counted. A shape cuts through areas, so there are no rates per resident.",
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
        "The ratio of incidents a week (a day, where a period has fewer than four whole weeks) of the two periods; partial weeks are cut. The 95 % interval is widened by how much weekly counts vary more than chance (the area's own factor drawn towards that of areas of its size, moderated t): the exact conditional interval, mid-p, of counts divided by that, never narrower than that of Poisson counts.",
        "McCullagh and Nelder (1989), section 6.2; Smyth (2004); Przyborowski and Wilenski (1940); Berry and Armitage (1995); Korn and Graubard (1998).",
        "Higher or lower is said only where the whole interval lies on one side of 1. With 87 areas about 4 are flagged by chance alone, fewer where most have few incidents. Weeks count as independent: a season is a change to it.",
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
        "The cell of Uber's H3 grid that holds the point: resolution 7 to 10 by zoom. Their density (incidents per km2 per week, by each cell's own area) has the classes of resolution 8 at every zoom; counts have their own.",
        "H3, version 4.",
        "Hexagons have no residents. One with fewer than 5 incidents is hatched: its density is chance. A cell belongs to a coarser one by index, and can reach a little beyond it.",
    ),
)
