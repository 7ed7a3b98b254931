// Streamlit shows each screen from the top. This restores the scroll position on return: by the browser's Back and
// Forward, or by a link in a container whose key begins with "back_to".

const BACK_LINK = "[class*=st-key-back_to] a"
const PATIENCE = 6_000 // milliseconds, for content that arrives late
const SETTLED_AFTER = 800

const positions = new Map() // by address
const searches = new Map() // by path: which part of a list was shown last
let screen = null // the one that is shown
let returningTo = null // the name of the screen, until it is drawn
let restoring = null
let hasActed = false // whether the user scrolled, pressed or typed since the address became the next screen's

addEventListener("popstate", ({ isTrusted }) => {
  returningTo = isTrusted ? nameOf(location) : null // Our own links dispatch it too (links.js), but untrusted.
})
document.addEventListener("click", event => {
  const link = event.target.closest?.(BACK_LINK)
  if (!link) return
  const search = link.search ? null : searches.get(link.pathname)
  const isPlain = !event.ctrlKey && !event.metaKey && !event.shiftKey
  if (search && isPlain) leadTo(event, link.pathname + search)
  returningTo = isPlain ? nameOf(link) : null
}, true)
document.addEventListener("scroll", ({ target }) => target === main() && remember(), { capture: true, passive: true })
for (const act of ["wheel", "touchmove", "keydown", "pointerdown"]) {
  document.addEventListener(act, () => {
    if (screen === screenOf(location)) searches.set(location.pathname, location.search)
    else hasActed = true
    if (restoring) stop()
    returningTo = null
  }, { capture: true, passive: true })
}

// Runs each time a screen is drawn. The one that is left may be drawn after the arrow was pressed on it.
export default function ({ data }) {
  const isAnother = data.screen !== screen
  screen = data.screen
  const isReturn = returningTo === screen.split("?")[0]
  const wanted = isReturn ? positions.get(address()) : 0
  if (wanted) restore(wanted)
  else if (isAnother && !hasActed) main()?.scrollTo(0, 0)
  hasActed = false
  if (isReturn) returningTo = null
}

// Opens an address as links.js does.
function leadTo(event, address) {
  event.preventDefault()
  event.stopPropagation()
  history.pushState({}, "", address)
  dispatchEvent(new PopStateEvent("popstate", { state: {} }))
}

function main() {
  return document.querySelector("main")
}

// Between two screens the address is already the next one's.
function remember() {
  if (!restoring && screen === screenOf(location)) positions.set(address(), main().scrollTop)
}

function screenOf(place) {
  return `${nameOf(place)}?${new URLSearchParams(place.search).get("id") ?? ""}`
}

function nameOf({ pathname }) {
  return pathname.split("/").at(-1)
}

// On return to a list (return_to_list.py) its address is inside the address of the screen that was opened from it.
function address() {
  const here = new URLSearchParams(location.search)
  const words = new URLSearchParams(here.get("list") && location.pathname.endsWith("/customers") ? here.get("list") : here)
  for (const [name, value] of [...words]) if (!value || name === "list") words.delete(name)
  words.sort()
  return `${location.pathname}?${words}`
}

function restore(top) {
  stop()
  const began = performance.now()
  let since = began
  restoring = setInterval(() => {
    const element = main()
    const now = performance.now()
    if (!element || now - began > PATIENCE) return stop()
    if (element.scrollHeight - element.clientHeight < top) since = now
    else if (Math.abs(element.scrollTop - top) > 1) element.scrollTop = top, since = now
    else if (now - since > SETTLED_AFTER) stop()
  }, 30)
}

function stop() {
  clearInterval(restoring)
  restoring = null
}
