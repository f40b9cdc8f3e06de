/**
 * WordPiece tokenisation as in BERT, with one addition: a name such as `useState` or `HTTPServer` is first split at its
 * capitals, so that its words share their pieces with prose.
 *
 * It exists twice: here, fast, for training, and in `tokenizer.json`, which transformers.js runs afterwards.
 * `tokenizerFilesOf` writes the second from the first, and a test checks that they agree.
 */
export const padToken = '[PAD]'
export const unknownToken = '[UNK]'

/** In characters; longer words become one unknown piece. */
const maxWordLength = 100

/** Where names are split: between a lower-case letter or digit and a capital, and before the last capital of a run. */
const nameBoundary = '(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])'
const nameBoundaryPattern = new RegExp(nameBoundary, 'gu')

const punctuation = '\\p{P}\\u0021-\\u002F\\u003A-\\u0040\\u005B-\\u0060\\u007B-\\u007E'
const wordPattern = new RegExp(`[^\\s${punctuation}]+|[${punctuation}]`, 'gu')
const notAsciiPattern = /[^\t\n\r\x20-\x7e]/

/** The lower-cased words and punctuation marks of a text, before they are split into pieces. */
export function wordsOf(text: string): string[] {
  const split = text.replace(nameBoundaryPattern, ' ')
  const normal = notAsciiPattern.test(split) ? normalise(split) : split.toLowerCase()
  return normal.match(wordPattern) ?? []
}

/** BERT's normaliser: removes control characters and accents, separates CJK characters, lower-cases. */
function normalise(text: string): string {
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

/** Only in the basic multilingual plane, since transformers.js looks at single UTF-16 units. */
function isCjk(code: number): boolean {
  return (
    (code >= 0x4e00 && code <= 0x9fff) ||
    (code >= 0x3400 && code <= 0x4dbf) ||
    (code >= 0xf900 && code <= 0xfaff)
  )
}

/** Tokenises text into ids of pieces, longest match first. Caches every word it has seen. */
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
      pieces = this.#tokenise(word)
      this.#known.set(word, pieces)
    }
    return pieces
  }

  #tokenise(word: string): number[] {
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

/** `tokenizer.json` and `tokenizer_config.json` that make transformers.js tokenise as `WordPieces` does. */
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
