import {tagAt} from './tags.ts'

/** Where a piece of code ends, and how far the search for its end went. */
export interface CodeEnd {
  /** −1 if it has no end or cannot be JavaScript: two names in a row, as in prose, or mismatched brackets. */
  readonly end: number
  readonly reached: number
}

/** Finds the end of the bracketed code that begins at `at`: the offset after its closing bracket. */
export function bracketedCodeEnd(text: string, at: number, limit = text.length): CodeEnd {
  return new CodeReader(text, at, limit).read((reader) => reader.depth === 0)
}

type Previous = 'none' | 'name' | 'keyword' | 'value' | 'operator'

/** Maximum nesting. Nobody writes more, and unclosed brackets must not each be scanned to the end again. */
const maxDepth = 50

const closers: Readonly<Record<string, string>> = {'(': ')', '[': ']', '{': '}'}
const template = /(?:[^`\\$]|\\[\s\S]|\$(?!\{))*/y
const elementText = /[^<{]*/y
const blankOrComment = /[ \t]+|\/\/[^\n]*/y
const string = /"(?:[^"\\\n]|\\[\s\S])*"|'(?:[^'\\\n]|\\[\s\S])*'/y
const pattern = /\/(?![*/])(?:[^\\/[\n]|\\.|\[(?:[^\]\\\n]|\\.)*\])+\/[a-z]*/y
const word = /[\p{L}\p{M}\p{N}_$]+/uy
/** The beginning of an element, but not of type parameters such as `<T,>`. */
const beginsElement = /<(?:>|[A-Za-z][\w.:-]*(?![\w.:-]|[ \t]*,|[ \t]+extends\b))/y

/** Keywords of JavaScript and TypeScript that may stand next to a name. */
const keywords: ReadonlySet<string> = new Set(
  (
    'abstract as assert asserts async await break case catch class const continue declare default delete do else enum ' +
    'export extends finally for from function get if implements import in infer instanceof interface is keyof let ' +
    'namespace new of private protected public readonly return satisfies set static switch throw try type typeof ' +
    'unique var void while with yield'
  ).split(' '),
)

/** Scans JavaScript with JSX and types roughly: enough to see where it ends, and that prose is not code. */
class CodeReader {
  readonly #text: string
  readonly #limit: number
  /** What is open: the expected closing bracket, a backtick for a template, `<` for an element. */
  readonly #open: string[] = []
  #previous: Previous = 'none'
  /** Whether only spaces separate the previous token from this one. */
  #isSameLine = false
  p: number

  constructor(text: string, at: number, limit: number) {
    this.#text = text
    this.#limit = limit
    this.p = at
  }

  get depth(): number {
    return this.#open.length
  }

  /** Reads token by token until `isOver` returns true. */
  read(isOver: (reader: CodeReader) => boolean): CodeEnd {
    while (this.p < this.#limit) {
      if (!this.#step() || this.p > this.#limit || this.depth > maxDepth) break
      if (isOver(this)) return {end: this.p, reached: this.p}
    }
    return {end: -1, reached: this.p}
  }

  #match(expression: RegExp, at = this.p): string | null {
    expression.lastIndex = at
    return expression.exec(this.#text)?.[0] ?? null
  }

  #accept(length: number, previous: Previous): true {
    this.p += length
    this.#previous = previous
    this.#isSameLine = true
    return true
  }

  #step(): boolean {
    const around = this.#open.at(-1)
    if (around === '`') return this.#readTemplate()
    if (around === '<') return this.#readElementText()
    const char = this.#text[this.p]!
    const skipped = this.#match(blankOrComment)
    if (skipped !== null) {
      this.p += skipped.length
      return true
    }
    if (char === '/' && this.#text[this.p + 1] === '*') return this.#skipComment()
    if (char === '\n') {
      this.p++
      this.#isSameLine = false
      return true
    }
    return this.#readToken(char)
  }

  #skipComment(): boolean {
    const end = this.#text.indexOf('*/', this.p + 2)
    this.p = end < 0 ? this.#limit : Math.min(end + 2, this.#limit)
    return end >= 0
  }

  #readTemplate(): boolean {
    this.p += this.#match(template)!.length
    if (this.#text[this.p] === '`') {
      this.#open.pop()
      return this.#accept(1, 'value')
    }
    if (this.#text[this.p] !== '$') return false
    this.#open.push('}')
    return this.#accept(2, 'operator')
  }

  #readElementText(): boolean {
    this.p += this.#match(elementText)!.length
    if (this.#text[this.p] === '<') return this.#readTag()
    this.#open.push('}')
    return this.#accept(1, 'operator')
  }

  #readTag(): boolean {
    const tag = tagAt(this.#text, this.p)
    if (!tag) return false
    if (tag.kind === 'open') this.#open.push('<')
    else if (tag.kind === 'close' && this.#open.pop() !== '<') return false
    return this.#accept(tag.end - this.p, 'value')
  }

  #readToken(char: string): boolean {
    if (char === '"' || char === "'") {
      const length = this.#match(string)?.length
      return length !== undefined && this.#accept(length, 'value')
    }
    if (char === '`') {
      this.#open.push('`')
      return this.#accept(1, 'operator')
    }
    const name = this.#match(word)
    if (name !== null) return this.#readWord(name)
    if (char in closers) {
      this.#open.push(closers[char]!)
      return this.#accept(1, 'operator')
    }
    if (char === ')' || char === ']' || char === '}') {
      return this.#open.pop() === char && this.#accept(1, 'value')
    }
    const isValueDue = /none|keyword|operator/.test(this.#previous)
    if (char === '<' && isValueDue && this.#match(beginsElement) !== null) return this.#readTag()
    const regular = char === '/' && isValueDue ? this.#match(pattern) : null
    if (regular !== null) return this.#accept(regular.length, 'value')
    // Outside strings, code has no typographic quotation marks, dashes or non-ASCII punctuation.
    return /[!-~]/.test(char) && this.#accept(1, char === ';' ? 'value' : 'operator')
  }

  #readWord(name: string): boolean {
    // `x as const` is a value.
    if (name === 'const' && this.#previous === 'keyword') return this.#accept(name.length, 'value')
    const kind = keywords.has(name) ? 'keyword' : 'name'
    const isProse = kind === 'name' && this.#previous === 'name' && this.#isSameLine
    return !isProse && this.#accept(name.length, kind)
  }
}
