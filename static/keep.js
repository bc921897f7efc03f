// A small menu at a picture's corner that saves it: <nnlab-keep>. Whoever shows the picture says what
// can be saved: keep.offer = { name, texts, files, table }, where files has a function for each ending
// that gives a Blob, or the rows of a table, and table, where there is one, opens the picture's numbers
// for reading (see numbers.js). The menu opens on a click or by keyboard, and Escape or
// leaving it closes it. Where there is a mouse, its button shows while the picture is pointed at.

const ENDINGS = { csv: "csv", png: "png", svg: "svg" }
const FORMULA = /^[=+\-@\t\r]/
const ICON =
  '<svg viewBox="0 0 16 16" width="14" height="14" aria-hidden="true" fill="none" stroke="currentColor" ' +
  'stroke-width="1.6" stroke-linecap="round" stroke-linejoin="round"><path d="M8 2v8M4.5 7 8 10.5 11.5 7M2.5 13.5h11"/></svg>'
const OUTSIDE = `
nnlab-keep { display: block; position: relative; height: 0; z-index: 3; opacity: 0; }
nnlab-keep[hidden] { display: none; }
:hover > nnlab-keep, nnlab-keep:focus-within { opacity: 1; }
@media (hover: none) { nnlab-keep { opacity: .75; } }
`
const INSIDE = `
details { position: absolute; top: 0; right: 0; font: .8125rem/1.3 var(--st-font, sans-serif); color: var(--st-text-color); }
summary { display: grid; place-items: center; width: 26px; height: 26px; margin-left: auto; cursor: pointer; list-style: none;
  background: var(--st-background-color); border: 1px solid color-mix(in srgb, var(--st-text-color) 35%, transparent); border-radius: 6px; }
summary::-webkit-details-marker { display: none; }
summary:hover, button:hover { border-color: var(--st-primary-color); }
:focus-visible { outline: 2px solid var(--st-primary-color); outline-offset: 1px; }
div { display: grid; gap: 2px; margin-top: 2px; padding: 4px; background: var(--st-background-color);
  border: 1px solid var(--st-border-color); border-radius: 6px; box-shadow: 0 2px 8px rgb(0 0 0 / .2); }
button { font: inherit; color: inherit; text-align: start; white-space: nowrap; padding: .3rem .5rem; cursor: pointer;
  background: none; border: 1px solid transparent; border-radius: 4px; }
p { margin: 0; padding: .3rem .5rem; max-width: 12rem; }
`

class Keep extends HTMLElement {
  constructor() {
    super()
    this.attachShadow({ mode: "open" }).innerHTML =
      `<style>${INSIDE}</style><details><summary>${ICON}</summary><div role="group"></div></details>`
    this.details = this.shadowRoot.querySelector("details")
    this.summary = this.shadowRoot.querySelector("summary")
    this.menu = this.shadowRoot.querySelector("div")
    this.addEventListener("keydown", (event) => event.key === "Escape" && this.close())
    this.addEventListener("focusout", (event) => this.contains(event.relatedTarget) || (this.details.open = false))
    // A press here is none on the picture.
    for (const kind of ["pointerdown", "click"]) this.addEventListener(kind, (event) => event.stopPropagation())
  }

  connectedCallback() {
    if (document.getElementById("nnlab-keep-style")) return
    const style = document.createElement("style")
    Object.assign(style, { id: "nnlab-keep-style", textContent: OUTSIDE })
    document.head.append(style)
  }

  set offer({ name, texts, files, table = null }) {
    Object.assign(this, { name, texts, files, table })
    const kinds = [...(table ? ["table"] : []), ...Object.keys(files)]
    const said = [texts.label, ...kinds.map((kind) => texts[kind])].join("\n")
    if (said === this.said) return
    this.said = said
    for (const element of [this.summary, this.menu]) element.setAttribute("aria-label", texts.label)
    this.summary.title = texts.label
    this.menu.replaceChildren(...kinds.map((kind) => this.button(kind)))
  }

  button(kind) {
    const button = document.createElement("button")
    Object.assign(button, { type: "button", textContent: this.texts[kind], onclick: () => this.save(kind) })
    button.dataset.kind = kind
    return button
  }

  close() {
    if (this.details.open) this.summary.focus()
    this.details.open = false
  }

  async save(kind) {
    this.menu.querySelector("p")?.remove()
    try {
      if (kind === "table") {
        this.close()
        return this.table()
      }
      const made = await this.files[kind]()
      download(Array.isArray(made) ? csv(made) : made, `nnlab-${this.name}.${ENDINGS[kind]}`)
      this.close()
    } catch (error) {
      console.error(error)
      const said = document.createElement("p")
      Object.assign(said, { textContent: this.texts.failed, role: "alert" })
      this.menu.append(said)
    }
  }
}

function download(blob, name) {
  const link = document.createElement("a")
  Object.assign(link, { href: URL.createObjectURL(blob), download: name })
  link.click()
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000)
}

function csv(rows) {
  const text = rows.map((row) => row.map(cell).join(",")).join("\n")
  return new Blob([text, "\n"], { type: "text/csv" })
}

// A text that a spreadsheet would take for a formula gets a mark before it; numbers stay as they are.
function cell(value) {
  if (value === null || value === undefined) return ""
  if (typeof value === "number") return String(value)
  const text = FORMULA.test(value) ? `'${value}` : String(value)
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

if (!customElements.get("nnlab-keep")) customElements.define("nnlab-keep", Keep)
