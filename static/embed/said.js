// What a picture says: the same as data/embed/sentences.py, of what is selected.
const STRIPES = ["s02", "s03", "s04", "s13", "s14", "s24"];

function look(letter) {         // as data/embed/script.py packs it
  return letter <= "9" ? "r" + letter : STRIPES["abcdef".indexOf(letter)];
}

// number of classes -> the positions of their colors, as in data/published/number_classes.py
const SPREAD = {0: [], 1: [1], 2: [1, 3], 3: [0, 2, 3], 4: [0, 1, 2, 3], 5: [0, 1, 2, 3, 4]};

function lookOf(i, n) {         // of an area by its index, and its number
  const held = shown();
  if (!sort().exact) return look(held.looks[state.period][i]);
  return n ? "r" + SPREAD[held.c.length][held.c.slice(1).filter(c => n >= +c[1].replace(",", "")).length] : "zero";
}

function legend() {             // [look, numbers, meaning]
  const held = shown(), looks = held.looks[state.period] || "", exact = sort().exact;
  const zero = exact && held.rows[state.period].slice(0, areas().length).some(r => !r.n);
  if (!held.c) return [];
  const rows = held.c.map(([name, low, high]) => [name, edges(short(low), short(high)), exact ? "" : say("class." + name)]);
  if (zero) rows.unshift(["zero", number(0), ""]);
  if (/[a-f]/.test(looks)) rows.push(["striped", "", say("class.striped")]);
  return rows;
}

function edges(low, high) {
  if (!low) return say("class.under", {high});
  if (!high) return say("class.over", {low});
  return low === high ? low : say("cell.range", {low, high});
}

function legendTitle() { return say(shown().rate ? "legend.rate" : "legend.count", {every: say("every." + unit())}); }

function tableRows() {          // areas by name and what has no known area; else all periods, newest first
  const held = shown(), n = held.rows[state.period];
  if (where() === "city") return held.p.map((p, i) => ({code: -1, name: capital(period(p)), ...held.rows[i][0], look: ""})).reverse();
  const own = areas().map((a, i) => ({...a, ...n[i], look: lookOf(i, n[i].n), more: !!held.more[state.period]?.has(i)}));
  return [...own, {code: 0, name: say("area.unknown"), ...n[own.length], look: ""}];
}

function cells(r) {
  if (sort().exact) return [number(r.n)];
  return r.low > 0 ? [number(r.n), say("cell.range", ends(r))] : [say("cell.few"), say("cell.most", ends(r))];
}

function what() { return say("kind." + state.kind); }

function rounded(r) {           // as data/published/ranges.py rounds for sentences
  const {step} = r;
  return {n: Math.floor((2 * r.n + step) / (2 * step)) * step, low: Math.floor(r.low / step) * step || r.low, high: Math.ceil(r.high / step) * step};
}

function saidOf(key, r, holes) {
  const exact = sort().exact, few = !exact && r.low <= 0, own = exact || few ? r : rounded(r);
  return say(key + (exact ? ".exact" : few ? ".few" : ""),
    {...ends(own), ...holes, In: period(now(), "in"), what: what(), counted: counted("count." + state.kind, own.n)});
}

function sentence(rows) {
  const one = state.area && rows.find(r => r.code === state.area);
  if (!one) return saidOf("said.city", shown().rows[state.period].at(-1), {place: data.place});
  const text = saidOf("said.area", one, {area: one.name});
  return one.more ? `${text}: ${say("said.more")}` : text;
}

function sub() {
  const level = where(), status = shown().t[state.period], key = sort().exact ? "exact" : level === "city" ? "city" : "range";
  const text = say("sub." + key, {sort: say("sort." + state.sort), place: data.place, ...(key === "range" ? {where: say("where." + level)} : {})});
  return ["", "year"].includes(status) ? text : `${text} ${say("status." + status)}`;
}

function source() {
  if (!sort().exact) return say("source.reports", {date: date(data.asOf)});
  return say("source.records", {sources: data.sources[state.sort].join("; "), date: date(data.asOf)});
}

function madeNote() { return data.made && !sort().exact ? say("note.made") : ""; }

function notes() {
  if (sort().exact) return [say("note.official")];
  const told = [...(madeNote() ? [madeNote()] : []), say("note.range")];
  if (where() === "city") return told;
  const rate = data.rate ? say("note.expected.rate", {n: short(data.rate)}) : "";
  told.push(say("note.expected", {n: number(data.declared), place: data.place, rate}));
  return state.kind === "all" ? told : [...told, say("note.expected.kind")];
}

function series() {             // of the area, else of the whole place: title, periods, numbers
  const title = (area, every) => say("series.of", {What: capital(what()), area, every: say("every." + every)});
  if (state.area) {
    const held = shown(), i = areas().findIndex(a => a.code === state.area);
    return [title(areas()[i].name, unit()), held.p, held.rows.map(row => row[i])];
  }
  const held = unpack(sort().series[state.kind]);
  return held ? [title(data.place, held.unit), held.p, held.rows.map(row => row[0])] : null;
}
