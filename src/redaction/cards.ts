import {type Span, wordUnit} from './spans.ts'

/** Between two groups; a number may be pasted line by line. */
const joint = '(?:[ .\\-]|\\r?\\n)'

/** Without separators, or in the groups that cards have: 4-4-4-4(-3), 4-6-5, 4-6-4. */
const candidate = new RegExp(
  `(?<!${wordUnit}|[.#\\-]|\\d[ \\n])` +
    `(?:\\d{13,19}|\\d{4}(?:${joint}\\d{4}){3}(?:${joint}\\d{3})?|\\d{4}${joint}\\d{6}${joint}\\d{4,5})` +
    `(?!${wordUnit}|[.\\-]\\d|[ \\n]\\d)`,
  'gv',
)

/** A country, two check digits, and up to 30 digits and letters, in fours or not. */
const account = new RegExp(
  `(?<!${wordUnit})[A-Z]{2}\\d{2}(?: ?[A-Z\\d]{4}){2,7}(?: ?[A-Z\\d]{1,3})?(?!${wordUnit})`,
  'giv',
)

/** Card numbers: of a known issuer, in its length, with a valid check digit. And accounts: IBAN with valid check digits. */
export function findCards(text: string): Span[] {
  const accounts = [...text.matchAll(account)].flatMap(({0: found, index}) => {
    const length = accountLength(found)
    return length === null ? [] : [{start: index, end: index + length}]
  })
  return [...accounts, ...cardsIn(text)]
}

function cardsIn(text: string): Span[] {
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

/** How many units of this text are an account: a word behind it looks like a last group. Null for none. */
function accountLength(found: string): number | null {
  const groups = found.split(' ')
  for (let kept = groups.length; kept > 0; kept--) {
    const candidate = groups.slice(0, kept).join(' ')
    if (isAccount(candidate.replaceAll(' ', ''))) return candidate.length
  }
  return null
}

/** @see ISO 13616, ISO 7064 (MOD 97-10) */
function isAccount(number: string): boolean {
  if (number.length < 15) return false
  let rest = 0
  for (const sign of number.slice(4) + number.slice(0, 4)) {
    for (const digit of String(Number.parseInt(sign, 36))) rest = (rest * 10 + Number(digit)) % 97
  }
  return rest === 1
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
