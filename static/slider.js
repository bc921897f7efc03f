// A group of live sliders: the browser's own range and number inputs, one row for each value.
//
// Reports go to Python while a slider is dragged. A report is the group's text (see slider.py), a
// number, and whether the value is final: final ones also go into the link. The next report waits
// until Python has answered the last one and the page is quiet, so that a slow page is never
// interrupted before it has drawn; the newest value is always sent in the end. A value that is final
// in the moment in which it is set is reported once, as final.
//
// What is set may also move by itself: VALUE carries a part and its value of this moment, which its
// slider shows while no hand is on it.

const POINTED = "nnlab:pointed"
const VALUE = "nnlab:value"
const SEPARATOR = "_"
const PAUSE_MS = 50
const PATIENCE_MS = 1500
const KEYS_REST_MS = 300
const APP = "[data-testid=stApp]"
const STATE = "data-test-script-state"
const BUSY = `${APP}[${STATE}=running]`
const STYLE = `
:host { display: block; container-type: inline-size; }
.group { display: grid; gap: .125rem 1.5rem; grid-template-columns: repeat(auto-fill, minmax(min(100%, 17rem), 1fr)); }
.row { display: grid; grid-template-columns: min(var(--label), 40%) minmax(4rem, 1fr) 5rem; gap: 0 .625rem;
  align-items: center; min-height: 2.25rem; padding: 0 .375rem; border-radius: var(--st-base-radius); }
.row.lit { background: var(--st-secondary-background-color); box-shadow: inset 0 0 0 1px var(--st-border-color); }
label { font-size: .875rem; overflow-wrap: anywhere; }
input { font: inherit; color: inherit; margin: 0; box-sizing: border-box; accent-color: var(--st-primary-color); }
input[type=range] { width: 100%; min-height: 1.75rem; cursor: grab; touch-action: pan-y; }
input[type=range]:active { cursor: grabbing; }
input[type=number] { width: 100%; min-height: 1.75rem; padding: 0 .375rem; font-size: .875rem; text-align: right;
  font-variant-numeric: tabular-nums; background: var(--st-background-color);
  border: 1px solid color-mix(in srgb, var(--st-text-color) 55%, transparent); border-radius: var(--st-base-radius);
  appearance: textfield; -moz-appearance: textfield; }
input[type=number]::-webkit-inner-spin-button { appearance: none; margin: 0; }
input:focus-visible { outline: 2px solid var(--st-primary-color); outline-offset: 2px; }
.said { grid-column: 1 / -1; font-size: .8125rem; margin: 0; }
@container (max-width: 15rem) {
  .row { grid-template-columns: minmax(0, 1fr) 4.5rem; padding: 0; }
  .row > input[type=range] { grid-area: 2 / 1 / auto / -1; min-height: 1.375rem; }
}
`

// A scale turns a value into its place on the slider and back. `neat` takes off what floating point
// adds: 0.30000000000000004 is 0.3.
const SCALES = {
  linear: {
    place: (value) => value,
    value: (place, { step }) => Number(place.toFixed(decimals(step))),
  },
  whole: { place: (value) => value, value: (place) => Math.round(place) },
  log: {
    place: (value) => Math.log10(value),
    value: (place) => Number((10 ** place).toPrecision(2)),
  },
}

const decimals = (step) => (String(step).split(".")[1] ?? "").length
const clamp = (value, { minimum, maximum }) => Math.min(Math.max(value, minimum), maximum)
const shown = (value) => String(Number(value.toPrecision(4)))

const groups = new WeakMap()

export default function show(component) {
  const { parentElement, data } = component
  const group = groups.get(parentElement) ?? mount(parentElement)
  group.send = (report) => component.setStateValue("report", report)
  const shape = JSON.stringify([data.rows.map(({ label, part }) => [label, part]), data.scale])
  group.data = data
  if (shape !== group.shape) build(group, shape)
  if (data.answered === group.asked) group.asked = null
  group.rows.forEach((row, i) => (row.default = data.rows[i].default))
  if (!group.asked && !group.dirty) follow(group)
  pump(group)
  return () => parentElement.isConnected || unmount(parentElement, group)
}

function mount(parent) {
  const style = document.createElement("style")
  style.textContent = STYLE
  const root = document.createElement("div")
  root.className = "group"
  parent.append(style, root)
  const group = { root, rows: [], asked: null, dirty: false, number: Date.now(), sentAt: -Infinity }
  group.listen = (event) => group.rows.forEach((row) => row.element.classList.toggle("lit", Boolean(row.part) && row.part === event.detail))
  document.addEventListener(POINTED, group.listen)
  group.heed = (event) => move(group, event.detail)
  document.addEventListener(VALUE, group.heed)
  root.addEventListener("focusout", () => settle(group))
  group.watch = new MutationObserver(() => pump(group))
  group.watch.observe(document.querySelector(APP) ?? document.body, { attributeFilter: [STATE] })
  groups.set(parent, group)
  return group
}

function unmount(parent, group) {
  document.removeEventListener(POINTED, group.listen)
  document.removeEventListener(VALUE, group.heed)
  group.watch.disconnect()
  clearTimeout(group.timer)
  clearTimeout(group.rest)
  groups.delete(parent)
}

// ---- rows ----

