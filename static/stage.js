// The playground's stage: the buttons of the player, and the network as it is at this moment, every
// unit with its map. Python sends frames (see nnlab/ui/playground/stage.py): a header in JSON, then
// bytes. What belongs to the Plotly views of the page is passed on to them by one event, FRAME; a
// view that has come after the frame says so by WAITING, and gets it again. The slider of the part
// that is picked gets its value by VALUE.
//
// While it plays, each frame that arrives asks for the next one, so that a slow browser is never
// flooded and a hidden one stops the training.

const FRAME = "nnlab:frame"
const WAITING = "nnlab:waiting"
const VALUE = "nnlab:value"
const MARKED = "nnlab:marked"
const ACT = "nnlab:act"
const PATIENCE_MS = 4000
const LONGEST_PAUSE_MS = 2000
const REACH_PX = 6
const TALLEST = 480
// A teacher who hides or locks the layers (see guide.js) means these too.
const NETWORK_KEY = "st-key-play_layer_stage"
const NAMED_PX = 16
const NAME_FONT = "12px sans-serif"
const STYLE = `
.nnlab-stage { display: grid; gap: .5rem; }
.nnlab-stage .bar { display: flex; flex-wrap: wrap; gap: .375rem; align-items: center; }
.nnlab-stage button { font: inherit; font-size: .875rem; color: inherit; background: var(--st-background-color); cursor: pointer;
  border: 1px solid color-mix(in srgb, var(--st-text-color) 45%, transparent); border-radius: var(--st-base-radius); min-height: 2.25rem; padding: 0 .5rem; }
.nnlab-stage button.main { background: var(--st-primary-color); color: light-dark(#fff, #0b1016); border-color: transparent; min-width: 4.5rem; font-weight: 600; }
.nnlab-stage button:hover { border-color: var(--st-primary-color); }
.nnlab-stage button:disabled { opacity: .5; cursor: default; }
.nnlab-stage :focus-visible { outline: 2px solid var(--st-primary-color); outline-offset: 2px; }
.nnlab-stage .said { display: grid; grid-template-columns: repeat(auto-fill, minmax(6.75rem, 1fr)); gap: .25rem .75rem; font-variant-numeric: tabular-nums; }
.nnlab-stage .said > span { display: grid; font-size: .8125rem; line-height: 1.25; }
.nnlab-stage .said b { font-size: 1.25rem; font-weight: 600; line-height: 1.2; }
.nnlab-stage .aside { font-size: .8125rem; opacity: .85; font-variant-numeric: tabular-nums; }
.nnlab-stage .time { display: grid; grid-template-columns: auto 1fr auto; gap: .625rem; align-items: center; font-size: .875rem; }
.nnlab-stage .track { position: relative; display: grid; }
.nnlab-stage .marks { position: absolute; inset: 0 .5rem; pointer-events: none; }
.nnlab-stage .marks i { position: absolute; top: 0; height: 100%; margin-left: -1px; box-sizing: border-box;
  border-left: 2px solid; background: color-mix(in srgb, currentColor 30%, transparent); }
.nnlab-stage input[type=range] { width: 100%; min-height: 1.75rem; accent-color: var(--st-primary-color); margin: 0; touch-action: pan-y; }
.nnlab-stage select { font: inherit; font-size: .875rem; color: inherit; background: var(--st-background-color); min-height: 2.25rem;
  border: 1px solid color-mix(in srgb, var(--st-text-color) 45%, transparent); border-radius: var(--st-base-radius); }
.nnlab-stage .net { position: relative; }
.nnlab-stage .net > canvas { display: block; width: 100%; border-radius: var(--st-base-radius); }
.nnlab-stage .net > canvas.marked { outline: 3px solid var(--st-primary-color); outline-offset: 3px; }
.nnlab-stage .ahead { display: flex; }
.nnlab-stage .ahead input { font: inherit; font-size: .875rem; color: inherit; background: var(--st-background-color); width: 2.75rem; min-width: 0; padding: 0 .25rem;
  text-align: center; appearance: textfield; -moz-appearance: textfield; margin: 0; border-radius: var(--st-base-radius) 0 0 var(--st-base-radius);
  border: 1px solid color-mix(in srgb, var(--st-text-color) 45%, transparent); border-right: none; }
.nnlab-stage .ahead input::-webkit-inner-spin-button { appearance: none; margin: 0; }
.nnlab-stage .ahead button { border-radius: 0 var(--st-base-radius) var(--st-base-radius) 0; }
.nnlab-stage .feet { position: relative; font-size: .75rem; }
.nnlab-stage .feet > * { position: absolute; transform: translate(-50%, -50%); }
.nnlab-stage .feet button, .nnlab-stage .heads button { min-width: 1.5rem; padding: 0; text-align: center; }
.nnlab-stage .feet button { min-height: 1.5rem; line-height: 1; border-radius: 50%; }
.nnlab-stage .heads { position: relative; height: 4.25rem; font-size: .75rem; text-align: center; }
.nnlab-stage .heads > div { position: absolute; top: 0; transform: translateX(-50%); line-height: 1.2; }
.nnlab-stage .heads > div { bottom: 0; top: auto; }
.nnlab-stage .heads button { min-height: 1.5rem; line-height: 1; }
.nnlab-stage .heads .narrow > span { display: inline-grid; }
.nnlab-stage .tip { position: absolute; pointer-events: none; z-index: 2; padding: .375rem .5rem; font-size: .8125rem; line-height: 1.3;
  background: var(--st-background-color); border: 1px solid var(--st-border-color); border-radius: var(--st-base-radius); box-shadow: 0 2px 8px rgb(0 0 0 / .2); }
.nnlab-stage .tip canvas { display: block; width: 120px; height: 120px; image-rendering: pixelated; margin-top: .25rem; }
@media (max-width: 640px), (max-height: 760px) {
  .nnlab-stage { gap: .375rem; }
  .nnlab-stage .bar { gap: .25rem; }
  .nnlab-stage button { padding: 0 .4375rem; }
  .nnlab-stage select { flex: 1 1 6rem; min-width: 0; max-width: 10rem; }
  .nnlab-stage .said { grid-template-columns: repeat(3, 1fr); gap: .125rem .5rem; }
  .nnlab-stage .said > span { font-size: .75rem; }
  .nnlab-stage .said b { font-size: 1rem; }
  .nnlab-stage .heads { font-size: .6875rem; }
}
`

