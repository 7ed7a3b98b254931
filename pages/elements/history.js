// When a screen is opened with a query, Streamlit adds two steps to the history: the query under the old screen's path,
// then the new screen. Back would stop at the first, which was never shown, so the second replaces it.

const push = history.pushState.bind(history)
let half = null // the address of such a first step, until something is pressed

for (const act of ["keydown", "pointerdown", "popstate"]) addEventListener(act, () => (half = null), true)

history.pushState = (state, unused, address) => {
  const next = new URL(address ?? location, location)
  const isSecond = half === location.href && next.search === location.search && next.pathname !== location.pathname
  if (isSecond) history.replaceState(state, unused, address)
  else push(state, unused, address)
  const isFirst = !isSecond && next.search && next.pathname === location.pathname
  half = isFirst ? location.href : null
}
