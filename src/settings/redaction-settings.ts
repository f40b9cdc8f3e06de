import {readFileSync, statSync} from 'node:fs'
import {checkedPatterns, type OwnPattern, type RedactionKind, redactionKinds} from '../redaction/index.ts'

/** Parsers for what is redacted. They throw as those in setting-values.ts do. */

const maxFileBytes = 256 * 1024

/** Kinds, each once; none for `none`. */
export const kindsToRedact = (value: string): readonly RedactionKind[] => {
  const items = value.split(/[,\s]+/).filter(Boolean)
  if (items.length === 1 && items[0] === 'none') return []
  const wrong = items.filter((item) => !redactionKinds.some((kind) => kind === item))
  if (wrong.length > 0) {
    const what = wrong.includes('none') ? 'has none beside others' : `has ${wrong.join(', ')}`
    throw new Error(`${what}; write some of ${redactionKinds.join(', ')}, or only none`)
  }
  return redactionKinds.filter((kind) => items.includes(kind))
}

/** The patterns in a file; none for the empty text. */
export const patternsToRedact = (value: string): readonly OwnPattern[] =>
  value === '' ? [] : patternsIn(value)

function patternsIn(file: string): readonly OwnPattern[] {
  let text: string
  try {
    if (statSync(file).size > maxFileBytes) throw new Error('it is larger than 256 KB')
    text = readFileSync(file, 'utf8')
  } catch (error) {
    throw new Error(
      `cannot be read (${(error as Error).message}); write the path of a file with a pattern on each line`,
    )
  }
  return checkedPatterns(text)
}
