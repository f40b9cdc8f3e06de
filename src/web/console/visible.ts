import {html, type TemplateResult} from 'lit'
import type {Highlight} from '../../domain/index.ts'

/** Joiners and selectors where writing needs them: within an emoji, after one, and in scripts whose letters join. */
const joining = [
  String.raw`(?<=[\p{Extended_Pictographic}\p{Emoji_Modifier}\ufe0f])\u200d`,
  String.raw`(?<=(?!\p{Script=Latin}|\p{Script=Greek}|\p{Script=Cyrillic})[\p{L}\p{M}])[\u200c\u200d]`,
  String.raw`(?<=\p{Emoji})[\ufe0e\ufe0f]`,
  String.raw`(?<=\p{Script=Han})[\ufe00-\ufe0f\u{e0100}-\u{e01ef}]`,
  String.raw`(?<=\p{Script=Mongolian})[\u180b-\u180f]`,
].join('|')

/** Control characters, and others without a picture, which could reverse, hide or smuggle in what a reader sees. */
const invisible = new RegExp(
  String.raw`((?!${joining})[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ufff9-\ufffb\p{Default_Ignorable_Code_Point}])`,
  'u',
)

/** Text of visitors, models and pages, with its invisible characters as code points. */
export function visible(text: string): readonly (string | TemplateResult)[] {
  // `split` puts the captured characters at odd indexes.
  return text.split(invisible).map((piece, index) => {
    if (index % 2 === 0) return piece
    const code = piece.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0')
    return html`<span class="control">U+${code}</span>`
  })
}

/** The same within a line of our own: its writing direction is isolated. */
export function isolated(text: string): TemplateResult {
  return html`<bdi>${visible(text)}</bdi>`
}

/** The same with parts of it marked. @param highlights in order, and apart */
export function isolatedWithMarks(text: string, highlights: readonly Highlight[]): TemplateResult {
  let at = 0
  const parts = highlights.map(([from, to]) => {
    const before = text.slice(at, from)
    at = to
    return html`${visible(before)}<mark>${visible(text.slice(from, to))}</mark>`
  })
  return html`<bdi>${parts}${visible(text.slice(at))}</bdi>`
}

/** JSON with its invisible characters escaped. */
export function visibleJson(json: string): string {
  return json.replace(new RegExp(invisible, 'gu'), (character) =>
    Array.from(
      {length: character.length},
      (_, i) => `\\u${character.charCodeAt(i).toString(16).padStart(4, '0')}`,
    ).join(''),
  )
}
