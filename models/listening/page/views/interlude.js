// Pink noise between two tracks, with silence around it: the ear forgets the track before.

import { byId, showView } from "../dom.js";

export async function interlude(noise, study) {
  showView("interlude");
  const total = study.noise_s + 2 * study.silence_s;
  if (study.noise_s > 0) noise.start(study.silence_s, study.noise_s);
  const bar = byId("interlude-bar");
  const begin = performance.now();
  await new Promise((resolve) => {
    const timer = setInterval(() => {
      const share = total > 0 ? (performance.now() - begin) / 1000 / total : 1;
      bar.value = Math.min(1, share);
      if (share >= 1) {
        clearInterval(timer);
        resolve();
      }
    }, 50);
  });
}
