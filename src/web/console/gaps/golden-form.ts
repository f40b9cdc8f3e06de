import {html, LitElement, nothing, type TemplateResult} from 'lit'
import {messageOf} from '../api.ts'
import type {ConsoleContext} from '../context.ts'
import {counted} from '../format.ts'
import {icon} from '../icons.ts'
import {isolated} from '../visible.ts'
import {sectionName} from './marks.ts'
import {changesGaps, type GapDetail, type SectionLink} from './wire.ts'

/** Different questions that are offered, the newest first. */
const maxOffered = 20

interface Added {
  readonly added: number
  readonly kept: number
  readonly file: string
}

/**
 * Makes golden questions of a gap: which of its questions, and the sections that should be found for them. Dispatches
 * `made` when it has.
 */
export class GoldenForm extends LitElement {
  static override properties = {context: {attribute: false}, gap: {attribute: false}}
  declare context: ConsoleContext
  declare gap: GapDetail
  #shownFor: string | null = null
  #isOpen = false
  #isSending = false
  #problem: string | null = null
  #added: Added | null = null

  protected override createRenderRoot(): HTMLElement {
    return this
  }

  protected override willUpdate(): void {
    if (this.#shownFor === this.gap.id) return
    this.#shownFor = this.gap.id
    this.#isOpen = false
    this.#problem = null
    this.#added = null
  }

  protected override render(): TemplateResult | typeof nothing {
    const {goldens} = this.gap
    if (goldens === undefined) return nothing
    const mayMake = this.context.may(changesGaps)
    return html`<section class="block" aria-labelledby="golden"><h2 id="golden">Golden questions <span class="n">${goldens}</span></h2>
      <p class="quiet">Each names the sections that should be found for it. They are asked of every new build, so that what is answered once stays answered.</p>
      ${this.#added === null ? nothing : this.#said(this.#added)}
      ${!mayMake ? nothing : this.#isOpen ? this.#form() : html`<p class="actions"><button class="button" id="make-golden" type="button" @click=${this.#open}>${icon('plus')}Make golden questions</button></p>`}</section>`
  }

  #said({added, kept, file}: Added): TemplateResult {
    return html`<p class="outcome good">${icon('check')}<span>${addedWords(added, kept)}: <code>${isolated(file)}</code></span></p>`
  }

  #form(): TemplateResult {
    const {gap} = this
    const {title, questions, closed, nearest} = gap
    // A golden question is asked alone: one that followed another is offered as it was completed.
    const alone = new Map(questions.map(({question, searched}) => [question, searched]))
    const asked = [alone.get(title) ?? title, ...alone.values()].filter((question) => question !== '')
    const offered = [...new Set(asked)].slice(0, maxOffered)
    const found = closed?.section ?? null
    const sections = [...(found === null ? [] : [found]), ...nearest].filter(
      ({url}, index, all) => all.findIndex((one) => one.url === url) === index,
    )
    return html`<form class="golden-form card" aria-label="Make golden questions" @submit=${this.#submit} @keydown=${this.#escape}>
      <fieldset class="choices"><legend>Questions</legend>${offered.map(
        (question, index) =>
          html`<label class="check"><input type="checkbox" name="question" value=${question} ?checked=${index === 0}><span dir="auto">${isolated(question)}</span></label>`,
      )}</fieldset>
      <fieldset class="choices"><legend>Sections that should be found for them</legend>${sections.map(
        (section: SectionLink) =>
          html`<label class="check"><input type="checkbox" name="section" value=${section.url} ?checked=${section.url === found?.url}><span>${sectionName(section)}</span></label>`,
      )}<label class="field"><span>${sections.length === 0 ? 'Address of the section' : 'Another one, by its address'}</span><input name="other" maxlength="2500" autocomplete="off" spellcheck="false" placeholder="/docs/install#on-linux"></label>
      <label class="check"><input type="checkbox" name="later"><span>That page is still to be written</span></label></fieldset>
      ${this.#problem === null ? nothing : html`<p class="problem" role="alert">${this.#problem}</p>`}
      <p class="actions"><button class="primary" type="submit" aria-disabled=${this.#isSending}>${this.#isSending ? 'Making…' : 'Make them'}</button>
        <button class="button" type="button" @click=${this.#close}>Cancel</button></p></form>`
  }

  readonly #open = async (): Promise<void> => {
    this.#isOpen = true
    this.#added = null
    this.requestUpdate()
    await this.updateComplete
    this.querySelector<HTMLElement>('input')?.focus()
  }

  readonly #close = async (): Promise<void> => {
    this.#isOpen = false
    this.#problem = null
    this.requestUpdate()
    await this.updateComplete
    this.querySelector<HTMLElement>('#make-golden')?.focus()
  }

  readonly #escape = (event: KeyboardEvent): void => {
    if (event.key === 'Escape') void this.#close()
  }

  readonly #submit = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault()
    if (this.#isSending) return
    const given = new FormData(event.target as HTMLFormElement)
    const questions = given.getAll('question').map(String)
    const other = String(given.get('other') ?? '').trim()
    const relevant: object[] = given.getAll('section').map((url) => ({url}))
    if (other !== '') relevant.push({url: other, ...(given.has('later') ? {expected: 'later'} : {})})
    if (questions.length === 0) return this.#say('Choose a question.')
    if (relevant.length === 0)
      return this.#say('Choose the section that should be found, or write its address.')
    const {id} = this.gap
    this.#isSending = true
    this.#say(null)
    try {
      const body = {items: questions.map((question) => ({question, relevant}))}
      const path = `/gaps/${encodeURIComponent(id)}/golden`
      const added = await this.context.api.send<Added>(path, {method: 'POST', body})
      this.context.announce(addedWords(added.added, added.kept))
      if (id === this.gap.id) {
        this.#added = added
        await this.#close()
      }
      this.dispatchEvent(new CustomEvent('made'))
    } catch (error) {
      this.#problem = messageOf(error)
    }
    this.#isSending = false
    this.requestUpdate()
  }

  #say(problem: string | null): void {
    this.#problem = problem
    this.requestUpdate()
  }
}

function addedWords(added: number, kept: number): string {
  const taken = kept === 0 ? '' : `, ${counted(kept, 'was', 'were')} there and took over the sections`
  return `${counted(added, 'golden question')} added${taken}`
}
