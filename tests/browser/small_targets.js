// What is tapped and is lower than `thumb`, in shadow roots too. Not: links inside a sentence; what only a keyboard or
// a screen reader meets; a field, whose frame is tapped.
thumb => {
  const KINDS = "a[href], button, input:not([type=hidden]), select, textarea, summary, [role=button], [role=link], "
    + "[role=tab], [role=radio], [role=checkbox], [role=switch], [role=menuitem], [role=option], [role=combobox]"
  const small = []

  const look = root => {
    for (const element of root.querySelectorAll("*")) {
      if (element.shadowRoot) look(element.shadowRoot)
      if (element.matches(KINDS) && isShown(element) && !isInSentence(element) && height(element) < thumb - 0.5) {
        small.push(`${Math.round(height(element))} px: ${element.outerHTML.slice(0, 160)}`)
      }
    }
  }

  const isShown = element => {
    const box = element.getBoundingClientRect()
    const isDrawn = (box.width > 1 && box.height > 1) || labels(element).length > 0
    return isDrawn && element.checkVisibility({ visibilityProperty: true, contentVisibilityAuto: true })
  }

  const isInSentence = element => {
    const around = element.closest("p, li, td, dd, h1, h2, h3") ?? element.parentElement
    return getComputedStyle(element).display === "inline" && around.textContent.trim() !== element.textContent.trim()
      && !reaches(element)
  }

  const labels = element => [...(element.labels ?? []), element.closest("label")].filter(Boolean)

  const height = element => {
    const boxes = [element, ...labels(element), ...frame(element)]
    return Math.max(reaches(element), ...boxes.map(each => each.getBoundingClientRect().height))
  }

  // A field is drawn as a frame, with its button inside.
  const frame = element => {
    const isFramed = element.matches("input, [role=combobox]") || element.parentElement?.matches("[role=group]")
    return isFramed ? [element.parentElement] : []
  }

  // A link may open on a tap anywhere in its row, or be stretched over its card by a pseudo-element.
  const reaches = element => {
    const row = element.closest("tr")
    if (row && getComputedStyle(row).cursor === "pointer") return row.getBoundingClientRect().height
    const { position, content } = getComputedStyle(element, "::after")
    if (position !== "absolute" || content === "none") return 0
    let around = element.parentElement
    while (around && getComputedStyle(around).position === "static") around = around.parentElement
    return around ? around.getBoundingClientRect().height : 0
  }

  look(document)
  return small
}
