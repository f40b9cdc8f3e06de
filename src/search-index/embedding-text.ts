import {createHash} from 'node:crypto'
import type {Page, Passage, Section} from '../domain/index.ts'

/**
 * The text that is embedded for a passage: its title and headings, then its own text. A window of ten lines seldom names
 * its subject; its title and headings do. Questions are embedded unchanged.
 */
export function embeddingTextOf(
  page: Pick<Page, 'title' | 'sections'>,
  section: Pick<Section, 'headings' | 'depth'>,
  passage: Pick<Passage, 'text'>,
): string {
  // A page's only h1 is its title in other words; both would give it double weight.
  const isTitle = section.depth === 1 && section.headings.length === 1
  if (isTitle && page.sections.every((other) => other === section || other.depth !== 1))
    return `${section.headings[0]}\n${passage.text}`
  // The same is true of a first heading that equals the title.
  const headings = section.headings.filter((heading, i) => heading !== page.title || i > 0)
  return `${[page.title, ...headings].join(' > ')}\n${passage.text}`
}

/** The key of an embedding text: with the same embedder, equal hashes mean equal vectors. 32 hex digits of SHA-256. */
export function embeddingHashOf(embeddingText: string): string {
  return createHash('sha256').update(embeddingText).digest('hex').slice(0, 32)
}
