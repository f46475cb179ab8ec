// One track: 17 steps, one of which is chosen while the music plays.

import { byId } from "../dom.js";
import { keepWritten, text } from "../texts.js";
import { TrackView } from "./track_view.js";

const REGIONS = 5; // that a screen reader names; sighted raters see no numbers either

export class RateView extends TrackView {
  constructor(context, destination, study) {
    super("rate", context, destination);
    this._equalLoudness = study.equal_loudness;
    this._comparing = false;
    keepWritten(() => this._write());
    const actions = {
      untouched: () => this._compare(), equal: () => this._equalize(),
      next: () => this._end("next"), back: () => this._end("back"),
    };
    for (const [id, action] of Object.entries(actions)) byId(id).addEventListener("click", action);
    byId("step").addEventListener("input", () => this._choose());
    byId("none").addEventListener("change", () => this._write());
  }

  // Resolves to { action: "next" | "back", answer }, the answer where there is one.
  rate(buffers, { matchDb, startStep, earlier, canGoBack }) {
    const step = earlier?.step ?? startStep;
    this._comparing = false;
    this._comparisons = 0;
    byId("step").value = String(step);
    byId("none").checked = earlier !== undefined && earlier.step === null;
    byId("comment").value = earlier?.comment ?? "";
    byId("back").disabled = !canGoBack;
    const rated = this._begin(buffers, { matchDb, equalLoudness: this._equalLoudness, step });
    byId("step").focus({ preventScroll: true });
    return rated;
  }

  _key(event) {
    const where = document.activeElement;
    if (where?.matches("textarea, select, input:not([type]), summary")) {
      if (event.key === "Escape") byId("step").focus();
      return;
    }
    const isButton = where?.matches("button, [type=checkbox]");
    const isSlider = where === byId("step");
    const actions = {
      " ": () => !isButton && this._toggle(),
      a: () => this._compare(),
      l: () => this._equalize(),
      n: () => byId("none").click(),
      c: () => byId("comment").focus(),
      b: () => byId("back").click(),
      Enter: () => !isButton && this._end("next"),
      ArrowLeft: () => !isSlider && this._move(-1),
      ArrowRight: () => !isSlider && this._move(1),
    };
    const action = actions[event.key.length === 1 ? event.key.toLowerCase() : event.key];
    if (action !== undefined && action() !== false) event.preventDefault();
  }

  _move(by) {
    const slider = byId("step");
    slider.value = String(Number(slider.value) + by);
    slider.focus();
    this._choose();
  }

  _choose() {
    if (this._player === null) return;
    this._comparing = false;
    byId("none").checked = false;
    this._player.choose(Number(byId("step").value));
    this._write();
  }

  _compare() {
    if (this._player === null) return;
    this._comparing = !this._comparing;
    if (this._comparing) this._comparisons += 1;
    this._player.choose(this._comparing ? 0 : Number(byId("step").value));
    this._write();
  }

  _equalize() {
    this._equalLoudness = !this._equalLoudness;
    this._player?.setEqualLoudness(this._equalLoudness);
    this._write();
  }

  _end(action) {
    this._finishWith(action, {
      step: byId("none").checked ? null : Number(byId("step").value),
      comment: byId("comment").value,
      comparisons: this._comparisons,
      equal_loudness: this._equalLoudness,
    });
  }

  _write() {
    this._writePlaying();
    byId("untouched").setAttribute("aria-pressed", String(this._comparing));
    byId("equal").setAttribute("aria-pressed", String(this._equalLoudness));
    const slider = byId("step");
    const region = Math.min(REGIONS - 1, Math.floor((Number(slider.value) / Number(slider.max)) * REGIONS));
    slider.setAttribute("aria-valuetext", text(`region_${region}`));
    slider.parentElement.classList.toggle("aside", byId("none").checked || this._comparing);
  }
}
