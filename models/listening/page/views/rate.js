// One track: 17 steps, one of which is chosen while the music plays.

import { StepPlayer } from "../audio/step_player.js";
import { Waveform } from "../audio/waveform.js";
import { byId, showView } from "../dom.js";
import { keepWritten, text } from "../texts.js";

const REGIONS = 5; // that a screen reader names; sighted raters see no numbers either

export class RateView {
  constructor(context, destination, study) {
    this._context = context;
    this._destination = destination;
    this._equalLoudness = study.equal_loudness;
    this._wave = new Waveform(byId("wave"));
    this._player = null;
    this._finish = null;
    this._title = {};
    keepWritten(() => this._write());
    this._listen();
  }

  // While the sounds of a position are loaded.
  showLoading(number, of) {
    this._title = { number, of };
    showView("rate");
    byId("loading").hidden = false;
    byId("loading-bar").value = 0;
    byId("console").hidden = true;
    this._write();
  }

  // Resolves to { action: "next" | "back", answer }, the answer where there is one.
  rate(buffers, { matchDb, startStep, earlier, canGoBack }) {
    const step = earlier?.step ?? startStep;
    this._player = new StepPlayer(this._context, this._destination, buffers, {
      matchDb, equalLoudness: this._equalLoudness, step,
    });
    this._comparing = false;
    this._comparisons = 0;
    byId("step").value = String(step);
    byId("none").checked = earlier !== undefined && earlier.step === null;
    byId("comment").value = earlier?.comment ?? "";
    byId("back").disabled = !canGoBack;
    byId("loading").hidden = true;
    byId("console").hidden = false;
    this._wave.show(buffers[0]);
    this._toggle();
    byId("step").focus({ preventScroll: true });
    this._draw();
    return new Promise((resolve) => { this._finish = resolve; });
  }

  // Silence, as when another tab goes on.
  stop() {
    this._player?.pause();
    this._player = null;
    this._finish = null;
  }

  _listen() {
    const actions = {
      play: () => this._toggle(), untouched: () => this._compare(), equal: () => this._equalize(),
      next: () => this._end("next"), back: () => this._end("back"),
    };
    for (const [id, action] of Object.entries(actions)) byId(id).addEventListener("click", action);
    byId("step").addEventListener("input", () => this._choose());
    byId("none").addEventListener("change", () => this._write());
    document.addEventListener("keydown", (event) => this._key(event));
  }

  _key(event) {
    if (this._player === null || event.ctrlKey || event.metaKey || event.altKey) return;
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
      Enter: () => !isButton && byId("next").click(),
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

  _toggle() {
    if (this._player === null) return;
    if (this._player.playing) this._player.pause();
    else this._player.play();
    this._write();
  }

  _end(action) {
    if (this._finish === null) return;
    const player = this._player;
    const finish = this._finish;
    player.pause();
    const seconds = player.heard();
    const total = seconds.reduce((sum, one) => sum + one, 0);
    this._player = null;
    this._finish = null;
    finish({
      action,
      answer: action === "back" ? null : {
        step: byId("none").checked ? null : Number(byId("step").value),
        comment: byId("comment").value,
        switches: player.switches,
        comparisons: this._comparisons,
        step_seconds: seconds,
        seconds: total,
        equal_loudness: this._equalLoudness,
      },
    });
  }

  _draw() {
    if (this._player === null) return;
    this._wave.draw(this._player.position / this._player.duration);
    requestAnimationFrame(() => this._draw());
  }

  _write() {
    byId("rate-title").textContent = text("rate_title", this._title);
    const playing = this._player?.playing ?? false;
    byId("play").setAttribute("aria-pressed", String(playing));
    byId("play-text").textContent = text(playing ? "pause" : "play");
    byId("untouched").setAttribute("aria-pressed", String(this._comparing ?? false));
    byId("equal").setAttribute("aria-pressed", String(this._equalLoudness));
    const slider = byId("step");
    const region = Math.min(REGIONS - 1, Math.floor((Number(slider.value) / Number(slider.max)) * REGIONS));
    slider.setAttribute("aria-valuetext", text(`region_${region}`));
    const aside = byId("none").checked || this._comparing;
    slider.parentElement.classList.toggle("aside", aside);
  }
}
