/* A file over the limit would be refused without the form's page: say so at the field, before it is sent. */
"use strict";
document.addEventListener("DOMContentLoaded", () => {
  const form = document.getElementById("upload_form");
  if (!form) return;
  const field = form.querySelector("input[type=file]");
  const said = form.querySelector("#too_large");
  const isTooLarge = () => Array.from(field.files).some((file) => file.size > Number(form.dataset.limit));
  /* Caught on its way to the field: the skin would write the file's name into the next field of text. */
  form.addEventListener("change", (event) => {
    if (event.target !== field) return;
    event.stopPropagation();
    said.hidden = !isTooLarge();
  }, true);
  form.addEventListener("submit", (event) => {
    if (!isTooLarge()) return;
    event.preventDefault();
    said.hidden = false;
    field.focus();
  });
});
