// What comes from customers is only ever set as text.

const FIXED = ["first_name", "mobile_number", "added"] // columns whose text fits

let turned = false // Another page was opened: scroll to its top.

export default function (given) {
  const list = rootIn(given.parentElement)
  list.component = { ...given, data: given.data[0] }
  drawUnpressed(list, () => draw(list))
}

function draw(list) {
  const { data } = list.component
  const focused = focusedIn(list)
  list.querySelector("[role=status]").textContent = data.words
  put(list, ".first", [data.view, data.orders, data.ordered], firstTools)
  put(list, ".views", [data.views, data.view], views)
  put(list, ".tools", [data.letters, data.letter, data.edit, data.downloads], tools)
  put(list, ".people", [data.view, data.heads, data.rows, data.kept, Boolean(data.selecting)], people)
  put(list, ".foot", [data.turns, data.sizes, data.size], foot)
  put(list, ".selection", [data.view, data.selecting], selection)
  showTicks(list)
  if (focused) focus(list.querySelector(focused), list)
  if (turned) list.querySelector(".top").scrollIntoView({ block: "nearest" })
  turned = false
}

// Unchanged parts stay: a finger may be on them, and drawing takes time.
function put(list, place, shown, parts) {
  const element = list.querySelector(place)
  const wanted = JSON.stringify(shown)
  if (element.drawn === wanted) return
  element.drawn = wanted
  element.replaceChildren(...parts(list.component.data, list))
}

// Sends an event to the server, from the list as it is now.
function send(list, event, value) {
  list.component.setTriggerValue(event, value)
}

// Redrawing keeps the keyboard focus.
function focusedIn(list) {
  const { named, customer, tick } = list.querySelector(":focus")?.dataset || {}
  if (named) return `[data-named="${named}"]`
  if (tick) return `[data-tick="${tick}"]`
  return customer && `[data-customer="${customer}"]`
}

// On the last page Next is disabled: the focus moves to the button beside it.
function focus(element, list) {
  const able = element?.disabled ? list.querySelector("nav button:enabled") : element
  able?.focus({ preventScroll: true })
}

function button(label, onclick, disabled = false) {
  const element = make("button", { type: "button", "data-named": label }, label)
  return Object.assign(element, { onclick, disabled })
}

// A select. `chosen` may be none of the options; `empty` is shown then.
function choice(label, options, chosen, onchoose, empty) {
  const element = make("select", { "aria-label": label, "data-named": label })
  if (empty) element.append(make("option", { value: "" }, empty))
  element.append(...options.map(option => make("option", { value: option }, option)))
  element.value = chosen
  element.onchange = () => onchoose(element.value)
  return element
}

// What is used most. A phone keeps the other tools behind a button, so that the list begins at the top of its screen.
function firstTools(data, list) {
  const orders = choice("Sort by", data.orders, data.ordered, order => send(list, "ordered", order))
  const more = button("More", () => more.setAttribute("aria-expanded", list.querySelector(".top").classList.toggle("open")))
  more.setAttribute("aria-expanded", list.querySelector(".top").classList.contains("open"))
  more.className = "more"
  return [data.view === "Cards" && orders, more].filter(Boolean)
}

function views(data, list) {
  return data.views.map(view => {
    const element = button(view, () => send(list, "viewed", view))
    element.setAttribute("aria-pressed", view === data.view)
    return element
  })
}

function tools(data, list) {
  // An empty value would not be sent: anything that is not a letter leads to the beginning.
  const jump = letter => send(list, "jumped", letter || "the beginning")
  const letters = choice("Jump to a letter", data.letters, data.letter, jump, "A–Z")
  const columns = button("Columns", () => send(list, "arranged", true))
  const edit = data.edit && button("Edit in a table", () => send(list, "edited", true))
  // In another tab, so that an error message does not replace the list.
  const away = { target: "_blank", rel: "noopener" }
  const download = ({ label, address }) => make("a", { href: address, ...away, "data-named": label }, label)
  const downloads = data.downloads.map(download)
  return [data.letters.length && letters, columns, edit, ...downloads].filter(Boolean)
}

