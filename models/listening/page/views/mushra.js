// One excerpt of a MUSHRA-like test: a score for each sound, beside the open reference.

import { byId } from "../dom.js";
import { keepWritten, text } from "../texts.js";
import { TrackView } from "./track_view.js";

const REFERENCE = 0; // the slot of the open one; those to be scored follow
const BEST = 100;
const WORDS = 5; // of the scale, a fifth each

export class MushraView extends TrackView {
  constructor(context, destination, study) {
    super("mushra", context, destination);
    this._slot = REFERENCE; // that is heard
    this._heard = new Set();
    this._comparisons = 0;
    this._problem = () => "";
    this._rows = Array.from({ length: study.steps - 1 }, (_, i) => this._addRow(i + 1));
    keepWritten(() => this._write());
    byId("mushra-reference").addEventListener("click", () => this._choose(REFERENCE));
    byId("mushra-next").addEventListener("click", () => this._end());
    byId("mushra-back").addEventListener("click", () => this._finishWith("back"));
  }

  // Resolves to { action: "next" | "back", answer }, the answer where there is one.
  rate(buffers, { matchDb, earlier, canGoBack }) {
    this._slot = REFERENCE;
    this._comparisons = 0;
    this._problem = () => "";
    this._heard = new Set(earlier === undefined ? [] : this._rows.map((_, i) => i + 1));
    this._rows.forEach(({ slider }, i) => { slider.value = String(earlier?.scores[i] ?? 0); });
    byId("mushra-back").disabled = !canGoBack;
    const rated = this._begin(buffers, { matchDb, equalLoudness: false, step: REFERENCE });
    byId("mushra-reference").focus({ preventScroll: true });
    return rated;
  }

  _addRow(slot) {
    const row = byId("mushra-row").content.cloneNode(true).firstElementChild;
    const [listen, slider, score] = row.querySelectorAll("button, input, output");
    listen.querySelector("kbd").textContent = String(slot % 10);
    slider.id = `mushra-score-${slot}`;
    listen.id = `mushra-${slot}`;
    listen.addEventListener("click", () => this._choose(slot));
    slider.addEventListener("input", () => this._choose(slot));
    byId("mushra-sounds").append(row);
    return { row, listen, slider, score };
  }

  _key(event) {
    const where = document.activeElement;
    if (where?.matches("select")) return;
    const isButton = where?.matches("button");
    const actions = {
      " ": () => !isButton && this._toggle(),
      r: () => this._choose(REFERENCE),
      b: () => byId("mushra-back").click(),
      enter: () => !isButton && this._end(),
    };
    const action = /^\d$/.test(event.key) ? () => this._chooseByKey(Number(event.key) || 10) : actions[event.key.toLowerCase()];
    if (action !== undefined && action() !== false) event.preventDefault();
  }

  _chooseByKey(slot) {
    const row = this._rows[slot - 1];
    if (row === undefined) return false;
    row.slider.focus();
    return this._choose(slot);
  }

  _choose(slot) {
    if (this._player === null) return;
    if (slot === REFERENCE && this._slot !== REFERENCE) this._comparisons += 1;
    this._slot = slot;
    this._player.choose(slot);
    if (!this._player.playing) this._player.play();
    this._heard.add(slot);
    this._write();
  }

  // The reference is among the sounds, so one of them is as good as can be.
  _end() {
    if (this._player === null) return;
    const scores = this._rows.map(({ slider }) => Number(slider.value));
    const unheard = scores.map((_, i) => i + 1).filter((slot) => !this._heard.has(slot));
    if (unheard.length > 0) {
      this._problem = () => text("mushra_unheard", { numbers: unheard.join(", ") });
      this._rows[unheard[0] - 1].listen.focus();
      this._write();
    } else if (!scores.includes(BEST)) {
      this._problem = () => text("mushra_no_best");
      this._write();
    } else {
      this._finishWith("next", { step: null, scores, comment: "", comparisons: this._comparisons, equal_loudness: false });
    }
  }

  _write() {
    this._writePlaying();
    byId("mushra-problem").textContent = this._problem();
    byId("mushra-reference").setAttribute("aria-pressed", String(this._slot === REFERENCE));
    this._rows.forEach(({ row, listen, slider, score }, i) => {
      const number = i + 1, value = Number(slider.value);
      const region = Math.min(WORDS - 1, Math.floor((value / BEST) * WORDS));
      listen.setAttribute("aria-label", text("mushra_listen", { number }));
      listen.setAttribute("aria-pressed", String(this._slot === number));
      row.classList.toggle("unheard", !this._heard.has(number));
      slider.setAttribute("aria-label", text("mushra_score", { number }));
      const word = text(`mushra_word_${region}`);
      slider.setAttribute("aria-valuetext", `${value}, ${word}`);
      score.textContent = String(value);
      score.dataset.word = word;
    });
  }
}
