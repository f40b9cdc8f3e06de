import type {ShownSection} from '../answers/index.ts'
import {
  markdownOfBlock,
  type QuotableBlock,
  type RetrievedSource,
  type Source,
  type SourcesEvent,
  shownSource,
} from '../domain/index.ts'
import {wellFormed} from '../lib/well-formed.ts'
import {linkHostsIn} from '../text/link-hosts.ts'

/** The sources that an answer has shown so far: each section once, numbered from 1 in the order shown. */
export class ShownSources {
  readonly #numberById = new Map<string, number>()
  readonly #numbers = new Set<number>()
  #nextNumber = 1

  /** The number that the next new source gets. */
  get nextNumber(): number {
    return this.#nextNumber
  }

  /** Whether a source with this number was shown. */
  has(n: number): boolean {
    return this.#numbers.has(n)
  }

  /** The number of a section, by its id; undefined if it was not shown. */
  numberOf(id: string): number | undefined {
    return this.#numberById.get(id)
  }

  /**
   * Numbers the new sources and marks them as shown.
   * @returns only the new ones: a section that was shown before keeps its number and is left out.
   */
  add(found: readonly RetrievedSource[]): RetrievedSource[] {
    const added: RetrievedSource[] = []
    for (const source of found) {
      if (this.#numberById.has(source.id)) continue
      const numbered = source.n === this.#nextNumber ? source : {...source, n: this.#nextNumber}
      this.restore(numbered)
      added.push(numbered)
    }
    return added
  }

  /** Marks a source as shown under its number: one from an earlier answer that this one continues. */
  restore({id, n}: Pick<Source, 'id' | 'n'>): void {
    this.#numberById.set(id, n)
    this.#numbers.add(n)
    this.#nextNumber = Math.max(this.#nextNumber, n + 1)
  }
}

/** What a `sources` event says of the question as a whole. */
export type Assessment = Pick<SourcesEvent, 'answerability' | 'unknownWords'>

/** The Markdown of everything that can be quoted. */
function markdownOf(blocks: readonly QuotableBlock[]): string[] {
  return blocks.flatMap(({tableHead, units}) => [tableHead, ...units.map(({markdown}) => markdown)])
}

/** The sections as they were found, for staff to compare with the docs later. */
export function sectionsOf(found: readonly RetrievedSource[]): ShownSection[] {
  return found.map(({n, id, path, blocks, isPart = false}) => ({
    n,
    id,
    path,
    markdown: blocks.map(markdownOfBlock).join('\n\n'),
    isPart,
  }))
}

/** The event that shows sources to readers, with the hosts they link to. */
export function sourcesEventOf(
  round: number,
  query: string,
  found: readonly RetrievedSource[],
  assessment: Assessment = {},
): SourcesEvent {
  const texts = found.flatMap(({url, blocks, text}) => [url, text, ...markdownOf(blocks)])
  return {
    type: 'sources',
    round,
    // A query written by a model may contain half a character.
    query: wellFormed(query),
    sources: found.map(shownSource),
    linkHosts: linkHostsIn(texts.join('\n')),
    ...assessment,
  }
}
