// The way through the study: welcome, calibration, tracks with noise and breaks between, the end.

import { Api } from "./api.js";
import { NoisePlayer } from "./audio/noise_player.js";
import { Sounds } from "./audio/sounds.js";
import { byId, clicked, say, showView } from "./dom.js";
import { Outbox } from "./outbox.js";
import { Storage } from "./storage.js";
import { keepWritten, text, useLanguage } from "./texts.js";
import { calibrate } from "./views/calibrate.js";
import { AbxView } from "./views/abx.js";
import { MushraView } from "./views/mushra.js";
import { interlude } from "./views/interlude.js";
import { RateView } from "./views/rate.js";
import { welcome } from "./views/welcome.js";

const TABS = "tonecast-listen";
const VIEWS = { attenuation: RateView, abx: AbxView, mushra: MushraView };

async function start() {
  await chooseLanguage();
  const token = decodeURIComponent(location.hash.slice(1));
  const api = new Api(token, new URLSearchParams(location.search).get("kind") ?? "human");
  if (!window.AudioContext?.prototype.decodeAudioData) return stop("error_no_web_audio");
  let study;
  try {
    study = await api.study();
  } catch (error) {
    return stop(`error_${error.word ?? "offline"}`, () => location.reload());
  }
  document.title = `${study.name} · Tonecast Listen`;
  const storage = new Storage(study.name);
  const session = await welcome(api, storage, study, () => byId("language").value);
  await new Session(api, storage, study, session).run();
}

class Session {
  constructor(api, storage, study, session) {
    Object.assign(this, { _api: api, _storage: storage, _study: study });
    this._tab = session.tab;
    this._calibrated = session.calibrated;
    this._positions = session.positions;
    this._answers = new Map(Object.entries(session.answers).map(([at, one]) => [Number(at), one]));
    this._closed = new Set(session.closed); // of a blind test, what needs no answer any more
    this._elsewhere = false;
    // The study's own rate: nothing is resampled but by the system.
    this._context = new AudioContext({ sampleRate: study.sample_rate_hz, latencyHint: "interactive" });
    this._sounds = new Sounds(api, this._context, study.steps);
    this._outbox = new Outbox(api, storage, {
      onSent: (answer, reply) => this._sent(reply),
      onTrouble: (word) => this._trouble(word),
    });
    this._channel = new BroadcastChannel(TABS);
    this._channel.onmessage = ({ data }) => {
      if (data.code === storage.rater.code && data.tab > this._tab) this._goElsewhere();
    };
    this._channel.postMessage({ code: session.code, tab: this._tab });
  }

  async run() {
    await this._context.resume();
    // Answers that this browser has kept and the server has not.
    for (const one of this._outbox.waiting) this._answers.set(one.position, one);
    this._outbox.send();
    const first = this._nextOpen(-1);
    if (first !== null) this._sounds.prepare(first);
    try {
      this._noise = new NoisePlayer(this._context, this._context.destination, await this._sounds.noise());
      if (!this._calibrated) await calibrate(this._api, this._noise, this._storage.rater.key);
      this._view = new VIEWS[this._study.test](this._context, this._context.destination, this._study);
      keepWritten(() => this._showProgress());
      await this._rateAll(first);
    } catch (error) {
      this._view?.stop();
      stop(`error_${error.word ?? "unknown"}`, () => location.reload());
      if (error.word === undefined) throw error;
    }
  }

  async _rateAll(first) {
    let position = first;
    for (;;) {
      if (position === null) {
        position = await this._end();
        continue;
      }
      const { action, answer } = await this._rate(position);
      if (action === "back") {
        position -= 1;
        continue;
      }
      const isNew = !this._answers.has(position);
      this._answers.set(position, answer);
      const sent = this._outbox.put({ ...answer, position, sent_as: newId() });
      if (this._study.test === "abx") await sent; // it says which trials are left
      this._showProgress();
      position = this._nextOpen(position);
      if (position === null) continue;
      this._sounds.prepare(position);
      if (isNew && this._answers.size % this._study.break_every === 0) await this._break();
      await interlude(this._noise, this._study);
      if (this._elsewhere) return;
    }
  }

