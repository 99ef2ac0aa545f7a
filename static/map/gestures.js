// The map never traps who scrolls past it: the wheel zooms only with Ctrl or Cmd, one finger
// scrolls the page, two move and zoom the map.
(function () {
  const {element} = porchlight, SHOWN = 1600, FAR = 12;   // ms that a hint stays; px that a finger moves before it is shown
  const WHEEL = `Hold ${/^(Mac|iP)/.test(navigator.platform) ? "\u2318" : "Ctrl"} to zoom the map`, FINGERS = "Use two fingers to move the map";

  function hint(state, text) {
    state.aside.textContent = text;
    state.aside.classList.add("on");
    clearTimeout(state.aside.timer);
    state.aside.timer = setTimeout(() => state.aside.classList.remove("on"), SHOWN);
  }

  function listen(state, box) {         // before Leaflet does: what is not the map's goes no further, and the page scrolls
    let from = null;
    box.addEventListener("wheel", e => {
      if (e.ctrlKey || e.metaKey) return state.aside.classList.remove("on");
      e.stopPropagation();
      hint(state, WHEEL);
    }, {capture: true, passive: true});
    const alone = e => e.touches.length < 2 && !e.target.closest?.(".leaflet-control, .porch-swipe");
    box.addEventListener("touchstart", e => {
      from = e.touches[0];
      if (alone(e)) e.stopPropagation();
    }, {capture: true, passive: true});
    box.addEventListener("touchmove", e => {
      if (!alone(e)) return;
      e.stopPropagation();
      const now = e.touches[0];
      if (!state.drawing && now && from && Math.hypot(now.clientX - from.clientX, now.clientY - from.clientY) > FAR) hint(state, FINGERS);
    }, {capture: true, passive: true});
  }

  porchlight.part({
    base(state) {
      const box = state.map.getContainer();
      state.aside = element("div", {className: "porch-aside"}, box);
      state.aside.setAttribute("role", "status");
      listen(state, box);
      porchlight.gestures = {listen: other => listen(state, other)};
    },
  });
})();
