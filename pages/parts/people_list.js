// What comes from customers is only ever set as text.

let turned = false // Another page was asked for: it is read from its top.
let ahead = null // While a page stands that the server has not answered for: what it was turned from, and what to open.
const PATIENCE = 5000 // milliseconds until it is taken back

export default function (given) {
  const component = { ...given, data: given.data[0] }
  if (component.data !== ahead?.from.data) answered(component)
}

function answered(component) {
  const wanted = ahead?.from.parentElement === component.parentElement && ahead.wanted
  ahead = null
  draw(component)
  if (wanted) go(wanted)
}

function draw(component) {
  const { data, parentElement } = component
  parentElement.tell = component.setTriggerValue
  const focused = focusedIn(parentElement)
  const put = (place, ...inside) => parentElement.querySelector(place).replaceChildren(...inside)
  parentElement.querySelector("[role=status]").textContent = data.words
  put(".views", ...views(component))
  put(".tools", ...tools(component))
  people(component)
  put(".foot", ...foot(component))
  if (focused) parentElement.querySelector(focused)?.focus({ preventScroll: true })
  if (turned) parentElement.querySelector(".top").scrollIntoView({ block: "nearest" })
  turned = false
}

// What is drawn anew keeps the keyboard's place.
function focusedIn(parentElement) {
  const { named, customer } = parentElement.querySelector(":focus")?.dataset || {}
  if (named) return `[data-named="${named}"]`
  return customer && `[data-customer="${customer}"]`
}

function button(label, onclick, disabled = false) {
  const element = make("button", { type: "button", "data-named": label }, label)
  return Object.assign(element, { onclick, disabled })
}

// Like a list of Streamlit's: `chosen` may be none of the options, which is then called `empty`.
function choice(label, options, chosen, onchoose, empty) {
  const element = make("select", { "aria-label": label, "data-named": label })
  if (empty) element.append(make("option", { value: "" }, empty))
  element.append(...options.map(option => make("option", { value: option }, option)))
  element.value = chosen
  element.onchange = () => onchoose(element.value)
  return element
}

function views({ data, setTriggerValue }) {
  return data.views.map(view => {
    const element = button(view, () => setTriggerValue("viewed", view))
    element.setAttribute("aria-pressed", view === data.view)
    return element
  })
}

function tools({ data, setTriggerValue }) {
  // Nothing chosen would tell nothing: what is no letter leads back to the beginning.
  const jump = letter => setTriggerValue("jumped", letter || "the beginning")
  const letters = choice("Jump to a letter", data.letters, data.letter, jump, "Jump to a letter")
  const orders = choice("Sort by", data.orders, data.ordered, order => setTriggerValue("ordered", order))
  const edit = button("Edit these", () => setTriggerValue("edited", true))
  return [data.letters.length && letters, data.view === "Cards" && orders, edit].filter(Boolean)
}

function foot(component) {
  const { data, setTriggerValue } = component
  const turn = ({ label, to }) => {
    turned = true
    setTriggerValue("turned", to)
    if (label === "Next") goAhead(component)
  }
  const turning = data.turns.map(each => button(each.label, () => turn(each), each.to === null))
  const sizes = choice("Rows", data.sizes, data.size, size => setTriggerValue("sized", size))
  const rows = data.sizes.length ? [make("label", {}, "Rows ", sizes)] : []
  return [make("nav", { "aria-label": "Pages" }, ...turning), ...rows]
}

// The rows of the next page are here already: they stand while the server finds them anew, and what follows them.
function goAhead(component) {
  if (!component.data.ahead || !isConnected()) return
  const from = component
  ahead = { from, wanted: "" }
  draw({ ...component, data: { ...from.data, ...from.data.ahead, ahead: null } })
  setTimeout(() => ahead?.from === from && from.parentElement.isConnected && answered(from), PATIENCE)
}

// The address still is that of the page before, and the answer would change it: a customer is opened after it.
function openWhenAnswered(address) {
  if (ahead) ahead.wanted = address
  else go(address)
}

// What stands already is left alone: a finger may be on it.
function people({ data, parentElement }) {
  const place = parentElement.querySelector(".people")
  const wanted = JSON.stringify([data.view, data.heads, data.rows, data.kept])
  if (place.drawn === wanted) return
  place.drawn = wanted
  place.replaceChildren(data.view === "Cards" ? cards(data) : table(data, parentElement))
}

// A customer is a real link: read by a screen reader, opened in another tab by whoever holds a key.

function link(row, kept, ...inside) {
  const address = new URLSearchParams([["id", row.id], ...(kept ? [["list", kept]] : [])])
  const element = make("a", { "data-customer": row.id, href: `customer?${address}` }, ...inside)
  element.setAttribute("aria-label", row.name)
  return element
}

function status(row) {
  return make("span", { class: `status ${row.status}` }, row.bookings)
}

function cards({ rows, kept }) {
  const card = row => link(row, kept, make("b", {}, row.name), make("span", {}, row.mobile_number, " ", status(row)))
  return make("ul", {}, ...rows.map(card).map(card => make("li", {}, opens(card, card, openWhenAnswered))))
}

function table(data, list) {
  const heads = make("tr", {}, ...data.heads.map(head => headCell(head, list)))
  const rows = data.rows.map(row => tableRow(row, data))
  return make("table", { "aria-label": "Customers" }, make("thead", {}, heads), make("tbody", {}, ...rows))
}

function headCell(head, list) {
  const attributes = { scope: "col", class: head.name }
  if (!head.sort) return make("th", { ...attributes, "data-plain": "" }, head.label)
  const sorting = button(head.label, () => list.tell("sorted", head.sort))
  return make("th", { ...attributes, "aria-sort": head.is || "none" }, sorting)
}

function tableRow(row, { heads, kept }) {
  const open = link(row, kept, row.last_name)
  return opens(make("tr", {}, ...heads.map(({ name }) => cell(name, row, open))), open, openWhenAnswered)
}

function cell(name, row, open) {
  if (name === "last_name") return make("th", { scope: "row", class: name }, open)
  if (name === "bookings") return make("td", { class: name }, status(row))
  const td = make("td", { class: name }, row[name])
  if (name === "notes") td.title = row[name]
  return td
}