  async _rate(position) {
    const isAbx = this._study.test === "abx"; // trials that are left out are not counted
    this._view.showLoading(isAbx ? this._answers.size + 1 : position + 1, this._positions.length);
    const buffers = await this._sounds.load(position, (share) => this._view.showLoaded(share));
    if (this._elsewhere) return new Promise(() => {});
    const { start_step: startStep, match_db: matchDb } = this._positions[position];
    const next = this._nextOpen(position);
    const rated = this._view.rate(buffers, {
      matchDb, startStep, earlier: this._answers.get(position), canGoBack: position > 0,
    });
    if (next !== null && next !== position) this._sounds.prefetch(next);
    return rated;
  }

  async _break() {
    const lead = this._study.test === "attenuation" ? "pause_lead" : `${this._study.test}_progress`;
    keepWritten(() => { byId("pause-lead").textContent = text(lead, this._count()); });
    showView("pause");
    await clicked("pause-button");
  }

  // Everything is answered: resolves to the position to go back to.
  async _end() {
    const lead = this._study.test === "attenuation" ? "done_lead" : `${this._study.test}_done_lead`;
    keepWritten(() => { byId("done-lead").textContent = text(lead, this._count()); });
    byId("done-back").hidden = this._study.test === "abx";
    showView("done");
    const button = await clicked("done-back", "done-leave");
    if (button === "done-back") return this._positions.length - 1;
    // For the next rater at this computer; answers that are not sent are kept.
    if (this._outbox.waiting.length === 0) this._storage.rater = null;
    location.reload();
    return new Promise(() => {});
  }

  _nextOpen(after) {
    for (let i = 1; i <= this._positions.length; i++) {
      const position = (after + i) % this._positions.length;
      if (!this._answers.has(position) && !this._closed.has(position)) return position;
    }
    return null;
  }

  _count() {
    return { done: this._answers.size, of: this._positions.length };
  }

  _showProgress() {
    byId("progress").hidden = false;
    const { done, of } = this._count();
    const isAbx = this._study.test === "abx";
    byId("progress-text").textContent = text(this._study.test === "attenuation" ? "progress" : `${this._study.test}_progress`, { done, of });
    byId("progress-bar").hidden = isAbx; // it ends when enough is known
    byId("progress-bar").value = done / of;
  }

  _sent(reply) {
    for (const position of reply.closed) this._closed.add(position);
    if (reply.tab > this._tab) this._goElsewhere();
    else say(this._outbox.waiting.length === 0 ? text("saved") : "");
  }

  _trouble(word) {
    if (word !== "") say(`${text(`error_${word}`)} ${text("kept")}`, true);
  }

  _goElsewhere() {
    if (this._elsewhere) return;
    this._elsewhere = true;
    this._view?.stop();
    this._noise?.stop();
    stop("error_elsewhere", () => location.reload());
  }
}

async function chooseLanguage() {
  const select = byId("language");
  const known = [...select.options].map((one) => one.value);
  const wanted = navigator.languages.map((one) => one.slice(0, 2)).find((one) => known.includes(one));
  select.value = wanted ?? "en";
  await useLanguage(select.value);
  select.addEventListener("change", () => useLanguage(select.value));
}

function stop(name, again = null) {
  showView("stopped");
  keepWritten(() => { byId("stopped-text").textContent = text(name); });
  byId("stopped-button").hidden = again === null;
  if (again !== null) byId("stopped-button").addEventListener("click", again, { once: true });
}

// A UUID; crypto.randomUUID is for secure contexts only.
function newId() {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((one) => one.toString(16).padStart(2, "0")).join("");
}

start();
