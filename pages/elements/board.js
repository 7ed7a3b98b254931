export default function ({ data, parentElement, setTriggerValue }) {
  const root = rootIn(parentElement)
  const board = root.querySelector(".board")
  board.act = ({ name, about = "" }) => isConnected() && setTriggerValue("act", [name, about])
  keepPlace(board, root)
  board.shown = data[0]
  drawUnpressed(board, () => draw(board))
}

// Unchanged content stays.
function draw(board) {
  const { sides } = board.shown
  const wanted = JSON.stringify(sides)
  if (board.drawn === wanted) return
  board.drawn = wanted
  const focused = nameOf(board.getRootNode().activeElement)
  board.classList.toggle("beside", sides.length > 1)
  board.replaceChildren(...sides.map(sections => make("div", {}, ...sections.map(each => section(each, board)))))
  if (focused) waysIn(board).find(each => nameOf(each) === focused)?.focus({ preventScroll: true })
}

function waysIn(board) {
  return [...board.querySelectorAll("a, button")]
}

function nameOf(element) {
  return element?.dataset.act ?? element?.getAttribute("href")
}

// A closing dialog returns the focus to the board as a whole. Here it goes on to the button that opened the dialog.
// Not by a tabindex: it would take all that is inside out of the order of Tab.
function keepPlace(board, { host }) {
  host.focus = () => {
    if (host.shadowRoot.activeElement) return
    const pressed = [...board.querySelectorAll("button")].find(each => each.dataset.act === board.pressed)
    pressed?.focus({ preventScroll: true })
  }
  board.onpointerdown = () => board.pressed = null
}

function section(given, board) {
  const { heading, cards, rows, days, empty, across, notices = [], facts = [], faint, links = [] } = given
  const element = make("section", rows ? { class: "tabled" } : {})
  if (heading) element.append(make("h3", {}, heading))
  element.append(...notices.map(each => notice(each, board)))
  if (cards) element.append(make("ul", across ? { class: "across" } : {}, ...cards.map(each => card(each, board))))
  else if (rows) element.append(table(given, board))
  else if (days) element.append(...calendar(given, board))
  else if (empty) element.append(make("small", {}, empty))
  if (facts.length) element.append(make("dl", {}, ...facts.map(fact)))
  if (faint) element.append(make("small", {}, faint))
  if (links.length) element.append(make("div", { class: "links" }, ...links.map(link)))
  return element
}

function card({ address, title, lines = [], badge, faint = [], words, said = [], notices = [], ways = [], bar }, board) {
  const read = [make("b", {}, title), ...lines.map(line => make("span", {}, line))]
  if (badge) read.at(-1).append(" ", badged(badge))
  if (bar) read.push(filled(bar))
  read.push(...faint.map(line => make("small", {}, line)))
  const written = words ? [make("p", {}, words)] : []
  if (!ways.length) read.push(...written.splice(0))
  const leads = make(address ? "a" : "div", { class: "read", ...(address && { href: address }) }, ...read)
  const item = make("li", {}, address ? opens(leads, leads) : leads)
  item.append(...written)
  if (said.length) item.append(make("div", { class: "said" }, ...said.map(line)))
  item.append(...notices.map(each => notice(each, board)))
  if (ways.length) item.append(waysOn(ways, board))
  return item
}

function filled(share) {
  const bar = make("span", { class: "bar", "aria-hidden": "true" }, make("span"))
  bar.firstChild.style.width = share
  return bar
}

const WEEKDAYS = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]

function calendar({ label, days, empty }, board) {
  const weekdays = make("div", { class: "weekdays", "aria-hidden": "true" }, ...WEEKDAYS.map(name => make("span", {}, name)))
  const cells = days.map(each => day(each, board))
  const nothing = days.some(({ cards, looks }) => cards && !looks?.includes("outside")) ? [] : [make("small", {}, empty)]
  return [weekdays, make("ol", { class: "month", "aria-label": label }, ...cells), ...nothing]
}

function day({ number, label, cards = [], more, looks = "" }, board) {
  const isToday = looks.includes("today")
  const date = make("span", { class: "date" }, make("b", {}, number), make("span", {}, label))
  if (isToday) date.append(" ", badged({ colour: "blue", words: "Today" }))
  const kinds = ["day", looks, cards.length ? "" : "without"].filter(Boolean).join(" ")
  const element = make("li", { class: kinds, "aria-label": isToday ? `${label}, today` : label }, date)
  if (cards.length) element.append(make("ul", {}, ...cards.map(each => card(each, board))))
  if (more) element.append(link(more))
  return element
}

