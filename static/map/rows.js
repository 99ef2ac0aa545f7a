// An area and its row in the page's list show each other: the row has data-area, its position.
(function () {
  const ROW = "[data-area]";

  function mark(state, i) {             // outlines an area, or none
    state.marked?.remove();
    state.marked = null;
    state.scene.layer?.eachLayer(one => {
      if (i === null || one.feature.properties.i !== i) return;
      state.marked = L.geoJson(one.feature, {pane: "marked", interactive: false, style: {fill: false, color: state.ink, weight: 2.5, opacity: 1}}).addTo(state.map);
    });
  }

  function rows(i) {                    // marks the rows of an area in the page, and no other
    parent.document.querySelectorAll(ROW + ".on").forEach(row => row.classList.remove("on"));
    if (i !== null) parent.document.querySelectorAll(`[data-area="${Number(i)}"]`).forEach(row => row.classList.add("on"));
  }

  porchlight.rows = {mark, rows};
  porchlight.part({
    base(state) {
      const gone = new AbortController(), pane = state.map.createPane("marked");
      pane.style.zIndex = 435;          // above areas, hexagons and heat, below names
      pane.style.pointerEvents = "none";
      const hear = (kind, act) => parent.document.addEventListener(kind, act, {signal: gone.signal});
      const found = e => e.target.closest?.(ROW);
      for (const kind of ["pointerover", "focusin"]) hear(kind, e => { if (found(e)) mark(state, Number(found(e).dataset.area)); });
      for (const kind of ["pointerout", "focusout"]) hear(kind, e => { if (found(e)) mark(state, null); });
      window.addEventListener("pagehide", () => { gone.abort(); rows(null); });
    },
    patch(state) { if (state.fresh("shapes")) mark(state, null); },
  });
})();
