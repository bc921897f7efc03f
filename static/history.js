// The back button goes to the page before. Streamlit makes a history entry of every change that
// Python makes to the link; a slider that was moved is no place to go back to, so on the same page
// the entry is replaced instead.

const push = window.history.pushState

window.history.pushState = function (state, unused, url) {
  const samePage = url && new URL(url, window.location.href).pathname === window.location.pathname
  const keep = samePage ? window.history.replaceState : push
  return keep.call(this, state, unused, url)
}
