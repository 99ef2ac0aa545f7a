// Asks the page for what the map needs and does not have: nothing on a pan that needs nothing new.
(function () {
  const PLACES = 1e5;

  function seen(map) {
    const b = map.getBounds(), round = v => Math.round(v * PLACES) / PLACES;
    return [...[b.getWest(), b.getSouth(), b.getEast(), b.getNorth()].map(round), +map.getZoom().toFixed(2)];
  }

  function lacks(state) {       // what is shown lies beyond what was sent
    const {asks} = state.told, zoom = state.map.getZoom();
    if (!asks) return false;
    const [[south, west], [north, east]] = asks.bounds, b = state.map.getBounds().pad(asks.ahead || 0);   // before it is seen
    const within = b.getSouth() >= south && b.getNorth() <= north && b.getWest() >= west && b.getEast() <= east;
    return !(within || asks.all) || zoom < asks.zooms[0] || zoom >= asks.zooms[1] || state.few?.();
  }

  function check(state) {
    if (!state.map.getSize().x || !lacks(state)) return;
    const now = seen(state.map), key = [state.told.view, now].join();
    if (state.waits === key) return;      // asked already
    state.waits = key;
    state.say({seen: now, held: state.held?.() || null, turn: state.turn = (state.turn || 0) + 1});
  }

  porchlight.seen = seen;
  porchlight.part({
    base(state) {
      state.map.on("moveend", () => check(state));
      new ResizeObserver(() => check(state)).observe(state.map.getContainer());
    },
    patch(state) { setTimeout(() => check(state)); },   // it may have moved while the picture was made
  });
})();
