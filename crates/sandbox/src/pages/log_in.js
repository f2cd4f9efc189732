submitTo("/api/auth/login", (answer, body) => {
  if (answer.ok) {
    return location.replace(form.dataset.redirect);
  }
  return body.code === "invalid_credentials" ? "Wrong email or password." : body.error;
});
