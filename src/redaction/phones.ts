import {type Span, wordUnit} from './spans.ts'

/** Of one group from the next. */
const joint = '[ \\(\\).\\/\\-]'

/** `+49 170 1234567`, `+1 (555) 123-4567`, `0049 170 …`. */
const international = new RegExp(
  `(?<!${wordUnit}|[+.\\-])(?:\\+|00(?=[1-9]\\d{0,2}${joint}))[1-9](?:${joint}{0,3}\\d){7,14}(?!${wordUnit}|[.:\\-]\\d)`,
  'gv',
)

/** `(555) 123-4567`, `555-123-4567`, `1-800-555-0199`. */
const northAmerican = new RegExp(
  `(?<!${wordUnit}|[.+\\/\\-]|\\d )(?:1[ .\\-])?(?:\\([2-9]\\d{2}\\)[ \\-]?\\d{3}[ .\\-]\\d{4}|[2-9]\\d{2}([.\\-])\\d{3}\\1\\d{4})` +
    `(?!${wordUnit}|[.:\\/\\-]\\d|-\\p{L}| \\d)`,
  'gv',
)

/** With the zero of a trunk call: `030 901820`, `(020) 7946 0958`, `01 23 45 67 89`, `090-1234-5678`. */
const national = new RegExp(
  `(?<!${wordUnit}|[.:#+\\/\\-]|[\\da-f]{2} |0x)` +
    '(?:0[1-9](?:([ .\\-])\\d\\d)(?:\\1\\d\\d){3}|\\(?0[1-9]\\d{0,4}(?:\\)[ \\-]?|[ \\/\\-]| \\/ )\\d{2,8}(?:[ \\-]\\d{2,5}){0,3})' +
    `(?!${wordUnit}|[.:\\/\\-]\\d| [\\da-f]{2}(?!${wordUnit}))`,
  'giv',
)

const namesOfPhones =
  'phone|telephone|tel|mobile|cell|fax|whatsapp|call me|text me|reach me|telefon|handy|mobil|téléphone|portable|teléfono|móvil|celular|telefone|telefono|cellulare|telefoon|тел|телефон|电话|電話|手机|手機|携帯|전화|휴대폰|هاتف|फ़ोन|फोन'
const between =
  'number|no|nr|num|nummer|número|numero|番号|号码|번호|is|ist|at|on|to|unter|est|es|é|:|=|は|是'

/** Behind a word for it, any spelling. */
const named = new RegExp(
  `(?<!${wordUnit})(?:${namesOfPhones})(?:[\\s.:=#'\\-]{0,3}(?:${between})){0,3}[\\s.:="']{0,4}` +
    `(\\+?\\(?\\d(?:${joint}{0,2}\\d){6,14})(?!${wordUnit}|[.:\\-]\\d)`,
  'giv',
)

/** Of 32-bit numbers, which are written with their sign. */
const limits = new Set(['2147483647', '2147483648', '4294967295'])

/** Phone numbers: international ones, those written as a country does, and any behind a word for it. */
export function findPhones(text: string): Span[] {
  return [
    ...whole(
      text,
      international,
      ({digits, groups, number}) => digits >= 8 && digits <= 15 && groups <= 7 && !limits.has(number),
    ),
    ...whole(text, northAmerican, () => true),
    ...whole(text, national, ({digits}) => digits >= 9 && digits <= 12),
    ...[...text.matchAll(named)].map(({0: found, 1: number = '', index}) => ({
      start: index + found.length - number.length,
      end: index + found.length,
    })),
  ]
}

interface NumberShape {
  /** Its digits alone. */
  readonly number: string
  readonly digits: number
  readonly groups: number
}

function whole(text: string, pattern: RegExp, isNumber: (shape: NumberShape) => boolean): Span[] {
  return [...text.matchAll(pattern)].flatMap(({0: found, index}) => {
    const groups = found.match(/\d+/g) ?? []
    const number = groups.join('')
    const shape = {number, digits: number.length, groups: groups.length}
    return isNumber(shape) ? [{start: index, end: index + found.length}] : []
  })
}
