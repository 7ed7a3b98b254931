// A text area sends what is typed only when it is left. Here it is sent after a pause too, as by Ctrl+Enter.
const PAUSE = 350
let timer

export default function () {
  document.addEventListener("input", typed)
  return () => document.removeEventListener("input", typed)
}

function typed(event) {
  const field = event.composedPath()[0]
  if (field.tagName !== "TEXTAREA" || event.isComposing) return
  clearTimeout(timer)
  timer = setTimeout(() => commit(field), PAUSE)
}

function commit(field) {
  field.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", ctrlKey: true, bubbles: true, cancelable: true }))
}
