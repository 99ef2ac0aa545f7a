// Find a neighborhood (or a street, where there is a file of them): a combobox of the page's own.
// What is typed goes nowhere: not to the server, not into the link. Text is set with textContent only.
const MOST = 8, KEY = "porchlight.look";     // shown at once; what the map is to look at when it is drawn
const MAP = '[class*="st-key-map"] iframe';

function html(tag, given, parent) {
  const made = Object.assign(document.createElement(tag), given);
  parent?.append(made);
  return made;
}

// accents, case and marks do not count
const folded = text => text.normalize("NFD").replace(/[\u0300-\u036f]/g, "").replace(/\u00df/g, "ss").replace(/[\u2019']/g, "").toLowerCase()
  .replace(/[^\p{L}\p{N}]+/gu, " ").trim();

export function matches(places, typed) {     // at the name's start, at a word's start, within a word
  const wanted = folded(typed);
  if (!wanted) return [];
  const ranked = [[], [], []];
  for (const place of places) {
    const at = (" " + place.folded).indexOf(" " + wanted);
    if (at === 0) ranked[0].push(place);
    else if (at > 0) ranked[1].push(place);
    else if (place.folded.includes(wanted)) ranked[2].push(place);
  }
  return ranked.flat().slice(0, MOST);
}

// the Map page, and no other, has the strip of time
const onMap = () => Boolean(document.querySelector(".st-key-timeline_strip") && document.querySelector(MAP));

function look(where) {         // false where there is no map that can be told, or not yet
  const frame = onMap() && document.querySelector(MAP), porch = frame && frame.contentWindow?.porch;
  if (!porch?.look || !frame.contentDocument.documentElement.dataset.drawn) return false;
  porch.look(where);
  return true;
}

function remembered(box, tries = 300) {     // what was chosen before the map was drawn
  const left = sessionStorage.getItem(KEY);
  if (!left || !box.isConnected || !tries) return;
  if (look(JSON.parse(left))) sessionStorage.removeItem(KEY);
  else setTimeout(() => remembered(box, tries - 1), 200);
}

function later(where, box) {   // the Map page, filters kept, looks as soon as it is drawn
  sessionStorage.setItem(KEY, JSON.stringify(where));
  if (!onMap()) visit(new URL(".", location.href));
  remembered(box);
}

function visit(path, words = {}) {     // another page: a step in the history, no reload
  const url = new URL(path, location.href);
  url.search = location.search;
  Object.entries(words).forEach(([word, text]) => url.searchParams.set(word, text));
  history.pushState(history.state, "", url);
  dispatchEvent(new PopStateEvent("popstate", {state: history.state}));
}

function open(place) {         // an area's own page
  const page = document.querySelector('a[href*="/area?"], a[href$="/area"]');
  visit(page ? page.href : "area", {name: place.name});
}

const STYLE = `
.find { position: relative; font: 14px/20px var(--st-font, sans-serif); color: var(--st-text-color); }
input { box-sizing: border-box; width: 100%; height: 34px; padding: 0 12px; font: inherit; color: inherit; background: var(--st-background-color);
  border: 1px solid color-mix(in srgb, var(--st-text-color) 50%, var(--st-background-color)); border-radius: 6px; }
input::placeholder { color: inherit; opacity: .78; }
:focus-visible { outline: 2px solid var(--st-primary-color); outline-offset: 1px; }
ul, .none { position: absolute; z-index: 30; top: 38px; right: 0; left: 0; margin: 0; padding: 4px 0; list-style: none; background: var(--st-background-color);
  border: 1px solid var(--st-border-color); border-radius: 6px; box-shadow: 0 6px 20px rgb(0 0 0 / .18); }
li, .none { padding: 7px 12px; }
li { cursor: pointer; display: flex; gap: 8px; justify-content: space-between; }
li[aria-selected=true] { background: color-mix(in srgb, var(--st-primary-color) 18%, var(--st-background-color)); }
li .kind { opacity: .78; font-size: 12px; flex: none; }
[hidden] { display: none !important; }
button { display: none; box-sizing: border-box; width: 44px; height: 44px; border: 0; border-radius: 6px; background: none; color: inherit; cursor: pointer; padding: 10px; }
svg { display: block; width: 24px; height: 24px; fill: none; stroke: currentColor; stroke-width: 2; stroke-linecap: round; }
@media (max-width: 699px) {
  button { display: block; }
  .field { position: fixed; z-index: 1000001; top: 0; left: 0; right: 0; padding: 4px 8px; background: var(--st-background-color); display: none;
    border-bottom: 1px solid var(--st-border-color); }
  .find.open .field { display: block; }
  input { height: 44px; font-size: 16px; }
  ul, .none { top: 52px; left: 8px; right: 8px; }
  li { min-height: 44px; box-sizing: border-box; align-items: center; }
}
@media print { .find { display: none; } }
`;

export function find(box, data) {
  const before = box.querySelector("input");
  if (before && box.asked === JSON.stringify(data)) return;   // a rerun takes nothing from who types
  box.asked = JSON.stringify(data);
  box.replaceChildren();
  html("style", {textContent: STYLE}, box);
  const root = html("div", {className: "find"}, box);
  const what = data.streets ? "Find a neighborhood or street" : "Find a neighborhood";
  const opener = html("button", {type: "button", ariaLabel: what, title: what}, root);
  const sign = document.createElementNS("http://www.w3.org/2000/svg", "svg"), path = document.createElementNS("http://www.w3.org/2000/svg", "path");
  sign.setAttribute("viewBox", "0 0 24 24");
  sign.setAttribute("aria-hidden", "true");
  path.setAttribute("d", "M10.5 4a6.5 6.5 0 1 1 0 13a6.5 6.5 0 0 1 0-13M15.5 15.5L21 21");
  sign.append(path);
  opener.append(sign);
  const field = html("div", {className: "field"}, root);
  const input = html("input", {type: "text", autocomplete: "off", spellcheck: false, placeholder: what, ariaLabel: what, ariaAutoComplete: "list",
                               ariaExpanded: "false", maxLength: 80, enterKeyHint: "search"}, field);
  input.setAttribute("role", "combobox");
  input.setAttribute("aria-controls", "places");
  const list = html("ul", {id: "places", hidden: true, ariaLabel: what}, field);
  list.setAttribute("role", "listbox");
  const none = html("div", {className: "none", hidden: true}, field);
  none.setAttribute("role", "status");
  const places = data.areas.map((text, area) => ({text, area, name: data.names[area], folded: folded(text)}));
  let shown = [], at = -1, seen = null;        // `seen` is the choice that the map already shows

  function mark(k) {
    at = k;
    [...list.children].forEach((row, i) => { row.ariaSelected = String(i === k); });
    const row = list.children[k];
    if (row) { input.setAttribute("aria-activedescendant", row.id); row.scrollIntoView?.({block: "nearest"}); }
    else input.removeAttribute("aria-activedescendant");
  }

  function close() {
    list.hidden = none.hidden = true;
    input.ariaExpanded = "false";
    mark(-1);
  }

  function offer() {
    shown = matches(places, input.value);
    list.replaceChildren();
    shown.forEach((place, i) => {
      const row = html("li", {id: `place${i}`, ariaSelected: "false"}, list);
      row.setAttribute("role", "option");
      html("span", {textContent: place.text}, row);
      if (place.area === undefined) html("span", {className: "kind", textContent: "street"}, row);
      row.addEventListener("pointerdown", e => e.preventDefault());      // the field keeps the focus
      row.addEventListener("click", () => choose(place));
    });
    list.hidden = !shown.length;
    none.hidden = Boolean(shown.length) || !folded(input.value);
    none.textContent = none.hidden ? "" : `No ${data.streets ? "neighborhood or street" : "neighborhood"} of that name.`;
    input.ariaExpanded = String(!list.hidden);
    mark(shown.length ? 0 : -1);
  }

  function choose(place) {
    const street = place.area === undefined, again = seen === place;
    seen = place;
    input.value = place.text;
    close();
    if (!street && (again || !data.looks)) { shut(); open(place); return; }
    if (opener.offsetWidth) shut();              // on a phone the field lies over the map
    const where = street ? {bounds: place.bounds} : {area: place.area};
    if (!look(where)) later(where, box);
  }

  function shut() {
    root.classList.remove("open");
    close();
  }

  async function streets() {     // once, when somebody begins to look
    if (!data.streets || box.loaded === data.streets) return;
    box.loaded = data.streets;
    try {
      const held = await (await fetch(new URL(data.streets, location.origin))).json();
      for (const {name, bounds} of held) places.push({text: name, bounds, folded: folded(name)});
      if (input.value && !list.hidden) offer();
    } catch { box.loaded = null; }
  }

  opener.addEventListener("click", () => { root.classList.add("open"); input.focus(); input.select(); });
  input.addEventListener("focus", streets);
  input.addEventListener("input", () => { seen = null; offer(); });
  input.addEventListener("blur", () => { close(); if (!input.value) root.classList.remove("open"); });
  input.addEventListener("keydown", e => {
    e.stopPropagation();           // a key of the page's own (Streamlit has some) is a letter here
    const rows = shown.length;
    if (e.key === "ArrowDown" || e.key === "ArrowUp") {
      if (list.hidden) offer();
      else mark((at + (e.key === "ArrowDown" ? 1 : -1) + rows) % rows);
    } else if (e.key === "Enter") {
      const place = list.hidden ? seen : shown[at];
      if (place) choose(place);
    } else if (e.key === "Escape") {
      if (list.hidden && none.hidden) { input.value = ""; seen = null; shut(); if (opener.offsetWidth) opener.focus(); }
      else close();
    } else return;
    e.preventDefault();
  });
  remembered(box);
}

export default function ({parentElement, data}) {
  find(parentElement.querySelector("div"), data);
}
