/** Signs that could be read as Markdown where they stand; those inside a word are left as they are. */
const markup =
  /[\\`*]|\](?=[([])|(?<=!)\[|(?<![\p{L}\p{N}])_|_(?![\p{L}\p{N}])|~(?=~)|(?<=~)~|<(?=[a-z/!?])|&(?=[a-z#])/giu

/** Markdown that shows these words as they are, on one line that something else begins. */
export function literal(words: string): string {
  return words.replace(markup, '\\$&')
}
