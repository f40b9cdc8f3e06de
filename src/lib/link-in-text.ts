/** A text with a link in it. Without a link, `before` is all of it and the others are empty. */
export interface LinkInText {
  readonly before: string
  readonly words: string
  readonly address: string
  readonly after: string
}

/** Plain text with at most one link, as `[words](https://…)`. The first counts; any other stays text. */
export function linkInText(text: string): LinkInText {
  const [, before = text, words = '', address = '', after = ''] =
    /^(.*?)\[([^[\]]+)\]\((https?:[^()\s]+)\)(.*)$/s.exec(text) ?? []
  return {before, words, address, after}
}
