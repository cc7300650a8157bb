// Offers to copy a field: [data-copies=id] holds a button and a place for what came of it.
document.querySelectorAll("[data-copies]").forEach((offer) => {
  const field = document.getElementById(offer.dataset.copies);
  const outcome = offer.querySelector("[role=status]");
  field.addEventListener("focus", () => field.select());
  offer.querySelector("button").addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(field.value);   // absent over plain HTTP, refused in some frames
      outcome.textContent = outcome.dataset.copied;
    } catch {
      field.focus();
      outcome.textContent = outcome.dataset.notCopied;
    }
  });
  offer.hidden = false;
});
