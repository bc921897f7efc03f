// PyTorch lines as they can be read, copied and pointed at. A line that is pointed at, or reached by
// the arrow keys, tells the page what it makes: the event MARKED carries the parts (ids, or the
// beginning of ids with a star behind it) and the roles of the pictures, or null. Enter or a click
// holds a line, and asks the first of its pictures to come into sight.
//
// Text is only ever put into the page as text.

const MARKED = "nnlab:marked"
const SAID_MS = 2500
const STYLE = `
:host { display: block; }
.code { position: relative; border-radius: var(--st-base-radius); background: var(--st-code-background-color, var(--st-secondary-background-color)); }
.lines { overflow-y: auto; max-height: 34rem; padding: .5rem 0 .75rem; outline-offset: -2px;
  font: .875rem/1.6 var(--st-code-font, ui-monospace, monospace); color: light-dark(#1d2730, #e3e9ee); }
.line { display: block; white-space: pre-wrap; overflow-wrap: anywhere; margin: 0; border-inline-start: 3px solid transparent;
  padding-inline: calc(.625rem + var(--in) * 1ch + 2ch) .625rem; text-indent: calc(var(--in) * -1ch - 2ch); min-height: 1.6em; }
.line.makes { cursor: pointer; }
.line.makes:hover, .line.here { background: light-dark(#0b63a51c, #7cc4f526); border-inline-start-color: light-dark(#0b63a5, #7cc4f5); }
.line.held { border-inline-start-style: double; border-inline-start-width: 5px; }
.keyword { color: light-dark(#0b5a96, #7cc4f5); }
.number { color: light-dark(#8f3f00, #f5b04c); }
.string { color: light-dark(#006045, #3fcf9f); }
.comment { color: light-dark(#4c5864, #a3b0bd); font-style: italic; }
.call { color: light-dark(#84385f, #e6a3cb); }
.bar { display: flex; align-items: center; justify-content: space-between; padding: .375rem .5rem .375rem .8125rem;
  font: .8125rem/1 var(--st-font); color: light-dark(#4c5864, #a3b0bd);
  border-bottom: 1px solid color-mix(in srgb, var(--st-text-color) 15%, transparent); }
button { font: inherit; min-height: 1.875rem; padding: 0 .625rem;
  color: var(--st-text-color); background: var(--st-background-color); cursor: pointer; border-radius: var(--st-base-radius);
  border: 1px solid color-mix(in srgb, var(--st-text-color) 45%, transparent); }
button:hover { border-color: var(--st-primary-color); }
:focus-visible { outline: 2px solid var(--st-primary-color); }
`
const KEYWORDS = new Set((
  "and as assert break class continue def del elif else except finally for from global if import in is lambda None " +
  "nonlocal not or pass raise return True False try while with yield"
).split(" "))
const TOKEN = /(#.*$)|([fr]?"(?:[^"\\]|\\.)*"|[fr]?'(?:[^'\\]|\\.)*')|(\b\d[\d_]*(?:\.\d*)?(?:e[-+]?\d+)?|\.\d+\b)|([A-Za-z_]\w*)/g

const codes = new WeakMap()

export default function show(component) {
  const { parentElement, data } = component
  const code = codes.get(parentElement) ?? mount(parentElement)
  if (JSON.stringify(data) !== code.shown) write(code, data)
  return () => parentElement.isConnected || unmount(parentElement, code)
}

function mount(parent) {
  const style = make("style", { textContent: STYLE })
  const code = { root: make("div", { className: "code" }), rows: [], at: -1, held: -1 }
  code.lines = make("div", { className: "lines", tabIndex: 0 })
  code.lines.setAttribute("role", "listbox")
  code.copy = make("button", { type: "button" })
  code.copy.onclick = () => copy(code)
  code.said = make("span")
  code.said.setAttribute("role", "status")
  code.said.style.cssText = "position:absolute;clip-path:inset(50%);width:1px;height:1px;overflow:hidden"
  code.root.append(make("div", { className: "bar" }, "Python", code.copy), code.lines, code.said)
  parent.append(style, code.root)
  listen(code)
  codes.set(parent, code)
  return code
}

function unmount(parent, code) {
  if (code.at >= 0) tell(code, -1)
  clearTimeout(code.timer)
  code.root.remove()
  codes.delete(parent)
}

function make(name, properties = {}, ...children) {
  const element = Object.assign(document.createElement(name), properties)
  element.append(...children)
  return element
}

// ---- writing ----

// Lines that stay the same stay in place, so that a slider that is dragged moves nothing else.
function write(code, data) {
  const place = code.lines.scrollTop
  Object.assign(code, { data, shown: JSON.stringify(data) })
  code.lines.setAttribute("aria-label", data.texts.lines)
  code.copy.textContent = data.texts.copy
  const lines = data.source.replace(/\n$/, "").split("\n")
  code.rows.splice(lines.length).forEach((row) => row.remove())
  lines.forEach((line, i) => row(code, line, i))
  code.lines.scrollTop = place
  if (code.at >= 0) point(code, Math.min(code.at, lines.length - 1))
}

function row(code, line, i) {
  let element = code.rows[i]
  if (!element) {
    element = code.rows[i] = make("div", { id: `line${i}` })
    code.lines.append(element)
  }
  if (element.line !== line) {
    element.line = line
    element.style.setProperty("--in", line.length - line.trimStart().length)
    element.setAttribute("role", line.trim() ? "option" : "presentation")
    element.replaceChildren(...painted(line))
  }
  element.className = makes(code, i) ? "line makes" : "line"
  if (line.trim()) element.setAttribute("aria-selected", String(i === code.held))
  else element.removeAttribute("aria-selected")
}

const makes = (code, i) => Boolean(code.data.marks[i]?.parts.length || code.data.marks[i]?.roles.length)

function painted(line) {
  const parts = []
  let from = 0
  for (const found of line.matchAll(TOKEN)) {
    const kind = kindOf(line, found)
    if (!kind) continue
    parts.push(line.slice(from, found.index), make("span", { className: kind, textContent: found[0] }))
    from = found.index + found[0].length
  }
  return [...parts, line.slice(from)]
}

function kindOf(line, { 0: text, 1: comment, 2: string, 3: number, index }) {
  if (comment) return "comment"
  if (string) return "string"
  if (number) return /\w/.test(line[index - 1] ?? "") ? null : "number"
  if (KEYWORDS.has(text)) return "keyword"
  return line[index + text.length] === "(" ? "call" : null
}

// ---- copying ----

async function copy(code) {
  const { source, texts } = code.data
  try {
    await navigator.clipboard.writeText(source)
  } catch {
    copyBySelection(source)
  }
  code.copy.textContent = code.said.textContent = texts.copied
  clearTimeout(code.timer)
  code.timer = setTimeout(() => {
    code.copy.textContent = texts.copy
    code.said.textContent = ""
  }, SAID_MS)
}

// A page that came over plain http, as in a classroom, has no clipboard of its own.
function copyBySelection(source) {
  const box = make("textarea", { value: source })
  box.style.cssText = "position:fixed;opacity:0"
  document.body.append(box)
  box.select()
  document.execCommand("copy")
  box.remove()
}

// ---- pointing ----

function listen(code) {
  const { lines } = code
  const at = (event) => code.rows.indexOf(event.target.closest(".line"))
  // A page that scrolls moves lines under a mouse that rests: only a mouse that moves points.
  lines.onpointermove = (event) => {
    const place = `${event.screenX} ${event.screenY}`
    if (place !== code.mouse) point(code, at(event))
    code.mouse = place
  }
  lines.onpointerleave = () => lines.matches(":focus-visible") || point(code, code.held)
  lines.onclick = (event) => String(getSelection()) || hold(code, at(event))
  lines.onblur = () => point(code, code.held)
  lines.onfocus = () => lines.matches(":focus-visible") && point(code, Math.max(code.at, 0))
  lines.onkeydown = (event) => {
    const way = { ArrowDown: [code.at + 1, 1], ArrowUp: [code.at - 1, -1], Home: [0, 1], End: [code.rows.length - 1, -1] }[event.key]
    if (way) walk(code, ...way)
    else if (event.key === "Enter" || event.key === " ") hold(code, code.at)
    else if (event.key === "Escape") hold(code, -1)
    else return
    event.preventDefault()
  }
}

// To a line, or where it is empty to the next one that way.
function walk(code, i, by) {
  while (code.rows[i] && !code.rows[i].line.trim()) i += by
  if (!code.rows[i]) return
  point(code, i)
  code.rows[i].scrollIntoView({ block: "nearest" })
}

function point(code, i) {
  code.rows.forEach((element, place) => element.classList.toggle("here", place === i))
  i >= 0 ? code.lines.setAttribute("aria-activedescendant", `line${i}`) : code.lines.removeAttribute("aria-activedescendant")
  if (i !== code.at) tell(code, i)
}

function hold(code, i) {
  code.held = i === code.held ? -1 : i
  code.rows.forEach((element, place) => {
    element.classList.toggle("held", place === code.held)
    if (element.line.trim()) element.setAttribute("aria-selected", String(place === code.held))
  })
  point(code, code.held)
  if (code.held >= 0) tell(code, code.held, true)
}

function tell(code, i, come = false) {
  code.at = i
  const detail = i >= 0 && makes(code, i) ? { ...code.data.marks[i], come } : null
  document.dispatchEvent(new CustomEvent(MARKED, { detail }))
}
