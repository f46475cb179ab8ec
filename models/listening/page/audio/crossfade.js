// Crossfades between two versions of one sound, at equal power.
//
// Cosine and sine keep the power of sounds that have nothing in common. Steps of one track have
// almost everything in common: they would be 3 dB louder in the middle. With correlation r the power
// of a·x + b·y is a² + b² + 2rab, so both gains are divided by its root.

export const FADE_S = 0.02;
const POINTS = 65;

export function crossfade(correlation) {
  const out = new Float32Array(POINTS);
  const into = new Float32Array(POINTS);
  for (let i = 0; i < POINTS; i++) {
    const angle = (Math.PI / 2) * (i / (POINTS - 1));
    const a = Math.cos(angle), b = Math.sin(angle);
    const root = Math.sqrt(1 + 2 * correlation * a * b);
    out[i] = a / root;
    into[i] = b / root;
  }
  out[POINTS - 1] = 0;
  into[POINTS - 1] = 1;
  return { out, into };
}

// Of two AudioBuffers, from 0 to 1, by every `stride`-th sample.
export function correlation(one, other, stride = 11) {
  let product = 0, power = 0, otherPower = 0;
  for (let channel = 0; channel < one.numberOfChannels; channel++) {
    const x = one.getChannelData(channel), y = other.getChannelData(channel);
    for (let i = 0; i < x.length; i += stride) {
      product += x[i] * y[i];
      power += x[i] * x[i];
      otherPower += y[i] * y[i];
    }
  }
  const scale = Math.sqrt(power * otherPower);
  return scale > 0 ? Math.min(1, Math.max(0, product / scale)) : 1;
}
