// Requests to the server. What it refuses has a word, for which texts/ has a sentence.

export class ApiError extends Error {
  constructor(word, status, waitS = 0) {
    super(word);
    this.word = word;
    this.status = status; // 0: the server was not reached
    this.waitS = waitS;
  }
}

export class Api {
  // `kind` is that of raters who join: programs that take part say that they are simulated.
  constructor(token, kind = "human") {
    this._token = token;
    this._kind = kind;
    this.key = "";
  }

  study() {
    return this._json("GET", "study");
  }

  join(code, language) {
    return this._json("POST", "raters", { code, language, consent: true, kind: this._kind });
  }

  session() {
    return this._json("POST", "session", {});
  }

  calibrated() {
    return this._json("POST", "calibrated", {});
  }

  answer(answer) {
    return this._json("POST", "answers", answer);
  }

  // An ArrayBuffer; tried again while the server cannot be reached.
  async sound(path) {
    for (let attempt = 0; ; attempt++) {
      try {
        return await (await this._request("GET", path)).arrayBuffer();
      } catch (error) {
        const passes = !(error instanceof ApiError) || error.status === 0 || error.status === 429;
        if (!passes || attempt >= 8) throw error instanceof ApiError ? error : new ApiError("offline", 0);
        await new Promise((go) => setTimeout(go, 1000 * Math.max(error.waitS ?? 0, Math.min(8, 0.5 * 2 ** attempt))));
      }
    }
  }

  async _json(method, path, body) {
    const response = await this._request(method, path, body);
    try {
      return await response.json();
    } catch {
      throw new ApiError("offline", 0);
    }
  }

  async _request(method, path, body) {
    const headers = {};
    if (this._token) headers["X-Study-Token"] = this._token;
    if (this.key) headers["X-Rater-Key"] = this.key;
    if (body !== undefined) headers["Content-Type"] = "application/json";
    let response;
    try {
      response = await fetch(`/api/${path}`, { method, headers, body: body && JSON.stringify(body) });
    } catch {
      throw new ApiError("offline", 0);
    }
    if (response.ok) return response;
    let word = "offline";
    try {
      word = (await response.json()).error;
    } catch { /* not from the study's server */ }
    throw new ApiError(word, response.status, Number(response.headers.get("Retry-After")) || 0);
  }
}
