// A button that opens the browser's calendar or clock, and types the chosen date or time into the field beside it.

export default function ({ data, parentElement }) {
  if (parentElement.querySelector("button")) return
  const picker = Object.assign(document.createElement("input"), { type: data.kind, tabIndex: -1 })
  picker.setAttribute("aria-hidden", "true")
  picker.style.cssText = "position:absolute; inset:auto auto 0 0; width:1px; height:1px; opacity:0; pointer-events:none; border:0"
  const button = Object.assign(document.createElement("button"), { type: "button", textContent: data.icon })
  button.setAttribute("aria-label", data.label)
  button.style.cssText =
    "font: 1.4rem/1 'Material Symbols Rounded'; width:44px; height:44px; cursor:pointer; color:inherit; background:none;" +
    "border:1px solid var(--st-border-color); border-radius:var(--st-base-radius)"
  button.onclick = () => {
    picker.value = asPicked(fieldNamed(data.field)?.value ?? "", data.kind)
    picker.showPicker?.()
  }
  picker.onchange = () => picker.value && type(fieldNamed(data.field), asTyped(picker.value, data.kind))
  parentElement.style.position = "relative"
  parentElement.append(picker, button)
}

function fieldNamed(label) {
  return document.querySelector(`input[aria-label="${CSS.escape(label)}"]`)
}

function asPicked(typed, kind) {
  if (kind === "time") return typed
  const [, day, month, year] = typed.match(/^(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})$/) ?? []
  return year ? `${year}-${month.padStart(2, "0")}-${day.padStart(2, "0")}` : ""
}

function asTyped(picked, kind) {
  return kind === "time" ? picked.slice(0, 5) : picked.split("-").reverse().join("/")
}

// As if it were typed: React listens to the event, and only to a value that is set with the browser's own setter.
function type(field, words) {
  if (!field) return
  field.focus()
  Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, "value").set.call(field, words)
  field.dispatchEvent(new Event("input", { bubbles: true }))
  field.blur()
}
