// What has the focus: its words, whether it is seen to have it, and a number of its own to know it again.
() => {
  let element = document.activeElement
  while (element?.shadowRoot?.activeElement) element = element.shadowRoot.activeElement
  window.focused ??= new Map()
  if (!focused.has(element)) focused.set(element, focused.size)

  const around = [element, element.nextElementSibling, element.closest("label")]
  for (let each = element, steps = 0; each && steps < 3; each = each.parentElement, steps++) around.push(each)
  const styles = around.filter(Boolean).flatMap(each => [getComputedStyle(each), getComputedStyle(each, "::after")])
  const hasLine = ({ outlineStyle, outlineWidth, boxShadow }) =>
    (outlineStyle !== "none" && parseFloat(outlineWidth) > 0) || boxShadow !== "none"
  // A field shows it by its cursor, the hour or minute of a time by its background; what is only scrolled, by scrolling.
  const isFilled = getComputedStyle(element).backgroundColor !== "rgba(0, 0, 0, 0)"
  const isSeen =
    element.matches("input, textarea, main, [role=dialog]") ||
    (element.matches("[role=spinbutton]") && isFilled) ||
    styles.some(hasLine)
  const words = element.getAttribute("aria-label") || element.labels?.[0]?.textContent || element.textContent
  return { number: focused.get(element), words: `${element.localName}: ${words.trim().slice(0, 60)}`, isSeen }
}
