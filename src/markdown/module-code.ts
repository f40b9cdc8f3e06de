import {Parser, type Program, type Token} from 'acorn'
import jsx from 'acorn-jsx'

/** One statement of a module or more, which end where a line does. */
export interface ModuleCode {
  /** Offset of a line break, or the end of the text. */
  readonly end: number
  /** Offsets in it are those of the code, which begins at 0. */
  readonly program: Program
}

/** What was looked at for module code, whether there is some or not. */
export interface ModuleReading {
  readonly code: ModuleCode | null
  /** Characters that were read. */
  readonly cost: number
}

/** Brackets and elements within others: nobody writes more, and the parser calls itself for each. */
const deepest = 50

/** Statements are read one by one, so a name that is exported may be defined in another. */
const withUnknownNames = (Base: typeof Parser): typeof Parser =>
  class extends Base {
    raiseRecoverable(): void {}
  }

const parser = Parser.extend(jsx(), withUnknownNames)
const options = {ecmaVersion: 'latest', sourceType: 'module'} as const

/**
 * The `import` and `export` statements that begin at `at`, the beginning of a line. As in MDX they are what parses as
 * JavaScript with elements (no types), up to a blank line or, over blank lines, to the end of what is open. Another line
 * that begins with one of the two words is read for itself. What stands directly below is no reason to take a statement
 * for text, other than below `export default`, with which prose begins too.
 */
export function moduleCodeAt(text: string, at: number): ModuleReading {
  const rest = text.slice(at)
  const bounds = new Bounds(rest)
  const bound = bounds.find()
  let cost = bounds.reached
  let end = bound ?? bounds.lineAbove
  for (let tries = 0; end > 0 && tries < 3; tries++) {
    cost += end
    const {program, stop} = parsed(rest.slice(0, end))
    if (program !== null) {
      const isText = end !== bound && program.body.some(({type}) => type === 'ExportDefaultDeclaration')
      return {code: isText ? null : {end: at + end, program}, cost}
    }
    end = rest.lastIndexOf('\n', stop - 1)
  }
  return {code: null, cost}
}

/** The program where it is nothing but imports and exports; else where it stops to be that. */
function parsed(code: string): {readonly program: Program | null; readonly stop: number} {
  try {
    const program = parser.parse(code, options)
    const other = program.body.find(({type}) => !/^(?:Import|Export)/.test(type))
    return other ? {program: null, stop: other.start} : {program, stop: code.length}
  } catch (error) {
    return {program: null, stop: (error as {pos?: number}).pos ?? 0}
  }
}

/** Finds where the code that a text begins with may end, in one reading. */
class Bounds {
  readonly #text: string
  /** A blank line, or one that begins with another statement. */
  readonly #bound = /\n(?=[ \t]*(?:\n|$)|(?:im|ex)port )/g
  #nextBound = -1
  /** Behind the last token or comment. */
  #at = 0
  #depth = 0
  #tag: 'opening' | 'closing' | null = null
  #last = ''
  #found: number | null = null
  /** How far it has read. */
  reached = 0
  /** The end of the lines above the one where it stops to be code; −1 where there are none, or something is open. */
  lineAbove = -1

  constructor(text: string) {
    this.#text = text
  }

  /** The first bound at which nothing is open; null where it stops to be code before one. */
  find(): number | null {
    let stop = this.#text.length
    try {
      parser.parse(this.#text, {
        ...options,
        onToken: (token) => this.#read(token),
        onComment: (_isBlock, _text, start, end) => this.#pass(start, end),
      })
    } catch (error) {
      // Without a place: a bound is found, or there are more things in each other than the parser can take.
      const {pos = 0, raisedAt = pos} = error as {pos?: number; raisedAt?: number}
      stop = pos
      this.reached = raisedAt
    }
    this.reached = Math.max(this.reached, this.#at, stop)
    if (this.#found === null && this.#isClosed) {
      this.#lookForBound(stop)
      if (this.#found === null && stop === this.#text.length && this.reached === stop) this.#found = stop
      this.lineAbove = stop > 0 ? this.#text.lastIndexOf('\n', stop - 1) : -1
    }
    return this.#found
  }

  get #isClosed(): boolean {
    return this.#depth === 0 && this.#tag === null
  }

  #read({start, end, type: {label}}: Token): void {
    this.#pass(start, end)
    if (label === 'jsxTagStart') this.#tag = 'opening'
    else if (label === 'jsxTagEnd') this.#endTag()
    else if (label === '/' && this.#last === 'jsxTagStart') this.#tag = 'closing'
    else if (/^(?:[([{]|\$\{)$/.test(label)) this.#depth++
    else if (/^[)\]}]$/.test(label)) this.#depth--
    if (this.#depth > deepest) throw new RangeError('too deep')
    this.#last = label
  }

  #endTag(): void {
    if (this.#tag === 'closing') this.#depth--
    else if (this.#last !== '/') this.#depth++
    this.#tag = null
  }

  #pass(start: number, end: number): void {
    if (this.#isClosed) this.#lookForBound(start)
    if (this.#found !== null) throw new Error('found')
    this.#at = end
  }

  #lookForBound(before: number): void {
    if (this.#nextBound < this.#at) {
      this.#bound.lastIndex = this.#at
      this.#nextBound = this.#bound.exec(this.#text)?.index ?? Number.POSITIVE_INFINITY
    }
    if (this.#nextBound < before) this.#found = this.#nextBound
  }
}
