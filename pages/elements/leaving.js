// Leaving a screen just after typing. A live search box sends its words after a pause or when it loses focus, a moment
// after one of Streamlit's links has asked for the next screen. The answer to the words would replace that screen.
// This code comes after links.js.

let shownPath = location.pathname // of the screen that was drawn last

document.addEventListener("click", followAfterTyping, true)
addEventListener("popstate", dropTyping, true)

// A link is followed after the words are sent.
function followAfterTyping(event) {
  const link = event.target.closest?.("a[href]:not([target=_blank])")
  const isOwn = !event.isTrusted || HELD.some(key => event[key])
  if (!link || isOwn || performance.now() - typedAt > TYPING) return
  event.preventDefault()
  event.stopImmediatePropagation()
  setTimeout(() => link.click())
}

// Back and Forward to another screen drop words that are not sent yet: the search box takes them as unfinished.
function dropTyping() {
  const field = document.activeElement
  if (location.pathname === shownPath || !field?.matches("main input, [role=dialog] input")) return
  field.dispatchEvent(new CompositionEvent("compositionstart", { bubbles: true }))
}
