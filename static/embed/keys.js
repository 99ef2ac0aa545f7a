// By keyboard, finger and pointer: areas and rows are one stop each, arrows move within.
let focusCode = 0;              // the area that the arrows have reached
let level = "";                 // the level whose areas are drawn

function tip(r, x, y) {
  const box = $("tip"), room = box.parentElement.getBoundingClientRect();
  const lines = [`${ranged(r)} · ${what()}`, ...(r.more ? [say("said.more")] : [])];
  box.replaceChildren(element("strong", {text: r.name}), ...lines.map(text => element("span", {text})));
  box.hidden = false;
  const place = (from, size, all) => Math.max(2, Math.min(from + 14 + size > all ? from - 14 - size : from + 14, all - size - 2));
  box.style.left = place(x, box.offsetWidth, room.width) + "px";
  box.style.top = place(y, box.offsetHeight, room.height) + "px";
}

function setLevel(name) {       // draws the areas of a level, where they are not there yet
  if (level === name) return;
  const own = data.levels[name], page = data.levels[where(data.opens.map)];
  page.paths ||= page.areas.map(a => $("a" + a[0]));
  own.paths ||= own.areas.map(([code, , , , d]) => element("path", {ns: 1, id: "a" + code, d}));
  page.wide ||= document.querySelector(".names.wide");
  for (const which of ["wide", "small"]) own[which] ||= labels(own.labels[which], which);
  document.querySelectorAll(".names").forEach(group => group.remove());
  $("areas").replaceChildren(...own.paths);
  $("map").append(own.wide, own.small);
  // one path for all borders: a copy by <use> would copy the stops of the keyboard too
  const lines = own.paths.map(path => path.getAttribute("d")).join("");
  $("borders").replaceWith(element("path", {ns: 1, id: "borders", d: lines}));
  for (const path of own.paths) {
    path.setAttribute("role", "option");
    path.tabIndex = -1;
  }
  level = name;
  focusCode = 0;
  reach(state.area || areas()[0].code, false);
}

function labels(rows, which) {
  const group = element("g", {ns: 1, class: "names " + which});
  for (const [code, x, lines] of rows) {
    const text = element("text", {ns: 1, x, "data-a": code}, group);
    for (const [y, line] of lines) element("tspan", {ns: 1, x, y, text: line}, text);
  }
  return group;
}

function reach(code, focus = true) {    // the arrows' own area: outlined, told, focused
  if (focusCode) $("a" + focusCode).tabIndex = -1;
  focusCode = code;
  const path = $("a" + code);
  path.tabIndex = 0;
  if (focus) path.focus({preventScroll: true});
}

function showReached() {
  const r = tableRows().find(r => r.code === focusCode), path = $("a" + focusCode);
  $("focused").setAttribute("d", path.getAttribute("d"));
  const box = $("map").getBoundingClientRect(), outer = $("tip").parentElement.getBoundingClientRect();
  const scale = Math.min(box.width / data.size[0], box.height / data.size[1]);
  tip(r, box.left - outer.left + (box.width - data.size[0] * scale) / 2 + r.x * scale,
    box.top - outer.top + (box.height - data.size[1] * scale) / 2 + r.y * scale);
}

const WAYS = {ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1]};

function nextArea(key) {        // the nearest middle in that direction, straight ones first
  const [dx, dy] = WAYS[key], from = areas().find(a => a.code === focusCode);
  let best = null, least = Infinity;
  for (const a of areas()) {
    const along = (a.x - from.x) * dx + (a.y - from.y) * dy, across = Math.abs((a.x - from.x) * dy) + Math.abs((a.y - from.y) * dx);
    const far = along + 2 * across;
    if (along > 1 && along >= across * .6 && far < least) [best, least] = [a, far];
  }
  return best?.code ?? focusCode;
}

function onMap() {
  const map = $("map");
  if (!map) return;
  const group = $("areas"), code = event => +(event.target.id || "").slice(1);
  map.removeAttribute("role");
  map.removeAttribute("aria-label");
  group.setAttribute("role", "listbox");
  group.addEventListener("keydown", event => {
    if (WAYS[event.key]) reach(nextArea(event.key));
    else if (event.key === "Home") reach(areas()[0].code);
    else if (event.key === "End") reach(areas().at(-1).code);
    else if (event.key === "Enter" || event.key === " ") change({area: focusCode === state.area ? 0 : focusCode});
    else if (event.key === "Escape") { $("tip").hidden = true; return; }
    else return;
    event.preventDefault();
  });
  // on the box around: an SVG element that listens for focus becomes a stop of its own
  map.parentElement.addEventListener("focusin", event => { if (code(event)) { focusCode = code(event); showReached(); } });
  map.parentElement.addEventListener("focusout", () => { $("focused").removeAttribute("d"); $("tip").hidden = true; });
  group.addEventListener("pointermove", event => {
    const r = tableRows().find(r => r.code > 0 && r.code === code(event)), room = $("tip").parentElement.getBoundingClientRect();
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
  if (where() !== "city") $("rank").querySelector(".scroll").removeAttribute("tabindex");
  body.addEventListener("click", event => {
    const row = event.target.closest("tr");
    if (row?.dataset.a > 0) change({area: +row.dataset.a === state.area ? 0 : +row.dataset.a});
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
