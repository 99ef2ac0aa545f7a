// Hexagons as one GeoJSON layer between the areas and their names.
(function () {
  function features({origin: [south, west], rings}) {
    return rings.map((ring, i) => {
      const corners = [];
      for (let k = 0; k < ring.length; k += 2) corners.push([west + ring[k] / 1e5, south + ring[k + 1] / 1e5]);
      corners.push(corners[0]);
      return {type: "Feature", properties: {i}, geometry: {type: "Polygon", coordinates: [corners]}};
    });
  }

  function draw(state, scene, told, hexes) {
    scene.hexes?.remove();
    scene.hexes = null;
    if (!hexes) return;
    const style = ({properties: {i}}) => {
      const fill = hexes.fills[i], weak = fill[0] === "~";
      return {weight: 0.6, color: told.paper, opacity: 0.9, fillColor: weak ? `url(#hatch-${fill.slice(2)})` : fill, fillOpacity: told.cover ?? 0.9};
    };
    const at = e => e.sourceTarget.feature.properties.i;
    scene.hexes = L.geoJson({type: "FeatureCollection", features: features(hexes)}, {pane: scene.cells, style})
      .on("mouseover mousemove click", e => porchlight.tip.show(state, e.containerPoint, "", hexes.tips[at(e)]))
      .on("mouseout", () => porchlight.tip.hush(state))
      .addTo(scene.map);
    scene.hexes.eachLayer(l => l.getElement()?.setAttribute("tabindex", -1));
    porchlight.fills.hatches({map: scene.map, pane: scene.cells}, told, hexes.fills);
  }

  porchlight.hexes = {draw};
  porchlight.part({
    base(state) {
      state.map.createPane("hexes").style.zIndex = 405;
      state.scene.cells = "hexes";
    },
    patch(state, told) { if (state.fresh("hexes", "dark", "cover")) draw(state, state.scene, told, told.hexes); },
  });
})();
