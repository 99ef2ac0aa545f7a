// What is selected, among released numbers only; it comes from the link and goes back into it.
const state = {...data.opens, area: 0, vain: ""};

function unpack(held) {         // the packed numbers, once: rows of {n, low, high, step}
  if (held && !held.rows) {
    const wide = name => (held[name] || "").split(";").map(row => row.split(",").map(Number));
    const [l, h, s] = ["l", "h", "s"].map(wide), at = (part, i, j) => part[i]?.[j] || 0;
    held.rows = wide("n").map((row, i) => row.map((n, j) =>
      ({n, low: Math.max(0, n - at(h, i, j)) - at(l, i, j), high: n + at(h, i, j), step: 10 ** at(s, i, j)})));
    held.looks = (held.k || "").split(";");
    held.more = (held.m || "").split(";").map(row => new Set(row ? row.split(",").map(Number) : []));
  }
  return held;
}

function sort() { return data.sorts[state.sort]; }
function where(name = state.map) { return name.split("-")[0]; }
function unit(name = state.map) { return name.split("-")[1]; }
function areasOf(level) { return (data.levels[level]?.areas || []).map(([code, name, x, y]) => ({code, name, x, y})); }
function areas() { return areas[where()] ||= areasOf(where()); }
function maps() { return Object.keys(sort().maps); }
function kinds(name = state.map) { return Object.keys(sort().maps[name]).sort((p, q) => (q === "all") - (p === "all")); }
function shown() { return unpack(sort().maps[state.map][state.kind]); }
function now() { return shown().p[state.period]; }

function fit() {                // after a change: the nearest selection that exists
  if (!maps().includes(state.map)) state.map = sort().opens.map;
  if (!kinds().includes(state.kind)) state.kind = kinds()[0];
  state.period = Math.max(0, Math.min(shown().p.length - 1, state.period));
  if (!areas().some(a => a.code === state.area)) state.area = 0;
}

function at(time) {             // the period that holds, or ends nearest to, another one
  const p = shown().p, end = Date.parse(span(time)[1]);
  const far = code => within(time, code) ? -1 : Math.abs(Date.parse(span(code)[1]) - end);
  return p.reduce((best, code, i) => far(code) <= far(p[best]) ? i : best, 0);
}

const TRACKS = /^(utm_.*|[a-z]*clid)$/;   // what others hang on a link that is shared: it asks for nothing

function vain(word, words) {    // what a link asks for and does not get: said, and never repeated
  const asked = word("source");
  if (asked && asked !== state.sort) {
    if (!["community", "official"].includes(asked)) return say("vain.other");
    return say("vain.source", {asked: say("sort." + asked), shown: say("sort." + state.sort)});
  }
  const got = {map: state.map, kind: state.kind, period: now(), area: state.area && word("area")};
  const other = [...words.keys()].some(name => name !== "source" && !(name in got) && !TRACKS.test(name));
  return other || Object.keys(got).some(name => word(name) && word(name) !== got[name]) ? say("vain.other") : "";
}

function findArea(level, text) {
  return (data.levels[level]?.areas || []).find(([code, name]) => String(code) === text || name.toLowerCase() === text)?.[0] || 0;
}

function read(search) {         // what is not released, or not known, is said and passed over
  const asked = new URLSearchParams(search), word = name => (asked.get(name) || "").trim();
  const kind = word("kind"), time = word("period"), area = word("area").toLowerCase(), map = word("map");
  const fitting = own => Object.entries(own).some(([k, held]) => (!kind || k === kind) && (!time || held.p.includes(time)));
  const has = name => Object.values(data.sorts[name].maps).some(fitting);
  if (word("source") in data.sorts) Object.assign(state, data.sorts[word("source")].opens);
  else if (!asked.has("source") && !has(state.sort)) {
    const other = Object.keys(data.sorts).find(has);
    if (other) Object.assign(state, data.sorts[other].opens);
  }
  // of the maps that fit what is asked: the one named, else that of the opening areas
  const fits = name => [name === map, !kind || kind in sort().maps[name], !area || findArea(where(name), area) > 0,
    fitting(sort().maps[name]),
    name === state.map, where(name) === where(), unit(name) === unit()];
  const worth = name => fits(name).reduce((sum, good, i) => sum + (good ? 2 ** -i : 0), 0);
  state.map = maps().reduce((best, name) => worth(name) > worth(best) ? name : best);
  if (kinds().includes(kind)) state.kind = kind;
  state.period = 1e9;
  state.area = findArea(where(), area);
  fit();
  if (shown().p.includes(time)) state.period = shown().p.indexOf(time);
  state.vain = vain(word, asked);
}

function link() {
  const told = new URLSearchParams({source: state.sort, map: state.map, kind: state.kind, period: now()});
  if (state.area) told.set("area", state.area);
  return "?" + told;
}

function remember() {
  try { history.replaceState(null, "", link()); } catch { /* a file, or a frame without an address */ }
  document.querySelectorAll(".langs a").forEach(a => { a.search = link(); });
}
