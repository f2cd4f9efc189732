submitTo("/api/basecode/auth/authorize", (answer, body) => {
  if (answer.ok) {
    // In place of this page, to which there is no sense in going back.
    return location.replace(body.callback_url);
  }
  if (answer.status === 401 && body.login_url) {
    return location.assign(body.login_url);
  }
  return body.error;
});
