// The menu of who is signed in, and the lock of a shared tablet.

const CHECKED_EVERY = 1000 // milliseconds
const TRIED_EVERY = 5000
const USED = "last use of this tablet" // in the browser's storage, so that all its tabs lock together
const DRAFT = "draft "
const THEMES = [["", "Theme of the device"], ["Light", "Light theme"], ["Dark", "Dark theme"]]

let lockAfter = null // milliseconds, on a shared tablet only
let signIn = null
let cover = null
let triedAt = 0

for (const use of ["pointerdown", "keydown", "touchstart"]) {
  document.addEventListener(use, noteUse, { capture: true, passive: true })
}
document.addEventListener("visibilitychange", lockWhenUnused)
setInterval(lockWhenUnused, CHECKED_EVERY)

export default function ({ data: [given], parentElement, setTriggerValue }) {
  begin(given)
  const menu = rootIn(parentElement).querySelector(".user")
  menu.search = () => setTriggerValue("searched", true)
  menu.help = () => setTriggerValue("helped", true)
  menu.className = `user ${given.place}`
  const wanted = JSON.stringify(given)
  if (menu.drawn === wanted) return
  menu.drawn = wanted
  menu.replaceChildren(searchButton(menu), ...(given.lockAfter ? [switchButton()] : []), details(given, menu))
}

// A sign-in that goes on keeps the time of its last use, also after the browser was closed.
function begin(given) {
  lockAfter = given.lockAfter && given.lockAfter * 1000
  signIn = given.signIn
  if (!lockAfter) return
  if (lastUse().signIn !== signIn) noteUse()
  lockWhenUnused()
}

function noteUse() {
  if (lockAfter && !cover) localStorage.setItem(USED, JSON.stringify({ signIn, at: Date.now() }))
}

function lastUse() {
  return JSON.parse(localStorage.getItem(USED) || "{}")
}

function lockWhenUnused() {
  if (cover) lock()
  else if (lockAfter && Date.now() - lastUse().at >= lockAfter) lock()
}

// What is on the screen is covered at once, also while the server does not answer. Drafts stay in the tab (draft.js).
async function lock() {
  hide()
  if (Date.now() - triedAt < TRIED_EVERY) return
  triedAt = Date.now()
  try {
    await fetch(new URL("./lock", location.href), { method: "POST", redirect: "manual" })
    location.reload() // The server asks for a sign-in, and leads back here.
  } catch {
    cover.textContent = "Locked. The server does not answer: trying again…"
  }
}

function hide() {
  if (cover) return
  cover = document.body.appendChild(document.createElement("div"))
  cover.setAttribute("role", "status")
  cover.style.cssText =
    "position:fixed; inset:0; z-index:3000000; display:grid; place-items:center; padding:2rem; background:var(--page); color:var(--text)"
  cover.textContent = "Locking…"
}

function searchButton(menu) {
  const about = { "aria-label": "Search everything", title: "Search customers, events and screens (Ctrl+K)" }
  const button = make("button", { type: "button", class: "search", "data-icon": "search", ...about })
  button.onclick = () => menu.search()
  return button
}

function helpButton(user) {
  const button = make("button", { type: "button", class: "help", "data-icon": "help" }, "Help")
  button.onclick = () => user.help()
  return button
}

// For all who use this browser: web/theme.js reads it before anything is drawn.
function themeChoice() {
  const select = make("select", { "aria-label": "Theme" }, ...THEMES.map(([value, label]) => make("option", { value }, label)))
  select.value = localStorage.getItem("theme") ?? ""
  select.onchange = () => {
    if (select.value) localStorage.setItem("theme", select.value)
    else localStorage.removeItem("theme")
    location.reload()
  }
  return make("label", { class: "theme", "data-icon": "contrast" }, select)
}

function switchButton() {
  const button = make("button", { type: "button", class: "switch", "data-icon": "lock" }, "Switch")
  button.onclick = lock
  return button
}

function details({ name, links }, user) {
  const items = links.map(({ label, address, icon }) => {
    const link = make("a", { href: address, "data-icon": icon })
    link.append(label)
    return opens(link, link)
  })
  const menu = make(
    "details",
    {},
    make("summary", { "data-icon": "person" }, make("span", {}, name)),
    make("div", { class: "items" }, make("small", {}, `Signed in as ${name}`), ...items, themeChoice(), helpButton(user), signOut()),
  )
  menu.addEventListener("click", event => event.target.closest("a, .help") && (menu.open = false))
  menu.addEventListener("keydown", event => event.key === "Escape" && close(menu))
  document.addEventListener("pointerdown", event => event.composedPath().includes(menu) || (menu.open = false))
  return menu
}

function close(menu) {
  menu.open = false
  menu.querySelector("summary").focus()
}

function signOut() {
  const form = make("form", { method: "post", action: new URL("./sign-out", location.href) })
  form.append(make("button", { "data-icon": "logout" }, "Sign out"))
  form.onsubmit = dropDrafts
  return form
}

// The next person at this browser may have another role.
function dropDrafts() {
  for (const name of Object.keys(sessionStorage)) if (name.startsWith(DRAFT)) sessionStorage.removeItem(name)
}
