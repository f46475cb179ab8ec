// For tests: an audio worklet that hands over all that passes, with the number of its first sample.
class Recorder extends AudioWorkletProcessor {
  process([input]) {
    const channels = input.length === 0 ? [new Float32Array(128), new Float32Array(128)] : input;
    const [left, right] = [channels[0], channels[1] ?? channels[0]];
    this.port.postMessage({ at: currentFrame, left: left.slice(), right: right.slice() });
    return true;
  }
}
registerProcessor("recorder", Recorder);
