// The one Plotly view of the app. Every figure is redrawn in its own place, never mounted anew, so
// that nothing flashes and zoom is kept. Views know each other, and the rest of the page, only by
// events on the document: POINTED carries the id of the part that is pointed at, or null; FRAME new
// images and traces for the view of that key; MARKED what a line of code makes: parts and pictures;
// WAITING the key of a view that has just come and missed the frames before; ACT what was done to a
// plane: a point added or moved.

const POINTED = "nnlab:pointed"
const MARKED = "nnlab:marked"
const FRAME = "nnlab:frame"
const WAITING = "nnlab:waiting"
const ACT = "nnlab:act"
const NEAR_PX = 12
const OUT_OF_SIGHT_MS = 200
const CLEAR = "rgba(0,0,0,0)"
const CONFIG = { displayModeBar: false, displaylogo: false, scrollZoom: false, showSendToCloud: false }
const STYLE = `
.nnlab-view { position: relative; width: 100%; }
.nnlab-view > svg.nnlab-lit { position: absolute; inset: 0; width: 100%; height: 100%; pointer-events: none; }
.nnlab-lit .halo { fill: none; stroke: var(--st-background-color); stroke-width: 6; }
.nnlab-lit .ring { fill: none; stroke: var(--st-text-color); stroke-width: 2.5; }
.nnlab-view text[style*="text-shadow"] { paint-order: stroke; stroke: var(--st-background-color); stroke-width: 3px;
  stroke-linejoin: round; text-shadow: none !important; }
.nnlab-view.marked { outline: 3px solid var(--st-primary-color); outline-offset: 3px; border-radius: var(--st-base-radius); }
.nnlab-view.on-part .drag { cursor: pointer !important; }
.nnlab-view.still .drag { touch-action: pan-y pinch-zoom; }
.nnlab-view.plane .nsewdrag { cursor: copy !important; touch-action: none; }
`

const views = new WeakMap()

export default function show(component) {
  const { parentElement, data } = component
  if (data.figure === null) return keepPlace(parentElement, data)
  const isNew = !views.has(parentElement)
  const view = views.get(parentElement) ?? mount(parentElement)
  view.report = data.pickable ? (id) => component.setTriggerValue("picked", id) : null
  view.data = data
  view.root.setAttribute("aria-label", data.alt)
  view.plot.style.minHeight = `${data.height}px`
  offer(view)
  want(view)
  if (isNew) document.dispatchEvent(new CustomEvent(WAITING, { detail: data.key }))
  // Streamlit may also clean up a call that was overtaken: only a view that is gone is taken down.
  return () => parentElement.isConnected || unmount(parentElement, view)
}

// A picture is still to come: meanwhile its place is kept, and Plotly is there before it.
function keepPlace(parent, data) {
  parent.style.minHeight = `${heightOf(data, parent.clientWidth, data.height)}px`
  plotly(data.plotly).catch(console.error)
}

function mount(parent) {
  addStyleOnce()
  const root = document.createElement("div")
  root.className = "nnlab-view"
  root.dataset.drawn = "0"
  const plot = document.createElement("div")
  const lit = document.createElementNS("http://www.w3.org/2000/svg", "svg")
  lit.setAttribute("class", "nnlab-lit")
  const view = { root, plot, lit, shown: null, drawing: false, parts: null, pointed: null, marked: null }
  furnish(view)
  view.numbers = document.createElement("nnlab-numbers")
  const csv = () => view.numbers.rows(plot)
  view.files = { png: () => image(view, "png"), svg: () => image(view, "svg"), csv }
  view.keep = document.createElement("nnlab-keep")
  view.keep.hidden = true
  parent.append(view.keep, view.numbers, root)
  view.listen = (event) => light(view, event.detail)
  document.addEventListener(POINTED, view.listen)
  view.heed = (event) => mark(view, event.detail)
  document.addEventListener(MARKED, view.heed)
  view.follow = (event) => event.detail.view === view.data.key && patch(view, event.detail)
  document.addEventListener(FRAME, view.follow)
  root.addEventListener("pointerdown", (event) => touch(view, event), true)
  view.observer = new ResizeObserver(() => resize(view))
  view.observer.observe(root)
  views.set(parent, view)
  return view
}

