/** A sentence, or a line of a list, a table or code. */
export interface Sentence {
  /** `[start, end)` in UTF-16 units of the text; white space around it left out. */
  readonly start: number
  readonly end: number
  readonly text: string
}

/** Marks that end a sentence before white space; elsewhere they belong to names, numbers and code. */
const spacedMarks = '.!?…‼‽⁇⁈⁉'
/** Marks that are not used in names, numbers or code; many scripts put no white space behind them. */
const denseMarks = '。｡．！？؟۔।॥։።፧။។៕'
/** Brackets and quotes that close behind a mark. `«“‘` close in German and Danish but open in other languages. */
const closers = '"\'”’)\\]」』》】〉）»›'

/** A run of marks and what closes behind it; French puts a space before `»`. */
const marksAndClosers = new RegExp(
  `([${spacedMarks}${denseMarks}]+)([${closers}]*(?:[«“‘](?=\\s))?(?:[ \\u00a0\\u202f]»(?![\\p{L}\\p{N}]))?)`,
  'gu',
)
/** Marks after which Chinese and Japanese have no space, and what may close behind them. */
const endsDensely = /[。｡．！？][」』》】〉）”’]*$/u
const denseMark = new RegExp(`[${denseMarks}]`, 'u')

/** What may precede a sentence's first letter or digit, such as brackets or the point of `.NET`, but not a cell's `|`. */
const leadingSigns = `(?:[^\\p{L}\\p{N}|${spacedMarks}${denseMarks}]|\\.(?=[\\p{L}\\p{N}])){0,40}`
/** Georgian is written without capitals, but Unicode calls its letters lower-case. */
const lowerCase = '(?!\\p{Script=Georgian})\\p{Ll}'
/** A quote may begin with a name in lower case, as `"kind" is required`. */
const beginsAfterSpace = new RegExp(
  `\\s+(?=\\S)${leadingSigns}(?:(?<=\\s["'“‘\`])\\p{L}|(?!${lowerCase})[\\p{L}\\p{N}])`,
  'uy',
)
const beginsAnywhere = new RegExp(`\\s*${leadingSigns}[\\p{L}\\p{N}]`, 'uy')

/** A comma behind a mark, or in Japanese a particle behind a quotation, as in `「何？」と聞いた`. */
const continuation = /[、，；：,;:]|(?<=[」』])(?:[とをのがはに]|って)/uy

// How much text before a point is matched, in UTF-16 units; every abbreviation is shorter.
const abbreviationWindow = 16
const notInsideName = '(?<![\\p{L}\\p{N}.@/_-])'
const words = (list: string): string => list.replaceAll(' ', '|')
/** Initials and dotted abbreviations in any language, as `e.g.`, `z.B.`, `J.`. */
const initials = new RegExp(`${notInsideName}(?:(?:\\p{Lu}|\\p{Ll})\\.\\s?){0,3}(?:\\p{Lu}|\\p{Ll})$`, 'u')
/** A capital that names something, as in `package A.`: what a person's initial follows is a name, or one of a few words. */
const namedByLetter = /(?:^|[^\p{L}\p{N}.@/_-])(?!(?:by|de|di|from|van|von)\s)\p{Ll}{2,}\s\p{Lu}$/u
const abbreviation = new RegExp(
  `${notInsideName}(?:${words(
    'al approx bijv bspw bzw ca cf dept ebd ecc eg ej engl es esp etc evtl ex fig ggf ie incl inkl np resp sog usw vgl vs др напр рис см стр',
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
 * right behind the mark and the quotes or brackets that close there. Line breaks count as white space; the end of the
 * text is not among the offsets.
 *
 * The rules are those of Unicode's sentence boundaries (UAX #29) with abbreviations added, and stricter where
 * documentation holds code: ASCII marks need white space behind them, and no sentence begins with a lower-case letter outside quotes.
 * In doubt there is no end: two sentences in one are better than a part of one. `Intl.Segmenter` is not used, since its
 * results differ between releases of Node. Takes time in proportion to the length.
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

/** What stands between a sentence and the next one: nothing after a mark of a script that has no spaces there. */
export function gapAfter(sentence: string): '' | ' ' {
  return endsDensely.test(sentence) ? '' : ' '
}

function endsAtDenseMark(line: string, marks: string, end: number): boolean {
  // `３．５` is a number.
  if (marks === '．' && /\p{N}/u.test(line.charAt(end))) return false
  return matchesAt(beginsAnywhere, line, end) && !matchesAt(continuation, line, end)
}

/** Whether one or two points end the sentence that began at `start`. */
function endsAtPoint(line: string, start: number, mark: number, marks: string, end: number): boolean {
  // A path, as in `docker build .`.
  if (/\s/.test(line.charAt(mark - 1))) return false
  if (marks !== '.') return true
  const before = line.slice(Math.max(start, mark - abbreviationWindow), mark)
  if (namedByLetter.test(before)) return true
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
 * The sentences of a text in which blocks and lines of code stand on lines of their own, in order. A line break always
 * ends a sentence; within a line, `sentenceEndsIn` says where.
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
