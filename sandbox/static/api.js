// All traffic with the sandbox's own HTTP API. Nothing else in this page makes requests.

export class ApiError extends Error {
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

async function request(path, init) {
  let response;
  try {
    response = await fetch(path, init);
  } catch {
    throw new ApiError(0, "The sandbox did not answer. Nothing was changed; try again in a moment.");
  }
  const text = await response.text();
  let body = {};
  try {
    body = text ? JSON.parse(text) : {};
  } catch {
    body = { error: text.slice(0, 200) };
  }
  if (!response.ok) {
    const reason = body.error?.message || body.error || body.message || response.statusText || "unknown reason";
    throw new ApiError(response.status, `The sandbox refused: ${String(reason).replace(/\.$/, "")} (${response.status}).`);
  }
  return body;
}

export function get(path, params = {}) {
  const query = new URLSearchParams();
  for (const [key, value] of Object.entries(params)) {
    if (value !== undefined && value !== null && value !== "") query.set(key, value);
  }
  const suffix = query.toString();
  return request(suffix ? `${path}?${suffix}` : path);
}

export function post(path, body) {
  return request(path, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
  });
}

// EventSource reconnects by itself while the server closes politely, but gives up for good after an
// error answer; then a new one is opened with growing pauses.
export function listen({ onEvent, onState }) {
  let pause = 500;
  let source;
  const open = () => {
    source = new EventSource("/ui/stream");
    source.onopen = () => {
      pause = 500;
      onState("live");
    };
    source.onmessage = (event) => {
      try {
        onEvent(JSON.parse(event.data));
      } catch {
        onEvent({ type: "unknown" });
      }
    };
    source.onerror = () => {
      onState("reconnecting");
      if (source.readyState !== EventSource.CLOSED) return;
      setTimeout(open, pause);
      pause = Math.min(pause * 2, 8000);
    };
  };
  open();
  window.addEventListener("pagehide", () => source.close());
  window.addEventListener("pageshow", (event) => event.persisted && open());
}

// Many changes in one breath become one refresh, and a refresh never overlaps itself.
export function coalesce(work, pause = 60) {
  let timer = null;
  let running = false;
  let again = false;
  const run = async () => {
    timer = null;
    if (running) {
      again = true;
      return;
    }
    running = true;
    try {
      await work();
    } finally {
      running = false;
      if (again) {
        again = false;
        trigger();
      }
    }
  };
  const trigger = () => {
    if (timer === null) timer = setTimeout(run, pause);
  };
  return trigger;
}
