import {createHash} from 'node:crypto'
import type {Page, Passage, Section} from '../domain/index.ts'

/**
 * What is embedded for a passage: where it stands, then what it says. A window of ten lines seldom names its
 * subject; its title and headings do. Questions are embedded as they are.
 */
export function embeddingTextOf(
  page: Pick<Page, 'title' | 'sections'>,
  section: Pick<Section, 'headings' | 'depth'>,
  passage: Pick<Passage, 'text'>,
): string {
  // A page's only h1 says the title in other words; said twice it would weigh twice.
  const isTitle = section.depth === 1 && section.headings.length === 1
  if (isTitle && page.sections.every((other) => other === section || other.depth !== 1))
    return `${section.headings[0]}\n${passage.text}`
  // So does a page's only heading.
  const headings = section.headings.filter((heading, i) => heading !== page.title || i > 0)
  return `${[page.title, ...headings].join(' > ')}\n${passage.text}`
}

/** Names an embedding text: the same hash under the same embedder means the same vector. 32 hex digits of SHA-256. */
export function embeddingHashOf(embeddingText: string): string {
  return createHash('sha256').update(embeddingText).digest('hex').slice(0, 32)
}
