// A field for numbers drops a comma: 1,5 seats would become 15. With a point they are 1.5, which the server refuses.

const SEATS = "input[type=number][aria-label=Seats]"

document.addEventListener("beforeinput", event => {
  if (!event.data?.includes(",") || !event.target.matches?.(SEATS)) return
  event.preventDefault()
  document.execCommand("insertText", false, event.data.replaceAll(",", "."))
}, true)

