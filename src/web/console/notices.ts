import {html, nothing, type TemplateResult} from 'lit'

/** A view that has nothing else to show. */
export function notice(
  title: string,
  text: string | TemplateResult,
  action: TemplateResult | typeof nothing = nothing,
): TemplateResult {
  return html`<div class="view"><div class="notice"><h1 tabindex="-1">${title}</h1><p>${text}</p>${action}</div></div>`
}

export const forOtherRoles = (): TemplateResult =>
  notice('Not for your role', 'This page is for other staff: ask an admin.')

export const nothingHere = (): TemplateResult =>
  notice('There is nothing at this address', html`<a href="/console">To the start of the console</a>`)

export const partMissing = (again: () => void): TemplateResult =>
  notice(
    'This view could not be loaded',
    'The server cannot be reached, or has been renewed.',
    html`<p class="actions"><button class="button" type="button" @click=${again}>Try again</button></p>`,
  )

export const viewFailed = (): TemplateResult =>
  html`<div class="view"><div class="notice" role="alert"><h1 tabindex="-1">This view could not be shown</h1>
    <p>Something in it went wrong. If it does so again, tell whoever runs Docent.</p>
    <button class="button" type="button" @click=${() => location.reload()}>Reload</button></div></div>`
