export default function ({ data, parentElement }) {
  const [{ cards, across }] = data
  const list = parentElement.querySelector("ul")
  list.classList.toggle("across", across)
  list.replaceChildren(...cards.map(card => make("li", {}, link(card))))
}

function link({ address, title, lines, badge, faint, words }) {
  const said = [make("b", {}, title), ...lines.map(line => make("span", {}, line))]
  if (badge) said.at(-1).append(" ", make("span", { class: `badge ${badge[0]}` }, badge[1]))
  said.push(...faint.map(line => make("small", {}, line)))
  if (words) said.push(make("p", {}, words))
  const element = make("a", { href: address }, ...said)
  return opens(element, element)
}
