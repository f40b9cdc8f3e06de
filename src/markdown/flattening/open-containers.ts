import {type Container, columnsOf, type Opening} from './container.ts'
import type {Containers} from './reading.ts'
import {type FlatWriter, listMarker} from './writer.ts'

type OpenContainer = {-readonly [K in keyof Container]: Container[K]}

/** Maximum number of open containers; beyond it the outermost is forgotten. */
const maxOpen = 200

/** The containers and list items that are open at the cursor of a pass. */
export class OpenContainers implements Containers {
  readonly #write: FlatWriter
  readonly #open: OpenContainer[] = []
  /** Content columns of the open list items. */
  readonly #items: number[] = []
  #hasLeftDefinition = false

  constructor(write: FlatWriter) {
    this.#write = write
  }

  get innermost(): Container | undefined {
    return this.#open.at(-1)
  }

  get isInComponent(): boolean {
    return this.#open.some(({kind, name}) => kind === 'element' && /^[A-Z]/.test(name))
  }

  get isIndented(): boolean {
    return this.#open.some(({kind}) => kind === 'indent')
  }

  get listOffset(): number {
    return this.#items.at(-1) ?? 0
  }

  get hasLeftDefinition(): boolean {
    return this.#hasLeftDefinition
  }

  /** Columns that all containers together indent their content. */
  get indentation(): number {
    return indentationOf(this.#open)
  }

  open(container: Opening): void {
    this.#open.push({labels: [], start: this.#write.lineCount, ...container})
    if (this.#open.length > maxOpen) this.#open.shift()
  }

  find(test: (container: Container) => boolean): Container | undefined {
    return this.#open.findLast(test)
  }

  count(test: (container: Container) => boolean): number {
    return this.#open.filter(test).length
  }

  close(container: Container, properly = true): void {
    const index = this.#open.indexOf(container)
    if (index < 0) return
    this.#open.length = index
    if (properly) this.#write.written.frame(container)
  }

  /** At the end of the text: what ends with its indentation is closed, anything else never was. */
  closeAll(): void {
    for (const container of this.#open.toReversed()) this.close(container, container.kind === 'indent')
  }

  nextLabel(): string | null {
    const group = this.#open.at(-1)
    const [label, ...others] = group?.labels ?? []
    if (!group || label === undefined) return null
    group.labels = others
    return label
  }

  /** Whether the indentation of the innermost container's content is still to be learned from its first line. */
  get isIndentationDue(): boolean {
    return (this.#open.at(-1)?.strip ?? 0) < 0
  }

  learnIndentation(rest: string, indent: number): void {
    const container = this.#open.at(-1)!
    const isInside = indent > container.indent && !/^\s*<\//.test(rest)
    container.strip = isInside ? Math.min(indent - container.indent, 12) : 0
  }

  /** Closes the outermost indented container that a line leaves. `space` is its indentation, `rest` what follows that of the containers. */
  leaveIndented(space: string, rest: string): void {
    this.#hasLeftDefinition = false
    const columns = columnsOf(space)
    const left = this.#open.find(
      ({kind, indent}, n) => kind === 'indent' && columns - indentationOf(this.#open.slice(0, n)) <= indent,
    )
    if (!left) return
    if (left.name === 'definition') {
      const isAnother = /^[ \t]*[:~][ \t]/.test(rest)
      if (this.#write.lastLine.trim() !== '' && !isAnother) return
      this.#hasLeftDefinition = isAnother
    }
    this.close(left)
    if (this.#write.lastLine.trim() !== '') this.#write.line('')
  }

  /** A list item whose marker is at `column` and whose content is at `offset`. */
  enterItem(column: number, offset: number): void {
    while (this.#items.length > 0 && this.#items.at(-1)! > column) this.#items.pop()
    this.#items.push(offset)
  }

  /** Leaves the list items that a line with this indentation is not in. */
  leaveItems(indent: number, text: string): void {
    while (this.#items.length > 0 && indent < this.#items.at(-1)!) {
      const continues =
        !this.#write.isAfterBlank && !listMarker.test(text) && !/^(?:#{1,6}\s|`{3}|~{3})/.test(text)
      if (continues) break
      this.#items.pop()
    }
  }
}

function indentationOf(containers: readonly Container[]): number {
  return containers.reduce((sum, {strip}) => sum + Math.max(0, strip), 0)
}