function furnish({ root, plot, lit }) {
  root.setAttribute("role", "img")
  root.replaceChildren(plot, lit)
}

function unmount(parent, view) {
  document.removeEventListener(POINTED, view.listen)
  document.removeEventListener(MARKED, view.heed)
  document.removeEventListener(FRAME, view.follow)
  view.observer.disconnect()
  view.gone = true
  window.Plotly?.purge(view.plot)
  view.keep.remove()
  view.numbers.remove()
  view.root.remove()
  views.delete(parent)
}

function addStyleOnce() {
  if (document.getElementById("nnlab-view-style")) return
  const style = document.createElement("style")
  style.id = "nnlab-view-style"
  style.textContent = STYLE
  document.head.append(style)
}

// ---- drawing ----

function want(view) {
  const colors = themeColors(view.root)
  const wanted = `${view.data.height} ${Object.values(colors).join(" ")} ${view.data.figure}`
  if (wanted === view.shown && !view.drawing) return
  Object.assign(view, { wanted, colors })
  view.root.setAttribute("aria-busy", "true")
  if (!view.drawing) drawNewest(view)
}

// While one figure is being drawn newer ones may come: only the newest is drawn next.
async function drawNewest(view) {
  view.drawing = true
  try {
    const Plotly = await plotly(view.data.plotly)
    if (!view.plot.isConnected) furnish(view)
    while (view.shown !== view.wanted && !view.gone) {
      await turn(view)
      if (view.gone) return
      const { wanted, data, colors } = view
      const figure = dressed(data, colors, view.plot.clientWidth)
      view.root.classList.toggle("still", figure.layout.dragmode === false)
      view.root.classList.toggle("plane", isPlane(figure.layout))
      await Plotly.react(view.plot, figure.data, figure.layout, CONFIG)
      drawn(view, wanted)
    }
    view.root.removeAttribute("aria-busy")
  } catch (error) {
    console.error(error)
    fail(view)
  } finally {
    view.drawing = false
  }
}

function drawn(view, wanted) {
  if (!view.listening) listenToPlot(view)
  view.shown = wanted
  view.keep.hidden = false
  offer(view)
  view.parts = null
  view.root.dataset.drawn = Number(view.root.dataset.drawn) + 1
  light(view, view.pointed)
  if (view.latest) patch(view, view.latest)
}

// A frame changes what a standing figure shows: the sources of its images, the places of its traces.
function patch(view, { images = [], traces = [] }) {
  view.latest = { images, traces: traces.length ? traces : (view.latest?.traces ?? []) }
  if (view.wanted !== view.shown || view.gone) return
  const shown = view.plot.querySelectorAll(".imagelayer image")
  images.forEach((source, i) => shown[i]?.setAttribute("href", source))
  const found = traces.map(({ name }) => view.plot.data.findIndex((trace) => (trace.uid ?? trace.name) === name))
  const known = traces.filter((_trace, i) => found[i] >= 0)
  const places = { x: known.map(({ x }) => Array.from(x)), y: known.map(({ y }) => Array.from(y)) }
  if (known.length) window.Plotly.restyle(view.plot, places, found.filter((i) => i >= 0))
  view.root.dataset.frames = Number(view.root.dataset.frames ?? 0) + 1
}

// On a plane a click beside all points adds one, and a point that is dragged moves.
function touch(view, down) {
  if (!view.shown || !isPlane(view.plot.layout) || !down.target.closest?.(".nsewdrag")) return
  const row = rowAt(view, down)
  const up = (event) => {
    window.removeEventListener("pointerup", up)
    const far = Math.hypot(event.clientX - down.clientX, event.clientY - down.clientY) > NEAR_PX / 2
    const [x, y] = placeOf(view, event)
    if (row === null ? far : !far) return
    const kind = row === null ? "add" : "move"
    document.dispatchEvent(new CustomEvent(ACT, { detail: { kind, row, x, y, number: Date.now() } }))
  }
  window.addEventListener("pointerup", up)
}

