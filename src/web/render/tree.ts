/** Content as data, text or element; never HTML, so there is nothing to escape or sanitise. */
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

/** The text content of nodes. */
export function textOf(nodes: readonly RenderNode[]): string {
  return nodes.map((node) => (typeof node === 'string' ? node : textOf(node.children))).join('')
}