const stages = new WeakMap()

export default function show(component) {
  const { parentElement, data } = component
  const stage = stages.get(parentElement) ?? mount(parentElement)
  stage.report = (action) => component.setTriggerValue("act", action)
  stage.tick = (number) => component.setTriggerValue("tick", number)
  take(stage, data)
  return () => parentElement.isConnected || unmount(parentElement, stage)
}

function mount(parent) {
  addStyleOnce()
  const stage = { root: make("div", { className: "nnlab-stage" }), header: {}, taken: 0, pointed: null, timers: [], waiting: [] }
  build(stage)
  parent.append(stage.root)
  stage.observer = new ResizeObserver(() => draw(stage))
  stage.observer.observe(stage.net)
  stage.listen = (event) => stage.report(event.detail)
  document.addEventListener(ACT, stage.listen)
  stage.answer = () => stage.payload && passOn(stage)
  document.addEventListener(WAITING, stage.answer)
  stage.heed = (event) => lightUp(stage, event.detail)
  document.addEventListener(MARKED, stage.heed)
  stages.set(parent, stage)
  return stage
}

function unmount(parent, stage) {
  stage.observer.disconnect()
  ;[...stage.timers, ...stage.waiting].forEach(clearTimeout)
  document.removeEventListener(ACT, stage.listen)
  document.removeEventListener(WAITING, stage.answer)
  document.removeEventListener(MARKED, stage.heed)
  stage.root.remove()
  stages.delete(parent)
}

function addStyleOnce() {
  if (document.getElementById("nnlab-stage-style")) return
  document.head.append(make("style", { id: "nnlab-stage-style", textContent: STYLE }))
}

function make(name, properties = {}, ...children) {
  const element = Object.assign(document.createElement(name), properties)
  element.append(...children)
  return element
}

// ---- the parts of the stage ----

