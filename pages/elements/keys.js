// Keyboard shortcuts of every screen. Typing in a field is left alone, and so are keys held with Ctrl, Alt or Cmd.

const FIELD = "input:not([type=checkbox]):not([type=radio]):not([type=button]), textarea, select, [contenteditable=true]"
const SEARCH = 'main input[type=search][aria-label="Search customers"]' // other screens have boxes too
const ROW = "[data-customer]"
const DIALOG = "[role=dialog][aria-labelledby]" // A popover has a label of its own.
const EVERYTHING = "Search customers, events and screens" // the label of the box that Ctrl+K opens

const FIRST_FIELDS = { add_customer: "First name", add_event: "Name" } // screens that open with the focus in this field
const ASKED = ["/", "?", "n"] // answered by the server where the screen itself has no answer
const PATIENCE = 5000 // milliseconds

let screen = null // what Streamlit gave with the current screen; null between two screens
let waiting = null // the key that is not answered yet
let timer
let looking // for the first field
const begun = new WeakSet()

document.addEventListener("keydown", pressed)
document.addEventListener("pointerdown", forget, true)
document.addEventListener("focusin", focusSearch)
document.addEventListener("focusout", keepFocus, true)
new MutationObserver(focusOpened).observe(document.body, { childList: true })

export default function (component) {
  screen = component
  shownPath = location.pathname
  document.documentElement.dataset.keys = "heard" // For tests: keys work from now on.
  answerWaiting()
  focusFirst()
  return () => {
    if (screen === component) screen = null
  }
}

function pressed(event) {
  const target = event.composedPath()[0]
  // Streamlit's text fields mark Enter as handled.
  if (event.key === "Enter" && !event.isComposing && target === everythingBox()) return openFirst(target, Date.now() + PATIENCE)
  if (event.defaultPrevented || event.altKey || event.isComposing) return
  if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") return searchEverything(event)
  if (event.ctrlKey || event.metaKey) return
  if (document.querySelector("[role=dialog]")) return walkResults(event, target)
  forget()
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key]
  if (step) return walk(event, target, step)
  if (target.closest?.(FIELD) || target.closest?.("[role=grid], canvas, [role=listbox]")) return
  const key = event.key.toLowerCase()
  if (ASKED.includes(key)) event.preventDefault() // "/" also opens a browser's own search.
  waiting = { key, isAsked: false, until: Date.now() + PATIENCE }
  answerWaiting()
}

// Staff who know the keys are faster than the server: a key waits until a screen can answer it, or something else is
// pressed.
function answerWaiting() {
  clearTimeout(timer)
  if (!waiting) return
  if (Date.now() > waiting.until || (screen && isAnswered())) forget()
  else timer = setTimeout(answerWaiting, 100)
}

function forget() {
  waiting = null
}

function isAnswered() {
  const { key, isAsked } = waiting
  const button = screen.data.keys.includes(key) && withKey(key)
  const search = key === "/" && document.querySelector(SEARCH)
  const undo = key === "u" && undoOfToast()
  if (button) button.click()
  else if (undo) undo.click()
  else if (search) search.focus(), search.select()
  else if (ASKED.includes(key)) {
    if (!isAsked) screen.setTriggerValue("pressed", key)
    waiting.isAsked = true
    return key !== "/" // The search box comes with the next screen.
  } else return !screen.data.keys.includes(key)
  return true
}

// Once for each form: a form with problems keeps the focus where it is. The form may be drawn after this.
function focusFirst(until = Date.now() + PATIENCE) {
  clearTimeout(looking)
  const label = FIRST_FIELDS[screen?.data.screen]
  if (!label || Date.now() > until) return
  const field = document.querySelector(`main input[aria-label="${label}"]`)
  const isElsewhere = document.activeElement?.matches(FIELD) || document.querySelector("[role=dialog]")
  if (begun.has(field) || isElsewhere) return
  if (!field) return (looking = setTimeout(focusFirst, 50, until))
  begun.add(field)
  field.focus()
}

