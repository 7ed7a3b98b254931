// For a screen that is opened with a query, Streamlit puts two steps into the history: that query under the screen that
// is left, then the screen itself. Back would stop at the first and show what was never there, so the second replaces it.

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
