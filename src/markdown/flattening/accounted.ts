import {countWords} from '../../text/words.ts'
import type {Pass} from './pass.ts'

/** Lets a construct read; where it leaves a note, the words it wrote, or took away unseen, are counted for it. */
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

/** What was written behind a place in the output, link destinations left out. */
function writtenSince(pass: Pass, lines: number, columns: number): string {
  const written = [...pass.out.slice(lines), pass.current].join('\n').slice(columns)
  return written.replace(/\]\([^)\n]*\)/g, ']')
}
