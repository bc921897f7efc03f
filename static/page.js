// Tells the browser, and with it screen readers, which language the page speaks, and brings the few
// rules of style that Streamlit's theme can't say. They stay in the head once and for all.
//
// When the wire to the server was cut and is there again, it asks for the page anew: another server
// may have taken over, which knows nothing of this page but its link.
const SHEET = "nnlab-style"
const APP = "[data-testid=stApp]"
const STATE = "data-test-connection-state"

let ask = () => {}
let watched = null

export default function ({ data, setTriggerValue }) {
  document.documentElement.lang = data.lang
  globalThis.nnlabSpeak(data.words)
  ask = () => setTriggerValue("returned", Date.now())
  watch(document.querySelector(APP))
  if (document.getElementById(SHEET)) return
  const style = document.createElement("style")
  style.id = SHEET
  style.textContent = data.css
  document.head.append(style)
}

function watch(app) {
  if (!app || app === watched) return
  watched = app
  let was = app.getAttribute(STATE)
  new MutationObserver(() => {
    const is = app.getAttribute(STATE)
    if (is === "CONNECTED" && was !== is) ask()
    was = is
  }).observe(app, { attributes: true, attributeFilter: [STATE] })
}
