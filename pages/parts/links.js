// Stands before the code of each component that has links to other screens. What was typed is only ever set as text.

const HELD = ["altKey", "ctrlKey", "metaKey", "shiftKey"]

function make(tag, attributes = {}, ...inside) {
  const element = document.createElement(tag)
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value)
  element.append(...inside)
  return element
}

function opens(element, { href }, open = go) {
  element.onclick = event => {
    const another = HELD.some(key => event[key]) // A new tab or window is the browser's own business.
    const isMarked = event.detail && String(getSelection()) // A key presses without a pointer.
    if (another || isMarked) return
    event.preventDefault()
    if (isConnected()) open(href)
  }
  return element
}

// Without the server nothing here leads anywhere, as with Streamlit's own elements.
function isConnected() {
  return Boolean(document.querySelector("[data-test-connection-state=CONNECTED]"))
}

function go(address) {
  const leaves = new URL(address, location).pathname !== location.pathname
  if (!leaves) document.querySelector("[data-testid=stMain]")?.scrollTo(0, 0)
  lead(address)
}

// To an address as the browser's own Back and Forward lead there: Streamlit then runs that screen and nothing else.
function lead(address) {
  history.pushState({}, "", address)
  dispatchEvent(new PopStateEvent("popstate", { state: {} }))
}
