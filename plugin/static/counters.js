// Words counted while typing, as the server counts them: what stands between spaces and has a letter or digit.

const counts = (text) => text.split(/\s+/).filter((word) => /[\p{L}\p{N}_]/u.test(word)).length;

document.querySelectorAll("[data-counts]").forEach((counter) => {
  const field = document.getElementById(counter.dataset.counts);
  const write = () => {
    counter.textContent = counter.dataset.words.replace("{count}", counts(field.value));
  };
  field.addEventListener("input", write);
  write();
});
