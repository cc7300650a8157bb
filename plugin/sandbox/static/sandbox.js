// The few things these pages do by themselves; each has a button or a link that does the same.

for (const form of document.querySelectorAll("form[data-autosubmit]")) {
  form.submit();
}

// In a frame, go back to the course in the whole window.
const leave = document.querySelector("a[data-leave]");
if (leave && window.top !== window) {
  window.top.location.assign(leave.href);
}

// A tool says that its registration is done. https://www.imsglobal.org/spec/lti-dr/v1p0#step-4
const registration = document.querySelector("iframe[data-registration]");
if (registration) {
  window.addEventListener("message", (event) => {
    const ours = event.source === registration.contentWindow;
    if (ours && event.data && event.data.subject === "org.imsglobal.lti.close") {
      window.location.assign(registration.dataset.registration);
    }
  });
}
