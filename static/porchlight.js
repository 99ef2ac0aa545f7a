// Porchlight's map: a base that never changes and patches that change what is on it.
// Text is set with textContent only: nothing that comes in here is ever markup.
(function () {
  const shapes = {};            // geometry by url, loaded once a page
  const blank = "data:image/gif;base64,R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7";
  const svg = "http://www.w3.org/2000/svg";

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
      found.push({name: p.name, at: map.latLngToLayerPoint([p.at[1], p.at[0]]), room: Math.abs(size.x), a,
                  rank: state.order[p.i] ?? 1e6, area: Math.abs(size.x * size.y)});
    });
    found.sort((p, q) => p.rank - q.rank || q.area - p.area);
    for (const f of found) {
      const lines = f.name.length > 13 ? wrap(f.name) : [f.name];
      const wide = Math.max(...lines.map(t => t.length)) * 6.1, high = lines.length * 13;
      const box = [f.at.x - wide / 2, f.at.y - high / 2, f.at.x + wide / 2, f.at.y + high / 2];
      if (wide > f.room * 1.15 || taken.some(t => box[0] < t[2] && t[0] < box[2] && box[1] < t[3] && t[1] < box[3])) continue;
      taken.push(box);
      const text = element("div", {className: "area-name"}, state.labels);
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

  function tip(state, layer) {
    const told = state.tips[layer.feature.properties.i] || [];
    const box = element("div", {className: "told"});
    element("strong", {textContent: layer.feature.properties.name}, box);
    told.forEach(line => element("div", {textContent: line}, box));
    return box;
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
    const fit = () => {         // beside the legend where there is room for both
      map.invalidateSize({pan: false});
      if (box.clientWidth < 60 || box.clientHeight < 60) return;
      const beside = window.porch.legend.offsetWidth + 16, left = box.clientWidth > beside + 260 ? beside : 4;
      if (!moved) map.fitBounds(told.bounds, {animate: false, paddingTopLeft: [left, 4], paddingBottomRight: [4, 4]});
    };
    map.attributionControl.setPrefix(false);
    const state = window.porch = {map, tips: [], order: {}, ink: "#222", said: {}};
    state.heat = L.imageOverlay(blank, told.bounds, {zIndex: 300, alt: "", interactive: false}).addTo(map);
    state.legend = element("div", {className: "porch-legend"});
    const corner = new L.Control({position: "bottomleft"});
    corner.onAdd = () => { L.DomEvent.disableClickPropagation(state.legend); return state.legend; };
    corner.addTo(map);
    state.labels = element("div", {className: "porch-labels"}, map.createPane("names"));
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
        state.layer = L.geoJson(geojson)
          .bindTooltip(l => tip(state, l), {sticky: true, className: "porch-tip", opacity: 1})
          .on("click", e => told.opens && state.told.opens && e.sourceTarget.feature.properties.name && open(state, e.sourceTarget))
          .addTo(state.map);
        state.layer.eachLayer(l => {
          l.getElement()?.setAttribute("tabindex", -1);   // else one tab stop an area
          if (l.feature.properties.outline) l.unbindTooltip();
        });
      }
      state.named = told.named;
      state.paper = told.paper;
      state.tips = told.tips;
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
