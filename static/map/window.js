// Asks the page for what the map needs and does not have: nothing on a pan that needs nothing new.
(function () {
  const PLACES = 1e5, PATIENCE = 2000;   // milliseconds: then an answer is taken for lost

  function seen(map) {
    const b = map.getBounds(), round = (v, most) => Math.round(Math.max(-most, Math.min(most, v)) * PLACES) / PLACES;
    return [...[b.getWest(), b.getSouth(), b.getEast(), b.getNorth()].map((v, i) => round(v, i % 2 ? 85 : 180)), +map.getZoom().toFixed(2)];
  }

  function lacks(state) {       // what is shown lies beyond what was sent
    const {asks} = state.told, zoom = state.map.getZoom();
    if (!asks) return false;
    const [[south, west], [north, east]] = asks.bounds, b = state.map.getBounds().pad(asks.ahead || 0);   // before it is seen
    const within = b.getSouth() >= south && b.getNorth() <= north && b.getWest() >= west && b.getEast() <= east;
    return !within || zoom < asks.zooms[0] || zoom >= asks.zooms[1] || state.uncounted?.();
  }

  function check(state) {
    if (!state.map.getSize().x || !lacks(state)) return;
    // cells are sent beside those held: a second question before the answer would name the wrong ones
    if (state.told.incidents && Date.now() - state.asked_at < PATIENCE) { setTimeout(() => check(state), PATIENCE); return; }
    const now = seen(state.map), key = now.join();
    if (state.waits === key) return;      // asked already
    state.waits = key;
    state.asked_at = Date.now();
    state.say({seen: now, held: state.held?.() || null, turn: state.turn = (state.turn || 0) + 1});
  }

  porchlight.seen = seen;
  porchlight.part({
    base(state) {
      state.map.on("moveend", () => check(state));
      new ResizeObserver(() => check(state)).observe(state.map.getContainer());
    },
    patch(state) { state.asked_at = 0; setTimeout(() => check(state)); },   // it may have moved while the picture was made
  });
})();
