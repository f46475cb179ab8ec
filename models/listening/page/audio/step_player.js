// Plays all steps of a track at once, in a loop, one of them audible.
//
//   source (step k) ─ gain: 0 or 1, or on the way ─ level: equal loudness ─┐
//   … 17 of them, started at the same sample …                             ├─ master ─ destination
//
// So a switch needs no seeking: it is a crossfade between sources that are aligned to the sample.

import { FADE_S, correlation, crossfade } from "./crossfade.js";

const AHEAD_S = 0.015; // the audio thread has this long to hear of a change
const STOP_S = 0.012;
const GUARD_S = 0.001; // between two curves of one gain

export class StepPlayer {
  constructor(context, destination, buffers, { matchDb, equalLoudness, step }) {
    this.context = context;
    this.buffers = buffers;
    this.step = step; // that is heard, or will be when the running crossfade ends
    this.playing = false;
    this.stepSeconds = buffers.map(() => 0);
    this.switches = 0;
    this._matchDb = matchDb;
    this._equalLoudness = equalLoudness;
    this._offset = 0; // where the loop stood at `_since`
    this._since = 0;
    this._fadeEnd = 0;
    this._wanted = step;
    this._destination = destination;
    this._nodes = null;
  }

  get duration() {
    return this.buffers[0].duration;
  }

  // Where in the loop, in seconds, the sound is.
  get position() {
    if (!this.playing) return this._offset;
    const elapsed = Math.max(0, this.context.currentTime - this._since);
    return (this._offset + elapsed) % this.duration;
  }

  play() {
    if (this.playing) return;
    const context = this.context;
    const master = context.createGain();
    master.connect(this._destination);
    const when = this._onSample(context.currentTime + AHEAD_S);
    const offset = this._onSample(this._offset);
    this.step = this._wanted;
    const sources = this.buffers.map((buffer, k) => {
      const source = context.createBufferSource();
      source.buffer = buffer;
      source.loop = true;
      const gain = context.createGain();
      gain.gain.value = k === this.step ? 1 : 0;
      const level = context.createGain();
      level.gain.value = this._level(k);
      source.connect(gain).connect(level).connect(master);
      source.start(when, offset);
      return { source, gain, level };
    });
    this._nodes = { master, sources };
    this._since = when;
    this._offset = offset;
    this._fadeEnd = when;
    this._counted = when;
    this.playing = true;
  }

  pause() {
    if (!this.playing) return;
    this._count();
    const now = this.context.currentTime;
    this._offset = this.position;
    const { master, sources } = this._nodes;
    master.gain.setValueAtTime(1, now);
    master.gain.linearRampToValueAtTime(0, now + STOP_S);
    for (const { source } of sources) source.stop(now + STOP_S + 0.01);
    sources[0].source.onended = () => master.disconnect();
    this._nodes = null;
    this.playing = false;
  }

  // Make `step` the audible one. Wishes that come during a crossfade wait for its end; the last counts.
  choose(step) {
    if (step === this._wanted) return;
    this._wanted = step;
    this.switches += 1;
    this._follow();
  }

  setEqualLoudness(on) {
    this._equalLoudness = on;
    if (!this.playing) return;
    const now = this.context.currentTime;
    this._nodes.sources.forEach(({ level }, k) => level.gain.setTargetAtTime(this._level(k), now, 0.01));
  }

  // How long each step has been heard, in seconds, until now.
  heard() {
    this._count();
    return [...this.stepSeconds];
  }

  _follow() {
    if (!this.playing) {
      this.step = this._wanted;
      return;
    }
    const now = this.context.currentTime;
    if (this._wanted === this.step) return;
    if (now < this._fadeEnd) {
      setTimeout(() => this._follow(), 1000 * (this._fadeEnd - now) + 1);
      return;
    }
    this._count();
    const from = this.step, to = this._wanted;
    const begin = this._onSample(Math.max(now + AHEAD_S, this._fadeEnd + GUARD_S));
    const { out, into } = crossfade(correlation(this.buffers[from], this.buffers[to]));
    this._nodes.sources[from].gain.gain.setValueCurveAtTime(out, begin, FADE_S);
    this._nodes.sources[to].gain.gain.setValueCurveAtTime(into, begin, FADE_S);
    this.step = to;
    this._fadeEnd = begin + FADE_S + GUARD_S;
  }

  _count() {
    if (!this.playing) return;
    const now = Math.max(this.context.currentTime, this._counted);
    this.stepSeconds[this.step] += now - this._counted;
    this._counted = now;
  }

  _level(k) {
    return this._equalLoudness ? 10 ** (this._matchDb[k] / 20) : 1;
  }

  _onSample(seconds) {
    return Math.round(seconds * this.context.sampleRate) / this.context.sampleRate;
  }
}
