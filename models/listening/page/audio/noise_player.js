// Pink noise: in a loop for the calibration, and for a while between tracks.

const FADE_S = 0.05;

export class NoisePlayer {
  constructor(context, destination, buffer) {
    this._context = context;
    this._destination = destination;
    this._buffer = buffer;
    this._playing = null;
  }

  get playing() {
    return this._playing !== null;
  }

  start(afterS = 0, lengthS = Infinity) {
    this.stop();
    const context = this._context;
    const source = context.createBufferSource();
    source.buffer = this._buffer;
    source.loop = true;
    const gain = context.createGain();
    const begin = context.currentTime + 0.01 + afterS;
    gain.gain.setValueAtTime(0, begin);
    gain.gain.linearRampToValueAtTime(1, begin + FADE_S);
    if (lengthS < Infinity) {
      const fade = Math.min(FADE_S, lengthS / 2);
      gain.gain.setValueAtTime(1, begin + lengthS - fade);
      gain.gain.linearRampToValueAtTime(0, begin + lengthS);
    }
    source.connect(gain).connect(this._destination);
    source.start(begin);
    if (lengthS < Infinity) source.stop(begin + lengthS + 0.01);
    this._playing = { source, gain };
  }

  stop() {
    if (this._playing === null) return;
    const { source, gain } = this._playing;
    const now = this._context.currentTime;
    gain.gain.cancelScheduledValues(now);
    gain.gain.setTargetAtTime(0, now, FADE_S / 4);
    source.stop(now + 2 * FADE_S);
    this._playing = null;
  }
}
