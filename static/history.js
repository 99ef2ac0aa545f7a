// Each choice of a reader is a step that the back button takes back. Streamlit puts a bound
// widget's value into the address without a step of its own; what it does while going back
// stays as it is, or the way forward would be lost.
(() => {
  if (window.porchlightSteps) return;
  window.porchlightSteps = true;
  let byReader = false;
  for (const kind of ["pointerdown", "keydown"]) {
    window.addEventListener(kind, () => { byReader = true; }, true);
  }
  window.addEventListener("popstate", () => { byReader = false; }, true);
  const replace = window.history.replaceState.bind(window.history);
  window.history.replaceState = (state, title, url) => {
    const next = new URL(url ?? window.location.href, window.location.href);
    const step = byReader && next.search !== window.location.search;
    return step ? window.history.pushState(state, title, url) : replace(state, title, url);
  };
})();
