// Shows what was done for a few seconds, where no button, field, title or dialog is. It stays when the screen changes.

const SHOWN_FOR = 8_000 // milliseconds; while it has the focus, no time passes.
const AT_LEAST = 4_000 // after the pointer has moved over it
const CHECKED_EVERY = 250
const NO_LONGER_THAN = 3_000 // to wait for a free place; after that the bottom edge is used
const MARGIN = 12
const STEP = 8
const NEVER_COVERED = "button, input, textarea, select, summary, [role=button], [role=dialog], h1, a:not(.read, [data-customer])"

export default function ({ data, parentElement, setTriggerValue }) {
  const toasts = place()
  toasts.undo = entry => setTriggerValue("undo", entry)
  dress(toasts.host, parentElement)
  for (const { id, words, undo } of data[0].messages) {
    if (toasts.seen.has(id)) continue
    toasts.seen.add(id)
    show(toasts, words, undo)
  }
}

// One for the whole page, outside what Streamlit draws. A live region must exist before its first message.
function place() {
  let host = document.querySelector("#toasts")
  if (!host) {
    host = document.body.appendChild(document.createElement("div"))
    host.id = "toasts"
    const region = rootIn(host).querySelector(".toasts")
    region.onpointermove = () => {
      for (const toast of region.children) toast.left = Math.max(toast.left, AT_LEAST)
    }
    host.toasts = { host, region, seen: new Set() }
  }
  return host.toasts
}

function dress({ style }, styled) {
  const values = getComputedStyle(styled)
  for (const name of ["--st-text-color", "--st-background-color", "--st-base-radius", "--st-font"]) {
    style.setProperty(name, values.getPropertyValue(name))
  }
}

function show(toasts, words, undo) {
  const toast = document.createElement("div")
  const said = document.createElement("span")
  said.textContent = words
  const close = document.createElement("button")
  close.textContent = "×"
  close.setAttribute("aria-label", "Dismiss")
  close.onclick = () => toast.remove()
  toast.append(said, ...(undo ? [undoButton(toasts, toast, undo)] : []), close)
  toast.left = SHOWN_FOR
  toasts.region.append(toast)
  if (!toasts.timer) toasts.timer = setInterval(() => check(toasts), CHECKED_EVERY)
  toasts.waited = 0
  put(toasts)
}

function undoButton(toasts, toast, entry) {
  const button = document.createElement("button")
  button.className = "undo"
  button.textContent = "Undo"
  button.setAttribute("aria-keyshortcuts", "u") // See keys.js.
  button.onclick = () => {
    toast.remove()
    toasts.undo(entry)
  }
  return button
}

function check(toasts) {
  put(toasts)
  const isHeld = toasts.region.matches(":focus-within") || toasts.region.hasAttribute("data-waiting")
  for (const toast of isHeld ? [] : [...toasts.region.children]) {
    toast.left -= CHECKED_EVERY
    if (toast.left <= 0) toast.remove()
  }
  if (toasts.region.children.length) return
  clearInterval(toasts.timer)
  toasts.timer = null
}

// Stays where it is if that is still free, or else moves to the lowest free place.
function put(toasts) {
  const { region } = toasts
  const taken = obstacles()
  const here = region.getBoundingClientRect()
  const isFree = at => !taken.some(box => overlap(box, at))
  if (toasts.isPut && isInside(here) && isFree(here)) return
  const free = spots(here).find(isFree)
  toasts.waited += CHECKED_EVERY
  const isDialogOpen = document.querySelector("[role=dialog]")
  const spot = free ?? (toasts.waited > NO_LONGER_THAN && !isDialogOpen ? spots(here)[0] : null)
  toasts.isPut = Boolean(spot)
  region.toggleAttribute("data-waiting", !spot)
  if (spot) Object.assign(region.style, { left: `${spot.left}px`, top: `${spot.top}px` })
}

function isInside({ top, bottom, left, right }) {
  return top >= 0 && left >= 0 && bottom <= innerHeight && right <= innerWidth
}

function spots({ width, height }) {
  const found = []
  const lefts = [...new Set([MARGIN, (innerWidth - width) / 2, innerWidth - width - MARGIN])].filter(left => left >= 0)
  for (let top = lowest() - height - MARGIN; top >= MARGIN; top -= STEP) {
    for (const left of lefts) found.push({ top, left, right: left + width, bottom: top + height })
  }
  return found
}

function lowest() {
  return document.querySelector(".st-key-thumb_bar")?.getBoundingClientRect().top ?? innerHeight
}

function obstacles() {
  const roots = [...document.querySelectorAll("*")].map(element => element.id !== "toasts" && element.shadowRoot)
  const elements = [document, ...roots.filter(Boolean)].flatMap(root => [...root.querySelectorAll(NEVER_COVERED)])
  return elements.map(element => element.getBoundingClientRect()).filter(box => box.width && box.height)
}

function overlap(one, other) {
  return one.left < other.right && other.left < one.right && one.top < other.bottom && other.top < one.bottom
}
