// Resolves once what is drawn, in shadow roots too, has not changed for a third of a second.
() =>
  new Promise(resolve => {
    let last = ""
    let same = 0
    const look = () => {
      const now = drawn(document)
      same = now === last ? same + 1 : 0
      last = now
      if (same >= 3 && !document.querySelector("[data-stale=true]")) resolve()
      else setTimeout(look, 110)
    }
    const drawn = root => {
      const all = [...root.querySelectorAll("*")]
      return `${all.length} ${all.filter(each => each.shadowRoot).map(each => drawn(each.shadowRoot))}`
    }
    look()
  })
