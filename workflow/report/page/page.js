// What scrolls can be reached by keyboard; figures enlarge; tables sort, filter and go into a spreadsheet.
const reachable = () => {
  for (const box of document.querySelectorAll("p, ul, ol, pre, .formula, .picture, .wide")) {
    box.classList.remove("scrolls");
    const wide = box.scrollWidth > box.clientWidth + 1;
    box.classList.toggle("scrolls", wide);
    if (wide) box.tabIndex = 0;
    else box.removeAttribute("tabindex");
  }
  const text = document.querySelector("main").clientWidth;
  for (const box of document.querySelectorAll(".wide")) {
    box.classList.remove("fits");
    box.classList.toggle("fits", box.offsetWidth <= text);
  }
};
const dialog = document.querySelector("dialog"), large = dialog.querySelector("div");
for (const button of document.querySelectorAll(".zoom")) {
  button.addEventListener("click", () => {
    const drawing = button.querySelector("svg"), copy = drawing.cloneNode(true);
    copy.style.width = `${Math.max(0.94 * innerWidth, drawing.clientWidth)}px`;
    large.replaceChildren(copy);
    dialog.showModal();
  });
}
large.addEventListener("click", () => dialog.close());

// A cell's exact value, or the number that it shows: 1,234 · −3.72 · 4.2 × 10⁻⁷ · 12% · 95 %; else its text.
const RAISED = "⁰¹²³⁴⁵⁶⁷⁸⁹";
const lowered = exponent => [...exponent].map(mark => mark === "⁻" ? "-" : RAISED.indexOf(mark)).join("");
const value = cell => {
  const exact = cell.querySelector("data");
  if (exact) return parseFloat(exact.value);
  const text = cell.textContent.trim().replace(/\u2212/g, "-").replace(/[\u2009\u202f\u00a0]/g, " ");
  const plain = text.replace(/(?:([\d.]+) ?× ?)?10(⁻?[⁰¹²³⁴⁵⁶⁷⁸⁹]+)/, (all, digits, exponent) => `${digits ?? 1}e${lowered(exponent)}`);
  const number = /^([+-]?(?:\d{1,3}(?:[, ]\d{3})+|\d*)(?:\.\d+)?(?:e[+-]?\d+)?) ?(%?)$/i.exec(plain);
  if (number && /\d/.test(number[1])) return parseFloat(number[1].replace(/[, ]/g, "")) / (number[2] ? 100 : 1);
  return text;
};
const order = (a, b) => typeof a === typeof b ? (a < b ? -1 : a > b ? 1 : 0) : typeof a === "number" ? -1 : 1;
const quoted = text => /[",\n]/.test(text) ? `"${text.replace(/"/g, '""')}"` : text;
// The spreadsheet would run text that begins like a formula.
const safe = text => /^[=+@\t-]/.test(text) ? `'${text}` : text;
for (const table of document.querySelectorAll("table")) {
  const heads = [...table.querySelectorAll("thead tr:last-child th")], body = table.tBodies[0];
  if (!body || body.rows.length < 3) continue;
  const box = table.closest(".wide"), rows = [...body.rows], name = box.getAttribute("aria-label").replace(/^Table: /, "");
  for (const head of heads) {
    head.setAttribute("aria-sort", "none");
    const button = document.createElement("button");
    button.type = "button"; button.append(...head.childNodes); head.append(button);
    button.addEventListener("click", () => {
      const up = head.getAttribute("aria-sort") !== "ascending";
      for (const other of heads) other.setAttribute("aria-sort", "none");
      head.setAttribute("aria-sort", up ? "ascending" : "descending");
      const key = row => value(row.cells[head.cellIndex]);
      const sorted = [...body.rows].sort((a, b) => order(key(a), key(b)));
      body.append(...(up ? sorted : sorted.reverse()));
    });
  }
  const tools = document.createElement("div");
  tools.className = "tools";
  if (rows.length > 12) {
    const filter = document.createElement("input");
    filter.type = "search"; filter.placeholder = "filter rows"; filter.setAttribute("aria-label", `Filter rows: ${name}`);
    filter.addEventListener("input", () => {
      const words = filter.value.toLowerCase().split(/\s+/);
      for (const row of rows) row.hidden = !words.every(word => row.textContent.toLowerCase().includes(word));
    });
    tools.append(filter);
  }
  if (!table.querySelector("data")) { if (tools.firstChild) box.after(tools); continue; }
  const save = document.createElement("button");
  save.type = "button"; save.textContent = "CSV"; save.setAttribute("aria-label", `Download as CSV: ${name}`);
  save.addEventListener("click", () => {
    const cell = one => { const exact = one.querySelector("data"); return quoted(exact ? exact.value : safe(one.textContent.trim())); };
    const text = [...table.rows].filter(row => !row.hidden).map(row => [...row.cells].map(cell).join(",")).join("\n");
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([text + "\n"], {type: "text/csv"})); link.download = `${name.replace(/\W+/g, "_")}.csv`;
    link.click();
  });
  tools.append(save);
  box.after(tools);
}
for (const details of document.querySelectorAll("details")) details.addEventListener("toggle", reachable);
addEventListener("resize", reachable);
reachable();
