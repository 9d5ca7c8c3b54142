// Where the reader stands (workspace, person, channel, mailbox, thread…), kept in the address so that
// a reload or a shared link opens the same view. A link from elsewhere may name it as /?team=…; it is
// kept in the fragment from then on.

const place = new URLSearchParams(location.search);
for (const [key, value] of new URLSearchParams(location.hash.slice(1))) place.set(key, value);

export function placed(key, fallback = "") {
  return place.get(key) || fallback;
}

export function setPlace(values) {
  for (const [key, value] of Object.entries(values)) {
    if (value) place.set(key, value);
    else place.delete(key);
  }
  history.replaceState(null, "", `${location.pathname}#${place.toString()}`);
}
