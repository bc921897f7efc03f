// Streamlit's own words, which it has in English only: each gives way to what the page's language has
// for it, as soon as it appears. Texts are looked for in Streamlit's own places alone, and never where
// a visitor's words stand, so that a column called "Close" keeps its name.
const PLACES = [
  "stFileUploader", "InputInstructions", "stNumberInput", "stTextInput", "stElementToolbar",
  "stDataFrameColumnMenu", "stDataFrameColumnFormattingMenu", "stDataFrameStatisticsMenu",
  "stDataFrameTooltipContent", "stTooltipContent", "stTooltipErrorContent", "stMainMenuList",
  "stMainMenuPopover", "stDialog", "stToast", "stStatusWidget", "stHeader", "stSkipToContent",
  "stSelectboxVirtualDropdown", "stMultiSelectDropdown",
].map((id) => `[data-testid=${id}]`).join() + ", [role=dialog], [data-live-announcer], .gdg-search-bar, .stMainMenu"
const VISITORS = "[role=option][data-key]:not([data-key^=__]), [data-tag], [data-testid=stWidgetLabel], "
  + "[data-testid=stDataFrameStatisticsChart], .gdg-search-bar input"
const NAMES = ["aria-label", "title", "placeholder"]
const NAMED = NAMES.map((name) => `[${name}]`).join()

let exact = new Map()
let patterns = []
// What was replaced: what stood there, by what stands there now.
const before = new WeakMap()

const watch = new MutationObserver((changes) => {
  for (const change of changes) {
    if (change.type === "attributes") named(change.target)
    else if (change.type === "characterData") spoken(change.target)
    else change.addedNodes.forEach(each)
  }
})

globalThis.nnlabSpeak ??= function (words) {
  const all = Object.entries(words)
  exact = new Map(all)
  patterns = all.filter(([said]) => said.includes("{")).map(pattern)
  each(document.body)
  watch.disconnect()
  if (all.length === 0) return
  watch.observe(document.body, {
    subtree: true, childList: true, characterData: true, attributeFilter: NAMES,
  })
}

function pattern([said, means]) {
  const parts = said.split(/\{\w+\}/).map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"))
  return {
    is: new RegExp(`^${parts.join("(.+?)")}$`),
    names: [...said.matchAll(/\{(\w+)\}/g)].map(([, name]) => name),
    means,
  }
}

function translated(said) {
  if (exact.has(said)) return exact.get(said)
  for (const { is, names, means } of patterns) {
    const found = is.exec(said)
    if (found) return names.reduce((text, name, at) => text.replace(`{${name}}`, () => found[at + 1]), means)
  }
  return said
}

function each(node) {
  if (node.nodeType === Node.TEXT_NODE) return spoken(node)
  if (node.nodeType !== Node.ELEMENT_NODE) return
  named(node)
  node.querySelectorAll(NAMED).forEach(named)
  const places = node.closest(PLACES) ? [node] : node.querySelectorAll(PLACES)
  for (const place of places) {
    const texts = document.createTreeWalker(place, NodeFilter.SHOW_TEXT)
    while (texts.nextNode()) spoken(texts.currentNode)
  }
}

function spoken(text) {
  if (!text.parentElement?.closest(PLACES) || text.parentElement.closest(VISITORS)) return
  replace(text, "text", text.data, (said) => { text.data = said })
}

function named(element) {
  if (element.closest(VISITORS)) return
  for (const name of NAMES) {
    const said = element.getAttribute(name)
    if (said) replace(element, name, said, (text) => element.setAttribute(name, text))
  }
}

function replace(node, name, now, write) {
  const known = before.get(node) ?? {}
  const said = known[name]?.now === now ? known[name].said : now
  const text = translated(said)
  if (text === now) return
  before.set(node, { ...known, [name]: { said, now: text } })
  write(text)
}
