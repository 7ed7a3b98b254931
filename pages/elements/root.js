// Comes before the code of each component with styles. HTML and LOOKS are defined before this.

const looks = new CSSStyleSheet() // Read once, however often the component is drawn.
looks.replaceSync(LOOKS)

// A shadow root: the component's styles do not affect the screen around it, nor the screen's styles the component.
function rootIn(place) {
  const root = place.shadowRoot ?? place.attachShadow({ mode: "open" })
  if (root.adoptedStyleSheets[0] !== looks) { // New, or the code changed while the tab was open.
    root.adoptedStyleSheets = [looks]
    root.innerHTML = HTML
  }
  return root
}