function build(group, shape) {
  group.shape = shape
  group.rows = group.data.rows.map((given, i) => makeRow(group, given, i))
  const longest = Math.max(...group.data.rows.map(({ label }) => width(label)))
  group.root.style.setProperty("--label", `${longest + 1}ch`)
  group.root.replaceChildren(...group.rows.map((row) => row.element))
}

function makeRow(group, given, i) {
  const { scale } = group.data
  const kind = SCALES[scale.kind]
  const label = make("label", { htmlFor: `range${i}`, textContent: given.label })
  const range = make("input", { type: "range", id: `range${i}` })
  range.min = kind.place(scale.minimum)
  range.max = kind.place(scale.maximum)
  range.step = scale.step
  const number = make("input", { type: "number", id: `number${i}`, step: "any", inputMode: "decimal" })
  number.setAttribute("aria-label", group.data.exact.replace("{label}", given.label))
  const said = make("p", { className: "said" })
  said.setAttribute("role", "status")
  const element = make("div", { className: "row" })
  element.append(label, range, number, said)
  const row = { element, range, number, said, kind, value: given.value, part: given.part, held: false }
  listen(group, row)
  draw(row)
  return row
}

// In the width of a Latin letter; Chinese characters are twice as wide.
const width = (label) => [...label].reduce((sum, letter) => sum + (letter > "\u2e7f" ? 2 : 1), 0)

const make = (name, properties) => Object.assign(document.createElement(name), properties)

function listen(group, row) {
  const { range, number, kind } = row
  range.onpointerdown = () => (row.held = true)
  range.onpointerup = range.onpointercancel = () => (row.held = false)
  range.oninput = () => set(group, row, kind.value(Number(range.value), group.data.scale))
  range.onchange = () => (row.keyed ? rest(group) : settle(group))
  range.onkeydown = () => (row.keyed = true)
  range.onkeyup = range.onblur = () => (row.keyed = false)
  number.onfocus = () => {
    number.value = row.value
    number.select()
  }
  number.onblur = () => draw(row)
  number.onkeydown = (event) => step(group, row, event)
  number.onchange = () => typed(group, row)
  const point = (part) => row.part && document.dispatchEvent(new CustomEvent(POINTED, { detail: part }))
  row.element.onpointerenter = row.element.onfocusin = () => point(row.part)
  row.element.onpointerleave = row.element.onfocusout = () => point(null)
}

function set(group, row, value) {
  row.value = clamp(value, group.data.scale)
  row.said.textContent = ""
  draw(row)
  group.dirty = true
  clearTimeout(group.timer)
  group.timer = setTimeout(() => pump(group))
}

function typed(group, row) {
  const { scale, allowed } = group.data
  const value = row.number.value === "" ? NaN : Number(row.number.value)
  const exact = scale.kind === "whole" ? Math.round(value) : value
  if (Number.isFinite(exact)) set(group, row, exact)
  row.said.textContent = row.value === exact ? "" : allowed
  row.number.value = row.value
  settle(group)
}

// The arrows in the number entry move by the slider's step: the browser's own step would be 1.
function step(group, row, event) {
  const direction = { ArrowUp: 1, ArrowDown: -1 }[event.key]
  if (!direction) return
  event.preventDefault()
  const { kind } = row
  const { scale } = group.data
  set(group, row, kind.value(kind.place(row.value) + direction * scale.step, scale))
  row.number.value = row.value
  rest(group)
}

function draw(row) {
  const { range, number, value } = row
  const place = String(row.kind.place(value))
  if (!row.held && range.value !== place) range.value = place
  range.setAttribute("aria-valuetext", shown(value))
  number.title = value
  if (number.getRootNode().activeElement !== number) number.value = shown(value)
}

// Python's values are shown unless the learner is ahead of them.
function follow(group) {
  group.rows.forEach((row, i) => {
    if (row.held) return
    row.value = group.data.rows[i].value
    draw(row)
  })
}

// A value that has moved by itself is no longer at its default, whatever that was.
function move(group, { part, value }) {
  if (group.asked || group.dirty || group.unsettled) return
  for (const row of group.rows.filter((row) => row.part === part && !row.held && !row.keyed)) {
    row.value = clamp(Number(value.toFixed(6)), group.data.scale)
    row.default = null
    draw(row)
  }
}

// ---- reports ----

const textOf = (group) =>
  group.rows.map((row) => (row.value === row.default ? "" : String(row.value))).join(SEPARATOR).replace(/_+$/, "")

// Called whenever something changes: a value, Python's answer, the page's rest, the time.
function pump(group) {
  clearTimeout(group.timer)
  if (!group.dirty) return
  const pause = group.asked || document.querySelector(BUSY) ? PATIENCE_MS : PAUSE_MS
  const wait = group.sentAt + pause - performance.now()
  if (wait > 0) group.timer = setTimeout(() => pump(group), wait)
  else report(group, false)
}

function report(group, final) {
  clearTimeout(group.timer)
  group.dirty = false
  group.sentAt = performance.now()
  group.asked = group.number = Math.max(group.number + 1, Date.now())
  group.unsettled = !final
  const said = { text: textOf(group), number: group.number, final }
  globalThis.nnlabPost(() => group.send(said))
}

// The value is what the learner wants: into the link with it. Arrow keys first come to rest.
function settle(group) {
  clearTimeout(group.rest)
  if (!group.dirty && !group.unsettled) return
  report(group, true)
}

function rest(group) {
  clearTimeout(group.rest)
  group.rest = setTimeout(() => settle(group), KEYS_REST_MS)
}
