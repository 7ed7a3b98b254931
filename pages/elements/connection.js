// Shows when the server does not answer. Streamlit's own dialog about it is switched off in web/host_config.py.
// When it answers that the browser is not signed in any more, or as someone else, the page is loaded again: this leads to
// signing in, or to what the other person may see.

const SHOWN_AFTER = 1500 // milliseconds: a shorter interruption is not shown

const connection = document.createElement("div")
connection.setAttribute("role", "status")
connection.style.cssText =
  "position:fixed; top:0; left:0; right:0; z-index:2000000; padding:0.75rem 1rem; text-align:center;" +
  "background:#1a1512; color:#fff; font:inherit; display:none"
document.body.append(connection)

let lostAt = 0
let signIn = "" // whose screen this is, as the server names it
let isAsking = false

async function leaveWhenSignedOut() {
  if (isAsking || !navigator.onLine) return
  isAsking = true
  try {
    const { status, headers } = await fetch(new URL("./_stcore/health", location.href), { cache: "no-store" })
    const current = headers.get("anchor-sign-in")
    if (status === 401 || (signIn && current && current !== signIn)) location.reload()
  } catch {
    // The server does not answer at all.
  } finally {
    isAsking = false
  }
}

function showConnection() {
  const app = document.querySelector("[data-test-connection-state]")
  const isLost = !navigator.onLine || app?.dataset.testConnectionState !== "CONNECTED"
  if (!isLost) lostAt = 0
  else {
    lostAt ||= Date.now()
    leaveWhenSignedOut()
  }
  const shown = isLost && (!navigator.onLine || Date.now() - lostAt >= SHOWN_AFTER)
  if (shown === (connection.style.display === "block")) return
  connection.style.display = shown ? "block" : "none"
  connection.textContent = shown ? "Reconnecting… What you typed is kept in this tab." : ""
}

setInterval(showConnection, 500)
// At once when the connection is lost, and when it is back, which may be with another person's cookie.
new MutationObserver(leaveWhenSignedOut).observe(document.body, {
  subtree: true,
  attributeFilter: ["data-test-connection-state"],
})
addEventListener("offline", showConnection)
addEventListener("online", showConnection)

// Timers of a hidden tab run late, and a page that the browser kept for Back was stopped altogether.
document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && leaveWhenSignedOut())
addEventListener("pageshow", event => event.persisted && leaveWhenSignedOut())
