// What lies below the areas: a local vector map, tiles of others, our own water.
(function () {
  const {element, load} = porchlight;
  const OSM = "OpenStreetMap", FARTHEST = 24;   // no layer of ours limits how near a reader may come

  // One row a kind of thing, drawn from first to last: layer, shape, which kinds (null: all),
  // light, dark, widths in px at zooms. Layers and kinds are those of the Protomaps basemap
  // and of OpenMapTiles.
  const GREEN = ["park", "nature_reserve", "national_park", "protected_area", "forest", "wood", "grass", "grassland", "garden", "meadow",
                 "cemetery", "golf_course", "recreation_ground", "village_green", "scrub", "wetland", "zoo"];
  const HIGHWAY = ["highway", "motorway", "trunk"], MAJOR = ["major_road", "medium_road", "primary", "secondary", "tertiary"];
  const MINOR = ["minor_road", "minor", "service", "residential", "unclassified"], RAIL = ["rail", "transit"];
  // paper and grey ink: the colors of a map are those of its numbers
  const LOOK = {
    green: ["#ecebe1", "#1f1d18"], water: ["#d3d6d5", "#2a3032"], building: ["#f4efe6", "#1c1815"],
    minor: ["#e3dcd0", "#2d2721"], major: ["#cbc3b5", "#423a31"], highway: ["#b4ab9c", "#5b5146"], rail: ["#d8d2c7", "#302a24"],
    words: ["#574e42", "#cabfac"], halo: ["#fbf8f2b0", "#171310a0"],
  };
  const RULES = [
    ["landcover", "area", GREEN, "green"],
    ["landuse", "area", GREEN, "green"],
    ["park", "area", null, "green"],
    ["water", "area", null, "water"],
    ["water", "line", null, "water", [[11, .6], [16, 3]]],
    ["waterway", "line", null, "water", [[11, .6], [16, 3]]],
    ["buildings", "area", null, "building"],
    ["building", "area", null, "building"],
    ...["roads", "transportation"].flatMap(layer => [
      [layer, "line", RAIL, "rail", [[11, .4], [16, 1.2]]],
      [layer, "line", MINOR, "minor", [[11, 0], [12, .4], [14, 1], [16, 3.5], [18, 9]]],
      [layer, "line", MAJOR, "major", [[9, .3], [12, 1], [14, 2], [16, 5], [18, 12]]],
      [layer, "line", HIGHWAY, "highway", [[8, .7], [12, 1.8], [14, 3], [16, 6], [18, 14]]],
    ]),
  ];
  const SHAPES = {area: 3, line: 2, point: 1};    // as tiles number them

  // Words over the areas' colors: layer, shape, which kinds, from which zoom, the font
  const WORDS = [
    ["places", "point", ["locality"], 8, '600 12px "Source Sans", sans-serif'],
    ["place", "point", ["city", "town", "village"], 8, '600 12px "Source Sans", sans-serif'],
    ...["roads", "transportation_name"].flatMap(layer => [
      [layer, "line", [...HIGHWAY, ...MAJOR], 13, '500 11px "Source Sans", sans-serif'],
      [layer, "line", MINOR, 15, '400 10.5px "Source Sans", sans-serif'],
    ]),
  ];

  const kept = (shape, kinds) => (zoom, {props, geomType}) =>
    geomType === SHAPES[shape] && (!kinds || kinds.includes(props.kind ?? props["pmap:kind"] ?? props.class));

  function rules(dark) {
    return RULES.map(([dataLayer, shape, kinds, look, widths]) => {
      const color = LOOK[look][dark ? 1 : 0];
      const symbolizer = shape === "area" ? new protomapsL.PolygonSymbolizer({fill: color})
        : new protomapsL.LineSymbolizer({color, width: protomapsL.exp(1.4, widths), lineCap: "round", lineJoin: "round"});
      return {dataLayer, symbolizer, filter: kept(shape, kinds)};
    });
  }

  function words(state, dark) {
    const [fill, stroke] = [LOOK.words, LOOK.halo].map(look => look[dark ? 1 : 0]), {LineLabelPlacement, LineLabelSymbolizer, CenteredTextSymbolizer} = protomapsL;
    return WORDS.map(([dataLayer, shape, kinds, minzoom, font]) => {
      const inner = shape === "point" ? new CenteredTextSymbolizer({font, fill, stroke, width: 1.5})
        : new LineLabelSymbolizer({font, fill, stroke, width: 2.5, position: LineLabelPlacement.Center, repeatDistance: 400});
      const place = (layout, geometry, feature) => inner.place(layout, geometry, feature)?.filter(word => !word.bboxes.some(box => covers(state, layout.zoom, box)));
      return {dataLayer, symbolizer: {place}, minzoom, filter: kept(shape, kinds)};
    });
  }

  function covers(state, zoom, box) {   // a word would lie on the name of an area
    if (state.spared?.zoom !== zoom) state.spared = {zoom, boxes: spared(state, zoom)};
    return state.spared.boxes.some(b => box.minX < b[2] && b[0] < box.maxX && box.minY < b[3] && b[1] < box.maxY);
  }

  function spared(state, zoom) {        // where names of areas are written, in pixels of a zoom
    const shown = new Map([...state.labels.children].map(name => [+name.dataset.unit, name])), boxes = [];
    const scale = state.map.getZoomScale(zoom), pad = 4;
    state.scene.layer?.eachLayer(({feature: {properties: p}}) => {
      const name = shown.get(p.i);
      if (!name) return;
      const at = state.map.project([p.at[1], p.at[0]], zoom), wide = name.offsetWidth / 2 * scale + pad, high = name.offsetHeight / 2 * scale + pad;
      boxes.push([at.x - wide, at.y - high, at.x + wide, at.y + high]);
    });
    return boxes;
  }

  function reword(state) {              // names of areas came or went: words make room for them
    state.spared = null;
    const layer = state.basemap.words;
    if (!layer?._map) return;
    layer.clearLayout();
    layer.rerenderTiles();
  }

  let code;                                       // the drawing of vector tiles: loaded when it is first needed
  const library = src => code ??= new Promise((done, failed) => element("script", {src, onload: done, onerror: failed}, document.head));

  const MAKE = {
    async local(told, dark, state) {    // two layers of one archive, which is read once: words lie over the areas' colors
      await library(told.code);
      const both = {url: new URL(told.url, location.origin).href, maxDataZoom: told.zoom, attribution: "", noWrap: true, maxZoom: FARTHEST, updateWhenZooming: false};
      const ground = protomapsL.leafletLayer({...both, pane: "basemap", paintRules: rules(dark), labelRules: []});
      const named = protomapsL.leafletLayer({...both, pane: "words", paintRules: [], labelRules: words(state, dark)});
      named.views = ground.views;
      return [ground, named];
    },
    async tiles(told) {
      return [L.tileLayer(told.url, {pane: "basemap", subdomains: told.subdomains, maxNativeZoom: told.zoom, maxZoom: FARTHEST,
                                     referrerPolicy: "no-referrer", attribution: ""})];
    },
  };

  function credit(state, text) {                  // plain text; the one link is ours
    const box = state.credit, at = text.indexOf(OSM);
    box.replaceChildren();
    if (at < 0) return box.append(text);
    box.append(text.slice(0, at));
    element("a", {textContent: OSM, href: "https://www.openstreetmap.org/copyright", target: "_blank", rel: "noopener noreferrer"}, box);
    box.append(text.slice(at + OSM.length));
  }

  async function swap(state, {base, dark}) {      // the new one first, then the old one goes: no flash between
    const key = base && JSON.stringify(base), held = state.basemap;
    if (held.key === key) {
      if (base?.kind === "local" && held.dark !== dark && held.layers.length) {
        held.layers[0].paintRules = rules(dark);
        held.layers[0].rerenderTiles();
        held.words.labelRules = words(state, dark);
        reword(state);
      }
      held.dark = dark;
      return;
    }
    const mine = state.basemap = {key, dark, layers: []};
    const alone = () => {                         // every other layer goes, also one that never got ready
      if (state.basemap !== mine) return;
      for (const layer of state.bases) if (!mine.layers.includes(layer)) { layer.remove(); state.bases.delete(layer); }
    };
    credit(state, base?.credit || "");
    if (!base) return alone();
    try {
      const layers = await MAKE[base.kind](base, mine.dark, state);
      if (state.basemap !== mine) return;         // the reader has chosen another one meanwhile
      mine.layers = layers;
      mine.words = layers[1];
      layers.forEach(layer => state.bases.add(layer));
      layers[0].once("load", alone);
      layers.forEach(layer => layer.addTo(state.map));
    } catch (error) { console.error(error); alone(); }
  }

  function water(state, told) {
    if (state.waters.url !== told?.url) {
      state.waters.layer?.remove();
      state.waters = {url: told?.url};
      if (told) load(told.url).then(geojson => {
        if (state.waters.url !== told.url) return;
        state.waters.layer = L.geoJson(geojson, {pane: "water", interactive: false}).addTo(state.map);
        dress(state, state.told.water);
      }).catch(error => console.error(error));
    }
    dress(state, told);
  }

  function dress(state, told) {
    if (told) state.waters.layer?.setStyle(f => /Polygon/.test(f.geometry.type) ? {stroke: false, fillColor: told.color, fillOpacity: 1}
                                                                             : {fill: false, color: told.color, weight: 2, opacity: 1});
  }

  porchlight.part({
    base(state) {
      const {map} = state;
      for (const [name, over] of [["basemap", 150], ["water", 405], ["words", 420]]) {   // below the areas (400); over them; over heat (410), below their names (450)
        map.createPane(name).style.zIndex = over;
        map.getPane(name).style.pointerEvents = "none";
      }
      Object.assign(state, {basemap: {key: null}, bases: new Set(), waters: {}, credit: element("div", {className: "porch-credit"})});
      const corner = new L.Control({position: "bottomright"});
      corner.onAdd = () => state.credit;
      corner.addTo(map);
      new ResizeObserver(() => {                  // above the legend where that is a strip along the edge
        const {classList, offsetHeight} = state.legend;
        state.credit.style.marginBottom = classList.contains("strip") ? offsetHeight + 4 + "px" : "";
      }).observe(state.legend);
    },
    patch(state, told) {
      if (!state.named_by) {                      // the names of areas are a later part's
        state.named_by = new MutationObserver(() => reword(state));
        state.named_by.observe(state.labels, {childList: true});
      }
      const {style} = state.map.getContainer();
      style.setProperty("--cover", told.blend ? 1 : told.cover ?? 1);   // the legend's colors are those on the map
      style.setProperty("--blend", told.blend ?? "normal");
      swap(state, told);
      water(state, told.water);
    },
  });
})();
