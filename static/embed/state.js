// What is selected, among released cells only; it comes from the link and goes back into it.
const LENGTHS = ["month", "quarter", "year"];
const areas = data.areas.map(([code, name, x, y]) => ({code, name, x, y}));
const state = {...data.opens, area: 0, vain: ""};

function grid(held) {           // the packed numbers, unpacked once; null is not shown
  if (held && !held.rows) {
    const rows = held.n ? held.n.split(";") : [];
    held.rows = held.p.map((_, i) => rows[i] === undefined ? null : rows[i].split(",").map(t => t === "" ? null : +t));
  }
  return held;
}

function sort() { return data.sorts[state.sort]; }
function everies(kind = state.kind) { return LENGTHS.filter(e => sort().maps[e]?.[kind]); }
function shown() { return grid(sort().maps[state.every][state.kind]); }
function kinds() { return sort().kinds.filter(k => everies(k).length); }

function rowOf(held, i) { return held.rows[i] || areas.map(() => null); }

function fit() {                // after a change: the nearest selection that exists
  if (!kinds().includes(state.kind)) state.kind = kinds()[0];
  if (!everies().includes(state.every)) state.every = everies().at(-1);
  const most = shown().p.length - 1;
  state.period = Math.max(0, Math.min(most, state.period));
}

function at(time) {             // the period that holds, or lies nearest to, another one
  const p = shown().p, year = time.slice(0, 4);
  const months = code => { const [y, part] = code.split("-");
    if (!part) return [12 * y, 12 * y + 11];
    if (part[0] === "Q") return [12 * y + 3 * part[1] - 3, 12 * y + 3 * part[1] - 1];
    return [12 * y + +part - 1, 12 * y + +part - 1]; };
  const [a, b] = months(time);
  let best = p.length - 1, far = Infinity;
  p.forEach((code, i) => {
    const [c, d] = months(code), gap = Math.max(0, c - b, a - d) + Math.abs(d - b) / 1000;
    if (gap < far) [best, far] = [i, gap];
  });
  return best;
}

function vain(word, words) {           // what a link asks for and does not get: said, and never repeated
  const asked = word("source");
  if (asked && asked !== state.sort) {
    if (!["community", "official", "press"].includes(asked)) return say("vain.other");
    return say("vain.source", {asked: say("sort." + asked), shown: say("sort." + state.sort)});
  }
  const got = {kind: state.kind, period: shown().p[state.period], area: state.area && word("area")};
  const other = [...words.keys()].some(name => name !== "source" && !(name in got) && !TRACKS.test(name));
  return other || Object.keys(got).some(name => word(name) && word(name) !== got[name]) ? say("vain.other") : "";
}

const TRACKS = /^(utm_.*|[a-z]*clid)$/;   // what others hang on a link that is shared: it asks for nothing

function read(search) {         // what is not released, or not known, is said and passed over
  const asked = new URLSearchParams(search), word = name => (asked.get(name) || "").trim();
  if (Object.keys(data.sorts).includes(word("source"))) Object.assign(state, data.sorts[word("source")].opens);
  const kind = word("kind");
  if (kind && !asked.has("source") && !kinds().includes(kind)) {
    const other = Object.keys(data.sorts).find(s => data.sorts[s].kinds.includes(kind));
    if (other) { const before = state.sort; state.sort = other; if (!kinds().includes(kind)) state.sort = before; }
  }
  if (kinds().includes(kind)) { state.kind = kind; if (kind !== data.sorts[state.sort].opens.kind) state.period = 1e9; }
  fit();
  const time = word("period"), every = everies().find(e => sort().maps[e][state.kind].p.includes(time));
  if (every) { state.every = every; state.period = shown().p.indexOf(time); }
  const area = word("area").toLowerCase();
  state.area = areas.find(a => String(a.code) === area || a.name.toLowerCase() === area)?.code || 0;
  state.vain = vain(word, asked);
}

function link() {
  const told = new URLSearchParams({source: state.sort, kind: state.kind, period: shown().p[state.period]});
  if (state.area) told.set("area", state.area);
  return "?" + told;
}

function remember() {
  try { history.replaceState(null, "", link()); } catch { /* a file, or a frame without an address */ }
  document.querySelectorAll(".langs a").forEach(a => { a.search = link(); });
}
