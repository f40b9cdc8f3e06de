import type {RenderNode} from './tree.ts'

/**
 * Updates `parent`'s children from `before` to `after`. What did not change keeps its DOM node, and with it selection,
 * focus and scroll position; text that only grew is appended.
 */
export function patch(parent: Node, before: readonly RenderNode[], after: readonly RenderNode[]): void {
  const nodes = parent.childNodes
  for (let i = 0; i < after.length; i++) {
    const next = after[i]!
    const last = before[i]
    const node = nodes[i]
    if (next === last && node !== undefined) continue
    if (node === undefined || last === undefined) parent.appendChild(create(next))
    else if (typeof next === 'string' && typeof last === 'string') {
      const text = node as Text
      if (next.startsWith(last)) text.appendData(next.slice(last.length))
      else text.data = next
    } else if (typeof next !== 'string' && typeof last !== 'string' && next.tag === last.tag) {
      const element = node as Element
      for (const name in last.attributes) if (!(name in next.attributes)) element.removeAttribute(name)
      for (const name in next.attributes) {
        const value = next.attributes[name]!
        if (last.attributes[name] !== value) element.setAttribute(name, value)
      }
      patch(element, last.children, next.children)
    } else parent.replaceChild(create(next), node)
  }
  for (let i = nodes.length; i > after.length; i--) parent.removeChild(nodes[i - 1]!)
}

function create(node: RenderNode): Node {
  if (typeof node === 'string') return document.createTextNode(node)
  const made = document.createElement(node.tag)
  for (const name in node.attributes) made.setAttribute(name, node.attributes[name]!)
  for (const child of node.children) made.appendChild(create(child))
  return made
}
