import {html, nothing, type TemplateResult} from 'lit'
import {timeAgo} from './format.ts'
import {isolated} from './visible.ts'

export interface Theirs {
  /** Who saved it; null where that is not known. */
  readonly by: string | null
  /** Milliseconds since the epoch. */
  readonly at: number
  /** Such as `has reviewed this`. */
  readonly what: string
  /** What they saved, by name; empty ones are left out. */
  readonly fields: readonly (readonly [name: string, text: string | null])[]
}

/**
 * What a colleague saved since somebody began to write: it is replaced only by who has seen it.
 * @param theirs null: what stood there was removed
 */
export function theirsBeside(
  theirs: Theirs | null,
  {save, discard, isSending}: {save: () => void; discard: () => void; isSending: boolean},
): TemplateResult {
  const words =
    theirs === null
      ? html`What stood here when you began was removed meanwhile.`
      : html`${theirs.by === null ? 'Somebody' : isolated(theirs.by)} ${theirs.what} meanwhile, ${timeAgo(theirs.at)}.`
  return html`<div class="theirs" role="alert"><p><strong>${words}</strong> Yours is kept and not saved.</p>
    ${theirs === null ? nothing : html`<dl>${theirs.fields.map(([name, text]) => (text === null || text === '' ? nothing : html`<div><dt>${name}</dt><dd dir="auto">${isolated(text)}</dd></div>`))}</dl>`}</div>
    <p class="actions"><button class="primary" type="button" aria-disabled=${isSending} @click=${save}>${isSending ? 'Saving…' : theirs === null ? 'Save mine' : 'Replace theirs with mine'}</button>
      <button class="button" type="button" @click=${discard}>${theirs === null ? 'Discard mine' : 'Keep theirs'}</button></p>`
}