function build(stage) {
  const act = (kind, more = {}) => () => stage.report({ kind, ...more, number: Date.now() })
  const button = (kind, more) => make("button", { type: "button", onclick: act(kind, more) })
  stage.play = make("button", { type: "button", className: "main" })
  stage.play.onclick = () => stage.report({ kind: stage.header.playing ? "pause" : "play", number: Date.now() })
  stage.buttons = {
    reset: button("reset"), fresh: button("fresh"), step: button("step"), epoch: button("epoch"), epochs: button("epochs"),
    undo: button("undo"), redo: button("redo"),
  }
  stage.speed = make("select")
  stage.speed.onchange = () => stage.report({ kind: "speed", value: stage.speed.value, number: Date.now() })
  stage.said = make("div", { className: "said" })
  stage.said.setAttribute("role", "status")
  stage.said.setAttribute("aria-live", "off")
  stage.range = make("input", { type: "range", min: 0, step: 1 })
  stage.range.oninput = () => seek(stage)
  stage.range.onchange = () => (stage.settling = true)
  stage.rangeLabel = make("span")
  stage.rangeValue = make("span")
  stage.marks = make("div", { className: "marks" })
  stage.marks.ariaHidden = "true"
  stage.engine = make("div", { className: "aside" })
  stage.heads = make("div", { className: "heads" })
  stage.feet = make("div", { className: `feet ${NETWORK_KEY}` })
  stage.canvas = make("canvas", { tabIndex: 0 })
  stage.canvas.setAttribute("role", "img")
  stage.tip = make("div", { className: "tip", hidden: true })
  stage.keep = make("nnlab-keep")
  stage.net = make("div", { className: "net" }, stage.keep, stage.canvas, stage.tip)
  const { reset, fresh, step, epoch, epochs, undo, redo } = stage.buttons
  stage.ahead = make("input", { type: "number", min: 1, max: 1000, inputMode: "numeric" })
  stage.ahead.onchange = () => stage.report({ kind: "ahead", value: Number(stage.ahead.value) || stage.header.ahead, number: Date.now() })
  const ahead = make("span", { className: "ahead" }, stage.ahead, epochs)
  const bar = make("div", { className: "bar" }, stage.play, step, epoch, ahead, reset, fresh, undo, redo, stage.speed)
  const time = make("label", { className: "time" }, stage.rangeLabel, make("span", { className: "track" }, stage.range, stage.marks), stage.rangeValue)
  stage.root.append(bar, stage.said, time, stage.heads, stage.net, stage.feet, stage.engine)
  listenToPointer(stage)
}

// One seek at a time: the newest place is sent when the last one has been answered.
function seek(stage) {
  stage.sought = Number(stage.range.value)
  stage.rangeValue.textContent = stage.sought
  if (!stage.seeking) sendSeek(stage)
}

function sendSeek(stage) {
  stage.seeking = stage.sought !== undefined
  if (!stage.seeking && stage.settling) stage.report({ kind: "settle", number: Date.now() })
  if (!stage.seeking) return (stage.settling = false)
  const place = stage.sought
  stage.sought = undefined
  stage.report({ kind: "seek", value: place, number: Date.now() })
}

// ---- frames ----

// Several frames may come at once: they are shown one after the other, until more come.
function take(stage, bytes) {
  const frames = []
  for (let at = 0, size; at < bytes.length; at += 4 + size) {
    size = lengthAt(bytes, at)
    frames.push(unrolled(bytes.subarray(at + 4, at + 4 + size)))
  }
  if (frames.at(-1)?.header.number === stage.taken) return
  const now = performance.now()
  const pause = Math.min(Math.max(now - (stage.takenAt ?? now), 32), LONGEST_PAUSE_MS) / frames.length
  Object.assign(stage, { taken: frames.at(-1).header.number, takenAt: now })
  stage.waiting.forEach(clearTimeout)
  goOn(stage, frames.at(-1).header)
  const [first, ...rest] = frames
  showFrame(stage, first)
  stage.waiting = rest.map((frame, i) => setTimeout(() => showFrame(stage, frame), (i + 1) * pause))
}

const lengthAt = (bytes, at) => new DataView(bytes.buffer, bytes.byteOffset + at).getUint32(0, true)

function unrolled(bytes) {
  const size = lengthAt(bytes, 0)
  return { header: JSON.parse(new TextDecoder().decode(bytes.subarray(4, 4 + size))), payload: bytes.slice(4 + size) }
}

function showFrame(stage, { header, payload }) {
  if (!header.still && !stage.still) return stage.report({ kind: "whole", number: Date.now() })
  const fresh = header.still && JSON.stringify(header.still) !== stage.stillText
  Object.assign(stage, { header, payload })
  if (fresh) Object.assign(stage, { still: header.still, stillText: JSON.stringify(header.still) })
  if (fresh) furnish(stage)
  unpack(stage)
  say(stage)
  draw(stage)
  passOn(stage)
  stage.root.dataset.frame = header.number
  sendSeek(stage)
}

// Floats first: curves, then weights; then bytes: the big map, then the units' maps.
function unpack(stage) {
  const { header, payload } = stage
  let at = 0
  const floats = (count) => new Float32Array(payload.buffer, (at += 4 * count) - 4 * count, count)
  const bytes = (count) => payload.subarray(at, (at += count))
  stage.curves = header.curves.map(({ name, count }) => ({ name, x: floats(count), y: floats(count) }))
  stage.weights = header.weights.map(([units, inputs]) => ({ inputs, weight: floats(units * inputs), bias: floats(units) }))
  stage.lines = (header.lines ?? []).map(({ name, count }) => ({ name, x: floats(count), y: floats(count) }))
  stage.big = header.big ? { ...header.big, bytes: bytes(header.big.width * header.big.height) } : null
  stage.maps = header.maps.map((count) => Array.from({ length: count }, () => bytes(header.side[0] * header.side[1])))
}

