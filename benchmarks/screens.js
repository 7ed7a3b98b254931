// Measures, in the page, the time from a browser event until the expected content is on the screen.

const painted = new Map() // each text that was painted on a canvas, and when it was last
const write = CanvasRenderingContext2D.prototype.fillText
CanvasRenderingContext2D.prototype.fillText = function (text, ...place) {
  painted.set(text, performance.now())
  return write.call(this, text, ...place)
}

// Whether the expected content is there; checked in every frame.
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

// The elements in the shadow roots below this element.
function inside(element, selector) {
  return roots(element).flatMap(root => [...root.querySelectorAll(selector)])
}

function roots(element) {
  return [...element.querySelectorAll("*")].map(each => each.shadowRoot).filter(Boolean)
}

window.bench = {
  // Makes `bench.took` a promise of milliseconds. Without `from` the clock starts at the next click or key.
  watch(expected, from) {
    this.took = new Promise(resolve => {
      const begin = since => {
        const look = () => {
          if (!isThere[expected.kind](expected, since)) return requestAnimationFrame(look)
          // The frame that is being drawn is on the screen before this message arrives.
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
