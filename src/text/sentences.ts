/** A sentence, or a line of a list, a table or code. */
export interface Sentence {
  /** `[start, end)` in UTF-16 units of the text, without white space around it. */
  readonly start: number
  readonly end: number
  readonly text: string
}

/** Punctuation that ends a sentence before white space; elsewhere it belongs to names, numbers and code. */
const spacedMarks = '.!?…‼‽⁇⁈⁉'
/** Punctuation that no name, number or code has; in many scripts no white space follows it. */
const denseMarks = '。｡．！？؟۔।॥։።፧။។៕'
/** Brackets and quotes that close after a mark. `«“‘` close in German and Danish, and open in other languages. */
const closers = '"\'”’)\\]」』》】〉）»›'

/** A run of marks and the closing characters after it; French puts a space before `»`. */
const marksAndClosers = new RegExp(
  `([${spacedMarks}${denseMarks}]+)([${closers}]*(?:[«“‘](?=\\s))?(?:[ \\u00a0\\u202f]»(?![\\p{L}\\p{N}]))?)`,
  'gu',
)
const denseMark = new RegExp(`[${denseMarks}]`, 'u')

/** Characters before a sentence's first letter or digit, as brackets or the point of `.NET`; not the border of a cell. */
const leadingCharacters = `(?:[^\\p{L}\\p{N}|${spacedMarks}${denseMarks}]|\\.(?=[\\p{L}\\p{N}])){0,40}`
/** Georgian is written without capitals, but Unicode calls its letters lower-case. */
const lowerCase = '(?!\\p{Script=Georgian})\\p{Ll}'
/** A quote may begin with a name in lower case, as `"kind" is required`. */
const beginsAfterSpace = new RegExp(
  `\\s+(?=\\S)${leadingCharacters}(?:(?<=\\s["'“‘\`])\\p{L}|(?!${lowerCase})[\\p{L}\\p{N}])`,
  'uy',
)
const beginsAnywhere = new RegExp(`\\s*${leadingCharacters}[\\p{L}\\p{N}]`, 'uy')

/** After a mark: a comma, or in Japanese the particle that follows a quotation, as in `「何？」と聞いた`. */
const continuation = /[、，；：,;:]|(?<=[」』])(?:[とをのがはに]|って)/uy

