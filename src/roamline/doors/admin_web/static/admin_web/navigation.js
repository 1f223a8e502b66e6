// The navigation by keyboard: groups open with Enter or Space, the search's results are walked with the arrow keys.
// Groups that were opened stay so while this tab is open.
"use strict";

const KEPT = "roamline.navigation";

function openGroups() {
    try {
        return new Set(JSON.parse(sessionStorage.getItem(KEPT) || "[]"));
    } catch {
        return new Set();
    }
}

function furnish(heading) {
    const name = heading.textContent.trim().split("\n")[0];
    const list = heading.parentElement.querySelector("ol");
    const isOpen = () => list && getComputedStyle(list).display !== "none";
    heading.tabIndex = 0;
    heading.setAttribute("role", "button");
    heading.setAttribute("aria-expanded", String(Boolean(isOpen())));
    heading.addEventListener("keydown", (event) => {
        if (event.key === "Enter" || event.key === " ") {
            event.preventDefault();
            heading.click();
        }
    });
    if (openGroups().has(name) && !isOpen()) heading.click();
    heading.addEventListener("click", () => setTimeout(() => {
        const groups = openGroups();
        groups[isOpen() ? "add" : "delete"](name);
        heading.setAttribute("aria-expanded", String(Boolean(isOpen())));
        sessionStorage.setItem(KEPT, JSON.stringify([...groups]));
    }, 50));
}

function walk(event) {
    const results = [...document.querySelectorAll("#search-results a")];
    const at = results.indexOf(document.activeElement);
    if (!results.length) {
        if (event.key === "Enter") event.stopPropagation();
        return;
    }
    if (event.key === "Enter" && at < 0) {
        event.preventDefault();
        event.stopPropagation();
        results[0].click();
    } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
        event.preventDefault();
        event.stopPropagation();
        const next = at + (event.key === "ArrowDown" ? 1 : -1);
        (results[next] || document.getElementById("nav-filter")).focus();
    }
}

document.addEventListener("alpine:initialized", () => {
    document.querySelectorAll("#nav-sidebar-apps h2.cursor-pointer").forEach(furnish);
});
document.addEventListener("keydown", (event) => {
    if (event.target.closest("#nav-filter, #search-results")) walk(event);
}, true);
