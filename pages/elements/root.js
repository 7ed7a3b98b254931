// Stands before the code of each component that has looks: HTML and LOOKS are said before this.

const looks = new CSSStyleSheet() // Read once, however often the component is drawn.
looks.replaceSync(LOOKS)

// Streamlit fades what is waited for longer than half a second. It starts an animation for that with each question, and
// the browser paints everything anew to be ready for it. This fades alike, but nothing is painted before it does. Where
// a browser knows no @property it would fade at once: there it stays Streamlit's own.
const fading = new CSSStyleSheet()
fading.replaceSync(`
  @property --shown { syntax: "<number>"; inherits: false; initial-value: 1; }
  [data-testid=stElementContainer][data-stale=true] {
    --shown: 0.33;
    opacity: var(--shown);
    transition: --shown 1s ease-in 0.5s;
  }
`)
if ("CSSPropertyRule" in window) document.adoptedStyleSheets.push(fading)

// Where a component stands apart: no rule of its looks reaches the screen around it, and none of the screen's reaches in.
function rootIn(place) {
  const root = place.shadowRoot ?? place.attachShadow({ mode: "open" })
  if (root.adoptedStyleSheets[0] !== looks) { // New, or a tab that stayed open while the code became another.
    root.adoptedStyleSheets = [looks]
    root.innerHTML = HTML
  }
  return root
}
