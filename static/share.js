// A text to give to others: shown, copied by a button, and as a QR code that can be made as large as
// the screen. Without HTTPS browsers have no clipboard for scripts; the older way works there, too.
const STYLE = `
:host { display: block; }
.share { display: flex; flex-wrap: wrap; gap: .5rem 1rem; }
.share > div { flex: 1 1 16rem; display: grid; gap: .5rem; align-content: start; }
.share > img { flex: 0 1 16rem; }
textarea { font: .8125rem/1.4 var(--st-code-font, monospace); color: inherit; width: 100%; box-sizing: border-box;
  padding: .5rem; resize: vertical; overflow-wrap: anywhere; background: var(--st-secondary-background-color);
  border: 1px solid var(--st-border-color); border-radius: var(--st-base-radius); }
button { font: inherit; font-size: .875rem; color: inherit; padding: .25rem .75rem; min-height: 2.25rem; cursor: pointer;
  background: var(--st-background-color); border-radius: var(--st-base-radius);
  border: 1px solid color-mix(in srgb, var(--st-text-color) 55%, transparent); }
button:hover { border-color: var(--st-primary-color); }
:focus-visible { outline: 2px solid var(--st-primary-color); outline-offset: 2px; }
.row { display: flex; flex-wrap: wrap; gap: .5rem; align-items: center; font-size: .875rem; }
p { margin: 0; font-size: .875rem; }
img { display: block; width: min(100%, 16rem); height: auto; aspect-ratio: 1; background: #fff; image-rendering: pixelated; }
dialog { border: 0; padding: 1rem; background: #fff; color: #000; max-width: 100vw; max-height: 100vh; box-sizing: border-box; }
dialog img { width: min(92vw, calc(100vh - 9rem)); margin: auto; }
dialog button { background: #fff; color: #000; border-color: #555; margin-top: .5rem; }
dialog p { max-width: min(92vw, calc(100vh - 9rem)); overflow-wrap: anywhere; color: #000; }
[hidden] { display: none; }
`

const made = (tag, more = {}, ...children) => {
  const element = Object.assign(document.createElement(tag), more)
  element.append(...children)
  return element
}

const parts = new WeakMap()

export default function show({ parentElement, data }) {
  const part = parts.get(parentElement) ?? mount(parentElement)
  part.data = data
  const { area, copy, large, picture, big, caption, close, note } = part
  area.ariaLabel = data.label
  if (area.value !== data.text) part.said.textContent = ""
  area.value = data.text
  area.rows = Math.min(Math.ceil(data.text.length / 38), 5)
  copy.textContent = data.copy
  large.textContent = data.large
  close.textContent = data.close
  note.textContent = data.note
  caption.textContent = data.text
  for (const image of [picture, big]) {
    image.hidden = !data.code
    image.alt = data.alt
    if (data.code && image.getAttribute("src") !== data.code) image.src = data.code
  }
  large.hidden = !data.code
  return () => parts.delete(parentElement)
}

function mount(root) {
  const part = {}
  part.area = made("textarea", { readOnly: true, spellcheck: false, onfocus: () => part.area.select() })
  part.said = made("span")
  part.said.role = "status"
  part.copy = made("button", { type: "button", className: "copy", onclick: () => copyText(part) })
  part.large = made("button", { type: "button", className: "large", onclick: () => part.dialog.showModal() })
  part.picture = made("img")
  part.note = made("p")
  part.big = made("img")
  part.caption = made("p")
  part.close = made("button", { type: "button", onclick: () => part.dialog.close() })
  part.dialog = made("dialog", {}, part.big, part.caption, part.close)
  const row = made("div", { className: "row" }, part.copy, part.large, part.said)
  const words = made("div", {}, part.area, row, part.note)
  const share = made("div", { className: "share" }, words, part.picture, part.dialog)
  root.append(made("style", { textContent: STYLE }), share)
  parts.set(root, part)
  return part
}

async function copyText({ area, said, data }) {
  try {
    await navigator.clipboard.writeText(data.text)
    said.textContent = data.copied
  } catch {
    area.focus()
    area.select()
    said.textContent = document.execCommand("copy") ? data.copied : data.failed
  }
}
