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
  const LOOK = {
    green: ["#dde6c8", "#212c1c"], water: ["#a9c9d8", "#234453"], building: ["#efe7d9", "#211b16"],
    minor: ["#ddd0b9", "#40352b"], major: ["#bfab8b", "#64543f"], highway: ["#9c825b", "#8f7656"], rail: ["#b9afa0", "#40372f"],
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
  const SHAPES = {area: 3, line: 2};              // as tiles number them

  function rules(dark) {
    return RULES.map(([dataLayer, shape, kinds, look, widths]) => {
      const color = LOOK[look][dark ? 1 : 0];
      const symbolizer = shape === "area" ? new protomapsL.PolygonSymbolizer({fill: color})
        : new protomapsL.LineSymbolizer({color, width: protomapsL.exp(1.4, widths), lineCap: "round", lineJoin: "round"});
      const filter = (zoom, {props, geomType}) =>
        geomType === SHAPES[shape] && (!kinds || kinds.includes(props.kind ?? props["pmap:kind"] ?? props.class));
      return {dataLayer, symbolizer, filter};
    });
  }

  let code;                                       // the drawing of vector tiles: loaded when it is first needed
  const library = src => code ??= new Promise((done, failed) => element("script", {src, onload: done, onerror: failed}, document.head));

  const MAKE = {
    async local(told, dark) {
      await library(told.code);
      return protomapsL.leafletLayer({url: new URL(told.url, location.origin).href, maxDataZoom: told.zoom, attribution: "", paintRules: rules(dark),
                                      labelRules: [], pane: "basemap", noWrap: true, maxZoom: FARTHEST, updateWhenZooming: false});
    },
    async tiles(told) {
      return L.tileLayer(told.url, {pane: "basemap", subdomains: told.subdomains, maxNativeZoom: told.zoom, maxZoom: FARTHEST,
                                    referrerPolicy: "no-referrer", attribution: ""});
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
      if (base?.kind === "local" && held.dark !== dark && held.layer) {
        held.layer.paintRules = rules(dark);
        held.layer.rerenderTiles();
      }
      held.dark = dark;
      return;
    }
    const mine = state.basemap = {key, dark, layer: null};
    const alone = () => {                         // every other layer goes, also one that never got ready
      if (state.basemap !== mine) return;
      for (const layer of state.bases) if (layer !== mine.layer) { layer.remove(); state.bases.delete(layer); }
    };
    credit(state, base?.credit || "");
    if (!base) return alone();
    try {
      const layer = await MAKE[base.kind](base, mine.dark);
      if (state.basemap !== mine) return;         // the reader has chosen another one meanwhile
      mine.layer = layer;
      state.bases.add(layer);
      layer.once("load", alone).addTo(state.map);
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
      for (const [name, over] of [["basemap", 150], ["water", 405]]) {   // below the areas (400); between them and heat (410)
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
      const {style} = state.map.getContainer();
      style.setProperty("--cover", told.blend ? 1 : told.cover ?? 1);   // the legend's colors are those on the map
      style.setProperty("--blend", told.blend ?? "normal");
      swap(state, told);
      water(state, told.water);
    },
  });
})();
