// Each choice of a reader is a step that the back button takes back. Streamlit puts a bound
// widget's value into the address without a step of its own; what it does while going back
// stays as it is, or the way forward would be lost. It also takes a page's own words (given
// in the page) out of the address when the reader leaves a page, and puts those of the next page
// into it, before or after it shows that page, each as a step of its own: only the page is one.
// A link in the page empties the whole address first, and the next page fills it word by word.
(() => {
  if (window.porchlightSteps) return;
  window.porchlightSteps = true;
  const TOGETHER = 300;   // ms: From and To of one period
  let byReader = false;
  let taken = -Infinity;   // when the newest choice became a step: what changes along with it belongs to it
  let early = false;   // the newest step holds words of a page that is not shown yet
  let going = false;   // back or forward: Streamlit first empties the address, then fills it again
  let leaving = false;   // a link to another page was followed: Streamlit first empties the address
  for (const kind of ["pointerdown", "keydown"]) {
    window.addEventListener(kind, (event) => { if (!event.isTrusted) return; byReader = true; early = going = leaving = false; taken = -Infinity; }, true);
  }
  window.addEventListener("click", (event) => {
    const link = event.target.closest?.('[data-testid="stPageLink-NavLink"]');
    leaving = Boolean(link) && !(event.ctrlKey || event.metaKey || event.shiftKey || event.altKey);
  }, true);
  window.addEventListener("popstate", () => { byReader = false; going = true; }, true);
  const { history, location } = window;
  const replace = history.replaceState.bind(history);
  const push = history.pushState.bind(history);
  window.porchlightByReader = () => { byReader = true; taken = -Infinity; };   // what is done within a map's frame
  window.porchlightReplace = replace;   // a map that moves is no step
  window.porchlightPush = push;   // a page that takes a word of its own out of the address
  const there = (url) => new URL(url ?? location.href, location.href);
  const own = () => document.querySelector("[data-own-words]")?.dataset.ownWords.split(" ") ?? [];
  const without = (search) => {
    const rest = new URLSearchParams(search);
    own().forEach((word) => rest.delete(word));
    return String(rest);
  };
  const gains = (next) => own().some((word) => next.searchParams.has(word)
    && next.searchParams.get(word) !== there().searchParams.get(word));
  const onlyOwn = (next) => next.pathname === location.pathname
    && next.search !== location.search
    && without(location.search) === without(next.search);
  const onlyLoses = (next) => next.pathname === location.pathname && next.search !== location.search
    && [...next.searchParams].every(([word, text]) => there().searchParams.getAll(word).includes(text));
  const carried = (next) => {   // the filters go along at once: another link may be followed before the page fills them in
    const before = there().searchParams;
    const lost = [...new Set(before.keys())].filter((word) => !own().includes(word) && !next.searchParams.has(word));
    lost.forEach((word) => before.getAll(word).forEach((text) => next.searchParams.append(word, text)));
    return next.href;
  };
  const choose = (state, title, url) => {
    const now = performance.now();
    if (now - taken < TOGETHER || there(url).href === location.href) return replace(state, title, url);
    taken = now;
    return push(state, title, url);
  };
  history.replaceState = (state, title, url) => {
    if (going && onlyLoses(there(url))) return;   // the next step may come before it is filled again
    const step = byReader && there(url).search !== location.search;
    return (step ? choose : replace)(state, title, url);
  };
  history.pushState = (state, title, url) => {
    const next = there(url);
    if (next.pathname !== location.pathname) {
      (early ? replace : push)(state, title, leaving ? carried(next) : url);
      byReader = early = leaving = false;
    } else if (leaving) return;   // the step that is left keeps its words
    else if (!onlyOwn(next)) (byReader ? choose : replace)(state, title, url);
    else if (!byReader) replace(state, title, url);
    else if (gains(next)) {   // the page's own doing for the reader, or ahead of the next page
      choose(state, title, url);
      early = true;
    }
  };
})();
