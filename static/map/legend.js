// The legend: what the picture's colors mean, with unit and period.
(function () {
  const {element} = porchlight;

  function swatch(row, ink, paper) {   // the legend's little picture of a row
    const box = element("span", {className: "swatch"});
    if (row.hatch === "unchosen") {
      box.style.background = porchlight.fills.grey;
    } else if (row.hatch) {
      const angle = {nodata: 135, residents: 45, few: 180, chance: 90}[row.hatch];
      box.style.background = `repeating-linear-gradient(${angle}deg, ${ink}66 0 1px, transparent 1px 4px)`;
    } else box.style.background = row.color;
    if (row.weak) box.style.background = `repeating-linear-gradient(135deg, ${row.stripe ?? paper} 0 ${row.stripe ? 3 : 2}px, ${row.color} ${row.stripe ? "3px 6px" : "2px 5px"})`;
    return box;
  }

  function legend(state, told) {
    const box = state.legend;
    box.replaceChildren();
    if (!told) return;
    element("strong", {textContent: told.title, title: told.tip || ""}, box);
    if (told.ramp) {
      const bar = element("div", {className: "ramp"}, box);
      bar.style.background = `linear-gradient(to right, ${told.ramp.colors.join(",")})`;
      const ends = element("div", {className: "ends"}, box);
      told.ramp.ticks.forEach(t => element("span", {textContent: t}, ends));
    }
    for (const row of told.rows || []) {
      const line = element("div", {className: "row"}, box);
      line.append(swatch(row, state.ink, state.paper));
      element("span", {textContent: row.text}, line);
    }
    if (told.refits) {          // asked for, never by itself: else a color would mean another density here
      const button = element("button", {type: "button", className: "refit", textContent: "Rescale colors to this view"}, box);
      button.onclick = () => { parent.porchlightByReader?.(); state.say({seen: porchlight.seen(state.map), refit: {turn: Date.now()}}); };
    }
    if (told.note) element("div", {className: "note", textContent: told.note}, box);
    if (told.ramp || told.rows?.length || told.note) fold(state, box, told);
  }

  function fold(state, box, told) {    // on a narrow map one line stands for it, until it is asked for
    const line = element("div", {className: "line"}), {ramp} = told, classes = (told.rows || []).filter(row => row.color && !row.weak).reverse();
    element("span", {textContent: ramp ? ramp.ticks[0] : classes[0]?.text ?? ""}, line);
    const bar = element("span", {className: "bar"}, line);
    if (ramp) bar.style.background = `linear-gradient(to right, ${ramp.colors.join(",")})`;
    else bar.append(...classes.map(row => swatch(row, state.ink, state.paper)));
    element("span", {textContent: ramp ? ramp.ticks.at(-1) : classes.at(-1)?.text ?? ""}, line);
    const button = element("button", {type: "button", className: "unfold"});
    const set = open => {
      state.unfolded = open;
      box.classList.toggle("open", open);
      button.setAttribute("aria-expanded", open);
      button.setAttribute("aria-label", open ? "Fold the legend" : "Show the whole legend");
    };
    button.onclick = () => set(!state.unfolded);
    box.querySelector("strong").after(line, button);
    set(Boolean(state.unfolded));
  }

  porchlight.part({
    base(state) {
      state.legend = element("div", {className: "porch-legend"});
      const corner = new L.Control({position: "bottomleft"});
      corner.onAdd = () => { L.DomEvent.disableClickPropagation(state.legend); return state.legend; };
      corner.addTo(state.map);
    },
    patch(state, told) { legend(state, told.legend); },
  });
})();
