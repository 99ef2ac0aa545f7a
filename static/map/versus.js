// Two periods on one scale: swiped under a handle, or side by side on two maps that move together.
(function () {
  const {element} = porchlight, STEP = 0.04;    // of the width, for a press of an arrow key

  function scene(map) {         // panes of its own for the earlier period, above those of the later
    const panes = {pane: ["areas", 402], cells: ["hexes", 407], picture: ["heat", 412]}, made = {map};
    for (const [part, [name, z]] of Object.entries(panes)) {
      made[part] = "before-" + name;
      const pane = map.getPane(made[part]) || map.createPane(made[part]);
      pane.style.zIndex = z;
      if (part === "picture") pane.style.pointerEvents = "none";
    }
    return made;
  }

  function drop(one) {
    one?.layer?.remove();
    one?.hexes?.remove();
    one?.heat?.remove();
  }

  function captions(state, told) {
    state.captions.replaceChildren(...told.captions.map(text => element("span", {textContent: text})));
  }

  const panes = one => [one.pane, one.cells, one.picture].map(name => one.map.getPane(name));

  function clip(state) {        // the earlier period left of the handle, the later one right of it
    const {map, versus: v} = state, size = map.getSize(), x = size.x * v.share;
    const low = map.containerPointToLayerPoint([0, 0]), top = map.containerPointToLayerPoint(size), cut = low.x + x;
    const box = (a, b) => `polygon(${a}px ${low.y}px, ${b}px ${low.y}px, ${b}px ${top.y}px, ${a}px ${top.y}px)`;
    panes(v.scene).forEach(p => { p.style.clipPath = box(low.x, cut); });
    panes(state.scene).forEach(p => { p.style.clipPath = box(cut, top.x); });
    v.handle.style.left = x + "px";
    v.handle.setAttribute("aria-valuenow", Math.round(100 * v.share));
  }

  function swipe(state, v) {
    v.scene = scene(state.map);
    const [[south, west], [north, east]] = state.bounds, middle = state.map.latLngToContainerPoint([(south + north) / 2, (west + east) / 2]);
    v.share ??= Math.max(0.1, Math.min(0.9, middle.x / (state.map.getSize().x || 1)));   // through the middle of the place
    const handle = v.handle = element("div", {className: "porch-swipe", tabIndex: 0}, state.map.getContainer());
    Object.entries({role: "slider", "aria-label": "Divide between the two periods", "aria-valuemin": 0, "aria-valuemax": 100})
      .forEach(([key, value]) => handle.setAttribute(key, value));
    const to = share => { v.share = Math.max(0.02, Math.min(0.98, share)); clip(state); };
    L.DomEvent.disableClickPropagation(handle);
    handle.addEventListener("pointerdown", e => { handle.setPointerCapture(e.pointerId); e.preventDefault(); handle.focus({preventScroll: true}); });
    handle.addEventListener("pointermove", e => {
      if (handle.hasPointerCapture(e.pointerId)) to((e.clientX - state.map.getContainer().getBoundingClientRect().left) / state.map.getSize().x);
    });
    handle.addEventListener("keydown", e => {
      const by = {ArrowLeft: -STEP, ArrowRight: STEP, Home: -1, End: 1}[e.key];
      if (by) { to(v.share + by); e.preventDefault(); e.stopPropagation(); }
    });
    v.follow = () => clip(state);
    state.map.on("move zoom viewreset zoomend resize", v.follow);
    v.end = () => {
      state.map.off("move zoom viewreset zoomend resize", v.follow);
      handle.remove();
      drop(v.scene);
      panes(state.scene).forEach(p => { p.style.clipPath = ""; });
    };
  }

  function side(state, v) {     // a second map in the left half; whoever moves takes the other along
    const main = state.map.getContainer(), box = element("div", {className: "porch-beside"});
    main.before(box);
    document.documentElement.classList.add("side");
    const map = v.map = L.map(box, {zoomControl: false, attributionControl: false, zoomSnap: state.map.options.zoomSnap, zoomDelta: state.map.options.zoomDelta,
                                    keyboard: true, maxBoundsViscosity: 1}).setView(state.map.getCenter(), state.map.getZoom());
    porchlight.still(map);
    box.setAttribute("role", "application");
    box.setAttribute("aria-label", "The earlier period");
    porchlight.gestures.listen(box);
    v.scene = scene(map);
    let busy = false;
    const lead = (one, other) => () => {
      if (busy || one.getZoom() === other.getZoom() && one.getCenter().equals(other.getCenter(), 1e-9)) return;
      busy = true;
      other.setView(one.getCenter(), one.getZoom(), {animate: false});
      busy = false;
    };
    v.follow = lead(state.map, map);
    state.map.on("move zoom moveend", v.follow);
    map.on("move zoom moveend", lead(map, state.map));
    state.fit();
    map.invalidateSize({pan: false});
    v.follow();
    v.end = () => {
      state.map.off("move zoom moveend", v.follow);
      drop(v.scene);
      map.remove();
      box.remove();
      document.documentElement.classList.remove("side");
      state.fit();
    };
  }

  const MODES = {swipe, "side by side": side};

  function patch(state, told, geojson) {
    const two = told.versus, mode = two?.mode || "";
    if (state.versus?.mode !== mode) {
      const share = state.versus?.share;
      state.versus?.end?.();
      state.versus = {mode, share};
      MODES[mode]?.(state, state.versus);
    }
    state.captions.hidden = !two;
    if (!two || !state.fresh("versus", "shapes", "dark", "cover", "legend")) return;
    captions(state, two);
    const one = state.versus.scene;
    porchlight.fills.draw(state, one, told, geojson, two.fills);
    porchlight.heat.draw(one, two.heat, told.legend?.title);
    porchlight.hexes.draw(state, one, told, two.hexes);
    state.versus.follow();
  }

  porchlight.part({
    base(state) {
      state.captions = element("div", {className: "porch-captions", hidden: true}, document.body);
    },
    patch,
  });
})();
