/* The slider of "How we protect people": the law of chance is the same around every count, so it
   only moves the two groups of bars and says their ranges. */
(function () {
"use strict";
var box = document.getElementById("try");
var part = box.parentNode, input = box.querySelector("input"), half = Number(box.dataset.half);
var wide = 10;
function signed(k) { return k < 0 ? "\u2212" + -k : String(k); }
function moved(name, by) {
  part.querySelector("svg ." + name).setAttribute("transform", "translate(" + by * wide + ")");
}
function show() {
  var n = Number(input.value);
  var ends = { a: n - half, b: n + half, c: n + 1 - half, d: n + 1 + half };
  moved("without", n);
  moved("with", n + 1);
  box.querySelector("output").textContent = n;
  part.querySelector(".said").textContent = box.dataset.said.replace(/\{([abcd])\}/g, function (_, k) { return signed(ends[k]); });
}
input.hidden = false;
input.addEventListener("input", show);
show();
})();
