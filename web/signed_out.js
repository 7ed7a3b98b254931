// In Streamlit's index page, before anything else. Loads the page again when its sign-in has ended, which leads to signing
// in, or when someone else has signed in, which leads to what they may see. What is typed stays in the tab.
(() => {
  const STATE = "data-test-connection-state" // of Streamlit's client
  const own = document.querySelector("meta[name=anchor-sign-in]").content
  let isAsking = false

  async function leaveWhenSignedOut() {
    if (isAsking || !navigator.onLine) return
    isAsking = true
    try {
      const { status, headers } = await fetch(new URL("./_stcore/health", location.href), { cache: "no-store" })
      const current = headers.get("anchor-sign-in")
      if (status === 401 || (own && current && current !== own)) location.reload()
    } catch {
      // The server does not answer at all.
    } finally {
      isAsking = false
    }
  }

  // At once when the connection is lost, and when it is back, which may be with another person's cookie.
  new MutationObserver(leaveWhenSignedOut).observe(document, { subtree: true, attributeFilter: [STATE] })
  setInterval(() => {
    const state = document.querySelector(`[${STATE}]`)?.getAttribute(STATE)
    if (state && state !== "CONNECTED") leaveWhenSignedOut()
  }, 1000)
  // Timers of a hidden tab run late, and a page that the browser kept for Back was stopped altogether.
  document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && leaveWhenSignedOut())
  addEventListener("pageshow", event => event.persisted && leaveWhenSignedOut())
})()
