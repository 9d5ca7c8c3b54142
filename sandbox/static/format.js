// Dates, times and names as the person one is in Slack reads them: in their own time zone.

const LOCALE = navigator.language || "en";
const DAY = 86400000;

let zone;
let zoneRound = 0;

// From now on; true when that is another zone than before. An unknown name means this browser's own.
export function setZone(name) {
  let wanted = name || undefined;
  try {
    new Intl.DateTimeFormat(LOCALE, { timeZone: wanted });
  } catch {
    wanted = undefined;
  }
  if (wanted === zone) return false;
  zone = wanted;
  zoneRound += 1;
  return true;
}

// "New York time", of America/New_York.
export function zoneName() {
  return zone ? `${zone.split("/").at(-1).replaceAll("_", " ")} time` : "";
}

function formatter(options, locale = LOCALE) {
  let made;
  let round = -1;
  return (date) => {
    if (round !== zoneRound) {
      made = new Intl.DateTimeFormat(locale, { ...options, timeZone: zone });
      round = zoneRound;
    }
    return made.format(date);
  };
}

export const clock = formatter({ hour: "numeric", minute: "2-digit" });
export const monthDay = formatter({ month: "short", day: "numeric" });
const fullDay = formatter({ weekday: "long", month: "long", day: "numeric" });
const longDate = formatter({ year: "numeric", month: "long", day: "numeric" });
const shortDate = formatter({ year: "numeric", month: "short", day: "numeric" });
const numeric = formatter({ year: "numeric", month: "2-digit", day: "2-digit" });
const clockSeconds = formatter({ hour: "numeric", minute: "2-digit", second: "2-digit" });
export const absolute = formatter({
  weekday: "short", year: "numeric", month: "short", day: "numeric", hour: "numeric", minute: "2-digit",
});

export function fromTs(ts) {
  return new Date(Number.parseFloat(ts) * 1000);
}

export function parseDate(value) {
  if (value === undefined || value === null || value === "") return null;
  if (typeof value === "number" || /^\d+(\.\d+)?$/.test(value)) {
    const number = Number(value);
    return new Date(number > 1e11 ? number : number * 1000);
  }
  const date = new Date(value);
  return Number.isNaN(date.getTime()) ? null : date;
}

const isoDay = formatter({ year: "numeric", month: "2-digit", day: "2-digit" }, "sv-SE");

function dayNumber(date) {
  return Math.round(Date.parse(`${isoDay(date)}T00:00:00Z`) / DAY);
}

function daysAgo(date) {
  return dayNumber(new Date()) - dayNumber(date);
}

export function dayKey(date) {
  return String(dayNumber(date));
}

export function dayLabel(date) {
  const days = daysAgo(date);
  if (days === 0) return "Today";
  if (days === 1) return "Yesterday";
  return fullDay(date);
}

export function listDate(date) {
  if (!date) return "";
  return daysAgo(date) === 0 ? clock(date) : monthDay(date);
}

export function relative(date) {
  const minutes = Math.round((Date.now() - date.getTime()) / 60000);
  if (minutes < 1) return "just now";
  if (minutes < 60) return `${minutes} min ago`;
  if (daysAgo(date) === 0) return `today, ${clock(date)}`;
  if (daysAgo(date) === 1) return `yesterday, ${clock(date)}`;
  return `${monthDay(date)}, ${clock(date)}`;
}

const SLACK_TOKENS = {
  "{date_num}": numeric,
  "{date}": longDate,
  "{date_short}": shortDate,
  "{date_long}": formatter({ weekday: "long", year: "numeric", month: "long", day: "numeric" }),
  "{time}": clock,
  "{time_secs}": clockSeconds,
  "{ago}": relative,
};

// Slack's <!date^unix^format|fallback>, with the _pretty variants that say Today and Yesterday.
export function slackDate(seconds, format, fallback) {
  const date = new Date(Number(seconds) * 1000);
  if (Number.isNaN(date.getTime())) return fallback || "";
  return format.replace(/\{[a-z_]+\}/g, (token) => {
    if (token.endsWith("_pretty}")) {
      const days = daysAgo(date);
      const near = { 0: "today", 1: "yesterday", "-1": "tomorrow" }[days];
      if (near) return near;
    }
    const plain = SLACK_TOKENS[token.replace("_pretty", "")];
    return plain ? plain(date) : token;
  });
}

export function fileSize(bytes) {
  if (!Number.isFinite(bytes)) return "";
  if (bytes < 1024) return `${bytes} B`;
  if (bytes < 1048576) return `${Math.round(bytes / 1024)} kB`;
  return `${(bytes / 1048576).toFixed(1)} MB`;
}

export function plural(count, one, many = `${one}s`) {
  return `${count} ${count === 1 ? one : many}`;
}

// A file's content, as JSON can carry it.
export function base64(file) {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(String(reader.result).split(",", 2)[1] || "");
    reader.onerror = () => reject(new Error(`${file.name} could not be read.`));
    reader.readAsDataURL(file);
  });
}

// What somebody typed, out of how Slack keeps it.
export const unescaped = (text) => text.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&");
