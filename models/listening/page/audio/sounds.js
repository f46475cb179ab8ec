// The sounds of a track, from the server to AudioBuffers; those of the next track are fetched ahead.

const AT_ONCE = 4;

export class Sounds {
  constructor(api, context, steps) {
    this._api = api;
    this._context = context;
    this._steps = steps;
    this._fetched = new Map(); // position → promise of ArrayBuffers
    this._prepared = { position: null, buffers: null }; // decoded, or about to be
  }

  // Begin to fetch a position, so that it is there when it is asked for.
  prefetch(position) {
    this._fetch(position, () => {}).catch(() => this._fetched.delete(position));
  }

  // Fetch and decode a position that comes next. Decoded sounds are large: there is one such track.
  prepare(position) {
    const buffers = this._load(position, () => {});
    buffers.catch(() => { this._prepared = { position: null, buffers: null }; });
    this._prepared = { position, buffers };
  }

  // AudioBuffers of all steps. `progress` gets the share that is done. Throws ApiError.
  load(position, progress) {
    const { position: prepared, buffers } = this._prepared;
    this._prepared = { position: null, buffers: null };
    return prepared === position ? buffers : this._load(position, progress);
  }

  async _load(position, progress) {
    let done = 0;
    const count = () => progress((done += 0.5) / this._steps);
    let encoded;
    try {
      encoded = await this._fetch(position, count);
    } finally {
      this._fetched.delete(position);
    }
    const buffers = [];
    for (let step = 0; step < this._steps; step++) {
      buffers.push(await this._decode(position, step, encoded[step]));
      done = Math.max(done, this._steps / 2);
      count();
    }
    return buffers;
  }

  async noise() {
    return this._context.decodeAudioData(await this._api.sound("noise"));
  }

  _fetch(position, count) {
    if (!this._fetched.has(position)) this._fetched.set(position, this._fetchAll(position, count));
    return this._fetched.get(position);
  }

  async _fetchAll(position, count) {
    const encoded = new Array(this._steps);
    let next = 0;
    const work = async () => {
      while (next < this._steps) {
        const step = next++;
        encoded[step] = await this._api.sound(`sounds/${position}/${step}`);
        count();
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, work));
    return encoded;
  }

  async _decode(position, step, encoded) {
    try {
      return await this._context.decodeAudioData(encoded);
    } catch {
      // A browser without FLAC.
      return this._context.decodeAudioData(await this._api.sound(`sounds/${position}/${step}?as=wav`));
    }
  }
}
