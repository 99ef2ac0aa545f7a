// Drawing a filter: a polygon, a rectangle or a circle, by mouse, finger or keys.
(function () {
  const {element} = porchlight, VENDOR = "/app/static/vendor/draw/", svg = "http://www.w3.org/2000/svg";
  const TOOLS = {
    polygon: ["Draw a polygon", "M9 3 3 8l2 8h8l2-8z", "Click the corners; a click on the first one ends."],
    rectangle: ["Draw a rectangle", "M3 5h12v8H3z", "Press, pull to the other corner, let go."],
    circle: ["Draw a circle", "M9 3a6 6 0 1 0 .01 0z", "Press on the centre, pull, let go."],
  };
  const KEYS = " With keys: arrows move the map, Enter sets a point at the cross, Shift+Enter ends a polygon, Escape stops.";

  let code;                     // loaded when it is first needed: the first map does not wait for it
  function library() {
    return code ??= new Promise((done, failed) => {
      element("link", {rel: "stylesheet", href: VENDOR + "leaflet.draw.css"}, document.head);
      element("script", {src: VENDOR + "leaflet.draw.js", onload: done, onerror: failed}, document.head);
    });
  }

  function icon(path) {
    const root = document.createElementNS(svg, "svg"), line = document.createElementNS(svg, "path");
    Object.entries({width: 18, height: 18, viewBox: "0 0 18 18", "aria-hidden": true}).forEach(([k, v]) => root.setAttribute(k, v));
    Object.entries({d: path, fill: "none", stroke: "currentColor", "stroke-width": 1.8, "stroke-linejoin": "round"}).forEach(([k, v]) => line.setAttribute(k, v));
    root.append(line);
    return root;
  }

  const look = state => ({color: state.told.accent || "#b4540a", weight: 2, fillOpacity: .08});

  async function begin(state, tool) {
    stop(state);
    await library();
    const {map} = state, shapeOptions = look(state), common = {shapeOptions, showArea: false, metric: true, repeatMode: false};
    const make = {polygon: () => new L.Draw.Polygon(map, {...common, allowIntersection: false}), rectangle: () => new L.Draw.Rectangle(map, common),
                  circle: () => new L.Draw.Circle(map, {...common, showRadius: true, feet: false})};
    state.drawing = {tool, handler: make[tool](), start: null};
    porchlight.tip.hush(state);
    state.drawing.handler.enable();
    state.cross.hidden = false;
    state.hint.hidden = false;
    state.hint.textContent = TOOLS[tool][2] + KEYS;
    map.getContainer().focus();
  }

  function stop(state) {
    state.drawing?.mark?.remove();
    const was = state.drawing;
    state.drawing = null;
    was?.handler.disable();
    state.cross.hidden = state.hint.hidden = true;
  }

  function finish(state, shape) {
    stop(state);
    parent.porchlightByReader?.();          // what follows in the address is a step of the back button
    state.say({drawn: {...shape, turn: Date.now()}});
  }

  const pair = p => [p.lng, p.lat];

  function made(state, layer) {
    if (layer instanceof L.Circle) return finish(state, {type: "circle", center: pair(layer.getLatLng()), radius: layer.getRadius()});
    finish(state, {type: "polygon", corners: layer.getLatLngs()[0].map(pair)});
  }

  function press(state, event) {            // without a mouse: points are set at the middle of the map
    const now = state.drawing, {map} = state;
    if (!now || event.key !== "Enter" || event.target.closest?.("button, a")) return;
    event.preventDefault();
    const at = map.getCenter();
    if (now.tool === "polygon") return event.shiftKey ? now.handler.completeShape() : now.handler.addVertex(at);
    if (!now.start) {
      now.start = at;
      now.mark = L.circleMarker(at, {...look(state), radius: 5, pane: "drawn"}).addTo(map);
    } else if (now.tool === "circle") finish(state, {type: "circle", center: pair(now.start), radius: map.distance(now.start, at)});
    else {
      const b = L.latLngBounds(now.start, at);
      finish(state, {type: "polygon", corners: [b.getSouthWest(), b.getNorthWest(), b.getNorthEast(), b.getSouthEast()].map(pair)});
    }
  }

  function toolbar(state) {
    const box = element("div", {className: "leaflet-bar porch-draw"}), control = new L.Control({position: "topleft"});
    const button = (label, path, act) => {
      const one = element("button", {type: "button", title: label, onclick: act}, box);
      one.setAttribute("aria-label", label);
      one.append(icon(path));
      return one;
    };
    for (const [tool, [label, path]] of Object.entries(TOOLS))
      button(label, path, () => state.drawing?.tool === tool ? stop(state) : begin(state, tool).catch(() => stop(state)));
    state.erase = button("Remove the drawn shape", "M4 4l10 10M14 4L4 14", () => finish(state, {type: "none"}));
    L.DomEvent.disableClickPropagation(box);
    control.onAdd = () => { const held = element("div", {}); held.style.cssText = "position:relative;margin:0"; held.append(box); return held; };
    control.addTo(state.map);
    state.map.zoomControl?.getContainer().before(box.parentElement);
    return box;
  }

  porchlight.part({
    base(state) {
      const box = state.map.getContainer();
      state.map.createPane("drawn").style.zIndex = 440;
      state.cross = element("div", {className: "porch-cross", hidden: true}, box);
      state.hint = element("div", {className: "porch-hint", hidden: true}, box);
      state.map.on("draw:created", e => made(state, e.layer));
      state.map.on("draw:drawstop", () => { if (state.drawing) setTimeout(() => stop(state)); });
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
