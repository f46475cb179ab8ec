// Consent and a code; or, for those who come back, the key.

import { byId, showView } from "../dom.js";
import { keepWritten, text } from "../texts.js";

// Resolves when a session is open: to it.
export function welcome(api, storage, study, language) {
  showView("welcome");
  const known = storage.rater;
  byId("continue").hidden = known === null;
  keepWritten(() => {
    byId("continue-text").textContent = text("continue_text", { code: storage.rater?.code ?? "" });
    const kind = study.test === "attenuation" ? "" : `${study.test}_`;
    byId("welcome-title").textContent = text(`${kind}welcome_title`);
    byId("welcome-lead").textContent = text(`${kind}welcome_lead`);
    byId("contact").textContent = text("contact", { contact: study.contact });
  });
  byId("contact").hidden = study.contact === "";

  return new Promise((resolve) => {
    const over = new AbortController();
    let busy = false;
    const open = async (error, attempt) => {
      if (busy) return;
      busy = true;
      byId(error).textContent = "";
      try {
        const key = await attempt();
        api.key = key;
        const session = await api.session();
        storage.rater = { code: session.code, key };
        over.abort();
        resolve(session);
      } catch (problem) {
        api.key = "";
        byId(error).textContent = text(`error_${problem.word ?? "offline"}`);
      } finally {
        busy = false;
      }
    };
    const once = (id, event, handle) => byId(id).addEventListener(event, (e) => { e.preventDefault(); handle(); }, { signal: over.signal });

    once("join", "submit", () => {
      const code = byId("code").value.trim();
      if (code === "" || !byId("consent").checked) {
        byId("join-error").textContent = text(code === "" ? "error_bad_code" : "error_no_consent");
        byId(code === "" ? "code" : "consent").focus();
        return;
      }
      open("join-error", async () => (await api.join(code, language())).key);
    });
    once("return-form", "submit", () => open("return-error", async () => byId("key").value.trim()));
    once("continue-button", "click", () => open("join-error", async () => storage.rater.key));
  });
}
