// Keys for whoever compares many tables; the page does all it does without them.
"use strict";
(() => {
  const form = document.getElementById("ballot");
  const choices = [...form.elements.preference];
  const hints = form.querySelectorAll(".choices kbd");
  const shortcuts = document.getElementById("shortcuts");
  const on = shortcuts.querySelector("input");
  const memory = "shortcuts off";

  // Keys without Ctrl or Alt can come from speech input by mistake: whoever wants to can turn them off.
  function remember(off) {
    try {
      if (off) localStorage.setItem(memory, "1"); else localStorage.removeItem(memory);
    } catch (error) { /* private windows keep nothing */ }
  }
  function recall() {
    try { return localStorage.getItem(memory) !== null; } catch (error) { return false; }
  }
  function tell() { hints.forEach((hint) => { hint.hidden = !on.checked; }); }

  on.checked = !recall();
  shortcuts.hidden = false;
  tell();
  on.addEventListener("change", () => { remember(!on.checked); tell(); });

  function choose(place) {
    choices[place].checked = true;
    choices[place].focus();
  }

  document.addEventListener("keydown", (event) => {
    if (!on.checked || event.ctrlKey || event.metaKey || event.altKey) return;
    const at = event.target;
    if (at.matches("textarea")) return;
    const number = ["1", "2", "3", "4"].indexOf(event.key);
    if (number >= 0) {
      event.preventDefault();
      choose(number);
      return;
    }
    // Elsewhere than on the page itself arrows have a meaning already, such as between the choices.
    if (at !== document.body && at.id !== "main") return;
    if (event.key === "ArrowLeft" || event.key === "ArrowRight") {
      event.preventDefault();
      choose(event.key === "ArrowLeft" ? 0 : 1);
    }
  });
})();