// CSS lays the rows out as grids or cards. Browsers may then no longer treat them as a table, so the roles are set.
function table({ heading, label = heading, columns, rows, across }, board) {
  const heads = columns.map(each => make("th", { scope: "col", role: "columnheader" }, each.heading ?? ""))
  const head = make("thead", { role: "rowgroup" }, make("tr", { role: "row" }, ...heads))
  const inside = rows.map(each => row(each, columns, board))
  const body = make("tbody", { role: "rowgroup", ...(across && { class: "across" }) }, ...inside)
  const element = make("table", { role: "table", "aria-label": label }, head, body)
  element.style.setProperty("--columns", columns.map(each => each.width).join(" "))
  return element
}

function row({ address, cells, label, ...more }, columns, board) {
  const name = columns.findIndex(isTitle)
  const drawn = cells.map((each, place) => {
    const shown = each.words ? badged(each) : each.address ? link(each) : each
    const looks = { class: looksOf(place, cells, columns) }
    if (place !== name) return make("td", { ...looks, role: "cell" }, shown)
    const leads = address && make("a", { href: address, ...(label && { "aria-label": label }) }, shown)
    return make("th", { ...looks, scope: "row", role: "rowheader" }, leads ? opens(leads, leads) : shown)
  })
  const isBelow = cells.length === columns.length
  const rest = moreOf(more, board)
  const place = isBelow ? { class: "more below", colspan: columns.length } : { class: "more" }
  if (rest.length || !isBelow) drawn.push(make("td", { ...place, role: "cell" }, ...rest))
  return make("tr", { role: "row" }, ...drawn)
}

function isTitle({ on_card }) {
  return on_card === "title"
}

// On a card, a line has the full width unless something is beside it, and a dot separates two that are text.
function looksOf(place, cells, columns) {
  const column = columns[place]
  const next = cells.findIndex((cell, i) => i > place && cell && isTitle(columns[i]) === isTitle(column))
  const isShared = next > place && columns[next].on_card !== "line"
  const looks = column.on_card !== "line" ? column.on_card : isShared ? "beside" : "whole"
  return isShared && !cells[next].words ? `${looks} followed` : looks
}

function moreOf({ faint = [], words, said = [], notices = [], ways = [] }, board) {
  const parts = faint.map(line => make("small", {}, line))
  if (words) parts.push(make("p", {}, words))
  if (said.length) parts.push(make("div", { class: "said" }, ...said.map(line)))
  parts.push(...notices.map(each => notice(each, board)))
  if (ways.length) parts.push(waysOn(ways, board))
  return parts
}

function badged({ colour, words }) {
  return make("span", { class: `badge ${colour}` }, words)
}

function line({ what, badge, when }) {
  return make("small", {}, what, " ", badged(badge), " ", when)
}

function notice({ badge, words = "", ways = [] }, board) {
  const buttons = ways.length ? [waysOn(ways, board)] : []
  return make("div", { class: "notice" }, make("div", {}, badged(badge), " ", words), ...buttons)
}

function waysOn(ways, board) {
  return make("div", { class: "ways" }, ...ways.map(each => (each.address ? link(each) : button(each, board))))
}

function fact([label, words]) {
  return make("div", {}, make("dt", {}, `${label}:`), " ", make("dd", {}, words))
}

function button(act, board) {
  const isChosen = act.looks.split(" ").includes("chosen")
  const pressed = isChosen ? { "aria-pressed": "true" } : {}
  const element = make("button", { type: "button", class: act.looks, ...pressed }, act.label)
  element.disabled = Boolean(act.disabled)
  element.dataset.act = JSON.stringify([act.name, act.about])
  element.onclick = () => {
    board.pressed = element.dataset.act
    board.act(act)
  }
  return marked(element, act)
}

function link({ label, address, icon, key, looks = "line" }) {
  const element = make("a", { href: address, class: looks }, label)
  if (looks === "chosen") element.setAttribute("aria-current", "page")
  return marked(opens(element, element), { icon, key })
}

function marked(element, { icon, key }) {
  if (icon) element.dataset.icon = icon
  if (key) element.dataset.key = key // keys.js presses it.
  return element
}
