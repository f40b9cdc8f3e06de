/**
 * Normalises line endings and removes the byte order mark and all characters that hide or reorder text: zero-width
 * spaces, soft hyphens, bidirectional controls, tag characters and other controls. Joiners stay where scripts and emoji
 * need them. The number of lines does not change.
 */
export function normaliseText(source: string): string {
  let text = source
  if (text.includes('\r')) text = text.replace(/\r\n?/g, '\n')
  if (!suspicious.test(text)) return text
  return text
    .replace(/[\u2028\u2029\u0085]/g, ' ')
    .replace(hidden, '')
    .replace(/\u200c|\u200d/g, (joiner, at: number, all: string) =>
      needsJoiner.test(all.slice(Math.max(0, at - 2), at)) ? joiner : '',
    )
}

/** Counts the invisible characters that `normaliseText` removes, with the line of the first one; null if there are none. */
export function hiddenCharactersOf(source: string): FoundCharacters | null {
  return charactersIn(source.startsWith('\ufeff') ? source.slice(1) : source, reorders)
}

/** Counts the control characters that `normaliseText` removes, such as NUL. */
export function controlCharactersOf(source: string): FoundCharacters | null {
  return charactersIn(source, controls)
}

/** How many, and the one-based line of the first. */
export interface FoundCharacters {
  readonly count: number
  readonly line: number
}

function charactersIn(text: string, characters: RegExp): FoundCharacters | null {
  const found = text.match(characters)
  if (!found) return null
  return {count: found.length, line: text.slice(0, text.search(characters)).split('\n').length}
}

/** A form feed only separates pages of a print. */
const controls = /[\u0000-\u0008\u000b\u000e-\u001f\u007f-\u0084\u0086-\u009f]/g

const hidden =
  /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff\ufff9-\ufffb]|[\u{e0000}-\u{e007f}]/gu
const reorders =
  /[\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff]|[\u{e0000}-\u{e007f}]/gu
const suspicious =
  /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]|[\u{e0000}-\u{e007f}]/u
/**
 * Scripts that use joiners, and emoji; a variation selector may be between an emoji and its joiner. A look-behind,
 * because V8 14.6 (Node 26) otherwise does not match a single character beyond U+FFFF before the end.
 */
const needsJoiner =
  /(?<=[\p{Script=Arabic}\p{Script=Devanagari}\p{Script=Bengali}\p{Script=Gurmukhi}\p{Script=Gujarati}\p{Script=Oriya}\p{Script=Tamil}\p{Script=Telugu}\p{Script=Kannada}\p{Script=Malayalam}\p{Script=Sinhala}\p{Script=Syriac}\p{Script=Mongolian}\p{Script=Khmer}\p{Extended_Pictographic}\p{Emoji_Modifier}]|\ufe0f)$/u
