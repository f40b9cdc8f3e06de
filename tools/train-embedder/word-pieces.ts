/**
 * Word-pieces as BERT cuts them, with one thing more: a name such as `useState` or `HTTPServer` is first parted
 * at its capitals, so that its words share their pieces with prose.
 *
 * The same cutting exists twice: here, fast, for training, and in `tokenizer.json`, which transformers.js runs
 * afterwards. `tokenizerFilesOf` writes the second from the first, and a test holds the two together.
 */
export const padToken = '[PAD]'
export const unknownToken = '[UNK]'

/** Longer words become one unknown piece. */
const maxWordLength = 100

/** Where a name parts: before a capital that follows a small letter or digit, and before the last capital of a run. */
const nameBoundary = '(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])'
const nameBoundaryPattern = new RegExp(nameBoundary, 'gu')

const punctuation = '\\p{P}\\u0021-\\u002F\\u003A-\\u0040\\u005B-\\u0060\\u007B-\\u007E'
const wordPattern = new RegExp(`[^\\s${punctuation}]+|[${punctuation}]`, 'gu')
const notAsciiPattern = /[^\t\n\r\x20-\x7e]/

/** The lower-cased words and punctuation marks of a text, before they are cut into pieces. */
export function wordsOf(text: string): string[] {
  const parted = text.replace(nameBoundaryPattern, ' ')
  const normal = notAsciiPattern.test(parted) ? normalised(parted) : parted.toLowerCase()
  return normal.match(wordPattern) ?? []
}

/** BERT's normaliser: no control characters, CJK characters stand alone, lower case, no accents. */
function normalised(text: string): string {
  let cleaned = ''
  for (const char of text) {
    const code = char.codePointAt(0)!
    if (code === 0 || code === 0xfffd || /^(?:(?![\t\n\r])\p{Cc}|\p{Cf}|\p{Co}|\p{Cs})$/u.test(char)) continue
    if (/^\s$/.test(char)) cleaned += ' '
    else cleaned += isCjk(code) ? ` ${char} ` : char
  }
  return cleaned
    .toLowerCase()
    .normalize('NFD')
    .replace(/\p{Mn}/gu, '')
}

/** Only the basic plane: transformers.js looks at UTF-16 units and never sees the others. */
function isCjk(code: number): boolean {
  return (
    (code >= 0x4e00 && code <= 0x9fff) ||
    (code >= 0x3400 && code <= 0x4dbf) ||
    (code >= 0xf900 && code <= 0xfaff)
  )
}

/** Cuts text into the numbers of its pieces, longest match first. Keeps every word it has seen. */
export class WordPieces {
  readonly vocabulary: readonly string[]
  readonly unknownId: number
  readonly #idOf: ReadonlyMap<string, number>
  readonly #known = new Map<string, readonly number[]>()

  constructor(vocabulary: readonly string[]) {
    this.vocabulary = vocabulary
    this.#idOf = new Map(vocabulary.map((piece, id) => [piece, id]))
    const unknownId = this.#idOf.get(unknownToken)
    if (unknownId === undefined) throw new TypeError(`expected a vocabulary with ${unknownToken}`)
    this.unknownId = unknownId
  }

  encode(text: string): number[] {
    const ids: number[] = []
    for (const word of wordsOf(text)) {
      for (const id of this.piecesOf(word)) ids.push(id)
    }
    return ids
  }

  /** The pieces of one word of `wordsOf`. */
  piecesOf(word: string): readonly number[] {
    let pieces = this.#known.get(word)
    if (pieces === undefined) {
      pieces = this.#cut(word)
      this.#known.set(word, pieces)
    }
    return pieces
  }

  #cut(word: string): number[] {
    const chars = [...word]
    if (chars.length > maxWordLength) return [this.unknownId]

    const pieces: number[] = []
    let start = 0
    while (start < chars.length) {
      let end = chars.length
      let found: number | undefined
      for (; end > start; end--) {
        const piece = (start > 0 ? '##' : '') + chars.slice(start, end).join('')
        found = this.#idOf.get(piece)
        if (found !== undefined) break
      }
      if (found === undefined) return [this.unknownId]
      pieces.push(found)
      start = end
    }
    return pieces
  }
}

/** `tokenizer.json` and `tokenizer_config.json` that make transformers.js cut text as `WordPieces` does. */
export function tokenizerFilesOf(
  vocabulary: readonly string[],
  maxLength: number,
): {readonly tokenizer: unknown; readonly tokenizerConfig: unknown} {
  const special = [padToken, unknownToken]
  return {
    tokenizer: {
      version: '1.0',
      truncation: null,
      padding: null,
      added_tokens: special.map((content) => ({
        id: vocabulary.indexOf(content),
        content,
        single_word: false,
        lstrip: false,
        rstrip: false,
        normalized: false,
        special: true,
      })),
      normalizer: {
        type: 'Sequence',
        normalizers: [
          {type: 'Replace', pattern: {Regex: nameBoundary}, content: ' '},
          {
            type: 'BertNormalizer',
            clean_text: true,
            handle_chinese_chars: true,
            strip_accents: true,
            lowercase: true,
          },
        ],
      },
      pre_tokenizer: {type: 'BertPreTokenizer'},
      post_processor: null,
      decoder: {type: 'WordPiece', prefix: '##', cleanup: true},
      model: {
        type: 'WordPiece',
        unk_token: unknownToken,
        continuing_subword_prefix: '##',
        max_input_chars_per_word: maxWordLength,
        vocab: Object.fromEntries(vocabulary.map((piece, id) => [piece, id])),
      },
    },
    tokenizerConfig: {
      tokenizer_class: 'PreTrainedTokenizerFast',
      model_max_length: maxLength,
      pad_token: padToken,
      unk_token: unknownToken,
      model_input_names: ['input_ids', 'attention_mask'],
    },
  }
}
