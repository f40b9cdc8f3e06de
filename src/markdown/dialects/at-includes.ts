import type {Dialect, Line} from '../flattening/dialect.ts'
import type {Reading} from '../flattening/reading.ts'
import {includeWhole} from './includes.ts'

/** Included files after `@include`: HashiCorp’s `@include "file.mdx"`, Svelte’s `@include file.md`. */
export const atIncludes: Dialect = {
  name: 'at-includes',
  lines: [{starts: '@', read: readAtInclude}],
}

function readAtInclude(reading: Reading, {text, end}: Line): boolean {
  const match = /^@include[ \t]+(?:"([^"]+)"|'([^']+)'|(\S+\.\w+))[ \t]*$/.exec(text)
  if (!match) return false
  includeWhole(reading, match[1] ?? match[2] ?? match[3]!, 'include')
  return reading.at.nextLine(end)
}
