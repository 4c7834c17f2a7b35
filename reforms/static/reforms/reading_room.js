/* The reading room: ranges, keys, and the bar that says what is selected. Without it, the checkboxes
   and the buttons do the same one by one. */
"use strict";
{
  const form = document.getElementById("selection");
  const boxes = form ? [...form.querySelectorAll("input[name=p]")] : [];
  const strip = document.querySelector("svg.overview");
  let last = null;  // where a range begins

  const spans = (numbers) => {
    const found = [];
    for (const number of numbers) {
      const run = found.at(-1);
      if (run && number === run[1] + 1) run[1] = number;
      else found.push([number, number]);
    }
    return found;
  };

  const show = () => {
    const numbers = boxes.filter((box) => box.checked).map((box) => Number(box.value));
    const runs = spans(numbers);
    const words = runs.map(([first, end]) => (first === end ? `${first}` : `${first}–${end}`));
    form.querySelector(".selected").textContent = numbers.length
      ? `${numbers.length} selected: ¶${words.join(", ")}`
      : "Nothing is selected.";
    form.querySelector(".clear").hidden = !numbers.length;
    const size = Number(strip.dataset.size);
    strip.querySelector(".chosen").replaceChildren(...runs.map(([first, end]) => {
      const mark = document.createElementNS("http://www.w3.org/2000/svg", "rect");
      const start = Math.floor((first - 1) / size);
      const shape = { x: start, y: 6, width: Math.floor((end - 1) / size) - start + 1, height: 4 };
      for (const [name, value] of Object.entries(shape)) mark.setAttribute(name, value);
      return mark;
    }));
  };

  const selectUpTo = (box) => {
    const [from, to] = [boxes.indexOf(last ?? box), boxes.indexOf(box)].sort((a, b) => a - b);
    for (const one of boxes.slice(from, to + 1)) one.checked = true;
  };

  const clear = () => {
    for (const box of boxes) box.checked = false;
    last = null;
    show();
  };

  const current = () => boxes.indexOf(document.activeElement?.closest(".row")?.querySelector("input[name=p]"));

  /* Where the reader is: the paragraph with the focus, or else the first one in sight. */
  const move = (step, selecting) => {
    const here = current();
    const seen = boxes.findIndex((box) => box.closest(".row").getBoundingClientRect().bottom > 60);
    const next = boxes[here < 0 ? Math.max(seen, 0) : Math.min(Math.max(here + step, 0), boxes.length - 1)];
    if (selecting) {
      last ??= boxes[here] ?? next;
      selectUpTo(next);
    }
    next.focus({ preventScroll: true });
    next.closest(".row").scrollIntoView({ block: "nearest" });
    show();
  };

  if (boxes.length) {
    form.querySelector(".keys").hidden = false;
    form.querySelector(".clear").addEventListener("click", clear);
    form.addEventListener("change", (event) => {
      if (event.target.name !== "p") return;
      last = event.target;
      show();
    });
    for (const box of boxes) {
      const label = box.closest("label");
      // A shift-click on a label is no click on its box in every browser.
      label.addEventListener("click", (event) => {
        if (!event.shiftKey || event.target === box) return;
        event.preventDefault();
        selectUpTo(box);
        last = box;
        box.focus({ preventScroll: true });
        show();
      });
      box.addEventListener("click", (event) => {
        if (event.shiftKey && last) selectUpTo(box);
      });
    }
    document.addEventListener("keydown", (event) => {
      const typing = event.target.closest?.("input:not([name=p]), textarea, select, [contenteditable]");
      if (typing || event.ctrlKey || event.altKey || event.metaKey) return;
      const inside = current() >= 0;
      const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
      const act = {
        j: () => move(1, event.shiftKey),
        k: () => move(-1, event.shiftKey),
        x: inside && (() => boxes[current()].click()),
        n: () => form.querySelector(".bar > input.default").click(),
        Escape: clear,
        ArrowDown: inside && (() => move(1, event.shiftKey)),
        ArrowUp: inside && (() => move(-1, event.shiftKey)),
      }[key];
      if (!act) return;
      event.preventDefault();
      act();
    });
    show();
  }

  /* A click on the strip leads to the paragraph there: on this page, or on its own one. */
  strip?.addEventListener("click", (event) => {
    const { left, width } = strip.getBoundingClientRect();
    const bands = strip.viewBox.baseVal.width;
    const band = Math.floor(((event.clientX - left) / width) * bands);
    const number = band * Number(strip.dataset.size) + 1;
    const row = document.getElementById(`p${number}`);
    if (row) row.scrollIntoView({ block: "center" });
    else location.search = `?to=${number}`;
  });

  // Enter in the field for a promise means that promise, not a new one.
  form?.querySelector("#further-promise")?.addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    event.preventDefault();
    form.querySelector("input[name=cite]").click();
  });
}
