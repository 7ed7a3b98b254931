// Comes before the code of each component with links to other screens. Typed text is only ever set as text.

const HELD = ["altKey", "ctrlKey", "metaKey", "shiftKey"]

function make(tag, attributes = {}, ...inside) {
  const element = document.createElement(tag)
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value)
  element.append(...inside)
  return element
}

function opens(element, { href }, open = go) {
  if (href.startsWith("tel:")) return element // The browser calls the number.
  element.onclick = event => {
    const another = HELD.some(key => event[key]) // The browser opens a new tab or window.
    const isMarked = event.detail && String(getSelection()) // A click by key has no detail.
    if (another || isMarked) return
    event.preventDefault()
    if (isConnected()) afterTyping(() => open(href))
  }
  return element
}

// A letter typed just before a tap on a link is still on its way to the server, which answers with the old screen. The
// next screen is opened after that answer, or the answer would replace it.
const TYPING = 700 // milliseconds: the pause of a live search and its answer
const ANSWER = 150 // milliseconds until the server has begun to answer

let typedAt = -Infinity
document.addEventListener("input", event => (typedAt = event.timeStamp))

function afterTyping(act) {
  if (performance.now() - typedAt > TYPING) return act()
  setTimeout(() => whenAnswered(act)) // Leaving the field sends what was typed; that comes first.
}

function whenAnswered(act) {
  const app = document.querySelector("[data-test-script-state]")
  const isRunning = () => app.dataset.testScriptState === "running"
  const finish = () => {
    clearTimeout(timer)
    observer.disconnect()
    act()
  }
  const observer = new MutationObserver(() => {
    if (isRunning()) clearTimeout(timer)
    else finish()
  })
  observer.observe(app, { attributeFilter: ["data-test-script-state"] })
  const timer = setTimeout(finish, isRunning() ? 10 * ANSWER : ANSWER)
}

// Without the server links and buttons do nothing, like Streamlit's own.
function isConnected() {
  return Boolean(document.querySelector("[data-test-connection-state=CONNECTED]"))
}

function go(address) {
  const leaves = new URL(address, location).pathname !== location.pathname
  if (!leaves) document.querySelector("main")?.scrollTo(0, 0)
  lead(address)
}

// Opens an address as the browser's Back and Forward do: Streamlit then runs that screen and nothing else.
function lead(address) {
  history.pushState({}, "", address)
  dispatchEvent(new PopStateEvent("popstate", { state: {} }))
}
