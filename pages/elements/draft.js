// Keeps what is typed into a form in the tab's storage, and restores it into a new form of the same name.

const STORE = "draft " // and the name of the form
const TYPED = ["text", "number", "nothing"] // whose value is what is typed in the field
const TICKED = 1000 // milliseconds after which a clicked checkbox is surely drawn as ticked or not
const forms = new Map() // by token: the initial values of the fields, and the draft that was restored

document.addEventListener("input", saveTyped)
// A checkbox of Streamlit's has no such event, and stops its click on the way up. It is drawn as ticked only later, and
// its dialog may be closed by then: so what the click will do is kept at once.
document.addEventListener("click", ({ target }) => {
  const box = ofCheckbox(target)
  if (!box || box.disabled) return
  saveTicked(box, box === target ? box.checked : !box.checked)
  setTimeout(saveTyped, TICKED)
}, true)

export default function ({ data: [form], parentElement, setTriggerValue }) {
  const kept = load(form.name)
  const known = forms.get(form.token)
  const state = known ?? { initial: form.initial ?? form.values, from: null }
  const before = known?.form.values ?? state.initial
  Object.assign(state, { form, setTriggerValue, root: rootIn(parentElement) })
  forms.set(form.token, state)
  if (!known && kept && kept.token !== form.token) giveBack(state, kept)
  const sent = Object.entries(form.values).filter(([name, value]) => !same(value, before[name]))
  saveDraft(state, Object.fromEntries(sent))
  drawNote(state)
  return () => forms.delete(form.token)
}

function saveTyped() {
  forms.forEach(state => saveDraft(state, typedIn(state.form)))
}

function saveTicked(box, value) {
  forms.forEach(state => {
    const field = box.closest(selectorOf(state.form.token))
    if (field) saveDraft(state, { [nameOf(field, state.form.token)]: { kind: "flag", value } })
  })
}

function ofCheckbox(element) {
  return element.closest?.("label")?.querySelector("input[type=checkbox]")
}

function giveBack(state, kept) {
  state.from = kept
  store(state.form.name, { ...kept, token: state.form.token })
  // With untouched numbers too: Streamlit's number field reads as empty before it is drawn.
  const numbers = Object.entries(state.form.values).filter(([, { kind }]) => kind === "number")
  state.setTriggerValue("restored", { ...Object.fromEntries(numbers), ...kept.values })
}

// `values` are of the fields that may have changed. Others stay as they are: they may not be drawn.
function saveDraft({ form, initial, from }, values) {
  // While a draft is being restored, the fields still have their initial values.
  if ((from && !form.restored) || finished().includes(form.token)) return
  const kept = load(form.name)?.values ?? {}
  for (const [name, value] of Object.entries(values)) {
    if (same(value, initial[name])) delete kept[name]
    else kept[name] = value
  }
  if (Object.keys(kept).length) store(form.name, { token: form.token, values: kept, initial, dialog: form.dialog })
  else sessionStorage.removeItem(STORE + form.name)
}

// What is typed in the fields and ticked in the checkboxes, sent or not.
function typedIn({ token, values }) {
  const typed = fieldsOf(token).flatMap(element => {
    const name = nameOf(element, token)
    const value = valueIn(element, values[name]?.kind)
    return value ? [[name, value]] : []
  })
  return Object.fromEntries(typed)
}

function valueIn(element, kind) {
  const box = element.querySelector("input[type=checkbox]")
  if (box && kind === "flag") return { kind, value: box.checked }
  const field = element.querySelector("textarea, input:not([type=checkbox]):not([type=radio]):not([role=combobox])")
  return field && TYPED.includes(kind) ? { kind: "text", value: field.value } : null
}

function fieldsOf(token) {
  return [...document.querySelectorAll(selectorOf(token))]
}

function selectorOf(token) {
  return `[class*="st-key-${token}-"]`
}

function nameOf(element, token) {
  const prefix = `st-key-${token}-`
  return [...element.classList].find(each => each.startsWith(prefix)).slice(prefix.length)
}

function same(one, other) {
  return String(one?.value ?? "") === String(other?.value ?? "")
}

function drawNote({ form, from, initial, root, setTriggerValue }) {
  const note = root.querySelector(".draft")
  note.hidden = !(from && form.restored)
  if (note.hidden) return note.replaceChildren()
  const changed = Object.keys(from.values).filter(name => !same(from.initial[name], initial[name]))
  const others = changed.map(name => `${labelOf(form.token, name)}: ${initial[name]?.value || "(empty)"}`)
  const discard = make("button", { type: "button" }, "Discard")
  discard.onclick = () => {
    forms.delete(form.token)
    sessionStorage.removeItem(STORE + form.name)
    setTriggerValue("discarded", true)
  }
  const since = others.length ? [make("p", {}, `Changed by someone else since: ${others.join("; ")}`)] : []
  note.replaceChildren(make("span", {}, "Your unsaved changes were restored."), discard, ...since)
}

function labelOf(token, name) {
  return document.querySelector(`.st-key-${token}-${name} label`)?.textContent.trim() || name
}

function finished() {
  return JSON.parse(sessionStorage.getItem("finished drafts") || "[]")
}

function load(name) {
  return JSON.parse(sessionStorage.getItem(STORE + name))
}

function store(name, draft) {
  sessionStorage.setItem(STORE + name, JSON.stringify(draft))
}
