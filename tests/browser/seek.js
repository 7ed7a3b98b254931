// The first element that is shown with this role and exactly these words (its label, or its text), in shadow roots too.
function seek(role, words) {
  const KINDS = {
    button: "button, [role=button]",
    dialog: "[role=dialog]",
    heading: "h1, h2, h3, [role=heading]",
    link: "a[href]",
    radio: "[role=radio], label:has(input[type=radio])",
    table: "table",
    textbox: "input, textarea",
  }
  return shown(document, KINDS[role]).find(each => names(each).includes(words))
}

function shown(root, selector) {
  const inside = [...root.querySelectorAll("*")].flatMap(each => (each.shadowRoot ? shown(each.shadowRoot, selector) : []))
  return [...root.querySelectorAll(selector), ...inside].filter(each => each.checkVisibility({ visibilityProperty: true }))
}

function names(element) {
  const by = document.getElementById(element.getAttribute("aria-labelledby"))
  const labels = [...(element.labels ?? []), ...(by ? [by] : [])].map(label => label.textContent)
  return [element.getAttribute("aria-label"), element.innerText, ...labels].map(words => (words ?? "").trim())
}

function middle(element) {
  element.scrollIntoView({ block: "center" })
  const box = element.getBoundingClientRect()
  return [Math.round(box.x + box.width / 2), Math.round(box.y + box.height / 2)]
}
