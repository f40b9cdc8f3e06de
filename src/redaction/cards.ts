import {type Span, wordUnit} from './spans.ts'

/** Without separators, or in the groups that cards have: 4-4-4-4(-3), 4-6-5, 4-6-4. */
const candidate = new RegExp(
  `(?<!${wordUnit}|[.#\\-]|\\d )` +
    '(?:\\d{13,19}|\\d{4}([ .\\-])\\d{4}\\1\\d{4}\\1\\d{4}(?:\\1\\d{3})?|\\d{4}([ \\-])\\d{6}\\2\\d{4,5})' +
    `(?!${wordUnit}|[.\\-]\\d| \\d)`,
  'gv',
)

/** Card numbers: of a known issuer, in its length, with a valid check digit. */
export function findCards(text: string): Span[] {
  return [...text.matchAll(candidate)].flatMap(({0: found, index}) => {
    const digits = found.replace(/\D/g, '')
    const isCard = isIssued(digits) && hasValidCheckDigit(digits)
    return isCard ? [{start: index, end: index + found.length}] : []
  })
}

/** First digits as a range, and lengths. @see https://en.wikipedia.org/wiki/Payment_card_number */
const issuers: readonly (readonly [first: number, last: number, ...lengths: number[]])[] = [
  [4000, 4999, 13, 16, 19], // Visa
  [5100, 5599, 16], // Mastercard
  [2221, 2720, 16],
  [3400, 3499, 15], // American Express
  [3700, 3799, 15],
  [3000, 3059, 14], // Diners Club
  [3600, 3699, 14],
  [3800, 3999, 14],
  [3528, 3589, 16], // JCB
  [6011, 6011, 16, 19], // Discover
  [6440, 6599, 16, 19],
  [6200, 6299, 16, 17, 18, 19], // UnionPay
  [2200, 2204, 16], // Mir
  [5018, 5018, 16],
  [5020, 5020, 16], // Maestro
  [5038, 5038, 16],
  [6304, 6304, 16],
  [6759, 6763, 16],
]

function isIssued(digits: string): boolean {
  const head = Number(digits.slice(0, 4))
  return issuers.some(
    ([first, last, ...lengths]) => head >= first && head <= last && lengths.includes(digits.length),
  )
}

/** Luhn's algorithm. */
function hasValidCheckDigit(digits: string): boolean {
  if (/^(\d)\1*$/.test(digits)) return false
  let sum = 0
  for (let index = 0; index < digits.length; index++) {
    const digit = Number(digits[digits.length - 1 - index])
    const doubled = index % 2 === 1 ? digit * 2 : digit
    sum += doubled > 9 ? doubled - 9 : doubled
  }
  return sum % 10 === 0
}
