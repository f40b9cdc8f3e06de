/** What is to be shown, as data: text, or an element. Never HTML, so there is nothing to escape or to sanitise. */
export type RenderNode = string | RenderElement

export interface RenderElement {
  readonly tag: string
  readonly attributes: Readonly<Record<string, string>>
  readonly children: readonly RenderNode[]
}

export function element(
  tag: string,
  attributes: Readonly<Record<string, string>> = {},
  ...children: readonly RenderNode[]
): RenderElement {
  return {tag, attributes, children}
}

/** The visible words of nodes. */
export function textOf(nodes: readonly RenderNode[]): string {
  return nodes.map((node) => (typeof node === 'string' ? node : textOf(node.children))).join('')
}
