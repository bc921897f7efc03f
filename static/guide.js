// What a teacher's link asks for: some controls are hidden, some are locked, and before the answer
// nothing on the page can be started. It guides a class; whoever edits the link is not kept out.
const SHEET = "nnlab-guide"
const MAIN = "[data-testid=stMainBlockContainer]"
const TASK = ".st-key-task"
const EVENTS = ["pointerdown", "mousedown", "click", "dblclick", "keydown", "beforeinput", "drop"]
const HARMLESS = ["Tab", "Escape", "Shift", "Control", "Alt", "Meta", "PageUp", "PageDown", "F5", "F11", "F12"]

const named = (keys) => keys.map((key) => `[class*="st-key-${key}"]`).join(",")

let locked = ""
let waiting = false
let listening = false

export default function ({ data }) {
  locked = named(data.locked)
  waiting = data.waiting
  sheet().textContent = rules(named(data.hidden))
  listen()
  return () => {
    locked = ""
    waiting = false
    sheet().remove()
  }
}

function sheet() {
  const found = document.getElementById(SHEET)
  if (found) return found
  const made = Object.assign(document.createElement("style"), { id: SHEET })
  document.head.append(made)
  return made
}

function rules(hidden) {
  const said = []
  if (hidden) said.push(`:is(${hidden}) { display: none !important; }`)
  if (locked) {
    said.push(`:is(${locked}), :is(${locked}) * { pointer-events: none !important; }`)
    said.push(`:is(${locked}) { position: relative; outline: 1px dashed currentColor; outline-offset: 2px; border-radius: 4px; }`)
    said.push(`:is(${locked})::after { content: "🔒"; position: absolute; top: -.75em; right: -.25em; font-size: .75rem; }`)
  }
  if (waiting) {
    said.push(`${MAIN}, ${MAIN} * { pointer-events: none !important; }`)
    said.push(`${MAIN} :is(${TASK}, ${TASK} *) { pointer-events: auto !important; }`)
  }
  return said.join("\n")
}

const shut = (target) =>
  target instanceof Element &&
  ((locked && target.closest(locked)) || (waiting && target.closest(MAIN) && !target.closest(TASK)))

function listen() {
  if (listening) return
  listening = true
  for (const name of EVENTS) window.addEventListener(name, refuse, { capture: true })
  window.addEventListener("focusin", tell, { capture: true })
}

function refuse(event) {
  if (!shut(event.target)) return
  if (event.type === "keydown" && (HARMLESS.includes(event.key) || event.ctrlKey || event.metaKey)) return
  event.preventDefault()
  event.stopImmediatePropagation()
}

function tell(event) {
  if (shut(event.target)) event.composedPath()[0].setAttribute("aria-disabled", "true")
}
