/** Characters that look like a letter of the words below, in either case. */
const lookAlikes: Readonly<Record<string, string>> = {
  a: 'аɑαАΑ',
  c: 'сϲᴄСϹ',
  d: 'ԁԀ',
  e: 'еҽεЕΕ',
  h: 'һհнҺНΗ',
  k: 'кκКΚ',
  l: 'iıіιІΙӏӀ1|ǀ',
  m: 'мМΜ',
  n: 'ոηпνΝ',
  o: 'оοօσОΟՕ0',
  r: 'гᴦ',
  s: 'ѕꜱЅ',
  t: 'тτТΤ',
  u: 'υսՍ',
  w: 'ԝѡωшԜ',
}
const letterOf = new Map(
  Object.entries(lookAlikes).flatMap(([letter, others]) => [...others].map((other) => [other, letter])),
)

/** The same for texts that look alike: without marks, case and characters that are not seen. Only to compare with. */
function shapeOf(text: string): string {
  const plain = text.normalize('NFKD').replace(/[\p{Mn}\p{Me}\p{Cf}]/gu, '')
  const letters = [...plain].map((character) => letterOf.get(character) ?? character.toLowerCase())
  return letters.map((letter) => letterOf.get(letter) ?? letter).join('')
}

const anyOf = (...words: readonly string[]) => `(?:${words.map(shapeOf).join('|')})`
/** A colon, a bracket or anything else that is no letter, digit or blank. Some letters that modify others look like a colon. */
const sign = '[^\\p{Ll}\\p{Lo}\\p{N}\\s]'
const identifiers = new RegExp(`^${sign}*${anyOf('shared', 'command', 'link', 'unknown')}${sign}*$`, 'u')
/** `shared:support`, `command:root`. */
const withRole = new RegExp(`^${sign}*${anyOf('shared', 'command')}\\s*${sign}`, 'u')
/** `support (shared token)`, `root (command)`. */
const bracketed = new RegExp(
  `${sign}\\s*${anyOf('shared token', 'one.time link', 'command')}\\s*${sign}$`,
  'u',
)

/** Whether a name looks like one under which a shared token, a link, a command or a stranger is in the audit log. */
export function isLikeReserved(name: string): boolean {
  const shape = shapeOf(name)
  return [identifiers, withRole, bracketed].some((pattern) => pattern.test(shape))
}

const minIdLength = 12
/** A part of a name between hyphens, perhaps with a number: `ada`, `Ada`, `ADA`, `McDonaldSmith`, `ada2`, `2`. */
const partOfName = /^(?:(?:[A-Z]?[a-z]+(?:[A-Z][a-z]+){0,2}|[A-Z]+)\d{0,4}|\d{1,2})$/

/** Whether a name looks like an id, as those of people are: a long word of random letters, digits, `-` and `_`. */
export function isLikeId(name: string): boolean {
  const plain = name.normalize('NFKC').replace(/[\p{Pd}\u2212]/gu, '-')
  return (
    plain.length >= minIdLength &&
    /^[\w-]+$/.test(plain) &&
    !plain.split(/[-_]/).every((part) => partOfName.test(part))
  )
}
