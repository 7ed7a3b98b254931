// Streamlit writes the address of each answer into the history. When two changes are asked for before the first answer
// comes, or while words are typed, it can leave an address there that is not of the list that is shown. A second after
// the last answer the list's own address is put in its place, so that a refresh or a shared link shows the same.

const QUIET = 1000 // milliseconds
let timer

addEventListener("popstate", () => clearTimeout(timer)) // The address is another list's or screen's now.

export default function ({ data: { address } }) {
  clearTimeout(timer)
  timer = setTimeout(() => repair(new URLSearchParams(address)), QUIET)
  return () => clearTimeout(timer)
}

function repair(address) {
  if (!isOnList() || isTyping(address) || same(address, new URLSearchParams(location.search))) return
  history.replaceState(history.state, "", `${location.pathname}?${address}`)
}

// A late answer can put the address of a customer who was opened under the list's path for a moment.
function isOnList() {
  return location.pathname.endsWith("/customers") && !new URLSearchParams(location.search).has("id")
}

// The list of the words that are in the search box now is still to come.
function isTyping(address) {
  return document.querySelector(".st-key-q input")?.value.trim() !== (address.get("q") ?? "").trim()
}

function same(...addresses) {
  const [one, other] = addresses.map(each => {
    each.sort()
    return String(each)
  })
  return one === other
}
