// What is too long for the link stays in this tab of the browser: when the server is gone, or the
// page is loaded again, it is handed to whoever serves the page now. Each session on the server has
// a name of its own, so that what it has itself put away is not brought back to it.
const KEY = "nnlab.kept"

export default function ({ data, setTriggerValue }) {
  if (data.text) return put(data)
  const kept = take()
  if (!kept) return
  if (kept.session === data.session) return sessionStorage.removeItem(KEY)
  if (kept.link === data.link) setTriggerValue("kept", { text: kept.text, at: kept.at })
}

function put(data) {
  try {
    sessionStorage.setItem(KEY, JSON.stringify(data))
  } catch {
    // The browser has no room or keeps nothing: then there is only the file.
    sessionStorage.removeItem(KEY)
  }
}

function take() {
  try {
    return JSON.parse(sessionStorage.getItem(KEY))
  } catch {
    return null
  }
}
