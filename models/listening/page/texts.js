// The page's texts, a file for each language, and where they stand in the page.

let texts = {};
const shown = []; // what is written from parts, and has to be written anew in another language

export async function useLanguage(language) {
  const response = await fetch(`/page/texts/${language}.json`);
  texts = await response.json();
  document.documentElement.lang = language;
  for (const element of document.querySelectorAll("[data-text]")) element.textContent = text(element.dataset.text);
  for (const element of document.querySelectorAll("[data-label]")) element.setAttribute("aria-label", text(element.dataset.label));
  for (const write of shown) write();
}

// A text, with {names} replaced.
export function text(name, values = {}) {
  const found = texts[name] ?? name;
  return found.replace(/\{(\w+)\}/g, (whole, key) => values[key] ?? whole);
}

// Run `write` now and after every change of language.
export function keepWritten(write) {
  shown.push(write);
  write();
}