function goOn(stage, { playing, number, wait }) {
  stage.timers.forEach(clearTimeout)
  stage.timers = []
  if (!playing) return
  const ask = () => globalThis.nnlabPost(() => stage.root.isConnected && stage.tick(number))
  // A page that is not looked at gets no animation frame. One that is need not wait for it: the
  // server makes the next frame while this one is drawn.
  const soon = () => (document.hidden ? requestAnimationFrame(ask) : ask())
  stage.timers = [setTimeout(soon, wait), setTimeout(ask, PATIENCE_MS + wait)]
}

// What the page's Plotly views show of this frame.
function passOn(stage) {
  const { still, header, curves, lines, big } = stage
  if (big) tell(still.views.big, { images: [enlarged(stage).toDataURL()] })
  if (lines.length) tell(still.views.big, { traces: lines })
  if (header.traces) tell(still.views.curve, { traces: curves })
  tellValue(stage)
}

function tellValue({ header: { picked }, weights }) {
  const [, kind, layer, unit, source] = /^([wb])(\d+)\.(\d+)(?:\.(\d+))?$/.exec(picked) ?? []
  const { inputs, weight, bias } = weights[layer] ?? {}
  const value = kind === "w" ? weight?.[unit * inputs + Number(source)] : bias?.[unit]
  if (Number.isFinite(value)) document.dispatchEvent(new CustomEvent(VALUE, { detail: { part: picked, value } }))
}

// The unit that is pointed at, as large as the plane; else what the network says.
function enlarged(stage) {
  const { still, header, big, maps, pointed } = stage
  const found = /^(?:u(\d+)\.|x)(\d+)$/.exec(pointed ?? "")
  const map = found && !header.bars && maps[found[1] === undefined ? 0 : Number(found[1]) + 1]?.[Number(found[2])]
  return map ? picture(map, ...header.side, still.faint) : picture(big.bytes, big.width, big.height, still.palette)
}

function tell(view, change) {
  document.dispatchEvent(new CustomEvent(FRAME, { detail: { view, ...change } }))
}

function picture(bytes, width, height, palette) {
  const canvas = make("canvas", { width, height })
  const context = canvas.getContext("2d")
  const image = context.createImageData(width, height)
  for (let place = 0; place < bytes.length; place++) {
    const row = height - 1 - Math.floor(place / width)
    const to = 4 * (row * width + (place % width))
    const from = 3 * bytes[place]
    image.data[to] = palette[from]
    image.data[to + 1] = palette[from + 1]
    image.data[to + 2] = palette[from + 2]
    image.data[to + 3] = 255
  }
  context.putImageData(image, 0, 0)
  return canvas
}

// ---- saving ----

// The network as it is drawn, on the page's own background.
function picturedNetwork({ root, canvas }) {
  const copy = make("canvas", { width: canvas.width, height: canvas.height })
  const context = copy.getContext("2d")
  context.fillStyle = getComputedStyle(root).getPropertyValue("--st-background-color")
  context.fillRect(0, 0, copy.width, copy.height)
  context.drawImage(canvas, 0, 0)
  return new Promise((done) => copy.toBlob(done, "image/png"))
}

// Every weight and bias by its part's name.
function numbers({ weights }) {
  const rows = weights.flatMap(({ inputs, weight, bias }, layer) => [
    ...Array.from(weight, (value, i) => [`w${layer}.${Math.floor(i / inputs)}.${i % inputs}`, value]),
    ...Array.from(bias, (value, unit) => [`b${layer}.${unit}`, value]),
  ])
  return [["part", "value"], ...rows]
}

// ---- words and buttons ----

function furnish(stage) {
  const { texts, speeds } = stage.still
  for (const [name, button] of Object.entries(stage.buttons)) {
    button.textContent = texts[name].label.replace("{count}", "").trim()
    button.title = texts[name].title
    button.setAttribute("aria-label", texts[name].name ?? texts[name].label)
  }
  stage.speed.replaceChildren(...speeds.map(([value, label]) => make("option", { value, textContent: label })))
  stage.speed.setAttribute("aria-label", texts.speed)
  stage.ahead.setAttribute("aria-label", texts.ahead)
  stage.ahead.title = texts.ahead
  stage.rangeLabel.textContent = texts.time
  stage.canvas.setAttribute("aria-label", texts.network)
  const files = { png: () => picturedNetwork(stage), csv: () => numbers(stage) }
  stage.keep.offer = { name: "network", texts: texts.keep, files }
  place(stage)
}

