import {type CodeEnd, statementEnd} from './code-end.ts'

const name = '[\\p{L}_$][\\p{L}\\p{N}_$]*'
const space = '(?:\\s|//[^\\n]*\\n|/\\*[^*]*\\*/)*'
const file = `(?:"[^"\\n]+"|'[^'\\n]+')`
const member = `(?:type\\s+)?(?:${name}|${file})(?:\\s+as\\s+(?:${name}|${file}))?`
const members = `\\{${space}(?:${member}${space}(?:,${space}${member}${space})*(?:,${space})?)?\\}`
const everything = `\\*\\s*as\\s+${name}`
const attributes = `(?:\\s*(?:with|assert)\\s*\\{[^{}\\n]*\\})?`
const lineEnd = '[ \\t]*;?[ \\t]*(?://[^\\n]*|/\\*[^*\\n]*\\*/[ \\t]*)?(?=\\n|$)|[ \\t]*;[ \\t]*(?=import )'

const importStatement = new RegExp(
  `import (?:${file}|\\s*(?:type\\s+)?(?:${name}(?:\\s*,\\s*(?:${members}|${everything}))?|${members}|${everything})\\s*from\\s*${file})${attributes}(?:${lineEnd})`,
  'uy',
)
const exportedNames = new RegExp(
  `export (?:type\\s+)?(?:${members}(?:\\s*from\\s*${file})?|\\*(?:\\s*as\\s+${name})?\\s*from\\s*${file})${attributes}(?:${lineEnd})`,
  'uy',
)
/** What an export declares begins so; it is code up to where its statement ends. */
const exportedDeclaration = new RegExp(
  `export (?:default\\s|(?:declare\\s+)?(?:(?:const|let|var)\\s+(?:${name}[ \\t]*(?:[=:;,]|(?=\\n|$))|[{[])|(?:async\\s+)?function\\b\\s*\\*?\\s*${name}\\s*[<(]|(?:abstract\\s+)?class\\s+${name}\\b[^{}\\n]*\\{|(?:const\\s+)?enum\\s+${name}\\s*\\{|interface\\s+${name}\\b[^{}\\n]*\\{|type\\s+${name}\\b[^={}\\n]*=))`,
  'uy',
)

/**
 * The end, a line break or the end of the text, of the `import` or `export` statement that begins at `at`. MDX takes for
 * a module what parses as one, so prose that begins with these words has none.
 */
export function moduleStatementEnd(text: string, at: number): CodeEnd {
  for (let from = at; ; ) {
    const end = endOf(importStatement, text, from) ?? endOf(exportedNames, text, from)
    if (end === null)
      return endOf(exportedDeclaration, text, from) === null
        ? {end: -1, reached: from}
        : statementEnd(text, from)
    // Another import may stand behind it on the same line.
    if (end === text.length || text[end] === '\n') return {end, reached: end}
    from = end
  }
}

function endOf(statement: RegExp, text: string, at: number): number | null {
  statement.lastIndex = at
  return statement.test(text) ? statement.lastIndex : null
}
