// A clock in the page: from an event of the browser until what was asked for is on the screen.

const painted = new Map() // what was last written on any canvas, and when
const write = CanvasRenderingContext2D.prototype.fillText
CanvasRenderingContext2D.prototype.fillText = function (text, ...place) {
  painted.set(text, performance.now())
  return write.call(this, text, ...place)
}

// Whether it is there: asked anew with every frame.
const isThere = {
  rows: ({ ids }) => rows().join() === ids.join(),
  painted: ({ texts }, since) => texts.every(text => painted.get(text) >= since),
  screen: ({ title, texts, links }) => {
    const main = document.querySelector("[data-testid=stMain]")
    if (!main || ![...main.querySelectorAll("h1")].some(head => head.textContent === title)) return false
    if (links && inside(main, "a[href*='event?id=']").length !== links) return false
    const said = [main, ...roots(main)].map(each => each.textContent).join("")
    return texts.every(text => said.includes(text))
  },
}

function rows() {
  const people = document.querySelector(".st-key-people")
  return people ? inside(people, "[data-customer]").map(link => link.dataset.customer) : []
}

// What stands in the elements of our own within this one.
function inside(element, selector) {
  return roots(element).flatMap(root => [...root.querySelectorAll(selector)])
}

function roots(element) {
  return [...element.querySelectorAll("*")].map(each => each.shadowRoot).filter(Boolean)
}

window.bench = {
  // `bench.took` promises milliseconds; without `from` the clock starts at the next click or key.
  watch(wanted, from) {
    this.took = new Promise(resolve => {
      const begin = since => {
        const look = () => {
          if (!isThere[wanted.kind](wanted, since)) return requestAnimationFrame(look)
          // The frame that is being made goes to the screen before this message is heard.
          const { port1, port2 } = new MessageChannel()
          port1.onmessage = () => resolve(performance.now() - since)
          port2.postMessage(0)
        }
        requestAnimationFrame(look)
      }
      if (from !== undefined) return begin(from)
      const once = event => {
        for (const kind of ["click", "keydown"]) removeEventListener(kind, once, true)
        begin(event.timeStamp)
      }
      for (const kind of ["click", "keydown"]) addEventListener(kind, once, true)
    })
  },
}
