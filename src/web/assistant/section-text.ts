import type {SectionText} from '../../../packages/client/src/index.ts'
import {renderer} from '../pieces/pieces.ts'

const plain = new WeakMap<SectionText, string>()

/** What is read in a section, without its Markdown; null while the renderer is not there. */
export function plainTextIn(section: SectionText): string | null {
  const piece = renderer.loaded
  if (piece?.plainTextOf === undefined) return null
  let text = plain.get(section)
  if (text === undefined) {
    const links = {base: 'https://docs.invalid/', imageHosts: []}
    const stream = piece.createMarkdownStream({links, labels: {copy: '', code: '', table: ''}})
    text = piece.plainTextOf(stream.update(section.text, [], true))
    plain.set(section, text)
  }
  return text
}
