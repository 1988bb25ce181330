// the token is in a cookie by now: it need not stand in the address bar and the history
history.replaceState(null, "", "/");
