// Areas as polygons with a fill each: colors, hatches, the tip beside the pointer, the click.
(function () {
  const {element, svg} = porchlight;
  const GREY = "#8a7f6e", GREYED = 0.35;          // what is not asked for steps back

  const called = weak => weak.slice(2).replace("#", "-");   // the name of a pattern

  function hatches(scene, {ink, paper}, fills) {  // patterns for what a color must not say
    const root = scene.map.getPane(scene.pane).querySelector("svg");
    if (!root) return;
    root.querySelector("defs.hatches")?.remove();
    const defs = svg("defs", {class: "hatches"});
    const lines = {nodata: ["M0,8 L8,0"], residents: ["M0,0 L8,8"], few: ["M0,4 L8,4"], chance: ["M4,0 L4,8"]};
    for (const weak of new Set((fills || []).filter(f => f[0] === "~"))) {  // a color that is not to be relied on, or two that a range reaches
      const [under, over] = weak.slice(1).split(/(?=#)/);
      lines[called(weak)] = [over ? "M-2,2 L2,-2 M0,8 L8,0 M6,10 L10,6" : "M0,8 L8,0", under, over];
    }
    for (const [name, [path, under, over]] of Object.entries(lines)) {
      const pattern = svg("pattern", {id: "hatch-" + name, width: 8, height: 8, patternUnits: "userSpaceOnUse"}, defs);
      if (under) svg("rect", {width: 8, height: 8, fill: under}, pattern);
      svg("path", {d: path, stroke: over ?? (under ? paper : ink), "stroke-width": over ? 2.83 : under ? 2 : 1.2, "stroke-opacity": over ? 1 : under ? 0.8 : name === "chance" ? 0.22 : 0.55}, pattern);
    }
    root.prepend(defs);
  }

  function open(state, layer) { // the area's own page, filters kept: a step in the history, no reload
    const page = parent.document.querySelector('a[href*="/area?"], a[href$="/area"]');
    const url = new URL(page ? page.href : "area", parent.location.href);
    url.search = parent.location.search;
    url.searchParams.set("name", layer.feature.properties.name);
    parent.history.pushState(parent.history.state, "", url);
    parent.dispatchEvent(new PopStateEvent("popstate", {state: parent.history.state}));
  }

  function show(state, at, title, lines, more) {  // beside the pointer, above all else, wholly within the frame
    const box = state.tip, room = state.map.getSize(), gap = 14, edge = 4;
    box.replaceChildren();
    if (title) element("strong", {textContent: title}, box);
    for (const line of lines) element("div", {textContent: line}, box);
    if (more) element("div", {className: "more", textContent: more}, box);
    box.hidden = false;
    const place = (from, size, all) => Math.max(edge, Math.min(from + gap + size > all - edge ? from - gap - size : from + gap, all - edge - size));
    box.style.left = place(at.x, box.offsetWidth, room.x) + "px";
    box.style.top = place(at.y, box.offsetHeight, room.y) + "px";
  }

  function tell(state, event, touched = false) {
    if (state.drawing) return;
    const {i, name, shown} = event.sourceTarget.feature.properties;
    const more = state.told.opens && name ? (touched ? "Tap again for its page" : "Click for its page") : "";
    show(state, event.containerPoint, shown ?? name, state.tips[i] || [], more);
  }

  function hush(state) {
    state.tip.hidden = true;
    state.asked = null;
  }

  function point(state, event) {                  // the area below the pointer is outlined, and its row in the page is marked
    const {i} = event.sourceTarget.feature.properties;
    porchlight.rows.mark(state, i);
    porchlight.rows.rows(i);
  }

  function leave(state) {
    hush(state);
    porchlight.rows.mark(state, null);
    porchlight.rows.rows(null);
  }

  function choose(state, event) {                 // while a shape is drawn a click is one of its corners; a finger cannot hover: its first tap tells, its second opens
    if (state.drawing) return;
    const layer = event.sourceTarget, touched = event.originalEvent.pointerType === "touch" || matchMedia("(hover: none)").matches;
    if (touched && state.asked !== layer) {
      tell(state, event, true);
      state.asked = layer;
    } else if (state.told.opens && layer.feature.properties.name) open(state, layer);
  }

  // lines of the paper's color vanish between pale areas: there they have a color of their own
  function edge(told, fill) {
    if (told.edge !== told.paper) return told.edge;
    const color = !fill || fill[0] === "#" ? fill || told.paper : fill[0] === "~" ? fill.slice(1, 8) : told.paper;
    return told.edges[color] ?? told.edge;
  }

  function dress(scene, told, fills) {
    const style = f => {
      if (f.properties.outline) return {fill: false, weight: 1.5, color: told.ink, opacity: 1, interactive: false};
      const fill = fills?.[f.properties.i ?? -1], plain = !fill || fill[0] === "#";
      const hatch = plain ? null : fill[0] === "~" ? called(fill) : fill;
      if (fill === "unchosen") return {weight: told.named ? 1 : 0.5, color: edge(told, fill), opacity: 1, fill: true, fillColor: GREY, fillOpacity: GREYED};
      return {weight: told.named ? 1 : 0.5, color: edge(told, fills ? fill : null), opacity: fills ? 1 : 0.5, fill: true,
              fillColor: hatch ? `url(#hatch-${hatch})` : (fill || told.paper),
              fillOpacity: fills ? (hatch && fill[0] !== "~" ? 1 : told.cover ?? (hatch ? 1 : 0.92)) : 0.001};
    };
    scene.layer.options.style = style;
    scene.layer.setStyle(style);
    scene.layer.eachLayer(l => { if (l.feature.properties.outline) l.bringToFront(); });
  }

  function draw(state, scene, told, geojson, fills) {   // a scene is a map, one of its panes, and what lies there
    if (scene.url !== told.shapes) {
      scene.layer?.remove();
      scene.url = told.shapes;
      scene.layer = L.geoJson(geojson, {pane: scene.pane, style: f => ({interactive: !f.properties.outline})})
        .on("mouseover mousemove", e => tell(state, e))
        .on("mouseover", e => point(state, e))
        .on("mouseout", () => leave(state))
        .on("click", e => choose(state, e))
        .addTo(scene.map);
      scene.layer.eachLayer(l => l.getElement()?.setAttribute("tabindex", -1));   // else one tab stop an area
    }
    hatches(scene, told, fills);
    dress(scene, told, fills);
  }

  porchlight.fills = {draw, dress, hatches, grey: `color-mix(in srgb, ${GREY} ${100 * GREYED}%, transparent)`};
  porchlight.tip = {show, hush};
  porchlight.part({
    base(state) {
      state.scene = {map: state.map, pane: "overlayPane"};
      state.tip = element("div", {className: "porch-tip", hidden: true}, state.map.getContainer());
      state.map.on("movestart zoomstart", () => hush(state));
    },
    patch(state, told, geojson) {
      hush(state);
      if (state.fresh("shapes", "fills", "dark", "edge", "named", "cover")) draw(state, state.scene, told, geojson, told.fills);
    },
  });
})();
