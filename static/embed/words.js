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

function period(code, way = "period") {
  const [year, part = ""] = code.split("-");
  if (part[0] === "W") return say(way + ".week", {day: date(monday(+year, +part.slice(1)))});
  if (part[0] === "Q") return say(way + ".quarter", {first: month(3 * part[1] - 2), last: month(3 * part[1]), year});
  if (part) return say(way + ".month", {month: month(+part), year});
  return say(way + ".year", {year});
}

function listed(names) {
  if (names.length < 2) return names.join("");
  return say("list.last", {before: names.slice(0, -1).join(", "), last: names[names.length - 1]});
}
