import {renderer} from '../pieces/pieces.ts'

/** A link that marks what it quotes; the plain link while the renderer, which makes it so, is not there. */
export function quotingLink(href: string, quotes: readonly string[]): string {
  return renderer.loaded?.withQuotes(href, quotes) ?? href
}
