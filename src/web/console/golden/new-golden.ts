import {html, nothing, type TemplateResult} from 'lit'
import {sectionAddress} from '../../../lib/section-address.ts'
import {messageOf} from '../api.ts'
import {loadFailed, loading, pathOfDocs} from '../docs/frame.ts'
import {LoadedView} from '../docs/loaded-view.ts'
import {icon} from '../icons.ts'
import {pathOfTranscript} from '../router.ts'
import {isolated} from '../visible.ts'
import type {Transcript} from '../wire.ts'
import {type Choice, choicesIn, type GoldenDraft, isSameSection, searchedFor} from './choice.ts'
import {findSections} from './find-sections.ts'
import type {GoldenMade, NamedSection} from './wire.ts'

const nothingFound = {words: '', sections: [] as readonly NamedSection[], problem: null as string | null}

/** Makes a golden question of an answer. What is written and not sent is kept in this tab. */
export class NewGolden extends LoadedView<Transcript> {
  #draftFor: Transcript | null = null
  #draft: GoldenDraft = {question: '', choices: []}
  /** Null before the first search. */
  #found: typeof nothingFound | null = null
  #isSearching = false
  #isSending = false
  #sendProblem: string | null = null
  #made: GoldenMade | null = null
  #searching = new AbortController()

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    this.#searching.abort()
  }

  get #answerId(): string {
    return this.parameters.get('answer') ?? ''
  }

  get #storedAs(): string {
    return `golden:${this.#answerId}`
  }

  protected wanted(): string | null {
    return this.#answerId === '' ? null : `/transcripts/${encodeURIComponent(this.#answerId)}`
  }

  protected read(path: string, signal: AbortSignal): Promise<Transcript> {
    return this.context.api.send<Transcript>(path, {signal})
  }

  protected override render(): TemplateResult {
    this.context.title('New golden question')
    return html`<article class="view narrow">
      ${this.#answerId === '' ? nothing : html`<p class="to-list"><a class="back" href=${pathOfTranscript(this.#answerId)}>${icon('back')}The answer</a></p>`}
      <h1 tabindex="-1">New golden question</h1>${this.#content()}</article>`
  }

  #content(): TemplateResult {
    if (this.#answerId === '')
      return html`<div class="notice"><p>Open a transcript, and choose “Make it a golden question” there.</p><p><a class="button" href="/console/transcripts">Transcripts</a></p></div>`
    if (this.problem !== null) return loadFailed('The answer could not be loaded', this.problem, this.reload)
    if (this.value === null) return loading('the answer', 4)
    if (this.#draftFor !== this.value) this.#begin(this.value)
    return this.#made === null ? this.#form(this.value) : this.#done(this.#made)
  }

  #begin(transcript: Transcript): void {
    const {question} = transcript
    const begun = {question, choices: choicesIn(transcript)}
    this.#draftFor = transcript
    this.#draft = this.context.drafts.read<GoldenDraft>(this.#storedAs) ?? begun
    this.#found = null
    this.#made = null
    this.#sendProblem = null
  }

  #keep(change: Partial<GoldenDraft>): void {
    this.#draft = {...this.#draft, ...change}
    this.#sendProblem = null
    this.context.drafts.write(this.#storedAs, this.#draft)
    this.requestUpdate()
  }

  #form(transcript: Transcript): TemplateResult {
    const {question, choices} = this.#draft
    const searched = searchedFor(transcript)
    return html`<p class="quiet lead">Every reindex asks it from now on. It is right when one of the sections that you tick is among the first five that are found.</p>
      <form class="golden-form" id="golden" @submit=${this.#submit}>
        <label class="field"><span>Question, as visitors ask it</span><textarea name="question" rows="2" maxlength="4000" required dir="auto" .value=${question} @input=${(event: Event) => this.#keep({question: (event.target as HTMLTextAreaElement).value})}></textarea></label>
        ${searched === null || searched === question ? nothing : html`<p class="quiet">It was searched for as “${isolated(searched)}”. <button class="link" type="button" @click=${() => this.#keep({question: searched})}>Take these words</button></p>`}
        <p class="quiet">The words stay when the transcript is deleted: leave out names.</p>
        <fieldset><legend>Sections that should be found</legend>
          ${choices.length === 0 ? html`<p class="quiet">The answer showed none. Search for the right one.</p>` : html`<ul class="choices">${choices.map((choice) => this.#choice(choice))}</ul>`}
        </fieldset>
      </form>
      ${this.#search()}${this.#later()}
      ${this.#sendProblem === null ? nothing : html`<p class="problem" role="alert">${this.#sendProblem}</p>`}
      <p class="actions send"><button class="primary" type="submit" form="golden" aria-disabled=${this.#isSending}>Make it a golden question</button></p>`
  }

  #choice(choice: Choice): TemplateResult {
    const toggle = (): void => {
      const choices = this.#draft.choices.map((one) =>
        one === choice ? {...one, isChosen: !one.isChosen} : one,
      )
      this.#keep({choices})
    }
    const mark = choice.isLater ? 'still to be written' : choice.isCited ? 'cited' : null
    return html`<li><label class="check"><input type="checkbox" .checked=${choice.isChosen} @change=${toggle}>
      <span>${named(choice)}${mark === null ? nothing : html` <span class="badge">${mark}</span>`}</span></label></li>`
  }

  #search(): TemplateResult {
    const found = this.#found
    const rest = found?.sections.filter((one) => !this.#draft.choices.some((has) => isSameSection(one, has)))
    return html`<form class="find" role="search" @submit=${this.#find}>
        <label class="field"><span>Find another section</span><input name="q" type="search" maxlength="1000" required dir="auto" placeholder="Words of the section" autocomplete="off"></label>
        <button class="button" type="submit" aria-disabled=${this.#isSearching}>${icon('search')}Search</button></form>
      <div class="found-status" role="status">${this.#isSearching ? html`<p class="quiet">Searching…</p>` : found === null || found.problem !== null || (rest?.length ?? 0) > 0 ? nothing : html`<p class="quiet">${found.sections.length === 0 ? 'Nothing was found.' : 'All of what was found is in the list above.'}</p>`}</div>
      ${found?.problem == null ? nothing : html`<p class="problem" role="alert">${found.problem}</p>`}
      ${!rest?.length ? nothing : html`<ul class="choices found-sections" aria-label="Found">${rest.map((section) => html`<li><span>${named(section)}</span><button class="button" type="button" @click=${() => this.#add(section, false)}>${icon('plus')}Add<span class="sr"> ${section.headings.at(-1) ?? section.title}</span></button></li>`)}</ul>`}`
  }

  #later(): TemplateResult {
    return html`<details class="later"><summary>The page is still to be written</summary>
      <form class="find" @submit=${this.#addLater}><label class="field"><span>Address that it will have</span><input name="address" maxlength="2000" required placeholder="/docs/guides/new-page" autocomplete="off"></label>
      <button class="button" type="submit">${icon('plus')}Add</button></form></details>`
  }

  #done({added, kept}: GoldenMade): TemplateResult {
    const words =
      added > 0
        ? 'It is a golden question now.'
        : kept > 0
          ? 'It was a golden question already. It has these sections now.'
          : ''
    return html`<div class="notice" role="status"><h2><span class="outcome good">${icon('check')}</span> ${words}</h2>
      <p>The next reindex asks it, and its report says whether the section is found.</p>
      <p class="actions"><a class="primary" href=${pathOfDocs('golden')}>Golden questions</a><a class="button" href=${pathOfTranscript(this.#answerId)}>Back to the answer</a></p></div>`
  }

  #add(section: NamedSection, isLater: boolean): void {
    const {url, anchor, title, headings} = section
    const choice = {url, anchor, title, headings, isChosen: true, isCited: false, isLater}
    const others = this.#draft.choices.filter((one) => !isSameSection(one, choice))
    this.#keep({choices: [...others, choice]})
    this.context.announce('Added to the sections')
    // The button is gone: whoever works by keys goes on at what it added.
    void this.updateComplete.then(() =>
      this.querySelector<HTMLElement>('.golden-form .choices li:last-child input')?.focus(),
    )
  }

  readonly #addLater = (event: SubmitEvent): void => {
    event.preventDefault()
    const form = event.target as HTMLFormElement
    const address = String(new FormData(form).get('address') ?? '').trim()
    if (address === '') return
    const [url = '', anchor = ''] = address.includes('#/') ? [address] : address.split('#')
    form.reset()
    this.#add({url, anchor, title: '', headings: []}, true)
  }

  readonly #find = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault()
    const words = String(new FormData(event.target as HTMLFormElement).get('q') ?? '').trim()
    if (words === '') return
    this.#searching.abort()
    const searching = new AbortController()
    this.#searching = searching
    this.#isSearching = true
    this.requestUpdate()
    const {lang = null, version} = this.value!
    try {
      const sections = await findSections(words, {lang, version}, searching.signal)
      this.#found = {words, sections, problem: null}
    } catch (error) {
      if (searching.signal.aborted) return
      this.#found = {...nothingFound, words, problem: messageOf(error)}
    }
    if (searching.signal.aborted) return
    this.#isSearching = false
    this.requestUpdate()
  }

  readonly #submit = (event: SubmitEvent): void => {
    event.preventDefault()
    void this.#send()
  }

  async #send(): Promise<void> {
    if (this.#isSending) return
    const {question, choices} = this.#draft
    const chosen = choices.filter(({isChosen}) => isChosen)
    this.#sendProblem = chosen.length === 0 ? 'Tick a section that should be found, or search for one.' : null
    this.requestUpdate()
    if (chosen.length === 0) return
    this.#isSending = true
    const storedAs = this.#storedAs
    const relevant = chosen.map(({url, anchor, isLater}) => ({
      ...{url, anchor},
      ...(isLater ? {expected: 'later'} : {}),
    }))
    const path = `/transcripts/${encodeURIComponent(this.#answerId)}/golden`
    try {
      const made = await this.context.api.send<GoldenMade>(path, {method: 'POST', body: {question, relevant}})
      this.context.drafts.write(storedAs, null)
      if (storedAs === this.#storedAs) this.#made = made
    } catch (error) {
      if (storedAs === this.#storedAs) this.#sendProblem = problemOf(messageOf(error), chosen)
    }
    this.#isSending = false
    this.requestUpdate()
  }
}

/** The server names a section by its number. */
function problemOf(message: string, chosen: readonly Choice[]): string {
  const number = /^relevant\.(\d+): /.exec(message)
  const choice = number === null ? undefined : chosen[Number(number[1])]
  if (choice === undefined) return message.replace(/^question: /, '')
  return choice.isLater
    ? `${sectionAddress(choice)} is no address in the docs. Write it as the docs will have it.`
    : `The docs have no section “${[choice.title, ...choice.headings].join(' › ')}” any more. Choose another one.`
}

function named(section: NamedSection): TemplateResult {
  const address = isolated(sectionAddress(section))
  // What is still to be written has no name yet.
  if (section.title === '') return html`${address}`
  return html`${isolated([section.title, ...section.headings].join(' › '))} <span class="quiet address">${address}</span>`
}
