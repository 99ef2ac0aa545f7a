// What a picture says: the same as data/embed/sentences.py, of what is selected.
const SPREAD = {1: [1], 2: [1, 3], 3: [0, 2, 3], 4: [0, 1, 2, 3], 5: [0, 1, 2, 3, 4]};

function look(n, breaks) {       // the class of an area on the map, as data/published/number_classes.py says it
  if (!n) return n === 0 ? "zero" : "none";
  return "r" + SPREAD[breaks.length][breaks.slice(1).filter(b => n >= b).length];
}

function legend() {
  const {b, rows} = shown(), step = sort().exact ? 1 : data.rules.base;
  const all = rows.flatMap(r => r || []), high = Math.max(...all);
  const zero = all.includes(0) ? [["zero", number(0)]] : [];
  return zero.concat(b.map((low, i) => {
    const top = i + 1 < b.length ? b[i + 1] - step : high;
    return [look(low, b), low === top ? number(low) : `${number(low)}–${number(top)}`];
  }));
}

function ranked() {
  const held = shown(), n = rowOf(held, state.period);
  return areas.map((a, i) => ({...a, n: n[i], look: look(n[i], held.b)}))
    .sort((p, q) => (q.n ?? -1) - (p.n ?? -1) || p.code - q.code);
}

function leading(n) {
  for (let k = Math.min(3, n.length); k > 0; k--) if (n[k - 1] > 0 && (k === n.length || n[k - 1] > n[k])) return k;
  return 0;
}

function what() { return say("kind." + state.kind); }

function sentence(rows) {
  const seen = rows.filter(r => r.n !== null), begins = period(shown().p[state.period], "in");
  const holes = {In: begins, what: what(), shown: number(seen.length), all: number(rows.length)};
  const one = rows.find(r => r.code === state.area);
  if (one) {
    if (one.n === null) return say("said.area.hidden", {...holes, area: one.name});
    const more = rows.filter(r => r.n > one.n).length;
    const told = {...holes, area: one.name, n: number(one.n), counted: counted("count." + state.kind, one.n)};
    const text = say(sort().exact ? "said.area" : "said.area.about", told);
    return text + (more ? counted("said.higher", more, {k: number(more)}) : one.n ? say("said.highest") : "");
  }
  if (!seen.length) return say("said.none", holes);
  if (!seen[0].n) return say("said.zero", holes);
  const first = leading(seen.map(r => r.n));
  if (!first) return say("said.tie", {...holes, k: number(seen.filter(r => r.n === seen[0].n).length), n: number(seen[0].n)});
  const key = seen.length < rows.length / 2 ? "said.few" : first > 1 ? "said.most" : "said.most.one";
  return say(key, {...holes, areas: listed(seen.slice(0, first).map(r => `${r.name} (${number(r.n)})`))});
}

function spoken() { return Object.fromEntries(Object.entries(data.rules).map(([name, n]) => [name, number(n)])); }

function sub(rows) {
  return say(sort().exact ? "sub.exact" : "sub.rounded", {...spoken(), sort: say("sort." + state.sort), place: data.place,
    shown: number(rows.filter(r => r.n !== null).length), all: number(rows.length)});
}

function source() { return say("source.line", {sources: data.sources[state.sort].join("; "), date: date(data.asOf), stamp: data.stamp}); }

function madeNote() { return data.made[state.sort] ? say("note.made." + data.made[state.sort]) : ""; }

function notes() { return [...(madeNote() ? [madeNote()] : []), say(sort().exact ? "note.exact" : "note.rounded", spoken())]; }

function series() {             // of the area, else of the city: [title, periods, numbers]
  const holes = {What: capital(what()), place: data.place, every: say("every." + state.every)};
  if (state.area) {
    const held = shown(), i = areas.findIndex(a => a.code === state.area);
    return [say("series.area", {...holes, area: areas[i].name}), held.p, held.p.map((_, k) => rowOf(held, k)[i])];
  }
  const every = sort().exact ? state.every : "week", held = grid(sort().city[every]?.[state.kind]);
  if (!held) return null;
  const title = say(sort().exact ? "series.areas" : "series.city", {...holes, every: say("every." + every)});
  return [title, held.p, held.rows.map(r => r ? r[0] : null)];
}
