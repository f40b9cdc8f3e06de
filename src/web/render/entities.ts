/**
 * Character references that documentation uses; others are shown as written. A subset of HTML's, because
 * `decode-named-character-reference` sets `innerHTML` in browsers, which sites that require Trusted Types forbid, and
 * its other build would add a table of a fifth of the widget's size.
 */
export const namedCharacters: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  nbsp: '\u00a0',
  shy: '\u00ad',
  copy: '©',
  reg: '®',
  trade: '™',
  deg: '°',
  middot: '·',
  times: '×',
  ndash: '–',
  mdash: '—',
  lsquo: '‘',
  rsquo: '’',
  ldquo: '“',
  rdquo: '”',
  laquo: '«',
  raquo: '»',
  bull: '•',
  hellip: '…',
  larr: '←',
  uarr: '↑',
  rarr: '→',
  darr: '↓',
  ne: '≠',
  le: '≤',
  ge: '≥',
  check: '✓',
}

/** Text with its HTML character references resolved. */
export function decodeReferences(text: string): string {
  if (!text.includes('&')) return text
  return text.replace(/&(?:#(\d{1,7})|#x([0-9a-f]{1,6})|([a-z]\w*));/gi, (whole, decimal, hex, name) => {
    if (name !== undefined) return Object.hasOwn(namedCharacters, name) ? namedCharacters[name]! : whole
    const point = decimal === undefined ? Number.parseInt(hex, 16) : Number(decimal)
    return point > 0 && point <= 0x10ffff ? String.fromCodePoint(point) : '\ufffd'
  })
}
