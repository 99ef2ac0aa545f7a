// Porchlight's map: a base that never changes and patches that change what is on it.
// What is drawn comes from parts (static/map/*.js): each may have base(state, told), called
// once, and patch(state, told, geojson), called for every View.
// Text is set with textContent only: nothing that comes in here is ever markup.
(function () {
  const shapes = {}, waiting = {};   // geometry by url, loaded once a page
  const parts = [];

  function element(tag, given, parent) {
    const made = Object.assign(document.createElement(tag), given);
    if (parent) parent.append(made);
    return made;
  }

  function svg(tag, given, parent, text) {     // a part of a picture: its attributes, and what it says
    const made = document.createElementNS("http://www.w3.org/2000/svg", tag);
    Object.entries(given).forEach(([key, value]) => made.setAttribute(key, value));
    if (text !== undefined) made.textContent = text;
    parent?.append(made);
    return made;
  }

  function load(url) {          // a file of ours that calls porchlight.shapes(url, geojson)
    return shapes[url] ??= new Promise((done, failed) => {
      const script = element("script", {src: url, onerror: failed});
      waiting[url] = done;
      document.head.append(script);
    });
  }

  function still(map) {         // Leaflet focuses a map that is pressed: the page must not scroll under the finger
    const box = map.getContainer(), focus = box.focus.bind(box);
    box.focus = given => focus({preventScroll: true, ...given});
  }

  function named(map, title) {  // what a screen reader says
    const box = map.getContainer();
    still(map);
    box.setAttribute("role", "application");
    box.setAttribute("aria-label", title);
    document.title = title;
    if (window.frameElement) frameElement.title = title;
  }

  function address(map, moved) {     // the link carries the window, no finer than it shows
    const say = () => {
      if (!moved()) return;
      const at = map.getCenter(), url = new URL(parent.location);
      // a step of the last digit is 5 to 50 pixels: where the window is, not what lies in its middle
      const places = Math.max(1, Math.min(4, Math.floor((map.getZoom() - 3.5) * Math.log10(2))));
      const said = [at.lat.toFixed(places), at.lng.toFixed(places), +map.getZoom().toFixed(1)].join(",");
      if (url.searchParams.get("at") === said) return;
      url.searchParams.set("at", said);
      (parent.porchlightReplace || parent.history.replaceState.bind(parent.history))(parent.history.state, "", url);
    };
    map.on("moveend", say);
    say();
  }

  // each map of a visit is found where it was left: pages are drawn anew, their frames and all
  const left = () => parent.porchlightLeft ??= {};

  function remembered({map, key}, moved) {
    const was = left()[key];
    if (was?.center) map.setView(was.center, was.zoom, {animate: false});
    map.on("moveend", () => { if (moved()) left()[key] = {center: map.getCenter(), zoom: map.getZoom()}; });
    return was && Boolean(was.center);
  }

  function forget(key) {        // the whole place again, also where a link said another window
    const url = new URL(parent.location);
    left()[key] = {};
    if (!url.searchParams.has("at")) return;
    url.searchParams.delete("at");
    (parent.porchlightReplace || parent.history.replaceState.bind(parent.history))(parent.history.state, "", url);
  }

  function base(map, told) {
    const box = map.getContainer();
    for (let up = box.parentElement; up && up !== document.body; up = up.parentElement) up.style.height = "100%";
    named(map, told.title);
    map.attributionControl.setPrefix(false);
    const state = window.porch = {map, key: told.key, bounds: told.bounds, told: {}, drawn: {}, tips: [], order: {}, ink: "#222", paper: "#fff", said: {}};
    const moved = () => state.moved;
    state.moved = remembered(state, moved) ?? told.placed;   // until the reader moves the map it shows the whole place
    state.say = part => Streamlit.setComponentValue(Object.assign(state.said, part));
    state.ready = new Promise(done => { state.isReady = done; });
    parts.forEach(part => part.base?.(state, told));
    address(map, moved);
    window.patched?.();
  }

  function patch(told) {
    window.feature_group = [];  // st_folium keeps every old group: forget them
    const state = window.porch;
    if (!state) { window.patched = () => patch(told); return; }
    state.told = told;
    document.documentElement.classList.toggle("dark", told.dark);
    Object.assign(state, {ink: told.ink, paper: told.paper, named: told.named, tips: told.tips});
    if (told.geojson) shapes[told.shapes] ??= Promise.resolve(told.geojson);   // a server that writes no file sends them along
    load(told.shapes).then(geojson => {
      if (state.told !== told) return;          // a newer patch came while this one waited
      const old = state.drawn;                  // a part need not draw again what is there
      state.fresh = (...keys) => keys.some(key => JSON.stringify(old[key]) !== JSON.stringify(told[key]));
      parts.forEach(part => part.patch?.(state, told, geojson));
      state.drawn = told;
      state.isReady();
      document.documentElement.dataset.drawn = told.id;   // browser tests wait for this
    }).catch(error => { console.error(error); document.documentElement.dataset.drawn = "failed"; })
      .finally(() => parent.document.getElementById("porch-shell")?.remove());   // the picture that stood here before
  }

  window.porchlight = {element, svg, load, base, still, patch, forget, drawn: state => state.ready, part: part => parts.push(part), shapes: (url, geojson) => waiting[url]?.(geojson)};
})();
