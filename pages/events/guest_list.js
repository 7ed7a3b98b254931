// Guests of an event: a table on a computer, cards on a phone, and one tap to mark who arrived.

// Taps that the server has not answered yet, numbered: Streamlit keeps the last of two quick ones, so each carries them
// all. What was lost with the connection is sent again.
const waiting = new Map()
let taps = Date.now()
let sendAgain
// In milliseconds, as below.
const LOST_AFTER = 5000
// A second tap so soon is of an unsteady thumb, and does not undo or repeat the first.
const DOUBLE_TAP = 600
let last = { named: "", at: 0 }
const SIGNS = { arrived: "✓", missing: "✗", unmarked: "" }
const WORDS = { arrived: "Arrived", missing: "No-show", unmarked: "Not marked" }

export default function ({ data, parentElement, setTriggerValue }) {
  const root = rootIn(parentElement)
  const list = root.querySelector(".guests")
  const [given] = data
  for (const [id, { tap }] of waiting) if (tap <= given.answered) waiting.delete(id)
  list.send = (name, value) => isConnected() && setTriggerValue(name, value)
  if (waiting.size) sendLater(list)
  list.given = given
  drawUnpressed(list, () => draw(list))
}

// Only rows that differ are drawn again.
function draw(list) {
  const { rows, acts, may_mark, may_be_late } = list.given
  const marked = rows.some(row => row.mark)
  const settings = { acts, marked, mayMark: may_mark, mayBeLate: may_be_late }
  if (list.marked !== marked) list.replaceChildren(table(marked))
  list.marked = marked
  const root = list.getRootNode()
  const focused = root.activeElement?.dataset.named
  const body = list.querySelector("tbody")
  const drawn = new Map([...body.children].map(element => [element.shows, element]))
  const wanted = rows.map(row => {
    const shown = withTap(row)
    const shows = JSON.stringify([shown, settings])
    return drawn.get(shows) ?? Object.assign(guest(shown, settings, list), { shows })
  })
  for (const element of [...body.children]) if (!wanted.includes(element)) element.remove()
  wanted.forEach((element, at) => {
    if (body.children[at] !== element) body.insertBefore(element, body.children[at] ?? null)
  })
  if (focused && root.activeElement?.dataset.named !== focused) {
    list.querySelector(`[data-named="${focused}"]`)?.focus({ preventScroll: true })
  }
}

function withTap(row) {
  const tapped = waiting.get(row.id)
  return tapped ? { ...row, mark: tapped.mark, came: tapped.came ?? row.booked } : row
}

function table(marked) {
  const names = [...(marked ? ["Arrived"] : []), "Name", "Seats", "Mobile number", "Notes", ""]
  const heads = names.map(name => make("th", { scope: "col" }, name))
  return make("table", { "aria-label": "Guests" }, make("thead", {}, make("tr", {}, ...heads)), make("tbody", {}))
}

function guest(row, { acts, marked, mayMark, mayBeLate }, list) {
  const name = opens(make("a", { href: row.address, "data-named": `${row.id}.name` }, row.name), { href: row.address })
  const number = row.call ? make("a", { href: row.call }, row.number) : row.number
  const late = row.late && !SIGNS[row.mark]
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
    ...(marked ? [make("td", { class: "marks" }, ...(row.mark ? markOf(row, { mayMark, mayBeLate }, list) : []))] : []),
    make("th", { scope: "row", class: "name" }, name, ...about, ...tags, ...visit),
    make("td", { class: "seats" }, row.seats),
    make("td", { class: "number" }, number),
    make("td", { class: "notes" }, row.notes, ...notices),
    make("td", { class: "acts" }, ...ways),
  )
}

function markOf(row, { mayMark, mayBeLate }, list) {
  return mayMark ? marks(row, mayBeLate, list) : [said(row)]
}

function said({ mark, came, booked }) {
  const differs = mark === "arrived" && came !== booked
  return make("span", { class: `said ${mark}` }, differs ? `${came} of ${booked} came` : WORDS[mark])
}

// Pressing a mark again removes it. What tells how many came is last: its width changes, and no button moves.
function marks(row, mayBeLate, list) {
  const each = mark => {
    const next = { mark: row.mark === mark ? "unmarked" : mark, came: null }
    const named = `${row.id}.${mark}`
    const element = button(SIGNS[mark], named, () => isSecondOfTwo(named) || tap(row, next, list))
    element.className = `mark ${mark}`
    element.setAttribute("aria-label", `${WORDS[mark]}: ${row.name}`)
    element.setAttribute("aria-pressed", row.mark === mark)
    return element
  }
  const seats = row.mark === "arrived" ? seatsThatCame(row, list) : []
  const late = row.mark === "unmarked" && mayBeLate ? [lateButton(row, list)] : []
  return [each("arrived"), each("missing"), ...seats, ...late, said(row)]
}

function lateButton(row, list) {
  const element = button("Late", `${row.id}.late`, () => list.send("act", ["late", row.id]))
  element.className = "came late"
  element.setAttribute("aria-label", `Running late: ${row.name}`)
  return element
}

function isSecondOfTwo(named) {
  const at = Date.now()
  const isSecond = last.named === named && at - last.at < DOUBLE_TAP
  last = { named, at }
  return isSecond
}

function seatsThatCame(row, list) {
  const change = (sign, label, seats) => {
    const element = button(sign, `${row.id}.${label}`, () => tap(row, { mark: "arrived", came: seats }, list))
    element.className = "came"
    element.setAttribute("aria-label", `One ${label}: ${row.name}`)
    element.disabled = seats < 1
    return element
  }
  return [change("−", "fewer", row.came - 1), change("+", "more", row.came + 1)]
}

function tap(row, next, list) {
  if (!isConnected()) return
  waiting.set(row.id, { ...next, tap: ++taps })
  draw(list)
  sendMarks(list)
}

function sendMarks(list) {
  list.send("marked", [...waiting].map(([id, { tap, mark, came }]) => [tap, id, mark, came]))
  sendLater(list)
}

function sendLater(list) {
  clearTimeout(sendAgain)
  sendAgain = setTimeout(() => list.isConnected && waiting.size && sendMarks(list), LOST_AFTER)
}

function notice({ badge, words = "", ways }, list) {
  const buttons = ways.map(way => {
    if (way.address) return opens(make("a", { href: way.address, class: "button" }, way.label), { href: way.address })
    const named = `${way.name}.${way.about}`
    return button(way.label, named, () => isSecondOfTwo(named) || list.send("act", [way.name, way.about]))
  })
  const said = make("div", {}, make("span", { class: `badge tag ${badge.colour}` }, badge.words), " ", words)
  return make("div", { class: "notice" }, said, make("div", { class: "acts" }, ...buttons))
}

function button(label, named, onclick) {
  return Object.assign(make("button", { type: "button", "data-named": named }, label), { onclick })
}
