"use strict";
const form = document.querySelector("form");
const button = form.querySelector("button");
const problem = document.querySelector("[role=alert]");

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  problem.hidden = true;
  button.disabled = true;
  try {
    const answer = await fetch("/api/auth/login", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(Object.fromEntries(new FormData(form))),
    });
    if (answer.ok) {
      location.replace(form.dataset.redirect);
      return;
    }
    const body = await answer.json();
    problem.textContent =
      body.code === "invalid_credentials" ? "Wrong email or password." : body.error;
  } catch {
    problem.textContent = "The sandbox gave no answer. Try again.";
  }
  problem.hidden = false;
  button.disabled = false;
  form.elements.password.select();
});
