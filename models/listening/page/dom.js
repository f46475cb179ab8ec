// Short names for what views do to the page.

export const byId = (id) => document.getElementById(id);

// Show one view, with the focus on its heading: a screen reader begins to read there.
export function showView(id) {
  for (const view of document.querySelectorAll(".view")) view.hidden = view.id !== id;
  byId(id).querySelector("h1").focus({ preventScroll: true });
  window.scrollTo(0, 0);
}

export function say(message, isError = false) {
  const status = byId("status");
  status.textContent = message;
  status.classList.toggle("error", isError);
}

// A promise of the next click on one of some buttons: its id.
export function clicked(...ids) {
  return new Promise((resolve) => {
    const over = new AbortController();
    for (const id of ids) {
      byId(id).addEventListener("click", () => { over.abort(); resolve(id); }, { signal: over.signal });
    }
  });
}
