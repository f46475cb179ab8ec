// Answers on their way: kept in this browser until the server has them on its disk.

const LONGEST_WAIT_S = 15;

export class Outbox {
  // `onSent` gets an answer and the server's reply; `onTrouble` a word, or "" when all is well again.
  constructor(api, storage, { onSent, onTrouble }) {
    this._api = api;
    this._storage = storage;
    this._onSent = onSent;
    this._onTrouble = onTrouble;
    this._sending = false;
    this._failures = 0;
    this._timer = 0;
    window.addEventListener("online", () => this.send());
  }

  get waiting() {
    return this._storage.answers();
  }

  put(answer) {
    this._storage.addAnswer(answer);
    return this.send();
  }

  async send() {
    if (this._sending) return;
    this._sending = true;
    clearTimeout(this._timer);
    try {
      while (this.waiting.length > 0) {
        const answer = this.waiting[0];
        const reply = await this._api.answer(answer);
        this._storage.removeAnswer(answer.sent_as);
        this._failures = 0;
        this._onTrouble("");
        this._onSent(answer, reply);
      }
    } catch (error) {
      this._onTrouble(error.word ?? "offline");
      const wait = Math.max(error.waitS ?? 0, Math.min(LONGEST_WAIT_S, 2 ** this._failures++));
      this._timer = setTimeout(() => this.send(), 1000 * wait);
    } finally {
      this._sending = false;
    }
  }
}
