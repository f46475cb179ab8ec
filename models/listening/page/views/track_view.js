// What all views of a track have in common: loading, playing, the waveform, and how it ends.
//
// A subclass has `_key(event)`, `_write()`, and `_end(...)`, which calls `_finishWith(answer)`.

import { StepPlayer } from "../audio/step_player.js";
import { Waveform } from "../audio/waveform.js";
import { byId, showView } from "../dom.js";
import { text } from "../texts.js";

export class TrackView {
  constructor(id, context, destination) {
    this._id = id;
    this._context = context;
    this._destination = destination;
    this._wave = new Waveform(byId(`${id}-wave`));
    this._player = null;
    this._finish = null;
    this._title = {};
    byId(`${id}-play`).addEventListener("click", () => this._toggle());
    document.addEventListener("keydown", (event) => {
      if (this._player !== null && !event.ctrlKey && !event.metaKey && !event.altKey) this._key(event);
    });
  }

  // While the sounds of a position are loaded.
  showLoading(number, of) {
    this._title = { number, of };
    showView(this._id);
    byId(`${this._id}-loading`).hidden = false;
    byId(`${this._id}-console`).hidden = true;
    this.showLoaded(0);
    this._write();
  }

  showLoaded(share) {
    byId(`${this._id}-loading-bar`).value = share;
  }

  // Silence, as when another tab goes on.
  stop() {
    this._player?.pause();
    this._player = null;
    this._finish = null;
  }

  // Play in a loop; resolves to what `_finishWith` gets.
  _begin(buffers, settings) {
    this._player = new StepPlayer(this._context, this._destination, buffers, settings);
    byId(`${this._id}-loading`).hidden = true;
    byId(`${this._id}-console`).hidden = false;
    this._wave.show(buffers[0]);
    this._toggle();
    this._draw();
    return new Promise((resolve) => { this._finish = resolve; });
  }

  _toggle() {
    if (this._player === null) return;
    if (this._player.playing) this._player.pause();
    else this._player.play();
    this._write();
  }

  // End the track; `more` is what was chosen. Without a track that plays, nothing happens.
  _finishWith(action, more) {
    if (this._finish === null) return;
    const player = this._player;
    const finish = this._finish;
    player.pause();
    const seconds = player.heard();
    this._player = null;
    this._finish = null;
    const heard = {
      switches: player.switches,
      step_seconds: seconds,
      seconds: seconds.reduce((sum, one) => sum + one, 0),
    };
    finish({ action, answer: action === "back" ? null : { ...heard, ...more } });
  }

  _writePlaying() {
    const playing = this._player?.playing ?? false;
    byId(`${this._id}-play`).setAttribute("aria-pressed", String(playing));
    byId(`${this._id}-play-text`).textContent = text(playing ? "pause" : "play");
    byId(`${this._id}-title`).textContent = text(`${this._id}_title`, this._title);
  }

  _draw() {
    if (this._player === null) return;
    this._wave.draw(this._player.position / this._player.duration);
    requestAnimationFrame(() => this._draw());
  }
}
