// Stands before the code of each component that has looks: HTML and LOOKS are said before this.

const looks = new CSSStyleSheet() // Read once, however often the component is drawn.
looks.replaceSync(LOOKS)

// Where a component stands apart: neither do its looks reach the screen around it, nor the screen's reach in.
function rootIn(place) {
  if (place.shadowRoot) return place.shadowRoot
  const root = place.attachShadow({ mode: "open" })
  root.adoptedStyleSheets = [looks]
  root.innerHTML = HTML
  return root
}
