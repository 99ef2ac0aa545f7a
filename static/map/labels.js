// Names of areas where there is room for them.
(function () {
  const READ = 3.5;             // contrast from which light letters are read better than dark ones
  const LED = 3;                // areas that a title names
  const EDGE = 3, FONT = '500 12px "Source Sans", "Segoe UI", "Helvetica Neue", Arial, sans-serif';   // px to the frame's edge
  const {element} = porchlight, pen = document.createElement("canvas").getContext("2d"), widths = {};
  const wide = text => { pen.font = FONT; return widths[text] ??= pen.measureText(text).width + 2; };

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
    const {map} = state, size = map.getSize(), from = map.containerPointToLayerPoint([0, 0]), taken = [];
    const free = [from.x + EDGE, from.y + EDGE, from.x + size.x - EDGE, from.y + size.y - EDGE];   // whole names only, and none below what lies over the map
    for (const {min, max} of porchlight.fit.obstacles(state)) taken.push([from.x + min.x, from.y + min.y, from.x + max.x, from.y + max.y]);
    state.labels.replaceChildren();
    const layer = state.scene.layer;
    if (!layer || !state.named) return;
    const found = [];
    layer.eachLayer(l => {
      const p = l.feature.properties;
      if (!p.at) return;
      const a = map.project([p.at[1], p.at[0]]), size = map.latLngToLayerPoint(l.getBounds().getNorthEast())
        .subtract(map.latLngToLayerPoint(l.getBounds().getSouthWest()));
      found.push({name: p.shown ?? p.name, i: p.i, at: map.latLngToLayerPoint([p.at[1], p.at[0]]), room: Math.abs(size.x), a,
                  rank: state.order[p.i] ?? 1e6, area: Math.abs(size.x * size.y)});
    });
    found.sort((p, q) => p.rank - q.rank || q.area - p.area);
    for (const f of found) {
      const lines = f.name.length > 13 ? wrap(f.name) : [f.name];
      const long = Math.max(...lines.map(wide)), high = lines.length * 13;
      const box = [f.at.x - long / 2, f.at.y - high / 2, f.at.x + long / 2, f.at.y + high / 2];
      if (box[0] < free[0] || box[1] < free[1] || box[2] > free[2] || box[3] > free[3]) continue;
      const room = f.rank < LED ? 2.2 : 1.15;     // the areas that the page's title names may reach over their border
      if (long > f.room * room || taken.some(t => box[0] < t[2] && t[0] < box[2] && box[1] < t[3] && t[1] < box[3])) continue;
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

  porchlight.part({
    base(state) {
      state.labels = element("div", {className: "porch-labels"}, state.map.createPane("names"));
      state.map.on("moveend zoomend viewreset", () => label(state));
      document.fonts?.ready.then(() => { Object.keys(widths).forEach(text => delete widths[text]); label(state); });
    },
    patch(state, told) {
      if (!state.fresh("shapes", "fills", "dark", "named", "order")) return;
      state.order = Object.fromEntries((told.order || []).map((unit, rank) => [unit, rank]));
      label(state);
    },
  });
})();
