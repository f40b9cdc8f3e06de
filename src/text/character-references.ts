import {decodeNamedCharacterReference} from 'decode-named-character-reference'
import {decodeNumericCharacterReference} from 'micromark-util-decode-numeric-character-reference'

const reference = /&(?:#(\d{1,7})|#x([\da-f]{1,6})|([a-z][a-z\d]*));/gi

/**
 * HTML text with its character references resolved, as `&times;`, `&#215;` or `&#xd7;`, if they end in a semicolon.
 * Unknown names stay as written; numbers of no character become U+FFFD, as in CommonMark.
 */
export function decodeCharacterReferences(text: string): string {
  if (!text.includes('&')) return text
  return text.replace(reference, (whole: string, decimal?: string, hex?: string, name?: string) => {
    if (name !== undefined) return decodeNamedCharacterReference(name) || whole
    return decimal === undefined
      ? decodeNumericCharacterReference(hex!, 16)
      : decodeNumericCharacterReference(decimal, 10)
  })
}
