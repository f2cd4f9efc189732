"use strict";
const form = document.querySelector("form");

// Sends the form to `path`. `conclude` gets the answer, and either leaves the page
// or gives what is to be said of it.
function submitTo(path, conclude) {
  const button = form.querySelector("button");
  const problem = document.querySelector("[role=alert]");
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    problem.hidden = true;
    button.disabled = true;
    try {
      const answer = await fetch(path, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify(Object.fromEntries(new FormData(form))),
      });
      const said = conclude(answer, await answer.json());
      if (said === undefined) {
        return;
      }
      problem.textContent = said;
    } catch {
      problem.textContent = "The sandbox gave no answer. Try again.";
    }
    problem.hidden = false;
    button.disabled = false;
    form.elements.password?.select();
  });
}
