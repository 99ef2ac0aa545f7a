// Drawing a filter: a polygon, a rectangle or a circle, by mouse, finger or keys.
(function () {
  const {element, svg} = porchlight;
  const TOOLS = {
    polygon: ["Draw a polygon", "M9 3 3 8l2 8h8l2-8z", "Set the corners; the first one again ends."],
    rectangle: ["Draw a rectangle", "M3 5h12v8H3z", "Press, pull to the other corner, let go."],
    circle: ["Draw a circle", "M9 3a6 6 0 1 0 .01 0z", "Press on the center, pull, let go."],
  };
  const KEYS = " With keys: arrows move the map, Enter sets a point at the cross, Shift+Enter ends a polygon, Escape stops.";
  const TAP = 10, NEAR = {mouse: 12, touch: 24}, SWALLOWED = 400;   // px a tap may slip; px that are the first corner; ms in which a click is still the drawing's

  function icon(path) {
    const root = svg("svg", {width: 18, height: 18, viewBox: "0 0 18 18", "aria-hidden": true});
    svg("path", {d: path, fill: "none", stroke: "currentColor", "stroke-width": 1.8, "stroke-linejoin": "round"}, root);
    return root;
  }

  const look = state => ({color: state.told.accent || "#b4540a", weight: 2, fillOpacity: .08});

  function begin(state, tool) {
    if (!state.told.draws || !TOOLS[tool]) return;
    stop(state);
    const {map} = state, box = map.getContainer();
    state.drawing = {tool, points: [], marks: L.layerGroup().addTo(map)};
    porchlight.tip.hush(state);
    map.doubleClickZoom.disable();
    if (tool !== "polygon") map.dragging.disable();   // between the corners of a polygon the mouse may move the map
    box.classList.add("drawing");
    state.limit();
    state.cross.hidden = state.hint.hidden = false;
    say(state);
    box.focus({preventScroll: true});
  }

  function stop(state) {
    if (!state.drawing) return;
    state.drawing.marks.remove();
    state.drawing = null;
    state.map.doubleClickZoom.enable();
    state.map.dragging.enable();
    state.map.getContainer().classList.remove("drawing");
    state.limit();
    state.cross.hidden = state.hint.hidden = true;
  }

  function say(state, size = "") {          // what to do, the size so far, and the ways out that need no keys
    const {tool, points} = state.drawing, button = (text, act) => element("button", {type: "button", textContent: text, onclick: act});
    const ends = tool === "polygon" && points.length > 2 ? [button("Finish", () => close(state))] : [];
    state.words.textContent = size || TOOLS[tool][2];
    state.words.title = size ? "" : TOOLS[tool][2] + KEYS;
    state.ways.replaceChildren(...ends, button("Cancel", () => stop(state)));
  }

  function finish(state, shape) {
    stop(state);
    state.finished = Date.now();
    parent.porchlightByReader?.();          // what follows in the address is a step of the back button
    state.say({drawn: {...shape, turn: Date.now()}});
  }

  const pair = p => [p.lng, p.lat];

  function close(state) {
    const {points} = state.drawing;
    if (points.length > 2) finish(state, {type: "polygon", corners: points.map(pair)});
  }

  function end(state, from, to) {           // a circle or a rectangle
    if (state.drawing.tool === "circle") return finish(state, {type: "circle", center: pair(from), radius: state.map.distance(from, to)});
    const b = L.latLngBounds(from, to);
    finish(state, {type: "polygon", corners: [b.getSouthWest(), b.getNorthWest(), b.getNorthEast(), b.getSouthEast()].map(pair)});
  }

  const long = meters => meters < 1000 ? `${Math.round(meters)} m` : `${(meters / 1000).toFixed(1)} km`;

  function sketch(state, to) {              // what is drawn so far, up to a point
    const now = state.drawing, {map} = state, style = {...look(state), pane: "drawn", interactive: false};
    now.marks.clearLayers();
    const dots = now.points.map(p => L.circleMarker(p, {...style, radius: 5, fillOpacity: 1}));
    const from = now.points[0], line = to ? [...now.points, to] : now.points;
    const whole = {polygon: () => L.polygon(line, style), rectangle: () => L.rectangle([from, to || from], style),
                   circle: () => L.circle(from, {...style, radius: map.distance(from, to || from)})};
    if (from) [whole[now.tool](), ...dots].forEach(one => one.addTo(now.marks));
    if (from && to && now.tool === "circle") say(state, `Radius ${long(map.distance(from, to))}`);
    if (from && to && now.tool === "rectangle") say(state, `${long(map.distance(from, [from.lat, to.lng]))} by ${long(map.distance(from, [to.lat, from.lng]))}`);
  }

  function add(state, at, near) {           // a corner; the first one again, or the last one twice, ends the polygon
    const now = state.drawing, far = p => state.map.latLngToContainerPoint(p).distanceTo(state.map.latLngToContainerPoint(at));
    if (now.points.length > 2 && (far(now.points[0]) < near || far(now.points.at(-1)) < NEAR.mouse / 2)) return close(state);
    now.points.push(at);
    sketch(state);
    say(state);
  }

  function press(state, event) {            // without a mouse: points are set at the middle of the map
    const now = state.drawing, {map} = state;
    if (!now || event.key !== "Enter" || event.target.closest?.("button, a")) return;
    event.preventDefault();
    const at = map.getCenter();
    if (now.tool === "polygon") return event.shiftKey ? close(state) : add(state, at, 0);
    if (now.points.length) return end(state, now.points[0], at);
    now.points.push(at);
    sketch(state);
  }

  function pointers(state, box) {           // mouse, pen and finger alike
    let down = null;
    const at = e => state.map.mouseEventToLatLng(e), ours = e => state.drawing && !e.target.closest?.(".leaflet-control, .porch-hint");
    const slipped = e => Math.hypot(e.clientX - down.x, e.clientY - down.y) > TAP;
    box.addEventListener("pointerdown", e => {
      if (!ours(e) || e.button) return;
      if (!e.isPrimary) {                   // a second finger moves the map: nothing was meant to be drawn
        if (down && state.drawing.tool !== "polygon") state.drawing.points = [];
        sketch(state);
        down = null;
        return;
      }
      down = {x: e.clientX, y: e.clientY, id: e.pointerId};
      if (state.drawing.tool === "polygon") return;
      box.setPointerCapture(e.pointerId);
      state.drawing.points = [at(e)];
    }, true);
    box.addEventListener("pointermove", e => {
      if (!ours(e)) return;
      const {tool, points} = state.drawing;
      if (points.length && (tool === "polygon" ? e.pointerType === "mouse" : down?.id === e.pointerId)) sketch(state, at(e));
    }, true);
    box.addEventListener("pointerup", e => {
      if (!ours(e) || down?.id !== e.pointerId) return;
      const {tool, points} = state.drawing, pulled = slipped(e);
      down = null;
      if (tool === "polygon") { if (!pulled) add(state, at(e), NEAR[e.pointerType] ?? NEAR.touch); return; }
      if (pulled) return end(state, points[0], at(e));
      state.drawing.points = [];            // a click without a pull: wait for the press that is meant
      sketch(state);
    }, true);
    box.addEventListener("pointercancel", () => { down = null; }, true);
    box.addEventListener("click", e => {    // the click that ends a drawing is none on an area
      if (Date.now() - (state.finished || 0) < SWALLOWED && !e.target.closest?.(".leaflet-control")) { e.stopPropagation(); e.preventDefault(); }
    }, true);
  }

  function toolbar(state) {
    const box = element("div", {className: "leaflet-bar porch-draw"}), control = new L.Control({position: "topright"});
    const button = (label, path, act) => {
      const one = element("button", {type: "button", title: label, onclick: act}, box);
      one.setAttribute("aria-label", label);
      one.append(icon(path));
      return one;
    };
    for (const [tool, [label, path]] of Object.entries(TOOLS))
      button(label, path, () => state.drawing?.tool === tool ? stop(state) : begin(state, tool));
    state.erase = button("Remove the drawn shape", "M4 4l10 10M14 4L4 14", () => finish(state, {type: "none"}));
    L.DomEvent.disableClickPropagation(box);
    control.onAdd = () => box;
    control.addTo(state.map);
    return box;
  }

  porchlight.part({
    base(state) {
      const box = state.map.getContainer();
      state.map.createPane("drawn").style.zIndex = 440;
      state.cross = element("div", {className: "porch-cross", hidden: true}, box);
      state.hint = element("div", {className: "porch-hint", hidden: true}, box);
      state.words = element("span", {}, state.hint);
      state.ways = element("span", {className: "ways"}, state.hint);
      L.DomEvent.disableClickPropagation(state.hint);
      state.draw = tool => porchlight.drawn(state).then(() => begin(state, tool));   // for the page's own buttons
      pointers(state, box);
      box.addEventListener("keydown", e => press(state, e));
      document.addEventListener("keyup", e => { if (e.key === "Escape") stop(state); });
    },
    patch(state, told) {
      if (told.draws) state.tools ??= toolbar(state);
      if (state.erase) state.erase.hidden = !told.shape;
      if (!state.fresh("shape", "dark", "accent")) return;
      state.shape?.remove();
      state.shape = told.shape && L.polygon(told.shape.map(([lon, lat]) => [lat, lon]),
        {...look(state), pane: "drawn", interactive: false, dashArray: "6 4", fill: false}).addTo(state.map);
    },
  });
})();
