// Names for what has none of its own: fields in the tables of a form are named by their column, the boxes that list
// and search by the field that they stand for. Rows that are added later are named when they come.
(() => {
    const named = (field) =>
        field.labels?.length || field.hasAttribute("aria-label") || field.hasAttribute("aria-labelledby");

    const columnOf = (field) => {
        const cell = field.closest("td");
        const head = cell?.closest("table")?.tHead?.rows[0]?.cells[cell.cellIndex];
        return head?.textContent.trim().replace(/\s+/g, " ");
    };

    const nameOf = (field) => field.getAttribute("aria-label") || field.labels?.[0]?.textContent.trim() || columnOf(field);

    const nameAll = () => {
        for (const field of document.querySelectorAll("td input:not([type=hidden]), td select, td textarea")) {
            const name = named(field) ? "" : columnOf(field);
            if (name) field.setAttribute("aria-label", name);
        }
        for (const box of document.querySelectorAll(".select2-selection:not([data-named])")) {
            const select = box.closest(".select2-container")?.previousElementSibling;
            const name = select && nameOf(select);
            if (!name) continue;
            box.dataset.named = "";
            box.removeAttribute("aria-labelledby");
            box.setAttribute("aria-label", name);
            box.querySelector("[role=textbox]")?.setAttribute("aria-label", name);
        }
    };

    document.addEventListener("DOMContentLoaded", () => {
        nameAll();
        new MutationObserver(nameAll).observe(document.body, { childList: true, subtree: true });
    });
})();
