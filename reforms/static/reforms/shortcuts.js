// Single keys for whoever reviews many: `data-key` says which key does what its element does.
// `data-asks` names the field in which a reason is written before the button is pressed.
"use strict";
{
    const STORED = "reforms.shortcuts";
    const toggle = document.querySelector("[data-switch=shortcuts]");
    let pending = null;

    const allowed = () => localStorage.getItem(STORED) !== "off";

    const writes = (element) =>
        element.isContentEditable || element.matches("textarea, select, input:not([type=checkbox])");

    const mark = (button) => {
        pending?.classList.remove("pending");
        pending = button;
        pending?.classList.add("pending");
    };

    const use = (element) => {
        if (element.dataset.opens) {
            document.getElementById(element.dataset.opens).showModal();
        } else if (element.dataset.asks) {
            mark(element);
            document.getElementById(element.dataset.asks).focus();
        } else if (element.type === "submit") {
            // Two keys, so that nobody publishes by mistake.
            mark(element);
            element.focus();
        } else {
            element.click();
        }
    };

    document.addEventListener("keydown", (event) => {
        if (event.defaultPrevented || event.altKey) return;
        const field = event.target;
        if (event.key === "Escape" && writes(field)) {
            field.blur();
            mark(null);
            return;
        }
        if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && pending) {
            event.preventDefault();
            pending.click();
            return;
        }
        if (!allowed() || event.ctrlKey || event.metaKey || writes(field)) return;
        if (document.querySelector("dialog[open]")) return;
        const element = document.querySelector(`[data-key="${CSS.escape(event.key)}"]`);
        if (element) {
            event.preventDefault();
            use(element);
        }
    });

    for (const button of document.querySelectorAll("[data-opens]")) {
        button.hidden = false;
        button.addEventListener("click", () => document.getElementById(button.dataset.opens).showModal());
    }
    for (const button of document.querySelectorAll("[data-closes]")) {
        button.addEventListener("click", () => document.getElementById(button.dataset.closes).close());
    }
    if (toggle) {
        toggle.checked = allowed();
        toggle.addEventListener("change", () => {
            localStorage.setItem(STORED, toggle.checked ? "on" : "off");
        });
    }
}
