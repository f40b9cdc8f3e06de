import type {FootnoteDefinition, Root, RootContent} from 'mdast'
import {visit} from 'unist-util-visit'

/**
 * The footnotes of a page that are referenced in its text, directly or by another footnote. The text of such a note
 * belongs to the section of its first reference, wherever it is written. Unreferenced notes stay where they are.
 */
export class Footnotes {
  readonly #notes = new Map<string, FootnoteDefinition>()
  readonly #referred: ReadonlySet<RootContent>

  constructor(root: Root) {
    for (const node of root.children) {
      // The first definition counts.
      if (node.type === 'footnoteDefinition' && !this.#notes.has(node.identifier))
        this.#notes.set(node.identifier, node)
    }
    const text = root.children.filter(({type}) => type !== 'footnoteDefinition')
    const referred = this.takeReferredBy(text)
    this.#referred = new Set(referred)
    this.#notes.clear()
    for (const note of referred) this.#notes.set(note.identifier, note)
  }

  /** Whether a node is a referenced footnote. */
  has(node: RootContent): boolean {
    return this.#referred.has(node)
  }

  /** Returns the notes that these nodes reference first, in the order of their references. */
  takeReferredBy(nodes: readonly RootContent[]): FootnoteDefinition[] {
    const taken: FootnoteDefinition[] = []
    const takeIn = (children: readonly RootContent[]): void => {
      visit({type: 'root', children: [...children]}, 'footnoteReference', ({identifier}) => {
        const note = this.#notes.get(identifier)
        if (note === undefined) return
        this.#notes.delete(identifier)
        taken.push(note)
      })
    }
    takeIn(nodes)
    for (let at = 0; at < taken.length; at++) takeIn([taken[at]!])
    return taken
  }
}
