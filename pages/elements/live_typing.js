// A text area tells what is typed only when it is left. After a pause it is told here, as Ctrl+Enter would.
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