function say(stage) {
  const { header, still } = stage
  stage.play.textContent = header.playing ? still.texts.pause : still.texts.play
  stage.speed.value = header.speed
  if (document.activeElement !== stage.ahead) stage.ahead.value = header.ahead
  stage.buttons.epochs.setAttribute("aria-label", still.texts.epochs.label.replace("{count}", header.ahead))
  for (const [name, enabled] of Object.entries(header.enabled)) {
    const button = name === "play" ? stage.play : stage.buttons[name]
    button.disabled = !enabled
  }
  stage.said.replaceChildren(...header.said.map(([name, value]) => make("span", {}, `${name} `, make("b", { textContent: value }))))
  stage.range.max = header.newest
  stage.range.setAttribute("aria-valuetext", `${still.texts.time} ${header.at}`)
  if (document.activeElement !== stage.range || !stage.seeking) stage.range.value = header.step
  stage.rangeValue.textContent = header.at
  stage.engine.textContent = header.engine
  showChanges(stage)
}

// Where something was changed on the way.
function showChanges(stage) {
  const { marks, newest } = stage.header
  const share = 100 / Math.max(newest, 1)
  stage.marks.replaceChildren(...marks.map(([first, last, text]) => {
    const tick = make("i", { title: text })
    tick.style.left = `${first * share}%`
    tick.style.width = `max(2px, ${(last - first) * share}%)`
    tick.style.color = stage.still.colors.selected
    return tick
  }))
}

// ---- the network ----

const columns = (stage) => [stage.still.inputs, ...stage.still.layers.map(({ units }) => units)]

function place(stage) {
  const width = stage.net.clientWidth
  if (!width || !stage.still) return
  const counts = columns(stage).map((names) => names.length)
  const rooms = counts.map((count) => sized(count, room(stage), width / counts.length))
  const margin = marginFor(stage, width / counts.length, rooms[0].size, counts.length)
  const gap = (width - margin) / counts.length
  const height = Math.max(150, ...counts.map((count, column) => count * rooms[column].pitch + 12))
  const x = counts.map((_count, column) => margin + gap * (column + 0.5))
  const y = counts.map((count, column) => Array.from({ length: count }, (_, unit) => height / 2 + (unit - (count - 1) / 2) * rooms[column].pitch))
  stage.place = { width, height, sizes: rooms.map(({ size }) => Math.min(size, gap * 0.6)), gap, x, y }
  const ratio = window.devicePixelRatio || 1
  stage.canvas.width = width * ratio
  stage.canvas.height = height * ratio
  stage.canvas.style.height = `${height}px`
  heads(stage)
  feet(stage)
}

// How large so many units are, and how far apart: where there are many, they stand close together,
// and may take half of the window.
function sized(count, height, gap) {
  const most = Math.min(TALLEST, window.innerHeight / 2)
  const size = Math.min(56, gap * 0.5, Math.max(height / count - 7, Math.min(22, (most - 40) / count - 5)))
  if (size >= 9) return { size, pitch: size + 7 }
  const pitch = Math.max(most / count, 4)
  return { size: pitch * 0.8, pitch }
}

// The width that the names of the inputs need: all columns move together to make room.
function marginFor(stage, gap, size, count) {
  if (size < NAMED_PX) return 0
  const context = stage.canvas.getContext("2d")
  context.font = NAME_FONT
  const longest = Math.max(...stage.still.inputs.map((name) => context.measureText(named(name)).width))
  return Math.max(0, (longest + 6 - (gap - size) / 2) / (1 - 1 / (2 * count)))
}

const named = (text) => (text.length > 13 ? `${text.slice(0, 12)}…` : text)

// The height that is left for the network in the window.
function room(stage) {
  const scrolled = stage.root.closest("[data-testid=stMain]")?.scrollTop ?? 0
  const left = window.innerHeight - stage.net.getBoundingClientRect().top - scrolled - 24
  return Math.min(Math.max(left, 200), TALLEST)
}

