// The common few of Slack's shortcodes; an unknown one stays as it was written.
import { h, icon } from "./dom.js";

const PAIRS = `+1 👍|thumbsup 👍|-1 👎|thumbsdown 👎|white_check_mark ✅|heavy_check_mark ✔️|ballot_box_with_check ☑️|x ❌|
no_entry ⛔|no_entry_sign 🚫|warning ⚠️|rotating_light 🚨|exclamation ❗|question ❓|information_source ℹ️|bulb 💡|eyes 👀|
tada 🎉|rocket 🚀|fire 🔥|star ⭐|star2 🌟|sparkles ✨|zap ⚡|boom 💥|heart ❤️|green_heart 💚|blue_heart 💙|broken_heart 💔|
smile 😄|smiley 😃|grinning 😀|slightly_smiling_face 🙂|wink 😉|joy 😂|sob 😭|thinking_face 🤔|neutral_face 😐|
disappointed 😞|worried 😟|confused 😕|sweat_smile 😅|wave 👋|clap 👏|pray 🙏|raised_hands 🙌|muscle 💪|point_right 👉|
point_up ☝️|point_down 👇|point_left 👈|handshake 🤝|ok_hand 👌|v ✌️|100 💯|email 📧|envelope ✉️|e-mail 📧|incoming_envelope 📨|
mailbox 📫|inbox_tray 📥|outbox_tray 📤|memo 📝|pencil ✏️|pencil2 ✏️|clipboard 📋|calendar 📆|date 📅|alarm_clock ⏰|
hourglass ⌛|hourglass_flowing_sand ⏳|stopwatch ⏱️|clock3 🕒|bell 🔔|no_bell 🔕|loudspeaker 📢|mega 📣|speech_balloon 💬|
thought_balloon 💭|chart_with_upwards_trend 📈|chart_with_downwards_trend 📉|bar_chart 📊|moneybag 💰|dollar 💵|euro 💶|
credit_card 💳|briefcase 💼|office 🏢|house 🏠|globe_with_meridians 🌐|earth_africa 🌍|link 🔗|paperclip 📎|pushpin 📌|
round_pushpin 📍|lock 🔒|unlock 🔓|key 🔑|mag 🔍|gear ⚙️|wrench 🔧|hammer 🔨|package 📦|truck 🚚|phone ☎️|telephone_receiver 📞|
iphone 📱|computer 💻|robot_face 🤖|bust_in_silhouette 👤|busts_in_silhouette 👥|trophy 🏆|medal 🏅|dart 🎯|checkered_flag 🏁|
triangular_flag_on_post 🚩|red_circle 🔴|large_orange_circle 🟠|large_yellow_circle 🟡|large_green_circle 🟢|
large_blue_circle 🔵|white_circle ⚪|black_circle ⚫|small_red_triangle 🔺|small_red_triangle_down 🔻|arrow_up ⬆️|
arrow_down ⬇️|arrow_left ⬅️|arrow_right ➡️|arrow_upper_right ↗️|arrow_lower_right ↘️|arrows_counterclockwise 🔄|
repeat 🔁|fast_forward ⏩|double_vertical_bar ⏸️|arrow_forward ▶️|leftwards_arrow_with_hook ↩️|recycle ♻️|shield 🛡️|
seedling 🌱|sunny ☀️|cloud ☁️|snowflake ❄️|coffee ☕|books 📚|book 📖|bookmark 🔖|newspaper 📰|wastebasket 🗑️|
heavy_plus_sign ➕|heavy_minus_sign ➖|one 1️⃣|two 2️⃣|three 3️⃣|four 4️⃣|five 5️⃣|performing_arts 🎭`;

const EMOJI = new Map(PAIRS.replaceAll("\n", "").split("|").map((pair) => pair.split(" ")));

// Drawn as signs of our own, so that the reactions people decide with look the same without any
// emoji font on the machine.
const DRAWN = {
  "+1": "up", thumbsup: "up", "-1": "down", thumbsdown: "down", eyes: "eye", white_check_mark: "check",
  heavy_check_mark: "check", warning: "warn", x: "close",
};

// Emoji fonts have colours; the box a machine without one shows has none.
const canDraw = (() => {
  const pen = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  pen.font = '20px "Noto Color Emoji", "Apple Color Emoji", "Segoe UI Emoji", sans-serif';
  pen.fillText("\u{1F4C8}", 2, 24);
  const { data } = pen.getImageData(0, 0, 40, 40);
  for (let at = 0; at < data.length; at += 4) if (data[at] !== data[at + 1] || data[at + 1] !== data[at + 2]) return true;
  return false;
})();

// The node for a shortcode, or null when it should stay as it was written.
export function emojiGlyph(name, size = 15) {
  const base = name.replace(/::skin-tone-\d$/, "");
  if (DRAWN[base]) return h("span", { class: "emoji drawn" }, icon(DRAWN[base], size));
  const glyph = EMOJI.get(base);
  return glyph && (canDraw || glyph.codePointAt(0) < 0x2700) ? h("span", { class: "emoji" }, glyph) : null;
}

export const QUICK_REACTIONS = [
  ["+1", "Thumbs up"],
  ["-1", "Thumbs down"],
  ["eyes", "Eyes"],
  ["white_check_mark", "Done"],
];
