import type {Dialect, Reading} from '../../markdown/dialect-kit.ts'

/** More fragments of a heading or a list item, as HashiCorp writes them: `((#old-name, #older-name))`. */
export const headingAliases: Dialect = {
  name: 'heading-aliases',
  text: [{starts: '(', read: readAliases}],
}

function readAliases(reading: Reading): boolean {
  const {at, write, context} = reading
  const match = /^\(\(((?:#[\w.-]+[ \t]*,?[ \t]*)+)\)\)/.exec(at.text.slice(at.p, at.p + 300))
  if (!match) return false
  reading.note('heading-alias', 'dropped')
  for (const [, id] of match[1]!.matchAll(/#([\w.-]+)/g)) context.fragments.add(id!)
  at.advance(at.p + match[0].length)
  if (write.lastCharacter === ' ') at.skipSpace()
  return true
}
