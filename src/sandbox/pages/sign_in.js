"use strict";
const form = document.querySelector("form");
const button = form.querySelector("button");
const problem = document.querySelector("[role=alert]");

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  problem.hidden = true;
  button.disabled = true;
  try {
    const answer = await fetch("/api/basecode/auth/authorize", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(Object.fromEntries(new FormData(form))),
    });
    const body = await answer.json();
    if (answer.ok) {
      // In place of this page, to which there is no sense in going back.
      location.replace(body.callback_url);
      return;
    }
    if (answer.status === 401 && body.login_url) {
      location.assign(body.login_url);
      return;
    }
    problem.textContent = body.error;
  } catch {
    problem.textContent = "The sandbox gave no answer. Try again.";
  }
  problem.hidden = false;
  button.disabled = false;
});