const isPlane = (layout) => Boolean(layout.meta?.plane)
const axes = (view) => [view.plot._fullLayout.xaxis, view.plot._fullLayout.yaxis]

function placeOf(view, { clientX, clientY }) {
  const box = view.plot.getBoundingClientRect()
  const [xaxis, yaxis] = axes(view)
  return [xaxis.p2d(clientX - box.left - xaxis._offset), yaxis.p2d(clientY - box.top - yaxis._offset)]
}

// The number of the row whose point (its customdata is "p" and the number) is near, or null.
function rowAt(view, { clientX, clientY }) {
  const box = view.plot.getBoundingClientRect()
  const [xaxis, yaxis] = axes(view)
  const near = (x, y) => Math.hypot(xaxis._offset + xaxis.d2p(x) - clientX + box.left, yaxis._offset + yaxis.d2p(y) - clientY + box.top)
  let [row, nearest] = [null, NEAR_PX]
  for (const trace of view.plot._fullData) {
    if (!Array.isArray(trace.customdata)) continue
    trace.customdata.forEach((id, i) => {
      const distance = /^p\d+$/.test(id) ? near(trace.x[i], trace.y[i]) : Infinity
      if (distance < nearest) [row, nearest] = [Number(id.slice(1)), distance]
    })
  }
  return row
}

// What can be seen is drawn at once; what is out of sight, when the newest has stood still.
async function turn(view) {
  let before
  do {
    before = view.wanted
    if (inSight(view.root)) return
    await new Promise((done) => setTimeout(done, OUT_OF_SIGHT_MS))
  } while (before !== view.wanted)
}

function inSight(element) {
  const { top, bottom } = element.getBoundingClientRect()
  return bottom > 0 && top < window.innerHeight
}

function fail(view) {
  view.shown = null
  view.keep.hidden = true
  view.root.removeAttribute("role")
  view.root.removeAttribute("aria-busy")
  view.root.replaceChildren(`${view.data.failed} (${view.data.alt})`)
}

// A view that has just left the page is reported as 0 wide.
function resize(view) {
  const width = view.plot.clientWidth
  if (!width || view.drawing || !view.shown || view.plot._fullLayout?.width === width) return
  const height = heightOf(view.plot.layout, width, view.data.height)
  window.Plotly.relayout(view.plot, { width, height }).then(() => {
    light(view, view.pointed)
    // Plotly has drawn the figure's own images again.
    if (view.latest) patch(view, view.latest)
  })
}

// ---- saving ----

// A diagram has no axes: its numbers stand beside what they belong to, and would be no table.
function offer(view) {
  const { key, keep, alt } = view.data
  const charted = view.shown && view.plot._fullLayout.xaxis?.visible !== false
  const table = charted ? () => view.numbers.open(view.plot, alt, keep) : null
  view.keep.offer = { name: key, texts: keep, files: view.files, table }
}

// As it stands, with its zoom, on the page's own background.
async function image(view, format) {
  const { plot, latest, colors, data } = view
  const images = (plot.layout.images ?? []).map((each, i) => ({ ...each, source: latest?.images[i] ?? each.source }))
  const figure = { data: plot.data, layout: { ...plot.layout, images, paper_bgcolor: colors.background }, config: CONFIG }
  const size = { width: plot.clientWidth, height: data.height, scale: format === "png" ? 2 : 1 }
  const found = await window.Plotly.toImage(figure, { format, ...size, imageDataOnly: true })
  if (format === "svg") return new Blob([found], { type: "image/svg+xml" })
  return new Blob([Uint8Array.from(atob(found), (sign) => sign.charCodeAt(0))], { type: "image/png" })
}

let loading = null

function plotly(script) {
  loading ??= new Promise((loaded, failed) => {
    const element = document.createElement("script")
    element.src = new URL(`app/static/${script}`, document.baseURI).href
    element.onload = () => loaded(quickened(window.Plotly))
    element.onerror = () => {
      loading = null
      failed(new Error(`${element.src} did not load`))
    }
    document.head.append(element)
  })
  return loading
}

