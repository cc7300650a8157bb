// Finding one's way in a long form. Every page works without this.

// After a hand-in that something was missing for: begin where the list of it is.
document.querySelector("[data-focus]")?.focus();

// A link to a field inside a closed part opens it first.
document.addEventListener("click", (event) => {
  const link = event.target.closest?.('a[href^="#"]');
  const target = link && document.getElementById(decodeURIComponent(link.hash.slice(1)));
  if (!target) return;
  const part = target.closest("details");
  if (part) part.open = true;
  if (target.matches("input, select, textarea, [tabindex]")) {
    event.preventDefault();
    target.focus();
  }
});
