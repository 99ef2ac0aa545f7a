// Which side is north: words at the edges of a map that has no ground.
(function () {
  const {element} = porchlight, SIDES = ["North", "East", "South", "West"];

  porchlight.part({
    base(state) {
      state.compass = element("div", {className: "porch-compass", ariaHidden: "true"}, state.map.getContainer());
      SIDES.forEach(side => element("span", {className: side.toLowerCase(), textContent: side}, state.compass));
      new ResizeObserver(() => {                  // above the legend where that is a strip along the edge
        const {classList, offsetHeight} = state.legend;
        state.compass.style.bottom = classList.contains("strip") ? offsetHeight + 2 + "px" : "";
      }).observe(state.legend);
    },
    patch(state, told) { state.compass.hidden = Boolean(told.base); },
  });
})();
