// What comes from customers is only ever set as text.

const HELD = ["altKey", "ctrlKey", "metaKey", "shiftKey"]

export default function (component) {
  const { data, parentElement } = component
  const table = parentElement.querySelector("table")
  table.setAttribute("aria-label", data.label)
  table.querySelector("thead tr").replaceChildren(...data.heads.map(head => headCell(head, component)))
  table.querySelector("tbody").replaceChildren(...data.rows.map(row => tableRow(row, component)))
}

function make(tag, attributes = {}, ...inside) {
  const element = document.createElement(tag)
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value)
  element.append(...inside)
  return element
}

function headCell(head, { setTriggerValue }) {
  const attributes = { scope: "col", class: head.name }
  if (!head.sort) return make("th", attributes, head.label)
  const button = make("button", { type: "button" }, head.label)
  button.onclick = () => setTriggerValue("sorted", head.sort)
  return make("th", { ...attributes, "aria-sort": head.is || "none" }, button)
}

function tableRow(row, { data, setTriggerValue }) {
  const link = make("a", { "data-customer": row.id, href: `customer?${address(row.id, data.kept)}` }, row.last_name)
  link.setAttribute("aria-label", row.name)
  const cells = data.heads.map(({ name }) => cell(name, row, link))
  const element = make("tr", {}, ...cells)
  element.onclick = event => {
    const another = HELD.some(key => event[key]) // A new tab or window is the browser's own business.
    if (another || String(getSelection())) return
    event.preventDefault()
    setTriggerValue("opened", row.id)
  }
  return element
}

function cell(name, row, link) {
  if (name === "last_name") return make("th", { scope: "row", class: name }, link)
  if (name === "bookings") return make("td", { class: name }, make("span", { class: `status ${row.status}` }, row[name]))
  const td = make("td", { class: name }, row[name])
  if (name === "notes") td.title = row[name]
  return td
}

function address(id, kept) {
  return new URLSearchParams([["id", id], ...(kept ? [["list", kept]] : [])])
}
