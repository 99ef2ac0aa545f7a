"""Methods: how each number is made, one row a number, for the page of methods."""

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
        "The chosen records by area. The source's own label wins where it names an area of the set (renamed areas by a table of aliases); otherwise the area that holds the point.",
        "Point in polygon, exact; on a shared border the first area by name.",
        "Records known only to the city, or outside the areas, are counted above but in no area.",
    ),
    Method(
        "Time known only to the month",
        "Such a record counts where its whole month lies in the period, and then in counts of areas and by month; it enters no week, day or hour, and no method that needs them. Where most of the chosen records are known no better, its steps are months. What is left out is counted below every page.",
        "A record enters no step finer than its time is known to.",
        "A month of 31 days holds more than one of 28: ratios of months are those of incidents a day.",
    ),
    Method(
        "Busiest weekday or hour",
        "Means of a day of that weekday, or of that hour on the clock, over the whole days that the source covers: days and hours are counted as the calendar and the clock had them, also where the clock changed. Whether they differ at all is tested first: chi-square of the counts against the days or hours covered, divided by how many times as much as chance the counts of days vary (around the means of their weekdays, at least 1), by the F distribution. Only where p is below 1% are any named: those with “most” (up to three) have clearly more than each of the others, those with “clearly more than average” than the mean of all, all together at 1% (Bonferroni). Nothing is tested with fewer than four of each or five incidents for each.",
        "McCullagh and Nelder (1989), Generalized Linear Models, section 6.2, for the dispersion.",
        "Where hours after midnight count as the night before, a day is a night from 06:00 to 06:00; one that the source does not cover to its end is cut. An event of several days at the same hours can make these stand out.",
    ),
    Method(
        "Areas named above a map",
        "Named are areas whose count, or rate per resident, lies above that of all together by its exact Poisson interval at 95% for all areas at once (Bonferroni), with 20 incidents or more. Counts are divided by how many times as much as chance the steps of the area vary, so that an event with many records counts as one. “Most” (up to three) is said of those that are also clearly above each of the others; in rates, of those with 20 incidents or more. Else the headline says “clearly more than average”, and how many more areas are.",
        "Garwood (1936), Biometrika 28; Smyth (2004), Statistical Applications in Genetics and Molecular Biology 3, for the dispersion.",
        "The list beside the map is in the order of its numbers, which chance can change: neighbors in it need not differ.",
    ),
    Method(
        "Heat",
        "Kernel density: a Gaussian with the bandwidth as its standard deviation, in meters on the ground (the Mercator map is corrected by latitude, row by row), divided near the outline by the share of the kernel that lies inside. Counted by map pixel with the mean place in it, so that each value is within 1% of the sum over all points where the bandwidth is 4 pixels or more. In incidents per km² per week. The bandwidth is by Scott's rule on all records of the source, to the nearest step from 150 to 1,500 m, unless the reader chooses one.",
        "Diggle (1985), Applied Statistics 34; Baddeley, Rubak and Turner (2015), section 6.5; Scott (1992), section 6.3; Jones and Lotwick (1984), Applied Statistics 33.",
        "Only records whose place is known to the block or better. One color is one density at every zoom and in every frame; the scale is fitted to all that you chose until you rescale it. It smooths: a warm street may be one busy corner.",
    ),
    Method(
        "Heat of two periods, and their difference",
        "Both periods cut to whole weeks (or days) on one scale. The difference is drawn only where it stands: each pixel's variance is that of a Poisson process through the squared kernel, times how much the kernel's own weekly sums vary more than chance, pulled toward the mean of all pixels; two-sided t; Benjamini-Hochberg over all pixels with at least 10 incidents within reach, at 5%.",
        "Diggle (1985); McCullagh and Nelder (1989), section 6.2; Benjamini and Hochberg (1995); Benjamini and Yekutieli (2001).",
        "Where nothing is drawn the difference may be chance: that is not the same as no difference. A test deals weeks of the sample to two periods at random, and hardly ever anything is flagged. Beside a map with nothing drawn stands the smallest rise, within two bandwidths of a typical spot, that would usually have shown.",
    ),
    Method(
        "Frames of the time player",
        "The chosen records by day, week, month or hour of the day; a frame spans one of them or several together. Only whole ones that the source covers, the newest 60. The heat of a frame is divided by the weeks that it covers (frames by hour: by those of the period), and all frames have one scale.",
        "Kernel density as for heat.",
        "A frame holds few incidents: much of what moves is chance. Incidents in part of a week, or known less exactly than the unit, are in no frame and counted below it.",
    ),
    Method(
        "Incidents on the map",
        "Counts by the cells of a grid that nest from zoom to zoom, by kind; one by one where fewer than 300 are in sight. Of sources that are not official, places are drawn no finer than a block (about 100 m).",
        "Cells of the Web Mercator pyramid.",
        "A ring of dashes is a place known to 1 km or less. The title counts what is drawn in sight, of all that you chose.",
    ),
    Method(
        "Drawn shape",
        "Points in a polygon (even-odd rule) or a circle, in meters of the place's own coordinate system. Corners, centers and radii are rounded to 50 m; a shape covers at least 0.05 km², so that a link does not say which house somebody watches.",
        "Shimrat (1962), Communications of the ACM 5.",
        "Records without a point are left out and counted. A shape cuts through areas, so there are no rates per resident.",
    ),
    Method(
        "Rate per 1,000 residents",
        "Incidents of the period divided by residents, with the exact 95% Poisson interval; marked unreliable below 20 incidents.",
        "Garwood (1936), Biometrika 28.",
        "People are stopped where they drive, shop and work, not only where they live. No rate without residents, where the population is not known, or of a source that does not count what happened (the press unless it says otherwise).",
    ),
    Method(
        "What local police did",
        "The chosen records by what they say of local police. The share of each answer is of the records that say anything; the others are counted beside it. 95% interval of the share by Wilson's score; no shares where fewer than 20 records say it.",
        "Wilson (1927), Journal of the American Statistical Association 22.",
        "Not recorded is not the same as not there. Who writes down what police did may differ from who does not, and where several reports tell of one event the true interval is wider.",
    ),
    Method(
        "Smoothed rate",
        "The rate pulled toward that of the whole place, the more so the fewer the residents (empirical Bayes, method of moments).",
        "Marshall (1991), Applied Statistics 40.",
        "It tells which rates are high beyond what small numbers do by chance.",
    ),
    Method(
        "Change",
        "The ratio of incidents a week (a day, where a period has fewer than four whole weeks; of whole months by their days, where most records are known only to the month) of the two periods; partial weeks, days, nights and months are cut. The 95% interval is widened by how much weekly counts vary more than chance (the area's own factor pulled toward that of areas of its size, moderated t): the exact conditional interval, mid-p, of counts divided by that, never narrower than that of Poisson counts.",
        "McCullagh and Nelder (1989), section 6.2; Smyth (2004); Przyborowski and Wilenski (1940); Berry and Armitage (1995); Korn and Graubard (1998).",
        "Higher or lower is said only where chance and season do not explain it, over all areas judged together (Benjamini-Hochberg, 5%; from 20 incidents on). The interval is widened by how much neighboring weeks of the source's past resemble each other. Where the two periods lie in other seasons, the ratio must also be clear beside that of the same periods in other years; without another year nothing is called a rise or fall.",
    ),
    Method(
        "Classes of the map",
        "Natural breaks of the positive values (quantiles for more than 200 units), limits rounded up.",
        "Fisher (1958); Jenks (1977); mapclassify.",
        "Classes are made for what you chose: compare two maps by their legends.",
    ),
    Method(
        "Areas learned from points",
        "Points whose label disagrees with most of their neighbors are dropped; Voronoi cells of the rest are joined by label, clipped to a concave hull of all points and simplified together.",
        "Aurenhammer (1991), ACM Computing Surveys 23, for the cells.",
        "Approximate, and marked so. Replace them: python -m data areas FILE.",
    ),
    Method(
        "Hexagons",
        "The cell of Uber's H3 grid that holds the point: resolution 7 to 10 by zoom. Their density (incidents per km² per week, by each cell's own area) has the classes of resolution 8 at every zoom; counts have their own.",
        "H3, version 4.",
        "Hexagons have no residents. One with fewer than 5 incidents is hatched: its density is chance. A cell belongs to a coarser one by index, and can reach a little beyond it.",
    ),
    Method(
        "Hot spot",
        "Gi* of the standardized rate (never of raw counts) of each area with its neighbors, all counting alike: how many standard errors a rate lies above the city's, where a rate of few residents varies more and areas differ beyond Poisson chance without a pattern (a + b / residents). p is two-sided, by 9,999 conditional permutations or more: an area keeps its value and the others are shuffled, and more shuffles are made where a value that few shuffles reach is not settled. Benjamini-Hochberg over all areas tested: hot or cold is said only where q is at most 0.05.",
        "Getis and Ord (1992), Geographical Analysis 24; Ord and Getis (1995), Geographical Analysis 27; Assuncao and Reis (1999), Statistics in Medicine 18, for the rate; Besag and Clifford (1991), Biometrika 78, and Sandve, Ferkingstad and Nygard (2011), Bioinformatics 27, for the permutations; Benjamini and Hochberg (1995).",
        "Of the areas flagged about 1 in 20 is expected to be chance; where nothing is to be found, no more than 1 map in 20 flags any, also where residents are 25 times as many in one half as in the other. No hot spot is not the same as no rise: beside it stands the smallest that would usually have shown, tried on maps in which the areas' rates are shuffled. Not tested: areas without residents or of unknown population (for rates), and those without neighbors. A rate per resident is high where many people come who do not live there. Per km² (the layer clusters and the page “Clusters” offer both) the ground takes the part of residents, water and parks included: high wherever more people and streets are, so it says nothing about the risk of anybody there.",
    ),
    Method(
        "Emerging hot spot",
        "The chosen records by area and whole month (or week): Gi* of each step's standardized rate (as for a hot spot) with its neighbors in the same step, 9,999 permutations and, where these leave it open, as many more as the number of cells asks for; where that would be too many, it says so. Benjamini-Hochberg over all cells of this space-time cube, the newest step weighing as much as all others. The word follows from which steps are hot or cold and from Mann and Kendall's trend of an area's series of Gi*; words of change (new, consecutive, oscillating, historical, intensifying, diminishing) only where the area and its neighbors had more, or fewer, in those steps than in all others, or the trend stands, after Bonferroni over all areas.",
        "Esri, How Emerging Hot Spot Analysis works (definitions); Mann (1945), Econometrica 13; Kendall (1975); Getis and Ord (1992); Genovese, Roeder and Wasserman (2006), Biometrika 93, for the weights.",
        "Where nothing is to be found, no more than 1 cube in 20 flags any cell; where residents differ 25 times and counts of areas vary as much as their mean, up to 1 in 10. At least 10 steps, at most the newest 60, all since the last known change of recording. Neighbors in time are not joined, so that a step stands for itself; with few incidents a step little stands out.",
    ),
    Method(
        "Unusual now",
        "Prospective space-time scan: circles of areas around each area (each a fifth larger than the one before it, up to half of the incidents) over the newest 1, 2, 3, 5, 7, 10, 14, 21, 28 or 42 days. Expected is the circle's share of the baseline, half of the days there are and at most 364, times what all areas had in those days. A window's score is its Poisson log likelihood ratio divided by how much more the circle's own weeks before vary than chance (their variance over their mean, at least 1). p is the larger of two: the rank of the score among the highest ones of 999 replicates, in which the weeks of the baseline before the newest days are shuffled, whole over all areas; and how rare it is among the highest scores of the same look at each earlier day that shares no window with the newest: its rank, and a Gumbel curve through them, widened (Student's t) for how few independent looks they are (half of the longest window, or a week, counts as one). Unusual is said where p is at most 1 in 100; 1 / p is once in how many days. The same rule gives on how many earlier days something would have been unusual. Where nothing is, rises in 5 areas next to each other (around a place drawn by incidents) for up to two weeks are added to 40 such replicates: the smallest that is found in four of five is named. Community reports that the page “Same event?” proposes as duplicates count once.",
        "Kulldorff, Heffernan, Hartman, Assuncao and Mostashari (2005), PLoS Medicine 2(3); Abrams, Kleinman and Kulldorff (2010), International Journal of Health Geographics 9 for Gumbel; Tango, Takahashi and Kohriyama (2011), Biometrics 67 for overdispersion.",
        "It takes 161 days with data (182 for windows of up to 28): with fewer nothing can be called rarer than 1 in 100. Only days since the last known change of recording are looked at, the newest three years. A rise that is the same everywhere is not found by it (see the alarms and the page “Is it rising?”), one that lasts longer than the newest days looked at becomes usual. Days without an exact date are left out. Reports that come in late are not there yet.",
    ),
    Method(
        "Near repeats",
        "All pairs of events of one kind, by bands of distance (east-west plus north-south, as streets run) and of days between them; records within 150 m and an hour of each other (of the same day, where no hour is known) count as one event. What chance brings: the mean over 999 shuffles of the days among the places, each day only within its four weeks, so that every place keeps its own season. p is one-sided, Benjamini-Hochberg over all bands of later days, and apart from them over those of the same day.",
        "Knox (1964), Applied Statistics 13; Ratcliffe and Rengert (2008), Security Journal 21; Good (2005), Permutation, Parametric and Bootstrap Tests of Hypotheses, for permutation within strata.",
        "Only records known to the block and the day, since the last known change of recording; of more than 10,000 the newest. Where a place has more for weeks on end, that is no near repeat; nor is what repeats within the hour. It describes the past and foretells nothing.",
    ),
    Method(
        "Episode",
        "ST-DBSCAN: a record is a core where at least so many records, itself counted, lie within so many meters and so many hours of it; cores near each other are one group, and what is near a core belongs to it. Independent sources are counted at least: different senders where the source tells them apart (by a keyed hash), else one for each source. Proposed duplicates: two records of one kind within 150 m and an hour.",
        "Birant and Kut (2007), Data and Knowledge Engineering 60; Ester, Kriegel, Sander and Xu (1996).",
        "Only records known to the block and the hour; of more than 50,000 the newest. A group is a proposal, not an event: where much is recorded groups form by chance.",
    ),
    Method(
        "Comparison",
        "Two periods, two sets of areas or two sources, each cut to whole weeks (or days). Periods: the ratio of incidents a week, as for Change. Sets of areas: the ratio of incidents per resident in the same weeks, each area of the first set against all of the second together. Sources: an area's share of the one divided by its share of the other, over the weeks that both cover. The interval is that of Change; on the same weeks its factor is that of the weekly share of the one in both. p is one minus the level whose interval ends at 1; Benjamini-Hochberg over all areas with 20 incidents or more: clearly more or fewer is said only where q is at most 0.05.",
        "Przyborowski and Wilenski (1940); Berry and Armitage (1995), Statistics in Medicine 14; Korn and Graubard (1998); Smyth (2004); Benjamini and Hochberg (1995).",
        "Intervals are of one area each (95%); what is called clear is controlled over all areas. Two halves of a year differ by season too. Two sources differ by who records what, where and when: a difference of shares need not be one of what happened.",
    ),
    Method(
        "Trend",
        "Whole weeks. Expected band and alarms: the improved Farrington method (quasi-Poisson on up to five years of past, ten seasonal levels, a trend from three years on, weeks that were odd count less, the newest 26 not at all), or where the past is shorter the level of the 13 weeks before. A week above the 99% band alarms. Breaks: one at a time where the quasi-Poisson likelihood gains most, as long as it is clear against simulated series of the same level, season, dispersion and correlation, and fits clearly better than a slope: else it is called a drift and has no date. Sought from 104 weeks on, because a season passes for a break in fewer. Trend and season, where asked for: STL, robust, on the square root of the counts.",
        "Noufaily, Enki, Farrington, Garthwaite, Andrews and Charlett (2013), Statistics in Medicine 32; Hutwagner, Thompson, Seeman and Treadwell (2003) for EARS; Bai and Perron (1998), Econometrica 66; Cleveland, Cleveland, McRae and Terpenning (1990), Journal of Official Statistics 6.",
        "No past and no level reaches across a known change of recording: bands begin anew after it. False alarms a month are the larger of two simulations: the series' own weeks shuffled, and negative binomial weeks like them. A break across all areas at once can be a change of recording.",
    ),
    Method(
        "Corrections",
        "A correction (a value was wrong), an update (it became known later) or a retraction (the record should not be there) of an official or press record stands in the place of what was imported, and over every later import, until it is taken back. All are on the page “Corrections”.",
        "Reasons are from a list; where people sign in, a second one approves. The policy: docs/corrections.md.",
        "A published release keeps the numbers that it was published with; the next one has the corrected ones.",
    ),
    Method(
        "Police response by city and month",
        "The records of each source that says what local police did, by the city that they name (one that names none and lies in the areas is in the place itself), by month and by response. Each source stands by itself over its own period, unless a period is chosen, and none is added to another. What is not recorded is said first; shares of responses are of the records that say one. Shares have a 95% interval by Wilson's score, and there are none where fewer than 20 records say anything.",
        "Wilson (1927), Journal of the American Statistical Association 22; Newcombe (1998), Statistics in Medicine 17.",
        "Records are not all that happened: the press picks what it writes about, people what they report. The interval takes records as independent; several of one event make it too narrow. A city that no record names has no row, which is not the same as no response there.",
    ),
    Method(
        "Force and harm",
        "The records of each source that says what force was used or what harm was done, by month, by area and by city, each source by itself. Somebody was hurt where the record says so, in words or in a flag; a journalist who was hurt is somebody. A record may have several kinds of force and of harm, so columns do not add up to the records. What is not recorded is said first; shares have a 95% interval by Wilson's score, and there are none where fewer than 20 records say anything.",
        "Wilson (1927), Journal of the American Statistical Association 22; Newcombe (1998), Statistics in Medicine 17.",
        "Counts are of records, not of people. Official records hold force that officers reported; where a source has no column for something, no record of it can say it. A line marks a known change of recording: before and after it the numbers do not measure the same.",
    ),
)
