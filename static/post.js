// Streamlit gathers what a page reports in one moment, and then runs one part of the page only: of
// two parts that report at once, one would not be heard. So the post takes one report after another.

let underway = false

globalThis.nnlabPost ??= function post(send) {
  if (underway) return setTimeout(post, 0, send)
  underway = true
  send()
  // Streamlit sends in the task after this one, or in the one after that.
  setTimeout(() => setTimeout(() => (underway = false), 0), 0)
}
