import {html, LitElement, nothing, type TemplateResult} from 'lit'
import {sectionAddress} from '../../../lib/section-address.ts'
import {ApiError, messageOf} from '../api.ts'
import type {ConsoleContext} from '../context.ts'
import {icon} from '../icons.ts'
import {KeptFocus} from '../kept-focus.ts'
import {pathOfVerifiedAnswer} from '../router.ts'
import {theirsBeside} from '../theirs.ts'
import {isolated} from '../visible.ts'
import type {Transcript} from '../wire.ts'
import {type Draft, fields, isSame, nothingWritten, theirsIn, type Written, writtenIn} from './draft.ts'
import {loading, notLoaded, standing} from './standing.ts'
import type {VerifiedAnswer} from './wire.ts'

/**
 * One verified answer, or a new one: written, published, withdrawn, deleted. What is written and not saved is kept in this
 * tab, also when the page is left, with the revision that it began from: a later one is shown beside it, and not replaced
 * unseen.
 */
export class VerifiedForm extends LitElement {
  static override properties = {
    context: {attribute: false},
    name: {attribute: false},
    query: {attribute: false},
  }
  declare context: ConsoleContext
  /** Its id, or `new`. */
  declare name: string
  /** Of a new one: `answer`, the id of the answer that it is written for. */
  declare query: string
  #shownFor: string | null = null
  #answer: VerifiedAnswer | null = null
  #answerRef: string | null = null
  #saved: Written = nothingWritten
  #draft: Draft = {...nothingWritten, basedOn: null}
  #status: 'loading' | 'ready' | 'failed' = 'loading'
  #problem: unknown = null
  #isSending = false
  #leaving = new AbortController()

  constructor() {
    super()
    new KeptFocus(this)
  }

  protected override createRenderRoot(): HTMLElement {
    return this
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    this.#leaving.abort()
    this.#shownFor = null
  }

