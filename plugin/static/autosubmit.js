// Sends the page's one form on at once. Without JavaScript its button does the same.
document.querySelector("form[data-autosubmit]").submit();