// The names of the layers, and what adds and takes away units.
function heads(stage) {
  const { still, place: { x, gap } } = stage
  const last = still.layers.length - 1
  const wide = gap >= 64
  const parts = [make("div", { textContent: wide ? still.texts.inputs : "x" })]
  still.layers.forEach((layer, number) => {
    const head = make("div", { className: gap < 52 ? "narrow" : "" }, wide ? layer.name : layer.short, make("br"), wide ? layer.activation : "")
    head.title = `${layer.name}, ${layer.activation}`
    if (number < last) head.append(make("br"), make("span", { className: NETWORK_KEY }, ...sizers(stage, number, layer)))
    parts.push(head)
  })
  parts.forEach((part, column) => Object.assign(part.style, { left: `${x[column]}px`, maxWidth: `${gap - 2}px` }))
  keepingFocus(stage.heads, () => stage.heads.replaceChildren(...parts))
}

function sizers(stage, number, layer) {
  const { texts, most } = stage.still
  const [fewest, fullest] = [layer.units.length <= 1, layer.units.length >= most.units]
  return [["−", -1, texts.fewer, fewest], ["+", 1, texts.more, fullest]].map(([sign, by, text, disabled]) => (
    changer(stage, { kind: "units", value: number, by }, { sign, text: `${layer.name}: ${text}`, disabled })
  ))
}

// Under the network: a layer is taken away below it, and put in between two.
function feet(stage) {
  const { still: { layers, texts, most }, place: { x, gap } } = stage
  const hidden = layers.length - 1
  const rows = gap < 56 ? [12, 38] : [14, 14]
  const at = (part, left, top) => Object.assign(part.style, { left: `${left}px`, top: `${top}px` })
  const parts = []
  for (let place = 0; place <= hidden; place++) {
    const after = place ? layers[place - 1].name : texts.inputs
    const more = changer(stage, { kind: "layers", value: place, by: 1 }, { sign: "+", text: texts.insert.replace("{layer}", after), disabled: hidden >= most.layers })
    at(more, (x[place] + x[place + 1]) / 2, rows[0])
    parts.push(more)
    if (place === hidden) break
    const fewer = changer(stage, { kind: "layers", value: place, by: -1 }, { sign: "−", text: texts.remove.replace("{layer}", layers[place].name) })
    at(fewer, x[place + 1], rows[1])
    parts.push(fewer)
  }
  const name = make("span", { textContent: gap < 56 ? "" : texts.layers })
  at(name, x[0], rows[1])
  stage.feet.style.height = `${rows[1] + 14}px`
  keepingFocus(stage.feet, () => stage.feet.replaceChildren(name, ...parts))
}

function changer(stage, act, { sign, text, disabled = false }) {
  const button = make("button", { type: "button", textContent: sign, title: text, disabled })
  button.setAttribute("aria-label", text)
  button.onclick = () => stage.report({ ...act, number: Date.now() })
  button.dataset.act = JSON.stringify(act)
  return button
}

// Who works with the keys goes on where they were, or at the next button that is left.
function keepingFocus(parent, rebuild) {
  const held = parent.contains(document.activeElement) ? document.activeElement : null
  const place = held ? [...parent.querySelectorAll("button")].indexOf(held) : -1
  rebuild()
  if (!held) return
  const buttons = [...parent.querySelectorAll("button")]
  const same = buttons.find(({ dataset }) => dataset.act === held.dataset.act)
  ;[same, ...buttons.slice(0, place).reverse(), ...buttons].find((button) => button && !button.disabled)?.focus()
}

function draw(stage) {
  if (!stage.still || !stage.maps) return
  if (stage.place?.width !== stage.net.clientWidth || stage.heads.childElementCount !== columns(stage).length) place(stage)
  if (!stage.place) return
  const context = stage.canvas.getContext("2d")
  const ratio = window.devicePixelRatio || 1
  context.setTransform(ratio, 0, 0, ratio, 0, 0)
  context.clearRect(0, 0, stage.place.width, stage.place.height)
  const style = getComputedStyle(stage.root)
  const colors = { text: style.getPropertyValue("--st-text-color"), background: style.getPropertyValue("--st-background-color"), ...stage.still.colors }
  drawEdges(context, stage, colors)
  drawUnits(context, stage, colors)
}

