// The waveform of the untouched track, and where in it the sound is. It says nothing of the step.

export class Waveform {
  constructor(canvas) {
    this._canvas = canvas;
    this._peaks = [];
  }

  show(buffer) {
    const bars = 160;
    const samples = buffer.getChannelData(0);
    const each = samples.length / bars;
    let highest = 1e-6;
    this._peaks = Array.from({ length: bars }, (_, i) => {
      let peak = 0;
      for (let j = Math.floor(i * each); j < Math.floor((i + 1) * each); j += 8) peak = Math.max(peak, Math.abs(samples[j]));
      highest = Math.max(highest, peak);
      return peak;
    }).map((peak) => peak / highest);
  }

  draw(share) {
    const canvas = this._canvas;
    const scale = window.devicePixelRatio || 1;
    const width = Math.round(canvas.clientWidth * scale), height = Math.round(canvas.clientHeight * scale);
    if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
    const style = getComputedStyle(document.documentElement);
    const [past, rest] = [style.getPropertyValue("--accent"), style.getPropertyValue("--wave")];
    const pen = canvas.getContext("2d");
    pen.clearRect(0, 0, width, height);
    const margin = 14 * scale, each = (width - 2 * margin) / this._peaks.length;
    this._peaks.forEach((peak, i) => {
      const tall = Math.max(2 * scale, peak * (height - 2 * margin));
      pen.fillStyle = (i + 0.5) / this._peaks.length <= share ? past : rest;
      pen.fillRect(margin + i * each, (height - tall) / 2, Math.max(1, each * 0.6), tall);
    });
  }
}
