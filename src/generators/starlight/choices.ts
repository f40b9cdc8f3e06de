import {bracketedCodeEnd} from '../../markdown/dialect-kit.ts'

const condition = /\{\s*props\.(\w+)\s*([!=])==?\s*(["'])([^"'\n]*)\3\s*(&&|\?)\s*/g

/**
 * The text of a part without the elements that it shows for other values of its properties: `{props.kind === "a" && (…)}`
 * and `{props.kind === "a" ? (…) : (…)}`. What hangs on a property without a known value stays.
 */
export function withChoices(text: string, values: ReadonlyMap<string, string>): string {
  let out = ''
  let rest = text
  for (let next = firstChoice(rest, values); next; next = firstChoice(rest, values)) {
    out += rest.slice(0, next.start)
    // A chosen expression may be the next condition of a chain.
    rest = (next.chosen === '' ? '' : `{${next.chosen}}`) + rest.slice(next.end)
  }
  return out + rest
}

function firstChoice(
  text: string,
  values: ReadonlyMap<string, string>,
): {readonly start: number; readonly end: number; readonly chosen: string} | null {
  for (const match of text.matchAll(condition)) {
    const [whole, name, comparison, , wanted, operator] = match
    const {end} = bracketedCodeEnd(text, match.index)
    const value = values.get(name!)
    if (value === undefined || end < 0) continue
    const isTrue = (value === wanted) === (comparison === '=')
    const code = text.slice(match.index + whole.length, end - 1).trim()
    if (operator === '&&') return {start: match.index, end, chosen: isTrue ? code : ''}
    const middle = code.startsWith('(') ? bracketedCodeEnd(code, 0).end : -1
    const colon = middle < 0 ? null : /^\s*:\s*/.exec(code.slice(middle))
    if (!colon) continue
    const otherwise = code.slice(middle + colon[0].length)
    return {
      start: match.index,
      end,
      chosen: isTrue ? code.slice(0, middle) : /^["'`]{2}$|^null$/.test(otherwise) ? '' : otherwise,
    }
  }
  return null
}
