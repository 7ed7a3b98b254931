// Stands before the code of each component that has looks: HTML and LOOKS are said before this.

const looks = new CSSStyleSheet() // Read once, however often the component is drawn.
looks.replaceSync(LOOKS)

// Where a component stands apart: no rule of its looks reaches the screen around it, and none of the screen's reaches in.
function rootIn(place) {
  const root = place.shadowRoot ?? place.attachShadow({ mode: "open" })
  if (root.adoptedStyleSheets[0] !== looks) { // New, or a tab that stayed open while the code became another.
    root.adoptedStyleSheets = [looks]
    root.innerHTML = HTML
  }
  return root
}
