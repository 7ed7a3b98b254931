// The dialogs of this screen that were left without saving, each with a button to continue.

const STORE = "draft "

export default function ({ data: [given], parentElement, setTriggerValue }) {
  const place = rootIn(parentElement).querySelector(".unfinished")
  sessionStorage.setItem("finished drafts", JSON.stringify(given.finished))
  removeFinished(given.finished)
  const drafts = Object.entries(sessionStorage)
    .filter(([name]) => name.startsWith(`${STORE}${given.screen}#`))
    .filter(([name]) => name !== STORE + given.open)
    .map(([name, draft]) => [name, JSON.parse(draft)])
    .filter(([, { dialog }]) => dialog)
  place.replaceChildren(...drafts.map(([name, { dialog }]) => bar(name, dialog, setTriggerValue)))
}

function removeFinished(tokens) {
  for (const [name, draft] of Object.entries(sessionStorage)) {
    if (name.startsWith(STORE) && tokens.includes(JSON.parse(draft).token)) sessionStorage.removeItem(name)
  }
}

function bar(name, dialog, setTriggerValue) {
  const resume = make("button", { type: "button", class: "resume" }, "Continue")
  const discard = make("button", { type: "button" }, "Discard")
  const element = make("div", { role: "status" }, make("span", {}, `Not saved: ${dialog.title}`), resume, discard)
  resume.onclick = () => isConnected() && setTriggerValue("resumed", dialog)
  discard.onclick = () => {
    sessionStorage.removeItem(name)
    element.remove()
  }
  return element
}
