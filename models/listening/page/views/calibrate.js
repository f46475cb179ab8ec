// The level: pink noise at 80 dBC, once, at the beginning.

import { clicked, byId, say, showView } from "../dom.js";
import { keepWritten, text } from "../texts.js";

export async function calibrate(api, noise, key) {
  showView("calibrate");
  byId("key-shown").textContent = key;
  const button = byId("noise");
  const write = () => {
    button.textContent = text(noise.playing ? "noise_stop" : "noise_play");
    button.setAttribute("aria-pressed", String(noise.playing));
  };
  keepWritten(write);
  const over = new AbortController();
  button.addEventListener("click", () => {
    if (noise.playing) noise.stop();
    else noise.start();
    write();
  }, { signal: over.signal });
  for (;;) {
    await clicked("level-set");
    try {
      await api.calibrated();
      break;
    } catch (error) {
      say(text(`error_${error.word ?? "offline"}`), true);
    }
  }
  say("");
  over.abort();
  noise.stop();
}