// A dialog of Streamlit that is opened by a key takes the focus after all transitions of the page, and leaves it again half
// a second later. If a transition is of an element that is removed, it never takes it, and Escape is not heard.
function focusOpened(changes) {
  const added = changes.flatMap(({ addedNodes }) => [...addedNodes])
  const dialog = added.map(node => node.querySelector?.(DIALOG)).find(Boolean)
  if (dialog && !dialog.contains(document.activeElement)) dialog.focus()
}

// The dialog stops the focusout event of that moment, so it is caught before it gets there.
function keepFocus({ target }) {
  if (!target.matches(DIALOG)) return
  setTimeout(() => document.activeElement === document.body && target.focus())
}

// A dialog takes the focus when it opens, before its content is drawn. It passes to the search box, if there is one.
function focusSearch({ target: dialog }) {
  if (!dialog.matches("[role=dialog]")) return
  const until = Date.now() + PATIENCE
  const look = () => {
    const field = dialog.querySelector("input[type=search]")
    if (document.activeElement !== dialog || Date.now() > until || begun.has(field)) return
    if (!field) return setTimeout(look, 50)
    begun.add(field)
    field.focus()
  }
  look()
}

function withKey(key) {
  const onBoards = roots("*").flatMap(root => [...root.querySelectorAll(`[data-key="${key}"]`)])
  return onBoards[0] || document.querySelector(`.st-key-press_${key} button`)
}

// A toast goes before its button can be reached by Tab.
function undoOfToast() {
  return [...(document.querySelector("#toasts")?.shadowRoot.querySelectorAll("button.undo") ?? [])].at(-1)
}

// Up and down go through the customers of the list, from the search box too; Enter then follows the link.
function walk(event, target, step) {
  const rows = customers()
  const here = rows.indexOf(target.closest?.("a"))
  const fromSearch = target.matches?.(SEARCH) && step > 0
  if (!rows.length || (here < 0 && !fromSearch && target !== document.body)) return
  const next = here + step
  if (next < 0) document.querySelector(SEARCH)?.focus()
  else rows[Math.min(next, rows.length - 1)].focus()
  event.preventDefault()
}

// Ctrl+K, also while typing in a field. A browser's own search is not opened.
function searchEverything(event) {
  event.preventDefault()
  if (!event.shiftKey && !document.querySelector("[role=dialog]")) screen?.setTriggerValue("pressed", "k")
}

function everythingBox() {
  return document.querySelector(`[role=dialog] input[aria-label="${EVERYTHING}"]`)
}

// In the dialog, up and down go through the results.
function walkResults(event, target) {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key]
  const box = everythingBox()
  const links = [...(results()?.querySelectorAll("a") ?? [])]
  const here = links.indexOf(target.closest?.("a"))
  if (!step || !links.length || (here < 0 && target !== box)) return
  const next = here + step
  if (next < 0) box.focus()
  else links[Math.min(next, links.length - 1)]?.focus()
  event.preventDefault()
}

// Enter in the box opens the first result. The results for the last letter typed may be on their way.
function openFirst(box, until) {
  const words = box.value.trim()
  const isShown = results()?.textContent.includes(`Results for ‘${words}’`)
  if (isShown) results().querySelector("a")?.click()
  else if (words && box.isConnected && Date.now() < until) setTimeout(openFirst, 50, box, until)
}

// The shadow root of the results, while there are any.
function results() {
  const within = [...document.querySelectorAll("[role=dialog] .st-key-found_everywhere *")]
  return within.map(element => element.shadowRoot).find(Boolean)
}

function customers() {
  return roots(".st-key-people *").flatMap(list => [...list.querySelectorAll(ROW)])
}

// The shadow roots of our own elements.
function roots(selector) {
  const elements = [...document.querySelectorAll(`main ${selector}`)]
  return elements.map(element => element.shadowRoot).filter(Boolean)
}
