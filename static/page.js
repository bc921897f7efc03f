// Tells the browser, and with it screen readers, which language the page speaks, and brings the few
// rules of style that Streamlit's theme can't say. They stay in the head once and for all.
const SHEET = "nnlab-style"

export default function ({ data }) {
  document.documentElement.lang = data.lang
  if (document.getElementById(SHEET)) return
  const style = document.createElement("style")
  style.id = SHEET
  style.textContent = data.css
  document.head.append(style)
}
