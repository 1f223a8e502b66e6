// Controlled profiles are moved between two lists; what is sent are the rows of the form below, as without this script.
"use strict";

(() => {
    const group = document.getElementById("controlled_profiles-group");
    const template = document.getElementById("controlled-lists");
    if (!group || !template) return;
    const PREFIX = "controlled_profiles";
    const total = document.getElementById(`id_${PREFIX}-TOTAL_FORMS`);
    const table = document.getElementById(`${PREFIX}-data`);
    const finder = document.querySelector(`#id_${PREFIX}-__prefix__-profile`);
    if (!table || !finder || group.querySelector(".errorlist, .errors")) return;

    const field = (index, name) => document.querySelector(`[name="${PREFIX}-${index}-${name}"]`);
    const added = document.createElement("div");
    let rows = [];
    for (let index = 0; index < Number(total.value); index++) {
        const chosen = field(index, "profile")?.selectedOptions[0];
        if (!chosen || !chosen.value) continue;
        rows.push({ index, id: chosen.value, name: chosen.text, isDefault: field(index, "is_default").checked,
                    place: Number(field(index, "position").value) });
    }
    rows.sort((a, b) => a.place - b.place);
    const gone = [];

    table.parentElement.hidden = true;
    group.append(template.content.cloneNode(true), added);
    const available = document.getElementById("available");
    const controlled = document.getElementById("controlled");
    const find = document.getElementById("available-find");
    const mark = group.querySelector("[data-do=default]").dataset.mark;

    const chosenIn = (list) => [...list.selectedOptions].map((option) => option.value);

    function show(chosen = []) {
        controlled.replaceChildren(...rows.map((row) => {
            const text = row.isDefault ? `${row.name} (${mark})` : row.name;
            return new Option(text, row.id, false, chosen.includes(row.id));
        }));
        for (const option of available.options) option.hidden = rows.some((row) => row.id === option.value);
        write();
    }

    function write() {
        added.replaceChildren();
        let next = Number(document.getElementById(`id_${PREFIX}-INITIAL_FORMS`).value);
        const put = (index, name, value) => {
            const input = Object.assign(document.createElement("input"), { type: "hidden", value });
            input.name = `${PREFIX}-${index}-${name}`;
            added.append(input);
        };
        rows.forEach((row, place) => {
            if (row.index !== undefined) {
                field(row.index, "position").value = place + 1;
                field(row.index, "is_default").checked = row.isDefault;
                field(row.index, "DELETE").checked = false;
                return;
            }
            put(next, "position", place + 1);
            put(next, "profile", row.id);
            if (row.isDefault) put(next, "is_default", "on");
            next += 1;
        });
        for (const row of gone) {
            field(row.index, "is_default").checked = false;
            field(row.index, "DELETE").checked = true;
        }
        total.value = next;
    }

    let asked = 0;
    async function look() {
        const mine = ++asked;
        const query = new URLSearchParams({
            term: find.value, app_label: finder.dataset.appLabel, model_name: finder.dataset.modelName,
            field_name: finder.dataset.fieldName,
        });
        const answer = await fetch(`${finder.dataset["ajax-Url"] || finder.getAttribute("data-ajax--url")}?${query}`);
        if (!answer.ok) return;
        const found = (await answer.json()).results;
        if (mine !== asked) return; // a later question was answered first
        available.replaceChildren(...found.map((each) => new Option(each.text, each.id)));
        show(chosenIn(controlled));
    }

    const deeds = {
        take() {
            const names = [...available.selectedOptions].filter((option) => !option.hidden);
            for (const option of names) {
                const back = gone.findIndex((row) => row.id === option.value);
                rows.push(back >= 0 ? gone.splice(back, 1)[0] : { id: option.value, name: option.text, isDefault: false });
            }
            show(names.map((option) => option.value));
        },
        give() {
            const chosen = chosenIn(controlled);
            gone.push(...rows.filter((row) => chosen.includes(row.id) && row.index !== undefined));
            rows = rows.filter((row) => !chosen.includes(row.id));
            show();
        },
        up() { move(-1); },
        down() { move(1); },
        default() {
            const chosen = chosenIn(controlled)[0];
            for (const row of rows) row.isDefault = row.id === chosen && !row.isDefault;
            show([chosen]);
        },
    };

    function move(step) {
        const chosen = chosenIn(controlled);
        const order = step < 0 ? [...rows.keys()] : [...rows.keys()].reverse();
        for (const at of order) {
            const to = at + step;
            if (!chosen.includes(rows[at].id) || !rows[to] || chosen.includes(rows[to].id)) continue;
            [rows[at], rows[to]] = [rows[to], rows[at]];
        }
        show(chosen);
    }

    group.addEventListener("click", (event) => {
        const deed = event.target.closest("[data-do]");
        if (deed) deeds[deed.dataset.do]();
    });
    available.addEventListener("dblclick", deeds.take);
    controlled.addEventListener("dblclick", deeds.give);
    let waiting;
    find.addEventListener("input", () => {
        clearTimeout(waiting);
        waiting = setTimeout(look, 250);
    });
    find.addEventListener("keydown", (event) => {
        if (event.key === "Enter") event.preventDefault();
    });
    show();
    look();
})();