  get #isNew(): boolean {
    return this.name === 'new'
  }

  get #storedAs(): string {
    return `verified:${this.name}${this.#isNew ? `:${this.query}` : ''}`
  }

  get #isUnsaved(): boolean {
    return !isSame(this.#draft, this.#saved)
  }

  /** Whether a colleague has changed it since what is written here began. */
  get #isOvertaken(): boolean {
    return this.#isUnsaved && this.#draft.basedOn !== (this.#answer?.revision ?? null)
  }

  protected override willUpdate(): void {
    const shown = `${this.name}?${this.query}`
    if (this.#shownFor === shown) return
    this.#shownFor = shown
    void this.#load()
  }

  async #load(): Promise<void> {
    this.#leaving.abort()
    this.#leaving = new AbortController()
    const {signal} = this.#leaving
    this.#status = 'loading'
    this.#problem = null
    this.#answer = null
    this.#answerRef = null
    this.requestUpdate()
    try {
      if (this.#isNew) this.#begin(await this.#proposal(signal), null)
      else this.#show(await this.context.api.send<VerifiedAnswer>(this.#path(), {signal}))
      this.#draft = this.context.drafts.read<Draft>(this.#storedAs) ?? this.#draft
      this.#status = 'ready'
    } catch (error) {
      if (signal.aborted) return
      this.#status = 'failed'
      this.#problem = error
    }
    this.requestUpdate()
    void this.updateComplete.then(() => this.context.settled())
  }

  #path(action = ''): string {
    return `/verified/${encodeURIComponent(this.name)}${action}`
  }

  /** What a transcript suggests. */
  async #proposal(signal: AbortSignal): Promise<Written> {
    const answerId = new URLSearchParams(this.query).get('answer')
    if (answerId === null) return nothingWritten
    const path = `/transcripts/${encodeURIComponent(answerId)}`
    const transcript = await this.context.api.send<Transcript>(path, {signal})
    this.#answerRef = transcript.ref
    const cited = transcript.events.flatMap(({event}) => (event.type === 'citation' ? [event.n] : []))
    const {sources} = transcript
    const source = sources.find(({n}) => n === cited[0]) ?? sources[0]
    return {
      question: transcript.question,
      text: transcript.review?.correctedAnswer ?? '',
      page: source === undefined ? '' : sectionAddress(source),
      lang: transcript.lang ?? '',
      version: transcript.version ?? '',
    }
  }

  #begin(saved: Written, basedOn: number | null): void {
    this.#saved = saved
    this.#draft = {...saved, basedOn}
  }

  #show(answer: VerifiedAnswer): void {
    this.#answer = answer
    this.#begin(writtenIn(answer), answer.revision)
  }

  get #mayWrite(): boolean {
    const {may} = this.context
    const isOpen = this.#answer === null || this.#answer.state === 'proposed'
    return may('publish_verified') || (isOpen && may('propose_verified'))
  }

  protected override render(): TemplateResult {
    const title = this.#isNew ? 'New verified answer' : (this.#answer?.question ?? 'Verified answer')
    this.context.title(title.slice(0, 80))
    if (this.#status === 'loading') {
      return loading()
    }
    if (this.#status === 'failed') return notLoaded(this.#problem, () => void this.#load())
    const answer = this.#answer
    return html`<article class="view narrow">
      <p class="to-list"><a class="back" href="/console/verified">${icon('back')}All verified answers</a></p>
      <h1 tabindex="-1" dir="auto">${isolated(title)}</h1>
      ${answer === null ? nothing : standing(answer)}
      <form class="verified-form" @submit=${this.#submit} @input=${this.#written}>
        <fieldset ?disabled=${!this.#mayWrite}>
        <label class="field"><span>Question, as visitors ask it</span><textarea name="question" rows="1" maxlength="4000" required dir="auto" .value=${this.#draft.question}></textarea></label>
        <label class="field"><span>Answer, in Markdown</span><textarea name="text" rows="8" maxlength="20000" required dir="auto" .value=${this.#draft.text}></textarea></label>
        </fieldset>
        ${this.#preview()}
        <fieldset ?disabled=${!this.#mayWrite}>
        <label class="field"><span>Page or section that it rests on</span><input name="page" maxlength="2500" required placeholder="/docs/install#on-linux" .value=${this.#draft.page}></label>
        <p class="quiet">When that page changes, the answer rests until somebody has looked at it again.</p>
        <div class="two"><label class="field"><span>Language of the page (its own if empty)</span><input name="lang" maxlength="35" placeholder="en" .value=${this.#draft.lang}></label>
        <label class="field"><span>Version that is asked for (the default one if empty)</span><input name="version" maxlength="100" .value=${this.#draft.version}></label></div>
        </fieldset>
        ${this.#problem === null ? nothing : html`<p class="problem" role="alert">${messageOf(this.#problem)}</p>`}
        ${answer !== null && this.#isOvertaken ? this.#theirs(answer) : this.#actions(answer)}
      </form>
    </article>`
  }

  #preview(): TemplateResult | typeof nothing {
    const {text} = this.#draft
    if (text.trim() === '') return nothing
    return html`<section class="as-seen" aria-labelledby="as-seen"><h2 id="as-seen">As visitors see it</h2><docent-preview .text=${text} .imageHosts=${this.context.imageHosts}></docent-preview></section>`
  }

  #actions(answer: VerifiedAnswer | null): TemplateResult {
    const mayPublish = this.context.may('publish_verified') && answer !== null
    const isGiven = answer?.state === 'published' && !answer.isResting
    const isUnsaved = this.#isUnsaved || this.#isNew
    const button = (words: string, act: () => void, kind = 'button'): TemplateResult =>
      html`<button class=${kind} type="button" aria-disabled=${this.#isSending} @click=${act}>${words}</button>`
    return html`<p class="actions">
      ${this.#mayWrite && isUnsaved ? html`<button class="primary" type="submit" aria-disabled=${this.#isSending}>${this.#isNew ? 'Propose' : 'Save'}</button>` : nothing}
      ${mayPublish && !isGiven && !isUnsaved ? button(answer.isResting ? 'Publish again' : 'Publish', () => void this.#act('publish', 'Published: given from now on'), 'primary') : nothing}
      ${mayPublish && answer.state === 'published' ? button('Withdraw', () => void this.#act('withdraw', 'Withdrawn: given no longer')) : nothing}
      ${mayPublish ? button('Delete…', () => void this.#delete(), 'button danger') : nothing}
      ${this.#isUnsaved ? html`<span class="unsaved">Not saved</span>` : nothing}</p>
      ${!mayPublish && answer?.state === 'proposed' ? html`<p class="quiet">Docs staff publish it.</p>` : nothing}`
  }

  readonly #written = (): void => {
    const given = new FormData(this.querySelector('form')!)
    const written = fields.map((field) => [field, String(given.get(field) ?? '')])
    this.#keep({...(Object.fromEntries(written) as unknown as Written), basedOn: this.#draft.basedOn})
  }

  #keep(draft: Draft): void {
    this.#draft = draft
    this.context.drafts.write(this.#storedAs, this.#isUnsaved ? draft : null)
    this.requestUpdate()
  }

  #theirs(answer: VerifiedAnswer): TemplateResult {
    const save = (): void => {
      this.#keep({...this.#draft, basedOn: answer.revision})
      void this.#save()
    }
    const discard = (): void => this.#keep({...this.#saved, basedOn: answer.revision})
    return theirsBeside(theirsIn(answer), {save, discard, isSending: this.#isSending})
  }

  readonly #submit = (event: SubmitEvent): void => {
    event.preventDefault()
    void this.#save()
  }

  async #save(): Promise<void> {
    if (!this.#mayWrite) return
    const sent = this.#draft
    const {question, text, page, lang, version} = sent
    const [url = '', anchor = ''] = page.trim().split('#')
    const draft = {
      question,
      text,
      url,
      anchor,
      version: version.trim() || null,
      ...(lang.trim() === '' ? {} : {lang: lang.trim()}),
    }
    const answer = this.#answer
    await this.#send(async () => {
      const storedAs = this.#storedAs
      const saved =
        answer === null
          ? await this.context.api.send<VerifiedAnswer>('/verified', {
              method: 'POST',
              body: {...draft, answerRef: this.#answerRef},
            })
          : await this.context.api.send<VerifiedAnswer>(this.#path(), {
              method: 'PUT',
              body: {...draft, revision: sent.basedOn},
            })
      this.context.announce(answer === null ? 'Proposed' : 'Saved')
      const written = this.#draft
      // Somebody has gone on to another one.
      if (storedAs !== this.#storedAs) return this.context.drafts.write(storedAs, null)
      if (answer !== null) this.#show(saved)
      // What was written while it was being saved stays.
      if (answer !== null && !isSame(written, sent)) this.#keep({...written, basedOn: saved.revision})
      else this.context.drafts.write(storedAs, null)
      if (answer === null) this.context.router.go(pathOfVerifiedAnswer(saved.id))
    })
  }

  async #act(action: 'publish' | 'withdraw', words: string): Promise<void> {
    const {revision} = this.#answer!
    await this.#send(async () => {
      const path = this.#path(`/${action}`)
      this.#show(await this.context.api.send<VerifiedAnswer>(path, {method: 'POST', body: {revision}}))
      this.context.announce(words)
    })
  }

  async #delete(): Promise<void> {
    const question = {
      title: 'Delete this verified answer?',
      text: 'It is given no longer, and its text is gone. Withdraw it instead to keep the text.',
      action: 'Delete',
    }
    if (!(await this.context.confirm(question))) return
    await this.#send(async () => {
      await this.context.api.send(this.#path(), {method: 'DELETE'})
      this.context.drafts.write(this.#storedAs, null)
      this.context.announce('Deleted')
      this.context.router.go('/console/verified')
    })
  }

  /** One at a time; a failure is shown, and what is written stays. */
  async #send(request: () => Promise<void>): Promise<void> {
    if (this.#isSending) return
    this.#isSending = true
    this.#problem = null
    this.requestUpdate()
    try {
      await request()
    } catch (error) {
      if (error instanceof ApiError && error.code === 'conflict' && this.#answer !== null)
        await this.#showTheirs(error)
      else this.#problem = error
    }
    this.#isSending = false
    this.requestUpdate()
  }

  /** Somebody else has changed it meanwhile: it is shown as it is now, with what is written here. */
  async #showTheirs(conflict: ApiError): Promise<void> {
    const draft = this.#isUnsaved ? this.#draft : null
    try {
      this.#show(await this.context.api.send<VerifiedAnswer>(this.#path()))
      if (draft !== null) this.#keep(draft)
      this.#problem = this.#isOvertaken ? null : conflict
    } catch (error) {
      this.#problem = error
    }
  }
}
