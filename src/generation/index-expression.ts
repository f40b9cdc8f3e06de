/**
 * Distinguishes `argv[1]` from a citation that touches its word, which models write although they are told to leave a
 * space.
 *
 * A bracket is an index behind a name that only code has, a name that programs give to lists, a call, or another index.
 * Behind any other word it is a citation unless the text continues as an expression. A citation taken for an index stays
 * readable as `[1]`; an index taken for a citation is lost. So in doubt it is an index.
 */
const names: ReadonlySet<string> = new Set(
  'argv args arr array arrays buf bytes cells cols columns elems items lines list matrix nums params parts rows str tokens tuple vals vec vector xs ys'.split(
    ' ',
  ),
)

/**
 * @param word the text before the bracket since the last white space
 * @param sentence the same since the beginning of the sentence
 */
export function isIndexable(word: string, sentence: string): boolean {
  if (word.endsWith(']')) return true
  // Behind code and emphasis what follows decides.
  if (/[`*]$/.test(word)) return false
  if (word.endsWith(')')) return isCall(sentence)
  const name = nameIn(word)
  // A figure with its unit, and a word with a capital, as `IPv6`, is text rather than code.
  const isCode =
    /[^\p{L}\p{M}\p{N}'’/,-]/u.test(name) ||
    /^\p{Ll}.*[\p{Lu}\p{N}]/u.test(name) ||
    /^[\p{Script=Latin}\p{Script=Greek}\p{Script=Cyrillic}]$/u.test(name)
  return isCode || names.has(name.toLowerCase())
}

/** The last word in the letters of programs, without punctuation before it: other scripts may touch it. */
function nameIn(word: string): string {
  const run = endOf(word, /[\p{Script=Latin}\p{Script=Greek}\p{Script=Cyrillic}\p{M}\x21-\x7e]/u)
  return run.replace(/^[^\p{L}\p{N}$@_]+/u, '').replace(/^.*[,;—–(]/u, '')
}

/** The characters of one kind that a text ends with. Searched from the end: a regular expression would try each offset. */
export function endOf(text: string, kind: RegExp): string {
  const chars = [...text]
  return chars.slice(chars.findLastIndex((char) => !kind.test(char)) + 1).join('')
}

/** How far back a call is looked for, in UTF-16 units: this happens at each bracket. */
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

/** What makes the brackets before it an expression. */
export const continuesExpression = /^(?:[\w$=]|\.[\p{L}_$]|\?\.|->|::| =)/u
/** What may become that. */
export const mayContinueExpression = /^[.?: -]$/

/** How far back emphasis is looked for, in UTF-16 units. */
const maxEmphasis = 800

/**
 * Whether what follows a bracket makes it a pattern, as `[1-3]*.txt` or `[1-3]+`.
 * @param sentence the text before it: stars may end emphasis that began there.
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

/** What follows a marker at the end of a clause. */
export const endsClause = /^[ \t]*(?:$|[\n\r[【［|。，、；：！？）]|[.,;:!?)*_]+(?:$|[^\p{L}\p{N}\p{S}/\\]))/u
/** What may become that. */
export const mayEndClause = /^[ \t]*[.,;:!?)*_]*$/
