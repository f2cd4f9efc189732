
// The code is used up, but nobody needs to see it in the address either.
history.replaceState(null, "", "/auth/callback");
