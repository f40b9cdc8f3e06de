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
  // Behind code and emphasis only what follows tells.
  if (/[`*]$/.test(word)) return false
  if (word.endsWith(')')) return isCall(sentence)
  const name = nameIn(word)
  // A figure with its unit, and what begins with a capital, as `IPv6`, is said rather than indexed.
  const isCode =
    /[^\p{L}\p{M}\p{N}'’/,-]/u.test(name) ||
    /^\p{Ll}.*[\p{Lu}\p{N}]/u.test(name) ||
    /^[\p{Script=Latin}\p{Script=Greek}\p{Script=Cyrillic}]$/u.test(name)
  return isCode || names.has(name.toLowerCase())
}

/** The last word in the letters of programs, without the signs it stands in: other scripts write none between words. */
function nameIn(word: string): string {
  const run = endOf(word, /[\p{Script=Latin}\p{Script=Greek}\p{Script=Cyrillic}\p{M}\x21-\x7e]/u)
  return run.replace(/^[^\p{L}\p{N}$@_]+/u, '').replace(/^.*[,;—–(]/u, '')
}

/** The characters of one kind that a text ends with. From behind: an expression would try each place in it. */
export function endOf(text: string, kind: RegExp): string {
  const chars = [...text]
  return chars.slice(chars.findLastIndex((char) => !kind.test(char)) + 1).join('')
}

/** A call is followed so far back, in UTF-16 units: it is looked for at each bracket. */
const maxCall = 400

/** Whether the parenthesis that the text ends with was opened right behind a name. */
function isCall(text: string): boolean {
  let depth = 0
  for (let at = text.length - 1; at >= Math.max(0, text.length - maxCall); at--) {
    if (text[at] === ')') depth += 1
    else if (text[at] === '(' && --depth === 0)
      return /[\p{Script=Latin}\p{Script=Greek}\p{Script=Cyrillic}\p{N}_$)\]>]/u.test(text[at - 1] ?? '')
  }
  return false
}

/** Behind these a bracket is a list or a pattern. */
export const opensExpression = /^[({<>/\\^$+&%#@]$/

/** What makes an expression of brackets that stand before it. */
export const expressionGoesOn = /^(?:[\w$=]|\.[\p{L}_$]|\?\.|->|::| =)/u
/** What may yet become that. */
export const mayGoOn = /^[.?: -]$/

/** Emphasis is followed so far back, in UTF-16 units. */
const maxEmphasis = 800

/**
 * Whether what follows a bracket makes a pattern of it, as `[1-3]*.txt` or `[1-3]+`.
 * @param sentence what stands before it: stars may end emphasis that began there.
 */
export function isPattern(sentence: string, after: string): boolean {
  const stars = /^\*{1,2}/.exec(after)?.[0]
  if (stars === undefined) return /^[+{$^\\/=]/.test(after)
  const runs =
    sentence
      .slice(-maxEmphasis)
      .replace(/^\s*\*\s/, '')
      .match(/\*+/g) ?? []
  return runs.filter((run) => run.length === stars.length).length % 2 === 0
}

/** What follows a marker where a clause ends with it. */
export const clauseEnds = /^[ \t]*(?:$|[\n\r[【［|。，、；：！？）]|[.,;:!?)*_]+(?:$|[^\p{L}\p{N}\p{S}/\\]))/u
/** What may yet become that. */
export const mayEndClause = /^[ \t]*[.,;:!?)*_]*$/