function drawEdges(context, stage, colors) {
  const { x, y, sizes } = stage.place
  stage.weights.forEach(({ inputs, weight }, layer) => {
    const limit = Math.max(1e-9, ...Array.from(weight, (value) => (Number.isFinite(value) ? Math.abs(value) : 0)))
    weight.forEach((value, index) => {
      const [unit, source] = [Math.floor(index / inputs), index % inputs]
      const share = Math.min(1, Math.abs(value) / Math.max(limit, 1))
      const from = [x[layer] + sizes[layer] / 2, y[layer][source]]
      const to = [x[layer + 1] - sizes[layer + 1] / 2, y[layer + 1][unit]]
      const lit = stage.pointed === `w${layer}.${unit}.${source}` || stage.header.picked === `w${layer}.${unit}.${source}` || isMarked(stage, `w${layer}.${unit}.${source}`)
      context.strokeStyle = lit ? colors.selected : value < 0 ? colors.negative : colors.positive
      context.globalAlpha = lit ? 1 : 0.25 + 0.75 * share
      context.lineWidth = lit ? 5 : 0.5 + 4.5 * share
      context.setLineDash(value < 0 ? [5, 4] : [])
      context.beginPath()
      context.moveTo(...from)
      context.bezierCurveTo((from[0] + to[0]) / 2, from[1], (from[0] + to[0]) / 2, to[1], ...to)
      context.stroke()
    })
  })
  context.globalAlpha = 1
  context.setLineDash([])
}

function drawUnits(context, stage, colors) {
  const { x, y, sizes } = stage.place
  context.imageSmoothingEnabled = true
  stage.maps.forEach((maps, column) => maps.forEach((bytes, unit) => {
    const size = sizes[column]
    const [left, top] = [x[column] - size / 2, y[column][unit] - size / 2]
    const [width, height] = stage.header.side
    if (stage.header.bars) drawBars(context, bytes, [left, top, size, size], colors)
    else context.drawImage(picture(bytes, width, height, stage.still.shades), left, top, size, size)
    const id = column ? `u${column - 1}.${unit}` : `x${unit}`
    const lit = stage.pointed === id || stage.header.picked === `b${column - 1}.${unit}` || isMarked(stage, id)
    context.strokeStyle = lit ? colors.selected : colors.text
    context.lineWidth = lit ? 3.5 : 1
    context.strokeRect(left, top, size, size)
    if (!column && size >= NAMED_PX) label(context, stage.still.inputs[unit], left - 4, y[column][unit], colors.text)
  }))
}

// How often the unit says what, from its least to its most.
function drawBars(context, bytes, [left, top, width, height], colors) {
  context.fillStyle = colors.background
  context.fillRect(left, top, width, height)
  context.fillStyle = colors.positive
  const wide = width / bytes.length
  bytes.forEach((byte, i) => context.fillRect(left + i * wide, top + height * (1 - byte / 255), wide, height * byte / 255))
}

function label(context, text, x, y, color) {
  context.fillStyle = color
  context.font = NAME_FONT
  context.textAlign = "right"
  context.textBaseline = "middle"
  context.fillText(named(text), x, y)
}

// ---- pointing and clicking, with the mouse, a finger or the keys ----

function listenToPointer(stage) {
  const { canvas } = stage
  const at = (event) => {
    const box = canvas.getBoundingClientRect()
    return partAt(stage, event.clientX - box.left, event.clientY - box.top)
  }
  canvas.onpointermove = (event) => point(stage, at(event))
  canvas.onpointerleave = () => point(stage, null)
  canvas.onclick = (event) => pick(stage, at(event))
  canvas.onkeydown = (event) => {
    const steps = { ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowDown: [0, 1], ArrowUp: [0, -1] }
    if (steps[event.key]) walk(stage, ...steps[event.key])
    else if (event.key === "Enter" || event.key === " ") pick(stage, stage.pointed)
    else return
    event.preventDefault()
  }
  canvas.onblur = () => point(stage, null)
}

function partAt(stage, px, py) {
  if (!stage.place || !stage.maps) return null
  const { x, y, sizes } = stage.place
  for (let column = 0; column < x.length; column++) {
    const size = sizes[column]
    const unit = y[column].findIndex((top) => Math.abs(px - x[column]) <= size / 2 && Math.abs(py - top) <= size / 2)
    if (unit >= 0) return column ? `u${column - 1}.${unit}` : `x${unit}`
  }
  return edgeAt(stage, px, py)
}

function edgeAt(stage, px, py) {
  const { x, y, sizes } = stage.place
  const layer = x.findIndex((left, column) => px > left + sizes[column] / 2 && px < (x[column + 1] ?? 0) - sizes[column + 1] / 2)
  if (layer < 0) return null
  const [from, to] = [x[layer] + sizes[layer] / 2, x[layer + 1] - sizes[layer + 1] / 2]
  const share = solve((px - from) / (to - from))
  let [best, nearest] = [null, REACH_PX]
  y[layer + 1].forEach((end, unit) => y[layer].forEach((start, source) => {
    const distance = Math.abs(start + (end - start) * share * share * (3 - 2 * share) - py)
    if (distance < nearest) [best, nearest] = [`w${layer}.${unit}.${source}`, distance]
  }))
  return best
}

