// The console's live tail: the ledger's newest entries go on top as they come. Without it the table is as it was made.
(() => {
  "use strict";

  const MOST = 200;
  const table = document.getElementById("tail");
  const state = document.getElementById("tail-state");
  const latest = document.getElementById("latest");
  if (!table?.dataset.stream || !("EventSource" in window)) return;

  function cell(name, text, kind) {
    const made = document.createElement(name);
    made.textContent = text;
    if (kind) made.className = kind;
    return made;
  }

  function story(article) {
    const made = cell("th", "");
    made.scope = "row";
    const link = cell("a", article.headline || article.id);
    link.dir = "auto";
    link.href = table.dataset.articles + encodeURIComponent(article.id);
    made.append(link);
    return made;
  }

  function kind(event, article) {
    const made = cell("td", `${event.type} `);
    made.append(cell("span", `version ${article.version}`, "small"));
    return made;
  }

  function when(timestamp) {
    const made = cell("td", "");
    const time = cell("time", `${timestamp.slice(0, 10)} ${timestamp.slice(11, 19)}`);
    time.dateTime = timestamp;
    made.append(time);
    return made;
  }

  function add(event) {
    const { article } = event.data;
    const row = document.createElement("tr");
    row.append(cell("td", String(event.seq), "number"), kind(event, article), story(article), when(event.timestamp));
    table.prepend(row);
    while (table.rows.length > MOST) table.deleteRow(-1);
  }

  // Repeats come after a connection was lost: it goes on from the last event, and never back.
  function follow(seq) {
    if (seq > Number(latest.textContent.replaceAll(",", ""))) latest.textContent = seq.toLocaleString("en-US");
  }

  const source = new EventSource(table.dataset.stream);
  for (const name of ["published", "updated", "corrected", "retracted"]) {
    source.addEventListener(`article.${name}`, (event) => {
      const told = JSON.parse(event.data);
      add(told);
      follow(told.seq);
    });
  }
  source.addEventListener("rewound", (event) => {
    state.textContent = "The ledger was begun anew, or restored.";
    latest.textContent = JSON.parse(event.data).resume_after.toLocaleString("en-US");
  });
  source.addEventListener("open", () => { state.textContent = "New entries come on top as they are made."; });
  source.addEventListener("error", () => { state.textContent = "Not connected; load the page again if this stays."; });
  addEventListener("pagehide", () => source.close());
})();
