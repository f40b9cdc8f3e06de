import {
  type Dialect,
  include,
  type Line,
  type Reading,
  readInclude,
  selectorOf,
} from '../../markdown/dialect-kit.ts'

/** Included files: `{{#include file.md:part}}`. In code they are read where code is written. */
export const mdbookIncludes: Dialect = {
  name: 'mdbook-includes',
  lines: [{starts: '{', read: readLine}],
  text: [{starts: '{', read: readInLine}],
}

function readLine(reading: Reading, {text, end}: Line): boolean {
  const file = /^\{\{#(?:include|rustdoc_include|playground|playpen)[ \t]+([^}]+)\}\}[ \t]*$/.exec(text)?.[1]
  if (file !== undefined) include(reading, file.trim().split(/\s/)[0]!, 'include')
  else if (!/^\{\{#title[ \t]+[^}]*\}\}[ \t]*$/.test(text)) return false
  return reading.at.nextLine(end)
}

function readInLine(reading: Reading): boolean {
  const {at} = reading
  const found = /^\{\{#(?:include|rustdoc_include|playground)[ \t]+([^\s{}]+)[^{}\n]{0,1000}?\}\}/.exec(
    at.text.slice(at.p, at.p + 2000),
  )
  if (!found) return false
  at.advance(at.p + found[0].length)
  const [file, selector] = selectorOf(found[1]!)
  const part = readInclude(reading, file, 'include', selector)
  if (part) reading.nested(part.text, part.path)
  return true
}
