// Incidents: clusters as small donuts by kind, single ones where few are in sight.
(function () {
  const {svg} = porchlight, WORLD = 2 ** 30, COARSE = 2;   // from here on a place is known to 1 km or less

  const degrees = (x, y) => [Math.atan(Math.sinh(Math.PI * (1 - 2 * y / WORLD))) * 180 / Math.PI, x / WORLD * 360 - 180];

  const short = n => n < 1000 ? String(n) : n < 1e4 ? (n / 1e3).toFixed(1) + "k" : n < 1e6 ? Math.round(n / 1e3) + "k" : (n / 1e6).toFixed(1) + "M";

  function donut(told, cell, ink, paper) {   // an arc a kind, the count in the middle
    const r = Math.round(10 + 3.8 * Math.log10(cell.n)), size = 2 * r + 4, c = size / 2;
    const root = svg("svg", {width: size, height: size, viewBox: `0 0 ${size} ${size}`, "aria-hidden": true});
    const ring = r * 0.78, wide = r * 0.42, around = 2 * Math.PI * ring;
    svg("circle", {cx: c, cy: c, r, fill: paper, "fill-opacity": 0.92, stroke: paper, "stroke-width": 2}, root);
    let from = 0;
    for (const [kind, n] of cell.kinds) {
      const long = n / cell.n * around;
      svg("circle", {cx: c, cy: c, r: ring, fill: "none", stroke: told.colors[kind] || told.rest, "stroke-width": wide,
                     "stroke-dasharray": `${long} ${around - long}`, "stroke-dashoffset": -from, transform: `rotate(-90 ${c} ${c})`}, root);
      from += long;
    }
    svg("text", {x: c, y: c, "text-anchor": "middle", "dominant-baseline": "central", fill: ink, "font-size": Math.max(9.5, r * 0.52), "font-weight": 600}, root, short(cell.n));
    return {root, size};
  }

  function dot(told, cell, ink, paper) {     // hollow where the place is known to 1 km or less
    const size = 16, hollow = cell.precision >= COARSE, color = told.colors[cell.kinds[0][0]] || told.rest;
    const root = svg("svg", {width: size, height: size, viewBox: "0 0 16 16", "aria-hidden": true});
    svg("circle", {cx: 8, cy: 8, r: 5.5, fill: hollow ? paper : color, stroke: hollow ? color : paper, "stroke-width": hollow ? 2 : 1.4,
                   "stroke-dasharray": hollow ? "2.5 2" : "none"}, root);
    return {root, size};
  }

  function read([x, y, east, south, precision, ...rest]) {
    const kinds = [];
    for (let i = 0; i < rest.length; i += 2) kinds.push([rest[i], rest[i + 1]]);
    kinds.sort((a, b) => b[1] - a[1]);
    return {x, y, at: degrees(east, south), precision, kinds, n: kinds.reduce((sum, k) => sum + k[1], 0)};
  }

  function lines(told, cell) {
    const all = [`${cell.n.toLocaleString("en")} incident${cell.n === 1 ? "" : "s"}`];
    for (const [kind, n] of cell.kinds.slice(0, 6)) all.push(`${told.kinds[kind]} ${n.toLocaleString("en")}`);
    if (cell.precision >= COARSE) all.push(cell.n === 1 ? "place known to 1 km or less" : "some known to 1 km or less");
    return all;
  }

  function choose(state, cell) {
    const told = state.told.incidents, size = 2 ** told.level;
    if (told.single) return state.say({spot: [cell.x, cell.y, told.level]});
    const [north, west] = degrees(cell.x * size, cell.y * size), [south, east] = degrees((cell.x + 1) * size, (cell.y + 1) * size);
    state.map.fitBounds([[south, west], [north, east]], {maxZoom: Math.min(18, Math.round(state.map.getZoom()) + 3), animate: !matchMedia("(prefers-reduced-motion: reduce)").matches});
  }

  function marked(state, told, cell) {
    const {root, size} = (cell.n === 1 ? dot : donut)(told, cell, state.ink, state.paper);
    const icon = L.divIcon({html: root, className: "porch-dot", iconSize: [size, size]});
    const marker = L.marker(cell.at, {icon, pane: "incidents", keyboard: false});
    const show = e => porchlight.tip.show(state, state.map.mouseEventToContainerPoint(e.originalEvent), "", lines(told, cell),
                                          told.single ? "Click to read it" : "Click to come closer");
    return marker.on("mouseover mousemove", show).on("mouseout", () => porchlight.tip.hush(state))
      .on("click", () => { porchlight.tip.hush(state); choose(state, cell); });
  }

  function patch(state, told) {
    const old = state.points, same = told && old && told.held && old.view === told.view && old.level === told.level && old.dark === state.told.dark
      && String(old.box) === String(told.held);
    if (!same) {
      old?.group.remove();
      state.points = null;
    }
    if (!told) { delete state.counted; return; }
    const points = state.points ??= {group: L.layerGroup().addTo(state.map), cells: new Map()};
    if (told.held && !same) state.waits = points.box = null;   // what was left out is not here: ask for all of it
    else Object.assign(points, {box: told.box});
    Object.assign(points, {view: told.view, level: told.level, dark: state.told.dark});
    for (const row of told.cells) {
      const cell = read(row), key = cell.x + "," + cell.y;
      if (points.cells.has(key)) continue;
      cell.marker = marked(state, told, cell).addTo(points.group);
      points.cells.set(key, cell);
    }
    const [left, top, wide, high] = told.box;
    for (const [key, cell] of points.cells) {
      if (cell.x >= left && cell.x < left + wide && cell.y >= top && cell.y < top + high) continue;
      cell.marker.remove();
      points.cells.delete(key);
    }
    count(state);
  }

  // how many are in sight the page has counted, for the list too; null while it counts
  const inSight = (state, sight) => String(sight.window) === String(porchlight.seen(state.map)) ? sight.n : null;

  function count(state) {
    const told = state.told.incidents, title = state.legend.querySelector("strong");
    if (!told?.sight || !title) return;   // records of one finding are all here: nothing to count
    state.n = inSight(state, told.sight);
    // the last number stays, pale, until the new one is here: a legend that changes its size moves the map
    state.counted = state.n ?? state.counted;
    title.classList.toggle("counting", state.n === null);
    title.textContent = `Showing ${state.counted?.toLocaleString("en") ?? "\u2026"} of ${told.of.toLocaleString("en")} incidents`;
  }

  porchlight.part({
    base(state) {
      state.map.createPane("incidents").style.zIndex = 460;
      state.held = () => state.told.incidents && state.points?.box ? [state.points.view, state.points.level, ...state.points.box] : null;
      state.uncounted = () => state.told.incidents?.sight && (!state.points?.box || inSight(state, state.told.incidents.sight) === null);
      state.map.on("moveend", () => count(state));
    },
    patch(state, told) { patch(state, told.incidents); },
  });
})();
