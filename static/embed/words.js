// Texts, numbers and dates as the catalogue says: the same as data/embed/language.py.
const data = window.PORCHLIGHT, texts = window.PORCHLIGHT_WORDS, plurals = window.PORCHLIGHT_PLURALS;

function filled(text, given) {
  return text.replace(/\{([A-Za-z_]+)\}/g, (hole, name) => given?.[name] ?? hole);
}

function say(key, given) { return filled(texts[key][0], given); }

function counted(key, n, given) {
  const table = plurals[key] || plurals[""], whole = Math.abs(Math.round(n));
  return filled(texts[key][table[whole < 200 ? whole : 100 + whole % 100]], {...given, n: number(n)});
}

function number(n) { return String(Math.round(n)).replace(/\B(?=(\d{3})+$)/g, say("number.thousands")); }

function capital(text) { return text.slice(0, 1).toUpperCase() + text.slice(1); }

function month(n) { return say("date.months").split(", ")[n - 1]; }

function date(text) {
  const [year, m, day] = text.split("-").map(Number);
  return say("date.day", {day, month: month(m), year});
}

function monday(year, week) {   // the first day of an ISO week
  const fourth = new Date(Date.UTC(year, 0, 4));
  const day = new Date(fourth.getTime() + 864e5 * (7 * (week - 1) - (fourth.getUTCDay() + 6) % 7));
  return day.toISOString().slice(0, 10);
}

function short(text) {          // an edge of a class: digits as this language writes them
  const comma = say("number.thousands") === "," ? "." : ",";
  return text.replace(/[.,]/g, sign => sign === "." ? comma : say("number.thousands"));
}

function ends(r) { return {n: number(r.n), low: number(r.low), high: number(Math.max(r.high, 1))}; }

function ranged(r) {            // about 12, likely 7 to 17; a number alone where it is exact
  return sort().exact ? number(r.n) : say(r.low > 0 ? "range.about" : "range.few", ends(r));
}

function period(code, way = "period") {
  const [year, part = "", day] = code.split("-");
  if (part[0] === "W") return say(way + ".week", {day: date(monday(+year, +part.slice(1)))});
  if (part[0] === "Q") return say(way + ".quarter", {first: month(3 * part[1] - 2), last: month(3 * part[1]), year});
  if (day) return date(code);
  if (part) return say(way + ".month", {month: month(+part), year});
  return say(way + ".year", {year});
}

function span(code) {           // first and last day of a period, as text that sorts
  const [y, p = ""] = code.split("-"), day = (m, d) => new Date(Date.UTC(+y, m, d)).toISOString().slice(0, 10);
  if (p[0] === "W") {
    const first = monday(+y, +p.slice(1)), last = new Date(Date.parse(first) + 6 * 864e5);
    return [first, last.toISOString().slice(0, 10)];
  }
  if (p[0] === "Q") return [day(3 * p[1] - 3, 1), day(3 * p[1], 0)];
  return p ? [day(p - 1, 1), day(+p, 0)] : [day(0, 1), day(12, 0)];
}

function within(code, other) {  // whether a period lies in another one
  const [a, b] = span(code), [c, d] = span(other);
  return a >= c && b <= d;
}
