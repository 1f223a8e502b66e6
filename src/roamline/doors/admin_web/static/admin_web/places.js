// A row that is added gets the next place: the next key, or the next in the order. Whoever wants another types it.
document.addEventListener("formset:added", (event) => {
    const row = event.target;
    const place = row.querySelector("input[name$='-position'], input[name$='-button']");
    if (!place || place.value) return;
    const onKeys = /^(lines|buttons)-/.test(place.name);
    const ofRows = onKeys ? "input[name^='lines-'][name$='-button'], input[name^='buttons-'][name$='-position']"
        : `input[name^='${place.name.split("-")[0]}-'][name$='-position']`;
    const taken = [...document.querySelectorAll(ofRows)].map((field) => Number(field.value) || 0);
    place.value = Math.max(0, ...taken) + 1;
});
