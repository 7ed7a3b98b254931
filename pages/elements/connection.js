// Shows when the server does not answer. Streamlit's own dialog about it is switched off in web/host_config.py.

const SHOWN_AFTER = 1500 // milliseconds: a shorter interruption is not shown

const connection = document.createElement("div")
connection.setAttribute("role", "status")
connection.style.cssText =
  "position:fixed; top:0; left:0; right:0; z-index:2000000; padding:0.75rem 1rem; text-align:center;" +
  "background:var(--text); color:var(--page); font:inherit; display:none"
document.body.append(connection)

let lostAt = 0

function showConnection() {
  const app = document.querySelector("[data-test-connection-state]")
  const isLost = !navigator.onLine || app?.dataset.testConnectionState !== "CONNECTED"
  if (!isLost) lostAt = 0
  else lostAt ||= Date.now()
  const shown = isLost && (!navigator.onLine || Date.now() - lostAt >= SHOWN_AFTER)
  if (shown === (connection.style.display === "block")) return
  connection.style.display = shown ? "block" : "none"
  connection.textContent = shown ? "Reconnecting… What you typed is kept in this tab." : ""
}

setInterval(showConnection, 500)
addEventListener("offline", showConnection)
addEventListener("online", showConnection)
