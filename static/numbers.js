// The numbers of a picture: <nnlab-numbers>. They are read as tables in a dialog, by whoever would
// rather read them or can't see the picture, or taken as the rows of a CSV file.

const MOST_ROWS = 400
const INSIDE = `
dialog { max-width: min(60rem, 94vw); max-height: 86vh; padding: 0; border: 1px solid var(--st-border-color);
  border-radius: var(--st-base-radius, 8px); background: var(--st-background-color); color: var(--st-text-color);
  font: .875rem/1.4 var(--st-font, sans-serif); overflow: hidden; }
dialog[open] { display: flex; flex-direction: column; }
dialog::backdrop { background: rgb(0 0 0 / .4); }
header { display: flex; gap: 1rem; align-items: start; justify-content: space-between; padding: .75rem 1rem; }
h2 { font-size: 1rem; font-weight: 600; margin: 0; }
button { font: inherit; color: inherit; cursor: pointer; padding: .25rem .75rem; white-space: nowrap; background: none;
  border: 1px solid color-mix(in srgb, var(--st-text-color) 55%, transparent); border-radius: 6px; }
button:hover { border-color: var(--st-primary-color); }
:focus-visible { outline: 2px solid var(--st-primary-color); outline-offset: -2px; }
section { overflow: auto; padding: 0 1rem 1rem; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; margin-bottom: 1rem; }
caption { text-align: start; padding: .25rem 0; }
th, td { border: 1px solid var(--st-border-color); padding: .2rem .5rem; text-align: end; white-space: nowrap; }
thead th { position: sticky; top: 0; background: var(--st-secondary-background-color); }
p { margin: 0 0 1rem; }
`

class Numbers extends HTMLElement {
  // A row for each point of each trace that can be seen, under a row of names.
  rows(plot) {
    return [["trace", "x", "y", "z", "text"], ...seen(plot).flatMap(rowsOf)]
  }

  open(plot, said, texts) {
    const root = this.shadowRoot ?? this.attachShadow({ mode: "open" })
    const dialog = make("dialog")
    const heading = make("h2", { textContent: said })
    dialog.setAttribute("aria-label", said)
    const close = make("button", { type: "button", textContent: texts.close, onclick: () => dialog.close() })
    const body = make("section", { tabIndex: 0 })
    body.setAttribute("aria-label", said)
    body.append(...tablesOf(plot).flatMap((table) => built(table, texts)))
    const head = make("header")
    head.append(heading, close)
    dialog.append(head, body)
    dialog.onclick = (event) => event.target === dialog && dialog.close()
    dialog.onclose = () => dialog.remove()
    // What is pressed here is none of the page's shortcuts.
    dialog.onkeydown = (event) => event.stopPropagation()
    root.replaceChildren(make("style", { textContent: INSIDE }), dialog)
    dialog.showModal()
  }
}

function built({ title, head, rows }, texts) {
  const table = make("table")
  if (title) table.append(make("caption", { textContent: title }))
  const top = make("thead")
  top.append(line(head.map((name) => cell("th", name, "col"))))
  const body = make("tbody")
  body.append(...rows.slice(0, MOST_ROWS).map(([first, ...rest]) => line([cell("th", first, "row"), ...rest.map((value) => cell("td", value))])))
  table.append(top, body)
  if (rows.length <= MOST_ROWS) return [table]
  return [table, make("p", { textContent: texts.cut.replace("{shown}", MOST_ROWS).replace("{all}", rows.length) })]
}

function line(cells) {
  const row = make("tr")
  row.append(...cells)
  return row
}

const cell = (tag, value, scope) => make(tag, { textContent: shown(value), ...(scope && { scope }) })
const make = (name, properties) => Object.assign(document.createElement(name), properties)

// ---- tables ----

// One table for all curves over the same steps or for all points, and one for each grid. What only
// decorates (a wider line under a line) is left out.
function tablesOf(plot) {
  const traces = seen(plot).filter(({ _input }) => _input.hoverinfo !== "skip" || _input.showlegend !== false)
  const points = traces.filter((trace) => !isGrid(trace))
  const titles = titlesOf(plot)
  return [...(points.length ? [pointsOf(points, titles)] : []), ...traces.filter(isGrid).map((trace) => gridOf(trace, titles))]
}

