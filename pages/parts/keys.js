// Keys for the whole screen. What is typed in a field is never touched, nor what is held with Ctrl, Alt or Cmd.

const FIELD = "input:not([type=checkbox]):not([type=radio]):not([type=button]), textarea, select, [contenteditable=true]"
const SEARCH = "[data-testid=stMain] input[type=search]"
const ROW = "[data-customer]"

let wanted = false // "/" was pressed on a screen without a search box: it is focused when it comes
let latest = {}

export default function (component) {
  latest = component
  if (wanted) focusSoon(40)
  document.removeEventListener("keydown", pressed) // Streamlit calls this again with each new screen.
  document.addEventListener("keydown", pressed)
  return () => document.removeEventListener("keydown", pressed)
}

function pressed(event) {
  const target = event.composedPath()[0]
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return
  if (document.querySelector("[role=dialog]")) return
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key]
  if (step) return walk(event, target, step)
  if (target.closest?.(FIELD) || target.closest?.("[role=grid], canvas, [role=listbox]")) return
  if (act(event.key)) event.preventDefault()
}

function act(key) {
  const { data, setTriggerValue } = latest
  const search = document.querySelector(SEARCH)
  const name = data.presses[key.toLowerCase()]
  const button = name && document.querySelector(`.st-key-${name} button`)
  if (key === "/" && search) search.focus(), search.select()
  else if (button) button.click()
  else if (key === "/" || key === "?" || key.toLowerCase() === "n") {
    wanted = key === "/"
    setTriggerValue("pressed", key.toLowerCase())
  } else return false
  return true
}

function focusSoon(tries) {
  const search = document.querySelector(SEARCH)
  if (search) search.focus(), (wanted = false)
  else if (tries) setTimeout(() => focusSoon(tries - 1), 100)
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

function customers() {
  const lists = [...document.querySelectorAll(".st-key-people *")].map(element => element.shadowRoot).filter(Boolean)
  return lists.flatMap(list => [...list.querySelectorAll(ROW)])
}
