// Who and what the ids in messages stand for.

const users = new Map();
const channels = new Map();

export function learn(state) {
  const list = Array.isArray(state.users) ? state.users : Object.values(state.users || {});
  users.clear();
  for (const user of list) users.set(user.id, user);
  channels.clear();
  for (const channel of state.channels || []) channels.set(channel.id, channel);
}

export function displayName(user) {
  if (!user) return "";
  const profile = user.profile || {};
  return profile.display_name || profile.real_name || user.real_name || user.name || user.id;
}

export function fullName(user) {
  if (!user) return "";
  const profile = user.profile || {};
  return user.real_name || profile.real_name || displayName(user);
}

export function subtitle(user) {
  const profile = (user && user.profile) || {};
  return (user && (user.title || user.role)) || profile.title || profile.email || (user && user.email) || "";
}

export function zoneOf(user) {
  return (user && user.tz) || "";
}

export function isBot(user) {
  return Boolean(user && (user.is_bot || user.bot_id));
}

export function userById(id) {
  return users.get(id);
}

export function nameOf(id) {
  return fullName(users.get(id)) || id;
}

export function allUsers() {
  return [...users.values()].filter((user) => !user.deleted);
}

export function humans() {
  return allUsers().filter((user) => !isBot(user));
}

export function bot() {
  return allUsers().find(isBot);
}

export function allChannels() {
  return [...channels.values()];
}

export function channelName(id) {
  const channel = channels.get(id);
  if (!channel) return id;
  return channel.is_im ? nameOf(channel.user) : channel.name || id;
}