function foot(data, list) {
  const turn = ({ to }) => {
    const address = addressOf(to, list.component.data)
    if (!isConnected() || address.href === location.href) return // A second tap is the same step.
    turned = true
    lead(address)
  }
  const turning = data.turns.map(each => button(each.label, () => turn(each), each.to === null))
  const sizes = choice("Rows per page", data.sizes, data.size, size => send(list, "sized", size))
  const rows = data.sizes.length ? [make("label", {}, "Rows per page ", sizes)] : []
  return [make("nav", { "aria-label": "Pages" }, ...turning), ...rows]
}

// The page is added to the history before the server answers, so that Back works at once. It is a page of the list that
// is shown: for a moment after a change, the browser may still have the address of the list before. Words in the search
// box may be ahead of both: then it is the first page of what they find, as the page was one of another list.
function addressOf(page, data) {
  const address = new URL(location)
  const words = address.searchParams.get("q")
  address.search = data.kept ?? ""
  const isAhead = (words ?? "").trim() !== (address.searchParams.get("q") ?? "").trim()
  for (const [name, value] of Object.entries({ q: words, page: isAhead ? "" : page })) {
    if (value) address.searchParams.set(name, value)
    else address.searchParams.delete(name)
  }
  return address
}

function people(data, list) {
  return [data.view === "Cards" ? cards(data, list) : table(data, list)]
}

// A customer is a real link: screen readers read it, and Ctrl+click opens it in another tab.

function link(row, kept, ...inside) {
  const address = new URLSearchParams([["id", row.id], ...(kept ? [["list", kept]] : [])])
  const element = make("a", { "data-customer": row.id, href: `customer?${address}` }, ...inside)
  element.setAttribute("aria-label", row.name)
  return element
}

function status(row) {
  return make("span", { class: `status ${row.status}` }, row.bookings)
}

function cards(data, list) {
  return make("ul", {}, ...data.rows.map(row => card(row, data, list)))
}

function card(row, data, list) {
  const inside = [make("b", {}, row.name), make("span", {}, row.mobile_number, " ", status(row))]
  const element = link(row, data.kept, ...inside, ...extras(row, data.heads))
  return make("li", {}, ...(data.selecting ? [tickRow(row, data, list)] : []), opens(element, element))
}

// A line for each chosen column that is not on every card.
function extras(row, heads) {
  const filled = heads.filter(({ name, extra }) => extra && row[name]?.length)
  const line = ({ name, label }) => make("span", {}, ...(Array.isArray(row[name]) ? badges(row[name]) : [`${label}: ${row[name]}`]))
  return filled.map(line)
}

function badges(given) {
  return given.flatMap(({ colour, words }) => [make("span", { class: `badge ${colour}` }, words), " "])
}

function table(data, list) {
  const heads = make("tr", {}, ...data.heads.map((head, place) => headCell(head, place, list)))
  if (data.selecting) heads.prepend(make("td", { class: "tick" }, tickPage(data, list)))
  const rows = data.rows.map(row => tableRow(row, data, list))
  const element = make("table", { "aria-label": "Customers" }, make("thead", {}, heads), make("tbody", {}, ...rows))
  element.style.setProperty("--columns", data.heads.length)
  return element
}

// A narrow screen shows only the first columns.
function classes(name, place) {
  return `${name} ${place < 3 ? "" : place < 4 ? "fourth" : "later"}`
}

function headCell(head, place, list) {
  const attributes = { scope: "col", class: classes(head.name, place) }
  const th = head.sort
    ? make("th", { ...attributes, "aria-sort": head.is || "none" }, button(head.label, () => send(list, "sorted", head.sort)))
    : make("th", { ...attributes, "data-plain": "" }, head.label)
  th.style.width = head.width
  return th
}

function tableRow(row, data, list) {
  const open = link(row, data.kept, row.last_name)
  const cells = data.heads.map(({ name }, place) => cell(name, place, row, open))
  if (data.selecting) cells.unshift(make("td", { class: "tick" }, tickRow(row, data, list)))
  return opens(make("tr", {}, ...cells), open)
}

function cell(name, place, row, open) {
  const attributes = { class: classes(name, place) }
  if (name === "last_name") return make("th", { ...attributes, scope: "row" }, open)
  if (name === "bookings") return make("td", attributes, status(row))
  const given = row[name] ?? ""
  const isText = typeof given === "string"
  const td = make("td", attributes, ...(isText ? [given] : badges(given)))
  if (!FIXED.includes(name)) td.title = isText ? given : given.map(({ words }) => words).join(", ")
  return td
}
