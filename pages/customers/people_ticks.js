// Ticking customers of the list, and what can be done with those who are selected. Comes before people_list.js.

// A tick shows at once. It is sent again with each later one until the server has seen it.
function tick(list, ids, isTicked) {
  const at = Math.max(Date.now(), (list.ticks.at(-1)?.[0] ?? 0) + 1)
  list.ticks.push([at, isTicked, ids])
  send(list, "ticked", list.ticks)
  showTicks(list)
}

function showTicks(list) {
  const { data } = list.component
  if (!data.selecting) return
  list.ticks = (list.ticks ?? []).filter(([at]) => at > data.seen)
  const ticked = new Set(data.ticked)
  for (const [, isTicked, ids] of list.ticks) {
    for (const id of ids) isTicked ? ticked.add(id) : ticked.delete(id)
  }
  for (const box of list.querySelectorAll("[data-tick]")) box.checked = ticked.has(box.dataset.tick)
  const all = list.querySelector("[data-named=\"Select this page\"]")
  if (!all) return
  const count = data.rows.filter(row => ticked.has(row.id)).length
  all.checked = count === data.rows.length
  all.indeterminate = count > 0 && !all.checked
}

// The whole cell around the box can be tapped, without opening the customer.
function tickBox(attributes, label, onTick) {
  const box = make("input", { type: "checkbox", "aria-label": label, ...attributes })
  const around = make("label", { class: "tick" }, box)
  let isRange = false
  around.onclick = event => {
    event.stopPropagation()
    if (event.target !== box) isRange = event.shiftKey
    else onTick(box.checked, isRange || event.shiftKey)
    if (event.target === box) isRange = false
  }
  return around
}

function tickRow(row, data, list) {
  return tickBox({ "data-tick": row.id }, `Select ${row.name}`, (isTicked, isRange) => {
    tick(list, isRange ? idsBetween(list.tickedLast, row.id, data.rows) : [row.id], isTicked)
    list.tickedLast = row.id
  })
}

// With Shift, all from the one that was ticked last.
function idsBetween(first, last, rows) {
  const places = [first, last].map(id => rows.findIndex(row => row.id === id))
  if (places[0] < 0) return [last]
  return rows.slice(Math.min(...places), Math.max(...places) + 1).map(row => row.id)
}

function tickPage(data, list) {
  const ids = data.rows.map(row => row.id)
  return tickBox({ "data-named": "Select this page" }, "Select this page", isTicked => tick(list, ids, isTicked))
}

function selection(data, list) {
  if (!data.selecting?.words) return []
  const { words, all, acts } = data.selecting
  const everyone = all && button(all, () => send(list, "everyone", true))
  const names = Object.fromEntries(acts.map(([name, label]) => [label, name]))
  const chosen = label => label && send(list, "chosen", names[label])
  const buttons = Object.keys(names).map(label => button(label, () => chosen(label)))
  const menu = choice("Actions", Object.keys(names), "", label => {
    list.querySelector("[aria-label=Actions]").value = ""
    chosen(label)
  }, "Actions")
  const doing = data.view === "Cards" ? [menu] : buttons
  const clear = button("Clear", () => send(list, "cleared", true))
  return [make("b", { role: "status" }, words), everyone, ...doing, clear].filter(Boolean)
}
