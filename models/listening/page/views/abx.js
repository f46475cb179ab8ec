// One trial of a blind test: is X the same as A, or the same as B?

import { byId } from "../dom.js";
import { keepWritten } from "../texts.js";
import { TrackView } from "./track_view.js";

const X = 2; // A and B are 0 and 1

export class AbxView extends TrackView {
  constructor(context, destination) {
    super("abx", context, destination);
    this._heard = X;
    keepWritten(() => this._write());
    for (const slot of [0, 1, X]) byId(`abx-${slot}`).addEventListener("click", () => this._choose(slot));
    byId("x-is-a").addEventListener("click", () => this._end(0));
    byId("x-is-b").addEventListener("click", () => this._end(1));
  }

  // Resolves to { action: "next", answer }.
  rate(buffers, { matchDb }) {
    this._heard = X;
    const rated = this._begin(buffers, { matchDb, equalLoudness: false, step: X });
    byId(`abx-${X}`).focus({ preventScroll: true });
    return rated;
  }

  _key(event) {
    const isButton = document.activeElement?.matches("button, select");
    const actions = {
      a: () => this._choose(0),
      b: () => this._choose(1),
      x: () => this._choose(X),
      1: () => this._end(0),
      2: () => this._end(1),
      " ": () => !isButton && this._toggle(),
    };
    const action = actions[event.key.toLowerCase()];
    if (action !== undefined && action() !== false) event.preventDefault();
  }

  _choose(slot) {
    if (this._player === null) return;
    this._heard = slot;
    this._player.choose(slot);
    this._write();
  }

  _end(step) {
    this._finishWith("next", { step, comment: "", comparisons: 0, equal_loudness: false });
  }

  _write() {
    this._writePlaying();
    for (const slot of [0, 1, X]) byId(`abx-${slot}`).setAttribute("aria-pressed", String(slot === this._heard));
  }
}
