import {countWords} from '../../text/words.ts'
import type {Pass} from './pass.ts'

/** Runs a construct's `read`. If it leaves a note, the words that it wrote, or removed, are counted for it. */
export function accounted(pass: Pass, read: () => boolean): boolean {
  const {p, noted} = pass
  const first = noted.length
  const lines = pass.out.length
  const columns = pass.current.length
  const isRead = read()
  const own = noted[first]
  if (own) {
    noted.length = first
    const {construct} = own
    if (own.fate !== 'flattened') pass.taken.push([p, pass.p])
    if (own.fate === 'dropped')
      pass.context.count(construct, {dropped: countWords(pass.text.slice(p, pass.p))})
    else pass.context.count(construct, {kept: countWords(writtenSince(pass, lines, columns))})
  }
  return isRead
}

/** What was written after a position in the output, without link destinations. */
function writtenSince(pass: Pass, lines: number, columns: number): string {
  const written = [...pass.out.slice(lines), pass.current].join('\n').slice(columns)
  return written.replace(/\]\([^)\n]*\)/g, ']')
}
