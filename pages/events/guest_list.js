// Guests of an event: a table on a computer, cards on a phone, and one tap to mark who arrived.

// Taps that the server has not answered yet: Streamlit keeps the last of two quick ones, so each carries them all.
const waiting = new Map()
const SIGNS = { arrived: "✓", missing: "✗", unmarked: "" }
const WORDS = { arrived: "Arrived", missing: "No-show", unmarked: "Not marked" }

export default function ({ data, parentElement, setTriggerValue }) {
  const root = rootIn(parentElement)
  const list = root.querySelector(".guests")
  const [given] = data
  for (const row of given.rows) if (waiting.get(row.id) === row.mark) waiting.delete(row.id)
  list.send = (name, value) => isConnected() && setTriggerValue(name, value)
  const shown = JSON.stringify([given, [...waiting]])
  if (list.drawn === shown) return
  list.drawn = shown
  const focused = root.activeElement?.dataset.named
  list.replaceChildren(table(given, list))
  if (focused) list.querySelector(`[data-named="${focused}"]`)?.focus({ preventScroll: true })
}

function table({ rows, acts, may_mark }, list) {
  const heads = ["Arrived", "Name", "Seats", "Mobile number", "Notes", ""].map(head => make("th", { scope: "col" }, head))
  const body = rows.map(row => guest(row, acts, may_mark, list))
  return make("table", { "aria-label": "Guests" }, make("thead", {}, make("tr", {}, ...heads)), make("tbody", {}, ...body))
}

function guest(row, acts, mayMark, list) {
  const name = opens(make("a", { href: row.address, "data-named": `${row.id}.name` }, row.name), { href: row.address })
  const number = row.call ? make("a", { href: row.call }, row.number) : row.number
  const tags = row.tags.map(({ colour, words }) => make("span", { class: `badge tag ${colour}` }, words))
  const notices = row.notices.map(each => notice(each, list))
  const ways = acts.map(({ label, name, looks }) => {
    const element = button(label, `${row.id}.${name}`, () => list.send("act", [name, row.id]))
    return Object.assign(element, { className: looks ?? "" })
  })
  return make(
    "tr",
    {},
    make("td", { class: "marks" }, ...(row.mark ? marked(row, mayMark, list) : [])),
    make("th", { scope: "row", class: "name" }, name, ...tags),
    make("td", { class: "seats" }, row.seats),
    make("td", { class: "number" }, number),
    make("td", { class: "notes" }, row.notes, ...notices),
    make("td", { class: "acts" }, ...ways),
  )
}

function marked(row, mayMark, list) {
  return mayMark ? marks(row, list) : [said(row.mark)]
}

function said(mark) {
  return make("span", { class: `said ${mark}` }, WORDS[mark])
}

// Pressing a mark again removes it.
function marks(row, list) {
  const now = waiting.get(row.id) ?? row.mark
  const each = mark => {
    const element = button(SIGNS[mark], `${row.id}.${mark}`, () => tap(row, now === mark ? "unmarked" : mark, list))
    element.className = `mark ${mark}`
    element.setAttribute("aria-label", `${WORDS[mark]}: ${row.name}`)
    element.setAttribute("aria-pressed", now === mark)
    return element
  }
  return [each("arrived"), each("missing"), said(now)]
}

function tap(row, mark, list) {
  if (!isConnected()) return
  waiting.set(row.id, mark)
  const cell = list.querySelector(`[data-named="${row.id}.arrived"]`).parentElement
  const focused = cell.getRootNode().activeElement?.dataset.named
  cell.replaceChildren(...marks(row, list))
  if (focused) cell.querySelector(`[data-named="${focused}"]`)?.focus({ preventScroll: true })
  list.drawn = null
  list.send("marked", [...waiting])
}

function notice({ badge, words = "", ways }, list) {
  const buttons = ways.map(way => {
    if (way.address) return opens(make("a", { href: way.address, class: "button" }, way.label), { href: way.address })
    return button(way.label, `${way.name}.${way.about}`, () => list.send("act", [way.name, way.about]))
  })
  const said = make("div", {}, make("span", { class: "badge" }, badge.words), " ", words)
  return make("div", { class: "notice" }, said, make("div", { class: "acts" }, ...buttons))
}

function button(label, named, onclick) {
  return Object.assign(make("button", { type: "button", "data-named": named }, label), { onclick })
}
