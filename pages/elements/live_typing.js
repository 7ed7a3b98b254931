// A text area sends what is typed only when it is left. Here it is sent after a pause too, as by Ctrl+Enter.
const PAUSE = 350
let timer

export default function () {
  document.addEventListener("input", typed)
  sendAfterPause(document.activeElement) // Words may be typed before this is drawn.
  return () => document.removeEventListener("input", typed)
}

function typed(event) {
  if (!event.isComposing) sendAfterPause(event.composedPath()[0])
}

function sendAfterPause(field) {
  if (field.tagName !== "TEXTAREA") return
  clearTimeout(timer)
  timer = setTimeout(() => commit(field), PAUSE)
}

function commit(field) {
  field.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", ctrlKey: true, bubbles: true, cancelable: true }))
}
