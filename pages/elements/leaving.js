// Leaving a screen at the moment of typing. A live search box sends its words after a pause or when it is left, which is a
// moment after a link of Streamlit's has asked for the next screen: the answer to the words would replace that screen.
// links.js stands before this.

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

// Back and Forward to another screen drop words that are not sent yet: to the search box they are unfinished.
function dropTyping() {
  const field = document.activeElement
  if (location.pathname === shownPath || !field?.matches("main input, [role=dialog] input")) return
  field.dispatchEvent(new CompositionEvent("compositionstart", { bubbles: true }))
}
