// Guests of an event: a table on a computer, cards on a phone, and one tap to mark who arrived.

// Taps that the server has not answered yet: Streamlit keeps the last of two quick ones, so each carries them all.
const waiting = new Map()
const SIGNS = { arrived: "✓", missing: "✗", unmarked: "" }
const WORDS = { arrived: "Arrived", missing: "No-show", unmarked: "Not marked" }

export default function ({ data, parentElement, setTriggerValue }) {
  const root = rootIn(parentElement)
  const list = root.querySelector(".guests")
  const [given] = data
  for (const row of given.rows) if (isAnswered(row, waiting.get(row.id))) waiting.delete(row.id)
  list.send = (name, value) => isConnected() && setTriggerValue(name, value)
  const shown = JSON.stringify([given, [...waiting]])
  if (list.drawn === shown) return
  list.drawn = shown
  const focused = root.activeElement?.dataset.named
  list.replaceChildren(table(given, list))
  if (focused) list.querySelector(`[data-named="${focused}"]`)?.focus({ preventScroll: true })
}

function isAnswered(row, tapped) {
  return tapped && tapped.mark === row.mark && (tapped.came === null || tapped.came === row.came)
}

function table({ rows, acts, may_mark }, list) {
  const heads = ["Arrived", "Name", "Seats", "Mobile number", "Notes", ""].map(head => make("th", { scope: "col" }, head))
  const body = rows.map(row => guest(row, acts, may_mark, list))
  return make("table", { "aria-label": "Guests" }, make("thead", {}, make("tr", {}, ...heads)), make("tbody", {}, ...body))
}

function guest(row, acts, mayMark, list) {
  const name = opens(make("a", { href: row.address, "data-named": `${row.id}.name` }, row.name), { href: row.address })
  const number = row.call ? make("a", { href: row.call }, row.number) : row.number
  const late = row.late && (waiting.get(row.id)?.mark ?? row.mark) === "unmarked"
  const about = [late && row.late, row.walkedIn].filter(Boolean).map(words => make("span", { class: "badge tag orange" }, words))
  const visit = row.visit ? [make("span", { class: "visit" }, row.visit)] : []
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
    make("th", { scope: "row", class: "name" }, name, ...about, ...tags, ...visit),
    make("td", { class: "seats" }, row.seats),
    make("td", { class: "number" }, number),
    make("td", { class: "notes" }, row.notes, ...notices),
    make("td", { class: "acts" }, ...ways),
  )
}

function marked(row, mayMark, list) {
  const { mark, came } = { ...row, ...waiting.get(row.id) }
  return mayMark ? marks(row, list) : [said(row, mark, came)]
}

function said(row, mark, came) {
  const differs = mark === "arrived" && came && came !== row.booked
  return make("span", { class: `said ${mark}` }, differs ? `${came} of ${row.booked} came` : WORDS[mark])
}

// Pressing a mark again removes it.
function marks(row, list) {
  const now = waiting.get(row.id) ?? row
  const each = mark => {
    const next = { mark: now.mark === mark ? "unmarked" : mark, came: null }
    const element = button(SIGNS[mark], `${row.id}.${mark}`, () => tap(row, next, list))
    element.className = `mark ${mark}`
    element.setAttribute("aria-label", `${WORDS[mark]}: ${row.name}`)
    element.setAttribute("aria-pressed", now.mark === mark)
    return element
  }
  const came = now.came ?? row.booked
  return [each("arrived"), each("missing"), said(row, now.mark, came), ...(now.mark === "arrived" ? seatsThatCame(row, came, list) : [])]
}

function seatsThatCame(row, came, list) {
  const change = (sign, label, seats) => {
    const element = button(sign, `${row.id}.${label}`, () => tap(row, { mark: "arrived", came: seats }, list))
    element.className = "came"
    element.setAttribute("aria-label", `One ${label}: ${row.name}`)
    element.disabled = seats < 1
    return element
  }
  return [change("−", "fewer", came - 1), change("+", "more", came + 1)]
}

function tap(row, next, list) {
  if (!isConnected()) return
  waiting.set(row.id, next)
  const cell = list.querySelector(`[data-named="${row.id}.arrived"]`).parentElement
  const focused = cell.getRootNode().activeElement?.dataset.named
  cell.replaceChildren(...marks(row, list))
  if (focused) cell.querySelector(`[data-named="${focused}"]`)?.focus({ preventScroll: true })
  list.drawn = null
  list.send("marked", [...waiting].map(([id, { mark, came }]) => [id, mark, came]))
}

function notice({ badge, words = "", ways }, list) {
  const buttons = ways.map(way => {
    if (way.address) return opens(make("a", { href: way.address, class: "button" }, way.label), { href: way.address })
    return button(way.label, `${way.name}.${way.about}`, () => list.send("act", [way.name, way.about]))
  })
  const said = make("div", {}, make("span", { class: `badge tag ${badge.colour}` }, badge.words), " ", words)
  return make("div", { class: "notice" }, said, make("div", { class: "acts" }, ...buttons))
}

function button(label, named, onclick) {
  return Object.assign(make("button", { type: "button", "data-named": named }, label), { onclick })
}
