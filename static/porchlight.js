// Porchlight's map: a base that never changes and patches that change what is on it.
// Text is set with textContent only: nothing that comes in here is ever markup.
(function () {
  const shapes = {};            // geometry by url, loaded once a page
  const blank = "data:image/gif;base64,R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7";
  const svg = "http://www.w3.org/2000/svg";
  const NARROW = 500;           // px: on a map less wide the legend is a strip below the place
  const READ = 3.5;             // contrast from which light letters are read better than dark ones
  const LED = 3;                // areas that a title names

  function element(tag, parts, parent) {
    const made = Object.assign(document.createElement(tag), parts);
    if (parent) parent.append(made);
    return made;
  }

  function load(url) {          // a file of ours that calls porchlight.shapes(url, geojson)
    return shapes[url] ??= new Promise((done, failed) => {
      const script = element("script", {src: url, onerror: failed});
      waiting[url] = done;
      document.head.append(script);
    });
  }
  const waiting = {};

  function hatches(map, ink, paper, fills) {  // patterns for what a color must not say
    const root = map.getPanes().overlayPane.querySelector("svg");
    if (!root) return;
    root.querySelector("defs.hatches")?.remove();
    const defs = document.createElementNS(svg, "defs");
    defs.setAttribute("class", "hatches");
    const lines = {nodata: ["M0,8 L8,0"], residents: ["M0,0 L8,8"], few: ["M0,4 L8,4"]};
    for (const weak of new Set((fills || []).filter(f => f[0] === "~")))   // a color that is not to be relied on
      lines[weak.slice(2)] = ["M0,8 L8,0", weak.slice(1)];
    for (const [name, [path, under]] of Object.entries(lines)) {
      const pattern = document.createElementNS(svg, "pattern");
      Object.entries({id: "hatch-" + name, width: 8, height: 8, patternUnits: "userSpaceOnUse"})
        .forEach(([key, value]) => pattern.setAttribute(key, value));
      if (under) {
        const rect = document.createElementNS(svg, "rect");
        Object.entries({width: 8, height: 8, fill: under}).forEach(([key, value]) => rect.setAttribute(key, value));
        pattern.append(rect);
      }
      const line = document.createElementNS(svg, "path");
      Object.entries({d: path, stroke: under ? paper : ink, "stroke-width": under ? 2 : 1.2, "stroke-opacity": under ? 0.8 : 0.55})
        .forEach(([key, value]) => line.setAttribute(key, value));
      pattern.append(line);
      defs.append(pattern);
    }
    root.prepend(defs);
  }

  function swatch(row, ink, paper) {   // the legend's little picture of a row
    const box = element("span", {className: "swatch"});
    if (row.hatch) {
      const angle = {nodata: 135, residents: 45, few: 180}[row.hatch];
      box.style.background = `repeating-linear-gradient(${angle}deg, ${ink}66 0 1px, transparent 1px 4px)`;
    } else box.style.background = row.color;
    if (row.weak) box.style.background = `repeating-linear-gradient(135deg, ${paper} 0 2px, ${row.color} 2px 5px)`;
    return box;
  }

  function legend(state, told) {
    const box = state.legend;
    box.replaceChildren();
    if (!told) return;
    element("strong", {textContent: told.title}, box);
    if (told.ramp) {
      const bar = element("div", {className: "ramp"}, box);
      bar.style.background = `linear-gradient(to right, ${told.ramp.colors.join(",")})`;
      const ends = element("div", {className: "ends"}, box);
      told.ramp.ticks.forEach(t => element("span", {textContent: t}, ends));
    }
    for (const row of told.rows || []) {
      const line = element("div", {className: "row"}, box);
      line.append(swatch(row, state.ink, state.paper));
      element("span", {textContent: row.text}, line);
    }
    if (told.note) element("div", {className: "note", textContent: told.note}, box);
  }

  function light(color) {       // relative luminance of #rrggbb, as WCAG counts it
    const part = i => { const c = parseInt(color.slice(i, i + 2), 16) / 255; return c <= .04045 ? c / 12.92 : ((c + .055) / 1.055) ** 2.4; };
    return .2126 * part(1) + .7152 * part(3) + .0722 * part(5);
  }

  function contrast(one, two) {
    const [low, high] = [light(one), light(two)].sort((a, b) => a - b);
    return (high + .05) / (low + .05);
  }

  function written(state, i) {  // light or dark, whichever is read on an area's fill, and a halo of the fill
    const fill = state.told.fills?.[i];
    if (fill?.[0] !== "#") return {color: state.ink, halo: state.paper};
    const [dark, bright] = [state.ink, state.paper].sort((a, b) => light(a) - light(b));
    return {color: contrast(bright, fill) >= READ ? bright : dark, halo: fill};
  }

  function label(state) {       // names where there is room for them, the largest areas first
    const map = state.map, taken = [];
    state.labels.replaceChildren();
    if (!state.layer || !state.named) return;
    const found = [];
    state.layer.eachLayer(l => {
      const p = l.feature.properties;
      if (!p.at) return;
      const a = map.project([p.at[1], p.at[0]]), size = map.latLngToLayerPoint(l.getBounds().getNorthEast())
        .subtract(map.latLngToLayerPoint(l.getBounds().getSouthWest()));
      found.push({name: p.name, i: p.i, at: map.latLngToLayerPoint([p.at[1], p.at[0]]), room: Math.abs(size.x), a,
                  rank: state.order[p.i] ?? 1e6, area: Math.abs(size.x * size.y)});
    });
    found.sort((p, q) => p.rank - q.rank || q.area - p.area);
    for (const f of found) {
      const lines = f.name.length > 13 ? wrap(f.name) : [f.name];
      const wide = Math.max(...lines.map(t => t.length)) * 6.1, high = lines.length * 13;
      const box = [f.at.x - wide / 2, f.at.y - high / 2, f.at.x + wide / 2, f.at.y + high / 2];
      const room = f.rank < LED ? 2.2 : 1.15;     // the areas that the page's title names may reach over their border
      if (wide > f.room * room || taken.some(t => box[0] < t[2] && t[0] < box[2] && box[1] < t[3] && t[1] < box[3])) continue;
      taken.push(box);
      const text = element("div", {className: "area-name"}, state.labels);
      const {color, halo} = written(state, f.i);
      text.dataset.unit = f.i;
      text.style.color = color;
      text.style.setProperty("--halo", halo);
      text.style.transform = `translate(${f.at.x}px, ${f.at.y}px) translate(-50%, -50%)`;
      lines.forEach(t => element("div", {textContent: t}, text));
    }
  }

  function wrap(name) {         // two lines, broken at the space nearest to the middle
    const spaces = [...name].map((c, i) => c === " " ? i : -1).filter(i => i > 0);
    if (!spaces.length) return [name];
    const cut = spaces.reduce((p, q) => Math.abs(q - name.length / 2) < Math.abs(p - name.length / 2) ? q : p);
    return [name.slice(0, cut), name.slice(cut + 1)];
  }

  function open(state, layer) { // the area's own page, filters kept: a step in the history, no reload
    const page = parent.document.querySelector('a[href*="/area?"], a[href$="/area"]');
    const url = new URL(page ? page.href : "area", parent.location.href);
    url.search = parent.location.search;
    url.searchParams.set("name", layer.feature.properties.name);
    parent.history.pushState(parent.history.state, "", url);
    parent.dispatchEvent(new PopStateEvent("popstate", {state: parent.history.state}));
  }

  function told(state, layer, touched) {          // what is known of an area, line by line
    const box = state.tip, name = layer.feature.properties.name;
    box.replaceChildren();
    element("strong", {textContent: name}, box);
    for (const line of state.tips[layer.feature.properties.i] || []) element("div", {textContent: line}, box);
    if (state.told.opens && name) element("div", {className: "more", textContent: touched ? "Tap again for its page" : "Click for its page"}, box);
  }

  function tell(state, event, touched = false) {  // beside the pointer, above all else, wholly within the frame
    if (state.shown !== event.sourceTarget) told(state, state.shown = event.sourceTarget, touched);
    const box = state.tip, room = state.map.getSize(), at = event.containerPoint, gap = 14, edge = 4;
    box.hidden = false;
    const place = (from, size, all) => Math.max(edge, Math.min(from + gap + size > all - edge ? from - gap - size : from + gap, all - edge - size));
    box.style.left = place(at.x, box.offsetWidth, room.x) + "px";
    box.style.top = place(at.y, box.offsetHeight, room.y) + "px";
  }

  function hush(state) {
    state.tip.hidden = true;
    state.shown = state.asked = null;
  }

  function choose(state, event) {                 // a finger cannot hover: its first tap tells, its second opens
    const layer = event.sourceTarget, touched = event.originalEvent.pointerType === "touch" || matchMedia("(hover: none)").matches;
    if (touched && state.asked !== layer) {
      state.shown = null;
      tell(state, event, true);
      state.asked = layer;
    } else if (state.told.opens && layer.feature.properties.name) open(state, layer);
  }

  function dress(state, told) {
    const i = p => p.i ?? -1;
    const style = f => {
      if (f.properties.outline) return {fill: false, weight: 2, color: state.ink, opacity: 0.75, interactive: false};
      const fill = told.fills?.[i(f.properties)], plain = !fill || fill[0] === "#";
      const hatch = plain ? null : fill[0] === "~" ? fill.slice(2) : fill;
      return {weight: state.named ? 1 : 0.5, color: told.edge, opacity: told.fills ? 1 : 0.5, fill: true,
              fillColor: hatch ? `url(#hatch-${hatch})` : (fill || told.paper),
              fillOpacity: told.fills ? (hatch ? 1 : 0.92) : 0.001};
    };
    state.layer.options.style = style;
    state.layer.setStyle(style);
    state.layer.eachLayer(l => { if (l.feature.properties.outline) l.bringToFront(); });
  }

  function base(map, told) {
    const box = map.getContainer();
    box.style.height = "100%";
    box.setAttribute("role", "application");
    box.setAttribute("aria-label", told.title);
    document.title = told.title;
    if (window.frameElement) frameElement.title = told.title;
    for (let up = box.parentElement; up && up !== document.body; up = up.parentElement) up.style.height = "100%";
    let moved = told.placed;    // until the reader moves the map it shows the whole place
    ["mousedown", "wheel", "touchstart", "keydown"].forEach(e => box.addEventListener(e, () => { moved = true; }, {passive: true, capture: true}));
    const fit = () => {         // beside the legend, on a narrow map above it: it covers nothing of the place
      const wide = box.clientWidth, high = box.clientHeight, least = 80;
      if (wide < least || high < least) return;       // not laid out yet
      map.invalidateSize({pan: false});
      const {legend} = window.porch, strip = wide < NARROW;
      legend.classList.toggle("strip", strip);
      const spared = (all, by) => all - by > least ? by : 4;   // more than there is would be no place at all
      const left = strip ? 4 : spared(wide, legend.offsetWidth + 16), below = strip ? spared(high, legend.offsetHeight + 12) : 4;
      if (!moved) map.fitBounds(told.bounds, {animate: false, paddingTopLeft: [left, 4], paddingBottomRight: [4, below]});
    };
    map.attributionControl.setPrefix(false);
    const state = window.porch = {map, tips: [], order: {}, ink: "#222", said: {}};
    state.heat = L.imageOverlay(blank, told.bounds, {zIndex: 300, alt: "", interactive: false}).addTo(map);
    state.legend = element("div", {className: "porch-legend"});
    const corner = new L.Control({position: "bottomleft"});
    corner.onAdd = () => { L.DomEvent.disableClickPropagation(state.legend); return state.legend; };
    corner.addTo(map);
    state.tip = element("div", {className: "porch-tip", hidden: true}, box);
    state.labels = element("div", {className: "porch-labels"}, map.createPane("names"));
    map.on("movestart zoomstart", () => hush(state));
    map.on("zoomend viewreset", () => label(state));
    map.on("moveend", () => {   // the link carries the window, no finer than it shows
      if (!moved) return;
      const at = map.getCenter(), url = new URL(parent.location), places = Math.max(1, Math.min(4, map.getZoom() - 9));
      url.searchParams.set("at", [at.lat.toFixed(places), at.lng.toFixed(places), map.getZoom()].join(","));
      parent.history.replaceState(parent.history.state, "", url);
    });
    new ResizeObserver(fit).observe(box);
    new ResizeObserver(fit).observe(state.legend);
    window.patched?.();
  }

  function patch(told) {
    window.feature_group = [];  // st_folium keeps every old group: forget them
    const state = window.porch;
    if (!state) { window.patched = () => patch(told); return; }
    state.told = told;
    document.documentElement.classList.toggle("dark", told.dark);
    state.ink = told.ink;
    load(told.shapes).then(geojson => {
      if (state.told !== told) return;          // a newer patch came while this one waited
      if (state.url !== told.shapes) {
        state.layer?.remove();
        state.url = told.shapes;
        state.layer = L.geoJson(geojson, {style: f => ({interactive: !f.properties.outline})})
          .on("mouseover mousemove", e => tell(state, e))
          .on("mouseout", () => hush(state))
          .on("click", e => choose(state, e))
          .addTo(state.map);
        state.layer.eachLayer(l => l.getElement()?.setAttribute("tabindex", -1));   // else one tab stop an area
      }
      state.named = told.named;
      state.paper = told.paper;
      state.tips = told.tips;
      hush(state);
      state.order = Object.fromEntries((told.order || []).map((unit, rank) => [unit, rank]));
      hatches(state.map, told.ink, told.paper, told.fills);
      dress(state, told);
      state.heat.setUrl(told.heat?.url || blank);
      if (told.heat) state.heat.setBounds(told.heat.bounds);
      state.heat.getElement().alt = told.heat ? told.legend.title : "";
      legend(state, told.legend);
      label(state);
      document.documentElement.dataset.drawn = told.id;   // browser tests wait for this
    }).catch(() => { document.documentElement.dataset.drawn = "failed"; });
  }

  window.porchlight = {base, patch, shapes: (url, geojson) => waiting[url]?.(geojson)};
})();