// The parameter of the edge's Bézier curve at a share of its way: x(t) = 1.5 t (1 - t) + t^3 .
function solve(share) {
  let [low, high] = [0, 1]
  for (let i = 0; i < 20; i++) {
    const t = (low + high) / 2
    if (1.5 * t * (1 - t) + t ** 3 < share) low = t
    else high = t
  }
  return low
}

function walk(stage, columnsOn, unitsOn) {
  const found = /^(?:u(\d+)\.|x)(\d+)$/.exec(stage.pointed ?? "")
  const last = stage.place.y.length - 1
  const column = found ? Math.min(Math.max((found[1] === undefined ? 0 : Number(found[1]) + 1) + columnsOn, 0), last) : 0
  const count = stage.place.y[column].length
  const unit = found ? Math.min(Math.max(Number(found[2]) + unitsOn, 0), count - 1) : 0
  point(stage, column ? `u${column - 1}.${unit}` : `x${unit}`)
}

function pick(stage, id) {
  const part = id?.replace(/^u/, "b")
  if (part && !part.startsWith("x")) stage.report({ kind: "pick", value: part, number: Date.now() })
}

// A line of code is pointed at: the network, or the parts that it makes, are lit up.
function lightUp(stage, made) {
  stage.marked = made
  const whole = Boolean(made?.roles.includes("stage"))
  stage.canvas.classList.toggle("marked", whole)
  draw(stage)
  if (made?.come && (whole || anyMarked(stage))) {
    made.come = false
    stage.net.scrollIntoView({ block: "center", behavior: "smooth" })
  }
}

// A part's id, or with a star behind it the beginning of ids.
function isMarked(stage, id) {
  return Boolean(stage.marked?.parts.some((part) => (part.endsWith("*") ? id.startsWith(part.slice(0, -1)) : id === part)))
}

function anyMarked(stage) {
  return stage.weights?.some(({ inputs, bias }, layer) => (
    bias.some((_value, unit) => isMarked(stage, `u${layer}.${unit}`) || Array.from({ length: inputs }).some((_each, source) => isMarked(stage, `w${layer}.${unit}.${source}`)))
  ))
}

function point(stage, id) {
  if (id === stage.pointed) return id && tip(stage, id)
  stage.pointed = id
  stage.canvas.style.cursor = id && !id.startsWith("x") ? "pointer" : ""
  draw(stage)
  tip(stage, id)
  if (stage.big) tell(stage.still.views.big, { images: [enlarged(stage).toDataURL()] })
}

// A unit's map or histogram, large enough to be read.
function portrait(stage, bytes) {
  if (!stage.header.bars) return picture(bytes, ...stage.header.side, stage.still.shades)
  const canvas = make("canvas", { width: 240, height: 240 })
  const background = getComputedStyle(stage.root).getPropertyValue("--st-background-color")
  drawBars(canvas.getContext("2d"), bytes, [0, 0, 240, 240], { ...stage.still.colors, background })
  return canvas
}

function tip(stage, id) {
  const found = id && /^(?:([uw])(\d+)\.(\d+)(?:\.(\d+))?|x(\d+))$/.exec(id)
  stage.tip.hidden = !found
  if (!found) return
  const [column, unit] = found[5] !== undefined ? [0, Number(found[5])] : [Number(found[2]) + 1, Number(found[3])]
  const { weight, bias, inputs } = stage.weights[column - 1] ?? {}
  const names = columns(stage)
  const value = found[4] !== undefined ? weight[unit * inputs + Number(found[4])] : bias?.[unit]
  const name = found[4] !== undefined ? `${names[column - 1][found[4]]} → ${names[column][unit]}` : names[column][unit]
  const text = found[4] !== undefined ? stage.still.texts.weight : stage.still.texts.bias
  const lines = [make("div", { textContent: name })]
  if (value !== undefined) lines.push(make("div", { textContent: `${text} ${Number(value.toPrecision(5))}` }))
  const range = stage.header.ranges?.[column]?.[unit]
  const map = stage.maps[column]?.[unit]
  if (found[4] === undefined && range) lines.push(make("div", { textContent: range }))
  if (found[4] === undefined && map) lines.push(portrait(stage, map))
  stage.tip.replaceChildren(...lines)
  const { x, y, width } = stage.place
  const left = x[column] - (found[4] !== undefined ? stage.place.gap / 2 : 0)
  stage.tip.style.left = `${Math.min(Math.max(left + 24, 0), Math.max(width - 150, 0))}px`
  stage.tip.style.top = `${Math.max(y[column][unit] - 20, 0)}px`
}