function titlesOf({ _fullLayout: layout }) {
  const of = (name) => (layout.scene ?? layout)[`${name}axis`]?.title?.text
  const axes = Object.fromEntries(["x", "y", "z"].map((name) => [name, plain(of(name) || name)]))
  return { ...axes, text: layout.meta?.text ?? "" } // what the texts of the points tell
}

// Curves stand beside each other where each has one value at a step; other points below each other.
function pointsOf(traces, titles) {
  const curves = traces.every(({ x, y, z, orientation }) =>
    isList(x) && isList(y) && !z && orientation !== "h" && x.length > 1 && new Set(x).size === x.length)
  return curves ? besides(traces, titles) : belows(traces, titles)
}

function besides(traces, titles) {
  const places = [...new Set(traces.flatMap(({ x }) => Array.from(x)))]
  if (places.every((place) => typeof place === "number")) places.sort((a, b) => a - b)
  const found = traces.map(({ x, y }) => new Map(Array.from(x, (place, i) => [place, y[i]])))
  const several = traces.length > 1
  return {
    title: several ? titles.y : "",
    head: [titles.x, ...(several ? traces.map(nameOf) : [titles.y])],
    rows: places.map((place) => [place, ...found.map((each) => each.get(place))]),
  }
}

function belows(traces, titles) {
  const rows = traces.flatMap(rowsOf)
  const head = ["", titles.x, titles.y, titles.z, titles.text]
  const filled = head.map((_, column) => rows.some((row) => ![undefined, null, ""].includes(row[column])))
  const kept = (row) => row.filter((_, column) => filled[column])
  return { title: "", head: kept(head), rows: rows.map(kept) }
}

// What is highest in the picture comes first.
function gridOf({ x, y, z, text }, titles) {
  const lines = Array.from(z, (values, i) => [y?.[i] ?? i, ...Array.from(isList(text?.[i]) ? text[i] : values)])
  return { title: titles.text, head: [`${titles.y} \\ ${titles.x}`, ...Array.from(z[0], (_, j) => x?.[j] ?? j)], rows: lines.reverse() }
}

function rowsOf(trace) {
  const { x, y, z, text } = trace
  const at = (list, i) => (isList(list) && !Number.isNaN(list[i]) ? list[i] : undefined)
  const told = (said) => (typeof said === "string" ? plain(said) : said)
  const row = (...values) => [nameOf(trace), ...values.slice(0, 3).map(told), told(values[3]) ?? ""]
  if (isGrid(trace)) {
    const place = (list, i, j) => (isList(list?.[i]) ? list[i][j] : undefined)
    return Array.from(z).flatMap((line, i) =>
      Array.from(line, (value, j) => row(place(x, i, j) ?? at(x, j) ?? j, place(y, i, j) ?? at(y, i) ?? i, value, place(text, i, j))))
  }
  const count = Math.max(...[x, y, z].map((list) => (isList(list) ? list.length : 0)))
  const all = Array.from({ length: count }, (_, i) => row(at(x, i), at(y, i), at(z, i), at(text, i)))
  return all.filter((values) => values.slice(1, 4).some((value) => value !== null && value !== undefined))
}

const seen = (plot) => plot._fullData.filter(({ visible }) => visible === true)
const isList = (value) => Array.isArray(value) || ArrayBuffer.isView(value)
const isGrid = ({ z }) => isList(z?.[0])
const nameOf = (trace) => plain(trace._input.name || String(trace.index + 1))

function shown(value) {
  if (value === null || value === undefined || Number.isNaN(value)) return ""
  return typeof value === "number" ? String(Number(value.toPrecision(6))) : plain(String(value))
}

// What Plotly's small markup says, without the markup.
function plain(text) {
  if (!/[<&]/.test(text)) return text
  return new DOMParser().parseFromString(text.replace(/<br\s*\/?>/g, " "), "text/html").body.textContent
}

if (!customElements.get("nnlab-numbers")) customElements.define("nnlab-numbers", Numbers)
