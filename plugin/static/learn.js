// The learner's pages work without this. It keeps drafts while people type and counts words with them.
import { autosave } from "./autosave.js";
import { countWords } from "./counters.js";
import { repeatNames } from "./names.js";
import { localClock } from "./clock.js";

countWords(document);
repeatNames(document);
localClock(document);
document.querySelectorAll("form[data-autosave]").forEach(autosave);

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
