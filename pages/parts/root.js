// Stands before the code of each component that has looks: HTML and LOOKS are said before this.

const looks = new CSSStyleSheet() // Read once, however often the component is drawn.
looks.replaceSync(LOOKS)

// Streamlit fades what is waited for longer than half a second. It starts an animation for that with each question, and
// the browser paints everything anew to be ready for it. This fades alike, but nothing is painted before it does.
const fading = new CSSStyleSheet()
fading.replaceSync(`
  @property --shown { syntax: "<number>"; inherits: false; initial-value: 1; }
  [data-testid=stElementContainer][data-stale=true] {
    --shown: 0.33;
    opacity: var(--shown);
    transition: --shown 1s ease-in 0.5s;
  }
`)
document.adoptedStyleSheets.push(fading)

// Where a component stands apart: neither do its looks reach the screen around it, nor the screen's reach in.
function rootIn(place) {
  if (place.shadowRoot) return place.shadowRoot
  const root = place.attachShadow({ mode: "open" })
  root.adoptedStyleSheets = [looks]
  root.innerHTML = HTML
  return root
}
