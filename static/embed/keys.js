// By keyboard, finger and pointer: areas and rows are one stop each, arrows move within.
let focusCode = 0;              // the area that the arrows have reached

function tip(r, x, y) {
  const box = $("tip"), room = box.parentElement.getBoundingClientRect();
  box.replaceChildren(element("strong", {text: r.name}), element("span", {text: r.n === null ? say("hidden.long") : `${number(r.n)} · ${what()}`}));
  box.hidden = false;
  const place = (from, size, all) => Math.max(2, Math.min(from + 14 + size > all ? from - 14 - size : from + 14, all - size - 2));
  box.style.left = place(x, box.offsetWidth, room.width) + "px";
  box.style.top = place(y, box.offsetHeight, room.height) + "px";
}

function reach(code, focus = true) {    // the arrows' own area: outlined, told, focused
  $("a" + (focusCode || areas[0].code)).tabIndex = -1;
  focusCode = code;
  const path = $("a" + code);
  path.tabIndex = 0;
  if (focus) path.focus({preventScroll: true});
}

function showReached() {
  const r = ranked().find(r => r.code === focusCode), path = $("a" + focusCode);
  $("focused").setAttribute("d", path.getAttribute("d"));
  const a = areas.find(a => a.code === focusCode), box = $("map").getBoundingClientRect(), outer = $("tip").parentElement.getBoundingClientRect();
  const scale = Math.min(box.width / data.size[0], box.height / data.size[1]);
  tip(r, box.left - outer.left + (box.width - data.size[0] * scale) / 2 + a.x * scale,
    box.top - outer.top + (box.height - data.size[1] * scale) / 2 + a.y * scale);
}

const WAYS = {ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1]};

function nextArea(key) {        // the nearest middle in that direction, straight ones first
  const [dx, dy] = WAYS[key], from = areas.find(a => a.code === focusCode);
  let best = null, least = Infinity;
  for (const a of areas) {
    const along = (a.x - from.x) * dx + (a.y - from.y) * dy, across = Math.abs((a.x - from.x) * dy) + Math.abs((a.y - from.y) * dx);
    const far = along + 2 * across;
    if (along > 1 && along >= across * .6 && far < least) [best, least] = [a, far];
  }
  return best?.code ?? focusCode;
}

function onMap() {
  const map = $("map"), group = $("areas");
  // one path for all borders: a copy by <use> would copy the stops of the keyboard too
  const lines = areas.map(a => $("a" + a.code).getAttribute("d")).join("");
  $("borders").replaceWith(element("path", {ns: 1, id: "borders", d: lines}));
  map.removeAttribute("role");
  map.removeAttribute("aria-label");
  group.setAttribute("role", "listbox");
  for (const a of areas) {
    const path = $("a" + a.code);
    path.querySelector("title")?.remove();
    path.setAttribute("role", "option");
    path.tabIndex = -1;
  }
  reach(state.area || ranked()[0].code, false);
  const code = event => +(event.target.id || "").slice(1);
  group.addEventListener("keydown", event => {
    if (WAYS[event.key]) reach(nextArea(event.key));
    else if (event.key === "Home") reach(ranked()[0].code);
    else if (event.key === "End") reach(ranked().filter(r => r.n !== null).at(-1)?.code ?? focusCode);
    else if (event.key === "Enter" || event.key === " ") change({area: focusCode === state.area ? 0 : focusCode});
    else if (event.key === "Escape") { $("tip").hidden = true; return; }
    else return;
    event.preventDefault();
  });
  // on the box around: an SVG element that listens for focus becomes a stop of its own
  map.parentElement.addEventListener("focusin", event => { if (code(event)) { focusCode = code(event); showReached(); } });
  map.parentElement.addEventListener("focusout", () => { $("focused").removeAttribute("d"); $("tip").hidden = true; });
  group.addEventListener("pointermove", event => {
    const r = ranked().find(r => r.code === code(event)), room = $("tip").parentElement.getBoundingClientRect();
    if (r) tip(r, event.clientX - room.left, event.clientY - room.top);
  });
  group.addEventListener("pointerleave", () => { $("tip").hidden = true; });
  group.addEventListener("mousedown", event => event.preventDefault());
  group.addEventListener("click", event => {
    const chosen = code(event);
    if (!chosen) return;
    reach(chosen, false);
    change({area: chosen === state.area ? 0 : chosen});
  });
}

function onTable() {
  const body = $("rows");
  $("rank").querySelector(".scroll").removeAttribute("tabindex");
  const heads = [...document.querySelectorAll(".rank thead th")];
  heads.forEach((th, i) => {
    const button = element("button", {type: "button", text: th.textContent});
    th.replaceChildren(button);
    button.onclick = () => {
      byName = i === 0 ? {name: true, down: byName.name && !byName.down} : {up: !byName.name && !byName.up};
      heads.forEach((h, k) => k === i ? h.setAttribute("aria-sort", (i === 0 ? byName.down : !byName.up) ? "descending" : "ascending") : h.removeAttribute("aria-sort"));
      drawTable(ranked());
    };
  });
  heads[1].setAttribute("aria-sort", "descending");
  body.addEventListener("click", event => {
    const row = event.target.closest("tr");
    if (row) change({area: +row.dataset.a === state.area ? 0 : +row.dataset.a});
  });
  body.addEventListener("keydown", event => {
    const all = [...body.querySelectorAll("button")], i = all.indexOf(document.activeElement);
    const to = {ArrowDown: i + 1, ArrowUp: i - 1, Home: 0, End: all.length - 1}[event.key];
    if (to === undefined || !all[to]) return;
    all[i].tabIndex = -1;
    all[to].tabIndex = 0;
    all[to].focus();
    event.preventDefault();
  });
}
