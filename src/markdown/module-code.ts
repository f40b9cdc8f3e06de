import {Parser, type Program, type Token} from 'acorn'
import jsx from 'acorn-jsx'
import {withoutParameterTypes} from './parameter-types.ts'

/** One or more module statements that end with a line. */
export interface ModuleCode {
  /** Offset of a line break, or the end of the text. */
  readonly end: number
  /** The syntax tree; its offsets count from the beginning of the code. */
  readonly program: Program
}

/** The result of looking for module code. */
export interface ModuleReading {
  readonly code: ModuleCode | null
  /** Number of characters read. */
  readonly cost: number
}

/** Maximum nesting of brackets and elements. Nobody writes more, and the parser recurses for each. */
const maxDepth = 50

/** Statements are parsed one by one, so an exported name may be defined in another statement. */
const withUnknownNames = (Base: typeof Parser): typeof Parser =>
  class extends Base {
    raiseRecoverable(): void {}
  }

const parser = Parser.extend(jsx(), withUnknownNames)
const options = {ecmaVersion: 'latest', sourceType: 'module'} as const

/**
 * Reads the `import` and `export` statements that begin at `at`, the beginning of a line. As in MDX, they are whatever
 * parses as JavaScript with JSX, up to a blank line that is not inside brackets or elements. Another line
 * that begins with one of the two words is parsed separately. Text directly below a statement does not make the statement
 * text too, except below `export default`, which prose also begins with. Types are read over only in the parameters of components.
 */
export function moduleCodeAt(text: string, at: number): ModuleReading {
  const rest = text.slice(at)
  const plain = moduleCode(rest, at)
  const untyped = plain.code ? null : withoutParameterTypes(rest)
  if (untyped === null) return plain
  const {code, cost} = moduleCode(untyped, at)
  return {code, cost: plain.cost + cost}
}

/** Reads the code that a text begins with; the text begins at `at` of the page. */
function moduleCode(rest: string, at: number): ModuleReading {
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

/** The program if it consists of imports and exports only; else the offset where that ends. */
function parsed(code: string): {readonly program: Program | null; readonly stop: number} {
  try {
    const program = parser.parse(code, options)
    const other = program.body.find(({type}) => !/^(?:Import|Export)/.test(type))
    return other ? {program: null, stop: other.start} : {program, stop: code.length}
  } catch (error) {
    return {program: null, stop: (error as {pos?: number}).pos ?? 0}
  }
}

/** Finds where the code at the beginning of a text may end, in a single pass. */
class Bounds {
  readonly #text: string
  /** A line break before a blank line or another statement. */
  readonly #bound = /\n(?=[ \t]*(?:\n|$)|(?:im|ex)port )/g
  #nextBound = -1
  /** Offset after the last token or comment. */
  #at = 0
  #depth = 0
  #tag: 'opening' | 'closing' | null = null
  #last = ''
  #found: number | null = null
  /** How far it has read. */
  reached = 0
  /** End of the lines above the one where the code ends; −1 if there are none or something is open. */
  lineAbove = -1

  constructor(text: string) {
    this.#text = text
  }

  /** Returns the first bound at which nothing is open; null if the code ends before one. */
  find(): number | null {
    let stop = this.#text.length
    try {
      parser.parse(this.#text, {
        ...options,
        onToken: (token) => this.#read(token),
        onComment: (_isBlock, _text, start, end) => this.#pass(start, end),
      })
    } catch (error) {
      // An error without a position: a bound was found, or the nesting is too deep for the parser.
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
    if (this.#depth > maxDepth) throw new RangeError('too deep')
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
