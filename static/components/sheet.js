// The bottom sheet of a phone: the panel lies over the map and stops at its headline, at about
// half, and at full height. What stands where is CSS (ui/frame/sheet.py); this moves it.
const NARROW = matchMedia("(max-width: 699px)"), QUIET = matchMedia("(prefers-reduced-motion: reduce)");
const HEADLINE = 96, TOP = 96, HALF = .45, START = .28;     // px of the sheet at its lowest, px above its highest, the middle, where it begins
const FLICK = .35, LEAST = 6;                  // px a millisecond; px that are a drag
const NAMES = ["headline", "half", "full"];

const kept = window.porchlightSheet ??= {stop: 1, moved: false};     // in the window: a rerun or another page keeps it

const heights = () => {
  const all = window.innerHeight;
  return [HEADLINE, Math.round(all * (kept.moved ? HALF : START)), Math.max(all - TOP, HEADLINE)];
};

const STYLE = `
.grip { display: none; }
@media (max-width: 699px) {
  button { all: unset; box-sizing: border-box; display: block; width: 100%; height: 44px; cursor: grab; touch-action: none; position: relative; }
  button::before { content: ""; position: absolute; left: calc(50% - 22px); top: 10px; width: 44px; height: 5px; border-radius: 3px;
    background: color-mix(in srgb, var(--st-text-color) 50%, var(--st-background-color)); }
  button:focus-visible { outline: 2px solid var(--st-primary-color); outline-offset: -3px; border-radius: 8px; }
  .grip { display: block; }
}
`;

export function sheet(box) {
  box.ended?.abort();
  box.ended = new AbortController();
  const {signal} = box.ended, had = box.getRootNode().activeElement;
  box.replaceChildren();
  const style = document.createElement("style"), grip = document.createElement("div"), handle = document.createElement("button");
  style.textContent = STYLE;
  grip.className = "grip";
  handle.type = "button";
  grip.append(handle);
  box.append(style, grip);
  const panel = () => document.querySelector(".st-key-panel");

  function place(high, moving) {
    const it = panel();
    if (!it) return;
    if (!NARROW.matches) { ["height", "transition", "background-color"].forEach(name => it.style.removeProperty(name)); delete it.dataset.stop; return; }
    it.style.transition = moving || QUIET.matches ? "none" : "height .22s ease-out";
    it.style.setProperty("height", `${high}px`, "important");
    it.style.backgroundColor = getComputedStyle(box).getPropertyValue("--st-background-color");
    it.dataset.stop = NAMES[kept.stop];
  }

  function rest(stop) {
    kept.stop = Math.max(0, Math.min(2, stop));
    place(heights()[kept.stop]);
    const more = kept.stop < 2;
    handle.ariaLabel = more ? "Show more" : "Show less";
    handle.title = handle.ariaLabel;
    handle.ariaExpanded = String(kept.stop > 0);
    if (!kept.stop) { const it = panel(); if (it) it.scrollTop = 0; }
    const said = () => window.dispatchEvent(new CustomEvent("porchsheet", {detail: NARROW.matches ? heights()[kept.stop] : 0}));
    said();
    setTimeout(said, 260);         // the map measures again when the sheet has come to rest
  }

  const step = by => { kept.moved = true; rest(kept.stop + by); };
  let drag = null;
  handle.addEventListener("pointerdown", e => {
    if (e.button) return;
    drag = {y: e.clientY, high: panel()?.offsetHeight ?? 0, far: false, last: [e.clientY, e.timeStamp], speed: 0};
    handle.setPointerCapture(e.pointerId);
  });
  handle.addEventListener("pointermove", e => {
    if (!drag) return;
    const by = drag.y - e.clientY, passed = e.timeStamp - drag.last[1];
    if (Math.abs(by) > LEAST) drag.far = true;
    if (passed > 0) drag.speed = (drag.last[0] - e.clientY) / passed;
    drag.last = [e.clientY, e.timeStamp];
    const [low, , most] = heights();
    if (drag.far) place(Math.max(low, Math.min(most, drag.high + by)), true);
  });
  const done = e => {
    if (!drag) return;
    const {far, speed, last} = drag, high = panel()?.offsetHeight ?? 0, all = heights();
    drag = null;
    if (!far) return;              // a tap: the click follows
    handle.dragged = kept.moved = true;
    const fast = e.timeStamp - last[1] < 80 ? speed : 0, near = k => Math.abs(all[k] - high);
    const above = all.findIndex(h => h > high), below = all.findLastIndex(h => h < high);
    if (fast > FLICK) rest(above < 0 ? 2 : above);
    else if (fast < -FLICK) rest(below);
    else rest([0, 1, 2].sort((a, b) => near(a) - near(b))[0]);
  };
  handle.addEventListener("pointerup", done);
  handle.addEventListener("pointercancel", done);
  handle.addEventListener("click", () => {
    if (handle.dragged) { handle.dragged = false; return; }
    step(kept.stop < 2 ? 1 : -2);
  });
  const keys = {ArrowUp: 1, ArrowRight: 1, ArrowDown: -1, ArrowLeft: -1, Home: -2, End: 2};
  handle.addEventListener("keydown", e => {
    if (!keys[e.key]) return;
    e.preventDefault();
    step(keys[e.key]);
  });
  window.addEventListener("resize", () => rest(kept.stop), {signal});
  rest(kept.stop);
  if (had?.localName === "button") handle.focus({preventScroll: true});
}

export default function ({parentElement}) {
  const box = parentElement.querySelector("div");
  sheet(box);
  return () => box.ended.abort();
}
