import {html, LitElement, nothing, type TemplateResult} from 'lit'
import {repeat} from 'lit/directives/repeat.js'
import {type ApiRequest, messageOf} from '../api.ts'
import type {ConsoleContext} from '../context.ts'
import {counted} from '../format.ts'
import {icon} from '../icons.ts'
import type {Member} from '../wire.ts'
import {person} from './person.ts'
import {roles, roleTasks, roleWords} from './role-words.ts'
import type {Invited, Person, Role} from './wire.ts'

export type PersonAction =
  | 'invite-again'
  | 'withdraw'
  | 'switch-off'
  | 'switch-on'
  | 'end-sessions'
  | 'remove'

/** The people of the staff: who they are, what they may do, and their invitations. */
export class PeopleView extends LitElement {
  static override properties = {context: {attribute: false}}
  declare context: ConsoleContext
  #people: readonly Person[] | null = null
  #me: Member | null = null
  #problem: unknown = null
  /** Shown until somebody says that it has been sent. */
  #invited: Invited | null = null
  #isInviting = false
  #isSending = false
  #inviteProblem: string | null = null

  protected override createRenderRoot(): HTMLElement {
    return this
  }

  protected override firstUpdated(): void {
    void this.#load()
  }

  readonly #load = async (): Promise<void> => {
    this.#problem = null
    this.requestUpdate()
    try {
      const {api} = this.context
      const [{people}, me] = await Promise.all([
        api.send<{people: Person[]}>('/people'),
        api.send<Member>('/me'),
      ])
      this.#people = people
      this.#me = me
    } catch (error) {
      this.#problem = error
    }
    this.requestUpdate()
    await this.updateComplete
    this.context.settled()
  }

  protected override render(): TemplateResult {
    this.context.title('People')
    const people = this.#people
    return html`<div class="view people-view"><div class="head"><h1 tabindex="-1">People</h1>
      <p class="quiet total" role="status">${people === null ? '' : people.length === 0 ? '' : counted(people.length, 'person', 'people')}</p></div>
      ${this.#problem !== null ? this.#failed() : people === null ? skeleton() : this.#content(people)}</div>`
  }

  #failed(): TemplateResult {
    return html`<div class="notice" role="alert"><h2>The people could not be loaded</h2><p>${messageOf(this.#problem)}</p>
      <button class="button" type="button" @click=${this.#load}>Try again</button></div>`
  }

  #content(people: readonly Person[]): TemplateResult {
    const form = this.#isInviting
      ? this.#form()
      : html`<p class="actions above"><button class="primary" type="button" id="invite" @click=${this.#beginInviting}>${icon('person')}Invite somebody</button></p>`
    return html`${form}${this.#invited === null ? nothing : this.#link(this.#invited)}${
      people.length === 0
        ? html`<div class="notice"><h2>Nobody has been invited yet</h2><p>With a token of their own, a review says who wrote it, the audit log says who read what, and somebody who leaves is switched off alone.</p></div>`
        : html`<ul class="people" aria-label="People">${repeat(
            people,
            ({id}) => id,
            (one) =>
              person(one, {
                isMe: one.id === this.#me?.personId,
                changeRole: (role) => this.#changeRole(one, role),
                act: (action) => void this.#act(one, action),
              }),
          )}</ul>`
    }`
  }

  #form(): TemplateResult {
    return html`<form class="invite card" aria-label="Invite somebody" @submit=${this.#invite} @keydown=${(event: KeyboardEvent) => event.key === 'Escape' && void this.#endInviting()}>
      ${this.#inviteProblem === null ? nothing : html`<p class="problem" role="alert">${this.#inviteProblem}</p>`}
      <label class="field"><span>Name</span><input name="name" required maxlength="80" autocomplete="off" spellcheck="false"></label>
      <fieldset class="roles"><legend>Role</legend>${roles.map(
        (role) =>
          html`<label class="check"><input type="radio" name="role" value=${role} ?checked=${role === 'support'}><span><b>${roleWords[role]}</b> <span class="quiet">${roleTasks[role]}</span></span></label>`,
      )}</fieldset>
      <p class="actions"><button class="primary" type="submit" aria-disabled=${this.#isSending}>Make the link</button>
        <button class="button" type="button" @click=${this.#endInviting}>Cancel</button></p></form>`
  }

  #link({person: {name}, invitation}: Invited): TemplateResult {
    return html`<section class="card once" aria-labelledby="once"><h2 id="once" tabindex="-1">Link for <bdi>${name}</bdi></h2>
      <p>Send it to <bdi>${name}</bdi>. It is not shown again, works once, and ends on ${new Date(invitation.endsAt).toLocaleDateString('en', {dateStyle: 'long'})}.</p>
      <docent-secret .value=${invitation.url} .next=${html`<button class="button" type="button" @click=${this.#forget}>Done</button>`}></docent-secret></section>`
  }

  readonly #beginInviting = async (): Promise<void> => {
    this.#isInviting = true
    this.requestUpdate()
    await this.updateComplete
    this.querySelector<HTMLElement>('.invite input')?.focus()
  }

  readonly #endInviting = async (): Promise<void> => {
    this.#isInviting = false
    this.#inviteProblem = null
    this.requestUpdate()
    await this.updateComplete
    this.querySelector<HTMLElement>('#invite')?.focus()
  }

  readonly #invite = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault()
    if (this.#isSending) return
    const given = new FormData(event.target as HTMLFormElement)
    this.#isSending = true
    this.#inviteProblem = null
    this.requestUpdate()
    try {
      const body = {name: String(given.get('name')), role: given.get('role')}
      const invited = await this.context.api.send<Invited>('/people', {method: 'POST', body})
      this.#isInviting = false
      this.#add(invited.person)
      this.#isSending = false
      await this.#showLink(invited)
    } catch (error) {
      this.#inviteProblem = messageOf(error)
    }
    this.#isSending = false
    this.requestUpdate()
  }

  async #showLink(invited: Invited): Promise<void> {
    this.#invited = invited
    this.requestUpdate()
    await this.updateComplete
    const heading = this.querySelector<HTMLElement>('#once')
    heading?.focus()
    heading?.closest('section')?.scrollIntoView({block: 'nearest'})
  }

  readonly #forget = async (): Promise<void> => {
    this.#invited = null
    this.requestUpdate()
    await this.updateComplete
    this.querySelector<HTMLElement>('#invite')?.focus()
  }

  #add(one: Person): void {
    const others = this.#people!.filter(({id}) => id !== one.id)
    this.#people = [...others, one].sort((a, b) => a.name.localeCompare(b.name))
    this.requestUpdate()
  }

  /** @returns whether it was changed. */
  async #changeRole(one: Person, role: Role): Promise<boolean> {
    const isSure = await this.context.confirm({
      title: `Make ${one.name} ${roleWords[role].toLowerCase()}?`,
      text: `${roleWords[role]} ${roleTasks[role]}. It holds with the next request.`,
      action: 'Change the role',
    })
    if (!isSure) return false
    return this.#try(async () => {
      const {person: now} = await this.#send<{person: Person}>(one, 'role', {method: 'PUT', body: {role}})
      this.#add(now)
      this.context.announce(`${one.name} is ${roleWords[role].toLowerCase()} now`)
    })
  }

  async #act(one: Person, action: PersonAction): Promise<void> {
    const question = questionOf(one, action)
    if (question !== null && !(await this.context.confirm(question))) return
    await this.#try(() => this.#do(one, action))
  }

  async #do(one: Person, action: PersonAction): Promise<void> {
    const {name, id} = one
    if (action === 'invite-again' || action === 'switch-on') {
      const path = action === 'switch-on' ? 'switch-on' : 'invitation'
      const invited = await this.#send<Invited>(one, path, {method: 'POST'})
      this.#add(invited.person)
      await this.#showLink(invited)
      return
    }
    // The link that is shown works no more.
    if (this.#invited?.person.id === id && action !== 'end-sessions') this.#invited = null
    if (action === 'switch-off') {
      this.#add((await this.#send<{person: Person}>(one, 'switch-off', {method: 'POST'})).person)
      this.context.announce(`${name} is switched off`)
    } else if (action === 'end-sessions') {
      await this.#send(one, 'end-sessions', {method: 'POST'})
      this.context.announce(`${name} is signed out everywhere`)
    } else {
      await this.#send(one, action === 'withdraw' ? 'invitation' : '', {method: 'DELETE'})
      if (action === 'withdraw' && one.joinedAt !== null) this.#add({...one, invitationEndsAt: null})
      else this.#people = this.#people!.filter((other) => other.id !== id)
      this.context.announce(
        action === 'withdraw' ? `The invitation of ${name} is withdrawn` : `${name} is removed`,
      )
      this.requestUpdate()
      await this.updateComplete
      this.querySelector<HTMLElement>('#invite')?.focus()
    }
  }

  #send<T>({id}: Person, path: string, request: ApiRequest): Promise<T> {
    return this.context.api.send<T>(
      `/people/${encodeURIComponent(id)}${path === '' ? '' : `/${path}`}`,
      request,
    )
  }

  async #try(act: () => Promise<void>): Promise<boolean> {
    try {
      await act()
      return true
    } catch (error) {
      this.context.announce(messageOf(error))
      return false
    }
  }
}

function questionOf({name, joinedAt}: Person, action: PersonAction) {
  switch (action) {
    case 'switch-off':
      return {
        title: `Switch ${name} off?`,
        text: 'Their token, their invitation and all their sessions end at once. Their reviews and their lines in the audit log stay.',
        action: 'Switch off',
      }
    case 'end-sessions':
      return {
        title: `Sign ${name} out everywhere?`,
        text: 'All their sessions end at once. Their token works: they can sign in again.',
        action: 'End the sessions',
      }
    case 'remove':
      return {
        title: `Remove ${name}?`,
        text: 'The name is free again. Their reviews and their lines in the audit log keep it.',
        action: 'Remove',
      }
    case 'withdraw':
      return {
        title: `Withdraw the invitation of ${name}?`,
        text:
          joinedAt === null
            ? 'The link stops working, and they leave the list.'
            : 'The link stops working. Their token stays.',
        action: 'Withdraw',
      }
    default:
      return null
  }
}

function skeleton(): TemplateResult {
  return html`<p class="sr" role="status">Loading people…</p><ul class="people" aria-hidden="true">${Array.from({length: 4}, () => html`<li class="person"><span class="ghost"></span></li>`)}</ul>`
}
