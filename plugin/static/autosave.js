// Drafts kept while people type. One save at a time; a failed one is tried again; a conflict is said, not solved.

const PAUSE = 1200; // milliseconds without typing
const AGAIN = 8000; // milliseconds after a failed save
const NO_VISIT = [400, 401]; // the session or the form's token has ended

// Times in the reader's own time zone. The server writes them in UTC and says so.
const clock = new Intl.DateTimeFormat(document.documentElement.lang || "en", { hour: "2-digit", minute: "2-digit" });
const sayTime = (template, iso) => template.replace("{time}", clock.format(new Date(iso)));

function autosave(form) {
  const place = form.querySelector("[data-saved-state]");
  const revision = form.elements.namedItem("revision");
  const address = form.getAttribute("action") ?? location.href; // form.action is the buttons of that name
  let timer = 0;
  let saving = null; // the save under way, as a promise
  let dirty = false;

  const later = (pause) => {
    clearTimeout(timer);
    timer = setTimeout(save, pause);
  };

  async function save() {
    if (saving) return;
    dirty = false;
    saving = send();
    const again = await saving;
    saving = null;
    if (again) later(again);
    else if (dirty) later(PAUSE);
  }

  // Sends the words as they are now. Gives the pause before the next try, or nothing.
  async function send() {
    const body = new FormData(form);
    body.set("action", "save");
    place.textContent = place.dataset.saving;
    try {
      const answer = await fetch(address, { method: "POST", body, headers: { Accept: "application/json" } });
      return await hear(answer);
    } catch {
      place.textContent = place.dataset.notSaved;
      return AGAIN;
    }
  }

  async function hear(answer) {
    if (answer.status === 409) {
      place.textContent = place.dataset.edited;
    } else if (NO_VISIT.includes(answer.status)) {
      place.textContent = place.dataset.ended;
    } else if (!answer.ok) {
      throw new Error(`status ${answer.status}`);
    } else {
      const saved = await answer.json();
      revision.value = saved.revision;
      place.textContent = sayTime(place.dataset.saved, saved.saved_at);
    }
    return 0;
  }

  form.addEventListener("input", () => {
    dirty = true;
    if (!saving) later(PAUSE);
  });

  // A save under way changes the revision: whoever presses a button meanwhile waits for it.
  form.addEventListener("submit", (event) => {
    clearTimeout(timer);
    dirty = false;
    if (!saving) return;
    event.preventDefault();
    saving.finally(() => {
      clearTimeout(timer);
      form.requestSubmit(event.submitter);
    });
  });
}

document.querySelectorAll("[data-clock]").forEach((span) => {
  const template = span.closest("[data-saved]")?.dataset.saved;
  if (template) span.textContent = sayTime(template, span.dataset.clock);
});
document.querySelectorAll("form[data-autosave]").forEach(autosave);
