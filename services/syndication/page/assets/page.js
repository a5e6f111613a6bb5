// What the pages do beyond being read: times in the reader's zone, Show More in place, new stories as they come.
// Every page is whole without it.
"use strict";

(() => {
  const PAGE = 20;
  const RETRY = 60000;
  const stories = document.getElementById("stories");
  const fresh = document.getElementById("fresh");

  // --- times ---

  const clock = new Intl.DateTimeFormat(undefined, {
    year: "numeric", month: "short", day: "numeric", hour: "numeric", minute: "2-digit", timeZoneName: "short",
  });

  function localise(root) {
    for (const time of root.querySelectorAll("time[data-pattern]")) {
      const at = new Date(time.dateTime);
      if (Number.isNaN(at.getTime())) continue;
      time.title = time.textContent;
      time.textContent = time.dataset.pattern.replace("{}", () => clock.format(at));
    }
  }

  localise(document);

  // --- pictures that cannot be had: what they show is said, and no empty frame stands in the story ---

  const without = (picture) => picture.classList.add("gone");

  document.addEventListener("error", ({ target }) => {
    if (target instanceof HTMLImageElement) without(target);
  }, true);
  for (const picture of document.images) {
    if (picture.complete && !picture.naturalWidth && picture.getAttribute("src")) without(picture);
  }

  if (!stories) return;

  // --- pages fetched and taken in ---

  async function fetched(url) {
    const answer = await fetch(url, { cache: "no-cache", headers: { accept: "text/html" } });
    if (!answer.ok) throw new Error(`status ${answer.status}`);
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const list = page.getElementById("stories");
    if (!list) throw new Error("no stories");
    const next = page.getElementById("more");
    return { items: [...list.children], newest: Number(list.dataset.newest), next: next && next.getAttribute("href") };
  }

  const shown = (id) => stories.querySelector(`[data-id="${CSS.escape(id)}"]`);
  const versionOf = (story) => Number(story.dataset.version);

  function taken(story) {
    const own = document.importNode(story, true);
    localise(own);
    return own;
  }

  function focus(story) {
    const link = story.querySelector("h2 a");
    if (link) link.focus({ preventScroll: true });
  }

  const speaker = document.createElement("p");
  speaker.className = "unseen";
  speaker.setAttribute("role", "status");
  document.body.append(speaker);

  function say(text) {
    speaker.textContent = text;
  }

  const counted = (count, one, many) => `${count} ${count === 1 ? one : many}`;

  // --- Show More ---

  const more = document.getElementById("more");

  if (more) {
    more.addEventListener("click", async (event) => {
      if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey || event.button !== 0) return;
      event.preventDefault();
      if (more.getAttribute("aria-busy") === "true") return;
      more.setAttribute("aria-busy", "true");
      try {
        const page = await fetched(more.href);
        const added = page.items.filter((story) => !shown(story.dataset.id)).map(taken);
        stories.append(...added);
        if (page.next) more.setAttribute("href", page.next);
        else more.parentElement.remove();
        say(added.length ? counted(added.length, "more story", "more stories") : "There are no more stories");
        if (added.length) focus(added[0]);
      } catch {
        say("More stories could not be loaded; the link can be tried again");
        location.assign(more.href);
      } finally {
        more.removeAttribute("aria-busy");
      }
    });
  }

  // --- live ---

  if (!fresh || !stories.dataset.stream || !("EventSource" in window)) return;

  const waiting = new Map();
  const button = document.createElement("button");
  button.type = "button";
  button.hidden = true;
  fresh.append(button);
  button.addEventListener("click", bring);

  function tell() {
    const kinds = [...waiting.values()];
    const count = kinds.length;
    const told = count > 99 ? "99+" : String(count);
    const what = kinds.some((kind) => kind !== "article.published") ? "new or updated" : "new";
    const text = `${told} ${what} ${count === 1 ? "story" : "stories"}`;
    if (button.textContent !== text) button.textContent = text;
    button.hidden = count === 0;
  }

  function markUpdated(story, version) {
    if (story.querySelector(".changed")) return;
    const note = document.createElement("p");
    note.className = "changed";
    const link = document.createElement("a");
    link.href = story.querySelector("h2 a").href;
    link.textContent = "This story was updated: show the new version";
    link.addEventListener("click", (event) => {
      event.preventDefault();
      bring();
    });
    note.append(link);
    story.querySelector("h2").after(note);
    story.dataset.pending = String(version);
    say("A story on this page was updated");
  }

  function consider(id, version, kind) {
    const story = shown(id);
    if (kind === "article.retracted") {
      waiting.delete(id);
      tell();
      // What was taken back is not left standing until somebody asks.
      if (story && !story.classList.contains("retracted")) replaceSoon();
    } else if (!story) {
      waiting.set(id, waiting.get(id) || kind);
      tell();
    } else if (version > versionOf(story)) {
      markUpdated(story, version);
    }
  }

  let replacing = 0;

  function replaceSoon() {
    clearTimeout(replacing);
    replacing = setTimeout(async () => {
      try {
        const page = await since();
        for (const story of page.items) {
          const old = shown(story.dataset.id);
          if (old && story.classList.contains("retracted")) old.replaceWith(taken(story));
        }
        say("A story on this page was retracted");
      } catch {
        replaceSoon();
      }
    }, 300);
  }

  function since() {
    const address = new URL(stories.dataset.page, location.href);
    address.searchParams.set("after", stories.dataset.newest);
    return fetched(address);
  }

  async function bring() {
    if (waiting.size > PAGE) {
      location.assign(stories.dataset.page);
      return;
    }
    button.disabled = true;
    try {
      const page = await since();
      const added = [];
      for (const story of page.items) {
        const old = shown(story.dataset.id);
        const own = taken(story);
        if (!old) added.push(own);
        else if (versionOf(own) > versionOf(old) || old.querySelector(".changed")) old.replaceWith(own);
      }
      stories.prepend(...added);
      stories.dataset.newest = String(Math.max(Number(stories.dataset.newest), page.newest));
      waiting.clear();
      tell();
      if (added.length) {
        scrollTo({ top: 0 });
        focus(added[0]);
        say(`${counted(added.length, "story", "stories")} added`);
      }
    } catch {
      say("New stories could not be loaded");
    } finally {
      button.disabled = false;
    }
  }

  // Looks for what came between the making of this page and the beginning of its stream.
  async function look() {
    try {
      const page = await since();
      for (const story of page.items) {
        const kind = story.classList.contains("retracted") ? "article.retracted" : "article.published";
        consider(story.dataset.id, versionOf(story), kind);
      }
    } catch {
      // The next event, or the next look, tells the same.
    }
  }

  let source = null;
  let last = stories.dataset.after || "";
  let again = 0;

  function follow() {
    if (source) return;
    const address = new URL(stories.dataset.stream, location.href);
    if (stories.dataset.query) address.searchParams.set("q", stories.dataset.query);
    if (last) address.searchParams.set("after", last);
    source = new EventSource(address);
    source.addEventListener("open", () => {
      if (!last) look();
    });
    for (const kind of ["published", "updated", "corrected", "retracted"]) {
      source.addEventListener(`article.${kind}`, (event) => {
        last = event.lastEventId;
        const { article } = JSON.parse(event.data).data;
        consider(article.id, article.version, `article.${kind}`);
      });
    }
    source.addEventListener("error", () => {
      if (source && source.readyState === EventSource.CLOSED) {
        // Refused, not broken off: the browser does not try again by itself.
        leave();
        again = setTimeout(() => { look(); follow(); }, RETRY * (0.5 + Math.random()));
      }
    });
  }

  function leave() {
    clearTimeout(again);
    if (source) source.close();
    source = null;
  }

  // An open stream keeps a page out of the browser's back-forward cache.
  addEventListener("pagehide", leave);
  addEventListener("pageshow", (event) => { if (event.persisted) follow(); });
  follow();
})();
