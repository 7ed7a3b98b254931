// Streamlit writes the address of each answer into the history. After two quick changes, or during typing, it can leave
// an address there that does not match the list that is shown. A second after the last answer this replaces it by the
// list's address, so that a refresh or a shared link shows the same.

const QUIET = 1000 // milliseconds
let timer

addEventListener("popstate", () => clearTimeout(timer)) // Now it is the address of another list or screen.

export default function ({ data: { address } }) {
  clearTimeout(timer)
  timer = setTimeout(() => repair(new URLSearchParams(address)), QUIET)
  return () => clearTimeout(timer)
}

function repair(address) {
  if (!isOnList() || isTyping(address) || same(address, new URLSearchParams(location.search))) return
  history.replaceState(history.state, "", `${location.pathname}?${address}`)
}

// A late answer can put a customer's query under the list's path for a moment.
function isOnList() {
  return location.pathname.endsWith("/customers") && !new URLSearchParams(location.search).has("id")
}

// The list for the words now in the search box has not arrived yet.
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
