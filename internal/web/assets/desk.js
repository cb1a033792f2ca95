// What the pages gain with script: keys, cards drawn between lanes, papers taken in with
// progress. Without it every form works as it stands.
"use strict";

const one = (s, at = document) => at.querySelector(s);
const all = (s, at = document) => [...at.querySelectorAll(s)];

// Chosen cards are counted beside the buttons that act on them.
const acts = one("#act");
function count() {
  if (!acts) return;
  const n = all(".card input:checked").length;
  one(".chosen", acts).textContent = n ? String(n) : "";
  acts.classList.toggle("quiet", n === 0);
}
count();
document.addEventListener("change", (e) => { if (e.target.matches(".card input")) count(); });

// Keys: j and k walk, space chooses, c x m act, e opens, a confirms all, u undoes, / searches.
let at = -1;
const cards = all(".card");
function go(n) {
  if (!cards.length) return;
  cards[at]?.classList.remove("at");
  at = Math.max(0, Math.min(cards.length - 1, n));
  cards[at].classList.add("at");
  one("input", cards[at]).focus({ preventScroll: true });
  cards[at].scrollIntoView({ block: "nearest" });
}
function act(what) {
  if (!acts) return;
  if (!all(".card input:checked").length && cards[at]) one("input", cards[at]).checked = true;
  if (all(".card input:checked").length) one(`button[value="${what}"]`, acts).click();
}
const keys = {
  j: () => go(at + 1), k: () => go(at - 1), c: () => act("confirm"), x: () => act("drop"), m: () => act("merge"),
  e: () => cards[at] && one("a", cards[at]).click(), a: () => one("#confirm-all")?.click(), u: () => one("#undo")?.click(),
  "/": () => one("#q")?.focus(), p: () => one("#intake textarea")?.focus(),
};
document.addEventListener("keydown", (e) => {
  if (e.ctrlKey || e.metaKey || e.altKey || e.isComposing || e.target.matches("input:not([type=checkbox]), textarea, select")) return;
  const f = keys[e.key];
  if (f) { e.preventDefault(); f(); }
});

// A card drawn into another lane gets the first kind of that lane; the item's page has the rest.
const firstKind = { technical: "technique", between: "attack-timeline", damage: "damage" };
if (acts) {
  for (const c of cards) {
    c.draggable = true;
    c.addEventListener("dragstart", (e) => { e.dataTransfer.setData("text/wakachi", c.dataset.item); e.dataTransfer.effectAllowed = "move"; });
  }
  for (const lane of all(".lane[data-class]")) {
    lane.addEventListener("dragover", (e) => {
      if (!e.dataTransfer.types.includes("text/wakachi")) return;
      e.preventDefault();
      lane.classList.add("over");
    });
    lane.addEventListener("dragleave", (e) => { if (!lane.contains(e.relatedTarget)) lane.classList.remove("over"); });
    lane.addEventListener("drop", (e) => {
      const item = e.dataTransfer.getData("text/wakachi");
      if (!item) return;
      e.preventDefault();
      const card = cards.find((c) => c.dataset.item === item);
      if (!card || lane.contains(card)) return lane.classList.remove("over");
      for (const i of all(".card input:checked")) i.checked = false;
      one("input", card).checked = true;
      one("select[name=kind]", acts).value = firstKind[lane.dataset.class];
      one("button[value=reclass]", acts).click();
    });
  }
}

// Papers. What was typed is kept in this tab until the server has it.
const intake = one("#intake-form");
if (intake) {
  const text = one("textarea", intake), files = one("input[type=file]", intake), bar = one("progress", intake), said = one(".said", intake);
  const key = "draft " + intake.dataset.keep;
  text.value ||= sessionStorage.getItem(key) ?? "";
  text.addEventListener("input", () => sessionStorage.setItem(key, text.value));
  const send = () => {
    const giant = [...files.files].find((f) => f.size > Number(intake.dataset.most));
    if (giant) {
      said.textContent = intake.dataset.tooLarge.replace("{0}", giant.name);
      files.value = "";
      return;
    }
    const ask = new XMLHttpRequest();
    const button = one("button", intake);
    button.disabled = true;
    bar.hidden = false;
    ask.open("POST", intake.action);
    ask.upload.addEventListener("progress", (e) => { if (e.lengthComputable) bar.value = 100 * e.loaded / e.total; });
    ask.upload.addEventListener("load", () => bar.removeAttribute("value"));
    ask.addEventListener("load", () => {
      if (ask.status < 400 && new URL(ask.responseURL).pathname !== "/sign-in") sessionStorage.removeItem(key);
      if (ask.responseURL !== intake.action) return location.assign(ask.responseURL);
      button.disabled = false;
      bar.hidden = true;
      const page = new DOMParser().parseFromString(trusted(ask.responseText), "text/html");
      said.textContent = all(".failed, .warn, .reports p, h1", page).map((x) => x.textContent.trim()).filter(Boolean).slice(0, 8).join(" / ");
    });
    ask.addEventListener("error", () => {
      button.disabled = false;
      bar.hidden = true;
      said.textContent = document.documentElement.lang === "en" ? "The connection was lost. What you typed is still here; send it again." : "接続が切れました。入力はここに残っています。もう一度送ってください。";
    });
    ask.send(new FormData(intake));
  };
  intake.addEventListener("submit", (e) => { e.preventDefault(); send(); });

  document.addEventListener("dragover", (e) => {
    if (!e.dataTransfer.types.includes("Files")) return;
    e.preventDefault();
    document.body.classList.add("dropping");
  });
  document.addEventListener("dragleave", (e) => { if (!e.relatedTarget) document.body.classList.remove("dropping"); });
  document.addEventListener("drop", (e) => {
    document.body.classList.remove("dropping");
    if (!e.dataTransfer.files.length) return;
    e.preventDefault();
    files.files = e.dataTransfer.files;
    send();
  });
  document.addEventListener("paste", (e) => {
    if (e.target.matches("input, textarea, select")) return;
    const pasted = e.clipboardData.getData("text/plain");
    if (e.clipboardData.files.length) { files.files = e.clipboardData.files; send(); } else if (pasted) { text.value = pasted; sessionStorage.setItem(key, pasted); text.focus(); }
  });
}

// The one place where markup is parsed: an answer of our own server, read for its words only.
function trusted(markup) {
  return window.trustedTypes ? trustedTypes.createPolicy("answer", { createHTML: (s) => s }).createHTML(markup) : markup;
}
