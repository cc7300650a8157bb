// Where a label repeats what was written in another field (a goal's priority), it follows while typing.

document.querySelectorAll("[data-names]").forEach((label) => {
  const field = document.getElementById(label.dataset.names);
  const before = label.textContent;
  field?.addEventListener("input", () => {
    label.textContent = field.value.trim() || before;
  });
});
