// Heat: one picture over the place or the window shown.
(function () {
  const blank = "data:image/gif;base64,R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7";

  function draw(scene, heat, alt) {
    scene.heat ??= L.imageOverlay(blank, [[0, 0], [1, 1]], {pane: scene.picture, alt: "", interactive: false}).addTo(scene.map);
    if (heat) scene.heat.setBounds(heat.bounds);
    scene.heat.setUrl(heat?.url || blank);
    scene.heat.getElement().alt = heat ? alt : "";
  }

  porchlight.heat = {draw};
  porchlight.part({
    base(state) {
      state.map.createPane("heat").style.zIndex = 410;   // above the polygons (400), below the names (450)
      state.map.getPane("heat").style.pointerEvents = "none";
      state.scene.picture = "heat";
    },
    patch(state, told) { if (state.fresh("heat", "legend")) draw(state.scene, told.heat, told.legend?.title); },
  });
})();
