// The find bar: conditions come and go; a comparison that needs no text hides its field.
"use strict";

for (const bar of document.querySelectorAll("form.rl-find")) {
    const rows = bar.querySelector(".rl-conditions");
    const more = bar.querySelector(".rl-more");
    const match = bar.querySelector("select[name=match]");

    const arrange = () => {
        for (const row of rows.children) {
            row.querySelector(".rl-less").hidden = rows.children.length < 2;
            const needsText = !["empty", "filled"].includes(row.querySelector("select[name=how]").value);
            row.querySelector("input").style.visibility = needsText ? "" : "hidden";
        }
        more.hidden = rows.children.length >= Number(bar.dataset.most);
        match.hidden = match.disabled = rows.children.length < 2;
    };

    more.addEventListener("click", () => {
        const row = rows.lastElementChild.cloneNode(true);
        row.querySelector("input").value = "";
        rows.append(row);
        arrange();
        row.querySelector("select").focus();
    });
    rows.addEventListener("click", (event) => {
        if (!event.target.closest(".rl-less")) return;
        event.target.closest(".rl-condition").remove();
        arrange();
    });
    rows.addEventListener("change", arrange);
    arrange();
}
