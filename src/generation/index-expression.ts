/**
 * Tells `argv[1]` from a citation that touches its word, as models write it though they are asked for a space.
 *
 * A name that only code has is indexed; so is one that programs give to lists, a call, and what has been indexed
 * before. Of any other word the bracket is a citation unless the text goes on as an expression. A citation that is
 * taken for an index stays to be read as `[1]`; an index that is taken for a citation is lost. So doubt keeps it.
 */
const names: ReadonlySet<string> = new Set(
  'argv args arr array arrays buf bytes cells cols columns elems items lines list matrix nums params parts rows str tokens tuple vals vec vector xs ys'.split(
    ' ',
  ),
)

/** @param word what stands before the bracket since the last white space; @param sentence the same since the sentence began. */
export function isIndexable(word: string, sentence: string): boolean {
  if (word.endsWith(']')) return true
  if (word.endsWith(')')) return isCall(sentence)
  const name = nameIn(word)
  // A figure with its unit, and what begins with a capital, as `IPv6`, is said rather than indexed.
  const isCode =
    /[^\p{L}\p{M}\p{N}'’/,-]/u.test(name) || /^\p{Ll}.*[\p{Lu}\p{N}]/u.test(name) || /^[A-Za-z]$/.test(name)
  return isCode || names.has(name.toLowerCase())
}

/** The last word in the letters of programs, without the signs it stands in: other scripts write none between words. */
function nameIn(word: string): string {
  const run = /[\p{Script=Latin}\p{M}\x21-\x7e]*$/u.exec(word)?.[0] ?? ''
  return run.replace(/^[^\p{L}\p{N}$@_]+/u, '').replace(/^.*[,;—–(]/u, '')
}

/** Whether the parenthesis that the text ends with was opened right behind a name. */
function isCall(text: string): boolean {
  let depth = 0
  for (let at = text.length - 1; at >= 0; at--) {
    if (text[at] === ')') depth += 1
    else if (text[at] === '(' && --depth === 0) return /[\w$)\]]$/.test(text.slice(0, at))
  }
  return false
}

/** What makes an expression of brackets that stand before it. */
export const expressionGoesOn = /^(?:[\w$=]|\.[\p{L}_$]|\?\.|->|::| =)/u
/** What may yet become that. */
export const mayGoOn = /^[.?: -]$/