// For each trace Plotly goes through its whole schema to find which attributes are lists, a third of
// the time that a picture takes. The trace itself tells it sooner.
function quickened(Plotly) {
  Plotly.PlotSchema.findArrayAttributes = (trace) => listsIn(trace, "")
  return Plotly
}

function listsIn(thing, path) {
  return Object.entries(thing).flatMap(([name, value]) => {
    if (name.startsWith("_")) return []
    if (Array.isArray(value) || ArrayBuffer.isView(value)) return [path + name]
    return isObject(value) && Object.getPrototypeOf(value) === Object.prototype ? listsIn(value, `${path}${name}.`) : []
  })
}

// ---- the theme ----

function themeColors(element) {
  const style = getComputedStyle(element)
  const read = (name) => style.getPropertyValue(`--st-${name}`).trim()
  return {
    text: read("text-color"),
    background: read("background-color"),
    grid: read("border-color-light") || read("border-color"),
    line: read("border-color"),
    font: read("font"),
  }
}

// The theme comes in as a template: what a figure says itself goes first.
function dressed({ figure: json, height }, colors, width) {
  const figure = JSON.parse(json)
  const layout = figure.layout
  const own = layout.template?.layout ?? {}
  layout.template = { ...layout.template, layout: merged(template(colors, layout), own) }
  layout.uirevision ??= "kept"
  layout.dragmode ??= false
  return { data: figure.data, layout: { ...layout, width, height: heightOf(layout, width, height), paper_bgcolor: CLEAR, plot_bgcolor: CLEAR } }
}

// What has to be square is as high as it is wide, up to half the window.
function heightOf({ meta }, width, height) {
  return meta?.square ? Math.max(height, Math.min(width, window.innerHeight / 2)) : height
}

function template(colors, layout) {
  const axis = {
    gridcolor: colors.grid,
    linecolor: colors.line,
    zerolinecolor: colors.line,
    fixedrange: (layout.dragmode ?? false) === false,
  }
  const depth = { ...axis, gridcolor: colors.line, backgroundcolor: CLEAR, fixedrange: undefined }
  const hover = { bgcolor: colors.background, bordercolor: colors.line, font: { color: colors.text } }
  return {
    font: { color: colors.text, family: colors.font },
    hoverlabel: hover,
    legend: { bgcolor: CLEAR },
    scene: { bgcolor: CLEAR, dragmode: "turntable", xaxis: depth, yaxis: depth, zaxis: depth },
    xaxis: axis,
    yaxis: axis,
  }
}

function merged(base, over) {
  const result = { ...base }
  for (const [name, value] of Object.entries(over)) {
    const both = isObject(value) && isObject(base[name])
    result[name] = both ? merged(base[name], value) : value
  }
  return result
}

const isObject = (value) => typeof value === "object" && value !== null && !Array.isArray(value)

// ---- pointing and clicking ----

function listenToPlot(view) {
  view.listening = true
  const part = (event) => {
    const point = event.points?.[0]
    // The cells of a large grid are told by their row and column: "at3.7" where meta.cells is "at".
    const cells = point?.data?.meta?.cells
    const id = cells ? cells + point.pointNumber.join(".") : point?.customdata
    return typeof id === "string" && id ? id : null
  }
  const point = (id) => {
    view.root.classList.toggle("on-part", Boolean(id && view.report))
    document.dispatchEvent(new CustomEvent(POINTED, { detail: id }))
  }
  view.plot.on("plotly_hover", (event) => point(part(event)))
  view.plot.on("plotly_unhover", () => point(null))
  view.plot.on("plotly_click", (event) => {
    const id = part(event)
    if (id) view.report?.(id)
  })
}