// Maximum length of the text before a point that is matched; every abbreviation is shorter.
const abbreviationWindow = 16
const notInsideName = '(?<![\\p{L}\\p{N}.@/_-])'
const words = (list: string): string => list.replaceAll(' ', '|')
/** Initials and dotted abbreviations in any language, as `e.g.`, `z.B.`, `J.`. */
const initials = new RegExp(`${notInsideName}(?:(?:\\p{Lu}|\\p{Ll})\\.\\s?){0,3}(?:\\p{Lu}|\\p{Ll})$`, 'u')
const abbreviation = new RegExp(
  `${notInsideName}(?:${words(
    'al approx bijv bspw bzw ca cf dept ebd ecc ej engl es esp etc evtl ex fig ggf incl inkl np resp sog usw vgl vs др напр рис см стр',
  )})$`,
  'iu',
)
/** Only with a capital: `30 ms.` may end a sentence, `Ms.` does not. */
const title = new RegExp(
  `${notInsideName}(?:${words('Co Corp Dr Hr Inc Jr Ltd Messrs Mr Mrs Ms Mt Prof Sig Sr Sra St')})$`,
  'u',
)
/** Only before a number: `no.` and `max.` may end a sentence. */
const numbered = new RegExp(
  `${notInsideName}(?:${words(
    'abs apr art aug bd chap dec eq feb jan jul jun kap mar max min no nos nov nr núm oct pag pág pp sec sect sep sept tab ver vol гл',
  )})$`,
  'iu',
)
/** The number of a list item or heading at the beginning of a line or sentence. */
const itemNumber = /(?:^|\n)\s*[([]?(?:\p{Nd}[\p{Nd}.]{0,6}|[ivx]{1,5}|[IVX]{1,5})$/u
/** The day in a German date, as `3. Oktober`. */
const dayOfMonth = /(?<![\p{L}\p{N}.])\p{Nd}{1,2}$/u
const germanMonth =
  /\s+(?:Jan(?:uar|\.)|Feb(?:ruar|\.)|März|April|Mai|Juni|Juli|Aug(?:ust|\.)|Sept(?:ember|\.)|Okt(?:ober|\.)|Nov(?:ember|\.)|Dez(?:ember|\.))(?![\p{L}\p{N}])/uy
const beforeNumber = /\s+[([]?\p{N}/uy
const wordCharacter = /[\p{L}\p{N}]/u

/**
 * Where one sentence ends and another begins in a line or a paragraph, as increasing offsets in UTF-16 units: each is
 * right after the mark and the quotes or brackets that close there. Line breaks count as white space; the end of the
 * text is not among the offsets.
 *
 * The rules are those of Unicode's sentence boundaries (UAX #29) with abbreviations added, and stricter where
 * documentation has code: ASCII marks need white space after them, and no sentence begins with a
 * lower-case letter outside quotes. In doubt there is no end: two sentences read as one are better than a part of one.
 * `Intl.Segmenter` would return other offsets in other releases of Node. Takes linear time.
 */
export function sentenceEndsIn(line: string): number[] {
  const ends: number[] = []
  let start = 0
  let scanned = 0
  let hasWord = false
  for (const match of line.matchAll(marksAndClosers)) {
    const marks = match[1]!
    const end = match.index + match[0].length
    hasWord ||= wordCharacter.test(line.slice(scanned, match.index))
    scanned = end
    if (!hasWord) continue
    const isEnd = denseMark.test(marks)
      ? endsAtDenseMark(line, marks, end)
      : matchesAt(beginsAfterSpace, line, end) &&
        (marks.length > 2 || !marks.endsWith('.') || endsAtPoint(line, start, match.index, marks, end))
    if (!isEnd) continue
    ends.push(end)
    start = end
    hasWord = false
  }
  return ends
}

function endsAtDenseMark(line: string, marks: string, end: number): boolean {
  // `３．５` is a number.
  if (marks === '．' && /\p{N}/u.test(line.charAt(end))) return false
  return matchesAt(beginsAnywhere, line, end) && !matchesAt(continuation, line, end)
}

/** Whether a point, or two, ends the sentence that began at `start`. */
function endsAtPoint(line: string, start: number, mark: number, marks: string, end: number): boolean {
  // A path by itself, as in `docker build .`.
  if (/\s/.test(line.charAt(mark - 1))) return false
  if (marks !== '.') return true
  const before = line.slice(Math.max(start, mark - abbreviationWindow), mark)
  if (initials.test(before) || abbreviation.test(before) || title.test(before)) return false
  if (itemNumber.test(before)) return false
  if (numbered.test(before) && matchesAt(beforeNumber, line, end)) return false
  return !(dayOfMonth.test(before) && matchesAt(germanMonth, line, end))
}

function matchesAt(sticky: RegExp, text: string, at: number): boolean {
  sticky.lastIndex = at
  return sticky.test(text)
}

/**
 * The sentences of a text with one block or line of code a line, in order. A line break always ends a sentence; within a
 * line, `sentenceEndsIn` decides.
 */
export function sentencesOf(text: string): Sentence[] {
  const sentences: Sentence[] = []
  let lineStart = 0
  for (const line of text.split('\n')) {
    let start = 0
    for (const end of [...sentenceEndsIn(line), line.length]) {
      const sentence = trimmed(line.slice(start, end), lineStart + start)
      if (sentence) sentences.push(sentence)
      start = end
    }
    lineStart += line.length + 1
  }
  return sentences
}

function trimmed(piece: string, at: number): Sentence | null {
  const text = piece.trim()
  if (text === '') return null
  const start = at + piece.length - piece.trimStart().length
  return {start, end: start + text.length, text}
}
