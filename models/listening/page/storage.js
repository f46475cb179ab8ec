// What this browser keeps of a study: the rater's key, and answers that are not sent yet.

export class Storage {
  constructor(study) {
    this._name = `tonecast-listen.${study}`;
    this._memory = {}; // where a browser keeps nothing
  }

  get rater() {
    return this._read("rater", null);
  }

  set rater(rater) {
    this._write("rater", rater);
  }

  // Each answer has an entry of its own: two tabs that write at once do not overwrite each other.
  answers() {
    const begin = `${this._name}.answer.${this.rater?.code ?? ""}.`;
    let names = Object.keys(this._memory).filter((name) => name.startsWith(begin));
    try {
      names = [...names, ...Object.keys(localStorage).filter((name) => name.startsWith(begin))];
    } catch { /* memory alone */ }
    const held = [...new Set(names)].map((name) => this._read(name.slice(this._name.length + 1), null));
    return held.filter(Boolean).sort((a, b) => a.kept_at - b.kept_at).map((one) => one.answer);
  }

  addAnswer(answer) {
    this._write(`answer.${this.rater.code}.${answer.sent_as}`, { kept_at: performance.timeOrigin + performance.now(), answer });
  }

  removeAnswer(sentAs) {
    const name = `${this._name}.answer.${this.rater.code}.${sentAs}`;
    delete this._memory[name];
    try {
      localStorage.removeItem(name);
    } catch { /* memory alone */ }
  }

  _read(name, otherwise) {
    const full = `${this._name}.${name}`;
    if (full in this._memory) return this._memory[full];
    try {
      return JSON.parse(localStorage.getItem(full)) ?? otherwise;
    } catch {
      return otherwise;
    }
  }

  _write(name, value) {
    const full = `${this._name}.${name}`;
    try {
      localStorage.setItem(full, JSON.stringify(value));
      delete this._memory[full];
    } catch {
      this._memory[full] = value;
    }
  }
}
