// Plain pages on a shared tablet lock as the screens do (pages/elements/user_menu.js), and share the time of the last use.
(() => {
  const { signIn, lockAfter } = GIVEN // milliseconds
  const USED = "last use of this tablet"
  let isLocked = false

  const lastUse = () => JSON.parse(localStorage.getItem(USED) || "{}")
  const noteUse = () => localStorage.setItem(USED, JSON.stringify({ signIn, at: Date.now() }))

  function lockWhenUnused() {
    if (isLocked) return
    if (lastUse().signIn !== signIn) location.reload() // Someone else has signed in: what they may see is up to the server.
    else if (Date.now() - lastUse().at >= lockAfter) lock()
  }

  // What is on the page is gone at once, also while the server does not answer.
  function lock() {
    isLocked = true
    const form = document.createElement("form")
    Object.assign(form, { method: "post", action: "/lock" })
    const next = document.createElement("input")
    Object.assign(next, { type: "hidden", name: "next", value: location.pathname + location.search })
    form.append(next, "Locking…")
    document.body.replaceChildren(form)
    form.submit()
  }

  function use() {
    lockWhenUnused()
    if (!isLocked) noteUse()
  }

  if (lastUse().signIn !== signIn) noteUse()
  lockWhenUnused()
  for (const event of ["pointerdown", "keydown", "touchstart"]) addEventListener(event, use, { capture: true, passive: true })
  // A page that the browser kept for Back was stopped, and may have been locked.
  for (const event of ["visibilitychange", "pageshow"]) addEventListener(event, lockWhenUnused)
  addEventListener("pageshow", event => event.persisted && isLocked && location.reload())
  setInterval(lockWhenUnused, 1000)
})()