function light(view, id) {
  view.pointed = id
  const made = id && view.shown ? (view.plot.layout?.meta?.made_of?.[id] ?? []) : []
  const ids = view.shown && !view.gone ? [...(id ? [id, ...made] : []), ...partsMarked(view)] : []
  const shapes = ids.flatMap((each) => shapesOf(view, each))
  view.lit.replaceChildren(...shapes.flatMap((shape) => ["halo", "ring"].map((name) => outline(shape, name))))
}

// A line of code is pointed at: what it makes is outlined, the whole picture or its parts in it.
function mark(view, made) {
  view.marked = made
  const whole = Boolean(made?.roles.includes(view.data.key.split("_").at(-1)))
  view.root.classList.toggle("marked", whole)
  light(view, view.pointed)
  if (made?.come && (whole || view.lit.childElementCount)) {
    made.come = false
    view.root.scrollIntoView({ block: "center", behavior: "smooth" })
  }
}

// A part's id, or with a star behind it the beginning of ids.
function partsMarked(view) {
  const wanted = view.marked?.parts ?? []
  if (!wanted.length) return []
  view.parts ??= indexParts(view.plot)
  const isWanted = (id) => wanted.some((part) => (part.endsWith("*") ? id.startsWith(part.slice(0, -1)) : id === part))
  return [...view.parts.keys()].filter(isWanted)
}

function outline({ x, y, width, height, round }, name) {
  const rect = document.createElementNS("http://www.w3.org/2000/svg", "rect")
  const place = { x, y, width, height, rx: round, class: name }
  for (const [attribute, value] of Object.entries(place)) rect.setAttribute(attribute, value)
  return rect
}

function shapesOf(view, id) {
  view.parts ??= indexParts(view.plot)
  const points = view.parts.get(id) ?? []
  return points.map((point) => shapeOf(view.plot, point)).filter((shape) => shape)
}

// id -> the places in the figure's traces that carry it: [curve, index] or [curve, row, column].
function indexParts(plot) {
  const parts = new Map()
  const add = (id, place) => {
    if (typeof id !== "string" || !id) return
    parts.has(id) ? parts.get(id).push(place) : parts.set(id, [place])
  }
  plot._fullData.forEach((trace, curve) => {
    if (trace.visible !== true || !Array.isArray(trace.customdata)) return
    trace.customdata.forEach((item, i) => {
      if (Array.isArray(item)) item.forEach((id, j) => add(id, [curve, i, j]))
      else add(item, [curve, i])
    })
  })
  return parts
}

// The outline of a heatmap's cell, a bar, or a marker, in pixels. Other traces have none.
function shapeOf(plot, [curve, i, j]) {
  const trace = plot._fullData[curve]
  const layout = plot._fullLayout
  const [xaxis, yaxis] = [trace.xaxis, trace.yaxis].map((id) => id && layout[id.replace(/^([xy])/, "$1axis")])
  const cells = plot.calcdata?.[curve]
  if (!xaxis || !yaxis || !cells) return null
  const box = (x0, x1, y0, y1, room, round) => {
    const [left, right] = [x0, x1].map((x) => xaxis._offset + xaxis.c2p(x)).sort((a, b) => a - b)
    const [top, bottom] = [y0, y1].map((y) => yaxis._offset + yaxis.c2p(y)).sort((a, b) => a - b)
    return {
      x: left - room, y: top - room, width: right - left + 2 * room, height: bottom - top + 2 * room, round,
    }
  }
  if (j !== undefined) {
    const { x, y } = cells[0]
    return x && y ? box(x[j], x[j + 1], y[i], y[i + 1], 0, 2) : null
  }
  const cell = cells[i]
  if (!cell) return null
  if (trace.type === "bar") {
    const [position, size] = [[cell.p0, cell.p1], [cell.s0, cell.s1]]
    return trace.orientation === "h" ? box(...size, ...position, 2, 2) : box(...position, ...size, 2, 2)
  }
  const size = cell.ms ?? cell.mrc * 2 ?? trace.marker?.size
  const radius = (Number(size) || 10) / 2 + 3
  return Number.isFinite(cell.x) && Number.isFinite(cell.y) ? box(cell.x, cell.x, cell.y, cell.y, radius, radius) : null
}
