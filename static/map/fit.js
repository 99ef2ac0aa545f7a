// Where the map stands: the place in the middle of what is seen of the frame, as large as can be
// while nothing that lies over the map covers it; and how far from there a reader may go.
(function () {
  const {element, svg} = porchlight;
  const OVER = '[class*="st-key-over_"], .st-key-panel';   // what of the page lies over the map
  const PHONE = 700, NARROW = 500;      // px: the page's width; that of a map whose legend is one line
  const GAP = 8, EDGE = 2, LEAST = 80, SEEN = 160;         // px: around an overlay, at the edge; too small to fit, to resize for
  const SHARE = {wide: 0.18, phone: 0.4};  // of the screen, which the place keeps whatever lies over the map
  const SMALLEST = 0.8, LITTLE = 0.9, STEP = 0.02;         // of its side, where it has more than that, where not; zoom
  const AROUND = 0.3, OUT = 0.5;        // of the place's size, that a reader may go beyond it; zoom below the fit
  const SCALE = 10;                     // the zoom in whose pixels the place is kept

  const isPhone = () => parent.innerWidth < PHONE;
  const still = () => matchMedia("(prefers-reduced-motion: reduce)").matches;

  function lying(from) {                // boxes of what the page lays over the frame, counted from a point in it
    const frame = window.frameElement?.getBoundingClientRect();
    if (!frame) return [];
    return [...parent.document.querySelectorAll(OVER)].map(one => one.getBoundingClientRect())
      .filter(r => r.width && r.height && r.right > frame.left && r.left < frame.right && r.bottom > frame.top && r.top < frame.bottom)
      .map(r => L.bounds([r.left - frame.left - from.left, r.top - frame.top - from.top], [r.right - frame.left - from.left, r.bottom - frame.top - from.top]));
  }

  function obstacles(state) {           // all that lies over the map, ours and the page's, in pixels of the map
    const box = state.map.getContainer(), from = box.getBoundingClientRect(), narrow = from.width < NARROW;
    const captions = narrow ? [state.captions] : [...state.captions.children];
    const ours = [...box.querySelectorAll(".leaflet-control"), ...captions].map(one => one.getBoundingClientRect())
      .filter(r => r.width && r.height && r.right > from.left && r.left < from.right)
      .map(r => L.bounds([r.left - from.left, r.top - from.top], [r.right - from.left, r.bottom - from.top]));
    return [...ours, ...lying(from)];
  }

  function room(state) {                // what is seen of the map above and below strips along its whole width, and what else lies over it
    const size = state.map.getSize(), beside = [];
    let top = 0, bottom = size.y;
    for (const one of obstacles(state)) {
      const across = one.max.x - one.min.x >= 0.9 * size.x;
      if (across && one.max.y < size.y / 2) top = Math.max(top, one.max.y);
      else if (across && one.min.y > size.y / 2) bottom = Math.min(bottom, one.min.y);
      else beside.push(one);
    }
    return {seen: L.bounds([0, top], [size.x, bottom]), beside};
  }

  function inside(ring, {x, y}) {       // by the even-odd rule
    let found = false;
    ring.forEach((a, i) => {
      const b = ring[(i || ring.length) - 1];
      if ((a.y > y) !== (b.y > y) && x < a.x + (y - a.y) / (b.y - a.y) * (b.x - a.x)) found = !found;
    });
    return found;
  }

  const meets = (ring, box) => ring.some((a, i) => i && L.LineUtil.clipSegment(ring[i - 1], a, box, false, false)) || inside(ring, box.min);

  function outline(map, geojson, [[south, west], [north, east]]) {   // rings of the place in pixels at SCALE
    const whole = geojson?.features.find(f => f.properties.outline)?.geometry;
    const corners = [[west, south], [west, north], [east, north], [east, south], [west, south]];
    const rings = whole ? (whole.type === "Polygon" ? [whole.coordinates] : whole.coordinates).map(one => one[0]) : [corners];
    return rings.map(ring => ring.map(([lon, lat]) => map.project([lat, lon], SCALE)));
  }

  function every(map, geojson, place) {  // what there is to see, also far from all incidents, in the same pixels
    const within = geojson?.features.find(f => f.properties.outline)?.properties.within;
    if (!within) return place;
    const [west, south, east, north] = within;
    return L.bounds([map.project([south, west], SCALE), map.project([north, east], SCALE)]);
  }

  function best(state) {                // center and zoom at which fewest overlays cover the place, and it is largest
    const {map, place} = state, {seen, beside} = room(state), size = place.bounds.getSize(), free = seen.getSize();
    if (Math.min(free.x, free.y) < LEAST) return null;
    const factor = Math.min((free.x - 2 * EDGE) / (size.x || 1e-6), (free.y - 2 * EDGE) / (size.y || 1e-6));
    const share = size.x * size.y * factor ** 2 / (parent.innerWidth * parent.innerHeight), kept = SHARE[isPhone() ? "phone" : "wide"];
    const lowest = share > kept ? Math.max(SMALLEST, Math.sqrt(kept / share)) : LITTLE;
    const middle = place.bounds.getCenter(), at = seen.getCenter();
    const covered = k => beside.filter(({min, max}) => {
      const box = L.bounds(min.subtract([GAP, GAP]).subtract(at).divideBy(k).add(middle), max.add([GAP, GAP]).subtract(at).divideBy(k).add(middle));
      return place.rings.some(ring => meets(ring, box));
    }).length;
    let least = Infinity, chosen = factor;
    for (let k = factor; k >= factor * lowest && least; k *= 2 ** -STEP) {
      const n = covered(k);
      if (n < least) [least, chosen] = [n, k];
    }
    const {zoomSnap} = map.options, zoom = Math.min(map.getMaxZoom(), Math.floor((SCALE + Math.log2(chosen)) / zoomSnap) * zoomSnap);
    return {zoom, center: centered(state, zoom, seen)};
  }

  // the map's center, where the place's is in the middle of what is seen
  function centered({map, place}, zoom, seen) {
    const k = map.getZoomScale(zoom, SCALE), off = seen.getCenter().subtract(map.getSize().divideBy(2));
    return map.unproject(place.bounds.getCenter().multiplyBy(k).subtract(off), zoom);
  }

  function limit(state) {               // all areas and a third of the place around them, and never less than a view with the place in its middle
    const {map, place} = state, zoom = map.getZoom(), k = map.getZoomScale(zoom, SCALE), {seen} = room(state);
    if (state.drawing) return quietly(state, () => map.setMaxBounds(null));   // by keys, each point of a map that is in sight can come to its middle
    const {min, max} = place.every, pad = place.bounds.getSize().multiplyBy(AROUND * k), half = map.getSize().divideBy(2);
    const at = map.project(centered(state, zoom, seen), zoom);
    const wide = L.bounds([min.multiplyBy(k).subtract(pad), max.multiplyBy(k).add(pad), at.subtract(half), at.add(half)]);
    quietly(state, () => map.setMaxBounds(L.latLngBounds(map.unproject(wide.getBottomLeft(), zoom), map.unproject(wide.getTopRight(), zoom))));
  }

  function quietly(state, act) {        // what we do is no move of the reader's
    const was = state.quiet;
    state.quiet = true;
    try { act(); } finally { state.quiet = was; }
  }

  function uncover(state) {             // a sheet of the page along the bottom takes its part of the frame
    const high = document.documentElement.clientHeight, wide = document.documentElement.clientWidth;
    const all = lying({left: 0, top: 0}).filter(b => b.max.x - b.min.x >= 0.9 * wide && b.max.y >= high - 2);
    const covered = Math.max(0, ...all.map(b => Math.round(high - b.min.y)));
    if (high - covered >= SEEN) document.documentElement.style.setProperty("--covered", covered + "px");
  }

  function dress(state) {               // what depends on the width and on what lies at the top left
    const box = state.map.getContainer(), root = document.documentElement;
    root.classList.toggle("phone", isPhone());
    state.legend.classList.toggle("strip", box.clientWidth < NARROW);
    const above = lying({left: 0, top: 0}).filter(b => b.min.y < 40 && b.min.x < root.clientWidth / 3).map(b => b.max.y + GAP);
    root.style.setProperty("--over", Math.max(10, ...above) + "px");
  }

  function fit(state) {
    const {map} = state, box = map.getContainer();
    dress(state);
    uncover(state);
    if (box.clientWidth < LEAST || box.clientHeight < LEAST) return;   // not laid out yet
    const middle = map.getCenter(), size = map.getSize();
    quietly(state, () => {
      map.invalidateSize({pan: false});
      const view = best(state);
      if (!view) return;
      const {place} = state, all = place.every.getSize(), own = place.bounds.getSize();
      const out = Math.log2(Math.max(all.x / (own.x || 1e-6), all.y / (own.y || 1e-6)));   // till all areas are in sight
      map.options.minZoom = Math.min(view.zoom - Math.max(OUT, out), map.getMaxZoom());
      if (!state.moved) {               // until the reader moves the map it shows the whole place
        map.setMaxBounds(null);
        map.setView(view.center, view.zoom, {animate: false});
      } else if (!size.equals(map.getSize()) || map.getZoom() < map.getMinZoom())
        map.setView(middle, Math.max(map.getZoom(), map.getMinZoom()), {animate: false});   // the same place stays in the middle
      map.fire("zoomlevelschange");
    });
    limit(state);
  }

  function home(state) {                // the whole place again; where the reader was is forgotten
    const view = best(state), end = () => {
      state.moved = false;
      porchlight.forget(state.key);
      fit(state);
    };
    if (!view || still()) return end();
    state.map.once("moveend", end);
    state.map.setMaxBounds(null).setView(view.center, view.zoom, {animate: true});
  }

  function look(state, where) {         // the page shows something: an area, a spot, bounds, or all
    if (where === "all") return home(state);
    const {map} = state, animate = !still();
    if (where.at) return map.setView(where.at, where.zoom ?? map.getZoom(), {animate});
    let bounds = where.bounds;
    state.scene.layer?.eachLayer(one => { if (one.feature.properties.i === where.area) bounds = one.getBounds(); });
    if (!bounds) return;
    const {seen} = room(state), size = map.getSize();
    porchlight.rows.mark(state, where.area ?? null);
    map.fitBounds(bounds, {animate, maxZoom: 15, paddingTopLeft: [24, 24 + seen.min.y], paddingBottomRight: [24, 24 + size.y - seen.max.y]});
  }

  function button(state) {              // below + and -
    const bar = state.map.zoomControl.getContainer();
    const made = element("a", {href: "#", role: "button", title: "Whole place", className: "porch-home"}, bar);
    made.setAttribute("aria-label", "Whole place");
    const icon = svg("svg", {width: 18, height: 18, viewBox: "0 0 18 18", "aria-hidden": true}, made);
    svg("path", {d: "M2.5 9 9 3l6.5 6M4.5 8v7h9V8", fill: "none", stroke: "currentColor", "stroke-width": 1.7, "stroke-linejoin": "round"}, icon);
    const press = e => { L.DomEvent.stop(e); home(state); };
    made.addEventListener("click", press);
    made.addEventListener("keydown", e => { if (e.key === " ") press(e); });
  }

  function watch(state) {               // what lies over the map comes, goes and changes its size
    const boxes = new Set();
    let timer = 0, was = "";
    const look = () => {
      timer = 0;
      for (const one of parent.document.querySelectorAll(OVER)) if (!boxes.has(one)) { boxes.add(one); sizes.observe(one); }
      const now = JSON.stringify([isPhone(), lying({left: 0, top: 0}).map(b => [b.min, b.max])]);
      if (now !== was) { was = now; fit(state); }
    };
    const soon = () => { timer ||= setTimeout(look, 80); };
    const sizes = new ResizeObserver(soon), tree = new MutationObserver(soon);
    tree.observe(parent.document.body, {childList: true, subtree: true, attributes: true, attributeFilter: ["style", "class"]});
    parent.document.addEventListener("transitionend", soon);
    parent.addEventListener("resize", soon);
    window.addEventListener("pagehide", () => {
      sizes.disconnect();
      tree.disconnect();
      parent.document.removeEventListener("transitionend", soon);
      parent.removeEventListener("resize", soon);
    });
    soon();
  }

  porchlight.fit = {obstacles, quietly, meets};
  porchlight.part({
    base(state, told) {
      const {map} = state, placed = (geojson, corners) => {
        const rings = outline(map, geojson, corners);
        const bounds = L.bounds(rings.flat());
        state.place = {rings, bounds, every: every(map, geojson, bounds)};
      };
      state.fit = () => fit(state);
      state.limit = () => limit(state);
      state.look = where => porchlight.drawn(state).then(() => look(state, where));
      state.placed = geojson => placed(geojson, told.bounds);
      placed(null, told.bounds);
      map.zoomControl.setPosition("topright");
      button(state);
      map.on("movestart", () => { if (!state.quiet) state.moved = true; });
      map.on("zoomend", () => limit(state));
      const sizes = new ResizeObserver(state.fit);
      for (const one of [map.getContainer(), state.legend, state.captions, state.credit, map.zoomControl.getContainer().parentElement]) sizes.observe(one);
      new ResizeObserver(state.fit).observe(document.documentElement);
      watch(state);
    },
    patch(state, told, geojson) {
      if (!state.fresh("shapes")) return;
      state.placed(geojson);
      fit(state);
    },
  });
})();
