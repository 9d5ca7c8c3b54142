// Where the reader stands (person, channel, mailbox, thread…), kept in the address so that a reload
// or a shared link opens the same view.

const place = new URLSearchParams(location.hash.slice(1));

export function placed(key, fallback = "") {
  return place.get(key) || fallback;
}

export function setPlace(values) {
  for (const [key, value] of Object.entries(values)) {
    if (value) place.set(key, value);
    else place.delete(key);
  }
  history.replaceState(null, "", `#${place.toString()}`);
}
