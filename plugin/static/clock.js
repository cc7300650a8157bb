// Times in the reader's own time zone. The server writes them in UTC and says so.

const clock = new Intl.DateTimeFormat(document.documentElement.lang || "en", { hour: "2-digit", minute: "2-digit" });

export function sayTime(template, iso) {
  return template.replace("{time}", clock.format(new Date(iso)));
}

export function localClock(root) {
  root.querySelectorAll("[data-clock]").forEach((span) => {
    const template = span.closest("[data-saved]")?.dataset.saved;
    if (template) span.textContent = sayTime(template, span.dataset.clock);
  });
}
