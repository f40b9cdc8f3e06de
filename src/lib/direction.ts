const rightToLeft = new Set(['ar', 'arc', 'ckb', 'dv', 'fa', 'he', 'ks', 'nqo', 'ps', 'sd', 'ug', 'ur', 'yi'])

/** The direction in which a language, BCP 47, is written. */
export function directionOf(lang: string | null): 'ltr' | 'rtl' {
  return rightToLeft.has((lang ?? '').split('-')[0]!.toLowerCase()) ? 'rtl' : 'ltr'
}
