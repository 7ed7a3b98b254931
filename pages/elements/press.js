// What is pressed must not be replaced or moved before it is clicked, so what arrives until then is drawn afterwards.

const CLICKED_AFTER_MS = 100 // A browser sends the click some milliseconds after a finger is lifted.
const RELEASES = ["pointerup", "pointercancel", "blur"]

// Draws the content of this element now, or when nothing in it is pressed any more.
function drawUnpressed(element, draw) {
  if (!element.drawLatest) element.addEventListener("pointerdown", () => hold(element))
  element.drawLatest = draw
  if (!element.isPressed) draw()
}

function hold(element) {
  element.isPressed = true
  clearTimeout(element.released)
  const release = ({ type, target }) => {
    if (type === "blur" && target !== window) return // The press moves the focus.
    for (const event of RELEASES) window.removeEventListener(event, release, true)
    element.released = setTimeout(() => {
      element.isPressed = false
      element.drawLatest()
    }, CLICKED_AFTER_MS)
  }
  for (const event of RELEASES) window.addEventListener(event, release, true)
}

